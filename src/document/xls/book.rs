//! The walk through a stream: substreams from their start to their end, records handed to whoever reads them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::encryption;
use super::objects::Objects;
use super::records::{Biff, Chain, Record, Records};
use super::sheet::Sheet;
use crate::blob::{Budget, Gap, Reason};
use crate::document::spreadsheet::{Dialect, Strings, Styles, constants, plain};
use crate::document::{Area, Document, Options, Text, Unit, carve, code_page, ole};

/// Texts of cells that were told, by their hashes: a file for two versions says everything twice, and so do caches of
/// charts and pivot tables.
#[derive(Default)]
pub(super) struct Told {
    seen: HashSet<u64>,
    /// Whether only what is new is told.
    pub again: bool,
}

impl Told {
    /// Remembers a text; `false` if it was told before.
    pub fn insert(&mut self, text: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        self.seen.insert(hasher.finish())
    }

    /// Remembers a number, however it is shown; `false` if there was one like it.
    pub fn insert_number(&mut self, number: f64) -> bool {
        self.seen.insert(number.to_bits())
    }
}

/// Where a sheet starts, as the workbook says, and what it says of it.
pub(super) struct Entry {
    pub name: String,
    pub hidden: bool,
}

/// A value that a chart keeps.
pub(super) enum Cached {
    Text(String),
    Number(f64),
}

/// What kind of substream is being read (2.4.21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Substream {
    Globals,
    Sheet,
    Chart,
}

/// What is at hand while one stream is read.
pub(super) struct Book<'b, 'd> {
    pub biff: Biff,
    pub page: u16,
    pub entries: BTreeMap<usize, Entry>,
    pub strings: Strings,
    /// Whether a cell pointed at a shared string that is not there.
    pub missing: bool,
    pub codes: HashMap<u32, String>,
    /// Format of each cell style.
    pub style_ids: Vec<u32>,
    pub styles: Styles,
    pub epoch_1904: bool,
    /// Bytes that number formats added to values.
    pub frills: usize,
    pub pictures: usize,
    /// Sheets that were seen.
    sheets: usize,
    /// The sheet being read.
    pub sheet: Sheet,
    pub objects: Objects,
    /// Whether the substream of the workbook as a whole was seen.
    pub has_globals: bool,
    /// Whether a substream ended early.
    pub damaged: bool,
    /// Substreams that are open, the innermost last.
    pub open: Vec<Substream>,
    /// Name of the next sheet, in workspaces of version 4.
    pub next_name: Option<String>,
    /// Values that charts keep, told at the end if no cell shows them.
    pub cached: Vec<Cached>,
    /// What is told behind the cells.
    pub after: Vec<(Area, String)>,
    pub text: &'b mut Text<'d>,
    pub budget: &'b mut Budget,
    pub told: &'b mut Told,
}

/// Substreams inside substreams that are told apart; honest files have charts in sheets, two.
const OPEN_MAX: usize = 16;

/// Sheets that are known by their names; every name is looked for among all others.
const NAMES_MAX: usize = 1 << 12;

/// Reads a stream.
pub(super) fn read(
    stream: &[u8],
    place: &str,
    options: &Options,
    budget: &mut Budget,
    out: &mut Document<'_>,
    told: &mut Told,
) {
    let mut gaps = Vec::new();
    let decrypted = match file_pass(stream) {
        Some(header) => match encryption::open(stream, header, options) {
            Some(opened) => {
                out.properties.encrypted = true;
                out.properties.password |= !opened.is_default;
                Some(opened.stream)
            }
            None => {
                return out.gaps.push(Gap::new(Reason::PasswordProtected, place, "the workbook is encrypted"));
            }
        },
        None => None,
    };
    let mut book = Book {
        biff: Biff::Eight,
        page: 1252,
        entries: BTreeMap::new(),
        strings: Strings::default(),
        missing: false,
        codes: HashMap::new(),
        style_ids: Vec::new(),
        styles: Styles::default(),
        epoch_1904: false,
        frills: 0,
        pictures: 0,
        sheets: 0,
        sheet: Sheet::default(),
        objects: Objects::default(),
        has_globals: false,
        damaged: false,
        open: Vec::new(),
        next_name: None,
        cached: Vec::new(),
        after: Vec::new(),
        text: &mut out.text,
        budget,
        told,
    };
    let stream = decrypted.as_deref().unwrap_or(stream);
    let end = book.walk(stream);
    book.finish();
    let (pictures, missing) = (book.pictures, book.missing);
    let is_short = book.entries.keys().any(|start| *start >= stream.len());
    match end {
        Ok(None) => {}
        Ok(Some(at)) => {
            let carved = carve(stream.get(at..).unwrap_or_default());
            for line in carved.as_str().lines() {
                book.text.aside(Area::Body, line);
            }
            gaps.push(Gap::new(
                Reason::Corrupt,
                place,
                format!("no records from byte {at}, printable text was carved"),
            ));
        }
        Err(reason) => gaps.push(Gap::new(reason, place, "")),
    }
    if is_short {
        gaps.push(Gap::new(Reason::Corrupt, place, "sheets lie behind the end of the stream"));
    }
    if missing {
        gaps.push(Gap::new(Reason::Corrupt, place, "cells point at shared strings that are not there"));
    }
    out.gaps.append(&mut gaps);
    ole::pictures(pictures, out);
}

