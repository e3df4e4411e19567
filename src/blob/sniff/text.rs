//! Whether bytes read as text, and as what: HTML, XML, JSON, RTF, mail or just text.
#![allow(clippy::arithmetic_side_effects, reason = "counts and positions inside a head or sample of some kilobytes")]

use crate::blob::{Kind, Unicode};

/// Bytes of each sample taken from the start, the middle and the end.
const SAMPLE_BYTES: usize = 4 << 10;
/// Bytes at the start that tell one kind of text from another.
const HEAD_BYTES: usize = 8 << 10;

/// Control characters that no text has.
pub(super) fn is_control(b: u8) -> bool {
    matches!(b, 0..=6 | 14..=26 | 28..=31 | 127)
}

/// The kind of text `bytes` are; `None` = they are no text.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    if let Some((form, mark)) = Unicode::of(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        let head: String = form.chars(rest.get(..HEAD_BYTES).unwrap_or(rest)).flatten().collect();
        return Some(kind_of_text(head.as_bytes(), rest.len() <= HEAD_BYTES));
    }
    let middle = bytes.len() / 2;
    let first = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    let samples = [
        first,
        bytes.get(middle..).map_or(first, |b| b.get(..SAMPLE_BYTES).unwrap_or(b)),
        bytes.get(bytes.len().saturating_sub(SAMPLE_BYTES)..).unwrap_or_default(),
    ];
    let [begins, goes_on, ends] = samples.map(reads_as_text);
    // One odd sample of three (a binary attachment behind a long text) does not make it binary, the first one does.
    if !begins || !goes_on && !ends {
        return None;
    }
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    Some(kind_of_text(head, bytes.len() <= HEAD_BYTES))
}

/// Whether a sample is characters of some encoding: few control bytes. Compressed, encrypted and machine code have
/// one in ten; multi-byte encodings of text have none; terminal output and old reports have a few.
fn reads_as_text(sample: &[u8]) -> bool {
    // Without a way out of the loop many bytes are done at a time.
    if !sample.iter().fold(false, |any, byte| any | is_control(*byte)) {
        return true;
    }
    let controls = sample.iter().filter(|b| is_control(**b)).count();
    let zeros = memchr::memchr_iter(0, sample).count();
    let ends = sample.len().saturating_sub(4);
    let utf8 = match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.valid_up_to() >= ends && !sample.is_empty(),
    };
    let allowed = if utf8 && zeros == 0 { 12 } else { 2 };
    // Short inputs: one stray byte in a line of text is still a line of text.
    controls * 100 <= sample.len() * allowed || (controls == 1 && sample.len() >= 16)
}

/// Tells kinds of text apart by their first bytes (UTF-8 or any encoding that extends ASCII).
fn kind_of_text(head: &[u8], whole: bool) -> Kind {
    let start = head.trim_ascii_start();
    match start {
        _ if start.starts_with(b"{\\rt") => Kind::Rtf,
        _ if start.starts_with(b"-----BEGIN PGP MESSAGE") => Kind::Pgp,
        [b'{' | b'[', ..] if is_json(start, whole) => Kind::Json,
        [b'<', ..] => markup(start),
        _ if is_mail(start) => {
            if start.starts_with(b"From ") {
                Kind::Mbox
            } else {
                Kind::Mail
            }
        }
        _ if has_html_start(head) => Kind::Html,
        _ => Kind::Text,
    }
}

/// Names of elements that start an HTML text or a piece of one.
const HTML_NAMES: &[&str] = &[
    "a",
    "article",
    "b",
    "base",
    "basefont",
    "blockquote",
    "body",
    "br",
    "button",
    "center",
    "dir",
    "div",
    "dl",
    "em",
    "fieldset",
    "font",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "noscript",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "textarea",
    "th",
    "thead",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
];

