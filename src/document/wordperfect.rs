//! WordPerfect 5 and 6 to X: the text, without its functions. The vendor's file format documents name the functions by
//! their codes: single bytes, functions of fixed length, functions that tell their length.
//!
//! Notes, headers and boxes stand inside of functions (5) or in packets in front (6); they are carved. So what is read
//! leaves the gap of a kind without a reader.
#![allow(clippy::arithmetic_side_effects, reason = "codes and characters from the start of their ranges")]

use super::{Area, Text, carve};

/// Where the text starts, which version it is, whether it is encrypted (file header, 16 bytes).
fn header(bytes: &[u8]) -> Option<(usize, u8, bool)> {
    let start = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?) as usize;
    let (product, kind, version) = (*bytes.get(8)?, *bytes.get(9)?, *bytes.get(10)?);
    let key = u16::from_le_bytes(*bytes.get(12..)?.first_chunk()?);
    let known = bytes.starts_with(b"\xFFWPC") && product == 1 && kind == 10 && version <= 2 && start >= 16;
    known.then_some((start, version, key != 0))
}

/// Reads a document. `None` if it is not one of these versions; encrypted ones have no text.
pub(super) fn read(bytes: &[u8]) -> Option<Text<'static>> {
    let (start, version, encrypted) = header(bytes)?;
    let mut text = Text::default();
    if encrypted {
        return Some(text);
    }
    let mut inside = String::new();
    let body = bytes.get(start..)?;
    let words = if version == 0 { words_5(body, &mut inside) } else { words_6(body) };
    if version > 0 {
        carve::carve_into(bytes.get(16..start)?, &mut inside);
    }
    for line in words.lines().filter(|line| !line.trim().is_empty()) {
        text.push(line.trim_end());
        text.line();
    }
    for line in inside.lines() {
        text.aside(Area::Footnote, line);
    }
    Some(text)
}

/// The text of version 5; what stands inside of functions goes to `inside`.
fn words_5(body: &[u8], inside: &mut String) -> String {
    let mut out = String::new();
    let mut rest = body;
    while let [code, after @ ..] = rest {
        let mut length = 1;
        match code {
            b' '..=b'~' => out.push(char::from(*code)),
            0x0A | 0x0C | 0x8C | 0x90 | 0x99 => out.push('\n'),
            0x0B | 0x0D | 0xA0 => out.push(' '),
            0xA9..=0xAB => out.push('-'),
            0xC0 => {
                if let [character, set, ..] = after {
                    out.extend(international(*set, *character));
                }
                length = 4;
            }
            0xC1 | 0xC2 => {
                out.push('\t');
                length = if *code == 0xC1 { 9 } else { 11 };
            }
            0xC3 | 0xC4 => length = 3,
            0xC5..=0xC7 => length = usize::from(code - 0xC0),
            0xD0..=0xFE => {
                // Code, subcode, length of what follows.
                let [kind, low, high, data @ ..] = after else { break };
                let size = usize::from(u16::from_le_bytes([*low, *high]));
                match (code, kind) {
                    (0xD5 | 0xD6 | 0xDA, _) => carve::carve_into(data.get(..size).unwrap_or(data), inside),
                    (0xDC, 0) => out.push('\t'),
                    (0xDC, _) => out.push('\n'),
                    _ => {}
                }
                length = 4 + size;
            }
            _ => {}
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// The text of version 6 and later.
fn words_6(body: &[u8]) -> String {
    /// Bytes of the functions from 0xF0 on.
    const FIXED: [usize; 16] = [4, 5, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 8, 8, 1];
    let mut out = String::new();
    let mut rest = body;
    while let [code, after @ ..] = rest {
        let mut length = 1;
        match code {
            0x01..=0x20 => {
                const COMMON: [u8; 32] = [
                    35, 34, 7, 36, 31, 30, 27, 33, 29, 77, 76, 39, 38, 45, 41, 40, 47, 43, 49, 57, 56, 81, 80, 83, 82,
                    63, 62, 71, 70, 67, 73, 23,
                ];
                let common = COMMON.get(usize::from(*code) - 1).copied().unwrap_or(0);
                out.extend(international(1, common));
            }
            b'!'..=b'~' => out.push(char::from(*code)),
            0x80 | 0x81 | 0xCE | 0xCF => out.push(' '),
            0x84 | 0x86 => out.push('-'),
            0xC6 => out.push('\t'),
            0x87 | 0xB4..=0xC5 | 0xC7..=0xCD => out.push('\n'),
            0xD0..=0xEF => {
                // Code, subgroup, length of the whole.
                let [kind, low, high, ..] = after else { break };
                match (code, kind) {
                    (0xD0, 0x01..=0x03) => out.push(' '),
                    (0xD0, 0x0A) | (0xE0, _) => out.push('\t'),
                    (0xD0, 0x04..) => out.push('\n'),
                    _ => {}
                }
                length = usize::from(u16::from_le_bytes([*low, *high])).max(4);
            }
            0xF0..=0xFF => {
                if let ([character, set, ..], 0xF0) = (after, code) {
                    out.extend(international(*set, *character));
                }
                length = FIXED.get(usize::from(code - 0xF0)).copied().unwrap_or(1);
            }
            _ => {}
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// A character of one of WordPerfect's own sets; those that are letters or go between words.
fn international(set: u8, character: u8) -> Option<char> {
    /// Set 1, from 26 on.
    const LATIN: &str = "ÁáÂâÄäÀàÅåÆæÇçÉéÊêËëÈèÍíÎîÏïÌìÑñÓóÔôÖöÒòÚúÛûÜüÙùŸÿÃãĐđØøÕõÝýÐðÞþ";
    match (set, character) {
        (0, b' '..=b'~') => Some(char::from(character)),
        (1, 23) => Some('ß'),
        (1, 26..) => LATIN.chars().nth(usize::from(character) - 26),
        (4, 28) => Some('’'),
        (4, 29) => Some('‘'),
        (4, 31) => Some('”'),
        (4, 32) => Some('“'),
        (4, 33 | 34) => Some('–'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u8, body: &[u8]) -> Vec<u8> {
        let mut out = b"\xFFWPC\x10\0\0\0\x01\x0A".to_vec();
        out.extend([version, 0, 0, 0, 0, 0]);
        out.extend(body);
        out
    }

    #[test]
    fn functions_are_no_text() {
        let five = file(0, b"Card\x0D4111\xC3\x01\xC3 \xC0\x21\x01\xC0\xD1\x00\x08\x00abcdefgh end\x0ANext");
        assert_eq!(read(&five).unwrap().as_str(), "Card 4111 à end\nNext\n");
        let six = file(2, b"Card\x804111\xF0\x21\x01\xF0\xD4\x00\x0A\x00abcdef\xCCNext");
        assert_eq!(read(&six).unwrap().as_str(), "Card 4111à\nNext\n");
        let note = file(0, b"A\xD6\x00\x12\x00\x01\x02A note: 4111 1\x01\xD6B");
        assert_eq!(read(&note).unwrap().as_str(), "AB\nA note: 4111 1\n");
        for whole in [five, six, note] {
            for length in 0..whole.len() {
                let _ = read(&whole[..length]);
            }
        }
    }
}
