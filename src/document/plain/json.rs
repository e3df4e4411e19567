//! JSON (RFC 8259) and JSON Lines: read as plain text. Escapes inside strings are resolved, as `\t4111` and `\u0034`
//! hide a value; the structure stays, as the key beside a value is what names it. Invalid JSON is text all the same.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]

use std::borrow::Cow;

use super::Decoded;
use crate::blob::{Gap, Reason};
use crate::document::{Document, Text};

/// Reads decoded JSON. Without escapes that matter the text is the file's own.
pub fn read(decoded: Decoded<'_>) -> Document<'_> {
    let mut gaps = Vec::new();
    if is_open(decoded.text.as_bytes()) {
        gaps.push(cut());
    }
    let text = match decoded.text {
        Cow::Borrowed(text) if !has_escapes(text) => Text::borrowed(text, decoded.shift),
        text => Text::owned(resolve(&text)),
    };
    Document { text, gaps, ..Document::default() }
}

/// Where a text of JSON is: how deep in objects and arrays, and whether in a string or a comment. It is fed piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Nesting {
    depth: usize,
    at: At,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Structure,
    String,
    /// Behind a backslash in a string.
    Escape,
    /// Behind a slash outside of strings.
    Slash,
    LineComment,
    BlockComment,
    /// Behind an asterisk in a comment.
    Asterisk,
}

impl Nesting {
    /// Goes on over `text`. Comments, which some dialects have, are passed over.
    pub fn feed(&mut self, text: &[u8]) {
        let mut rest = text.iter();
        // Most bytes are in strings.
        while let Some(b) = rest.next() {
            self.at = match (self.at, b) {
                (At::String, _) => {
                    let front = rest.as_slice();
                    if !matches!(b, b'"' | b'\\') {
                        let length = memchr::memchr2(b'"', b'\\', front).unwrap_or(front.len());
                        rest = front.get(length..).unwrap_or_default().iter();
                    }
                    match b {
                        b'"' => At::Structure,
                        b'\\' => At::Escape,
                        _ => At::String,
                    }
                }
                (At::Escape, _) => At::String,
                (At::Slash, b'/') => At::LineComment,
                (At::Slash, b'*') => At::BlockComment,
                (At::LineComment, b'\n') | (At::Asterisk, b'/') => At::Structure,
                (At::LineComment, _) => At::LineComment,
                (At::BlockComment | At::Asterisk, b'*') => At::Asterisk,
                (At::BlockComment | At::Asterisk, _) => At::BlockComment,
                (At::Structure | At::Slash, _) => self.structure(*b),
            };
        }
    }

    fn structure(&mut self, b: u8) -> At {
        match b {
            b'"' => return At::String,
            b'/' => return At::Slash,
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        At::Structure
    }

    /// Whether a text that ends here ends inside an object, an array or a string.
    pub fn is_open(&self) -> bool {
        self.depth > 0 || matches!(self.at, At::String | At::Escape)
    }
}

fn is_open(text: &[u8]) -> bool {
    let mut nesting = Nesting::default();
    nesting.feed(text);
    nesting.is_open()
}

/// The gap of JSON that ends inside of something.
pub(super) fn cut() -> Gap {
    Gap::new(Reason::Corrupt, "", "ends inside of a value")
}

/// Whether there are escapes other than `\"` and `\\`, which separate no worse than what they stand for.
pub(super) fn has_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        match bytes.get(at + step + 1) {
            Some(b'"' | b'\\') => at += step + 2,
            Some(_) => return true,
            None => return false,
        }
    }
    false
}

/// The text with escapes inside strings resolved.
pub(super) fn resolve(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut inside = false;
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with('"') {
            inside = !inside;
            out.push('"');
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let (c, length) = if inside { escape(rest) } else { (None, 1) };
        match c {
            Some(c) => out.push(c),
            None => out.push_str(rest.get(..length).unwrap_or_default()),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character that the escape at the start of `text` stands for (`None` = it is none), and the bytes it takes.
fn escape(text: &str) -> (Option<char>, usize) {
    let c = match text.as_bytes().get(1) {
        Some(b @ (b'"' | b'\\' | b'/')) => char::from(*b),
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b' | b'f') => ' ',
        Some(b'u') => return unicode_escape(text),
        _ => return (None, 1),
    };
    (Some(c), 2)
}

fn unicode_escape(text: &str) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(0) else { return (None, 2) };
    let units = [first, unit(6).unwrap_or(0)];
    match char::decode_utf16(units).next() {
        Some(Ok(c)) => (Some(c), 6 * c.len_utf16()),
        _ => (Some(char::REPLACEMENT_CHARACTER), 6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::plain::decode;

    fn text(json: &str) -> String {
        read(decode(json.as_bytes())).text.as_str().to_owned()
    }

    #[test]
    fn escapes_inside_strings_are_resolved() {
        assert_eq!(text(r#"{"card":"\u0034111\t5"}"#), "{\"card\":\"4111\t5\"}");
        assert_eq!(text(r#"["\ud83d\ude00 \ud83d x 01\/02"]"#), "[\"😀 \u{fffd} x 01/02\"]");
        assert_eq!(text(r#"{"a":"{\"ssn\":\"1\n2\"}"}"#), "{\"a\":\"{\"ssn\":\"1\n2\"}\"}");
        assert_eq!(text("{\"a\":\"\\u00"), "{\"a\":\"\\u00");
        assert_eq!(text(r#"{"a":"\ü"} \u0041 \"#), r#"{"a":"\ü"} \u0041 \"#);
    }

    #[test]
    fn without_escapes_the_text_is_the_files_own() {
        let json = r#"{"a":"say \"hi\" \\ 4111"}"#;
        let document = read(decode(json.as_bytes()));
        assert_eq!(document.text.offsets(), crate::document::Offsets::File { shift: 0 });
        assert_eq!(document.text.as_str(), json);
    }
}
