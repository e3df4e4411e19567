//! RC4 in binary documents: Office binary document RC4 (2.3.6) and RC4 CryptoAPI (2.3.5).

use ::rc4::{KeyInit, StreamCipher};

use super::hash::Hash;
use super::{Header, candidates, utf16, version};
use crate::blob::Passwords;

/// The key of a document: decrypts each of its blocks.
///
/// What a block is, is the document's business: 512 bytes of a stream in Word (MS-DOC 2.2.6.2), 1024 in Excel (MS-XLS
/// 2.2.10), a persist object in PowerPoint (MS-PPT 2.3.7).
#[derive(Clone)]
pub struct Rc4 {
    base: Vec<u8>,
    derivation: Derivation,
    is_default: bool,
}

/// How the key of a block comes from the base.
#[derive(Clone, Copy)]
enum Derivation {
    /// 2.3.6.2: MD5 of the first five bytes and the block.
    Binary,
    /// 2.3.5.2: SHA-1 of the base and the block, cut to so many bytes.
    CryptoApi(usize),
}

impl Rc4 {
    /// The key for `header`, which starts at EncryptionVersionInfo, if one of `passwords` or a default password fits.
    /// `None` too for what is not RC4.
    pub fn open(header: &[u8], passwords: &Passwords) -> Option<Self> {
        match version(header)? {
            (1, 1) => {
                let (salt, verifiers) = (header.get(4..20)?, header.get(20..52)?);
                let base = |password: &str| {
                    let hash = Hash::Md5.of(&utf16(password), &[]);
                    let five: Vec<u8> = hash.iter().take(5).chain(salt).copied().collect();
                    Hash::Md5.of(&five.repeat(16), &[])
                };
                Self::first(passwords, Derivation::Binary, Hash::Md5, verifiers, base)
            }
            (2..=4, 2) => {
                let header = Header::read(header)?;
                if header.hash != Header::SHA1 && header.hash != 0 || header.cipher != Header::RC4 {
                    return None;
                }
                let bits = if header.key_bits == 0 { 40 } else { header.key_bits };
                let length = usize::try_from(bits / 8).ok().filter(|length| (5..=16).contains(length))?;
                let hash = header.verifier_hash.get(..20)?;
                let verifiers: Vec<u8> = [header.verifier, hash].concat();
                let base = |password: &str| Hash::Sha1.of(header.salt, &utf16(password));
                Self::first(passwords, Derivation::CryptoApi(length), Hash::Sha1, &verifiers, base)
            }
            _ => None,
        }
    }

    /// Whether it was opened with a password that all know, so that nobody had to give one.
    pub fn is_default(&self) -> bool {
        self.is_default
    }

    /// Decrypts `bytes`, which stand at the start of `block`.
    pub fn apply(&self, block: u32, bytes: &mut [u8]) {
        self.apply_at(block, 0, bytes);
    }

    /// Decrypts `bytes`, which stand `skip` bytes behind the start of `block`.
    #[allow(clippy::arithmetic_side_effects, reason = "a step is never more than what is left")]
    pub fn apply_at(&self, block: u32, skip: usize, bytes: &mut [u8]) {
        let Ok(mut cipher) = ::rc4::Rc4::new_from_slice(&self.key(block)) else { return };
        let mut passed = [0; 256];
        let mut left = skip;
        while left > 0 {
            let step = left.min(passed.len());
            cipher.apply_keystream(passed.get_mut(..step).unwrap_or_default());
            left -= step;
        }
        cipher.apply_keystream(bytes);
    }

    /// The first password whose hash of the verifier agrees.
    fn first(
        passwords: &Passwords,
        derivation: Derivation,
        hash: Hash,
        verifiers: &[u8],
        base: impl Fn(&str) -> Vec<u8>,
    ) -> Option<Self> {
        candidates(passwords).find_map(|(password, is_default)| {
            let key = Self { base: base(password), derivation, is_default };
            let mut opened = verifiers.to_vec();
            key.apply(0, &mut opened);
            let (verifier, told) = opened.split_at_checked(16)?;
            (hash.of(verifier, &[]) == told).then_some(key)
        })
    }

