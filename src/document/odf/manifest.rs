//! The manifest (ODF 1.3 part 2, clauses 3 and 4): which members are encrypted, and how. What passwords open is AES in
//! CBC mode under a key of PBKDF2, as OpenOffice 3.4 and later write; Blowfish before that and Argon2 after it are not
//! opened.

use std::collections::HashMap;

use aes::cipher::{Block, BlockModeDecrypt, KeyInit, KeyIvInit};
use hmac::{Hmac, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::blob::{Budget, Passwords, ReadEnd, Reason};
use crate::document::base64;
use crate::document::markup::{Event, Tag, Xml};

/// Iterations of the key derivation that are done. Writers use 100,000.
const ITERATIONS_MAX: u32 = 1 << 20;
/// Iterations between two looks at the clock.
const ITERATIONS_PER_CHECK: u32 = 4096;
/// Bytes that the checksum is over.
const CHECKED_BYTES: usize = 1024;

/// What the manifest says about encryption.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    seals: HashMap<String, Seal>,
}

/// How one member is encrypted.
#[derive(Clone, Debug, Default)]
pub(super) struct Seal {
    aes: bool,
    vector: Vec<u8>,
    pbkdf2: bool,
    key_bytes: usize,
    iterations: u32,
    salt: Vec<u8>,
    /// The password is hashed with SHA-256 before the derivation; with SHA-1 if not.
    sha256: bool,
    checksum: Vec<u8>,
    checksum_sha256: bool,
}

impl Manifest {
    /// Takes what a manifest says.
    pub fn read(xml: &str) -> Self {
        let mut manifest = Self::default();
        let mut xml = Xml::new(xml);
        let mut path = String::new();
        while let Some(event) = xml.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name {
                "file-entry" => path = tag.attribute("full-path").unwrap_or_default().into_owned(),
                "encryption-data" => {
                    let seal = Seal { key_bytes: 16, ..Seal::default() };
                    manifest.seals.insert(path.clone(), seal);
                }
                _ => {}
            }
            if let Some(seal) = manifest.seals.get_mut(&path) {
                seal.take(&tag);
            }
        }
        manifest
    }

    /// Whether anything is encrypted.
    pub fn is_sealed(&self) -> bool {
        !self.seals.is_empty()
    }

    /// How a member is encrypted; `None` = it is not.
    pub fn seal(&self, name: &str) -> Option<&Seal> {
        self.seals.get(name)
    }
}

impl Seal {
    /// Takes what an element says.
    fn take(&mut self, tag: &Tag<'_>) {
        let bytes = |name: &str| base64::decode(tag.attribute(name).unwrap_or_default().as_bytes());
        let says = |name: &str, word: &str| {
            tag.attribute(name).is_some_and(|value| value.to_ascii_lowercase().replace('-', "").contains(word))
        };
        match tag.name {
            "encryption-data" => {
                self.checksum = bytes("checksum");
                self.checksum_sha256 = says("checksum-type", "sha256");
            }
            "algorithm" => {
                self.aes = says("algorithm-name", "aes") && says("algorithm-name", "cbc");
                self.vector = bytes("initialisation-vector");
            }
            "key-derivation" => {
                self.pbkdf2 = says("key-derivation-name", "pbkdf2");
                self.iterations = tag.number("iteration-count").unwrap_or(0);
                self.salt = bytes("salt");
                if let Some(size) = tag.number("key-size") {
                    self.key_bytes = usize::try_from(size).unwrap_or(0);
                }
            }
            "start-key-generation" => self.sha256 = says("start-key-generation-name", "sha256"),
            _ => {}
        }
    }

    /// What `bytes` are without their encryption, and the password that opened them, which is tried first if it is
    /// `known`.
    pub fn open(
        &self,
        bytes: &[u8],
        passwords: &Passwords,
        known: &mut Option<String>,
        budget: &mut Budget,
    ) -> Result<Vec<u8>, Reason> {
        let readable = self.aes && self.pbkdf2 && self.iterations <= ITERATIONS_MAX && self.vector.len() == 16;
        if !readable {
            return Err(Reason::PasswordProtected);
        }
        // One password is behind all members.
        let first = known.clone();
        let tried = first.iter().map(String::as_str).chain(passwords.iter().filter(|_| first.is_none()));
        for password in tried {
            let key = self.key(password, budget)?;
            let Some(plain) = self.decrypt(bytes, &key).filter(|plain| self.is_right(plain)) else { continue };
            let mut out = Vec::new();
            let mut inflater = flate2::read::DeflateDecoder::new(&*plain);
            return match budget.read(&mut inflater, plain.len() as u64, &mut out) {
                ReadEnd::Whole => {
                    *known = Some(password.to_owned());
                    Ok(out)
                }
                ReadEnd::Limit(reason) => Err(reason),
                // Small members of some writers are not packed.
                ReadEnd::Failed(_) => Ok(plain),
            };
        }
        Err(Reason::PasswordProtected)
    }

