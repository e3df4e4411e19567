//! The text of one document and where each piece of it stands.
//!
//! One growing UTF-8 buffer; every change of place leaves a mark of 16 bytes. Readers write with [`Text::push`],
//! [`Text::line`] and the `set_*` methods; `find/` asks [`Text::cell`], [`Text::same_place`] and [`Text::location`]
//! and never sees a file format.
//!
//! Layout of the text, which readers must keep so that values are neither split nor glued together:
//! a paragraph, a line, a row ends in `\n`; cells of one row are separated by `\t`; runs of one paragraph are joined
//! without anything between them.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text and its lists, and stretches from one to a later one"
)]

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// Which part of a document a piece of text belongs to; the `part` of a location in records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Area {
    /// The main text.
    #[default]
    Body,
    /// Page or slide header.
    Header,
    /// Page or slide footer.
    Footer,
    /// Foot- or endnote.
    Footnote,
    /// Comment or annotation.
    Comment,
    /// Speaker notes.
    Notes,
    /// Hidden text, sheet, row or slide.
    Hidden,
    /// Text that a tracked change removed.
    TrackedChange,
    /// Properties, alternative text, link targets, bookmarks, form field names.
    Metadata,
    /// Text of an embedded object.
    Embedded,
    /// Source text of a macro.
    Macro,
    /// Header field of a mail.
    MailHeader,
    /// Attachment.
    Attachment,
    /// A file or member name.
    Filename,
}

impl Area {
    /// The name used in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Header => "header",
            Self::Footer => "footer",
            Self::Footnote => "footnote",
            Self::Comment => "comment",
            Self::Notes => "notes",
            Self::Hidden => "hidden",
            Self::TrackedChange => "tracked_change",
            Self::Metadata => "metadata",
            Self::Embedded => "embedded",
            Self::Macro => "macro",
            Self::MailHeader => "mail_header",
            Self::Attachment => "attachment",
            Self::Filename => "filename",
        }
    }
}

/// The page, slide or sheet a piece of text stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// The document has none, or the text stands outside of them.
    #[default]
    None,
    /// Page, from 1.
    Page(u32),
    /// Slide, from 1.
    Slide(u32),
    /// Sheet: an index given by [`Text::name`] for the sheet's name.
    Sheet(u32),
}

/// Where a piece of text stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    /// Part of the document.
    pub area: Area,
    /// Page, slide or sheet.
    pub unit: Unit,
    /// Table inside the unit, from 1; 0 = not in a table. A worksheet is one table.
    pub table: u32,
    /// Row in the table, from 0.
    pub row: u32,
    /// Column in the table, from 0.
    pub column: u32,
}

impl Position {
    /// Whether text may run on from `self` to `other` without a break: they differ in nothing but the area (a tracked
    /// change inside a paragraph does not break a value, a cell border does).
    fn runs_on(&self, other: &Self) -> bool {
        (self.unit, self.table, self.row, self.column) == (other.unit, other.table, other.row, other.column)
    }
}

/// A position as records show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// Part of the document.
    pub area: Area,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Slide, from 1.
    pub slide: Option<u32>,
    /// Sheet name.
    pub sheet: Option<String>,
    /// Cell in A1 notation (worksheets) or `R2C3` (other tables, from 1).
    pub cell: Option<String>,
}

/// What offsets into a text mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Offsets {
    /// Bytes of the extracted text.
    #[default]
    Text,
    /// Bytes of the file: offset in the text plus this many bytes (a byte order mark).
    File {
        /// Bytes in front of the text.
        shift: usize,
    },
}

/// 16 bytes a change of place: a worksheet has one a cell.
#[derive(Clone, Copy, Debug)]
struct Mark {
    start: u32,
    row: u32,
    column: u32,
    frame: u32,
}

/// What marks share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    area: Area,
    unit: Unit,
    table: u32,
}

