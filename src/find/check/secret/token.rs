//! What a token or key behind a general name ("api key", "client secret") must look like.

use super::keys;
use super::placeholder;

/// Letters and digits, no name of several words, no version, date or path.
pub(crate) fn is_valid(value: &str) -> bool {
    let slashes = value.bytes().filter(|b| *b == b'/').count();
    let dots = value.bytes().filter(|b| *b == b'.').count();
    placeholder::is_secret(value)
        && keys::letters_and_digits(value)
        && placeholder::distinct(value) >= 8
        && slashes * 8 <= value.len()
        && dots * 8 <= value.len()
        && !is_named(value)
}

/// Most of it is words: `projects-service-account-key-2`, `com.acme.security.v2`.
fn is_named(value: &str) -> bool {
    let parts: Vec<&str> = value.split(['-', '_', '.', '/', ':']).filter(|p| !p.is_empty()).collect();
    let word = |p: &&&str| {
        let vowels = p.bytes().filter(|b| b"aeiouyAEIOUY".contains(b)).count();
        p.len() >= 2 && p.bytes().all(|b| b.is_ascii_alphabetic()) && vowels * 5 >= p.len() && is_cased(p)
    };
    let lettered: usize = parts.iter().filter(word).map(|p| p.len()).sum();
    parts.len() >= 2 && lettered * 2 > value.len()
}

fn is_cased(word: &str) -> bool {
    let tail = word.get(1..).unwrap_or_default();
    tail.bytes().all(|b| b.is_ascii_lowercase()) || word.bytes().all(|b| b.is_ascii_uppercase())
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
            "projects-service-account-key-2",
            "com.acme.security.tokens.v2",
            "your-api-key-2024-here",
            "/etc/ssl/private/key1.pem",
            "abcdefghijklmnop12345678",
            "aaaaaaaaaaaaaaaaaaaaaaa1",
            "AbstractTokenFactoryProvider",
            "1.2.3.4.5.6.7.8.9.10.11a",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
