//! SpreadsheetML worksheets (ECMA-376 part 1, 18.3): cells as displayed, then what stands around them.

use std::borrow::Cow;

use super::quick;
use super::workbook::{Book, unescape_cell};
use crate::blob::{Budget, Reason};
use crate::document::markup::{Event, Tag, Xml};
use crate::document::spreadsheet::{header_words, plain};
use crate::document::{Area, Text};

/// Columns a sheet can have (part 1, 18.3.1.73 and the limits of Excel).
const COLUMNS_MAX: usize = 1 << 14;

/// Reads one sheet at the current unit. A reason says that it stopped early.
pub(super) fn read(
    xml: &mut Xml<'_>,
    hidden: bool,
    book: &mut Book,
    text: &mut Text<'_>,
    budget: &mut Budget,
) -> Result<(), Reason> {
    let before = text.position();
    text.start_table();
    let area = if hidden { Area::Hidden } else { Area::Body };
    let mut sheet = Sheet {
        book,
        text,
        budget,
        area,
        row_area: area,
        hidden_columns: Vec::new(),
        row: None,
        column: None,
        row_has_cells: false,
        value: String::new(),
        shown: String::new(),
        after: Vec::new(),
    };
    let end = sheet.run(xml);
    sheet.text.line();
    sheet.text.set_position(before);
    for (area, words) in std::mem::take(&mut sheet.after) {
        sheet.text.aside(area, &words);
    }
    end
}

struct Sheet<'s, 'd> {
    book: &'s mut Book,
    text: &'s mut Text<'d>,
    budget: &'s mut Budget,
    area: Area,
    row_area: Area,
    hidden_columns: Vec<bool>,
    /// Row and column of the last cell, from 0.
    row: Option<u32>,
    column: Option<u32>,
    row_has_cells: bool,
    /// Scratch: value of the cell as stored, and as shown.
    value: String,
    shown: String,
    /// What is told behind the cells.
    after: Vec<(Area, String)>,
}

/// What a cell holds (`c/@t`, 18.18.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellType {
    /// A number, or nothing said.
    Number,
    /// The index of a shared string.
    Shared,
    /// 0 or 1.
    Boolean,
    /// Formula string, inline string, error, ISO date: told as stored.
    Words,
}

impl Sheet<'_, '_> {
    fn run(&mut self, xml: &mut Xml<'_>) -> Result<(), Reason> {
        loop {
            while let Some(cell) = xml.rest().and_then(quick::cell) {
                xml.pass_over(cell.length);
                self.quick_cell(&cell)?;
            }
            let Some(event) = xml.next() else { return Ok(()) };
            match event {
                Event::Start(tag) => match tag.name {
                    "c" => self.cell(&tag, xml)?,
                    "row" => self.start_row(&tag)?,
                    "col" => self.columns(&tag),
                    _ => self.around(&tag, xml),
                },
                Event::End { name: "row", .. } => self.end_row(),
                _ => {}
            }
        }
    }

    /// A cell that was told at a glance.
    fn quick_cell(&mut self, cell: &quick::Cell<'_>) -> Result<(), Reason> {
        let column = match cell.at {
            Some((row, column)) => {
                self.row = self.row.or(Some(row));
                column
            }
            None => self.column.map_or(0, |c| c.saturating_add(1)),
        };
        self.column = Some(column);
        if !cell.formula.is_empty() && is_telling(cell.formula) {
            self.after.push((Area::Metadata, cell.formula.to_owned()));
        }
        if cell.inline {
            self.show(cell.kind, cell.style, column, &unescape_cell(cell.value))
        } else {
            self.show(cell.kind, cell.style, column, cell.value)
        }
    }

    fn start_row(&mut self, tag: &Tag<'_>) -> Result<(), Reason> {
        self.end_row();
        let next = self.row.map_or(0, |row| row.saturating_add(1));
        let row = tag.number("r").and_then(|r| r.checked_sub(1)).unwrap_or(next);
        (self.row, self.column) = (Some(row), None);
        self.row_area = if tag.flag("hidden") { Area::Hidden } else { self.area };
        if row.is_multiple_of(64) { self.budget.time() } else { Ok(()) }
    }

    fn end_row(&mut self) {
        if self.row_has_cells {
            self.text.line();
            self.row_has_cells = false;
        }
    }

    /// `col`: a run of columns; only hidden ones matter.
    fn columns(&mut self, tag: &Tag<'_>) {
        let column = |name| tag.number(name).map(|n| (n as usize).min(COLUMNS_MAX));
        if let (true, Some(first), Some(last)) = (tag.flag("hidden"), column("min"), column("max")) {
            self.hidden_columns.resize(self.hidden_columns.len().max(last), false);
            let run = self.hidden_columns.get_mut(first.saturating_sub(1)..last);
            run.into_iter().for_each(|run| run.fill(true));
        }
    }

