//! What a token or key behind a general name ("api key", "client secret") must look like.

use super::keys;
use super::placeholder;

/// Prefixes of what other rules decide upon by a checksum, of public keys, of test keys and of plain ids.
const OTHERS: &[&str] = &[
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_", "glsa_", "pk_", "pk.", "sk_test_", "rk_test_", "price_", "prod_",
    "cus_", "pi_", "AKIA", "ASIA",
];

/// Hexadecimal digits alone are keys from this length on; shorter ones number things.
const HEX_LENGTH_MIN: usize = 24;

/// Letters and digits, no name of several words, no version, date or path.
pub(crate) fn is_valid(value: &str) -> bool {
    let slashes = value.bytes().filter(|b| *b == b'/').count();
    let dots = value.bytes().filter(|b| *b == b'.').count();
    placeholder::is_secret(value)
        && keys::letters_and_digits(value)
        && placeholder::distinct(value) >= 8
        && slashes.saturating_mul(8) <= value.len()
        && dots <= 1
        && (value.len() >= HEX_LENGTH_MIN || !value.bytes().all(|b| b.is_ascii_hexdigit()))
        && !OTHERS.iter().any(|prefix| value.starts_with(prefix))
        && !is_named(value)
        && !is_constant(value)
}

/// `GNUTLS_PKCS11_OBJ_DATA`: a constant of a program.
fn is_constant(value: &str) -> bool {
    let capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    value.matches('_').count() > 1 && value.bytes().all(capital)
}

/// Most of it is words: `projects-service-account-key-2`, `com.acme.security.v2`, `X509RequestInheritOptions`.
fn is_named(value: &str) -> bool {
    let bytes = value.as_bytes();
    let ends = |pair: &[u8]| match pair {
        [a, b] => {
            !b.is_ascii_alphabetic() || !a.is_ascii_alphabetic() || (a.is_ascii_lowercase() && b.is_ascii_uppercase())
        }
        _ => false,
    };
    let (mut lettered, mut start) = (0, 0);
    let borders = bytes.windows(2).enumerate().filter(|(_, pair)| ends(pair)).map(|(i, _)| i + 1);
    for end in borders.chain([bytes.len()]) {
        let word = bytes.get(start..end).unwrap_or_default();
        if is_word(word) {
            lettered += word.len();
        }
        start = end;
    }
    lettered.saturating_mul(2) > value.len()
}

/// Can be spoken: vowels among its letters, and no more than three consonants in a row.
fn is_word(word: &[u8]) -> bool {
    let vowel = |b: &u8| b"aeiouyAEIOUY".contains(b);
    let vowels = word.iter().filter(|b| vowel(b)).count();
    let clusters = word.split(vowel).map(<[u8]>::len).max().unwrap_or(0);
    let long = word.len() >= 4 || word.eq_ignore_ascii_case(b"key");
    long && word.iter().all(u8::is_ascii_alphabetic)
        && vowels.saturating_mul(4) >= word.len()
        && clusters <= 3
        && is_cased(word)
}

/// `word`, `Word` or `WORD`.
fn is_cased(word: &[u8]) -> bool {
    word.iter().skip(1).all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_names() {
        for good in [
            "9Zq3nT7vK1xWm9LbR5cYf2Hs",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "q83vEjRWeJCr8N7xI0VniQu83vEjRWeJ",
            "live_9Zq3nT7vK1xWm9LbR5cY",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "GNUTLS_PKCS11_OBJ_DATA",
            "projects-service-account-key-2",
            "com.acme.security.tokens.v2",
            "your-api-key-2024-here",
            "/etc/ssl/private/key1.pem",
            "abcdefghijklmnop12345678",
            "aaaaaaaaaaaaaaaaaaaaaaa1",
            "AbstractTokenFactoryProvider",
            "1.2.3.4.5.6.7.8.9.10.11a",
            "X509RequestInheritOptions",
            "Ed25519PublicKey",
            "uddiv3ServiceKey",
            "3d104ea0be48564b",
            "ghp_9Zq3nT7vK1xWm9LbR5cYf2Hs",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
