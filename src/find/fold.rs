//! Folding: other ways to write the same characters, made one, with a way back to the offsets.
//!
//! Digits of any script and full-width forms become ASCII, every kind of space a space, every kind of dash a hyphen;
//! characters that take no room (zero-width spaces, soft hyphens, direction marks) go. Unicode 16, general categories
//! Nd, Zs, Pd and Cf as far as people and programs write them into numbers.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, pieces at or in front of what is asked for, and digits from their zero on"
)]

use std::borrow::Cow;

/// A text after folding.
pub(crate) struct Folded<'t> {
    text: Cow<'t, str>,
    /// Where pieces of the folded text start, and where the same piece starts in the original. Empty: nothing moved.
    pieces: Vec<(usize, usize)>,
}

/// What a character becomes.
pub(super) enum Fold {
    Stays,
    Goes,
    Becomes(u8),
}

impl<'t> Folded<'t> {
    /// Folds `text`; costs one look at each byte when there is nothing to fold.
    pub(crate) fn new(text: &'t str) -> Self {
        let Some(first) = first_foldable(text) else {
            return Self { text: Cow::Borrowed(text), pieces: Vec::new() };
        };
        let (head, tail) = text.split_at(first);
        let mut out = String::with_capacity(text.len());
        out.push_str(head);
        let mut pieces = vec![(0, 0)];
        // Characters that are still to be dropped, and ornate digits that are still to be taken as such.
        let (mut drop, mut ornate) = (0usize, 0usize);
        for (at, c) in tail.char_indices() {
            let width = c.len_utf8();
            let rest = tail.get(at..).unwrap_or_default();
            if c == '\x1B' && drop == 0 {
                drop = escape_chars(rest);
            }
            if ornate == 0 && ornate_digit(c).is_some() {
                ornate = rest.chars().take_while(|c| ornate_digit(*c).is_some()).count();
                // One or two are a footnote or the number of a point.
                if ornate < ORNATE_MIN || out.ends_with(|c: char| c.is_ascii_digit()) {
                    ornate = 0;
                }
            }
            let folded = match ornate_digit(c) {
                _ if drop > 0 => {
                    drop -= 1;
                    Fold::Goes
                }
                Some(byte) if ornate > 0 => {
                    ornate -= 1;
                    Fold::Becomes(byte)
                }
                _ if is_combining(c) && out.ends_with(|c: char| c.is_ascii_digit()) => Fold::Goes,
                _ => fold(c),
            };
            match folded {
                Fold::Stays => out.push(c),
                Fold::Goes => pieces.push((out.len(), first + at + width)),
                Fold::Becomes(byte) => {
                    out.push(char::from(byte));
                    pieces.push((out.len(), first + at + width));
                }
            }
        }
        Self { text: Cow::Owned(out), pieces }
    }

