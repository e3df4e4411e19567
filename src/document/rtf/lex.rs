//! Tokens of RTF (specification 1.9.1, "RTF Syntax"): groups, control words, control symbols, text, binary data.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one file, and numbers that are not negative")]

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\name` with its number, if it has one.
    Word(&'a [u8], Option<i32>),
    /// `\'xx`
    Hex(u8),
    /// A backslash and one byte that is no letter.
    Symbol(u8),
    /// Bytes of text, without line ends of the file.
    Text(&'a [u8]),
    /// The bytes behind `\binN`: never looked into.
    Binary(&'a [u8]),
}

/// Cuts bytes into tokens.
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether a length of binary data pointed behind the end of the file.
    pub(super) lied: bool,
}

/// Letters that a control word may have (the specification says 32): what is longer is no word that anybody knows.
const NAME_BYTES_MAX: usize = 64;

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, lied: false }
    }

    /// Offset of the next token.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Bytes of the file.
    pub(super) fn length(&self) -> usize {
        self.bytes.len()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            match rest.first()? {
                b'{' => {
                    self.at += 1;
                    return Some(Token::Open);
                }
                b'}' => {
                    self.at += 1;
                    return Some(Token::Close);
                }
                // Line ends of the file mean nothing, and zeros between tokens are stepped over.
                b'\r' | b'\n' | 0 => self.at += 1,
                b'\\' => {
                    self.at += 1;
                    return self.control();
                }
                _ => {
                    let ends = |b: &u8| matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0);
                    let length = rest.iter().position(ends).unwrap_or(rest.len());
                    self.at += length;
                    return rest.get(..length).map(Token::Text);
                }
            }
        }
    }

    /// What stands behind a backslash.
    fn control(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        match rest.first()? {
            b'a'..=b'z' | b'A'..=b'Z' => Some(self.word()),
            b'\'' => {
                let digit = |i: usize| rest.get(i).and_then(|b| char::from(*b).to_digit(16));
                let Some((high, low)) = digit(1).zip(digit(2)) else {
                    self.at += 1;
                    return Some(Token::Symbol(b'\''));
                };
                self.at += 3;
                Some(Token::Hex(u8::try_from(high << 4 | low).unwrap_or_default()))
            }
            symbol => {
                self.at += 1;
                Some(Token::Symbol(*symbol))
            }
        }
    }

    fn word(&mut self) -> Token<'a> {
        let rest = self.rest();
        let letters = rest.iter().take(NAME_BYTES_MAX).take_while(|b| b.is_ascii_alphabetic()).count();
        let (name, tail) = rest.split_at_checked(letters).unwrap_or((rest, &[]));
        let (negative, digits) = match tail {
            [b'-', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => (true, digits),
            digits => (false, digits),
        };
        let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
        let number = (count > 0).then(|| {
            let digits = digits.iter().take(count);
            let size = digits.fold(0i32, |n, b| n.saturating_mul(10).saturating_add(i32::from(b & 0x0F)));
            if negative { -size } else { size }
        });
        self.at += letters + usize::from(negative) + count;
        // One blank belongs to the word.
        if self.rest().first() == Some(&b' ') {
            self.at += 1;
        }
        if name == b"bin" {
            return self.binary(number);
        }
        Token::Word(name, number)
    }

    fn binary(&mut self, number: Option<i32>) -> Token<'a> {
        let length = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        match self.rest().get(..length) {
            Some(bytes) => {
                self.at += length;
                Token::Binary(bytes)
            }
            // A length that points behind the end would hide everything up to there.
            None => {
                self.lied = true;
                Token::Binary(&[])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8]) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(bytes, 0);
        std::iter::from_fn(|| lexer.next()).collect()
    }

    #[test]
    fn words_symbols_and_text() {
        use Token::*;
        assert_eq!(
            tokens(b"{\\rtf1\\b0 a\r\nb\\'e9\\~\\u-12 ?\\par}"),
            [
                Open,
                Word(b"rtf", Some(1)),
                Word(b"b", Some(0)),
                Text(b"a"),
                Text(b"b"),
                Hex(0xE9),
                Symbol(b'~'),
                Word(b"u", Some(-12)),
                Text(b"?"),
                Word(b"par", None),
                Close
            ]
        );
        assert_eq!(tokens(b"\\'zz\\"), [Symbol(b'\''), Text(b"zz")]);
        assert_eq!(tokens(b"\\u99999999999 "), [Word(b"u", Some(i32::MAX))]);
    }

    #[test]
    fn binary_data_is_not_looked_into() {
        use Token::*;
        assert_eq!(tokens(b"\\bin4 {}\\x}"), [Binary(b"{}\\x"), Close]);
        assert_eq!(tokens(b"\\bin9 {}"), [Binary(b""), Open, Close]);
        assert_eq!(tokens(b"\\bin-9 a"), [Binary(b""), Text(b"a")]);
    }
}
