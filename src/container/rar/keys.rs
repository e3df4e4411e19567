//! Keys for what RAR encrypts, from the passwords that were given.

use crate::blob::{Budget, Passwords, Reason};
use crate::container::crypto::{OldRarKey, RarAes};

/// Passwords, and the keys that were worked out from them; each takes some hundredths of a second.
#[derive(Default)]
pub struct Keys {
    passwords: Passwords,
    found: Vec<(RarAes, Option<[u8; 32]>)>,
    /// Keys of older versions: salt, number of the password, key.
    old: Vec<(Vec<u8>, usize, OldRarKey)>,
}

impl Keys {
    pub fn new(passwords: &Passwords) -> Self {
        Self { passwords: passwords.clone(), found: Vec::new(), old: Vec::new() }
    }

    /// The key that the first fitting password makes.
    pub fn find(&mut self, seal: &RarAes, budget: &Budget) -> Result<Option<[u8; 32]>, Reason> {
        // The vector has no part in the key.
        let same = |other: &RarAes| (other.power, other.salt, other.check) == (seal.power, seal.salt, seal.check);
        if let Some((_, key)) = self.found.iter().find(|(other, _)| same(other)) {
            return Ok(*key);
        }
        let mut found = None;
        for password in self.passwords.iter() {
            budget.time()?;
            found = seal.key(password, budget)?;
            if found.is_some() {
                break;
            }
        }
        self.found.push((seal.clone(), found));
        Ok(found)
    }

    /// How many passwords there are.
    pub fn count(&self) -> usize {
        self.passwords.len()
    }

    /// The key that a password makes in older versions, which cannot tell wrong ones.
    pub fn old(&mut self, salt: &[u8], index: usize, budget: &Budget) -> Result<OldRarKey, Reason> {
        /// Keys that are kept: an archive may have a salt for every member.
        const KEPT_MAX: usize = 1 << 10;
        if let Some((_, _, key)) = self.old.iter().find(|(other, i, _)| other == salt && *i == index) {
            return Ok(*key);
        }
        let password = self.passwords.iter().nth(index).unwrap_or_default();
        let key = OldRarKey::new(password, salt, budget)?;
        if self.old.len() < KEPT_MAX {
            self.old.push((salt.to_vec(), index, key));
        }
        Ok(key)
    }
}
