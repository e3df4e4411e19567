//! Text as keywords are compared: folded, with the way back to where each character came from.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::dictionary::PADDING;

/// What a byte is to words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Small,
    Upper,
    Digit,
    Blank,
    /// A mark that is no blank.
    Other,
    /// Of a character that is not ASCII.
    Beyond,
}

impl Class {
    /// The class of every byte.
    #[allow(clippy::indexing_slicing, reason = "a table of all bytes; a mistake would stop the compiler")]
    const TABLE: [Self; 256] = {
        let mut table = [Self::Beyond; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            table[byte as usize] = match byte {
                b' ' | b'\t'..=b'\r' | b'_' | b'-' | b'.' | b'\'' | b'"' => Self::Blank,
                b'A'..=b'Z' => Self::Upper,
                b'a'..=b'z' => Self::Small,
                b'0'..=b'9' => Self::Digit,
                _ => Self::Other,
            };
            byte = byte.saturating_add(1);
        }
        table
    };

    #[allow(clippy::indexing_slicing, reason = "a table of all bytes")]
    pub(super) fn of(byte: u8) -> Self {
        Self::TABLE[usize::from(byte)]
    }
}

/// A folded text: lower case without diacritics; blanks, line breaks, `_ - . ' "` and camelCase borders as one blank.
/// Made anew for each text in the same memory.
#[derive(Debug, Default)]
pub(super) struct Words {
    folded: String,
    /// Where the distance between a byte and the character it came from changes: byte here, offset there. In order.
    jumps: Vec<(usize, usize)>,
    /// Bytes of the text.
    length: usize,
}

impl Words {
    /// Folds `text`.
    pub(super) fn fold(&mut self, text: &str) {
        self.folded.clear();
        self.jumps.clear();
        self.jumps.push((0, 0));
        self.length = text.len();
        let bytes = text.as_bytes();
        self.folded.reserve(bytes.len().saturating_add(bytes.len() / 8).saturating_add(PADDING.len()));
        let mut distance = 0_usize;
        // Small letters in front: a capital behind more than one begins a word.
        let mut small = 0_u32;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let offset = at;
            at = at.saturating_add(1);
            match Class::of(byte) {
                Class::Small => {
                    // Most of a text stays as it is.
                    let rest = text.get(offset..).unwrap_or_default();
                    let run = rest.bytes().position(|b| Class::of(b) != Class::Small).unwrap_or(rest.len());
                    self.told(offset, &mut distance);
                    self.folded.push_str(rest.get(..run).unwrap_or_default());
                    small = small.saturating_add(u32::try_from(run).unwrap_or(u32::MAX));
                    at = offset.saturating_add(run);
                    continue;
                }
                Class::Digit | Class::Other => small = 0,
                class @ (Class::Upper | Class::Blank) => {
                    let begins = class == Class::Blank || small > 1;
                    small = 0;
                    if begins && !self.folded.ends_with(' ') {
                        self.told(offset, &mut distance);
                        self.folded.push(' ');
                    }
                    if class == Class::Blank {
                        continue;
                    }
                }
                Class::Beyond => {
                    let c = text.get(offset..).and_then(|t| t.chars().next()).unwrap_or(' ');
                    at = offset.saturating_add(c.len_utf8());
                    self.letter(c, offset, &mut small);
                    // Whatever follows, its distance is told.
                    distance = usize::MAX;
                    continue;
                }
            }
            self.told(offset, &mut distance);
            self.folded.push(char::from(byte.to_ascii_lowercase()));
        }
        self.folded.push_str(PADDING);
    }

    /// Notes that the next byte came from `offset`.
    fn told(&mut self, offset: usize, distance: &mut usize) {
        let now = offset.wrapping_sub(self.folded.len());
        if now != *distance {
            *distance = now;
            self.jumps.push((self.folded.len(), offset));
        }
    }

    /// Adds a character that is not ASCII.
    fn letter(&mut self, c: char, offset: usize, small: &mut u32) {
        let blank = c.is_whitespace() || matches!(c, '’' | '°' | 'º' | 'ª' | '‐' | '–');
        if blank || (*small > 1 && c.is_uppercase()) {
            if !self.folded.ends_with(' ') {
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
        self.jumps.push((self.folded.len(), offset));
        self.folded.push(c);
    }

    /// The folded text.
    pub(super) fn as_str(&self) -> &str {
        self.padded().strip_suffix(PADDING).unwrap_or_default()
    }

    /// The same with zero bytes behind it.
    pub(super) fn padded(&self) -> &str {
        &self.folded
    }

    /// The offset in the text of the character that the folded byte `at`, the first of a character, came from; the end
    /// of the text for the end.
    pub(super) fn origin(&self, at: usize) -> usize {
        if at.saturating_add(PADDING.len()) >= self.folded.len() {
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
