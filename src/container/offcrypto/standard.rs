//! Standard encryption (2.3.4.5 to 2.3.4.9): AES in ECB with SHA-1.

use super::hash::Hash;
use super::package::{Aes, Opened, Shut, body, no_password, unknown};
use super::{Header, candidates, utf16};
use crate::blob::{Budget, Passwords};

/// Times that the hash of a password is hashed again.
const SPINS: u32 = 50_000;

pub(super) fn open(info: &[u8], package: Vec<u8>, passwords: &Passwords, budget: &mut Budget) -> Result<Opened, Shut> {
    let header = Header::read(info).ok_or_else(|| no_password(passwords))?;
    /// Bit fExternal: another program's encryption.
    const EXTERNAL: u32 = 1 << 4;
    // AlgID of AES with 128, 192 and 256 bits; 0 leaves it to the flags, which know only the first.
    let key_bytes = match header.cipher {
        0 | 0x660E => 16,
        0x660F => 24,
        0x6610 => 32,
        _ => return Err(unknown("encrypted with a cipher that is not known")),
    };
    if header.flags & EXTERNAL != 0 || header.hash != Header::SHA1 && header.hash != 0 {
        return Err(unknown("encrypted in a way that is not known"));
    }
    for (password, is_default) in candidates(passwords) {
        let late = |reason| (reason, "stopped trying passwords".to_owned());
        budget.time().map_err(late)?;
        let Some(aes) = Aes::new(&key(header.salt, password, key_bytes)) else { break };
        let (mut verifier, mut hash) = (header.verifier.to_vec(), header.verifier_hash.to_vec());
        aes.decrypt(&mut verifier);
        aes.decrypt(&mut hash);
        if hash.get(..20) == Some(&Hash::Sha1.of(&verifier, &[])) {
            let (length, mut bytes) = body(package);
            aes.decrypt(&mut bytes);
            bytes.truncate(length);
            return Ok(Opened { bytes, is_default });
        }
    }
    Err(no_password(passwords))
}

/// The key (2.3.4.7).
fn key(salt: &[u8], password: &str, length: usize) -> Vec<u8> {
    let mut hash = Hash::Sha1.of(salt, &utf16(password));
    Hash::Sha1.spin(&mut hash, 0, SPINS);
    let hash = Hash::Sha1.of(&hash, &0u32.to_le_bytes());
    let half = |fill: u8| {
        let mut block = [fill; 64];
        block.iter_mut().zip(&hash).for_each(|(byte, hash)| *byte ^= hash);
        Hash::Sha1.of(&block, &[])
    };
    let mut key = [half(0x36), half(0x5C)].concat();
    key.truncate(length);
    key
}
