//! Words in the one spelling that stored values and scanned texts are compared by.
//!
//! A word is a run of letters and digits; scripts without blanks give a word a character. Its spelling is in lower
//! case, without diacritics, digits in ASCII ([`fold`](super::fold)). Words are written one behind the other into one
//! buffer, so that several words in a row are a slice of it: "123-45-6789", "123 45 6789" and "123456789" are the same.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one text")]

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::candidate::run::is_unspaced;
use super::fold::{Fold, fold};

/// Words that one value may have in a text. A Maltese IBAN in groups of four has eight, a postal address hardly more.
pub(crate) const WORDS_MAX: usize = 10;

/// A word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// Bytes of the text it covers.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Bytes of the buffer that hold its spelling.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// What its spelling is made of, see [`class`].
    pub(crate) class: u8,
    /// Whether one value may run on from the word before to this one.
    pub(crate) joins: bool,
}

/// The words of a text.
pub(crate) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

/// What a character does.
enum Role {
    /// It belongs to a word.
    Word,
    /// It is a word of its own.
    Alone,
    /// It takes no room.
    Nothing,
    /// It stands between words, where it is like this ASCII character.
    Between(u8),
}

impl<'t> Tokens<'t> {
    /// The words of `text` from the byte `at` on.
    pub(crate) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    /// The next word; its spelling is added to `buffer`.
    pub(crate) fn next(&mut self, buffer: &mut Vec<u8>) -> Option<Token> {
        let start = self.at;
        let joins = self.skip()?.joins() || start == 0;
        let (start, from) = (self.at, buffer.len());
        let mut end = start;
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if byte.is_ascii_alphanumeric() {
                buffer.push(byte.to_ascii_lowercase());
                self.at += 1;
                end = self.at;
                continue;
            }
            let Some(c) = self.char().filter(|_| !byte.is_ascii()) else { break };
            match role(c) {
                Role::Word => spell(c, buffer),
                Role::Nothing => {
                    self.at += c.len_utf8();
                    continue;
                }
                Role::Alone if buffer.len() == from => {
                    spell(c, buffer);
                    self.at += c.len_utf8();
                    end = self.at;
                    break;
                }
                Role::Alone | Role::Between(_) => break,
            }
            self.at += c.len_utf8();
            end = self.at;
        }
        let class = class(buffer.get(from..).unwrap_or_default());
        Some(Token { start, end, from, to: buffer.len(), class, joins })
    }

    /// Goes to the next word and says what lies before it.
    fn skip(&mut self) -> Option<Gap> {
        let bytes = self.text.as_bytes();
        let mut gap = Gap::default();
        loop {
            let byte = *bytes.get(self.at)?;
            if byte.is_ascii_alphanumeric() {
                return Some(gap);
            }
            if byte.is_ascii() {
                gap.add(byte);
                self.at += 1;
                continue;
            }
            let c = self.char()?;
            match role(c) {
                Role::Word | Role::Alone => return Some(gap),
                Role::Nothing => {}
                Role::Between(byte) => gap.add(byte),
            }
            self.at += c.len_utf8();
        }
    }

    fn char(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }
}

/// What stands between two words.
#[derive(Default)]
struct Gap {
    chars: usize,
    breaks: usize,
    comma: bool,
    closed: bool,
}

impl Gap {
    fn add(&mut self, byte: u8) {
        match byte {
            b'\n' => self.breaks += 1,
            b'\r' => {}
            b' ' => {
                self.comma = false;
                self.chars += 1;
            }
            b',' => {
                self.comma = true;
                self.chars += 1;
            }
            b'-' | b'.' | b'/' | b'\'' | b'_' | b'(' | b')' | b':' | b'&' | b'+' | b'#' | b'@' => {
                self.closed |= self.comma;
                self.chars += 1;
            }
            _ => self.closed = true,
        }
    }

    /// Whether a value may run over it: three characters that are used inside of values, or one line break with some
    /// indentation. A comma needs a blank behind it, or it separates fields.
    fn joins(&self) -> bool {
        let most = if self.breaks == 1 { 12 } else { 3 };
        !self.closed && !self.comma && self.breaks <= 1 && self.chars <= most
    }
}