/// A stretch of the text that is lines of delimited fields (CSV and kin). Cells are worked out when asked for:
/// an export of a million rows costs nothing until something is found in it.
#[derive(Clone, Debug)]
pub struct Delimited {
    /// Bytes of the text it covers, from the first byte of the header line.
    pub range: Range<usize>,
    /// The byte between fields: `,` `;` `|` or tab.
    pub delimiter: u8,
    /// Fields of the header line, as byte ranges of the text, without quotes. Empty: no header line.
    pub header: Vec<Range<usize>>,
    /// Whether lines are as drawn on a page: the text of a cell may go on in the next one.
    pub drawn: bool,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Bytes of the text it covers.
    pub range: Range<usize>,
    /// Which table of the text: a number that differs between tables.
    pub table: u32,
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub column: u32,
}

/// Text of one document with its locations.
#[derive(Clone, Default)]
pub struct Text<'a> {
    body: Cow<'a, str>,
    offsets: Offsets,
    marks: Vec<Mark>,
    frames: Vec<Frame>,
    names: Vec<String>,
    position: Position,
    tables: u32,
    delimited: Vec<Delimited>,
}

impl<'a> Text<'a> {
    /// Text that is the file's own bytes, borrowed; `shift` bytes of byte order mark stand in front of it.
    pub fn borrowed(text: &'a str, shift: usize) -> Self {
        Self { body: Cow::Borrowed(text), offsets: Offsets::File { shift }, ..Self::default() }
    }

    /// Text that is the file's own but for characters exchanged one byte for one byte (line ends); offsets stay the
    /// file's, behind `shift` bytes of byte order mark.
    pub fn rewritten(text: String, shift: usize) -> Self {
        Self { body: Cow::Owned(text), offsets: Offsets::File { shift }, ..Self::default() }
    }

    /// Text that was decoded or extracted; offsets are into itself.
    pub fn owned(text: String) -> Self {
        Self { body: Cow::Owned(text), ..Self::default() }
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.body
    }

    /// Bytes of it.
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Whether there is anything but white space in an area.
    pub fn has_text_in(&self, area: Area) -> bool {
        if !self.frames.iter().any(|frame| frame.area == area) {
            return false;
        }
        let ends = self.marks.iter().skip(1).map(|mark| mark.start as usize).chain([self.len()]);
        let inside = |mark: &Mark| self.frames.get(mark.frame as usize).is_some_and(|frame| frame.area == area);
        let mut pieces = self.marks.iter().zip(ends).filter(|(mark, _)| inside(mark));
        pieces.any(|(mark, end)| {
            let piece = self.as_str().get(mark.start as usize..end).unwrap_or_default();
            piece.contains(|c: char| !c.is_whitespace())
        })
    }

    /// What offsets mean.
    pub fn offsets(&self) -> Offsets {
        self.offsets
    }

    // ---- writing ---------------------------------------------------------------------------------------------

    /// Appends text at the current position.
    pub fn push(&mut self, text: &str) {
        if !text.is_empty() {
            self.mark();
            self.body.to_mut().push_str(text);
        }
    }

