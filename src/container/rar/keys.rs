//! Keys for what RAR 5 encrypts, from the passwords that were given.

use crate::blob::{Budget, Passwords, Reason};
use crate::container::crypto::RarAes;

/// Passwords, and the keys that were worked out from them; each takes some hundredths of a second.
#[derive(Default)]
pub struct Keys {
    passwords: Passwords,
    found: Vec<(RarAes, Option<[u8; 32]>)>,
}

impl Keys {
    pub fn new(passwords: &Passwords) -> Self {
        Self { passwords: passwords.clone(), found: Vec::new() }
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
}
