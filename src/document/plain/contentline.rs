//! Content lines: iCalendar (RFC 5545) and vCard (RFC 6350; 2.1 and 3.0 are read too). Folded lines are joined, escapes
//! and quoted-printable resolved; what is attached in base64 is a file of its own.

use super::data_uri;
use crate::blob::{Gap, Reason};
use crate::document::{Area, Document, Embedded, base64, percent};

/// Parameters that hold words: names, addresses, alternative texts.
const WORDS: &[&str] =
    &["CN", "ALTREP", "DIR", "SENT-BY", "MEMBER", "DELEGATED-TO", "DELEGATED-FROM", "FILENAME", "LABEL"];
/// Properties without words.
const QUIET: &[&str] =
    &["BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "DTSTAMP", "SEQUENCE", "TZOFFSETFROM", "TZOFFSETTO"];
/// Properties whose values are lists of fields.
const FIELDS: &[&str] = &["N", "ADR", "ORG"];

/// Whether a text is of one of the two formats.
pub(super) fn is_one(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    starts(start, "BEGIN:VCALENDAR") || starts(start, "BEGIN:VCARD")
}

/// Reads a text of content lines.
pub(super) fn read(source: &str) -> Document<'static> {
    let mut out = Document::default();
    let mut lines = source.lines().peekable();
    let mut line = String::new();
    while let Some(next) = lines.next() {
        line.push_str(next);
        // A blank in front means that the line goes on.
        if let Some(more) = lines.peek().filter(|more| more.starts_with([' ', '\t']) && !more.trim().is_empty()) {
            let _ = more;
            let more = lines.next().unwrap_or_default();
            line.push_str(more.get(1..).unwrap_or_default());
            while let Some(more) = lines.next_if(|more| more.starts_with([' ', '\t']) && !more.trim().is_empty()) {
                line.push_str(more.get(1..).unwrap_or_default());
            }
        }
        // Quoted-printable has breaks of its own (vCard 2.1).
        let head = line.split(':').next().unwrap_or_default().to_ascii_uppercase();
        if head.contains("QUOTED-PRINTABLE") && line.ends_with('=') && lines.peek().is_some() {
            line.pop();
            continue;
        }
        property(&line, &mut out);
        line.clear();
    }
    property(&line, &mut out);
    let open = |mark: &str| source.lines().filter(|line| starts(line, mark)).count();
    if open("BEGIN:") > open("END:") {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "ends inside of an entry"));
    }
    out
}

fn starts(line: &str, name: &str) -> bool {
    line.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
}

#[allow(clippy::arithmetic_side_effects, reason = "one more than what a list in memory holds")]
fn property(line: &str, out: &mut Document<'static>) {
    let Some((head, value)) = split(line) else {
        return out.text.aside(Area::Body, line);
    };
    let mut parameters = head.split(';');
    let name = parameters.next().unwrap_or_default();
    let bare = name.rsplit('.').next().unwrap_or_default().to_ascii_uppercase();
    let (mut coded, mut quoted, mut charset) = (false, false, "utf-8");
    let mut words = Vec::new();
    for parameter in parameters {
        let (key, setting) = parameter.split_once('=').unwrap_or(("", parameter));
        let upper = setting.to_ascii_uppercase();
        coded |= matches!(upper.as_str(), "BASE64" | "B") && matches!(&*key.to_ascii_uppercase(), "" | "ENCODING");
        quoted |= upper == "QUOTED-PRINTABLE";
        if key.eq_ignore_ascii_case("CHARSET") {
            charset = setting;
        }
        if WORDS.contains(&key.to_ascii_uppercase().as_str())
            || key.get(..2).is_some_and(|x| x.eq_ignore_ascii_case("x-"))
        {
            words.push(setting.trim_matches('"'));
        }
    }
    if coded {
        let bytes = base64::decode(value.as_bytes());
        if !bytes.is_empty() {
            out.embedded.push(Embedded { name: format!("{} {}", bare.to_lowercase(), out.embedded.len() + 1), bytes });
        }
    } else if let Some(part) = data_uri::decode(value, out.embedded.len() + 1) {
        out.embedded.push(part);
    } else if !QUIET.contains(&bare.as_str()) {
        let value = if quoted { unquote(value, charset) } else { value.to_owned() };
        let value = unescape(&value, FIELDS.contains(&bare.as_str()));
        if !value.trim().is_empty() {
            out.text.aside(Area::Body, &format!("{bare}: {value}"));
        }
    }
    words.into_iter().for_each(|words| out.text.aside(Area::Metadata, words));
}

/// The head and the value of a line: the first colon outside of quotes is between them.
#[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
fn split(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, b) in line.bytes().enumerate() {
        match b {
            b'"' => quoted = !quoted,
            b':' if !quoted => return Some((line.get(..at)?, line.get(at + 1..)?)),
            _ => {}
        }
    }
    line.split_once(':')
}

/// Resolves escapes; fields of a list are told apart by commas.
fn unescape(value: &str, fields: bool) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(c) => out.push(c),
                None => {}
            },
            ';' if fields => out.push_str(if out.is_empty() || out.ends_with(", ") { "" } else { ", " }),
            c => out.push(c),
        }
    }
    out.trim_end_matches(", ").to_owned()
}

fn unquote(value: &str, charset: &str) -> String {
    let bytes = percent::decode(value, b'=');
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    encoding.decode(&bytes).0.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_escaped_quoted_and_attached() {
        let card = "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Adler;Anna;;;\r\nNOTE:SSN: 536-\r\n 22-8467\\, he said\\nand left\r\n\
                    LABEL;CHARSET=utf-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller=\r\nstra=C3=9Fe\r\n\
                    PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/4AAQ\r\n SkZJRg\r\n\r\nATTENDEE;CN=\"Bo: Berg\":mailto:bo@x.test\r\nEND:VCARD\r\n";
        assert!(is_one(card));
        let out = read(card);
        assert_eq!(
            out.text.as_str(),
            "N: Adler, Anna\nNOTE: SSN: 536-22-8467, he said\nand left\nLABEL: Müllerstraße\nATTENDEE: mailto:bo@x.test\nBo: Berg\n"
        );
        assert_eq!(out.embedded[0].bytes, b"\xFF\xD8\xFF\xE0\0\x10JFIF");
    }
}