    /// Appends one character at the current position.
    pub fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
    }

    /// Ends the line, if there is something on it.
    pub fn line(&mut self) {
        if !self.body.is_empty() && !self.body.ends_with('\n') {
            self.push("\n");
        }
    }

    /// Separates words on one line, if there is something to separate.
    pub fn space(&mut self) {
        if !self.body.is_empty() && !self.body.ends_with(char::is_whitespace) {
            self.push(" ");
        }
    }

    /// Appends `text` as one line of its own at `area`, leaving the position as it was. For properties, link targets,
    /// alternative texts.
    pub fn aside(&mut self, area: Area, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let before = self.position;
        self.line();
        self.position.area = area;
        self.push(text);
        self.push("\n");
        self.position = before;
    }

    /// Where the next text will stand.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Says where the next text stands. Costs nothing until text is pushed.
    pub fn set_position(&mut self, position: Position) {
        self.position = position;
    }

    /// Changes the area alone.
    pub fn set_area(&mut self, area: Area) {
        self.position.area = area;
    }

    /// Changes page, slide or sheet, and leaves any table.
    pub fn set_unit(&mut self, unit: Unit) {
        self.position = Position { area: self.position.area, unit, ..Position::default() };
    }

    /// Starts a new table and returns its number; the next text stands in its first cell. Keep [`Text::position`]
    /// from before and set it again after the table.
    pub fn start_table(&mut self) -> u32 {
        self.tables = self.tables.saturating_add(1);
        self.position.table = self.tables;
        self.set_cell(0, 0);
        self.tables
    }

    /// Moves to a cell of the current table (rows and columns from 0).
    pub fn set_cell(&mut self, row: u32, column: u32) {
        self.position.row = row;
        self.position.column = column;
    }

    /// Keeps a name (of a sheet) and gives its index for [`Unit::Sheet`].
    pub fn name(&mut self, name: &str) -> u32 {
        let at = self.names.iter().position(|n| n == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// Says that a stretch of the text is delimited fields.
    pub fn set_delimited(&mut self, delimited: Delimited) {
        self.delimited.push(delimited);
    }

    /// The stretches that are delimited fields, in the order in which they were told.
    pub fn delimited(&self) -> &[Delimited] {
        &self.delimited
    }

    /// Appends another text with its places: marks, names and delimited stretches come along, tables are numbered on.
    /// What stands in the body there stands in the current area here, what stands on no page or sheet in the current one.
    pub fn append(&mut self, other: Text<'_>) {
        if other.is_empty() {
            return;
        }
        let base = self.body.len();
        let tables = self.tables;
        let before = self.position;
        // Text in front of the other one's first mark stands in its default place.
        if other.marks.first().is_none_or(|mark| mark.start > 0) {
            self.position = Position { area: before.area, unit: before.unit, ..Position::default() };
            self.mark();
        }
        let names: Vec<u32> = other.names.iter().map(|name| self.name(name)).collect();
        let first_frame = self.frames.len();
        self.frames.extend(other.frames.iter().map(|frame| {
            let unit = match frame.unit {
                Unit::Sheet(name) => Unit::Sheet(names.get(name as usize).copied().unwrap_or(u32::MAX)),
                Unit::None => before.unit,
                unit => unit,
            };
            let area = if frame.area == Area::Body { before.area } else { frame.area };
            let table = if frame.table == 0 { 0 } else { frame.table.saturating_add(tables) };
            Frame { area, unit, table }
        }));
        let shifted = |at: u32, by: usize| u32::try_from((at as usize).saturating_add(by)).unwrap_or(u32::MAX);
        self.marks.extend(other.marks.iter().map(|mark| Mark {
            start: shifted(mark.start, base),
            frame: shifted(mark.frame, first_frame),
            ..*mark
        }));
        let moved = |range: &Range<usize>| range.start + base..range.end + base;
        self.delimited.extend(other.delimited.iter().map(|d| Delimited {
            range: moved(&d.range),
            delimiter: d.delimiter,
            header: d.header.iter().map(moved).collect(),
            drawn: d.drawn,
        }));
        self.tables = tables.saturating_add(other.tables);
        self.body.to_mut().push_str(&other.body);
        self.position = before;
    }

    fn mark(&mut self) {
        let Position { area, unit, table, row, column } = self.position;
        let frame = Frame { area, unit, table };
        if let Some(last) = self.marks.last() {
            let same = self.frames.get(last.frame as usize) == Some(&frame) && (last.row, last.column) == (row, column);
            if same {
                return;
            }
        } else if self.position == Position::default() {
            // Nothing has stood anywhere else so far.
            return;
        }
        // Frames come in runs (one page after another), so looking at the newest few finds nearly all of them.
        let recent = self.frames.iter().rev().take(8).position(|f| *f == frame);
        let at = match recent {
            Some(back) => self.frames.len() - 1 - back,
            None => {
                self.frames.push(frame);
                self.frames.len() - 1
            }
        };
        let start = u32::try_from(self.body.len()).unwrap_or(u32::MAX);
        self.marks.push(Mark { start, row, column, frame: u32::try_from(at).unwrap_or(u32::MAX) });
    }

    // ---- asking ----------------------------------------------------------------------------------------------

    /// Index of the mark that covers `offset`, if any.
    fn mark_at(&self, offset: usize) -> Option<usize> {
        self.marks.partition_point(|m| m.start as usize <= offset).checked_sub(1)
    }

    fn position_of(&self, mark: &Mark) -> Position {
        let frame = self.frames.get(mark.frame as usize).copied();
        let Frame { area, unit, table } = frame.unwrap_or(Frame { area: Area::Body, unit: Unit::None, table: 0 });
        Position { area, unit, table, row: mark.row, column: mark.column }
    }

    /// Where the text at `offset` stands.
    pub fn position_at(&self, offset: usize) -> Position {
        let mark = self.mark_at(offset).and_then(|i| self.marks.get(i));
        mark.map(|m| self.position_of(m)).unwrap_or_default()
    }

    /// Whether no cell, page, slide or sheet border lies inside `range`: a value may stand there.
    pub fn same_place(&self, range: Range<usize>) -> bool {
        let first = self.position_at(range.start);
        let from = self.marks.partition_point(|m| m.start as usize <= range.start);
        let inside = self.marks.get(from..).unwrap_or_default();
        let mut inside = inside.iter().take_while(|m| (m.start as usize) < range.end);
        if !inside.all(|m| self.position_of(m).runs_on(&first)) {
            return false;
        }
        // In delimited text a line break ends the row, quoted or not.
        let delimited = self.delimited_at(range.start);
        delimited.is_none_or(|(_, d)| d.drawn) || !self.body.get(range).unwrap_or_default().contains('\n')
    }

    /// Whether `offset` stands in a table as drawn on a page, whose borders are a guess.
    pub fn is_drawn(&self, offset: usize) -> bool {
        self.delimited_at(offset).is_some_and(|(_, d)| d.drawn)
    }

    fn delimited_at(&self, offset: usize) -> Option<(usize, &Delimited)> {
        self.delimited.iter().enumerate().find(|(_, d)| d.range.contains(&offset))
    }

    /// Where the text at `offset` stands, as records show it.
    pub fn location(&self, offset: usize) -> Location {
        let p = self.position_at(offset);
        let mut location = Location { area: p.area, ..Location::default() };
        match p.unit {
            Unit::None => {}
            Unit::Page(n) => location.page = Some(n),
            Unit::Slide(n) => location.slide = Some(n),
            Unit::Sheet(name) => location.sheet = self.names.get(name as usize).cloned(),
        }
        if p.table > 0 {
            location.cell = Some(if location.sheet.is_some() {
                format!("{}{}", column_letters(p.column), u64::from(p.row) + 1)
            } else {
                format!("R{}C{}", u64::from(p.row) + 1, u64::from(p.column) + 1)
            });
        }
        location
    }

    /// The pieces of the text, each with where it stands.
    pub fn pieces(&self) -> impl Iterator<Item = (Range<usize>, Location)> + '_ {
        let first = self.marks.first().map_or(self.len(), |m| m.start as usize);
        let head = (first > 0).then_some(0..first);
        let rest = self.marks.iter().enumerate().map(|(i, m)| {
            let end = self.marks.get(i + 1).map_or(self.len(), |n| n.start as usize);
            m.start as usize..end
        });
        head.into_iter().chain(rest).map(|r| (r.clone(), self.location(r.start)))
    }

    /// The table cell that holds `offset`, if it stands in a table.
    pub fn cell(&self, offset: usize) -> Option<Cell> {
        if let Some((index, delimited)) = self.delimited_at(offset) {
            return Some(self.delimited_cell(index, delimited, offset));
        }
        let at = self.mark_at(offset)?;
        let mark = self.marks.get(at)?;
        let p = self.position_of(mark);
        if p.table == 0 {
            return None;
        }
        // A cell may hold several marks (a tracked change in it): take its neighbours of the same place.
        let same = |m: &&Mark| self.position_of(m).runs_on(&p);
        let first = self.marks.get(..at)?.iter().rev().take_while(same).last().unwrap_or(mark);
        let end = self.marks.get(at + 1..)?.iter().find(|m| !same(m)).map_or(self.len(), |m| m.start as usize);
        Some(Cell { range: first.start as usize..end, table: p.table, row: p.row, column: p.column })
    }

    /// Bytes of the table row that holds `offset`, if it stands in a table; at most `most` bytes either side.
    pub fn row(&self, offset: usize, most: usize) -> Option<Range<usize>> {
        let (least, greatest) = (offset.saturating_sub(most), offset.saturating_add(most).min(self.len()));
        let bytes = self.body.as_bytes();
        let row = if let Some((_, delimited)) = self.delimited_at(offset) {
            let (first, last) = (least.max(delimited.range.start), greatest.min(delimited.range.end));
            let before = memchr::memrchr(b'\n', bytes.get(first..offset)?);
            let after = memchr::memchr(b'\n', bytes.get(offset..last)?);
            before.map_or(first, |i| first + i + 1)..after.map_or(last, |i| offset + i)
        } else {
            let at = self.mark_at(offset)?;
            let p = self.position_of(self.marks.get(at)?);
            if p.table == 0 {
                return None;
            }
            let same = |m: &&Mark| {
                let other = self.position_of(m);
                (other.unit, other.table, other.row) == (p.unit, p.table, p.row)
            };
            let near = |m: &&Mark| same(m) && m.start as usize >= least;
            let first = self.marks.get(..=at)?.iter().rev().take_while(near).last();
            let end = self.marks.get(at + 1..)?.iter().find(|m| !same(m) || m.start as usize > greatest);
            let end = end.map_or(self.len(), |m| m.start as usize);
            first.map_or(offset, |m| m.start as usize)..end.min(greatest)
        };
        let boundary = |at: usize| (0..=at).rev().find(|i| self.body.is_char_boundary(*i)).unwrap_or(0);
        Some(boundary(row.start)..boundary(row.end))
    }

    fn delimited_cell(&self, index: usize, d: &Delimited, offset: usize) -> Cell {
        let (range, table, row) = self.line_of(index, d, offset);
        let line_start = range.start;
        let line = self.body.get(range.clone()).unwrap_or_default();
        let mut cell = Cell { range, table, row, column: 0 };
        for (column, field) in fields(line, d.delimiter).enumerate() {
            if line_start + field.end >= offset {
                cell.range = line_start + field.start..line_start + field.end;
                cell.column = u32::try_from(column).unwrap_or(u32::MAX);
                break;
            }
        }
        cell
    }

    /// The line of delimited text that holds `offset`, without its break: its bytes, table and row. The bytes of its
    /// fields are added to `out`. `None` where the text is not delimited.
    pub(crate) fn delimited_line(
        &self,
        offset: usize,
        out: &mut Vec<Range<usize>>,
    ) -> Option<(Range<usize>, u32, u32)> {
        let (index, delimited) = self.delimited_at(offset)?;
        let (range, table, row) = self.line_of(index, delimited, offset);
        let line = self.body.get(range.clone()).unwrap_or_default();
        out.extend(fields(line, delimited.delimiter).map(|field| range.start + field.start..range.start + field.end));
        Some((range, table, row))
    }

    fn line_of(&self, index: usize, d: &Delimited, offset: usize) -> (Range<usize>, u32, u32) {
        let bytes = self.body.as_bytes();
        let line_start = bytes.get(d.range.start..offset).unwrap_or_default();
        let line_start = memchr::memrchr(b'\n', line_start).map_or(d.range.start, |i| d.range.start + i + 1);
        let rest = bytes.get(line_start..d.range.end).unwrap_or_default();
        let line_end = line_start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        // The row number costs a pass over the text above; only whether it is the header matters here.
        let row = u32::from(line_start != d.range.start);
        (line_start..line_end, u32::MAX - u32::try_from(index).unwrap_or(0), row)
    }

    /// Texts that head the column of `cell`: the first label-like cells above it, at most `most`.
    /// Empty for the head itself.
    pub fn headers(&self, cell: &Cell, most: usize) -> Vec<Range<usize>> {
        if let Some((_, d)) = self.delimited_at(cell.range.start) {
            let head = d.header.get(cell.column as usize).filter(|_| cell.row > 0);
            return head.cloned().into_iter().collect();
        }
        let Some(at) = self.mark_at(cell.range.start) else { return Vec::new() };
        let above = self.marks.get(..at).unwrap_or_default();
        // Marks of one table stand together; walk them from its start.
        let table = |m: &Mark| self.frames.get(m.frame as usize).map_or(0, |f| f.table);
        let start = above.iter().rposition(|m| table(m) != cell.table && table(m) < cell.table).map_or(0, |i| i + 1);
        let mut heads = Vec::new();
        for (i, mark) in above.iter().enumerate().skip(start) {
            if table(mark) != cell.table || mark.column != cell.column || mark.row >= cell.row {
                continue;
            }
            let end = self.marks.get(i + 1).map_or(self.len(), |n| n.start as usize);
            let range = mark.start as usize..end;
            if self.body.get(range.clone()).is_some_and(is_label) {
                heads.push(range);
                if heads.len() >= most {
                    break;
                }
            }
        }
        heads
    }
}

