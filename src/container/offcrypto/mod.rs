//! Encryption of Office documents (MS-OFFCRYPTO): what is opened with a password that was given, or that all know.
//!
//! [`Rc4`] (2.3.5, 2.3.6) and [`XorKey`] (2.3.7) open the streams of binary documents, block by block, as their readers
//! come to them. [`package`] opens an encrypted package as a whole: standard (2.3.4.5) and agile (2.3.4.10) encryption.
//! Extensible encryption (2.3.4.12), certificates and rights management need more than a password and stay shut.

mod agile;
mod hash;
pub mod package;
mod rc4;
mod standard;
mod xor;

pub use self::rc4::Rc4;
pub use xor::XorKey;

use crate::blob::Passwords;
use crate::blob::le::u32_at;

/// Passwords that programs use when nobody typed one: Excel's for workbooks that are only protected against changes
/// (2.3.7.1 says so of XOR obfuscation too), PowerPoint's for presentations.
const DEFAULTS: [&str; 2] = ["VelvetSweatshop", "/01Hannes Ruescher/01"];

/// Passwords to try: those that were given, and those that all know; the latter with `true`.
fn candidates(passwords: &Passwords) -> impl Iterator<Item = (&str, bool)> {
    DEFAULTS.iter().map(|password| (*password, true)).chain(passwords.iter().map(|password| (password, false)))
}

/// A password as all but XOR obfuscation take it.
fn utf16(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// EncryptionVersionInfo (2.1.4): major and minor version.
fn version(bytes: &[u8]) -> Option<(u16, u16)> {
    let both = u32_at(bytes, 0)?;
    Some((both as u16, (both >> 16) as u16))
}

/// What RC4 CryptoAPI (2.3.5.1) and standard encryption (2.3.4.5) put behind the version: EncryptionHeader (2.3.2) and
/// EncryptionVerifier (2.3.3).
struct Header<'a> {
    /// EncryptionHeaderFlags (2.3.1).
    flags: u32,
    /// AlgID: the cipher.
    cipher: u32,
    /// AlgIDHash.
    hash: u32,
    /// KeySize in bits, as declared.
    key_bits: u32,
    salt: &'a [u8],
    verifier: &'a [u8],
    /// Encrypted hash of the verifier, with what pads it to the cipher's blocks.
    verifier_hash: &'a [u8],
}

impl<'a> Header<'a> {
    /// AlgID of RC4.
    const RC4: u32 = 0x6801;
    /// AlgIDHash of SHA-1.
    const SHA1: u32 = 0x8004;

    /// Reads it from `bytes`, which start at EncryptionVersionInfo.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        /// Fixed fields of EncryptionHeader, in front of the provider's name.
        const FIXED_BYTES: usize = 32;
        let length = u32_at(bytes, 8)? as usize;
        let header = bytes.get(12..12usize.checked_add(length)?).filter(|header| header.len() >= FIXED_BYTES)?;
        let rest = bytes.get(12usize.checked_add(length)?..)?;
        let salt_length = u32_at(rest, 0)? as usize;
        // The salt has 16 bytes whatever the length says; some writers have none.
        let salt = rest.get(4..20).filter(|_| salt_length == 16)?;
        Some(Self {
            flags: u32_at(header, 0)?,
            cipher: u32_at(header, 8)?,
            hash: u32_at(header, 12)?,
            key_bits: u32_at(header, 16)?,
            salt,
            verifier: rest.get(20..36)?,
            verifier_hash: rest.get(40..).map(|hash| hash.get(..32).unwrap_or(hash))?,
        })
    }
}
