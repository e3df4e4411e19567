//! Ethereum address: `0x` and 40 hexadecimal digits; where upper and lower case are mixed, the case of each letter is a
//! bit of the Keccak-256 of the lower-case address (ERC-55).

use sha3::{Digest as _, Keccak256};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(hex) = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")) else { return false };
    if hex.len() != 40 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return false;
    }
    let mut seen = [false; 16];
    for slot in hex.chars().filter_map(|c| c.to_digit(16)) {
        if let Some(slot) = seen.get_mut(slot as usize) {
            *slot = true;
        }
    }
    // A random address has about 15 different digits; the zero address and its like have one or two.
    let varied = seen.iter().filter(|s| **s).count() >= 6;
    let mixed = hex.bytes().any(|b| b.is_ascii_uppercase()) && hex.bytes().any(|b| b.is_ascii_lowercase());
    varied && (!mixed || has_checksum(hex))
}

fn has_checksum(hex: &str) -> bool {
    let hash = Keccak256::digest(hex.to_ascii_lowercase());
    let nibbles = hash.iter().flat_map(|b| [b >> 4, b & 15]);
    hex.bytes().zip(nibbles).all(|(c, n)| c.is_ascii_digit() || c.is_ascii_uppercase() == (n >= 8))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_addresses_pass_and_their_neighbours_do_not() {
        for good in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
            "0x0000000000000000000000000000000000000000",
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xé",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
