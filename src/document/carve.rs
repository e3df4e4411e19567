//! Carving: text out of formats without a reader, and of bytes that nobody knows. Runs of printable characters, in
//! 8-bit encodings (ASCII, UTF-8, Latin letters of Windows-1252) and in UTF-16, one a line, in the order of the file.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions and counts inside one slice, none of them multiplied by more than three"
)]

use std::fmt::Write as _;

use crate::document::text::Text;

/// Characters a run must have. Shorter ones are mostly chance; no value worth finding is shorter.
const RUN_CHARS_MIN: usize = 6;
/// Characters that a run of scripts beyond the alphabets must have: chance makes pairs of bytes into ideographs often.
const IDEOGRAPHS_MIN: usize = 12;

/// Bytes of the end of a run that are said twice where its byte order is in doubt: longer than any value.
const TAIL_BYTES: usize = 160;

/// Everything printable in `bytes`.
pub fn carve(bytes: &[u8]) -> Text<'static> {
    let mut out = String::new();
    carve_into(bytes, &mut out);
    Text::owned(out)
}

/// Appends everything printable in `bytes` to `out`.
pub fn carve_into(bytes: &[u8], out: &mut String) {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        // Padding is most of what opaque files are made of.
        if let Some(zeros @ 1..) = rest.iter().position(|b| *b != 0).or(Some(rest.len())) {
            at += zeros;
            continue;
        }
        if let Some(length) = wide_run(rest) {
            let run = rest.get(..length).unwrap_or_default();
            write_wide(run, out);
            // With the high byte first, the last character lies outside: say the end of the run again with it.
            let before = at.checked_sub(1).and_then(|i| bytes.get(i));
            if let (Some(0), Some(last @ b'!'..=b'~')) = (before, rest.get(length)) {
                write_wide(run.get(length.saturating_sub(TAIL_BYTES)..).unwrap_or_default(), out);
                out.pop();
                out.push(char::from(*last));
                end_line(out);
            }
            at += length;
            continue;
        }
        let (length, chars) = narrow_run(rest);
        if chars >= RUN_CHARS_MIN && is_written(rest.get(..length).unwrap_or_default()) {
            write_narrow(rest.get(..length).unwrap_or_default(), out);
        }
        // A run of UTF-16 may start at the last character of a run of bytes.
        at += length.saturating_sub(1).max(1);
    }
}

fn is_blank(b: u8) -> bool {
    matches!(b, b'\t' | b'\n' | b'\r' | 0x07 | 0x0B | 0x0C)
}

/// Bytes and characters of the 8-bit run at the start. Paragraph and cell marks are part of it.
fn narrow_run(bytes: &[u8]) -> (usize, usize) {
    let (mut at, mut chars, mut strange) = (0, 0, 0);
    while let Some(&b) = bytes.get(at) {
        if matches!(b, 0x20..=0x7E) {
            strange = 0;
            chars += 1;
            at += 1;
        } else if is_blank(b) {
            at += 1;
        } else if let Some(length) = utf8_length(bytes.get(at..).unwrap_or_default()) {
            chars += 1;
            at += length;
        } else if b >= 0x80 && chars > 0 && strange < 3 {
            // Letters and typographic marks of the Windows encodings stand alone or in small groups.
            strange += 1;
            chars += 1;
            at += 1;
        } else {
            break;
        }
    }
    (at, chars)
}

/// Whether a run of bytes could have been written by somebody: chance makes punctuation and letters beyond ASCII as
/// often as any other byte, and pictures make a few bytes again and again.
fn is_written(run: &[u8]) -> bool {
    /// Bytes that are looked at together, and different pairs among them that make them more than a pattern.
    const PATTERN_BYTES: usize = 24;
    const PAIRS_MIN: usize = 13;
    let (mut plain, mut other) = (0, 0);
    for chunk in run.utf8_chunks() {
        let count = chunk.valid().chars().filter(|c| c.is_alphanumeric() || c.is_whitespace() || *c == '\u{7}').count();
        plain += count;
        other += chunk.valid().chars().count() - count + chunk.invalid().len();
    }
    let (mut pieces, mut patterns) = (0, 0);
    for piece in run.chunks_exact(PATTERN_BYTES) {
        pieces += 1;
        patterns += usize::from(different_pairs(piece) < PAIRS_MIN && !is_number(piece));
    }
    plain >= other.saturating_mul(2)
        && (pieces == 0 || patterns * 2 < pieces)
        && (run.len() >= PATTERN_BYTES || is_even(run))
}

/// Whether a short run keeps to one kind of character for a while: chance jumps from letters to digits and signs.
fn is_even(run: &[u8]) -> bool {
    let class = |b: &u8| match b {
        b'0'..=b'9' => 1,
        b'a'..=b'z' => 2,
        b'A'..=b'Z' => 3,
        0x80.. => 4,
        b' ' | b'-' | b'.' => 0,
        b if is_blank(*b) => 0,
        _ => 5,
    };
    let jumps = run.windows(2).filter(|pair| match pair {
        [a, b] => !matches!((class(a), class(b)), (0, _) | (_, 0) | (3, 2) | (4, 2) | (2, 4)) && class(a) != class(b),
        _ => false,
    });
    let pattern = different_pairs(run) * 3 < run.len().saturating_sub(1) * 2 && !is_number(run);
    !pattern && (jumps.count().saturating_mul(4) <= run.len() || run.contains(&b'@'))
}

/// Different pairs of neighbours among the first bytes of a run.
fn different_pairs(run: &[u8]) -> usize {
    let mut pairs = [0u16; 32];
    let mut count = 0;
    for (pair, place) in run.windows(2).zip(&mut pairs) {
        *place = pair.iter().fold(0, |sum, b| sum << 8 | u16::from(*b));
        count += 1;
    }
    let pairs = pairs.get_mut(..count).unwrap_or_default();
    pairs.sort_unstable();
    pairs.chunk_by(|a, b| a == b).count()
}

