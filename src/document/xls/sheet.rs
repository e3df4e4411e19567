//! Records of sheets (2.1.7.20.1, 2.1.7.20.5): cells as displayed, rows and columns that are hidden, page headers,
//! validations, conditions.

use std::collections::HashSet;

use super::book::Book;
use super::records::{Biff, Record, Records};
use crate::blob::Reason;
use crate::document::spreadsheet::{error, header_words, plain, rk};
use crate::document::{Area, Position};

/// Columns a sheet can have.
const COLUMNS_MAX: u16 = 256;

/// Bytes that a format may add to a value without being counted.
const FRILLS_FREE: usize = 64;

/// Bytes that formats may add to values of one workbook: a number of four bytes may be shown with hundreds.
const FRILLS_MAX: usize = 4 << 20;

/// What is known of the sheet being read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    hidden: bool,
    hidden_rows: HashSet<u16>,
    hidden_columns: Vec<bool>,
    /// The row of the last cell, if it has shown something.
    row: Option<u16>,
    /// The cell whose result follows in a record of its own.
    pending: Option<(u16, u16)>,
    /// Scratch: a value as shown.
    shown: String,
    before: Position,
}

impl Book<'_, '_> {
    /// Begins a sheet at the current unit.
    pub fn start_sheet(&mut self, hidden: bool) {
        let before = self.text.position();
        self.sheet = Sheet { hidden, before, ..Sheet::default() };
        self.text.line();
        self.text.start_table();
    }

    /// Ends the sheet: what stands on it and beside it is told.
    pub fn end_sheet(&mut self) {
        self.text.line();
        self.text.set_position(self.sheet.before);
        self.tell_objects();
    }

