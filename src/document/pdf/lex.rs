//! Tokens of content streams and CMaps, ISO 32000-2 sections 7.2, 7.3 and 7.8.
//!
//! Strings and names are decoded into one scratch buffer that lives as long as the operands of one operator, so
//! walking a page allocates nothing.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one source, and digits from the start of their range"
)]

use std::ops::Range;

/// One token. Ranges of strings and names are into [`Lexer::scratch`], those of keywords into the source.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f32),
    Text(Range<usize>),
    Name(Range<usize>),
    Keyword(Range<usize>),
    ArrayStart,
    ArrayEnd,
    DictStart,
    DictEnd,
}

/// A reader of tokens.
pub(super) struct Lexer<'c> {
    source: &'c [u8],
    at: usize,
    /// Decoded strings and names. The reader of the tokens clears it.
    pub(super) scratch: Vec<u8>,
}

const fn is_space(b: u8) -> bool {
    matches!(b, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

const fn is_delimiter(b: u8) -> bool {
    matches!(b, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

const fn is_regular(b: u8) -> bool {
    !is_space(b) && !is_delimiter(b)
}

const fn hex(b: u8) -> Option<u8> {
    match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'A'..=b'F' => Some(b - b'A' + 10),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    }
}

impl<'c> Lexer<'c> {
    /// Starts at the front of `source`.
    pub(super) fn new(source: &'c [u8]) -> Self {
        Self { source, at: 0, scratch: Vec::new() }
    }

    /// The bytes of a keyword.
    pub(super) fn keyword(&self, range: Range<usize>) -> &'c [u8] {
        self.source.get(range).unwrap_or_default()
    }

    /// The bytes of a string or name.
    pub(super) fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.scratch.get(range.clone()).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip_space(&mut self) {
        while let Some(b) = self.peek() {
            if b == b'%' {
                let rest = self.source.get(self.at..).unwrap_or_default();
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            } else if is_space(b) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// The next token; `None` at the end.
    pub(super) fn token(&mut self) -> Option<Token> {
        loop {
            self.skip_space();
            let first = self.peek()?;
            let start = self.at;
            match first {
                b'0'..=b'9' | b'+' | b'-' | b'.' => {
                    if let Some(number) = self.plain_number().or_else(|| self.number()) {
                        return Some(Token::Number(number));
                    }
                    self.at = start;
                    return Some(self.word());
                }
                _ => self.at += 1,
            }
            return Some(match first {
                b'(' => self.literal(),
                b'/' => self.name(),
                b'[' => Token::ArrayStart,
                b']' => Token::ArrayEnd,
                b'<' if self.peek() == Some(b'<') => {
                    self.at += 1;
                    Token::DictStart
                }
                b'<' => self.hexadecimal(),
                b'>' if self.peek() == Some(b'>') => {
                    self.at += 1;
                    Token::DictEnd
                }
                b'>' | b')' | b'{' | b'}' => continue,
                _ => {
                    self.at = start;
                    self.word()
                }
            });
        }
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        while self.peek().is_some_and(is_regular) {
            self.at += 1;
        }
        // Always move on, whatever stands here.
        self.at = self.at.max(start + 1);
        Token::Keyword(start..self.at.min(self.source.len()))
    }

    /// A number as all writers write it: up to fifteen digits with a point among them or not.
    fn plain_number(&mut self) -> Option<f32> {
        /// Powers of ten that a float holds exactly.
        const POWERS: [f64; 16] =
            [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
        let rest = self.source.get(self.at..)?;
        let negative = rest.first() == Some(&b'-');
        let (mut whole, mut point, mut at) = (0u64, None, usize::from(negative));
        let first = at;
        while at < first + 16 {
            match rest.get(at) {
                Some(digit @ b'0'..=b'9') => whole = whole * 10 + u64::from(digit - b'0'),
                Some(b'.') if point.is_none() => point = Some(at + 1),
                Some(b'.' | b'-') => return None,
                _ if at == first || at == first + 1 && point.is_some() => return None,
                _ => {
                    let power = POWERS.get(point.map_or(0, |point| at - point))?;
                    self.at += at;
                    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "fifteen digits")]
                    let value = (whole as f64 / power) as f32;
                    return Some(if negative { -value } else { value });
                }
            }
            at += 1;
        }
        None
    }

    /// A number, read leniently: `--5`, `5-3` (as 5) and `1.2.3` (as 1.2) occur. `None`: not a number after all.
    fn number(&mut self) -> Option<f32> {
        let mut negative = false;
        while let Some(sign @ (b'+' | b'-')) = self.peek() {
            negative |= sign == b'-';
            self.at += 1;
        }
        let (mut value, mut scale, mut digits) = (0.0f64, 0.0f64, 0u32);
        while let Some(b) = self.peek() {
            match b {
                b'0'..=b'9' => {
                    digits = digits.saturating_add(1);
                    if scale > 0.0 {
                        value += f64::from(b - b'0') * scale;
                        scale /= 10.0;
                    } else {
                        value = value * 10.0 + f64::from(b - b'0');
                    }
                }
                b'.' if scale == 0.0 => scale = 0.1,
                b'-' | b'.' => {
                    while self.peek().is_some_and(|b| matches!(b, b'0'..=b'9' | b'-' | b'.')) {
                        self.at += 1;
                    }
                    break;
                }
                _ => break,
            }
            self.at += 1;
        }
        // A letter right after digits starts an operator (`0Tc`); without digits this was a word.
        if digits == 0 && scale == 0.0 {
            return None;
        }
        #[allow(clippy::cast_possible_truncation, reason = "coordinates: f32 is what they are kept in")]
        let value = value as f32;
        let value = if value.is_finite() { value } else { 0.0 };
        Some(if negative { -value } else { value })
    }

    fn name(&mut self) -> Token {
        let start = self.scratch.len();
        while let Some(b) = self.peek().filter(|b| is_regular(*b)) {
            self.at += 1;
            let escaped = (b == b'#').then(|| {
                let high = self.source.get(self.at).copied().and_then(hex)?;
                let low = self.source.get(self.at + 1).copied().and_then(hex)?;
                Some(high << 4 | low)
            });
            if let Some(Some(escaped)) = escaped {
                self.at += 2;
                self.scratch.push(escaped);
            } else {
                self.scratch.push(b);
            }
        }
        Token::Name(start..self.scratch.len())
    }

    fn hexadecimal(&mut self) -> Token {
        let start = self.scratch.len();
        let mut high = None;
        while let Some(b) = self.take() {
            if b == b'>' {
                break;
            }
            let Some(digit) = hex(b) else { continue };
            match high.take() {
                Some(h) => self.scratch.push(h << 4 | digit),
                None => high = Some(digit),
            }
        }
        if let Some(h) = high {
            self.scratch.push(h << 4);
        }
        Token::Text(start..self.scratch.len())
    }

    fn literal(&mut self) -> Token {
        let start = self.scratch.len();
        let mut depth = 1u32;
        loop {
            // What stands for itself is taken in one piece.
            let rest = self.source.get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|b| matches!(b, b'(' | b')' | b'\\' | b'\r')).unwrap_or(rest.len());
            self.scratch.extend_from_slice(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            let Some(b) = self.take() else { break };
            match b {
                b'(' => depth = depth.saturating_add(1),
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape();
                    continue;
                }
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                    }
                    self.scratch.push(b'\n');
                    continue;
                }
                _ => {}
            }
            self.scratch.push(b);
        }
        Token::Text(start..self.scratch.len())
    }

    fn escape(&mut self) {
        let Some(b) = self.take() else { return };
        let byte = match b {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return,
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
                return;
            }
            b'0'..=b'7' => {
                let mut value = u32::from(b - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    value = value * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                u8::try_from(value & 0xFF).unwrap_or(0)
            }
            other => other,
        };
        self.scratch.push(byte);
    }

    /// Skips the data of an inline image (section 8.9.7), standing right after `ID`. `size_hint`: bytes it should
    /// have, if they follow from its dictionary.
    pub(super) fn skip_image(&mut self, size_hint: Option<usize>) {
        if self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        if let Some(end) = size_hint.and_then(|size| self.at.checked_add(size)) {
            let mut probe = end;
            while self.source.get(probe).copied().is_some_and(is_space) && probe < end.saturating_add(4) {
                probe += 1;
            }
            if self.ends_image(probe) {
                self.at = probe + 2;
                return;
            }
        }
        let rest = self.source.get(self.at..).unwrap_or_default();
        for found in memchr::memmem::find_iter(rest, b"EI") {
            let at = self.at + found;
            let before = at.checked_sub(1).and_then(|i| self.source.get(i)).copied();
            if before.is_none_or(is_space) && self.ends_image(at) && self.reads_like_content(at + 2) {
                self.at = at + 2;
                return;
            }
        }
        self.at = self.source.len();
    }

    fn ends_image(&self, at: usize) -> bool {
        let after = self.source.get(at.saturating_add(2)).copied();
        self.source.get(at..at.saturating_add(2)) == Some(b"EI") && after.is_none_or(|b| !is_regular(b))
    }

    /// Whether the bytes at `at` are text rather than pixels.
    fn reads_like_content(&self, at: usize) -> bool {
        let ahead = self.source.get(at..).unwrap_or_default();
        ahead.iter().take(12).all(|b| matches!(b, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(source: &[u8]) -> Vec<String> {
        let mut lexer = Lexer::new(source);
        let mut out = Vec::new();
        while let Some(token) = lexer.token() {
            out.push(match token {
                Token::Number(n) => format!("{n}"),
                Token::Text(r) => format!("({})", String::from_utf8_lossy(lexer.bytes(&r))),
                Token::Name(r) => format!("/{}", String::from_utf8_lossy(lexer.bytes(&r))),
                Token::Keyword(r) => String::from_utf8_lossy(lexer.keyword(r)).into_owned(),
                other => format!("{other:?}"),
            });
        }
        out
    }

    #[test]
    fn strings_of_every_form() {
        assert_eq!(
            all(br"(a\(b(c)\)\101\
d) <48 6 5 6C6c6F3>"),
            ["(a(b(c))Ad)", "(Hello0)"]
        );
    }

    #[test]
    fn numbers_and_operators_without_space() {
        assert_eq!(
            all(b"1 0 0-5 .5 -.25 --3 4.-1 0Tc/F#31 12 Tf%x\nT*"),
            ["1", "0", "0", "0.5", "-0.25", "-3", "4", "0", "Tc", "/F1", "12", "Tf", "T*"]
        );
    }

    #[test]
    fn strange_bytes_always_end() {
        assert_eq!(all(b")>}{ ( never closed"), ["( never closed)"]);
        assert_eq!(all(b"[-]+ \x80\xff <"), ["ArrayStart", "-", "ArrayEnd", "+", "\u{FFFD}\u{FFFD}", "()"]);
    }

    #[test]
    fn image_data_is_skipped_by_size_or_by_its_end() {
        for size in [Some(9), Some(4), None] {
            let mut lexer = Lexer::new(b"ID \x00 EI \xff\xfe)( EI Q (x) Tj");
            lexer.token();
            lexer.skip_image(size);
            assert!(matches!(lexer.token(), Some(Token::Keyword(r)) if lexer.keyword(r.clone()) == b"Q"), "{size:?}");
        }
    }
}
