//! Objects on sheets and charts (2.4.181, 2.4.329, 2.4.179, 2.4.174; 2.4.253 for charts): text boxes, comments on
//! cells, words of shapes, titles and labels of charts.

use std::collections::HashMap;

use super::book::{Book, Cached};
use super::records::{Biff, Chain, Record, Records, clean};
use crate::document::{Area, code_page, office_art};

/// Text of an object of a version before 8: lengths stand 44 bytes behind its start.
const OLD_TEXT_AT: usize = 44;

/// Kind of object that holds the text of a comment.
const NOTE: u16 = 0x19;

/// What is known of the objects of a sheet.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// Kind and number of the object whose text comes next.
    last: Option<(u16, u16)>,
    /// Text of comments, by the number of their object.
    texts: HashMap<u16, String>,
    notes: Vec<Note>,
}

/// A comment on a cell.
#[derive(Debug)]
struct Note {
    row: u16,
    column: u16,
    text: NoteText,
}

#[derive(Debug)]
enum NoteText {
    /// In the object of this number.
    Of(u16),
    Own(String),
}

impl Book<'_, '_> {
    /// Reads one record of an object on a sheet.
    pub fn object_record(&mut self, record: Record<'_>, records: &mut Records<'_>) {
        match record.id {
            0x1C => self.note(record),
            0x5D => self.object(record),
            0x01B6 => self.text_object(record, records),
            _ => {
                let mut body = record.body.to_vec();
                records.continued().iter().for_each(|more| body.extend_from_slice(more));
                office_art::words(&body, &mut |words| self.later(Area::Metadata, words));
            }
        }
    }

    /// 2.4.181: what kind of object follows, and its number.
    #[allow(clippy::arithmetic_side_effects, reason = "a length of sixteen bits")]
    fn object(&mut self, record: Record<'_>) {
        let word =
            |at: usize| record.body.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u16::from_le_bytes(*b));
        if self.biff >= Biff::Eight {
            self.objects.last = (word(0) == 0x15).then(|| (word(4), word(6)));
            return;
        }
        // Text boxes and buttons: the text stands before its runs of fonts, which end the record.
        let (length, runs) = (usize::from(word(OLD_TEXT_AT)), usize::from(word(OLD_TEXT_AT + 4)));
        if length == 0 || !matches!(word(4), 0x06 | 0x07 | 0x0B..=0x0E | NOTE) {
            return;
        }
        let end = record.body.len().saturating_sub(runs);
        let text = end.checked_sub(length.next_multiple_of(2)).and_then(|start| record.body.get(start..start + length));
        if let Some(text) = text.filter(|text| text.iter().all(|b| *b >= 0x20 || matches!(b, b'\n' | b'\r' | b'\t'))) {
            self.later(Area::Body, &code_page::decode(text, self.page));
        }
    }

    /// 2.4.329: the text follows in records of continuation.
    fn text_object(&mut self, record: Record<'_>, records: &mut Records<'_>) {
        let mut chain = Chain::new(record.body, records.continued(), self.biff, self.page);
        let length = chain.skip(10).and_then(|()| chain.u16()).unwrap_or(0);
        let text = chain.continued_text(usize::from(length));
        match self.objects.last.take() {
            Some((NOTE, number)) if !text.is_empty() => {
                self.objects.texts.entry(number).or_default().push_str(&text);
            }
            _ => self.later(Area::Body, &text),
        }
    }

    /// 2.4.179; before version 8 with the text itself, in pieces of two kilobytes.
    fn note(&mut self, record: Record<'_>) {
        let mut chain = self.chain(record);
        let (Some(row), Some(column), Some(third)) = (chain.u16(), chain.u16(), chain.u16()) else { return };
        if self.biff >= Biff::Eight {
            let Some(number) = chain.u16() else { return };
            if let Some(author) = chain.long()
                && !author.trim().is_empty()
                && self.told.insert(&author)
            {
                self.later(Area::Metadata, &author);
            }
            return self.objects.notes.push(Note { row, column, text: NoteText::Of(number) });
        }
        let piece = record.body.get(6..).unwrap_or_default();
        let mut text = String::new();
        clean(&code_page::decode(piece.get(..usize::from(third)).unwrap_or(piece), self.page), &mut text);
        match self.objects.notes.last_mut() {
            Some(Note { text: NoteText::Own(whole), .. }) if row == u16::MAX => whole.push_str(&text),
            _ => self.objects.notes.push(Note { row, column, text: NoteText::Own(text) }),
        }
    }

    /// Tells comments where they belong, at the end of a sheet.
    pub fn tell_objects(&mut self) {
        let Objects { mut texts, notes, .. } = std::mem::take(&mut self.objects);
        let mut told = Vec::new();
        for note in notes {
            let text = match note.text {
                NoteText::Of(number) => texts.remove(&number).unwrap_or_default(),
                NoteText::Own(text) => text,
            };
            told.push((u32::from(note.row), u32::from(note.column), text));
        }
        let mut left: Vec<_> = texts.into_iter().collect();
        left.sort_unstable();
        told.extend(left.into_iter().map(|(_, text)| (0, 0, text)));
        let before = self.text.position();
        let mut started = false;
        for (row, column, text) in told {
            if text.trim().is_empty() || !self.told.insert(&text) && self.told.again {
                continue;
            }
            if !std::mem::replace(&mut started, true) {
                self.text.line();
                self.text.start_table();
                self.text.set_area(Area::Comment);
            }
            self.text.set_cell(row, column);
            self.text.push(text.trim_end());
            self.text.push("\n");
        }
        self.text.set_position(before);
    }

    /// Reads one record of a chart: its words are told, values that it keeps only if no cell shows them.
    pub fn chart_record(&mut self, record: Record<'_>, records: &mut Records<'_>) {
        let mut chain = self.chain(record);
        match record.id {
            0x100D => {
                let text = chain.u16().and_then(|_| chain.short()).unwrap_or_default();
                self.later(Area::Body, &text);
            }
            0x0203 => {
                if let Some(value) = chain.skip(6).and_then(|()| chain.f64()).filter(|value| value.abs() < 1e15) {
                    self.cached.push(Cached::Number(value));
                }
            }
            0x0204 => {
                if let Some(text) = chain.skip(6).and_then(|()| chain.long()) {
                    self.cached.push(Cached::Text(text));
                }
            }
            0x14 => self.page_header(record, Area::Header),
            0x15 => self.page_header(record, Area::Footer),
            0x089C => self.further_page_headers(record),
            0x1C | 0x5D | 0x01B6 | 0xEC => self.object_record(record, records),
            _ => {}
        }
    }
}
