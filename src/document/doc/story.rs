//! From characters to text: marks end paragraphs, cells and rows; fields have an instruction and a result
//! (MS-DOC 2.4.3, 2.8.25).
//!
//! A paragraph must come out in one piece. What stands inside of it but is not part of it (instructions of fields, the
//! wording before tracked changes) waits until the paragraph or, in a table, the row is over.

use super::fields;
use super::formatting::{Character, Paragraph};
use crate::document::{Area, Position, Text};

/// Fields inside fields that are taken apart; deeper ones are read where they stand.
const NESTING_MAX: usize = 32;
/// Bytes of an instruction. A longer one was never ended: it is text.
const INSTRUCTION_BYTES_MAX: usize = 64 << 10;
/// Fields of one paragraph, and of one row, that are told.
const PENDING_MAX: usize = 1 << 12;

/// A field that is open: its instruction so far, and whether its result has begun.
#[derive(Default)]
struct Field {
    instruction: String,
    in_result: bool,
    /// What a drop-down list shows; it has no result in the text.
    shown: String,
}

/// A table that is open.
struct Table {
    outer: Position,
    row: u32,
    column: u32,
    /// Cells begun since text was last written: each wants its tab.
    tabs: u32,
}

/// What a story is written with.
pub(super) struct Writer<'t, 'd> {
    text: &'t mut Text<'d>,
    area: Area,
    fields: Vec<Field>,
    table: Option<Table>,
    /// Whether the next character is the first one of its paragraph.
    at_start: bool,
    /// What separates the next text from that before it in the same cell.
    due: &'static str,
    /// The open paragraph as it was before the tracked changes, and whether it was another one.
    original: String,
    deleted: bool,
    pending: Vec<(Area, String)>,
    /// Whether the last mark was that of a cell, and nothing came since.
    after_cell: bool,
    /// Whether formatting tells which marks end rows.
    knows_rows: bool,
}

impl<'t, 'd> Writer<'t, 'd> {
    pub(super) fn new(text: &'t mut Text<'d>, knows_rows: bool) -> Self {
        Self {
            text,
            area: Area::Body,
            fields: Vec::new(),
            table: None,
            at_start: true,
            due: "",
            original: String::new(),
            deleted: false,
            pending: Vec::new(),
            after_cell: false,
            knows_rows,
        }
    }

    /// Begins a story, or a part of one.
    pub(super) fn begin(&mut self, area: Area) {
        self.text.line();
        self.area = area;
        self.text.set_area(area);
    }

    /// Ends it: nothing runs on into the next one.
    pub(super) fn end(&mut self) {
        self.drop_fields();
        self.end_paragraph();
        self.end_table();
        self.flush();
        self.text.line();
        self.text.set_area(Area::Body);
    }

    /// Text without marks.
    pub(super) fn put(&mut self, words: &str, character: Character, paragraph: Paragraph) {
        if words.is_empty() {
            return;
        }
        self.start_paragraph(paragraph);
        self.after_cell = false;
        match self.fields.iter_mut().rev().find(|field| !field.in_result) {
            Some(field) if field.instruction.len() < INSTRUCTION_BYTES_MAX => field.instruction.push_str(words),
            Some(_) => {
                self.drop_fields();
                self.write(words, character);
            }
            None => self.write(words, character),
        }
    }

    fn write(&mut self, words: &str, character: Character) {
        if character.deleted {
            self.deleted = true;
            self.original.push_str(words);
            return;
        }
        if let Some(table) = &mut self.table {
            let first = table.column.saturating_sub(table.tabs);
            for column in first..table.column {
                self.text.set_cell(table.row, column);
                self.text.push("\t");
            }
            self.text.set_cell(table.row, table.column);
            table.tabs = 0;
        }
        let due = std::mem::take(&mut self.due);
        self.text.push(due);
        self.text.set_area(if character.hidden { Area::Hidden } else { self.area });
        self.text.push(words);
        self.text.set_area(self.area);
        if !character.inserted {
            self.original.push_str(words);
        }
    }

    /// The mark of a paragraph, or of a cell of a table inside a table.
    pub(super) fn paragraph(&mut self, character: Character, paragraph: Paragraph) {
        self.start_paragraph(paragraph);
        if character.deleted {
            // Text of the next paragraph joins this one.
            self.put(" ", character, paragraph);
            self.at_start = true;
            return;
        }
        if self.in_instruction() {
            return self.put(" ", character, paragraph);
        }
        self.end_paragraph();
        self.after_cell = false;
        match (&self.table, paragraph.inner_cell) {
            (None, _) => {
                self.text.line();
                self.flush();
            }
            (Some(table), _) if table.tabs > 0 => {}
            (Some(_), true) if !paragraph.inner_row_end => self.due = "\t",
            (Some(_), _) => self.due = "\n",
        }
    }

