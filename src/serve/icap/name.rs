//! File names from `Content-Disposition` (RFC 6266, RFC 8187) and from URLs, as browsers make them.
//!
//! Where browsers differ, Chrome's reading is taken: it is the one most users will find on their disk.

use crate::serve::icap::base64;
use crate::serve::icap::fields::text;
use crate::serve::icap::params::Params;

/// Characters of a name. 255: what file systems hold. Of a longer one the end is kept, for the extension.
const NAME_CHARS_MAX: usize = 255;

/// Parts of a name that is told in pieces (RFC 2231 section 3). 32: our choice.
const PIECES_MAX: usize = 32;

/// The name in a `Content-Disposition`: `filename*` if it can be read, or else its pieces, or else `filename`.
#[must_use]
pub fn disposition_name(value: &[u8]) -> Option<String> {
    let params = Params::read(value);
    let extended = params.get("filename*").and_then(extended).and_then(|name| clean(&name));
    extended
        .or_else(|| pieces(&params).and_then(|name| clean(&name)))
        .or_else(|| params.get("filename").and_then(|name| clean(&plain(name))))
}

/// The name in the last part of the path of a URL or path; nothing if that is empty.
#[must_use]
pub fn url_name(url: &str) -> Option<String> {
    let path = crate::serve::icap::url::path(url).split(['?', '#']).next().unwrap_or_default().strip_prefix('/')?;
    let last = path.rsplit('/').next().unwrap_or_default();
    clean(&text(&unescape(last.as_bytes(), b'%').0))
}

/// `charset'language'percent-encoded` (RFC 8187 section 3.2). Nothing if a part of it is not right.
fn extended(value: &[u8]) -> Option<String> {
    let mut parts = value.splitn(3, |b| *b == b'\'');
    let (charset, _, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let (bytes, is_right) = unescape(encoded, b'%');
    if is_right { in_charset(charset, bytes) } else { None }
}

fn in_charset(charset: &[u8], bytes: Vec<u8>) -> Option<String> {
    match charset.to_ascii_lowercase().as_slice() {
        b"utf-8" | b"utf8" => String::from_utf8(bytes).ok(),
        b"iso-8859-1" | b"latin1" | b"windows-1252" | b"us-ascii" => {
            Some(bytes.iter().map(|b| char::from(*b)).collect())
        }
        _ => None,
    }
}

/// `filename*0*=UTF-8''a; filename*1=b` (RFC 2231 sections 3 and 4.1).
fn pieces(params: &Params) -> Option<String> {
    let mut bytes = Vec::new();
    let mut charset = None;
    for index in 0..PIECES_MAX {
        if let Some(piece) = params.get(&format!("filename*{index}*")) {
            let mut piece = piece;
            if index == 0 {
                let mut parts = piece.splitn(3, |b| *b == b'\'');
                charset = parts.next();
                piece = parts.nth(1)?;
            }
            bytes.extend(unescape(piece, b'%').0);
        } else if let Some(piece) = params.get(&format!("filename*{index}")) {
            bytes.extend_from_slice(piece);
        } else {
            break;
        }
    }
    if bytes.is_empty() {
        return None;
    }
    charset.map_or_else(|| Some(text(&bytes)), |charset| in_charset(charset, bytes.clone()))
}

/// `filename`, in which no encoding was ever agreed: encoded words (RFC 2047), percents, UTF-8, Latin-1.
fn plain(value: &[u8]) -> String {
    if let Some(name) = encoded_words(value) {
        return name;
    }
    match unescape(value, b'%') {
        (bytes, true) => String::from_utf8(bytes).unwrap_or_else(|_| text(value)),
        _ => text(value),
    }
}

/// `=?charset?B or Q?text?=`, one or more with blanks between.
fn encoded_words(value: &[u8]) -> Option<String> {
    let mut name = String::new();
    for word in value.split(|b| *b == b' ').filter(|word| !word.is_empty()) {
        let mut parts = word.strip_prefix(b"=?")?.strip_suffix(b"?=")?.split(|b| *b == b'?');
        let (charset, encoding, encoded) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = match encoding {
            b"B" | b"b" => base64::decode(encoded)?,
            b"Q" | b"q" => {
                let blanks: Vec<u8> = encoded.iter().map(|b| if *b == b'_' { b' ' } else { *b }).collect();
                unescape(&blanks, b'=').0
            }
            _ => return None,
        };
        name.push_str(&in_charset(charset, bytes)?);
    }
    (!name.is_empty()).then_some(name)
}

/// Puts bytes in for two hexadecimal digits behind `mark`. Whether all marks had them; one that has not stays.
fn unescape(bytes: &[u8], mark: u8) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(bytes.len());
    let mut is_right = true;
    let mut rest = bytes;
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first == mark {
            let digits = behind.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
            let byte = digits.and_then(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok());
            if let Some(byte) = byte {
                out.push(byte);
                rest = behind.get(2..).unwrap_or_default();
                continue;
            }
            is_right = false;
        }
        out.push(*first);
    }
    (out, is_right)
}

