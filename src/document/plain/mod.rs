//! Text that is characters all through: plain text and delimited fields, HTML, XML, JSON.

mod decode;
mod delimited;
mod flow;
mod html;
mod json;
mod legacy;
mod scan;
mod xml;

use std::borrow::Cow;

pub use decode::{Decoded, decode};

use super::Document;
use crate::blob::{Budget, Kind};
use crate::document::text::Text;

/// Reads text of `kind` in any encoding; what is no markup is plain text.
pub fn read<'a>(kind: Kind, bytes: &'a [u8], budget: &mut Budget) -> Document<'a> {
    let decoded = decode(bytes);
    match kind {
        Kind::Html => html::read(&decoded.text, budget),
        Kind::Xml => xml::read(&decoded.text, budget),
        Kind::Json => json::read(decoded),
        _ => {
            let mut text = text(decoded);
            delimited::mark(&mut text);
            Document { text, ..Document::default() }
        }
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
}