    /// The key for a password: PBKDF2 (RFC 8018, 5.2) with HMAC-SHA-1 over its hash.
    #[allow(clippy::arithmetic_side_effects, reason = "a key of at most 32 bytes has two blocks")]
    fn key(&self, password: &str, budget: &Budget) -> Result<Vec<u8>, Reason> {
        let start = match self.sha256 {
            true => Sha256::digest(password.as_bytes()).to_vec(),
            false => Sha1::digest(password.as_bytes()).to_vec(),
        };
        let Ok(mac) = <Hmac<Sha1> as KeyInit>::new_from_slice(&start) else { return Ok(Vec::new()) };
        let mut key = Vec::new();
        let mut block = 0u32;
        while key.len() < self.key_bytes.min(32) {
            block += 1;
            let mut round = mac.clone();
            round.update(&self.salt);
            round.update(&block.to_be_bytes());
            let mut last = round.finalize().into_bytes();
            let mut sum = last;
            for iteration in 1..self.iterations {
                let mut round = mac.clone();
                round.update(&last);
                last = round.finalize().into_bytes();
                sum.iter_mut().zip(&last).for_each(|(sum, byte)| *sum ^= byte);
                if iteration.is_multiple_of(ITERATIONS_PER_CHECK) {
                    budget.time()?;
                }
            }
            key.extend_from_slice(&sum);
        }
        key.truncate(self.key_bytes);
        Ok(key)
    }

    #[allow(clippy::arithmetic_side_effects, reason = "rounded down")]
    fn decrypt(&self, bytes: &[u8], key: &[u8]) -> Option<Vec<u8>> {
        let mut plain = bytes.get(..bytes.len() / 16 * 16)?.to_vec();
        match key.len() {
            16 => run::<cbc::Decryptor<aes::Aes128>>(key, &self.vector, &mut plain)?,
            32 => run::<cbc::Decryptor<aes::Aes256>>(key, &self.vector, &mut plain)?,
            _ => return None,
        }
        // The last byte tells how many are padding (XML Encryption 1.1, 5.2).
        let padding = usize::from(*plain.last()?);
        let length = plain.len().checked_sub(padding).filter(|_| (1..=16).contains(&padding))?;
        plain.truncate(length);
        Some(plain)
    }

    /// Whether the checksum is that of the start of what came out.
    fn is_right(&self, plain: &[u8]) -> bool {
        let start = plain.get(..CHECKED_BYTES).unwrap_or(plain);
        match self.checksum_sha256 {
            true => Sha256::digest(start).as_slice() == self.checksum,
            false => Sha1::digest(start).as_slice() == self.checksum,
        }
    }
}

fn run<D: BlockModeDecrypt + KeyIvInit>(key: &[u8], vector: &[u8], data: &mut [u8]) -> Option<()> {
    let mut decryptor = D::new_from_slices(key, vector).ok()?;
    for block in data.chunks_exact_mut(16) {
        let block: &mut Block<D> = block.try_into().ok()?;
        decryptor.decrypt_block(block);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    #[test]
    fn keys_are_those_of_the_standard() {
        // RFC 6070 has its vectors for a password as such; here it is hashed first, so only the shape is checked.
        let seal = Seal { key_bytes: 32, iterations: 2, salt: b"salt".to_vec(), sha256: true, ..Seal::default() };
        let budget = Budget::new(&Limits::default());
        let key = seal.key("secret", &budget).unwrap();
        assert_eq!(key.len(), 32);
        assert_ne!(key, seal.key("Secret", &budget).unwrap());
    }

    #[test]
    fn what_is_not_known_stays_shut() {
        let manifest = Manifest::read(
            "<m><file-entry full-path='a'><encryption-data><algorithm algorithm-name='Blowfish CFB'/></encryption-data>\
             </file-entry><file-entry full-path='b'/></m>",
        );
        let mut budget = Budget::new(&Limits::default());
        let seal = manifest.seal("a").unwrap();
        let passwords = Passwords::new(["x".to_owned()]);
        assert_eq!(seal.open(b"1234", &passwords, &mut None, &mut budget), Err(Reason::PasswordProtected));
        assert!(manifest.seal("b").is_none() && manifest.is_sealed());
    }
}
