//! From bytes to characters: XML 1.0, appendix F.

use std::borrow::Cow;

/// The characters of a part, and whether all of its bytes meant some. UTF-8 is the rule; a byte order mark, NULs
/// or a declaration tell others.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let encoding = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return utf8(rest),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => encoding_rs::UTF_16LE,
        [0xFE, 0xFF, ..] | [0, b'<', ..] => encoding_rs::UTF_16BE,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => return (Cow::Borrowed(text), true),
            Err(_) => declared(bytes).unwrap_or(encoding_rs::UTF_8),
        },
    };
    let (text, _, bad) = encoding.decode(bytes);
    (text, !bad)
}

fn utf8(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let text = String::from_utf8_lossy(bytes);
    let whole = matches!(text, Cow::Borrowed(_));
    (text, whole)
}

#[allow(clippy::arithmetic_side_effects, reason = "a position among 200 bytes")]
fn declared(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = bytes.get(..bytes.len().min(200))?;
    let at = memchr::memmem::find(head, b"encoding=")? + 10;
    let label = head.get(at..)?.split(|b| *b == b'"' || *b == b'\'').next()?;
    encoding_rs::Encoding::for_label(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let utf16: Vec<u8> = "<a>ü</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16), (Cow::Borrowed("<a>ü</a>"), true));
        assert_eq!(decode(b"\xEF\xBB\xBF<a/>"), (Cow::Borrowed("<a/>"), true));
        let latin = b"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\xFC";
        assert!(decode(latin).0.ends_with('ü') && decode(latin).1);
        assert!(!decode(b"<a>\xFF</a>").1);
    }
}
