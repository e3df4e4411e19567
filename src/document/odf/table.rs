//! Tables and sheets (ODF 1.3 part 3, clause 9): rows of cells, each told once however often it is repeated.

use super::body::Body;
use crate::document::markup::{Tag, unescape};
use crate::document::{Area, Position, Unit};

/// Columns that one cell or row of the file may stand for: what a sheet has at most.
const REPEAT_MAX: u32 = 1 << 20;
/// Hidden columns of one table that are told apart.
const HIDDEN_RANGES_MAX: usize = 1024;
/// Digits from which a stored number is told beside its display, if that does not show them all.
const WORTH_DIGITS: usize = 6;
/// Bytes of a constant in a formula that are worth telling.
const CONSTANT_BYTES_MIN: usize = 3;

/// An open table.
pub(super) struct Table {
    /// Where the text around the table stands.
    outer: Position,
    /// Whether it is a sheet.
    sheet: bool,
    row: u32,
    row_repeat: u32,
    column: u32,
    column_repeat: u32,
    /// Columns declared so far, and those that are hidden.
    declared: u32,
    hidden: Vec<(u32, u32)>,
    /// Something stands in this row, and in which column the last of it.
    row_started: bool,
    last_column: u32,
    /// The open cell: whether something stands in it, where that starts, and its stored value.
    cell: Option<Cell>,
}

struct Cell {
    start: Option<usize>,
    value: Option<String>,
    written_before: usize,
}