    /// The mark of a cell or row.
    pub(super) fn cell(&mut self, paragraph: Paragraph) {
        let row_end = if self.knows_rows { paragraph.row_end } else { self.after_cell };
        if !self.knows_rows {
            self.end_paragraph();
            if row_end {
                self.text.line();
                self.flush();
            } else {
                self.text.push("\t");
            }
            self.after_cell = !row_end;
            return;
        }
        // A mark that says to stand in no table still ends a cell.
        self.start_paragraph(Paragraph { in_table: true, ..paragraph });
        self.drop_fields();
        self.end_paragraph();
        self.due = "";
        let Some(table) = &mut self.table else { return };
        if row_end {
            self.text.line();
            table.row = table.row.saturating_add(1);
            (table.column, table.tabs) = (0, 0);
            self.text.set_cell(table.row, 0);
            self.flush();
        } else {
            table.column = table.column.saturating_add(1);
            table.tabs = table.tabs.saturating_add(1).min(COLUMNS_MAX);
        }
    }

    /// Another line, column, page or section.
    pub(super) fn line(&mut self, character: Character, paragraph: Paragraph) {
        if self.in_instruction() || character.deleted {
            return self.put(" ", character, paragraph);
        }
        self.start_paragraph(paragraph);
        if self.table.is_none() {
            self.text.line();
        } else {
            self.due = "\n";
        }
        self.original.push('\n');
    }

    fn start_paragraph(&mut self, paragraph: Paragraph) {
        if !std::mem::take(&mut self.at_start) || !self.knows_rows {
            return;
        }
        match (&self.table, paragraph.in_table) {
            (None, true) => {
                let outer = self.text.position();
                self.text.line();
                self.text.start_table();
                self.table = Some(Table { outer, row: 0, column: 0, tabs: 0 });
            }
            (Some(_), false) => self.end_table(),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        if std::mem::take(&mut self.deleted) {
            let original = std::mem::take(&mut self.original);
            self.later(Area::TrackedChange, original);
        }
        self.original.clear();
        self.at_start = true;
    }

    fn end_table(&mut self) {
        if let Some(table) = self.table.take() {
            self.text.line();
            self.text.set_position(table.outer);
            self.text.set_area(self.area);
            self.due = "";
            self.flush();
        }
    }

    // ---- fields ----------------------------------------------------------------------------------------------

    fn in_instruction(&self) -> bool {
        self.fields.iter().any(|field| !field.in_result)
    }

    /// Gives up fields that were not ended; what they have hidden is text.
    fn drop_fields(&mut self) {
        for field in std::mem::take(&mut self.fields) {
            if !field.in_result {
                self.write(&field.instruction, Character::default());
            }
        }
    }

    pub(super) fn begin_field(&mut self) {
        if self.fields.len() < NESTING_MAX {
            self.fields.push(Field::default());
        }
    }

    /// What a drop-down list of the open field shows, and other words of its form.
    pub(super) fn form(&mut self, shown: Option<String>, words: Vec<String>) {
        if let (Some(field), Some(shown)) = (self.fields.last_mut(), shown) {
            field.shown = shown;
        }
        for words in words {
            self.later(Area::Metadata, words);
        }
    }

    /// The result of the field begins.
    pub(super) fn separate_field(&mut self) {
        let Some(field) = self.fields.last_mut().filter(|field| !field.in_result) else { return };
        field.in_result = true;
        let instruction = std::mem::take(&mut field.instruction);
        if let Some(words) = fields::told(&instruction) {
            self.later(Area::Metadata, words);
        }
    }

    pub(super) fn end_field(&mut self, character: Character, paragraph: Paragraph) {
        let Some(field) = self.fields.pop() else { return };
        if !field.in_result {
            if let Some(shown) = fields::shown(&field.instruction) {
                self.put(&shown, character, paragraph);
            } else if let Some(words) = fields::told(&field.instruction) {
                self.later(Area::Metadata, words);
            }
        }
        self.put(&field.shown, character, paragraph);
    }

    /// Keeps `words` until the paragraph or row is over.
    pub(super) fn later(&mut self, area: Area, words: String) {
        let words_known = self.pending.iter().rev().take(4).any(|(_, known)| *known == words);
        if words.trim().len() > 1 && !words_known && self.pending.len() < PENDING_MAX {
            self.pending.push((area, words));
        }
    }

    fn flush(&mut self) {
        for (area, words) in std::mem::take(&mut self.pending) {
            self.text.aside(area, &words);
        }
    }
}

/// Columns that a row may have (MS-DOC 2.9.325 TDefTableOperand: at most 64).
const COLUMNS_MAX: u32 = 64;
