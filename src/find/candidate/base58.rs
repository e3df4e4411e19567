//! Words of 25 to 112 Base58 characters that hold digits, upper and lower case: addresses and keys of crypto-currencies.
//! A check decides what they are.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

/// Characters of the shortest address (25, Ripple and old Bitcoin) and of the longest key (111, BIP-32).
const CHARS_MIN: usize = 25;
const CHARS_MAX: usize = 112;

/// Reports every word that could be one, as it is written.
///
/// A word of [`CHARS_MIN`] covers one of every [`CHARS_MIN`] bytes, so only those are looked at.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut probe = CHARS_MIN - 1;
    while let Some(byte) = bytes.get(probe) {
        if !byte.is_ascii_alphanumeric() {
            probe += CHARS_MIN;
            continue;
        }
        let left = bytes
            .get(..probe)
            .unwrap_or_default()
            .iter()
            .rev()
            .take(CHARS_MAX)
            .take_while(|b| b.is_ascii_alphanumeric());
        let start = probe - left.count();
        let right = bytes.get(probe..).unwrap_or_default().iter().take_while(|b| b.is_ascii_alphanumeric());
        let end = probe + right.count();
        if let Some(word) = text.get(start..end)
            && is_candidate(word)
            && !joined(bytes, start, end)
        {
            found(start..end, word);
        }
        probe = end + CHARS_MIN - 1;
    }
}

fn is_candidate(word: &str) -> bool {
    let bytes = word.as_bytes();
    let classes = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    (CHARS_MIN..=CHARS_MAX).contains(&bytes.len())
        && !bytes.iter().any(|b| matches!(b, b'0' | b'O' | b'I' | b'l'))
        && classes.iter().all(|class| bytes.iter().any(class))
}

/// Whether the word goes on as Base64 or an identifier does.
fn joined(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(end);
    before.is_some_and(|b| matches!(b, b'+' | b'_' | b'-') || !b.is_ascii())
        || after.is_some_and(|b| matches!(b, b'+' | b'_' | b'-' | b'=') || !b.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert_eq!(&text[range], value);
            out.push(value.to_owned());
        });
        out
    }

    #[test]
    fn words_of_the_alphabet_are_reported_wherever_they_stand() {
        let address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
        for pad in 0..30 {
            let text = format!("{} {address}, and bitcoin:{address}?x=1", "x".repeat(pad));
            assert_eq!(all(&text), [address, address], "{pad}");
        }
    }

    #[test]
    fn hashes_encodings_and_names_are_not() {
        for text in [
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo3==",
            "key_1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "éA1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
        assert!(all(&"1aA".repeat(100_000)).is_empty());
    }
}