/// Whether there are enough digits for a number worth finding, however often they repeat.
fn is_number(run: &[u8]) -> bool {
    run.iter().filter(|b| b.is_ascii_digit()).count() >= RUN_CHARS_MIN
}

/// Bytes of the UTF-8 sequence of a printable character beyond ASCII at the start.
fn utf8_length(bytes: &[u8]) -> Option<usize> {
    let length = match bytes.first()? {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    text.chars().all(|c| !c.is_control()).then_some(length)
}

fn write_narrow(bytes: &[u8], out: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            write_char(c, out);
        }
        for b in chunk.invalid() {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(b));
            let _ = out.write_str(&text);
        }
    }
    end_line(out);
}

fn write_char(c: char, out: &mut String) {
    match c {
        '\r' | '\n' | '\u{b}' | '\u{c}' => end_line(out),
        '\u{7}' => out.push('\t'),
        c => out.push(c),
    }
}

fn end_line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// Bytes of the UTF-16 run at the start (low byte first; ASCII with the high byte first is the same a byte later).
fn wide_run(bytes: &[u8]) -> Option<usize> {
    // Text in single bytes reads as ideographs in pairs; it has no bytes below 9 in the high places.
    let (mut units, mut alphabet, mut marks, mut extended) = (0usize, 0usize, 0usize, 0usize);
    // Letters of the Greek, Cyrillic, Hebrew and Arabic blocks, by the high byte: a text has one such script.
    let mut blocks = [0usize; 4];
    for pair in bytes.chunks_exact(2) {
        let unit = u16::from_le_bytes([pair.first().copied()?, pair.get(1).copied()?]);
        match unit {
            0x09 | 0x0A | 0x0D | 0x07 | 0x0B => marks += 1,
            0x20..=0x7E => alphabet += 1,
            0xA0..=0x24F => (alphabet, extended) = (alphabet + 1, extended + 1),
            0x370..=0x6FF => {
                alphabet += 1;
                if let Some(block) = blocks.get_mut(usize::from(unit >> 8) - 3) {
                    *block += 1;
                }
            }
            0x900..=0xE7F | 0x1E00..=0x1FFF | 0x2010..=0x2044 | 0x20AC | 0x2116 => {}
            0x3000..=0x30FF => marks += 1,
            0x4E00..=0x9FFF | 0xAC00..=0xD7A3 => {}
            _ => break,
        }
        units += 1;
    }
    let (main, all) = (blocks.iter().max().copied().unwrap_or(0), blocks.iter().sum::<usize>());
    if extended * 2 > units || main.saturating_mul(5) < all.saturating_mul(4) {
        return None;
    }
    let written = units >= RUN_CHARS_MIN && alphabet >= RUN_CHARS_MIN && (alphabet + marks) * 2 >= units;
    let ideographs = units >= IDEOGRAPHS_MIN && (alphabet + marks).saturating_mul(4) >= units;
    (written || ideographs).then_some(units * 2)
}

fn write_wide(bytes: &[u8], out: &mut String) {
    let units = bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    for c in char::decode_utf16(units).flatten() {
        write_char(c, out);
    }
    end_line(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carved(bytes: &[u8]) -> String {
        carve(bytes).as_str().to_owned()
    }

    #[test]
    fn runs_of_every_width_are_found() {
        assert_eq!(carved(b"\0\x01Card 4111\0\x02ab\0\x03M\xFCller\xFE\0"), "Card 4111\nMüllerþ\n");
        let wide: Vec<u8> = [0u8, 0]
            .into_iter()
            .chain("Card 4111 1111".encode_utf16().flat_map(u16::to_le_bytes))
            .chain([0, 0xFF])
            .collect();
        assert_eq!(carved(&wide), "Card 4111 1111\n");
        assert_eq!(carved(wide.get(1..).unwrap()), "Card 4111 1111\n");
        let big: Vec<u8> =
            [9u8, 1].into_iter().chain("Card 4111 1111".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert!(carved(&big).contains("Card 4111 1111"), "{:?}", carved(&big));
        let japanese: Vec<u8> = "カード番号は4111です。住所".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(carved(&japanese).contains("番号は4111です"));
    }

    #[test]
    fn noise_is_not_carved() {
        for noise in [
            &b"\0ijijijijijijjijijijijijijijij\0"[..],
            b"\0ZZ\xE7zZ\xE7\xE8!\xE9)R{)\xEA\xEB\xECJ\xED\0",
            b"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01",
            b"\x50\x04\x12\x05\x77\x06\x33\x04\x44\x05\x22\x06\x71\x03\x18\x04",
        ] {
            assert_eq!(carved(noise), "", "{noise:?}");
        }
        let russian: Vec<u8> = "Номер карты 4111".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(carved(&russian), "Номер карты 4111\n");
        assert_eq!(carved(b"\x01\x024111111111111111111\0\x03"), "4111111111111111111\n");
        let grouped = "4111 1111 1111 1111 4111 1111 1111 1111";
        assert_eq!(carved(grouped.as_bytes()), format!("{grouped}\n"));
        for kept in ["Mississippi", "a.smith@x.example", "Project Atlas", "AB-12345"] {
            assert_eq!(carved(kept.as_bytes()), format!("{kept}\n"));
        }
    }

    #[test]
    fn paragraph_marks_do_not_end_a_run() {
        assert_eq!(carved(b"\0Name\rAnn\x07Rome\r\0"), "Name\nAnn\tRome\n");
        assert_eq!(carved(&[0; 1000]), "");
        assert_eq!(carved(b"abc"), "");
    }
}