/// The kind of a text that starts with `<`.
fn markup(start: &[u8]) -> Kind {
    let mut rest = start;
    let mut declared = false;
    // Past declarations and comments to the first element.
    for _ in 0..64 {
        rest = rest.trim_ascii_start();
        let past = |end: &[u8]| memchr::memmem::find(rest, end).and_then(|at| rest.get(at + end.len()..));
        if rest.starts_with(b"<?xml") {
            declared = true;
            rest = past(b"?>").unwrap_or_default();
        } else if rest.starts_with(b"<?php") || rest.starts_with(b"<?=") || rest.starts_with(b"<%") {
            return if has_html_start(rest) { Kind::Html } else { Kind::Text };
        } else if rest.starts_with(b"<?") {
            rest = past(b"?>").unwrap_or_default();
        } else if rest.starts_with(b"<!--") {
            rest = past(b"-->").unwrap_or_default();
        } else if rest.get(..9).is_some_and(|b| b.eq_ignore_ascii_case(b"<!doctype")) {
            let name = rest.get(9..).unwrap_or_default().trim_ascii_start();
            let html = name.get(..4).is_some_and(|b| b.eq_ignore_ascii_case(b"html"));
            return if html { Kind::Html } else { Kind::Xml };
        } else {
            break;
        }
    }
    let Some(name) = element_name(rest) else {
        let comment = start.starts_with(b"<!--");
        return if declared || start.starts_with(b"<!ENTITY") || start.starts_with(b"<!ELEMENT") {
            Kind::Xml
        } else if comment || has_html_start(start) {
            Kind::Html
        } else {
            Kind::Text
        };
    };
    let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
    if lower == "html" {
        return Kind::Html;
    }
    if declared {
        return Kind::Xml;
    }
    if HTML_NAMES.contains(&lower.as_str()) {
        return Kind::Html;
    }
    let closed = memchr::memmem::find(start, b"</").is_some() || memchr::memmem::find(start, b"/>").is_some();
    if closed || memchr::memmem::find(start, b"xmlns").is_some() { Kind::Xml } else { Kind::Text }
}

/// The name of the element tag that `bytes` start with, if that is what they do.
fn element_name(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"<")?;
    let length = rest
        .iter()
        .position(|b| !matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'_' | b'-' | b'.' | 0x80..))?;
    let (name, after) = rest.split_at_checked(length)?;
    let starts = matches!(name.first()?, b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80..);
    let ends = matches!(after.first()?, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n');
    (starts && ends).then_some(name)
}

/// Whether an HTML document starts somewhere in the head, behind other text.
fn has_html_start(head: &[u8]) -> bool {
    memchr::memchr_iter(b'<', head).any(|at| {
        let rest = head.get(at + 1..).unwrap_or_default();
        let is = |name: &[u8]| {
            let same = rest.get(..name.len()).is_some_and(|b| b.eq_ignore_ascii_case(name));
            same && matches!(rest.get(name.len()), Some(b'>' | b' ' | b'\r' | b'\n' | b'\t'))
        };
        is(b"html") || is(b"!doctype html")
    })
}