    /// Reads one record of a sheet.
    pub fn sheet_record(&mut self, record: Record<'_>, records: &mut Records<'_>) -> Result<(), Reason> {
        let mut chain = self.chain(record);
        match record.id {
            // Cells. Version 2 has three bytes of looks where later ones have the number of a style.
            0x02..=0x06 if self.biff == Biff::Two => self.cell_of_version_2(record),
            0x0203 => {
                let (row, column, style) = (chain.u16(), chain.u16(), chain.u16());
                if let (Some(row), Some(column), Some(style), Some(value)) = (row, column, style, chain.f64()) {
                    self.number(row, column, style, value);
                }
            }
            0x0204 | 0xD6 => {
                let continued = records.continued();
                let mut chain = super::records::Chain::new(record.body, continued, self.biff, self.page);
                let (row, column, style) = (chain.u16(), chain.u16(), chain.u16());
                if let (Some(row), Some(column), Some(style), Some(text)) = (row, column, style, chain.long()) {
                    self.words(row, column, style, &text);
                }
            }
            0x0205 => {
                let (row, column, _) = (chain.u16(), chain.u16(), chain.u16());
                if let (Some(row), Some(column), Some(value), Some(is_error)) = (row, column, chain.u8(), chain.u8()) {
                    self.truth(row, column, value, is_error != 0);
                }
            }
            0x027E => {
                let (row, column, style) = (chain.u16(), chain.u16(), chain.u16());
                if let (Some(row), Some(column), Some(style), Some(value)) = (row, column, style, chain.u32()) {
                    self.number(row, column, style, rk(value));
                }
            }
            0xBD => {
                let (Some(row), Some(mut column)) = (chain.u16(), chain.u16()) else { return Ok(()) };
                // The last two bytes are the last column: six bytes a cell say it better.
                while let (Some(style), Some(value)) = (chain.u16(), chain.u32()) {
                    self.number(row, column, style, rk(value));
                    column = column.saturating_add(1);
                }
            }
            0xFD => {
                let (row, column, style) = (chain.u16(), chain.u16(), chain.u16());
                if let (Some(row), Some(column), Some(style), Some(index)) = (row, column, style, chain.u32()) {
                    self.shared(row, column, style, index as usize)?;
                }
            }
            0x06 | 0x0206 | 0x0406 => self.formula_cell(record),
            0x07 | 0x0207 => {
                let continued = records.continued();
                let mut chain = super::records::Chain::new(record.body, continued, self.biff, self.page);
                let text = if self.biff == Biff::Two { chain.short() } else { chain.long() };
                if let (Some((row, column)), Some(text)) = (self.sheet.pending.take(), text) {
                    self.words(row, column, u16::MAX, &text);
                }
            }
            0x04BC => self.tokens(record, 8, 10),
            0x21 | 0x0221 => match self.biff {
                Biff::Two => self.tokens_short(record, 7, 8),
                Biff::Three | Biff::Four => self.tokens(record, 8, 10),
                _ => self.tokens(record, 12, 14),
            },
            0x01B1 => self.condition(record),
            // Rows and columns.
            0x0208 => {
                let row = chain.u16();
                let flags = chain.skip(10).and_then(|()| chain.u16());
                if let (Some(row), Some(flags)) = (row, flags)
                    && flags & 0x20 != 0
                {
                    self.sheet.hidden_rows.insert(row);
                }
            }
            0x7D => {
                let (first, last) = (chain.u16(), chain.u16());
                let flags = chain.skip(4).and_then(|()| chain.u16());
                if let (Some(first), Some(last), Some(flags)) = (first, last, flags)
                    && flags & 1 != 0
                {
                    self.hide_columns(first, last);
                }
            }
            0x24 => {
                let (first, last, width) = (chain.u8(), chain.u8(), chain.u16());
                if let (Some(first), Some(last), Some(0)) = (first, last, width) {
                    self.hide_columns(u16::from(first), u16::from(last));
                }
            }
            // Around the cells.
            0x14 => self.page_header(record, Area::Header),
            0x15 => self.page_header(record, Area::Footer),
            0x089C => self.further_page_headers(record),
            0x01BE => {
                let continued = records.continued();
                self.validation(super::records::Chain::new(record.body, continued, self.biff, self.page));
            }
            0x01B8 | 0x0800 => {
                let mut body = record.body.to_vec();
                records.continued().iter().for_each(|more| body.extend_from_slice(more));
                let words = if record.id == 0x01B8 { super::link::words(&body) } else { super::link::tip(&body) };
                for words in words {
                    self.later(Area::Metadata, &words);
                }
            }
            0x1C | 0x5D | 0x01B6 | 0xEC => self.object_record(record, records),
            _ => self.globals_record(record, records),
        }
        Ok(())
    }

    fn cell_of_version_2(&mut self, record: Record<'_>) {
        let mut chain = self.chain(record);
        let (Some(row), Some(column)) = (chain.u16(), chain.u16()) else { return };
        let (Some(_), Some(looks), Some(_)) = (chain.u8(), chain.u8(), chain.u8()) else { return };
        let style = self.style_of_code(u32::from(looks & 0x3F));
        match record.id {
            0x02 => chain.u16().into_iter().for_each(|value| self.number(row, column, style, f64::from(value))),
            0x03 => chain.f64().into_iter().for_each(|value| self.number(row, column, style, value)),
            0x04 => chain.short().into_iter().for_each(|text| self.words(row, column, style, &text)),
            0x05 => {
                let (value, is_error) = (chain.u8(), chain.u8());
                value.into_iter().for_each(|value| self.truth(row, column, value, is_error.is_some_and(|e| e != 0)));
            }
            _ => {
                if let Some(result) = record.body.get(7..15).and_then(|result| result.first_chunk()) {
                    self.result(row, column, style, *result);
                }
                self.tokens_short(record, 16, 17);
            }
        }
    }