impl fmt::Debug for Text<'_> {
    /// Never shows the text: it may hold values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("bytes", &self.len()).field("marks", &self.marks.len()).finish_non_exhaustive()
    }
}

/// Whether a cell reads like a label: short, with letters, and more of them than digits.
fn is_label(text: &str) -> bool {
    let text = text.trim();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    letters >= 2 && letters > digits && text.len() <= 120
}

/// Fields of one line of delimited text, as byte ranges of the line, without their quotes (RFC 4180 read leniently:
/// a quote that is never closed ends with the line).
pub fn fields(line: &str, delimiter: u8) -> impl Iterator<Item = Range<usize>> + '_ {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let bytes = line.as_bytes();
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let rest = bytes.get(start..)?;
        if rest.first() == Some(&b'"') {
            let mut i = 1;
            while let Some(quote) = memchr::memchr(b'"', rest.get(i..)?) {
                i += quote + 1;
                match rest.get(i) {
                    Some(b'"') => i += 1,
                    after if after.is_none() || after == Some(&delimiter) => {
                        at = after.map(|_| start + i + 1);
                        return Some(start + 1..start + i - 1);
                    }
                    _ => {}
                }
            }
        }
        match memchr::memchr(delimiter, rest) {
            Some(length) => {
                at = Some(start + length + 1);
                Some(start..start + length)
            }
            None => {
                at = None;
                Some(start..bytes.len())
            }
        }
    })
}

