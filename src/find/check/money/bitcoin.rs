//! Bitcoin: addresses in Base58Check (version 0 and 5) and Bech32 or Bech32m (BIP-173, BIP-350), private keys in wallet
//! import format (version 0x80), extended keys (BIP-32).

use super::{base58, bech32};

pub(crate) fn is_valid(value: &str) -> bool {
    if value.get(..3).is_some_and(|p| p.eq_ignore_ascii_case("bc1")) {
        return is_segwit(value, "bc");
    }
    let Some(payload) = base58::checked(value, base58::BITCOIN) else { return false };
    match payload.as_slice() {
        [0x00 | 0x05, hash @ ..] if hash.len() == 20 => hash.iter().any(|b| *b != 0),
        [0x80, key @ ..] => key.len() == 32 || key.len() == 33 && key.last() == Some(&1),
        // xprv and xpub, and the letters wallets use for other scripts (y, Y, z, Z).
        [0x04, 0x88 | 0x9D | 0xB2 | 0x95 | 0xAA, _, _, ..] | [0x02, 0x95 | 0xAA, _, _, ..] => payload.len() == 78,
        _ => false,
    }
}

/// Whether `value` is a segregated witness address with this prefix: Bech32 in version 0, Bech32m in later ones.
pub(super) fn is_segwit(value: &str, prefix: &str) -> bool {
    let Some((found, values, variant)) = bech32::decode(value) else { return false };
    let Some((version, program)) = values.split_first() else { return false };
    let bytes = program.len() * 5 / 8;
    let shape = match version {
        0 => variant == bech32::Variant::Bech32 && matches!(bytes, 20 | 32),
        1..=16 => variant == bech32::Variant::Bech32m && (2..=40).contains(&bytes),
        _ => false,
    };
    found == prefix && shape
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_addresses_pass_and_their_neighbours_do_not() {
        for good in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
            "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DvifNa",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp",
            "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "bc1",
            "é1é",
            "1111111111111111111114oLvT2",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