/// Tells whether a stream is encrypted, where nothing else is asked.
pub(super) fn protection(stream: &[u8], place: &str, options: &Options, out: &mut Document<'_>) {
    let Some(header) = file_pass(stream) else { return };
    match encryption::open(stream, header, options) {
        Some(opened) => {
            out.properties.encrypted = true;
            out.properties.password |= !opened.is_default;
        }
        None => out.gaps.push(Gap::new(Reason::PasswordProtected, place, "the workbook is encrypted")),
    }
}

/// The record of encryption among the first ones, if there is one.
fn file_pass(stream: &[u8]) -> Option<&[u8]> {
    let mut records = Records::new(stream);
    for _ in 0..64 {
        let record = records.next()?;
        match record.id {
            0x2F => return Some(record.body),
            0x85 => return None,
            _ => {}
        }
    }
    None
}

impl Book<'_, '_> {
    /// Walks through all substreams. Gives the place from which there are no records any more.
    #[allow(clippy::arithmetic_side_effects, reason = "a position inside the stream")]
    fn walk(&mut self, stream: &[u8]) -> Result<Option<usize>, Reason> {
        let mut records = Records::new(stream);
        let mut count = 0_u32;
        while let Some(record) = records.peek() {
            let is_start = matches!(record.id, 0x09 | 0x0209 | 0x0409 | 0x0809) && record.body.len() >= 4;
            if self.open.is_empty() && !is_start || records.is_cut() {
                // Between substreams there is only padding. A record that runs over the end of the stream means that
                // something before went wrong: the next sheet is known by its place.
                let next = self.entries.range(records.at + 1..).next().map(|(start, _)| *start);
                match next.filter(|start| *start < stream.len()) {
                    Some(start) => {
                        self.damaged |= !self.open.is_empty();
                        self.close_all();
                        records.at = start;
                        continue;
                    }
                    None if self.open.is_empty() && records.at > 0 => break,
                    None => {
                        let at = records.at;
                        self.close_all();
                        return Ok(Some(at));
                    }
                }
            }
            count = count.wrapping_add(1);
            if count.is_multiple_of(256) {
                self.budget.time()?;
            }
            let _ = records.next();
            if is_start { self.start(record) } else { self.record(record, &mut records)? }
        }
        let cut = !self.open.is_empty() || self.damaged;
        self.close_all();
        Ok(cut.then_some(stream.len()))
    }