/// Column letters of A1 notation: 0 = `A`, 26 = `AA`.
fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut n = u64::from(column) + 1;
    while n > 0 {
        n -= 1;
        letters.push(char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)));
        n /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_a_sheet_have_names_headers_and_borders() {
        let mut t = Text::default();
        let sheet = t.name("Staff");
        t.set_unit(Unit::Sheet(sheet));
        t.start_table();
        for (row, (a, b)) in [("Name", "SSN"), ("Ann", "219-09-9999"), ("Bo", "4111")].into_iter().enumerate() {
            t.set_cell(row as u32, 0);
            t.push(a);
            t.push("\t");
            t.set_cell(row as u32, 27);
            t.push(b);
            t.push("\n");
        }
        let at = t.as_str().find("219").unwrap();
        let location = t.location(at);
        assert_eq!((location.sheet.as_deref(), location.cell.as_deref()), (Some("Staff"), Some("AB2")));
        let cell = t.cell(at).unwrap();
        assert_eq!(&t.as_str()[cell.range.clone()], "219-09-9999\n");
        let heads: Vec<_> = t.headers(&cell, 3).into_iter().map(|r| t.as_str()[r].trim().to_owned()).collect();
        assert_eq!(heads, ["SSN"]);
        assert_eq!(&t.as_str()[t.row(at, 100).unwrap()], "Ann\t219-09-9999\n");
        assert_eq!(t.row(at, 2), Some(at..at + 2), "bounded");
        assert!(t.same_place(at..at + 11));
        assert!(!t.same_place(at - 2..at + 3));
        assert_eq!(t.pieces().count(), 6);
    }

    #[test]
    fn delimited_text_has_cells_without_marks() {
        let csv = "Name,\"Card, no.\",City\r\nAnn,\"4111 \"\"x\"\" 1\",Rome\r\nBo,42,Oslo";
        let mut t = Text::borrowed(csv, 0);
        let header = fields("Name,\"Card, no.\",City\r", b',').collect();
        t.set_delimited(Delimited { range: 0..csv.len(), delimiter: b',', header, drawn: false });
        let cell = t.cell(csv.find("4111").unwrap()).unwrap();
        assert_eq!((cell.column, &csv[cell.range.clone()]), (1, "4111 \"\"x\"\" 1"));
        assert_eq!(&csv[t.headers(&cell, 3)[0].clone()], "Card, no.");
        let last = t.cell(csv.len() - 1).unwrap();
        assert_eq!((last.column, &csv[last.range.clone()]), (2, "Oslo"));
        assert_eq!(&csv[t.row(csv.find("42").unwrap(), 100).unwrap()], "Bo,42,Oslo");
        assert!(Text::borrowed(csv, 0).row(3, 100).is_none());
        assert!(t.headers(&t.cell(0).unwrap(), 3).is_empty());
    }

    #[test]
    fn a_tracked_change_does_not_break_a_value_but_a_page_does() {
        let mut t = Text::default();
        t.set_unit(Unit::Page(1));
        t.push("4111 1111 ");
        t.set_area(Area::TrackedChange);
        t.push("1111 1111");
        assert!(t.same_place(0..19));
        t.set_unit(Unit::Page(2));
        t.push("22");
        assert!(!t.same_place(0..21));
        assert_eq!(t.location(20).page, Some(2));
    }

    #[test]
    fn a_text_is_appended_with_its_places() {
        let mut other = Text::default();
        other.push("intro\n");
        let sheet = other.name("Staff");
        other.set_unit(Unit::Sheet(sheet));
        other.start_table();
        other.push("4111\n");
        let mut t = Text::default();
        t.name("Other");
        t.start_table();
        t.push("first\n");
        t.set_position(Position { area: Area::Notes, ..Position::default() });
        t.append(other);
        let csv = "a,b\n1,2\n";
        let mut lines = Text::borrowed(csv, 0);
        lines.set_delimited(Delimited { range: 0..csv.len(), delimiter: b',', header: vec![0..1, 2..3], drawn: false });
        t.append(lines);
        t.push("end");
        assert_eq!(t.as_str(), "first\nintro\n4111\na,b\n1,2\nend");
        let at = |what: &str| t.as_str().find(what).unwrap();
        assert_eq!(t.location(at("first")).cell.as_deref(), Some("R1C1"));
        assert_eq!((t.location(at("intro")).area, t.location(at("intro")).cell), (Area::Notes, None));
        let card = t.location(at("4111"));
        assert_eq!((card.sheet.as_deref(), card.cell.as_deref()), (Some("Staff"), Some("A1")));
        assert_ne!(t.cell(at("first")).map(|c| c.table), t.cell(at("4111")).map(|c| c.table));
        let two = t.cell(at("2\nend")).unwrap();
        assert_eq!(two.column, 1);
        assert_eq!(t.headers(&two, 1).first().and_then(|r| t.as_str().get(r.clone())), Some("b"));
        assert_eq!((t.location(at("end")).area, t.cell(at("end"))), (Area::Notes, None));
    }

    #[test]
    fn letters_of_columns() {
        assert_eq!([0, 25, 26, 701, 702, 16383].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