impl<'x> Body<'_, 'x> {
    pub(super) fn start_table(&mut self, tag: &Tag<'x>, depth: u32) {
        self.end_paragraph(depth);
        self.hide_by_style("table", tag);
        let hidden = tag.attribute("display").is_some_and(|display| display == "false");
        let outer = self.text.position();
        let name = tag.attribute("name").unwrap_or_default();
        let sheet = self.is_sheet();
        self.state().hidden |= hidden;
        self.text.line();
        if sheet {
            let index = self.text.name(&name);
            self.text.set_unit(Unit::Sheet(index));
            self.text.aside(Area::Metadata, &name);
        }
        self.text.start_table();
        self.state().break_due = false;
        self.state().tables.push(Table {
            outer,
            sheet,
            row: 0,
            row_repeat: 0,
            column: 0,
            column_repeat: 0,
            declared: 0,
            hidden: Vec::new(),
            row_started: false,
            last_column: 0,
            cell: None,
        });
        self.describe(tag);
    }

    pub(super) fn end_table(&mut self, depth: u32) {
        self.end_row(depth);
        if let Some(table) = self.state().tables.pop() {
            self.text.line();
            if self.state().tables.is_empty() {
                self.flush(depth);
            }
            self.text.set_position(if table.sheet { Position::default() } else { table.outer });
            self.state().break_due = false;
        }
    }

    pub(super) fn column(&mut self, tag: &Tag<'x>) {
        let repeat = repeat(tag, "number-columns-repeated");
        let hidden = is_hidden(tag);
        if let Some(table) = self.state().tables.last_mut() {
            let first = table.declared;
            table.declared = first.saturating_add(repeat);
            if hidden && table.hidden.len() < HIDDEN_RANGES_MAX {
                table.hidden.push((first, table.declared));
            }
        }
    }

    pub(super) fn start_row(&mut self, tag: &Tag<'x>) {
        let hidden = is_hidden(tag);
        self.text.line();
        self.state().hidden |= hidden;
        if let Some(table) = self.state().tables.last_mut() {
            table.row_repeat = repeat(tag, "number-rows-repeated");
            (table.column, table.column_repeat, table.row_started) = (0, 0, false);
        }
    }

    pub(super) fn end_row(&mut self, depth: u32) {
        self.end_cell(depth);
        let Some(table) = self.state().tables.last_mut() else { return };
        table.row = table.row.saturating_add(std::mem::take(&mut table.row_repeat));
        if std::mem::take(&mut table.row_started) {
            self.text.line();
        }
        self.state().break_due = false;
        if self.state().tables.len() <= 1 {
            self.flush(depth);
        }
    }

    pub(super) fn start_cell(&mut self, tag: &Tag<'x>) {
        let value = ["string-value", "value", "date-value", "time-value", "boolean-value"];
        let value = value.iter().find_map(|name| tag.attribute(name)).map(|value| value.into_owned());
        let covered = tag.name == "covered-table-cell";
        let written_before = self.state().written;
        let Some(table) = self.state().tables.last_mut() else { return };
        table.column = table.column.saturating_add(std::mem::take(&mut table.column_repeat));
        table.column_repeat = repeat(tag, "number-columns-repeated");
        table.cell = Some(Cell { start: None, value, written_before });
        let (row, column) = (table.row, table.column);
        let hidden = covered || table.hidden.iter().any(|(from, to)| (*from..*to).contains(&column));
        self.state().hidden |= hidden;
        self.state().break_due = false;
        self.text.set_cell(row, column);
        if let Some(formula) = tag.attribute("formula") {
            self.constants(&formula);
        }
        self.hide_by_style("table-cell", tag);
    }

    pub(super) fn end_cell(&mut self, depth: u32) {
        self.end_paragraph(depth);
        let Some(cell) = self.state().tables.last_mut().and_then(|table| table.cell.take()) else { return };
        let Some(value) = cell.value else {
            self.state().break_due = false;
            return;
        };
        let shown = cell.start.and_then(|start| self.text.as_str().get(start..)).unwrap_or_default();
        let shows = self.state.written > cell.written_before;
        if !shows || hides_digits(shown, &value) {
            if let Some(table) = self.state().tables.last_mut() {
                table.cell = Some(Cell { value: None, ..cell });
            }
            self.state().break_due = false;
            if shows {
                self.put("  ");
            }
            self.put(&value);
            if let Some(table) = self.state().tables.last_mut() {
                table.cell = None;
            }
        }
        self.state().break_due = false;
    }

    /// Moves to the open cell once there is something to write in it.
    #[allow(clippy::arithmetic_side_effects, reason = "one more than the length of the text")]
    pub(super) fn start_cell_text(&mut self) {
        let length = self.text.len();
        let Some(table) = self.state.tables.last_mut() else { return };
        let Some(cell) = table.cell.as_mut().filter(|cell| cell.start.is_none()) else { return };
        let tab = std::mem::replace(&mut table.row_started, true);
        cell.start = Some(length + usize::from(tab));
        if tab {
            self.text.set_cell(table.row, table.last_column);
            self.text.push("\t");
        }
        table.last_column = table.column;
        self.text.set_cell(table.row, table.column);
    }

    /// Whether the open cell, if there is one, has text already.
    pub(super) fn cell_has_text(&self) -> bool {
        let cell = self.state.tables.last().and_then(|table| table.cell.as_ref());
        cell.is_none_or(|cell| cell.start.is_some())
    }

    /// Texts in quotes in a formula: constants, and names of files that it refers to.
    #[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
    fn constants(&mut self, formula: &str) {
        let mut rest = formula;
        while let Some(at) = rest.find(['"', '\'']) {
            let quote = rest.get(at..at + 1).unwrap_or("\"");
            let inside = rest.get(at + 1..).unwrap_or_default();
            let Some(end) = inside.find(quote) else { return };
            let constant = inside.get(..end).unwrap_or_default();
            if constant.len() >= CONSTANT_BYTES_MIN && (quote == "\"" || constant.contains('/')) {
                self.later(Area::Metadata, &unescape(constant));
            }
            rest = inside.get(end + 1..).unwrap_or_default();
        }
    }
}

fn repeat(tag: &Tag<'_>, name: &str) -> u32 {
    tag.number(name).unwrap_or(1).clamp(1, REPEAT_MAX)
}

fn is_hidden(tag: &Tag<'_>) -> bool {
    tag.attribute("visibility").is_some_and(|value| value == "collapse" || value == "filter")
}

/// Whether a stored number has digits that its display does not show, or shows in groups.
fn hides_digits(shown: &str, value: &str) -> bool {
    let whole = value.trim_start_matches('-');
    let whole = whole.split('.').next().unwrap_or_default();
    let number = whole.len() >= WORTH_DIGITS && whole.bytes().all(|b| b.is_ascii_digit());
    let exponent = value.contains(['e', 'E']) && value.parse::<f64>().is_ok();
    (number && !shown.contains(whole)) || (exponent && !shown.contains(value))
}
