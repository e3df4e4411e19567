//! SpreadsheetML of Excel 2003 (Microsoft Office 2003 XML reference schemas; `Workbook` in
//! `urn:schemas-microsoft-com:office:spreadsheet`): sheets of rows of cells, with comments, headers and properties.

use std::collections::HashSet;

use super::markup::{self, Event, Tag, Xml};
use super::{Area, Document, Options, Position, Text, Unit};
use crate::blob::{Aspect, Budget, Coverage, Gap, Reason};

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Headers, Aspect::Comments, Aspect::Hidden, Aspect::Metadata, Aspect::Labels],
    gap: &[],
    source: "Microsoft Office 2003 XML reference schemas (SpreadsheetML)",
};

/// Rows between two looks at the clock.
const ROWS_PER_CHECK: u32 = 1024;
/// Rows and columns that a sheet may have: places beyond are not believed.
const PLACE_MAX: u32 = 1 << 24;

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let (source, whole) = markup::decode(bytes);
    let mut book = Book { sheet: 0, row: 0, column: 0, started: false, later: Vec::new(), told: HashSet::new() };
    let mut xml = Xml::new(&source);
    let hidden = hidden_sheets(&source);
    let end = book.walk(&mut xml, options.text, &hidden, budget, out);
    if !options.text {
        return;
    }
    if let Err(reason) = end {
        out.gaps.push(Gap::new(reason, "", "read in part"));
    } else if let Some(flaw) = xml.flaw() {
        out.gaps.push(Gap::new(Reason::Corrupt, "", format!("XML is not well-formed: {flaw}")));
    } else if !whole {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "bytes that are no characters"));
    }
}

/// Numbers of the sheets that are hidden: their options say so behind their cells.
#[allow(clippy::arithmetic_side_effects, reason = "sheets are counted")]
fn hidden_sheets(source: &str) -> HashSet<usize> {
    let mut hidden = HashSet::new();
    let mut sheet = 0;
    let mut xml = Xml::new(source);
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        match tag.name {
            "Worksheet" => sheet += 1,
            "Table" => xml.skip(),
            "Visible" if xml.text().contains("Hidden") => drop(hidden.insert(sheet)),
            _ => {}
        }
    }
    hidden
}

struct Book {
    sheet: usize,
    row: u32,
    column: u32,
    /// Something stands in this row.
    started: bool,
    /// Comments and links of this row.
    later: Vec<(Position, String)>,
    told: HashSet<String>,
}

impl Book {
    #[allow(clippy::arithmetic_side_effects, reason = "sheets are counted")]
    fn walk(
        &mut self,
        xml: &mut Xml<'_>,
        text: bool,
        hidden: &HashSet<usize>,
        budget: &Budget,
        out: &mut Document<'_>,
    ) -> Result<(), Reason> {
        let mut area = Area::Body;
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => match tag.name {
                    "DocumentProperties" => properties(xml.inner(), false, text, out),
                    "CustomDocumentProperties" => properties(xml.inner(), true, text, out),
                    "Styles" | "OfficeDocumentSettings" => xml.skip(),
                    _ if !text => {}
                    "Worksheet" => {
                        self.sheet += 1;
                        area = if hidden.contains(&self.sheet) { Area::Hidden } else { Area::Body };
                        let name = tag.attribute("Name").unwrap_or_default();
                        let index = out.text.name(&name);
                        out.text.line();
                        out.text.set_unit(Unit::Sheet(index));
                        out.text.aside(Area::Metadata, &name);
                    }
                    "Table" => {
                        out.text.set_area(area);
                        out.text.start_table();
                        self.row = 0;
                    }
                    "Row" => {
                        self.row = tag.number("Index").map_or(self.row.saturating_add(1), |at| at.min(PLACE_MAX));
                        self.column = 0;
                        self.started = false;
                        let row_hidden = area == Area::Hidden || tag.flag("Hidden");
                        out.text.set_area(if row_hidden { Area::Hidden } else { Area::Body });
                        if self.row.is_multiple_of(ROWS_PER_CHECK) {
                            budget.time()?;
                        }
                    }
                    "Cell" => self.cell(&tag, &mut out.text),
                    "Comment" => {
                        let words = words(xml.inner());
                        let position = Position { area: Area::Comment, ..out.text.position() };
                        self.later.push((position, words));
                    }
                    "Data" => {
                        // A time as it is stored: the day is what is shown.
                        let value = words(xml.inner());
                        let value = value.strip_suffix("T00:00:00.000").unwrap_or(&value);
                        self.put(value, &mut out.text);
                    }
                    "Header" | "Footer" => {
                        let area = if tag.name == "Header" { Area::Header } else { Area::Footer };
                        out.text.aside(area, &tag.attribute("Data").unwrap_or_default());
                    }
                    "NamedRange" => self.once(&tag.attribute("Name").unwrap_or_default(), &mut out.text),
                    _ => {}
                },
                Event::End { name, .. } if text => match name {
                    "Row" => self.end_row(&mut out.text),
                    "Worksheet" => {
                        out.text.line();
                        out.text.set_unit(Unit::None);
                        out.text.set_area(Area::Body);
                    }
                    _ => {}
                },
                Event::Comment(words) if text => out.text.aside(Area::Comment, words),
                _ => {}
            }
        }
        self.end_row(&mut out.text);
        Ok(())
    }

    fn cell(&mut self, tag: &Tag<'_>, text: &mut Text<'_>) {
        self.column = tag.number("Index").map_or(self.column.saturating_add(1), |at| at.min(PLACE_MAX));
        text.set_cell(self.row.saturating_sub(1), self.column.saturating_sub(1));
        if let Some(target) = tag.attribute("HRef") {
            self.later.push((Position { area: Area::Metadata, ..text.position() }, target.into_owned()));
        }
        self.column = self.column.saturating_add(tag.number("MergeAcross").unwrap_or(0).min(PLACE_MAX));
    }

    fn put(&mut self, value: &str, text: &mut Text<'_>) {
        if value.is_empty() {
            return;
        }
        if std::mem::replace(&mut self.started, true) {
            text.push("\t");
        }
        text.push(value);
    }

    fn end_row(&mut self, text: &mut Text<'_>) {
        text.line();
        let position = text.position();
        for (place, words) in std::mem::take(&mut self.later) {
            text.set_position(place);
            text.aside(place.area, &words);
        }
        text.set_position(position);
    }

    fn once(&mut self, words: &str, text: &mut Text<'_>) {
        if !words.starts_with('_') && self.told.insert(words.to_owned()) {
            text.aside(Area::Metadata, words);
        }
    }
}

/// All characters inside an element: those of a cell may be in elements of HTML.
fn words(inside: &str) -> String {
    let mut xml = Xml::new(inside);
    let mut text = String::new();
    while let Some(event) = xml.next() {
        if let Event::Text(chars) = event {
            text.push_str(&chars.decode());
        }
    }
    text
}

/// Properties: every element is one, and says so by its name.
fn properties(inside: &str, custom: bool, text: bool, out: &mut Document<'_>) {
    let mut xml = Xml::new(inside);
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        let value = xml.text();
        let value = value.trim();
        let name = tag.name.replace("_x0020_", " ");
        let time = value.ends_with('Z') && value.get(10..11) == Some("T");
        if custom {
            if text {
                out.text.aside(Area::Metadata, &format!("{name}: {value}"));
            }
            out.properties.custom.push((name, value.to_owned()));
        } else if text && !time && !matches!(tag.name, "Version" | "TotalTime" | "Revision") {
            out.text.aside(Area::Metadata, value);
        }
    }
}
