//! Base58 with a four-byte check: Bitcoin's alphabet and double SHA-256 (Base58Check), Ripple's alphabet, and Monero's
//! blocks of eight bytes with Keccak-256.

use sha2::{Digest as _, Sha256};
use sha3::Keccak256;

pub(super) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
pub(super) const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// Characters of the longest value there is (an extended key has 111).
const CHARS_MAX: usize = 112;

/// The bytes written in `text`, if all of it is of the alphabet. Leading zeros are the alphabet's first character.
pub(super) fn decode(text: &str, alphabet: &[u8; 58]) -> Option<Vec<u8>> {
    let zero = *alphabet.first()?;
    if text.is_empty() || text.len() > CHARS_MAX {
        return None;
    }
    // Least significant byte first.
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        let mut carry = u32::try_from(alphabet.iter().position(|a| *a == byte)?).ok()?;
        for slot in &mut out {
            carry += u32::from(*slot) * 58;
            *slot = (carry & 0xFF) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            out.push((carry & 0xFF) as u8);
            carry >>= 8;
        }
    }
    out.extend(text.bytes().take_while(|b| *b == zero).map(|_| 0));
    out.reverse();
    Some(out)
}

/// The payload (version byte and what follows it) of a value whose last four bytes are its check.
pub(super) fn checked(text: &str, alphabet: &[u8; 58]) -> Option<Vec<u8>> {
    let mut bytes = decode(text, alphabet)?;
    let check = bytes.split_off(bytes.len().checked_sub(4)?);
    let hash = Sha256::digest(Sha256::digest(&bytes));
    hash.starts_with(&check).then_some(bytes)
}

/// The payload of a Monero value: every 11 characters are 8 bytes, the last ones fewer; Keccak-256 is the check.
pub(super) fn monero(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for block in text.as_bytes().chunks(11) {
        let size = match block.len() {
            11 => 8,
            10 => 7,
            9 => 6,
            7 => 5,
            6 => 4,
            5 => 3,
            3 => 2,
            2 => 1,
            _ => return None,
        };
        let mut number: u128 = 0;
        for byte in block {
            number = number * 58 + u128::try_from(BITCOIN.iter().position(|a| a == byte)?).ok()?;
        }
        let all = number.to_be_bytes();
        let (front, back) = all.split_at_checked(16 - size)?;
        if front.iter().any(|b| *b != 0) {
            return None;
        }
        bytes.extend_from_slice(back);
    }
    let check = bytes.split_off(bytes.len().checked_sub(4)?);
    Keccak256::digest(&bytes).starts_with(&check).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_leading_zeros() {
        assert_eq!(decode("2NEpo7TZRRrLZSi2U", BITCOIN).as_deref(), Some(&b"Hello World!"[..]));
        assert_eq!(decode("11", BITCOIN), Some(vec![0, 0]));
        assert_eq!(decode("0OIl", BITCOIN), None);
        assert_eq!(decode("", BITCOIN), None);
        assert_eq!(checked("é", BITCOIN), None);
        assert_eq!(checked("1", BITCOIN), None);
    }
}
