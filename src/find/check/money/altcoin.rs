//! Addresses of other coins that carry a checksum: Litecoin, Dogecoin, Dash, Zcash, Tron, Ripple, Monero, Cardano,
//! Bitcoin Cash. Versions from the coins' chain parameters; Litecoin's `3...` is Bitcoin's.

use super::{base58, bech32, bitcoin};

pub(crate) fn is_valid(value: &str) -> bool {
    let first = value.bytes().next().unwrap_or(0);
    if value.len() >= 95 && matches!(first, b'4' | b'8') {
        // Standard address, subaddress, integrated address.
        return base58::monero(value)
            .is_some_and(|p| matches!((p.first(), p.len()), (Some(18 | 42), 65) | (Some(19), 73)));
    }
    let lower = value.get(..5).map(str::to_ascii_lowercase).unwrap_or_default();
    if lower.starts_with("ltc1") {
        return bitcoin::is_segwit(value, "ltc");
    }
    if lower == "addr1" || lower == "stake" {
        return bech32::decode(value).is_some_and(|(p, v, _)| matches!(p.as_str(), "addr" | "stake") && v.len() >= 46);
    }
    if value.contains(':') {
        return bech32::is_cash_address(value);
    }
    if first == b'r' {
        let ripple = base58::checked(value, base58::RIPPLE);
        return ripple.is_some_and(|p| p.len() == 21 && p.first() == Some(&0) && p.iter().any(|b| *b != 0));
    }
    let Some(payload) = base58::checked(value, base58::BITCOIN) else { return false };
    match payload.as_slice() {
        // Litecoin L and M, Dogecoin D, 9 and A, Dash X and 7, Tron T.
        [0x30 | 0x32 | 0x1E | 0x16 | 0x4C | 0x10 | 0x41, hash @ ..] if hash.len() == 20 => hash.iter().any(|b| *b != 0),
        // Zcash t1 and t3.
        [0x1C, 0xB8 | 0xBD, hash @ ..] => hash.len() == 20,
        _ => false,
    }
}

/// Solana addresses and keys have no checksum: 32 bytes, 43 or 44 characters, is all there is.
pub(crate) fn is_solana(value: &str) -> bool {
    let classes = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    matches!(value.len(), 43 | 44)
        && classes.iter().all(|class| value.as_bytes().iter().any(class))
        && base58::decode(value, base58::BITCOIN).is_some_and(|b| b.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_addresses_pass_and_their_neighbours_do_not() {
        for good in [
            "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            "rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH",
            "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
            "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7M",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
            "rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRh",
            "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3B",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "",
            "ré",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
        assert!(is_solana("7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV1"));
        assert!(!is_solana("7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV0"));
    }
}
