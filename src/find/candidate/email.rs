//! E-mail addresses around an `@` (RFC 5321 mailbox, without quoted local parts and address literals).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

use crate::find::byte_set::ByteSet;

/// What a local part is written with.
static LOCAL: ByteSet = ByteSet::alphanumeric_and(b".!#$%&'*+/=?^_`{|}~-");
/// What ends the sentence or the name in front of an address, although a local part may have it.
static LEADING: ByteSet = ByteSet::of(b"=/'`{|}?!&*#$%^~");
/// Bytes of a local part (RFC 5321 section 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;
/// Bytes of a domain (section 4.5.3.1.2).
const DOMAIN_BYTES_MAX: usize = 255;

/// Finds addresses; the value is in lower case.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        if let Some(range) = around(text, at) {
            let value = text.get(range.clone()).unwrap_or_default().to_ascii_lowercase();
            found(range, &value);
        }
    }
}

/// The address around the `@` at `at`, if there is one.
fn around(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let local = |b: &&u8| LOCAL.has(**b);
    let left = bytes.get(at.saturating_sub(LOCAL_BYTES_MAX + 1)..at)?;
    let mut start = at - left.iter().rev().take_while(local).count();
    // Punctuation in front is the sentence's, not the address's: `to=<a@b.example>`, `'a@b.example'`.
    let leading = bytes.get(start..at)?;
    let cut = leading.iter().rposition(|b| LEADING.has(*b)).map_or(0, |i| i + 1);
    start += cut;
    start += bytes.get(start..at)?.iter().take_while(|b| matches!(b, b'.' | b'-' | b'+')).count();
    let local = bytes.get(start..at)?;
    if local.is_empty() || local.len() > LOCAL_BYTES_MAX || local.ends_with(b".") {
        return None;
    }
    let right = bytes.get(at + 1..bytes.len().min(at + 1 + DOMAIN_BYTES_MAX))?;
    let length = right.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
    let domain = right.get(..length)?;
    let trimmed = domain.iter().rev().take_while(|b| matches!(b, b'.' | b'-')).count();
    let domain = domain.get(..length - trimmed)?;
    let end = at + 1 + domain.len();
    is_domain(domain).then_some(start..end)
}

/// Whether `domain` has two labels or more and ends in one that can be a top-level domain.
fn is_domain(domain: &[u8]) -> bool {
    let labels: Vec<_> = domain.split(|b| *b == b'.').collect();
    let Some((top, rest)) = labels.split_last() else { return false };
    let label = |l: &&[u8]| !l.is_empty() && l.len() <= 63 && !l.starts_with(b"-") && !l.ends_with(b"-");
    // File names look like domains: logo@2x.png.
    let file =
        matches!(*top, b"png" | b"jpg" | b"jpeg" | b"gif" | b"webp" | b"svg" | b"ico" | b"avif" | b"css" | b"js");
    !rest.is_empty()
        && labels.iter().all(label)
        && !file
        && (2..=24).contains(&top.len())
        && (top.iter().all(u8::is_ascii_alphabetic) || top.starts_with(b"xn--"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<&str> {
        around(text, text.find('@')?).map(|r| &text[r])
    }

    #[test]
    fn addresses() {
        assert_eq!(first("mail <anna.adler+hr@corp.example.de>."), Some("anna.adler+hr@corp.example.de"));
        assert_eq!(first("user=bo_b@example.com;"), Some("bo_b@example.com"));
        assert_eq!(first("a@example.com."), Some("a@example.com"));
    }

    #[test]
    fn not_addresses() {
        for text in
            ["@handle", "x@localhost", "logo@2x.png", "user@", "@scope/pkg@1.4.2", "v2@sha256:ab12", "a.@b.example"]
        {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
