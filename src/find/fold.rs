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
        for (at, c) in tail.char_indices() {
            let width = c.len_utf8();
            match fold(c) {
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

fn first_foldable(text: &str) -> Option<usize> {
    if text.is_ascii() {
        return None;
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    // Only these lead bytes begin a character that folds; the others (Latin, Greek, Cyrillic, most CJK) are passed over.
    while let Some(found) = bytes
        .get(at..)?
        .iter()
        .position(|b| matches!(b, 0xC2 | 0xD9 | 0xDB | 0xDF | 0xE0 | 0xE1 | 0xE2 | 0xE3 | 0xEF | 0xF0))
    {
        at += found;
        let c = text.get(at..)?.chars().next()?;
        if !matches!(fold(c), Fold::Stays) {
            return Some(at);
        }
        at += c.len_utf8();
    }
    None
}

/// What `c` becomes.
pub(super) fn fold(c: char) -> Fold {
    match c {
        '\0'..='\u{9F}' => Fold::Stays,
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Fold::Becomes(b' '),
        '\u{AD}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206F}'
        | '\u{FEFF}' => Fold::Goes,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => Fold::Becomes(b'-'),
        // Full-width ASCII forms.
        '\u{FF01}'..='\u{FF5E}' => Fold::Becomes(u8::try_from(u32::from(c) - 0xFF01 + 0x21).unwrap_or(b'?')),
        // Mathematical digits: five styles of ten.
        '\u{1D7CE}'..='\u{1D7FF}' => digit((u32::from(c) - 0x1D7CE) % 10),
        _ => {
            let code = u32::from(c);
            let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code));
            zero.map_or(Fold::Stays, |zero| digit(code - zero))
        }
    }
}

fn digit(value: u32) -> Fold {
    Fold::Becomes(b'0' + u8::try_from(value).unwrap_or(0))
}

/// Code points of the digit zero in scripts with decimal digits of their own (Unicode 16, Nd).
const ZEROS: [u32; 24] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0xA620,
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
