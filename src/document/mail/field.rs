//! Header fields (RFC 5322, 2.2), their encoded words (RFC 2047) and parameters (RFC 2045, 5.1; RFC 2231).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one slice: no sum of two exceeds usize::MAX; an escaped quote is a quote"
)]

use std::collections::BTreeMap;

use super::transfer;
use crate::document::plain;

/// A header field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name as written; empty for a line that is no field.
    pub name: String,
    /// Its value on one line, words not decoded.
    pub value: String,
}

impl Field {
    /// Whether it is of this name.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The value of the first field of this name.
pub fn value<'f>(fields: &'f [Field], name: &str) -> Option<&'f str> {
    fields.iter().find(|field| field.is(name)).map(|field| field.value.as_str())
}

/// Fields whose names alone tell that a line belongs to a header.
const KNOWN: &[&str] = &["bcc", "cc", "date", "from", "mime-version", "reply-to", "sender", "subject", "to"];

/// Splits an entity into header and body. The header ends with a blank line, a boundary, or a line that is no field if
/// no well-known field follows before the blank line.
pub fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    let mut any = false;
    // Start of the last well-known field of the block, found when it is first asked for.
    let mut last_known = None;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let next = at + line_bytes(rest);
        let line = bytes.get(at..next).unwrap_or_default();
        let after = bytes.get(next..).unwrap_or_default();
        let content = line.trim_ascii();
        if content.is_empty() {
            // A line of blanks inside a folded header is followed by more of it.
            let folded = any && matches!(line.first(), Some(b' ' | b'\t')) && is_field(first_line(after));
            if !folded {
                return (bytes.get(..at).unwrap_or_default(), after);
            }
        } else if is_field(line) {
            any = true;
        } else if any && matches!(line.first(), Some(b' ' | b'\t')) || !any && is_envelope(line) {
            // Goes on, or stands in front of the header.
        } else {
            let known = *last_known.get_or_insert_with(|| last_known_field(bytes, at));
            if line.starts_with(b"--") || known.is_none_or(|known| known < at) {
                return (bytes.get(..at).unwrap_or_default(), rest);
            }
        }
        at = next;
    }
    (bytes, &[])
}

/// A line that a mailbox puts in front of a message.
fn is_envelope(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

/// Bytes of the first line, its end included.
pub fn line_bytes(bytes: &[u8]) -> usize {
    memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1)
}

/// The first line.
pub fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.get(..line_bytes(bytes)).unwrap_or_default()
}

/// Whether a line begins with the name of a field and a colon.
pub fn is_field(line: &[u8]) -> bool {
    name_of(line).is_some()
}

fn name_of(line: &[u8]) -> Option<&[u8]> {
    /// Longest name, in bytes: our choice; registered ones have at most 40.
    const NAME_BYTES_MAX: usize = 128;
    let colon = memchr::memchr(b':', line.get(..NAME_BYTES_MAX).unwrap_or(line))?;
    let name = line.get(..colon)?.trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}

fn last_known_field(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut last = None;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let line = first_line(rest);
        if line.trim_ascii().is_empty() {
            break;
        }
        let known = name_of(line).map(<[u8]>::to_ascii_lowercase);
        let is_known = |name: &Vec<u8>| {
            name.starts_with(b"content-") || KNOWN.iter().any(|known| known.as_bytes() == name.as_slice())
        };
        if known.as_ref().is_some_and(is_known) {
            last = Some(at);
        }
        at += line.len();
    }
    last
}

/// The fields of a header.
pub fn parse(header: &[u8]) -> Vec<Field> {
    let text = plain::decode(header).text;
    let mut fields: Vec<Field> = Vec::new();
    for line in text.split('\n').map(|line| line.trim_end_matches('\r')) {
        let folded = line.starts_with([' ', '\t']);
        let name = name_of(line.as_bytes()).and_then(|name| std::str::from_utf8(name).ok()).filter(|_| !folded);
        match (name, fields.last_mut()) {
            (Some(name), _) => {
                let value = line.split_once(':').map_or("", |(_, value)| value);
                fields.push(Field { name: name.to_owned(), value: value.trim_start().to_owned() });
            }
            (None, Some(field)) => {
                field.value.push(' ');
                field.value.push_str(line.trim());
            }
            (None, None) if line.trim().is_empty() => {}
            (None, None) => fields.push(Field { name: String::new(), value: line.to_owned() }),
        }
    }
    for field in &mut fields {
        field.value.truncate(field.value.trim_end().len());
    }
    fields
}