/// Takes out what must not be in a name: folders, control characters, and characters that turn the direction of
/// writing, with which `exe.txt` is made of `txt.exe`. Blanks and dots at the end go, as on Windows.
fn clean(name: &str) -> Option<String> {
    let turns =
        |c: char| matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    let name = name.trim().trim_end_matches(['.', ' ']);
    let excess = name.chars().count().saturating_sub(NAME_CHARS_MAX);
    let name: String = name.chars().skip(excess).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_content_disposition() {
        for (value, name) in [
            ("attachment; filename=foo.html", Some("foo.html")),
            ("attachment; FILENAME = \"foo bar.html\" ", Some("foo bar.html")),
            ("attachment; filename=foo bar.html; x=y", Some("foo bar.html")),
            ("inline; filename=\"a;b\\\"c.txt\"", Some("a;b\"c.txt")),
            ("filename=foo.html", Some("foo.html")),
            ("\"attachment\"; filename=foo.html", Some("foo.html")),
            ("attachment; filename=\"first.txt\"; filename=\"second.txt\"", Some("first.txt")),
            ("attachment; filename=\"never ends.txt", Some("never ends.txt")),
            ("attachment; filename*=UTF-8''%e2%82%ac%20rates.pdf; filename=\"EURO.pdf\"", Some("€ rates.pdf")),
            ("attachment; filename=\"EURO.pdf\"; filename*=utf-8'en'%e2%82%ac.pdf", Some("€.pdf")),
            ("attachment; filename*=iso-8859-1''foo-%E4.html", Some("foo-ä.html")),
            ("attachment; filename*=\"UTF-8''quoted.html\"", Some("quoted.html")),
            ("attachment; filename*=UTF-8''foo-%E4.html; filename=b.html", Some("b.html")),
            ("attachment; filename*=UTF-8''foo-%.html; filename=b.html", Some("b.html")),
            ("attachment; filename*=koi8-r''a; filename=b.html", Some("b.html")),
            ("attachment; filename*=foo.html; filename=b.html", Some("b.html")),
            ("attachment; filename*0*=UTF-8''foo-%c3%a4; filename*1=\"b.html\"", Some("foo-äb.html")),
            ("attachment; filename*0=foo; filename*1=.html", Some("foo.html")),
            ("attachment; filename=\"foo-%c3%a4.html\"", Some("foo-ä.html")),
            ("attachment; filename=\"100%.html\"", Some("100%.html")),
            ("attachment; filename=\"foo-%E4.html\"", Some("foo-%E4.html")),
            ("attachment; filename=\"foo-ä.html\"", Some("foo-ä.html")),
            ("attachment; filename=\"=?UTF-8?B?Zm9vLcOkLmh0bWw=?=\"", Some("foo-ä.html")),
            ("attachment; filename=\"=?iso-8859-1?Q?foo_=E4?= =?utf-8?q?.html?=\"", Some("foo ä.html")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\dir\\\\a.docx\"", Some("a.docx")),
            ("attachment; filename*=UTF-8''..%2Fa%00b%0d%0a.txt", Some("ab.txt")),
            ("attachment; filename*=UTF-8''a%E2%80%AEtxt.exe", Some("atxt.exe")),
            ("attachment; filename=\"a.docx. . \"", Some("a.docx")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"\"", None),
            ("attachment", None),
            ("", None),
        ] {
            assert_eq!(disposition_name(value.as_bytes()).as_deref(), name, "{value}");
        }
        assert_eq!(disposition_name(b"attachment; filename=\"foo-\xE4.html\"").as_deref(), Some("foo-ä.html"));
        let long = format!("attachment; filename={}.docx", "a".repeat(300));
        let name = disposition_name(long.as_bytes()).unwrap();
        assert!(name.len() == 255 && name.ends_with("a.docx"));
    }

    #[test]
    fn from_urls() {
        for (url, name) in [
            ("http://host/a/b.txt?c=/d#e", Some("b.txt")),
            ("/a%20b.txt", Some("a b.txt")),
            ("/go?to=http://evil/x.txt", Some("go")),
            ("http://host/caf%C3%A9.pdf", Some("café.pdf")),
            ("http://host/caf%E9.pdf", Some("café.pdf")),
            ("http://host/a%2Fb%5Cc.txt", Some("c.txt")),
            ("http://host/100%.txt", Some("100%.txt")),
            ("http://host/a%00%0A.txt", Some("a.txt")),
            ("http://host/%2e%2e", None),
            ("http://host/a/", None),
            ("http://host", None),
            ("host:443", None),
            ("*", None),
        ] {
            assert_eq!(url_name(url).as_deref(), name, "{url}");
        }
    }
}
