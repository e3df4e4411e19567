//! Encrypted packages: the streams EncryptionInfo (2.3.4.3, 2.3.4.5, 2.3.4.10) and EncryptedPackage (2.3.4.4).

use aes::cipher::{Block, BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};

use super::{agile, standard, version};
use crate::blob::{Budget, Passwords, Reason};

/// A package that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The package.
    pub bytes: Vec<u8>,
    /// Whether the password is one that all know, so that nobody had to give one.
    pub is_default: bool,
}

/// Decrypts `package`, the stream EncryptedPackage, by what `info`, the stream EncryptionInfo, says, with the first of
/// the passwords that fits.
///
/// # Errors
/// [`Reason::PasswordProtected`] if none fits, [`Reason::Encrypted`] for encryption that is not known, and limits; with
/// a sentence for a person.
pub fn open(info: &[u8], package: Vec<u8>, passwords: &Passwords, budget: &mut Budget) -> Result<Opened, Shut> {
    match version(info) {
        Some((2..=4, 2)) => standard::open(info, package, passwords, budget),
        Some((4, 4)) => agile::open(info, package, passwords, budget),
        Some((3..=4, 3)) => Err(unknown("extensible encryption needs the program that wrote it")),
        Some(_) => Err(unknown("encrypted by a version that is not known")),
        None => Err((Reason::PasswordProtected, "the description of the encryption is missing".to_owned())),
    }
}

/// Why a package stays shut, and a sentence for a person.
pub type Shut = (Reason, String);

pub(super) fn unknown(detail: &str) -> Shut {
    (Reason::Encrypted, detail.to_owned())
}

/// No password fits.
pub(super) fn no_password(passwords: &Passwords) -> Shut {
    let detail = match passwords.len() {
        0 => "needs a password".to_owned(),
        1 => "needs a password, the one given does not fit".to_owned(),
        count => format!("needs a password, none of {count} fits"),
    };
    (Reason::PasswordProtected, detail)
}

/// Bytes of the package as its first eight bytes tell, and what is behind them. Never more than there is.
#[allow(clippy::arithmetic_side_effects, reason = "rounded down")]
pub(super) fn body(mut package: Vec<u8>) -> (usize, Vec<u8>) {
    let length = package.first_chunk::<8>().map_or(0, |length| u64::from_le_bytes(*length));
    package.drain(..package.len().min(8));
    // A part of a block at the end has been cut.
    package.truncate(package.len() / 16 * 16);
    (usize::try_from(length).unwrap_or(usize::MAX), package)
}

/// AES with a key of any of its lengths.
pub(super) enum Aes {
    K128(Aes128),
    K192(Aes192),
    K256(Aes256),
}

impl Aes {
    /// With `key` of 16, 24 or 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(Self::K128),
            24 => Aes192::new_from_slice(key).ok().map(Self::K192),
            32 => Aes256::new_from_slice(key).ok().map(Self::K256),
            _ => None,
        }
    }

    /// Decrypts whole blocks one by one (ECB); a part of a block at the end stays as it is.
    pub(super) fn decrypt(&self, bytes: &mut [u8]) {
        let (blocks, _) = Block::<Aes128>::slice_as_chunks_mut(bytes);
        match self {
            Self::K128(aes) => aes.decrypt_blocks(blocks),
            Self::K192(aes) => aes.decrypt_blocks(blocks),
            Self::K256(aes) => aes.decrypt_blocks(blocks),
        }
    }

    /// Decrypts whole blocks, each chained to the one before it (CBC).
    pub(super) fn decrypt_chained(&self, vector: &[u8], bytes: &mut [u8]) {
        let mut before = bytes.to_vec();
        before.truncate(bytes.len().saturating_sub(16));
        self.decrypt(bytes);
        let vector = vector.iter().chain(std::iter::repeat(&0x36)).take(16);
        for (byte, before) in bytes.iter_mut().zip(vector.chain(&before)) {
            *byte ^= before;
        }
    }
}