/// A value with its encoded words decoded. Lenient: blanks inside of them, no end mark, no known encoding.
pub fn decode_words(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    // Bytes of adjacent words of one charset go together: a character may be cut between them.
    let mut pending: Option<(&str, Vec<u8>)> = None;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let Some((charset, bytes, after)) = word(from) else {
            flush(&mut pending, &mut out);
            out.push_str(before);
            out.push_str("=?");
            rest = from.get(2..).unwrap_or_default();
            continue;
        };
        let adjacent = pending.is_some() && before.trim().is_empty();
        if !adjacent {
            flush(&mut pending, &mut out);
            out.push_str(before);
        }
        match &mut pending {
            Some((open, collected)) if open.eq_ignore_ascii_case(charset) => collected.extend_from_slice(&bytes),
            _ => {
                flush(&mut pending, &mut out);
                pending = Some((charset, bytes));
            }
        }
        rest = after;
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    out.replace(['\r', '\n', '\0'], " ")
}

fn flush(pending: &mut Option<(&str, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&plain::decode_as(&bytes, charset));
    }
}

/// Charset and bytes of the encoded word at the start, and what follows it.
fn word(text: &str) -> Option<(&str, Vec<u8>, &str)> {
    /// Longest name of a charset with its language, in bytes.
    const CHARSET_BYTES_MAX: usize = 80;
    /// Bytes in which the end of a word is looked for. RFC 2047 has 75; writers exceed that, but not by so much.
    const WORD_BYTES_MAX: usize = 16 << 10;
    let rest = text.strip_prefix("=?")?;
    let charset_bytes = rest.bytes().take(CHARSET_BYTES_MAX).position(|b| b == b'?')?;
    let (charset, rest) = rest.split_at_checked(charset_bytes)?;
    let charset = charset.split('*').next()?;
    let (encoding, rest) = rest.strip_prefix('?')?.split_at_checked(1)?;
    let rest = rest.strip_prefix('?')?;
    // A word without its end goes on to the next blank.
    let near = rest.get(..rest.floor_char_boundary(WORD_BYTES_MAX)).unwrap_or_default();
    let end = near.find("?=").filter(|end| !near.get(..*end).unwrap_or_default().contains("=?"));
    let (content, after) = match end {
        Some(end) => (rest.get(..end)?, rest.get(end + 2..)?),
        None => rest.split_at_checked(rest.find(char::is_whitespace).unwrap_or(rest.len()))?,
    };
    let bytes = match encoding {
        "B" | "b" => transfer::base64_word(content.as_bytes()),
        "Q" | "q" => {
            let mut bytes = Vec::with_capacity(content.len());
            transfer::hex_escapes(content.replace('_', " ").as_bytes(), &mut bytes);
            bytes
        }
        _ => return None,
    };
    Some((charset, bytes, after))
}

/// A structured value: what stands first, and its parameters, decoded, names in lower case.
#[derive(Debug, Default)]
pub struct Structured {
    /// The first token, lower case: a media type, a disposition.
    pub token: String,
    /// Parameters in their order.
    pub parameters: Vec<(String, String)>,
}

impl Structured {
    /// The parameter of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a value with parameters. Lenient: missing semicolons, quotes that never end, comments.
pub fn structured(value: &str) -> Structured {
    /// Parameters of one field.
    const PARAMETERS_MAX: usize = 256;
    let mut pieces = pieces(value).into_iter();
    let first = pieces.next().unwrap_or_default();
    let (token, extra) = first.split_once(char::is_whitespace).unwrap_or((&first, ""));
    let mut plain_ones: Vec<(String, String)> = Vec::new();
    // By name, then by section: whether it is percent-encoded, and its value.
    let mut extended: BTreeMap<String, BTreeMap<u32, (bool, String)>> = BTreeMap::new();
    for piece in std::iter::once(extra.to_owned()).chain(pieces).take(PARAMETERS_MAX) {
        let Some((name, value)) = piece.split_once('=') else { continue };
        let name = name.trim().to_ascii_lowercase();
        let value = unquoted(value.trim());
        match name.split_once('*') {
            Some((base, section)) => {
                let encoded = section.is_empty() || section.ends_with('*');
                let section = section.trim_end_matches('*').parse().unwrap_or(0);
                extended.entry(base.to_owned()).or_default().insert(section, (encoded, value));
            }
            None => plain_ones.push((name, decode_words(&value))),
        }
    }
    let mut parameters: Vec<(String, String)> = extended.into_iter().map(|(name, of)| (name, joined(of))).collect();
    parameters.extend(plain_ones);
    Structured { token: token.trim().to_ascii_lowercase(), parameters }
}

/// Pieces between semicolons that stand outside of quotes; comments are dropped.
fn pieces(value: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut quoted, mut escaped, mut comment) = (false, false, 0u32);
    // A quote that is never closed is none.
    let quotes = value.matches('"').count() - value.matches("\\\"").count();
    for c in value.chars() {
        let plain = !quoted && !escaped;
        escaped = c == '\\' && !escaped;
        match c {
            '"' if quotes.is_multiple_of(2) && (plain || quoted) && comment == 0 => quoted = !quoted,
            '(' if plain => comment = comment.saturating_add(1),
            ')' if plain && comment > 0 => {
                comment -= 1;
                continue;
            }
            ';' if plain && comment == 0 => {
                pieces.push(String::new());
                continue;
            }
            _ => {}
        }
        if comment == 0
            && let Some(piece) = pieces.last_mut()
        {
            piece.push(c);
        }
    }
    for piece in &mut pieces {
        *piece = piece.trim().to_owned();
    }
    pieces
}