/// Whether the text is JSON (RFC 8259) or JSON Lines: its tokens are, as far as the head reaches.
fn is_json(start: &[u8], whole: bool) -> bool {
    let mut depth = 0i32;
    let mut tokens = 0;
    let mut keys = 0;
    let mut at = 0;
    let mut last = b' ';
    while let Some(&b) = start.get(at) {
        let rest = start.get(at..).unwrap_or_default();
        let token = match b {
            b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            b'{' | b'[' => {
                depth += 1;
                1
            }
            b'}' | b']' => {
                depth -= 1;
                1
            }
            b',' => 1,
            b':' => {
                keys += i32::from(last == b'"');
                1
            }
            b'"' => match json_string_bytes(rest) {
                Some(length) => length,
                // Cut off in a string: keys in front of it tell that it was JSON.
                None if !whole || keys > 0 => break,
                None => return false,
            },
            b'-' | b'0'..=b'9' => rest
                .iter()
                .position(|b| !matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
                .unwrap_or(rest.len()),
            _ => match [b"true".as_slice(), b"false", b"null"].iter().find(|word| rest.starts_with(word)) {
                Some(word) => word.len(),
                None => return false,
            },
        };
        // Two values side by side (a bracketed number and words behind it) are no JSON.
        let value = !matches!(b, b',' | b':' | b'}' | b']');
        if depth < 0 || (value && matches!(last, b'"' | b'0'..=b'9')) {
            return false;
        }
        if depth == 0 && !matches!(b, b'}' | b']') {
            return false;
        }
        last = if b == b'-' { b'0' } else { b };
        tokens += 1;
        at += token;
    }
    // `[1]` and `[]` alone are footnotes as often as they are JSON, and nothing depends on it.
    tokens >= 2 && (start.starts_with(b"[") || keys > 0 || tokens == 2)
}

/// Bytes of the JSON string at the start of `bytes`, quotes included.
fn json_string_bytes(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let step = memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        at += step;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Header fields that only transported mail has (RFC 5322, RFC 2045).
const MAIL_FIELDS: &[&str] = &[
    "received",
    "message-id",
    "mime-version",
    "return-path",
    "content-type",
    "content-transfer-encoding",
    "delivered-to",
    "dkim-signature",
    "x-mailer",
    "x-originating-ip",
    "references",
    "in-reply-to",
    "arc-seal",
    "authentication-results",
    "delivery-date",
    "envelope-to",
    "errors-to",
    "list-unsubscribe",
    "msip_labels",
    "newsgroups",
    "resent-from",
    "thread-topic",
    "x-apparently-to",
    "x-envelope-from",
    "x-mozilla-status",
    "x-priority",
    "x-received",
    "x-unsent",
    "xref",
];
/// Header fields that people type too.
const LETTER_FIELDS: &[&str] = &["from", "to", "subject", "date", "cc", "bcc", "reply-to", "sender"];

/// Header fields of HTTP (RFC 9110): a dump of them is no message.
const WEB_FIELDS: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-ranges",
    "access-control-allow-origin",
    "cache-control",
    "connection",
    "content-security-policy",
    "cookie",
    "etag",
    "host",
    "last-modified",
    "pragma",
    "server",
    "set-cookie",
    "transfer-encoding",
    "vary",
];

/// Whether the text is an Internet message or a mailbox of them: a block of header lines with at least one field of
/// transport and one more, or a letter between addresses. Lines of a mailbox (`From …`) and the length that Apple Mail
/// puts first may stand in front.
fn is_mail(head: &[u8]) -> bool {
    let mut lines = head.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).peekable();
    let lone = memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some();
    if lone {
        let lines: Vec<u8> = head.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect();
        return is_mail(&lines);
    }
    let mut mailbox = false;
    if lines.next_if(|line| line.starts_with(b"From ") || line.starts_with(b">From ")).is_some() {
        mailbox = true;
        while lines.next_if(|line| line.trim_ascii().is_empty()).is_some() {}
    } else if lines.next_if(|line| line.trim_ascii().iter().all(u8::is_ascii_digit) && line.len() < 20).is_some() {
        // The length of a message of Apple Mail.
    }
    let (mut transport, mut letter, mut fields, mut web, mut address) = (0, 0, 0, 0, false);
    for line in lines {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if fields == 0 {
                return false;
            }
            continue;
        }
        let name = memchr::memchr(b':', line).and_then(|colon| line.get(..colon)).map(<[u8]>::trim_ascii_end);
        let honest = |name: &&[u8]| {
            !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        let Some(name) = name.filter(honest) else {
            // A blank line ends the header; so does the end of the head, in the middle of a line, and a damaged line
            // behind enough of a header.
            let enough = fields >= 8 || transport >= 1 && transport + letter >= 2;
            if !line.trim_ascii().is_empty() && !enough {
                return false;
            }
            break;
        };
        fields += 1;
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        transport += u32::from(MAIL_FIELDS.contains(&name.as_str()));
        letter += u32::from(LETTER_FIELDS.contains(&name.as_str()));
        web += u32::from(WEB_FIELDS.contains(&name.as_str()));
        address |= matches!(name.as_str(), "from" | "to" | "sender") && line.contains(&b'@');
    }
    let multipart = head.get(..23).is_some_and(|b| b.eq_ignore_ascii_case(b"content-type: multipart"));
    // Dates and types are fields of the web too.
    let addressed = address || transport >= 3 || letter >= 2;
    (mailbox && transport + letter >= 1)
        || (transport >= 1 && transport + letter >= 2 && (web == 0 || addressed))
        || (letter >= 3 && address)
        || (multipart && fields >= 1)
}