fn role(c: char) -> Role {
    match fold(c) {
        Fold::Goes => Role::Nothing,
        Fold::Becomes(byte) if byte.is_ascii_alphanumeric() => Role::Word,
        Fold::Becomes(byte) => Role::Between(byte),
        Fold::Stays => match c {
            // Marks of footnotes.
            '\u{B2}' | '\u{B3}' | '\u{B9}' | '\u{2070}'..='\u{2079}' => Role::Between(b'*'),
            '\u{2018}' | '\u{2019}' | '\u{2BC}' => Role::Between(b'\''),
            _ if is_combining_mark(c) => Role::Nothing,
            _ if !c.is_alphanumeric() => Role::Between(b'*'),
            _ if is_unspaced(c) => Role::Alone,
            _ => Role::Word,
        },
    }
}

/// Adds the spelling of a character that belongs to a word.
fn spell(c: char, buffer: &mut Vec<u8>) {
    if let Fold::Becomes(byte) = fold(c) {
        return buffer.push(byte.to_ascii_lowercase());
    }
    // Letters that Unicode does not take apart although people write them so.
    let known: &[u8] = match c {
        'ß' | 'ẞ' => b"ss",
        'æ' | 'Æ' => b"ae",
        'œ' | 'Œ' => b"oe",
        'ø' | 'Ø' => b"o",
        'đ' | 'Đ' | 'ð' | 'Ð' => b"d",
        'ł' | 'Ł' => b"l",
        'ı' | 'İ' => b"i",
        'þ' | 'Þ' => b"th",
        _ => b"",
    };
    if !known.is_empty() {
        return buffer.extend_from_slice(known);
    }
    decompose_compatible(c, |part| {
        if part.is_alphanumeric() && !is_combining_mark(part) {
            for lower in part.to_lowercase() {
                buffer.extend_from_slice(lower.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    });
}

/// Which characters a spelling is made of: 1 digits, 2 others, 3 both.
pub(crate) fn class(spelling: &[u8]) -> u8 {
    spelling.iter().fold(0, |class, byte| class | if byte.is_ascii_digit() { 1 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let (mut tokens, mut buffer, mut out) = (Tokens::new(text, 0), Vec::new(), Vec::new());
        while let Some(token) = tokens.next(&mut buffer) {
            assert!(token.start < token.end && text.get(token.start..token.end).is_some());
            let spelling = std::str::from_utf8(&buffer[token.from..token.to]).unwrap();
            out.push(format!("{}{spelling}", if token.joins { "" } else { "|" }));
        }
        out
    }

    #[test]
    fn one_spelling_for_case_diacritics_digits_and_separators() {
        assert_eq!(words("Núñez-O'Brien"), ["nunez", "o", "brien"]);
        assert_eq!(words("Nun\u{303}ez STRASSE Straße"), ["nunez", "strasse", "strasse"]);
        assert_eq!(words("１２３–45\u{200B}6 Łódź"), ["123", "456", "lodz"]);
        assert_eq!(words("Привет ПРИВЕТ"), ["привет", "привет"]);
        assert_eq!(words("山田taro"), ["山", "田", "taro"]);
        assert_eq!(words("AB12x"), ["ab12x"]);
    }

    #[test]
    fn values_do_not_run_over_fields_columns_and_paragraphs() {
        assert_eq!(words("a, b,c;d\te"), ["a", "b", "|c", "|d", "|e"]);
        assert_eq!(words("a\n  b\n\nc"), ["a", "b", "|c"]);
        assert_eq!(words("a = b (0) c - d"), ["a", "|b", "0", "c", "d"]);
        assert_eq!(words("x²y"), ["x", "|y"]);
        assert_eq!(words("me@b.example"), ["me", "b", "example"]);
    }

    #[test]
    fn every_character_is_passed() {
        for text in ["", " ", "\u{301}", "½ ﬁ Ⅷ", "\u{FEFF}", "a\u{301}\u{200B}", "𝟙𝟚 𐐷"] {
            assert!(words(text).iter().all(|w| w != "|"), "{text:?}");
        }
    }

    #[test]
    fn classes() {
        assert_eq!([class(b"12"), class(b"ab"), class("a1é".as_bytes()), class(b"")], [1, 2, 3, 0]);
    }
}
