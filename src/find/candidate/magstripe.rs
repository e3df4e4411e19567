//! Data of a card's magnetic stripe (ISO/IEC 7813): track 1 `%B<number>^<name>^<YYMM><service code>...?` and track 2
//! `;<number>=<YYMM><service code>...?`.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

/// Bytes of track 1 and track 2 without sentinels.
const TRACK_BYTES_MAX: usize = 76;

/// Reports every track; the range is the whole track, the value the card number.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut next = 0;
    for mark in memchr::memchr2_iter(b'^', b'=', bytes) {
        if mark < next {
            continue;
        }
        let front = bytes.get(next..mark).unwrap_or_default();
        let digits = front.iter().rev().take(20).take_while(|b| b.is_ascii_digit()).count();
        if !(12..=19).contains(&digits) {
            continue;
        }
        let number = mark - digits..mark;
        let track = if bytes.get(mark) == Some(&b'^') { track_1(bytes, &number) } else { track_2(bytes, &number) };
        if let Some(track) = track
            && let Some(value) = text.get(number)
        {
            next = track.end;
            found(track, value);
        }
    }
}

/// The track around a number with `^` behind it.
fn track_1(bytes: &[u8], number: &Range<usize>) -> Option<Range<usize>> {
    let format = number.start.checked_sub(1)?;
    if !matches!(bytes.get(format), Some(b'B' | b'b')) {
        return None;
    }
    let start = if format > 0 && bytes.get(format - 1) == Some(&b'%') { format - 1 } else { format };
    let rest = bytes.get(number.end + 1..)?;
    let name = rest.iter().take(27).position(|b| *b == b'^')?;
    let plain = rest.get(..name)?.iter().all(|b| b.is_ascii_alphanumeric() || b" /.-'&".contains(b));
    let data = number.end + 1 + name + 1;
    let end = end_of_data(bytes, data)?;
    (name >= 2 && plain && is_expiry(bytes.get(data..)?)).then_some(start..end)
}

/// The track around a number with `=` behind it.
fn track_2(bytes: &[u8], number: &Range<usize>) -> Option<Range<usize>> {
    let before = number.start.checked_sub(1).and_then(|at| bytes.get(at));
    let sentinel = before == Some(&b';');
    // Without the sentinel, seven digits must follow: the expiry and the service code.
    if !sentinel && before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) {
        return None;
    }
    let data = number.end + 1;
    let end = end_of_data(bytes, data)?;
    let digits = bytes.get(data..end)?.iter().take_while(|b| b.is_ascii_digit()).count();
    let long = digits >= if sentinel { 4 } else { 7 };
    (long && is_expiry(bytes.get(data..)?)).then_some(if sentinel { number.start - 1 } else { number.start }..end)
}

/// Where the discretionary data that begins at `data` ends, with the end sentinel.
fn end_of_data(bytes: &[u8], data: usize) -> Option<usize> {
    let rest = bytes.get(data..)?;
    let length =
        rest.iter().take(TRACK_BYTES_MAX).take_while(|b| b.is_ascii_digit() || matches!(b, b' ' | b'=')).count();
    let trimmed = rest.get(..length)?.iter().rev().take_while(|b| **b == b' ').count();
    let end = data + length;
    Some(if bytes.get(end) == Some(&b'?') { end + 1 } else { end - trimmed })
}

/// Whether a year and a month stand here.
fn is_expiry(data: &[u8]) -> bool {
    match data {
        [y1, y2, m1, m2, ..] => {
            let month = (*m1, *m2);
            y1.is_ascii_digit() && y2.is_ascii_digit() && matches!(month, (b'0', b'1'..=b'9') | (b'1', b'0'..=b'2'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        find(text, &mut |range, value| out.push((text[range].to_owned(), value.to_owned())));
        out
    }

    #[test]
    fn both_tracks() {
        let one = "%B4539578763621486^ADLER/ANN ^29112010000000000000?";
        let two = ";4539578763621486=29112010000000000?";
        let number = "4539578763621486".to_owned();
        assert_eq!(all(&format!("{one}{two}")), [(one.to_owned(), number.clone()), (two.to_owned(), number.clone())]);
        let bare = "4539578763621486=29112010000";
        assert_eq!(all(&format!("track2 {bare}, x")), [(bare.to_owned(), number)]);
    }

    #[test]
    fn assignments_and_powers_are_none() {
        for text in [
            "4539578763621486=291",
            "x4539578763621486=29112010000",
            "4539578763621486=29132010000",
            "2^453957876362",
            "B4539578763621486^A^2911",
            "a=b",
            "^",
            "=",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
        assert!(all(&"4539578763621486=".repeat(10_000)).is_empty());
        assert!(all(&"^".repeat(100_000)).is_empty());
    }
}
