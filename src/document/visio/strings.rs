//! Strings in chunks, and which characters the bytes of texts mean.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]

use super::Found;
use crate::document::{Area, Document, Position, Unit};

/// Characters that a string among cells must have.
const CHARS_MIN: usize = 3;

/// Bytes of a run that is worth passing over as a whole.
const LONG_RUN_BYTES: usize = 32;

/// The byte in front of a string among cells and formulas; the number of its characters follows.
const STRING: u8 = 0x60;

/// Strings among cells: marked, counted, printable, and ended by a zero.
pub(super) fn find_marked(bytes: &[u8], wide: bool) -> Vec<&[u8]> {
    let size = if wide { 2 } else { 1 };
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr::memchr(STRING, rest)) {
        at += step + 1;
        let length = bytes.get(at).map_or(0, |chars| usize::from(*chars) * size);
        let run = bytes.get(at + 1..at + 1 + length).unwrap_or_default();
        let printable = if wide { wide_run(run) } else { narrow_run(run) };
        let ended = bytes.get(at + 1 + length..at + 1 + length + size).is_some_and(|end| end.iter().all(|b| *b == 0));
        if length >= CHARS_MIN * size && printable == length && ended && !is_guid(run, wide) {
            found.push(run);
            at += length + 1;
        }
    }
    found
}

/// Whether a string is nothing but the name that software gave a thing: `{8388C4A3-0970-…}`.
fn is_guid(run: &[u8], wide: bool) -> bool {
    let low = || run.iter().step_by(if wide { 2 } else { 1 });
    run.first() == Some(&b'{') && low().all(|b| b.is_ascii_hexdigit() || matches!(b, b'{' | b'}' | b'-'))
}

/// Strings among other bytes, in the order of the chunk: printable, ended by a zero.
pub(super) fn find(bytes: &[u8], wide: bool) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = if wide { wide_run(rest) } else { narrow_run(rest) };
        let run = rest.get(..length).unwrap_or_default();
        let size = if wide { 2 } else { 1 };
        let ended = rest.get(length..length + size).is_none_or(|end| end.iter().all(|b| *b == 0));
        if ended && length >= CHARS_MIN * size && has_letters(run, wide) && !is_guid(run, wide) {
            found.push(run);
            at += length;
        } else {
            // A long run that does not end as a string is not looked at again from each of its characters.
            at += if length >= LONG_RUN_BYTES { length - 1 } else { 1 };
        }
    }
    found
}

/// Bytes of the printable UTF-16 at the start.
fn wide_run(bytes: &[u8]) -> usize {
    let mut units = bytes.chunks_exact(2);
    let printable = |unit: &[u8]| {
        let code = unit.try_into().map_or(0, u16::from_le_bytes);
        let c = char::from_u32(u32::from(code)).unwrap_or('\0');
        // A zero in the low byte: two letters that are not read in step.
        let in_step = code < 0x100 || code & 0xFF != 0;
        in_step
            && (c.is_alphanumeric() || matches!(c, ' '..='~' | '\u{a0}'..='\u{bf}' | '\u{2010}'..='\u{2044}' | '\n'))
    };
    units.by_ref().take_while(|unit| printable(unit)).count() * 2
}

/// Bytes of the printable 8-bit text at the start.
fn narrow_run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| matches!(b, b' '..=b'~' | 0xA0.. | b'\n')).count()
}

/// Whether most of it is letters and digits, with letters among them.
fn has_letters(run: &[u8], wide: bool) -> bool {
    let low = run.iter().step_by(if wide { 2 } else { 1 });
    let chars: Vec<bool> = if wide {
        let units = run.chunks_exact(2).map(|unit| unit.try_into().map_or(0, u16::from_le_bytes));
        units.map(|code| char::from_u32(u32::from(code)).is_some_and(char::is_alphanumeric)).collect()
    } else {
        low.map(|b| b.is_ascii_alphanumeric() || *b >= 0xC0).collect()
    };
    chars.iter().filter(|is| **is).count() * 2 > chars.len()
}

/// Writes the texts that were found, each where it stands.
pub(super) fn tell(texts: &[Found], version: u32, out: &mut Document<'_>) {
    let encoding = narrow_encoding(texts, version);
    for found in texts {
        let text = if found.wide {
            let units = found.bytes.chunks_exact(2).map(|unit| unit.try_into().map_or(0, u16::from_le_bytes));
            char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
        } else {
            encoding.decode_without_bom_handling(&found.bytes).0.into_owned()
        };
        // What stands for a field, and line breaks of one paragraph.
        let text: String = text.chars().filter_map(sign).collect();
        let hidden = found.place.master && found.area == Area::Body;
        let area = if hidden { Area::Metadata } else { found.area };
        let unit = if found.place.master { Unit::None } else { found.place.unit };
        let before = out.text.position();
        out.text.set_position(Position { area, unit, ..Position::default() });
        out.text.aside(area, &text);
        out.text.set_position(before);
    }
}

/// A character of a text as it is told.
fn sign(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\r' | '\u{b}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{fffc}' | '\u{feff}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// The encoding of 8-bit texts: no drawing names it, so all of them together tell it.
fn narrow_encoding(texts: &[Found], version: u32) -> &'static encoding_rs::Encoding {
    if version > 6 {
        return encoding_rs::WINDOWS_1252;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    for found in texts.iter().filter(|found| !found.wide) {
        detector.feed(&found.bytes, false);
        detector.feed(b"\n", false);
    }
    detector.feed(b"", true);
    detector.guess(None, chardetng::Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_stand_among_cells() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut bytes = vec![0x0F, 0, 0, 0];
        bytes.extend(wide("SSN 536"));
        bytes.extend([0, 0, 0xFE, 0xFF, 0xE8]);
        bytes.extend(wide("Имя"));
        bytes.extend([0, 0]);
        assert_eq!(find(&bytes, true), [wide("SSN 536"), wide("Имя")]);
        bytes.splice(0..4, [0x0F, 0, 2, 2, 0x60, 7]);
        assert_eq!(find_marked(&bytes, true), [wide("SSN 536")]);
        assert_eq!(find_marked(b"\x60\x05Label\0\x60\x09Label\0", false), [b"Label"]);
        assert_eq!(find(b"\x01\x02Label\0\x80\x81ab\0", false), [b"Label"]);
    }
}