fn unquoted(value: &str) -> String {
    let Some(inside) = value.strip_prefix('"') else { return value.to_owned() };
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    // A backslash quotes a quote or itself; anywhere else it is a path of Windows.
    inside.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// The sections of an extended parameter (RFC 2231, 3 and 4): `utf-8'en'percent%20encoded`.
fn joined(sections: BTreeMap<u32, (bool, String)>) -> String {
    let mut charset = String::new();
    let mut bytes = Vec::new();
    let mut words = true;
    for (index, (encoded, value)) in sections.into_values().enumerate() {
        if !encoded {
            bytes.extend_from_slice(value.as_bytes());
            continue;
        }
        words = false;
        let content = match value.splitn(3, '\'').collect::<Vec<_>>()[..] {
            [label, _, content] if index == 0 => {
                charset = label.to_owned();
                content
            }
            _ => value.as_str(),
        };
        percent(content.as_bytes(), &mut bytes);
    }
    let text = plain::decode_as(&bytes, &charset).into_owned();
    if words { decode_words(&text) } else { text }
}

fn percent(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((b, after)) = rest.split_first() {
        rest = after;
        match (b, after) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(transfer::hex(*high) << 4 | transfer::hex(*low));
                rest = after;
            }
            _ => out.push(*b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_ends_where_the_body_begins() {
        for (bytes, header, body) in [
            ("A: 1\r\n b\r\n\r\nbody", "A: 1\r\n b\r\n", "body"),
            ("\nbody", "", "body"),
            ("A: 1\nbody without a blank line", "A: 1\n", "body without a blank line"),
            ("A: 1\nlost fold\nSubject: x\n\nbody", "A: 1\nlost fold\nSubject: x\n", "body"),
            ("A: 1\n--b\nC: 2\n\nx", "A: 1\n", "--b\nC: 2\n\nx"),
            ("A: 1\n \t\nB: 2\n\nbody", "A: 1\n \t\nB: 2\n", "body"),
            (">From a b\nA: 1\n\nbody", ">From a b\nA: 1\n", "body"),
            ("A: 1", "A: 1", ""),
        ] {
            assert_eq!(split(bytes.as_bytes()), (header.as_bytes(), body.as_bytes()), "{bytes:?}");
        }
        let fields = parse(b"A : 1\r\n  b\r\nlost\r\nSubject: x \r\n");
        let seen: Vec<_> = fields.iter().map(|f| (f.name.as_str(), f.value.as_str())).collect();
        assert_eq!(seen, [("A", "1 b lost"), ("Subject", "x")]);
    }

    #[test]
    fn encoded_words_are_decoded_together() {
        for (value, text) in [
            ("=?utf-8?Q?M=C3=BCller?= <a@b>", "Müller <a@b>"),
            ("=?utf-8?B?w7w=?= =?UTF-8?B?w7w=?=", "üü"),
            ("=?utf-8?Q?M=C3?=\t=?utf-8?Q?=BCller_4111?= x", "Müller 4111 x"),
            ("=?iso-8859-1*de?q?=FC a b?= y", "ü a b y"),
            ("a =?utf-8?Q?b=41", "a bA"),
            ("=?x?Z?a?= =?", "=?x?Z?a?= =?"),
            ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ] {
            assert_eq!(decode_words(value), text, "{value}");
        }
    }

    #[test]
    fn parameters_are_read_leniently() {
        let s = structured("multipart/mixed; boundary=\"a;=b\"; name*1*=%20b.txt; name*0*=utf-8''%C3%BC; (x;y) x=1");
        assert_eq!(
            (s.token.as_str(), s.get("boundary"), s.get("name"), s.get("x")),
            ("multipart/mixed", Some("a;=b"), Some("ü b.txt"), Some("1"))
        );
        assert_eq!(structured("text/plain charset=utf-8").get("charset"), Some("utf-8"));
        assert_eq!(structured("TEXT/Plain; boundary=\"open").get("boundary"), Some("open"));
        assert_eq!(structured("a; filename=\"=?utf-8?B?w7w=?=.txt\"").get("filename"), Some("ü.txt"));
        assert_eq!(structured("a; filename*0=\"one \"; filename*1=\"two.txt\"").get("filename"), Some("one two.txt"));
        assert_eq!(structured("").token, "");
    }
}