    /// A substream begins.
    #[allow(clippy::arithmetic_side_effects, reason = "sheets are counted")]
    fn start(&mut self, record: Record<'_>) {
        let word =
            |at: usize| record.body.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u16::from_le_bytes(*b));
        self.biff = match record.id {
            0x09 => Biff::Two,
            0x0209 => Biff::Three,
            0x0409 => Biff::Four,
            // What the workbook says holds for its sheets too, whatever they say.
            _ if self.has_globals => self.biff,
            _ if word(0) == 0x0600 => Biff::Eight,
            _ => Biff::Five,
        };
        self.has_globals |= record.id == 0x0809 && word(2) == 0x05;
        let kind = match word(2) {
            0x05 | 0x06 | 0x0100 => Substream::Globals,
            0x20 => Substream::Chart,
            _ => Substream::Sheet,
        };
        if self.open.len() < OPEN_MAX {
            self.open.push(kind);
        }
        let inside = self.open.len() > 1 && self.open.first() != Some(&Substream::Globals);
        if kind == Substream::Globals || inside {
            return;
        }
        let entry = self.entries.remove(&record.at);
        let entry = entry.or_else(|| self.next_name.take().map(|name| Entry { name, hidden: false }));
        // A file of version 2 to 4 is one sheet without a name.
        let name = entry.as_ref().map(|entry| entry.name.clone());
        self.sheets += 1;
        let name = name.filter(|_| self.sheets <= NAMES_MAX);
        self.text.set_area(Area::Body);
        match &name {
            Some(name) => {
                let name = self.text.name(name);
                self.text.set_unit(Unit::Sheet(name));
            }
            None => {
                let name = self.text.name("Sheet");
                self.text.set_unit(Unit::Sheet(name));
            }
        }
        if let Some(name) = name
            && (self.told.insert(&name) || !self.told.again)
        {
            self.text.aside(Area::Metadata, &name);
        }
        self.start_sheet(entry.is_some_and(|entry| entry.hidden));
    }

    /// A substream ends.
    pub fn end(&mut self) {
        let kind = self.open.pop();
        let outermost = self.open.is_empty() || self.open.first() == Some(&Substream::Globals) && self.open.len() == 1;
        if outermost {
            if kind != Some(Substream::Globals) {
                self.end_sheet();
            }
            self.flush();
            self.text.set_unit(Unit::None);
        }
    }

    fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.end();
        }
    }

    /// What is told once everything was read.
    fn finish(&mut self) {
        self.text.set_unit(Unit::None);
        self.text.set_area(Area::Body);
        for value in std::mem::take(&mut self.cached) {
            match value {
                Cached::Text(text) if self.told.insert(&text) => self.text.aside(Area::Body, &text),
                Cached::Number(number) if self.told.insert_number(number) => {
                    self.text.aside(Area::Body, &plain(&number.to_string()));
                }
                _ => {}
            }
        }
        let strings = std::mem::take(&mut self.strings);
        for string in strings.unused() {
            if self.told.insert(string) || !self.told.again {
                self.text.aside(Area::Metadata, string);
            }
        }
    }

    /// Tells what stands around the cells.
    pub fn flush(&mut self) {
        for (area, words) in std::mem::take(&mut self.after) {
            if self.told.insert(&words) || !self.told.again {
                self.text.aside(area, &words);
            }
        }
    }

    /// Keeps words to be told behind the cells.
    pub fn later(&mut self, area: Area, words: &str) {
        let mut shown = String::new();
        super::records::clean(words, &mut shown);
        if !shown.trim().is_empty() {
            self.after.push((area, shown));
        }
    }

    /// Keeps the constants of a formula.
    pub fn formula(&mut self, tokens: &[u8]) {
        let (page, after) = (self.page, &mut self.after);
        let dialect = match self.biff {
            Biff::Two => Dialect::Biff2,
            Biff::Three | Biff::Four => Dialect::Biff3,
            Biff::Five => Dialect::Biff5,
            Biff::Eight => Dialect::Biff8,
        };
        constants(tokens, dialect, &|bytes| code_page::decode(bytes, page), &mut |constant| {
            let mut shown = String::new();
            // Lists of choices have zeros between them.
            super::records::clean(&constant.replace('\0', ", "), &mut shown);
            after.push((Area::Metadata, shown));
        });
    }

    /// The bytes of a record as a chain of one.
    pub fn chain<'a>(&self, record: Record<'a>) -> Chain<'a> {
        Chain::new(record.body, Vec::new(), self.biff, self.page)
    }

    /// Hands a record to its reader.
    fn record(&mut self, record: Record<'_>, records: &mut Records<'_>) -> Result<(), Reason> {
        match self.open.last() {
            _ if record.id == 0x0A => self.end(),
            Some(Substream::Chart) => self.chart_record(record, records),
            Some(Substream::Sheet) => self.sheet_record(record, records)?,
            _ => self.globals_record(record, records),
        }
        Ok(())
    }
}
