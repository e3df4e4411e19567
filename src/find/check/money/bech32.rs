//! Bech32 and Bech32m (BIP-173, BIP-350), and the CashAddr code of Bitcoin Cash, which is longer.

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// What the checksum comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    Bech32,
    Bech32m,
}

/// The prefix in lower case, the five-bit values without the checksum, and which of the two checksums holds.
pub(super) fn decode(text: &str) -> Option<(String, Vec<u8>, Variant)> {
    let one_case = !text.bytes().any(|b| b.is_ascii_lowercase()) || !text.bytes().any(|b| b.is_ascii_uppercase());
    // BIP-173 ends at 90 characters; Cardano addresses have 103.
    if !one_case || text.len() > 128 {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (prefix, data) = lower.rsplit_once('1')?;
    let mut values = values(data)?;
    let high = prefix.bytes().map(|b| b >> 5);
    let low = prefix.bytes().map(|b| b & 31);
    let variant = match polymod(high.chain([0]).chain(low).chain(values.iter().copied())) {
        1 => Variant::Bech32,
        0x2BC8_30A3 => Variant::Bech32m,
        _ => return None,
    };
    values.truncate(values.len().checked_sub(6)?);
    (!prefix.is_empty()).then(|| (prefix.to_owned(), values, variant))
}

/// Whether `text` is `bitcoincash:` and an address with the checksum of CashAddr.
pub(super) fn is_cash_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let Some((prefix, data)) = lower.split_once(':') else { return false };
    let Some(values) = values(data) else { return false };
    let generators = [0x98_F2BC_8E61, 0x79_B76D_99E2, 0xF3_3E5F_B3C4, 0xAE_2EAB_E2A8, 0x1E_4F43_E470];
    let mut sum: u64 = 1;
    for value in prefix.bytes().map(|b| b & 31).chain([0]).chain(values) {
        let top = sum >> 35;
        sum = (sum & 0x07_FFFF_FFFF) << 5 ^ u64::from(value);
        for (bit, generator) in generators.into_iter().enumerate() {
            sum ^= if top >> bit & 1 == 1 { generator } else { 0 };
        }
    }
    data.len() >= 42 && sum == 1
}

fn values(data: &str) -> Option<Vec<u8>> {
    data.bytes().map(|b| ALPHABET.iter().position(|a| *a == b).and_then(|p| u8::try_from(p).ok())).collect()
}

fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    let generators = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];
    let mut sum: u32 = 1;
    for value in values {
        let top = sum >> 25;
        sum = (sum & 0x01FF_FFFF) << 5 ^ u32::from(value);
        for (bit, generator) in generators.into_iter().enumerate() {
            sum ^= if top >> bit & 1 == 1 { generator } else { 0 };
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_vectors_of_the_specifications() {
        assert_eq!(decode("A12UEL5L").map(|d| d.2), Some(Variant::Bech32));
        assert_eq!(decode("A1LQFN3A").map(|d| d.2), Some(Variant::Bech32m));
        for bad in ["A12UEL5M", "a12UEL5L", "1", "", "é1é", "pzry9x0s0muk"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert!(is_cash_address("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"));
        assert!(!is_cash_address("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6b"));
    }
}
