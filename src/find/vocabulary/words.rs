//! Text as keywords are compared: folded, with the way back to where each character came from.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::dictionary::PADDING;

/// What a character of ASCII is to words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Upper,
    Blank,
    Other,
}

impl Class {
    const fn of(byte: u8) -> Self {
        match byte {
            b' ' | b'\t'..=b'\r' | b'_' | b'-' | b'.' | b'\'' | b'"' => Self::Blank,
            b'A'..=b'Z' => Self::Upper,
            _ => Self::Other,
        }
    }
}

/// Whether a byte is of ASCII, and neither a blank nor a capital.
#[allow(clippy::indexing_slicing, reason = "a table of all bytes")]
fn stays(byte: u8) -> bool {
    const STAYS: [bool; 256] = {
        let mut stays = [false; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            stays[byte as usize] = matches!(Class::of(byte), Class::Other);
            byte = byte.saturating_add(1);
        }
        stays
    };
    STAYS[usize::from(byte)]
}

/// A folded text: lower case without diacritics; blanks, line breaks, `_ - . ' "` and camelCase borders as one blank.
/// Made anew for each text in the same memory.
#[derive(Debug, Default)]
pub(super) struct Words {
    bytes: Vec<u8>,
    /// Where the distance between a byte and the character it came from changes: byte here, offset there. In order.
    jumps: Vec<(usize, usize)>,
    /// Bytes of the text.
    length: usize,
}

impl Words {
    /// Folds `text`.
    pub(super) fn fold(&mut self, text: &str) {
        self.bytes.clear();
        self.jumps.clear();
        self.jumps.push((0, 0));
        self.length = text.len();
        let bytes = text.as_bytes();
        self.bytes.reserve(bytes.len().saturating_add(bytes.len() / 8).saturating_add(PADDING.len()));
        let mut distance = 0_usize;
        // Small letters in front: a capital behind more than one begins a word.
        let mut small = 0_u32;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let offset = at;
            // Most of a text stays as it is: small letters, digits, marks that are no blanks.
            let rest = bytes.get(at..).unwrap_or_default();
            let plain = rest.iter().position(|b| !stays(*b)).unwrap_or(rest.len());
            if let Some(run) = rest.get(..plain).filter(|run| !run.is_empty()) {
                self.told(offset, &mut distance);
                self.bytes.extend_from_slice(run);
                let letters = run.iter().rev().take_while(|b| b.is_ascii_lowercase()).take(2).count();
                let before = if letters == plain { small } else { 0 };
                small = before.saturating_add(u32::try_from(letters).unwrap_or(u32::MAX));
                at = at.saturating_add(plain);
                continue;
            }
            if !byte.is_ascii() {
                let c = text.get(at..).and_then(|t| t.chars().next()).unwrap_or(' ');
                at = at.saturating_add(c.len_utf8());
                self.letter(c, offset, &mut small);
                // Whatever follows, its distance is told.
                distance = usize::MAX;
                continue;
            }
            let class = Class::of(byte);
            at = at.saturating_add(1);
            if class == Class::Blank || class == Class::Upper && small > 1 {
                if self.bytes.last() != Some(&b' ') {
                    self.told(offset, &mut distance);
                    self.bytes.push(b' ');
                }
                small = 0;
                if class == Class::Blank {
                    continue;
                }
            }
            small = 0;
            self.told(offset, &mut distance);
            self.bytes.push(byte.to_ascii_lowercase());
        }
        self.bytes.extend_from_slice(PADDING.as_bytes());
    }

    /// Notes that the next byte came from `offset`.
    fn told(&mut self, offset: usize, distance: &mut usize) {
        let now = offset.wrapping_sub(self.bytes.len());
        if now != *distance {
            *distance = now;
            self.jumps.push((self.bytes.len(), offset));
        }
    }

    /// Adds a character that is not ASCII.
    fn letter(&mut self, c: char, offset: usize, small: &mut u32) {
        let blank = c.is_whitespace() || matches!(c, '’' | '°' | 'º' | 'ª' | '‐' | '–');
        if blank || (*small > 1 && c.is_uppercase()) {
            if self.bytes.last() != Some(&b' ') {
                self.push(' ', offset);
            }
            *small = 0;
            if blank {
                return;
            }
        }
        *small = if c.is_lowercase() { small.saturating_add(1) } else { 0 };
        // Letters that Unicode does not take apart although people write them so.
        let plain = match c {
            'ı' => "i",
            'ł' | 'Ł' => "l",
            'ø' | 'Ø' => "o",
            'đ' | 'Đ' | 'ð' | 'Ð' => "d",
            'ß' | 'ẞ' => "ss",
            'æ' | 'Æ' => "ae",
            'œ' | 'Œ' => "oe",
            'þ' | 'Þ' => "th",
            _ => "",
        };
        plain.chars().for_each(|c| self.push(c, offset));
        let parts = std::iter::once(c)
            .filter(|_| plain.is_empty())
            .nfkd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase);
        parts.for_each(|c| self.push(c, offset));
    }

    fn push(&mut self, c: char, offset: usize) {
        self.jumps.push((self.bytes.len(), offset));
        self.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// The folded text.
    pub(super) fn as_str(&self) -> &str {
        self.padded().strip_suffix(PADDING).unwrap_or_default()
    }

    /// The same with zero bytes behind it.
    pub(super) fn padded(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// The offset in the text of the character that the folded byte `at`, the first of a character, came from; the end
    /// of the text for the end.
    pub(super) fn origin(&self, at: usize) -> usize {
        if at.saturating_add(PADDING.len()) >= self.bytes.len() {
            return self.length;
        }
        let jump = self.jumps.partition_point(|(byte, _)| *byte <= at).checked_sub(1).and_then(|i| self.jumps.get(i));
        jump.map_or(at, |(byte, offset)| offset.saturating_add(at.saturating_sub(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Words {
        let mut words = Words::default();
        words.fold(text);
        words
    }

    #[test]
    fn words_are_folded_with_their_places() {
        let text = "Carte de\ncrédit_No EmployeeSSN";
        let words = folded(text);
        assert_eq!(folded("MwSt MyKad cardNo").as_str(), "mwst mykad card no");
        assert_eq!(words.as_str(), "carte de credit no employee ssn");
        let at = words.as_str().find("ssn").unwrap();
        assert_eq!(words.origin(at), text.find("SSN").unwrap());
        assert_eq!(words.origin(words.as_str().len()), text.len());
    }

    #[test]
    fn every_character_knows_where_it_came_from() {
        for text in ["", "a", "Straße ½ x", "a__b--C", "ÅrsløncardNo", " é\u{301}x", "日本 No.1", "aaBB", "x\u{a0}y"]
        {
            let words = folded(text);
            let starts: Vec<usize> = words.as_str().char_indices().map(|(at, _)| words.origin(at)).collect();
            assert!(starts.is_sorted(), "{text}: {starts:?}");
            assert!(starts.iter().all(|at| text.is_char_boundary(*at) && *at < text.len()), "{text}: {starts:?}");
        }
        let words = folded("aß-Öl");
        let pairs: Vec<(char, usize)> = words.as_str().char_indices().map(|(i, c)| (c, words.origin(i))).collect();
        assert_eq!(pairs, [('a', 0), ('s', 1), ('s', 1), (' ', 3), ('o', 4), ('l', 6)]);
    }
}
