//! `0x` and 40 hexadecimal digits: addresses of Ethereum and chains like it.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

/// Reports every address as written; one whose letters are all of one case carries no checksum and is reported with a
/// value that begins with `?`: the same digits are a SHA-1 as well.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    for at in memchr::memmem::find_iter(bytes, b"0x") {
        let digits =
            bytes.get(at + 2..).unwrap_or_default().iter().take(41).take_while(|b| b.is_ascii_hexdigit()).count();
        let end = at + 2 + digits;
        let before = at.checked_sub(1).and_then(|i| bytes.get(i));
        let joined = before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_'))
            || bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_'));
        let Some(value) = text.get(at..end).filter(|_| digits == 40 && !joined) else { continue };
        let hex = value.get(2..).unwrap_or_default();
        if hex.bytes().any(|b| b.is_ascii_uppercase()) && hex.bytes().any(|b| b.is_ascii_lowercase()) {
            found(at..end, value);
        } else {
            found(at..end, &format!("?{value}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert_eq!(&text[range], value.trim_start_matches('?'));
            out.push(value.to_owned());
        });
        out
    }

    #[test]
    fn addresses_and_what_is_none() {
        let address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        assert_eq!(all(&format!("to {address}.")), [address]);
        assert_eq!(
            all(&format!("{{\"to\":\"{}\"}}", address.to_lowercase())),
            [format!("?{}", address.to_lowercase())]
        );
        assert!(all(&format!("{address}00 {address}g x{address} 0x12")).is_empty());
        assert!(all(&"0x".repeat(100_000)).is_empty());
    }
}