    fn key(&self, block: u32) -> Vec<u8> {
        match self.derivation {
            Derivation::Binary => Hash::Md5.of(self.base.get(..5).unwrap_or_default(), &block.to_le_bytes()),
            Derivation::CryptoApi(length) => {
                let mut key = Hash::Sha1.of(&self.base, &block.to_le_bytes());
                key.truncate(length);
                if length == 5 {
                    // The provider gives 40-bit keys a salt of eleven zeros.
                    key.resize(16, 0);
                }
                key
            }
        }
    }
}

impl std::fmt::Debug for Rc4 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rc4(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Header, plain text and that text as block 1, all for the password.
    fn sealed(password: &str, bits: u32) -> (Vec<u8>, Vec<u8>) {
        let (salt, verifier) = ([7; 16], [9; 16]);
        let derivation = if bits == 0 { Derivation::Binary } else { Derivation::CryptoApi(bits as usize / 8) };
        let (hash, base) = if bits == 0 {
            let hash = Hash::Md5.of(&utf16(password), &[]);
            (Hash::Md5, Hash::Md5.of(&[&hash[..5], &salt].concat().repeat(16), &[]))
        } else {
            (Hash::Sha1, Hash::Sha1.of(&salt, &utf16(password)))
        };
        let key = Rc4 { base, derivation, is_default: false };
        let mut verifiers = [&verifier[..], &hash.of(&verifier, &[])].concat();
        key.apply(0, &mut verifiers);
        let mut header = Vec::new();
        if bits == 0 {
            header.extend([1, 0, 1, 0]);
            header.extend(salt);
            header.extend(verifiers);
        } else {
            header.extend([2, 0, 2, 0]);
            for field in [4, 34, 4, 0, Header::RC4, Header::SHA1, bits % 128, 1, 0, 0] {
                header.extend(u32::to_le_bytes(field));
            }
            header.extend([0, 0]);
            header.extend(16u32.to_le_bytes());
            header.extend(salt);
            header.extend(&verifiers[..16]);
            header.extend(20u32.to_le_bytes());
            header.extend(&verifiers[16..]);
        }
        let mut text = b"Card 4539 and more".to_vec();
        key.apply(1, &mut text);
        (header, text)
    }

    #[test]
    fn the_password_opens_each_block_from_any_place() {
        for bits in [0, 40, 56, 120] {
            let (mut header, text) = sealed("pässwörd 密码", bits);
            let passwords = Passwords::new(["other".to_owned(), "pässwörd 密码".to_owned()]);
            let key = Rc4::open(&header, &passwords).expect("it fits");
            let (mut whole, mut end) = (text.clone(), text[5..].to_vec());
            key.apply(1, &mut whole);
            key.apply_at(1, 5, &mut end);
            assert_eq!((&whole[..], &end[..]), (&b"Card 4539 and more"[..], &b"4539 and more"[..]));
            assert!(!key.is_default());
            assert!(Rc4::open(&header, &Passwords::default()).is_none(), "{bits}");
            for length in 0..header.len() {
                assert!(Rc4::open(&header[..length], &passwords).is_none(), "{bits} {length}");
            }
            for at in 0..header.len() {
                header[at] ^= 0xFF;
                let _ = Rc4::open(&header, &passwords);
                header[at] ^= 0xFF;
            }
        }
    }

    #[test]
    fn the_default_passwords_are_tried() {
        for password in ["VelvetSweatshop", "/01Hannes Ruescher/01"] {
            let (header, _) = sealed(password, 40);
            assert!(Rc4::open(&header, &Passwords::default()).is_some_and(|key| key.is_default()));
        }
    }
}