    /// Whether anything stands elsewhere than in the original.
    pub(crate) fn is_moved(&self) -> bool {
        !self.pieces.is_empty()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The original bytes that the folded bytes `start..end` stand for.
    pub(crate) fn original(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        if self.pieces.is_empty() {
            return start..end;
        }
        let first = self.offset(start, true);
        let last = if end > start { self.offset(end - 1, false) } else { first };
        first..last.max(first)
    }

    /// Original offset of the folded byte at `at`: where its character begins, or (`begin` false) ends.
    fn offset(&self, at: usize, begin: bool) -> usize {
        let i = self.pieces.partition_point(|&(folded, _)| folded <= at).max(1) - 1;
        let (folded, original) = self.pieces.get(i).copied().unwrap_or((0, 0));
        if begin {
            return original + (at - folded);
        }
        // The end of a character: where the next piece's original begins, if this byte was its last folded one.
        match self.pieces.get(i + 1) {
            Some(&(next_folded, next_original)) if next_folded == at + 1 => {
                // Bytes that vanished right after it belong to nobody: end with the character itself.
                let moved = original + (at - folded);
                let width = next_original.saturating_sub(moved);
                moved + width.max(1)
            }
            _ => original + (at - folded) + 1,
        }
    }
}

/// Ornate digits side by side that are a number.
const ORNATE_MIN: usize = 4;

/// The digit that a raised, lowered, circled, bracketed or otherwise ornate character shows (Unicode 16, No).
fn ornate_digit(c: char) -> Option<u8> {
    let code = u32::from(c);
    let (first, value) = match code {
        0xB2..=0xB3 => (0xB2, 2),
        0xB9 => (0xB9, 1),
        0x2070 => (0x2070, 0),
        0x2074..=0x2079 => (0x2074, 4),
        0x2080..=0x2089 => (0x2080, 0),
        0x2460..=0x2468 => (0x2460, 1),
        0x2474..=0x247C => (0x2474, 1),
        0x2488..=0x2490 => (0x2488, 1),
        0x24EA => (0x24EA, 0),
        0x24F5..=0x24FD => (0x24F5, 1),
        0x24FF => (0x24FF, 0),
        0x2776..=0x277E => (0x2776, 1),
        0x2780..=0x2788 => (0x2780, 1),
        0x278A..=0x2792 => (0x278A, 1),
        0x1F100 => (0x1F100, 0),
        0x1F101..=0x1F10A => (0x1F101, 0),
        _ => return None,
    };
    u8::try_from(code - first + value).ok().map(|value| b'0' + value)
}

/// Marks that are drawn over or under the character in front of them: struck out, underlined, in a box.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Characters of the control sequence of a terminal at the start of `text` (ECMA-48, 5.4): colours of a log.
fn escape_chars(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\x1B[") else { return 0 };
    let parameters = rest.bytes().take(16).take_while(|b| matches!(b, 0x20..=0x3F)).count();
    match rest.as_bytes().get(parameters) {
        Some(0x40..=0x7E) => parameters + 3,
        _ => 0,
    }
}

/// Where the first character that may fold stands.
fn first_foldable(text: &str) -> Option<usize> {
    /// Bytes that are looked at together.
    const CHUNK_BYTES: usize = 1024;
    let bytes = text.as_bytes();
    let control = |b: u8| b < 0x20 && !matches!(b, 0..=3 | b'\t' | b'\n' | b'\r' | 0x1C..=0x1F) || b == 0x7F;
    // Only these lead bytes begin a character that folds; the others (Latin, Greek, Cyrillic, most CJK) are passed over.
    let lead = |b: u8| {
        matches!(b, 0xC2 | 0xCC | 0xCD | 0xD6 | 0xD8 | 0xD9 | 0xDB | 0xDF | 0xE0..=0xE3 | 0xEA | 0xEF | 0xF0 | 0xF3)
    };
    for (index, chunk) in bytes.chunks(CHUNK_BYTES).enumerate() {
        // Without a way out of the loop it is done many bytes at a time.
        if !chunk.iter().fold(false, |any, b| any | !(0x20..0x7F).contains(b) & !matches!(b, b'\t' | b'\n' | b'\r')) {
            continue;
        }
        for (offset, b) in chunk.iter().enumerate() {
            if control(*b) {
                return Some(index * CHUNK_BYTES + offset);
            }
            if lead(*b) {
                let at = index * CHUNK_BYTES + offset;
                let c = text.get(at..)?.chars().next()?;
                if !matches!(fold(c), Fold::Stays) || ornate_digit(c).is_some() || is_combining(c) {
                    return Some(at);
                }
            }
        }
    }
    None
}

/// What `c` becomes.
pub(super) fn fold(c: char) -> Fold {
    match c {
        // Tabs, line ends and separators of fields and records (those of Hive, too) stay; a zero byte ends a string.
        '\0'..='\x03' | '\t' | '\n' | '\r' | '\x1B'..='~' => Fold::Stays,
        '\x0B' | '\x0C' | '\u{85}' | '\u{2028}' | '\u{2029}' => Fold::Becomes(b'\n'),
        '\x04'..='\x1A' | '\x7F'..='\u{9F}' => Fold::Goes,
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Fold::Becomes(b' '),
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => Fold::Goes,
        '\u{58A}'
        | '\u{5BE}'
        | '\u{1806}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{FE58}'
        | '\u{FE63}' => Fold::Becomes(b'-'),
        '\u{2044}' | '\u{2215}' => Fold::Becomes(b'/'),
        // Full-width ASCII forms.
        '\u{FF01}'..='\u{FF5E}' => Fold::Becomes(u8::try_from(u32::from(c) - 0xFF01 + 0x21).unwrap_or(b'?')),
        // Mathematical letters: thirteen styles of both alphabets.
        '\u{1D400}'..='\u{1D6A3}' => {
            let index = u8::try_from((u32::from(c) - 0x1D400) % 52).unwrap_or(0);
            Fold::Becomes(if index < 26 { b'A' + index } else { b'a' + (index - 26) })
        }
        // Mathematical digits: five styles of ten.
        '\u{1D7CE}'..='\u{1D7FF}' => digit((u32::from(c) - 0x1D7CE) % 10),
        _ => {
            let code = u32::from(c);
            let next = ZEROS.partition_point(|zero| *zero <= code);
            let zero = next.checked_sub(1).and_then(|at| ZEROS.get(at)).filter(|zero| code - **zero < 10);
            zero.map_or(Fold::Stays, |zero| digit(code - zero))
        }
    }
}

fn digit(value: u32) -> Fold {
    Fold::Becomes(b'0' + u8::try_from(value).unwrap_or(0))
}

/// Code points of the digit zero in scripts with decimal digits of their own (Unicode 16, Nd), in ascending order.
const ZEROS: [u32; 69] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136,
    0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0,
    0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1E140, 0x1E2F0,
    0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn back(text: &str, part: &str) -> String {
        let folded = Folded::new(text);
        let at = folded.as_str().find(part).unwrap_or_else(|| panic!("{part} in {:?}", folded.as_str()));
        text[folded.original(at, at + part.len())].to_owned()
    }

    #[test]
    fn every_way_to_write_a_digit_or_a_separator_folds_and_maps_back() {
        assert_eq!(back("é ４１１１ 1 x", "4111"), "４１１１");
        assert_eq!(back("٤١١١ end", "4111"), "٤١١١");
        assert_eq!(back("a 41\u{200B}11 b", "4111"), "41\u{200B}11");
        assert_eq!(back("a 4111\u{200B} b", "4111"), "4111\u{200B}");
        assert_eq!(back("n 536–22–8467.", "536-22-8467"), "536–22–8467");
        assert_eq!(back("n 4111\u{A0}1111", "4111 1111"), "4111\u{A0}1111");
        assert_eq!(back("éü 536", "536"), "536");
        assert_eq!(back("x\u{A0}y 536-22", "536-22"), "536-22");
    }

    #[test]
    fn nothing_to_fold_is_borrowed() {
        for text in ["plain", "Größe é Привет 日本", ""] {
            assert!(Folded::new(text).pieces.is_empty(), "{text}");
        }
    }
}
