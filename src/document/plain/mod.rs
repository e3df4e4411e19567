//! Text that is characters all through: plain text and delimited fields, HTML, XML, JSON.

mod contentline;
mod data_uri;
mod decode;
mod delimited;
mod entities;
mod flow;
mod html;
mod json;
mod legacy;
mod names;
mod registry;
mod svg;
mod window;
mod xml;

use std::borrow::Cow;

pub use decode::{Decoded, decode, decode_as};
pub use delimited::mark_columns;
pub use window::{Ending, Read, Window, Windows};

use super::Document;
use crate::blob::{Aspect, Budget, Coverage, Gap, Kind, Reason};
use crate::document::text::Text;

/// What is read of text of `kind`.
pub fn coverage(kind: Kind) -> Coverage {
    use Aspect::*;
    let (read, source): (&[Aspect], _) = match kind {
        Kind::Html => {
            (&[Body, Comments, Hidden, Forms, Metadata, Embedded, Macros], "WHATWG HTML, clause 13 (syntax); RFC 2397")
        }
        Kind::Xml => (&[Body, Comments, Metadata], "W3C XML 1.0"),
        Kind::Svg => (&[Body, Comments, Hidden, Metadata, Macros, Embedded], "W3C SVG 2"),
        Kind::Json => (&[Body], "RFC 8259"),
        _ => (&[Body, Embedded], "WHATWG Encoding; RFC 4180 for delimited text; RFC 5545 and 6350 for content lines"),
    };
    Coverage { read, gap: &[], source }
}

/// Reads text of `kind` in any encoding; what is no markup is plain text.
pub fn read<'a>(kind: Kind, bytes: &'a [u8], budget: &mut Budget) -> Document<'a> {
    let decoded = decode(bytes);
    let cut = ends_inside_a_character(bytes, &decoded);
    let mut out = match kind {
        Kind::Html => html::read(&decoded.text, budget),
        Kind::Xml => xml::read(&decoded.text, budget),
        Kind::Svg => svg::read(&decoded.text, budget),
        Kind::Json => json::read(decoded),
        _ if contentline::is_one(&decoded.text) => contentline::read(&decoded.text),
        _ if registry::is_one(&decoded.text) => registry::read(&decoded.text),
        _ => {
            let mut text = text(decoded);
            let cut = delimited::mark(&mut text);
            let gaps = cut.then(|| Gap::new(Reason::Corrupt, "", "ends inside of a row")).into_iter().collect();
            Document { text, gaps, ..Document::default() }
        }
    };
    if cut && out.gaps.is_empty() {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "ends inside of a character"));
    }
    out
}

/// Whether the last character of a text is not whole: nothing else shows that plain text was cut off.
fn ends_inside_a_character(bytes: &[u8], decoded: &Decoded<'_>) -> bool {
    match decoded.encoding {
        "UTF-8" if decoded.bad > 0 => {
            let last = bytes.get(bytes.len().saturating_sub(3)..).unwrap_or_default();
            let lead = last.iter().rposition(|b| *b >= 0xC0).and_then(|at| last.get(at..)).unwrap_or_default();
            std::str::from_utf8(lead).is_err_and(|error| error.error_len().is_none())
        }
        "UTF-16LE" | "UTF-16BE" => !bytes.len().is_multiple_of(2),
        _ => false,
    }
}

/// Decoded text with its offsets: of the file where it stands there byte by byte.
fn text(decoded: Decoded<'_>) -> Text<'_> {
    match decoded.text {
        Cow::Borrowed(text) if is_cr_only(text) => Text::rewritten(text.replace('\r', "\n"), decoded.shift),
        Cow::Borrowed(text) => Text::borrowed(text, decoded.shift),
        Cow::Owned(text) if is_cr_only(&text) => Text::owned(text.replace('\r', "\n")),
        Cow::Owned(text) => Text::owned(text),
    }
}

/// Whether lines end in carriage returns alone, as on the classic Mac OS. Told by the start of the text.
fn is_cr_only(text: &str) -> bool {
    let head = text.as_bytes().get(..64 << 10).unwrap_or(text.as_bytes());
    memchr::memchr(b'\r', head).is_some() && memchr::memchr(b'\n', text.as_bytes()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;
    use crate::document::Offsets;

    fn read_text(bytes: &[u8]) -> Document<'_> {
        read(Kind::Text, bytes, &mut Budget::new(&Limits::default()))
    }

    #[test]
    fn plain_text_keeps_file_offsets() {
        let marked = read_text(b"\xEF\xBB\xBFa,b\n1,2\n3,4\n");
        assert_eq!(marked.text.offsets(), Offsets::File { shift: 3 });
        assert_eq!(marked.text.cell(6).map(|c| (c.column, c.range)), Some((1, 6..7)));
        let mac = read_text(b"a,b\r1,2\r3,4\r");
        assert_eq!((mac.text.as_str(), mac.text.offsets()), ("a,b\n1,2\n3,4\n", Offsets::File { shift: 0 }));
        assert!(mac.text.cell(4).is_some());
    }

    #[test]
    fn mutations_of_markup_neither_panic_nor_grow() {
        let good: [(Kind, &[u8]); 4] = [
            (Kind::Html, b"<html><!-- a <b>c</b> --><table><tr><td colspan=2 title='x'>4111</td></tr></table><script>s</script><p hidden>&#52;</html>"),
            (Kind::Xml, b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a x='1'><b>t<i>u</i></b><![CDATA[v]]><table><row><cell>1</cell></row></table></a>"),
            (Kind::Json, b"{\"a\":[\"\\u0034111\\n\",1,null],\"b\":\"\\ud83d\\ude00\"}"),
            (Kind::Text, b"a;b;c\n1;\"2\n3\";4\n5;6;7\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n"),
        ];
        let mut state = 1u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize
        };
        for round in 0..4000 {
            let Some((kind, bytes)) = good.get(round % good.len()) else { continue };
            let mut bytes = bytes.to_vec();
            for _ in 0..1 + round % 6 {
                let at = next() % bytes.len();
                match next() % 3 {
                    0 => bytes[at] = b"<>&\"'/[]!-?\\;= \xC3\0"[next() % 17],
                    1 => drop(bytes.drain(at..(at + next() % 9).min(bytes.len() - 1))),
                    _ => drop(bytes.splice(at..at, bytes.clone())),
                }
                bytes.truncate(2000);
            }
            let document = read(*kind, &bytes, &mut Budget::new(&Limits::default()));
            assert!(document.text.len() < bytes.len() * 4 + 100);
            for at in (0..document.text.len()).step_by(7) {
                let _ = (document.text.cell(at), document.text.location(at));
            }
        }
    }
}