    fn cell(&mut self, tag: &Tag<'_>, xml: &mut Xml<'_>) -> Result<(), Reason> {
        let (mut column, mut style, mut kind) = (None, 0, CellType::Number);
        for (name, value) in tag.attributes() {
            match name {
                "r" => {
                    let (row, letters) = cell_name(value);
                    column = letters;
                    self.row = self.row.or(row);
                }
                "s" => style = value.parse().unwrap_or(0),
                "t" => {
                    kind = match value {
                        "s" => CellType::Shared,
                        "b" => CellType::Boolean,
                        "n" => CellType::Number,
                        _ => CellType::Words,
                    }
                }
                _ => {}
            }
        }
        let column = column.unwrap_or_else(|| self.column.map_or(0, |c| c.saturating_add(1)));
        self.column = Some(column);
        self.value.clear();
        loop {
            match xml.next() {
                Some(Event::Start(inner)) => match inner.name {
                    "v" => self.value.push_str(&xml.text()),
                    "t" => self.value.push_str(&unescape_cell(&xml.text())),
                    "f" => {
                        let formula = xml.text();
                        if is_telling(&formula) {
                            self.after.push((Area::Metadata, formula.into_owned()));
                        }
                    }
                    "rPh" => xml.skip(),
                    // The cell was never closed.
                    "c" | "row" => {
                        self.show_value(kind, style, column)?;
                        return if inner.name == "c" { self.unclosed(&inner, xml) } else { self.start_row(&inner) };
                    }
                    _ => {}
                },
                Some(Event::End { name: "c" | "row", .. }) | None => break,
                _ => {}
            }
        }
        self.show_value(kind, style, column)
    }

    /// A cell that starts inside of another one. Told by its value alone: no walking into depth with the file.
    fn unclosed(&mut self, tag: &Tag<'_>, xml: &mut Xml<'_>) -> Result<(), Reason> {
        let column = tag.attribute("r").and_then(|r| cell_name(&r).1);
        let kind = if tag.attribute("t").as_deref() == Some("s") { CellType::Shared } else { CellType::Number };
        self.value.clear();
        while let Some(event) = xml.next() {
            match event {
                Event::Start(inner) if matches!(inner.name, "v" | "t") => self.value.push_str(&xml.text()),
                Event::End { name: "c" | "row", .. } => break,
                _ => {}
            }
        }
        self.show_value(kind, 0, column.unwrap_or(0))
    }

    /// Tells the value in `self.value`.
    fn show_value(&mut self, kind: CellType, style: usize, column: u32) -> Result<(), Reason> {
        let value = std::mem::take(&mut self.value);
        let end = self.show(kind, style, column, &value);
        self.value = value;
        end
    }

    fn show(&mut self, kind: CellType, style: usize, column: u32, value: &str) -> Result<(), Reason> {
        if value.is_empty() {
            return Ok(());
        }
        let hidden = self.hidden_columns.get(column as usize) == Some(&true);
        let Book { strings, styles, epoch_1904 } = &mut *self.book;
        let format = styles.format(style);
        let words: Cow<'_, str> = match (kind, format) {
            (CellType::Shared, format) => {
                let text = strings.get(value.trim().parse().unwrap_or(usize::MAX), self.budget)?;
                format.map_or(Cow::Borrowed(text), |format| format.show_text(text))
            }
            (CellType::Boolean, _) => Cow::Borrowed(if value.trim() == "0" { "FALSE" } else { "TRUE" }),
            (CellType::Words, Some(format)) => format.show_text(value),
            (CellType::Words, None) => Cow::Borrowed(value),
            (CellType::Number, Some(format)) => {
                self.shown.clear();
                format.show(value.trim(), *epoch_1904, &mut self.shown);
                Cow::Borrowed(&self.shown)
            }
            (CellType::Number, None) => plain(value.trim()),
        };
        if words.is_empty() {
            return Ok(());
        }
        if self.row_has_cells {
            self.text.push("\t");
        }
        self.row_has_cells = true;
        self.text.set_area(if hidden { Area::Hidden } else { self.row_area });
        self.text.set_cell(self.row.unwrap_or(0), column);
        self.text.push(&words);
        Ok(())
    }

    /// What stands before and behind the rows: headers, validations, links, conditions, scenarios, filters.
    fn around(&mut self, tag: &Tag<'_>, xml: &mut Xml<'_>) {
        let names: &[&str] = match tag.name {
            "dataValidation" => &["promptTitle", "prompt", "errorTitle", "error"],
            "hyperlink" => &["display", "tooltip", "location"],
            "cfRule" => &["text"],
            "scenario" => &["name", "comment", "user"],
            "inputCells" | "filter" | "customFilter" => &["val"],
            "protectedRange" | "customPr" => &["name"],
            "oddHeader" | "evenHeader" | "firstHeader" => return self.header(Area::Header, xml),
            "oddFooter" | "evenFooter" | "firstFooter" => return self.header(Area::Footer, xml),
            "formula" | "formula1" | "formula2" | "f" => {
                let formula = xml.text();
                if is_telling(&formula) {
                    self.after.push((Area::Metadata, formula.into_owned()));
                }
                return;
            }
            _ => return,
        };
        for name in names {
            if let Some(words) = tag.attribute(name).filter(|words| !words.trim().is_empty()) {
                self.after.push((Area::Metadata, unescape_cell(&words).into_owned()));
            }
        }
    }

    fn header(&mut self, area: Area, xml: &mut Xml<'_>) {
        let words = header_words(&xml.text());
        if !words.trim().is_empty() {
            self.after.push((area, words));
        }
    }
}

