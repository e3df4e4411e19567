//! Windows of a text that is too large to be held: each is read like a text of its own, with what the places in it
//! cannot be told without: the header line of the table that it is the middle of, the statement that names its columns.
//!
//! Encodings of one byte a line end (UTF-8, code pages, East Asian ones) are read in windows. UTF-16 and UTF-32, texts
//! whose lines end in carriage returns alone, calendars, cards, registry exports and markup are read whole.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one window, and counts of its bytes")]

use std::borrow::Cow;
use std::ops::Range;

use super::{Decoded, contentline, decode, delimited, is_cr_only, json, registry};
use crate::blob::{Gap, Kind, Reason, Unicode};
use crate::document::text::{Delimited, Text, fields};
use crate::document::{Document, Offsets};

/// How the windows of one text are read.
#[derive(Debug)]
pub struct Windows {
    kind: Kind,
    /// The table that reaches from the first window to the end of the text.
    table: Option<Table>,
}

#[derive(Debug)]
struct Table {
    delimiter: u8,
    /// The header line with its line end; empty: it has none.
    header: String,
    drawn: bool,
}

/// Bytes that a window is read from.
#[derive(Clone, Debug)]
pub struct Window<'a> {
    /// The bytes, with those in front of and behind its own part that tell what its places mean.
    pub bytes: &'a [u8],
    /// Its own part of the bytes.
    pub core: Range<usize>,
    /// The beginning of the statement that its first rows belong to; empty: they belong to none.
    pub statement: &'a str,
    /// Whether it is the beginning of the text.
    pub is_first: bool,
    /// Whether it is the end of the text.
    pub is_last: bool,
}

/// What was read of a window.
#[derive(Debug, Default)]
pub struct Read<'a> {
    /// Its text. What stands in front of the core's text may not have stood there in the file.
    pub document: Document<'a>,
    /// The part of the text that is of the window's own bytes.
    pub core: Range<usize>,
}

impl Windows {
    /// How to read the windows of a text of `kind` that begins with `head`; `None`: it is read whole.
    pub fn new(kind: Kind, head: &[u8]) -> Option<Self> {
        let form = Unicode::of(head).map(|(form, _)| form);
        if !matches!(kind, Kind::Text | Kind::Json) || !matches!(form, None | Some(Unicode::Utf8)) {
            return None;
        }
        let mut table = None;
        if kind == Kind::Json && memchr::memchr(b'\n', head).is_none() {
            return None;
        }
        if kind == Kind::Text {
            let decoded = decode(head);
            let start: &str = &decoded.text;
            if contentline::is_one(start) || registry::is_one(start) || is_cr_only(start) {
                return None;
            }
            let mut text = super::text(decoded);
            delimited::mark(&mut text);
            let last = text.delimited().last().filter(|table| table.range.end == text.len());
            table = last.map(|last| Table::of(text.as_str(), last));
        }
        Some(Self { kind, table })
    }

    /// What shows at the end of the text that it was cut off there, if its windows do not: fed their own bytes in turn.
    pub fn ending(&self) -> Ending {
        Ending((self.kind == Kind::Json).then(json::Nesting::default))
    }