#[cfg(test)]
mod tests {
    use crate::blob::Kind;

    #[test]
    fn text_is_told_apart_by_its_start() {
        for (bytes, kind) in [
            ("", Kind::Empty),
            ("hello", Kind::Text),
            ("  <!DOCTYPE html><p>x", Kind::Html),
            ("<HTML>\n<body>", Kind::Html),
            ("<?xml version='1.0'?>\n<!-- c --><html xmlns='x'>", Kind::Html),
            ("<table><tr><td>1</td></tr></table>", Kind::Html),
            ("some page\n<html><body>hi", Kind::Html),
            ("<?xml version=\"1.0\"?><a/>", Kind::Xml),
            ("<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>", Kind::Xml),
            ("<ann@example.com> wrote: hello", Kind::Text),
            ("<3 you", Kind::Text),
            ("{\"a\": [1, -2.5e3, true, null, \"x\\\"y\"]}", Kind::Json),
            ("{\"a\":1}\n{\"a\":2}\n", Kind::Json),
            ("[{\"a\":\"b\"}]", Kind::Json),
            ("[section]\nkey=1\n", Kind::Text),
            ("[2024-01-01 10:00] started", Kind::Text),
            ("[1] See page 3.", Kind::Text),
            ("{{ template }} hi", Kind::Text),
            ("{\\rtf1\\ansi hi}", Kind::Rtf),
            ("-----BEGIN PGP MESSAGE-----\n\nhQEMA", Kind::Pgp),
            ("-----BEGIN PGP SIGNED MESSAGE-----\n\nhi", Kind::Text),
            ("From: a@example.com\nTo: b@example.com\nSubject: hi\nMIME-Version: 1.0\n\nbody", Kind::Mail),
            ("From a@example.com Tue Jan 01 00:00:00 2030\nSubject: x\n\nbody", Kind::Mbox),
            ("\n\r\nX-Mozilla-Status: 0001\nSubject: x\n\nbody", Kind::Mail),
            ("1234      \nReceived: by x; now\nSubject: x\n\nbody", Kind::Mail),
            ("From: a@example.com\rMIME-Version: 1.0\r\rbody", Kind::Mail),
            ("\u{feff}To: a@example.com\nFrom: b@example.com\nSubject: hi\n\nbody", Kind::Mail),
            ("Message-ID: <1@x>\nSubject: hi\na broken line\n\nbody", Kind::Mail),
            ("Content-Type: text/html\nDate: today\nServer: x\n\n<p>", Kind::Text),
            ("HTTP/1.1 200 OK\nContent-Type: text/html\nDate: x\n\nbody", Kind::Text),
            ("From: Ann\nTo: Bob\nSubject: notes\n\nbody", Kind::Text),
            ("Name: Ann\nCity: Rome\n", Kind::Text),
        ] {
            assert_eq!(Kind::of(bytes.as_bytes()), kind, "{bytes}");
        }
    }

    #[test]
    fn text_in_other_encodings_is_text() {
        let sjis = b"\x83J\x81[\x83h\x94\xD4\x8D\x86: 4111 \x8F\x5A\x8F\x8A".repeat(20);
        assert_eq!(Kind::of(&sjis), Kind::Text);
        let wide: Vec<u8> = "<html>\u{30ab}</html>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(Kind::of(&wide), Kind::Html);
        assert_eq!(Kind::of(b"\x1b[31mred\x1b[0m \x07 4111 1111 1111 1111"), Kind::Text);
        assert_eq!(Kind::of(b"line one\x00line two, and a lot more of text behind the stray byte"), Kind::Text);
    }
}
