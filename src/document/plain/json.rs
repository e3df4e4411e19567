//! JSON (RFC 8259) and JSON Lines: read as plain text. Escapes inside strings are resolved, as `\t4111` and `\u0034`
//! hide a value; the structure stays, as the key beside a value is what names it. Invalid JSON is text all the same.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]

use std::borrow::Cow;

use super::Decoded;
use crate::blob::{Gap, Reason, json_string_bytes};
use crate::document::{Document, Text};

/// Reads decoded JSON. Without escapes that matter the text is the file's own.
pub fn read(decoded: Decoded<'_>) -> Document<'_> {
    let mut gaps = Vec::new();
    if is_open(decoded.text.as_bytes()) {
        gaps.push(Gap::new(Reason::Corrupt, "", "ends inside of a value"));
    }
    let text = match decoded.text {
        Cow::Borrowed(text) if !has_escapes(text) => Text::borrowed(text, decoded.shift),
        text => Text::owned(resolve(&text)),
    };
    Document { text, gaps, ..Document::default() }
}

/// Whether the text ends inside an object, an array or a string. Comments, which some dialects have, are passed over.
fn is_open(text: &[u8]) -> bool {
    let (mut depth, mut at) = (0usize, 0usize);
    while let Some(b) = text.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        let length = match b {
            b'"' => match json_string_bytes(rest) {
                Some(length) => length,
                None => return true,
            },
            b'{' | b'[' => {
                depth = depth.saturating_add(1);
                1
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                1
            }
            b'/' if rest.starts_with(b"//") => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            b'/' if rest.starts_with(b"/*") => memchr::memmem::find(rest, b"*/").unwrap_or(rest.len()),
            _ => 1,
        };
        at = at.saturating_add(length);
    }
    depth > 0
}

/// Whether there are escapes other than `\"` and `\\`, which separate no worse than what they stand for.
fn has_escapes(text: &str) -> bool {
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
fn resolve(text: &str) -> String {
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
