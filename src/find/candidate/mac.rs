//! MAC addresses (IEEE 802 section 8.2: EUI-48): six pairs with colons or hyphens, three groups of four with dots, or
//! twelve hexadecimal digits; reported as lower-case pairs with colons.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

/// Reports every address. Twelve digits without separators, and addresses written in decimal digits alone (frames of a
/// time code, groups of a number), are reported with a value that begins with `?`.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    separated(text, 2, b':', found);
    separated(text, 2, b'-', found);
    separated(text, 4, b'.', found);
    bare(text, found);
}

/// Groups of `width` digits with `separator` between them.
fn separated(text: &str, width: usize, separator: u8, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let length = 12 + 12 / width - 1;
    let mut next = 0;
    for at in memchr::memchr_iter(separator, bytes) {
        let Some(start) = at.checked_sub(width) else { continue };
        if start < next || bytes.get(at + width + 1) != Some(&separator) {
            continue;
        }
        let Some(written) = bytes.get(start..start + length) else { continue };
        let shape = written.chunks(width + 1).all(|group| match group.split_at_checked(width) {
            Some((digits, rest)) => digits.iter().all(u8::is_ascii_hexdigit) && rest.iter().all(|b| *b == separator),
            None => false,
        });
        if shape && !joined(bytes, start, start + length, separator) {
            next = start + length;
            report(text, start..start + length, false, found);
        }
    }
}

/// Words of twelve hexadecimal digits, some of them letters. Such a word covers one of every twelve bytes.
fn bare(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut probe = 11;
    while let Some(byte) = bytes.get(probe) {
        if byte.is_ascii_hexdigit() {
            let left = bytes
                .get(..probe)
                .unwrap_or_default()
                .iter()
                .rev()
                .take(12)
                .take_while(|b| b.is_ascii_hexdigit())
                .count();
            let right =
                bytes.get(probe..).unwrap_or_default().iter().take(13).take_while(|b| b.is_ascii_hexdigit()).count();
            let (start, end) = (probe - left, probe + right);
            let word = bytes.get(start..end).unwrap_or_default();
            let mixed = word.iter().any(u8::is_ascii_digit) && word.iter().any(u8::is_ascii_alphabetic);
            if word.len() == 12 && mixed && !joined(bytes, start, end, b'-') {
                report(text, start..end, true, found);
            }
        }
        probe += 12;
    }
}

/// Whether what is in front or behind belongs to the same word or series.
fn joined(bytes: &[u8], start: usize, end: usize, separator: u8) -> bool {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let farther = start.checked_sub(2).and_then(|at| bytes.get(at));
    let after = bytes.get(end);
    let beyond = bytes.get(end + 1);
    // "MAC:00:1a..." is a label; "a1:00:1a..." is a longer series.
    let series_left = before == Some(&separator) && farther.is_some_and(u8::is_ascii_hexdigit) && {
        let group =
            bytes.get(..start - 1).unwrap_or_default().iter().rev().take(9).take_while(|b| b.is_ascii_alphanumeric());
        group.clone().count() <= 4 && group.clone().all(u8::is_ascii_hexdigit)
    };
    before.is_some_and(word)
        || series_left
        || after.is_some_and(word)
        || after == Some(&separator) && beyond.is_some_and(word)
}

fn report(text: &str, range: Range<usize>, bare: bool, found: &mut dyn FnMut(Range<usize>, &str)) {
    let digits = text.get(range.clone()).unwrap_or_default().bytes().filter(u8::is_ascii_hexdigit);
    let digits: Vec<u8> = digits.map(|b| b.to_ascii_lowercase()).collect();
    // All alike: the broadcast address and placeholders.
    if digits.iter().all(|d| Some(d) == digits.first()) {
        return;
    }
    // Three small numbers of four digits are weights of a sorting table: `03ac.0020.0002`.
    let dotted = digits.len() + 2 == range.len();
    let small = dotted && digits.chunks(4).filter(|group| group.starts_with(b"00")).count() > 1;
    let weak = bare || small || digits.iter().all(u8::is_ascii_digit);
    let mut value = String::from(if weak { "?" } else { "" });
    for (place, digit) in digits.iter().enumerate() {
        if place > 0 && place % 2 == 0 {
            value.push(':');
        }
        value.push(char::from(*digit));
    }
    found(range, &value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert!(text.get(range).is_some());
            out.push(value.to_owned());
        });
        out
    }

    #[test]
    fn weights_of_a_sorting_table_are_weak() {
        assert_eq!(all("[*03AC.0020.0002] 001a.2b3c.4d5e"), ["?03:ac:00:20:00:02", "00:1a:2b:3c:4d:5e"]);
    }

    #[test]
    fn addresses_in_all_forms() {
        assert_eq!(
            all("hw 00:1A:2b:3c:4D:5e, (00-1A-2B-3C-4D-5F) 001a.2b3c.4d60."),
            ["00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5f", "00:1a:2b:3c:4d:60"]
        );
        assert_eq!(all("MAC:00:1A:2b:3c:4D:5e"), ["00:1a:2b:3c:4d:5e"]);
        assert_eq!(all("mac 001A2B3C4D5E"), ["?00:1a:2b:3c:4d:5e"]);
        assert_eq!(all("12:34:56:78:90:12"), ["?12:34:56:78:90:12"]);
    }

    #[test]
    fn longer_series_hashes_times_and_placeholders_are_none() {
        for text in [
            "00:1a:2b:3c:4d:5e:6f",
            "ff:00:1a:2b:3c:4d:5e",
            "12:34:56",
            "00:00:00:00:00:00",
            "ff:ff:ff:ff:ff:ff",
            "00:1a:2b:3c:4d:5g",
            "x00:1a:2b:3c:4d:5e",
            "00:1a:2b-3c:4d:5e",
            "550e8400-e29b-41d4-a716-446655440abc",
            "550e8400-e29b-41d4-a716-44665544abcd",
            "123456789012",
            "abcdefabcdef1",
            "00-1a-2b-3c-4d-5e-6f-70",
            "1.2.3.4",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
        assert!(all(&"a1:".repeat(100_000)).is_empty());
        assert!(all(&"a".repeat(100_000)).is_empty());
    }
}
