//! Sheets (2.1.7.62): cells as displayed, then what stands around them.

use super::super::workbook::Book;
use super::formula;
use super::records::{Body, Records};
use crate::blob::{Budget, Reason};
use crate::document::spreadsheet::{error, header_words, plain, rk};
use crate::document::{Area, Text};

/// Columns a sheet can have.
const COLUMNS_MAX: usize = 1 << 14;

/// Bytes that a format may add to a value without asking.
const FRILLS_FREE: usize = 64;

/// Reads one sheet at the current unit. A reason says that it stopped early.
pub(in crate::document::ooxml) fn read(
    records: &mut Records<'_>,
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
        row: 0,
        column: None,
        row_has_cells: false,
        after: Vec::new(),
    };
    let end = sheet.run(records);
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
    row: u32,
    /// Column of the last cell.
    column: Option<u32>,
    row_has_cells: bool,
    /// What is told behind the cells.
    after: Vec<(Area, String)>,
}

impl Sheet<'_, '_> {
    #[allow(clippy::arithmetic_side_effects, reason = "twelve is the least of these kinds, and columns have a limit")]
    fn run(&mut self, records: &mut Records<'_>) -> Result<(), Reason> {
        while let Some((kind, mut body)) = records.next() {
            match kind {
                // BrtRowHdr (2.4.746).
                0 => {
                    if std::mem::take(&mut self.row_has_cells) {
                        self.text.line();
                    }
                    self.column = None;
                    self.row = body.u32().unwrap_or(0);
                    let flags = body.skip(7).and_then(|()| body.u8()).unwrap_or(0);
                    self.row_area = if flags & 0x10 != 0 { Area::Hidden } else { self.area };
                    if self.row.is_multiple_of(64) {
                        self.budget.time()?;
                    }
                }
                1..=11 | 62 => {
                    let (Some(column), Some(style)) = (body.u32(), body.u32()) else { continue };
                    self.cell(kind, column, style, body)?;
                }
                // Cells that stand right behind the one before them.
                12..=18 => {
                    let Some(style) = body.u32() else { continue };
                    self.cell(kind - 11, self.column.map_or(0, |column| column.saturating_add(1)), style, body)?;
                }
                // BrtArrFmla, BrtShrFmla.
                426 | 427 => {
                    let skip = if kind == 426 { 17 } else { 16 };
                    if body.skip(skip).is_some() {
                        self.formula(&mut body);
                    }
                }
                // BrtColInfo (2.4.323).
                60 => {
                    let (first, last) = (body.u32(), body.u32());
                    let flags = body.skip(8).and_then(|()| body.u16());
                    if let (Some(first), Some(last), Some(flags)) = (first, last, flags)
                        && flags & 1 != 0
                    {
                        let (first, last) = (first as usize, (last as usize).min(COLUMNS_MAX - 1));
                        self.hidden_columns.resize(self.hidden_columns.len().max(last + 1), false);
                        let run = self.hidden_columns.get_mut(first..=last);
                        run.into_iter().for_each(|run| run.fill(true));
                    }
                }
                // BrtBeginHeaderFooter (2.4.74).
                479 => {
                    let _ = body.skip(2);
                    for area in [Area::Header, Area::Footer].into_iter().cycle().take(6) {
                        let Some(coded) = body.string() else { break };
                        self.later(area, &header_words(&coded));
                    }
                }
                // BrtHLink (2.4.695): place in the target, tip, words shown; the target is a relationship.
                494 => {
                    let count = body.skip(16).and_then(|()| body.string()).map_or(0, |_| 3);
                    for words in std::iter::from_fn(|| body.string()).take(count) {
                        self.later(Area::Metadata, &words);
                    }
                }
                // BrtDVal (2.4.348).
                64 => self.validation(body),
                // Conditions, lists of choices, scenarios, filters, ranges that some may change.
                463 | 681 | 169 | 170 | 501..=503 | 536 | 2060 => {
                    for words in body.strings() {
                        self.later(Area::Metadata, &words);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn later(&mut self, area: Area, words: &str) {
        if !words.trim().is_empty() {
            self.after.push((area, words.to_owned()));
        }
    }

    fn formula(&mut self, body: &mut Body<'_>) {
        let after = &mut self.after;
        formula(body, &mut |words| after.push((Area::Metadata, words.replace('\0', ", "))));
    }

    /// A cell of one of the kinds 1 to 11, or with fonts in its text.
    fn cell(&mut self, kind: u16, column: u32, style: u32, mut body: Body<'_>) -> Result<(), Reason> {
        self.column = Some(column);
        let style = (style & 0xFF_FFFF) as usize;
        let shown = match kind {
            2 => body.u32().map(|value| self.number(style, rk(value))),
            5 | 9 => body.f64().map(|value| self.number(style, value)),
            3 | 11 => body.u8().map(|code| error(code).to_owned()),
            4 | 10 => body.u8().map(|value| if value == 0 { "FALSE" } else { "TRUE" }.to_owned()),
            6 | 8 => body.string().map(|text| self.words(style, text)),
            62 => {
                let text = body.rich().0;
                Some(self.words(style, text))
            }
            7 => {
                let index = body.u32().unwrap_or(u32::MAX);
                let text = self.book.strings.get(index as usize, self.budget)?.to_owned();
                Some(self.words(style, text))
            }
            _ => None,
        };
        if matches!(kind, 8..=11) && body.skip(2).is_some() {
            self.formula(&mut body);
        }
        let Some(shown) = shown.filter(|shown| !shown.is_empty()) else { return Ok(()) };
        // A number of four bytes may be shown with many words.
        if shown.len() > FRILLS_FREE && kind != 7 {
            self.budget.unpack(shown.len() as u64)?;
        }
        if self.row_has_cells {
            self.text.push("\t");
        }
        self.row_has_cells = true;
        let hidden = self.hidden_columns.get(column as usize) == Some(&true);
        self.text.set_area(if hidden { Area::Hidden } else { self.row_area });
        self.text.set_cell(self.row, column);
        self.text.push(&shown);
        Ok(())
    }

    fn number(&self, style: usize, value: f64) -> String {
        let stored = if value.abs() < 1e21 { value.to_string() } else { format!("{value:e}") };
        match self.book.styles.format(style) {
            Some(format) => {
                let mut shown = String::new();
                format.show(&stored, self.book.epoch_1904, &mut shown);
                shown
            }
            None => plain(&stored).into_owned(),
        }
    }

    fn words(&self, style: usize, text: String) -> String {
        match self.book.styles.format(style) {
            Some(format) => format.show_text(&text).into_owned(),
            None => text,
        }
    }

    fn validation(&mut self, mut body: Body<'_>) {
        let ranges = body.skip(4).and_then(|()| body.u32());
        if ranges.and_then(|count| body.skip((count as usize).saturating_mul(16))).is_none() {
            return;
        }
        for words in std::iter::from_fn(|| body.string()).take(4) {
            self.later(Area::Metadata, &words);
        }
        self.formula(&mut body);
        self.formula(&mut body);
    }
}
