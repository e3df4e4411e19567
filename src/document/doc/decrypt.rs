//! Encryption (MS-DOC 2.2.6): RC4 in blocks of 512 bytes of each stream, or exclusive or with a key of 16 bytes.

use super::fib::Fib;
use crate::blob::Passwords;
use crate::container::offcrypto::{Rc4, XorKey};

/// Bytes at the start of the main stream that are never encrypted.
const CLEAR: usize = 68;
/// Bytes that are encrypted together.
const BLOCK: usize = 512;

/// What opens the streams of one document.
pub(super) enum Key {
    Rc4(Rc4),
    Xor(XorKey),
}

impl Key {
    /// The key, if one of `passwords` fits. What describes the encryption stands at the start of the table stream.
    pub(super) fn open(fib: &Fib, table: &[u8], passwords: &Passwords) -> Option<Self> {
        if fib.obfuscated {
            let [low, verifier] = [fib.key as u16, (fib.key >> 16) as u16];
            // Writers do not agree on which half is which.
            return XorKey::open(verifier, low, passwords)
                .or_else(|| XorKey::open(low, verifier, passwords))
                .map(Self::Xor);
        }
        let header = table.get(..fib.key as usize).unwrap_or(table);
        Rc4::open(header, passwords).map(Self::Rc4)
    }

    /// Whether it is one that all know, so that nobody had to give one.
    pub(super) fn is_default(&self) -> bool {
        match self {
            Self::Rc4(key) => key.is_default(),
            Self::Xor(key) => key.is_default(),
        }
    }

    /// Decrypts the main stream.
    pub(super) fn main(&self, stream: &mut [u8]) {
        self.stream(stream, CLEAR);
    }

    /// Decrypts the table stream of the document with this block.
    pub(super) fn table(&self, fib: &Fib, stream: &mut [u8]) {
        self.stream(stream, if fib.obfuscated { 0 } else { fib.key as usize });
    }

    /// Decrypts a stream whose first `clear` bytes are not encrypted.
    pub(super) fn stream(&self, stream: &mut [u8], clear: usize) {
        let kept = stream.get(..clear.min(stream.len())).unwrap_or_default().to_vec();
        match self {
            Self::Rc4(key) => {
                for (block, bytes) in (0..).zip(stream.chunks_mut(BLOCK)) {
                    key.apply(block, bytes);
                }
            }
            Self::Xor(key) => key.apply_method2(0, stream),
        }
        for (byte, was) in stream.iter_mut().zip(kept) {
            *byte = was;
        }
    }
}
