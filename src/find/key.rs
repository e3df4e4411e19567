//! The caller's secret key, and keys made of it: one for each purpose and file.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes a key has at least. What an index holds can be tried out by whoever guesses the key: 16 random bytes cannot be
/// guessed, a word can.
pub const KEY_BYTES_MIN: usize = 16;

/// A secret key of an index or of fingerprints. Never shown, by `Debug` neither.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// A key of these bytes; `None` if there are fewer than [`KEY_BYTES_MIN`].
    pub fn new(bytes: &[u8]) -> Option<Self> {
        if bytes.len() < KEY_BYTES_MIN {
            return None;
        }
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    /// The key that is no secret, for files that were made without one.
    pub(crate) fn public() -> Option<Self> {
        Hmac::new_from_slice(&[]).ok().map(Self)
    }

    /// The key for one purpose and one file, which `salt` stands for: HMAC-SHA-256 as a key derivation function
    /// (NIST SP 800-108 in counter mode with one block).
    pub(crate) fn derive(&self, purpose: &str, salt: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(&[1]);
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(salt);
        mac.finalize().into_bytes().into()
    }

    /// HMAC-SHA-256 under the key for one purpose and one file.
    pub(crate) fn mac(&self, purpose: &str, salt: &[u8]) -> Option<Hmac<Sha256>> {
        Hmac::new_from_slice(&self.derive(purpose, salt)).ok()
    }

    /// A key of 16 bytes for one purpose and one file.
    pub(crate) fn short(&self, purpose: &str, salt: &[u8]) -> [u8; 16] {
        let long = self.derive(purpose, salt);
        long.first_chunk::<16>().copied().unwrap_or_default()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_purpose_and_salt_and_short_ones_are_refused() {
        let key = Key::new(b"0123456789abcdef").unwrap();
        assert!(Key::new(b"0123456789abcde").is_none());
        let made = [key.derive("a", b"1"), key.derive("b", b"1"), key.derive("a", b"2")];
        assert!(made[0] != made[1] && made[0] != made[2] && made[1] != made[2]);
        assert_eq!(format!("{key:?}"), "Key");
    }
}
