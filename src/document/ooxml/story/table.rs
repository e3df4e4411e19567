//! Tables of running text: rows of cells, where a cell holds paragraphs.

use super::Story;
use crate::document::Position;
use crate::document::markup::Tag;

/// An open table.
pub(super) struct Table {
    /// Where the text around the table stands.
    pub outer: Position,
    rows: u32,
    next_column: u32,
    row_started: bool,
}

impl<'x> Story<'_, '_, 'x> {
    pub(super) fn start_table(&mut self) {
        let outer = self.text.position();
        self.text.line();
        self.break_due = false;
        self.text.start_table();
        self.tables.push(Table { outer, rows: 0, next_column: 0, row_started: false });
    }

    pub(super) fn start_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            self.text.set_cell(table.rows, 0);
            table.rows = table.rows.saturating_add(1);
            (table.next_column, table.row_started) = (0, false);
        }
    }

    pub(super) fn start_cell(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        if table.row_started {
            self.text.push("\t");
        }
        table.row_started = true;
        self.break_due = false;
        self.text.set_cell(table.rows.saturating_sub(1), table.next_column);
        table.next_column = table.next_column.saturating_add(1);
    }

    /// `w:gridSpan`: the cell takes up several columns; `w:gridBefore`: the row starts further right.
    pub(super) fn widen(&mut self, tag: &Tag<'x>) {
        let (Some(table), Some(by)) = (self.tables.last_mut(), tag.number("val")) else {
            return;
        };
        let by = if tag.name == "gridSpan" { by.saturating_sub(1) } else { by };
        table.next_column = table.next_column.saturating_add(by.min(1 << 14));
    }

    pub(super) fn end_row(&mut self, depth: u32) {
        self.end_paragraph(depth);
        if !self.tables.is_empty() {
            self.text.line();
            self.break_due = false;
        }
        if self.tables.len() <= 1 {
            self.flush();
        }
    }
}
