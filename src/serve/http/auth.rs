//! Bearer tokens (RFC 6750 section 2.1). Kept as digests, compared in constant time.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::serve::config::Config;
use crate::serve::load;

/// Characters of a token: 16 random ones are 80 bits at the least.
const TOKEN_CHARS_MIN: usize = 16;

/// Reads the tokens of the configuration, one a line; lines that begin with `#` are remarks.
///
/// # Errors
/// The file cannot be read, holds none, or one that is too short; never what is in it.
pub fn read_tokens(config: &Config) -> Result<Option<Vec<[u8; 32]>>, String> {
    let Some(path) = &config.tokens else { return Ok(None) };
    let text = load::text(path)?;
    let lines = text.lines().enumerate().map(|(at, line)| (at, line.trim()));
    let mut tokens = Vec::new();
    for (at, token) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        if token.chars().count() < TOKEN_CHARS_MIN {
            let line = at.saturating_add(1);
            return Err(format!("{}:{line}: a token has {TOKEN_CHARS_MIN} characters at least", path.display()));
        }
        tokens.push(Sha256::digest(token.as_bytes()).into());
    }
    if tokens.is_empty() { Err(format!("{}: holds no token", path.display())) } else { Ok(Some(tokens)) }
}

/// Whether the request has one of the tokens.
pub fn is_allowed(tokens: &[[u8; 32]], headers: &HeaderMap) -> bool {
    let value = headers.get(AUTHORIZATION).map(|value| value.as_bytes()).unwrap_or_default();
    let Some((scheme, token)) = value.split_at_checked(7) else { return false };
    if !scheme.eq_ignore_ascii_case(b"bearer ") {
        return false;
    }
    let given: [u8; 32] = Sha256::digest(token.trim_ascii()).into();
    // All are compared: how long it takes tells nothing.
    let found = tokens.iter().fold(Choice::from(0), |found, token| found | token.ct_eq(&given));
    found.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_compared_whole() {
        let tokens = [Sha256::digest(b"first-token-of-all").into(), Sha256::digest(b"second-token-here").into()];
        let allowed = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().unwrap());
            is_allowed(&tokens, &headers)
        };
        assert!(allowed("Bearer second-token-here") && allowed("bearer  first-token-of-all"));
        for wrong in ["Bearer second-token-her", "Bearer ", "Basic second-token-here", "second-token-here", "Bearer"] {
            assert!(!allowed(wrong), "{wrong}");
        }
        assert!(!is_allowed(&tokens, &HeaderMap::new()));
    }
}
