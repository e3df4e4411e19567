//! Rich Text Format (Microsoft RTF specification 1.9.1), and HTML wrapped in it (MS-OXRTFEX).
//!
//! One pass over the tokens with a stack of group states. Pages are not in the format: text has no page.
//!
//! Destinations that nobody knows are read as hidden text: no program shows them, and so they are a place to hide
//! things in.

mod charset;
mod destination;
mod field;
mod flow;
mod lex;
mod object;
mod reader;

pub(super) use charset::Charset;

use super::{Area, Document, Embedded, Options, plain};
use crate::blob::{Aspect, Budget, Coverage, Family, Gap, Kind, Reason};

/// What is read of it.
pub const COVERAGE: Coverage = {
    use Aspect::*;
    Coverage {
        read: &[Body, Headers, Notes, Comments, Hidden, Changes, Drawings, Forms, Metadata, Embedded, Labels],
        gap: &[Pictures],
        source: "RTF 1.9.1; MS-OLEDS 2.2 (objects); MS-OXRTFEX (HTML in RTF)",
    }
};

/// Documents in one file, one behind the other, that are read: somebody joined them.
const DOCUMENTS_MAX: u32 = 1 << 10;

/// Reads a document into `out`; what cannot be read becomes gaps.
#[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let Some(mut start) = memchr::memmem::find(bytes, b"{\\rt") else {
        return out.gaps.push(Gap::new(Reason::Corrupt, "", "no start of RTF"));
    };
    beside(bytes.get(..start).unwrap_or_default(), options, out);
    for _ in 0..DOCUMENTS_MAX {
        let mut reader = reader::Reader::new(bytes, start, options.text, budget);
        let end = reader.read(out, false);
        let rest = bytes.get(end..).unwrap_or_default();
        let blank = rest.iter().take_while(|b| b.is_ascii_whitespace() || **b == 0).count();
        start = end + blank;
        let rest = rest.get(blank..).unwrap_or_default();
        if rest.is_empty() {
            return;
        }
        if !rest.starts_with(b"{\\rt") {
            // A brace too many ends a document for programs; what is behind it is still written as RTF.
            let written = Kind::of(rest).family() == Family::Text && memchr::memmem::find(rest, b"\\par").is_some();
            if written {
                reader::Reader::new(bytes, start, options.text, budget).read(out, true);
            } else {
                beside(rest.trim_ascii(), options, out);
            }
            return;
        }
    }
}

/// Bytes in front of a document or behind it, which no program shows.
fn beside(bytes: &[u8], options: &Options, out: &mut Document<'_>) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let is_blank = bytes.iter().all(|b| b.is_ascii_whitespace() || matches!(b, 0 | 0x1A | b'}'));
    if !options.text || is_blank {
        return;
    }
    if Kind::of(bytes).family() == Family::Text {
        out.text.aside(Area::Hidden, &plain::decode(bytes).text.replace('\r', "\n"));
    } else {
        out.embedded.push(Embedded { name: "(outside of the document)".to_owned(), bytes: bytes.to_vec() });
    }
}

#[cfg(test)]
mod tests;
