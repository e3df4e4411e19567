//! Running text: paragraphs, and tables from their marks (specification 1.9.1, "Table Definitions").
//!
//! A table has no start and no end of its own: paragraphs say that they stand in one (`\intbl`, `\itapN`), `\cell` and
//! `\row` end cells and rows. Blanks between cells are written when the next text comes.

use crate::document::text::{Area, Position, Text};

/// Tables inside tables that are told apart; what is deeper counts as the innermost.
const TABLES_MAX: usize = 32;

/// One stream of text: the main one, or that of a note, a header, a text box.
pub(super) struct Flow {
    /// What was read.
    pub text: Text<'static>,
    /// Where it stands.
    pub area: Area,
    tables: Vec<Table>,
    /// Between `\trowd` and `\row` paragraphs stand in the table, whether they say so or not.
    row_open: bool,
}

/// An open table.
struct Table {
    outer: Position,
    row: u32,
    column: u32,
    /// Whether a cell ended since the last text of this row.
    tab_due: bool,
    /// A paragraph of this cell ended since its last text.
    line_due: bool,
    /// Whether the row has a cell that ended.
    is_started: bool,
}

impl Flow {
    pub(super) fn new(area: Area) -> Self {
        let mut text = Text::default();
        text.set_area(area);
        Self { text, area, tables: Vec::new(), row_open: false }
    }

    /// Whether it stands outside of tables.
    pub(super) fn is_plain(&self) -> bool {
        self.tables.is_empty()
    }

    /// Appends text at `area`, `level` tables deep as its paragraph says.
    pub(super) fn push(&mut self, text: &str, area: Area, level: u32) {
        self.go_to(level.max(u32::from(self.row_open)));
        self.write_tabs();
        self.text.set_area(area);
        self.text.push(text);
        self.text.set_area(self.area);
    }

    /// Ends a paragraph.
    pub(super) fn end_paragraph(&mut self, level: u32) {
        let level = level.max(u32::from(self.row_open));
        if level == 0 {
            self.go_to(0);
        }
        match self.tables.last_mut() {
            // Paragraphs end in cells with the cell, too, and nobody sees an empty one at its start.
            Some(table) => table.line_due = !table.tab_due,
            None => self.text.line(),
        }
    }

    /// Opens or closes tables until `level` of them are open.
    fn go_to(&mut self, level: u32) {
        let level = usize::try_from(level).unwrap_or(TABLES_MAX).min(TABLES_MAX);
        while self.tables.len() > level {
            if let Some(table) = self.tables.pop() {
                self.text.line();
                self.text.set_position(table.outer);
            }
        }
        while self.tables.len() < level {
            self.write_tabs();
            self.text.line();
            let outer = self.text.position();
            self.text.start_table();
            self.tables.push(Table { outer, row: 0, column: 0, tab_due: false, line_due: false, is_started: false });
        }
    }

    fn write_tabs(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            // Runs of empty cells: their number is in the position already, one blank apart is enough.
            if std::mem::take(&mut table.tab_due) {
                self.text.push("\t");
            }
            if std::mem::take(&mut table.line_due) {
                self.text.line();
            }
            self.text.set_cell(table.row, table.column);
        }
    }

    /// `\cell`, `\nestcell`.
    pub(super) fn end_cell(&mut self, level: u32) {
        self.go_to(level.max(1));
        if let Some(table) = self.tables.last_mut() {
            table.column = table.column.saturating_add(1);
            (table.tab_due, table.line_due) = (true, false);
            table.is_started = true;
        }
    }

    /// `\row`, `\nestrow`.
    pub(super) fn end_row(&mut self, level: u32) {
        self.go_to(level.max(1));
        self.row_open = self.row_open && level > 1;
        if let Some(table) = self.tables.last_mut()
            && std::mem::take(&mut table.is_started)
        {
            (table.row, table.column) = (table.row.saturating_add(1), 0);
            (table.tab_due, table.line_due) = (false, false);
        }
        self.text.line();
    }

    /// `\trowd`: a row is described. Outside of nested tables it may be all that says that there is a table.
    pub(super) fn start_row(&mut self, level: u32) {
        self.row_open = self.row_open || level <= 1;
    }

    /// Ends the last line and leaves all tables.
    pub(super) fn end(&mut self) {
        self.row_open = false;
        self.go_to(0);
        self.text.line();
    }
}