/// Whether a formula holds something that its result may not show: a string, a long number, another file.
#[allow(clippy::arithmetic_side_effects, reason = "six digits end it")]
pub(super) fn is_telling(formula: &str) -> bool {
    let mut digits = 0;
    formula.bytes().any(|b| {
        digits = if b.is_ascii_digit() { digits + 1 } else { 0 };
        digits >= 6 || matches!(b, b'"' | b'[' | b'|')
    })
}

/// Row and column (from 0) of a cell by its name: `B7` = (6, 1).
#[allow(clippy::arithmetic_side_effects, reason = "letters and digits from the start of their ranges")]
pub(super) fn cell_name(name: &str) -> (Option<u32>, Option<u32>) {
    let (mut row, mut column) = (0_u32, 0_u32);
    for b in name.bytes() {
        match b {
            b'A'..=b'Z' => column = column.saturating_mul(26).saturating_add(u32::from(b - b'A') + 1),
            b'a'..=b'z' => column = column.saturating_mul(26).saturating_add(u32::from(b - b'a') + 1),
            b'0'..=b'9' => row = row.saturating_mul(10).saturating_add(u32::from(b - b'0')),
            b'$' => {}
            _ => break,
        }
    }
    (row.checked_sub(1), column.checked_sub(1).map(|c| c.min(1 << 14)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;
    use crate::document::Unit;

    fn told(source: &str) -> Text<'static> {
        let mut text = Text::default();
        let name = text.name("S");
        text.set_unit(Unit::Sheet(name));
        let mut budget = Budget::new(&Limits::default());
        read(&mut Xml::new(source), false, &mut Book::default(), &mut text, &mut budget).unwrap();
        text
    }

    #[test]
    fn cells_rows_and_what_is_around() {
        let text = told(
            "<worksheet><cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData><row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><r>\
            <t>a</t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c><c r=\"C2\"><f>SUM(\"secret\")</f><v>4.1111111111111107E+15</v></c></row>\
            <row r=\"5\" hidden=\"1\"><c t=\"b\"><v>1</v></c><c t=\"str\"><v>s&amp;t</v></c></row><row><c><v>7</v></c></row></sheetData>\
            <headerFooter><oddHeader>&amp;L&amp;\"Arial,Bold\"&amp;12Top &amp;&amp; more&amp;RPage &amp;P</oddHeader></headerFooter></worksheet>",
        );
        assert_eq!(text.as_str(), "ab\t4111111111111110\nTRUE\ts&t\n7\nSUM(\"secret\")\nTop & more\nPage\n");
        let at = |s: &str| text.location(text.as_str().find(s).unwrap());
        assert_eq!((at("411").cell.as_deref(), at("411").area), (Some("C2"), Area::Hidden));
        assert_eq!((at("s&t").cell.as_deref(), at("s&t").area), (Some("B5"), Area::Hidden));
        assert_eq!(at("7\n").cell.as_deref(), Some("A6"));
        assert_eq!((at("Top").cell, at("Top").area), (None, Area::Header));
    }

    #[test]
    fn damaged_rows_keep_their_values() {
        let text = told("<sheetData><row><c r=\"A1\"><v>1</v><c r=\"B1\"><v>2</v></c><row><c><v>3</v><row><c><v>4</v>");
        let words: Vec<_> = text.as_str().split_whitespace().collect();
        assert_eq!(words, ["1", "2", "3", "4"]);
    }

    #[test]
    fn names_of_cells() {
        assert_eq!(cell_name("B7"), (Some(6), Some(1)));
        assert_eq!(cell_name("$XFD$1048576"), (Some(1_048_575), Some(16_383)));
        assert_eq!(cell_name(""), (None, None));
    }
}