    /// A style that shows numbers by this format alone: version 2 has no styles.
    #[allow(clippy::arithmetic_side_effects, reason = "a style was added in front of it")]
    fn style_of_code(&mut self, code: u32) -> u16 {
        let at = self.style_ids.iter().position(|id| *id == code).unwrap_or_else(|| {
            self.style_ids.push(code);
            self.style_ids.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// 2.4.127.
    fn formula_cell(&mut self, record: Record<'_>) {
        let mut chain = self.chain(record);
        let (row, column, style) = (chain.u16(), chain.u16(), chain.u16());
        let result = record.body.get(6..14).and_then(|result| result.first_chunk());
        if let (Some(row), Some(column), Some(style), Some(result)) = (row, column, style, result) {
            self.result(row, column, style, *result);
        }
        if self.biff < Biff::Five { self.tokens(record, 16, 18) } else { self.tokens(record, 20, 22) }
    }

    /// The result of a formula (2.5.133): a number, or what else it is.
    fn result(&mut self, row: u16, column: u16, style: u16, result: [u8; 8]) {
        self.sheet.pending = None;
        match result {
            [0, .., 0xFF, 0xFF] => self.sheet.pending = Some((row, column)),
            [1, _, value, .., 0xFF, 0xFF] => self.truth(row, column, value, false),
            [2, _, value, .., 0xFF, 0xFF] => self.truth(row, column, value, true),
            [.., 0xFF, 0xFF] => {}
            number => self.number(row, column, style, f64::from_le_bytes(number)),
        }
    }

    /// The constants of tokens behind their length.
    fn tokens(&mut self, record: Record<'_>, length: usize, start: usize) {
        let count = record.body.get(length..).and_then(|b| b.first_chunk()).map_or(0, |b| u16::from_le_bytes(*b));
        let rest = record.body.get(start..).unwrap_or_default();
        self.formula(rest.get(..usize::from(count)).unwrap_or(rest));
    }

    fn tokens_short(&mut self, record: Record<'_>, length: usize, start: usize) {
        let count = record.body.get(length).copied().unwrap_or(0);
        let rest = record.body.get(start..).unwrap_or_default();
        self.formula(rest.get(..usize::from(count)).unwrap_or(rest));
    }

    /// 2.4.42: the two formulas of a conditional format stand at its end.
    #[allow(clippy::arithmetic_side_effects, reason = "two lengths of sixteen bits")]
    fn condition(&mut self, record: Record<'_>) {
        let mut chain = self.chain(record);
        let lengths = chain.u16().and_then(|_| Some((usize::from(chain.u16()?), usize::from(chain.u16()?))));
        let Some((first, second)) = lengths else { return };
        let start = record.body.len().saturating_sub(first + second).max(6);
        let (one, two) = record.body.get(start..).unwrap_or_default().split_at_checked(first).unwrap_or_default();
        self.formula(one);
        self.formula(two);
    }

    fn hide_columns(&mut self, first: u16, last: u16) {
        let last = last.min(COLUMNS_MAX - 1);
        let columns = &mut self.sheet.hidden_columns;
        columns.resize(columns.len().max(usize::from(last) + 1), false);
        let run = columns.get_mut(usize::from(first)..=usize::from(last));
        run.into_iter().for_each(|run| run.fill(true));
    }

    // ---- values --------------------------------------------------------------------------------------------------

    /// A number as its style shows it.
    fn number(&mut self, row: u16, column: u16, style: u16, value: f64) {
        let mut shown = std::mem::take(&mut self.sheet.shown);
        shown.clear();
        self.number_shown(style, value, &mut shown);
        self.told.insert_number(value);
        self.cell(row, column, &shown);
        self.sheet.shown = shown;
    }

    /// Appends a number as its style shows it.
    fn number_shown(&mut self, style: u16, value: f64, shown: &mut String) {
        while let Some(id) = self.style_ids.get(self.styles.len()) {
            self.styles.add(*id, &self.codes);
        }
        let stored = if value.abs() < 1e21 { value.to_string() } else { format!("{value:e}") };
        match self.styles.format(usize::from(style)).filter(|_| self.biff > Biff::Two || !self.codes.is_empty()) {
            Some(format) => format.show(&stored, self.epoch_1904, shown),
            None => return shown.push_str(&plain(&stored)),
        }
        if self.is_too_much(stored.len(), shown.len()) {
            shown.clear();
            shown.push_str(&plain(&stored));
        }
    }

    /// Whether formats have added too much to values.
    fn is_too_much(&mut self, stored: usize, shown: usize) -> bool {
        let frills = shown.saturating_sub(stored);
        if frills > FRILLS_FREE {
            self.frills = self.frills.saturating_add(frills);
        }
        frills > FRILLS_FREE && self.frills > FRILLS_MAX
    }

    /// Text of a cell.
    pub fn words(&mut self, row: u16, column: u16, style: u16, text: &str) {
        match self.styles.format(usize::from(style)) {
            Some(format) => {
                let shown = format.show_text(text).into_owned();
                let is_too_much = self.is_too_much(text.len(), shown.len());
                self.cell(row, column, if is_too_much { text } else { &shown });
            }
            None => self.cell(row, column, text),
        }
    }

    fn shared(&mut self, row: u16, column: u16, style: u16, index: usize) -> Result<(), Reason> {
        let mut shown = std::mem::take(&mut self.sheet.shown);
        shown.clear();
        self.missing |= index >= self.strings.len();
        shown.push_str(self.strings.get(index, self.budget)?);
        self.words(row, column, style, &shown);
        self.sheet.shown = shown;
        Ok(())
    }

    fn truth(&mut self, row: u16, column: u16, value: u8, is_error: bool) {
        let words = match (is_error, value) {
            (true, code) => error(code),
            (false, 0) => "FALSE",
            (false, _) => "TRUE",
        };
        self.cell(row, column, words);
    }

    /// Tells a cell.
    fn cell(&mut self, row: u16, column: u16, words: &str) {
        if words.is_empty() || !self.told.insert(words) && self.told.again {
            return;
        }
        match self.sheet.row {
            Some(last) if last == row => self.text.push("\t"),
            Some(_) => self.text.line(),
            None => {}
        }
        self.sheet.row = Some(row);
        let hidden = self.sheet.hidden
            || self.sheet.hidden_rows.contains(&row)
            || self.sheet.hidden_columns.get(usize::from(column)) == Some(&true);
        self.text.set_area(if hidden { Area::Hidden } else { Area::Body });
        self.text.set_cell(u32::from(row), u32::from(column));
        self.text.push(words);
    }

    // ---- around the cells ----------------------------------------------------------------------------------------

    /// 2.4.136, 2.4.124.
    pub fn page_header(&mut self, record: Record<'_>, area: Area) {
        let mut chain = self.chain(record);
        let coded = if self.biff < Biff::Eight { chain.short() } else { chain.long() };
        self.later(area, &header_words(&coded.unwrap_or_default()));
    }

    /// 2.4.137: headers and footers of even pages and of the first one.
    pub fn further_page_headers(&mut self, record: Record<'_>) {
        let mut chain = self.chain(record);
        if chain.skip(30).is_none() {
            return;
        }
        let mut lengths = [0_u16; 4];
        for length in &mut lengths {
            *length = chain.u16().unwrap_or(0);
        }
        for (length, area) in lengths.into_iter().zip([Area::Header, Area::Footer, Area::Header, Area::Footer]) {
            if length > 0
                && let Some(coded) = chain.long()
            {
                self.later(area, &header_words(&coded));
            }
        }
    }

    /// 2.4.96: words that prompt and words that refuse, then what may be chosen.
    fn validation(&mut self, mut chain: super::records::Chain<'_>) {
        if chain.skip(4).is_none() {
            return;
        }
        for _ in 0..4 {
            let Some(words) = chain.long() else { return };
            self.later(Area::Metadata, &words);
        }
        for _ in 0..2 {
            let tokens = chain.u16().and_then(|length| {
                chain.skip(2)?;
                chain.take(usize::from(length))
            });
            let Some(tokens) = tokens else { return };
            self.formula(&tokens);
        }
    }
}