    /// Reads a window.
    pub fn read<'a>(&self, window: &Window<'a>) -> Read<'a> {
        let decoded = match std::str::from_utf8(window.bytes) {
            Ok(text) if !window.is_first && !super::decode::has_iso_2022_jp(window.bytes) => {
                Decoded { text: Cow::Borrowed(text), shift: 0, encoding: "UTF-8", bad: 0 }
            }
            _ => decode(window.bytes),
        };
        let cut = window.is_last && super::ends_inside_a_character(window.bytes, &decoded);
        let core = core(window, &decoded);
        let mut out = match self.kind {
            Kind::Json => json_window(decoded, core),
            _ => self.lines(window, decoded, core),
        };
        if cut && out.document.gaps.is_empty() {
            out.document.gaps.push(Gap::new(Reason::Corrupt, "", "ends inside of a character"));
        }
        out
    }

    fn lines<'a>(&self, window: &Window<'a>, decoded: Decoded<'a>, core: Range<usize>) -> Read<'a> {
        let header = self.table.as_ref().filter(|_| !window.is_first).map_or("", |table| &table.header);
        let front = if window.is_first { String::new() } else { format!("{}{header}", window.statement) };
        let mut text = match super::text(decoded) {
            text if front.is_empty() => text,
            text => {
                let joined = format!("{front}{}", text.as_str());
                match text.offsets() {
                    Offsets::File { shift } => Text::rewritten(joined, shift),
                    Offsets::Text => Text::owned(joined),
                }
            }
        };
        let cut = if window.is_first {
            delimited::mark(&mut text)
        } else if let Some(table) = &self.table {
            let range = front.len() - header.len()..text.len();
            let first = range.start;
            let names = fields(header, table.delimiter).map(|field| first + field.start..first + field.end);
            let header = names.collect::<Vec<_>>();
            let delimited = Delimited { range, delimiter: table.delimiter, header, drawn: table.drawn };
            let cut = delimited::ends_inside_a_row(text.as_str(), &delimited);
            text.set_delimited(delimited);
            cut
        } else {
            false
        };
        let gap = (cut && window.is_last).then(|| Gap::new(Reason::Corrupt, "", "ends inside of a row"));
        let document = Document { text, gaps: gap.into_iter().collect(), ..Document::default() };
        Read { document, core: core.start + front.len()..core.end + front.len() }
    }
}

/// See [`Windows::ending`].
#[derive(Debug)]
pub struct Ending(Option<json::Nesting>);

impl Ending {
    /// Goes on over `bytes`.
    pub fn feed(&mut self, bytes: &[u8]) {
        if let Some(nesting) = &mut self.0 {
            nesting.feed(bytes);
        }
    }

    /// The gap of a text that ends here.
    pub fn gap(&self) -> Option<Gap> {
        self.0.as_ref().filter(|nesting| nesting.is_open()).map(|_| json::cut())
    }
}

impl Table {
    fn of(text: &str, table: &Delimited) -> Self {
        let rows = text.get(table.range.clone()).unwrap_or_default();
        let header = rows.split_inclusive('\n').next().filter(|_| !table.header.is_empty()).unwrap_or_default();
        Self { delimiter: table.delimiter, header: header.to_owned(), drawn: table.drawn }
    }
}

/// The text of the window's own bytes.
fn core(window: &Window<'_>, decoded: &Decoded<'_>) -> Range<usize> {
    if let (Cow::Borrowed(text), shift) = (&decoded.text, decoded.shift) {
        let at = |offset: usize| floor(text, offset.saturating_sub(shift).min(text.len()));
        return at(window.core.start)..at(window.core.end);
    }
    // Lines are decoded each by itself, so that the parts are as long as they are in the whole.
    let part = |range: Range<usize>| {
        let bytes = window.bytes.get(range).unwrap_or_default();
        super::decode_as(bytes, decoded.encoding).len()
    };
    let text = &decoded.text;
    let start = floor(text, part(0..window.core.start).min(text.len()));
    let end = text.len().saturating_sub(part(window.core.end..window.bytes.len()));
    start..floor(text, end.max(start))
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// JSON is cut between lines: strings have none in them.
fn json_window(decoded: Decoded<'_>, core: Range<usize>) -> Read<'_> {
    if matches!(decoded.text, Cow::Borrowed(text) if !json::has_escapes(text)) {
        let document = Document { text: super::text(decoded), ..Document::default() };
        return Read { document, core };
    }
    // Resolved part by part, for escapes are longer than what they stand for.
    let part = |range: Range<usize>| json::resolve(decoded.text.get(range).unwrap_or_default());
    let (front, own, rest) = (part(0..core.start), part(core.clone()), part(core.end..decoded.text.len()));
    let core = front.len()..front.len() + own.len();
    let document = Document { text: Text::owned(front + &own + &rest), ..Document::default() };
    Read { document, core }
}
