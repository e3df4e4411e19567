//! Walks through the characters of a document: pieces of text, runs of formatting, marks (MS-DOC 2.4.1, 2.4.3).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one stream, and the stretch from one to a later one"
)]

use std::collections::HashSet;
use std::ops::Range;

use super::bytes::u16_at;
use super::encoding::Encodings;
use super::fib::{Fib, Version};
use super::formatting::{Changes, Character, Formatting, Paragraph};
use super::forms;
use super::pieces::{Piece, Pieces};
use super::story::Writer;
use crate::blob::{Budget, Reason};

/// What the characters of a document are read from.
pub(super) struct Source<'s> {
    pub fib: &'s Fib,
    pub main: &'s [u8],
    pub data: &'s [u8],
    pub pieces: &'s Pieces,
    pub formatting: &'s Formatting,
    pub encodings: &'s Encodings,
    /// Places of pictures in the data stream, as they were come upon.
    pub pictures: HashSet<u32>,
    /// Places of data of fields that were read; they may overlap.
    forms: HashSet<u32>,
    /// Half of a character beyond the first 65,536.
    high: Option<u16>,
}

impl<'s> Source<'s> {
    pub(super) fn new(
        fib: &'s Fib,
        main: &'s [u8],
        data: &'s [u8],
        pieces: &'s Pieces,
        formatting: &'s Formatting,
        encodings: &'s Encodings,
    ) -> Self {
        Self {
            fib,
            main,
            data,
            pieces,
            formatting,
            encodings,
            pictures: HashSet::new(),
            forms: HashSet::new(),
            high: None,
        }
    }

    /// Writes the characters of `range`.
    ///
    /// # Errors
    /// The limit that stopped it.
    pub(super) fn read(
        &mut self,
        range: Range<u32>,
        writer: &mut Writer<'_, '_>,
        budget: &Budget,
    ) -> Result<(), Reason> {
        let list = &self.pieces.list;
        let first = list.partition_point(|piece| piece.characters.end <= range.start);
        let inside =
            list.get(first..).unwrap_or_default().iter().take_while(|piece| piece.characters.start < range.end);
        for piece in inside {
            let width = if piece.wide { 2 } else { 1 };
            let skipped = range.start.saturating_sub(piece.characters.start) as usize;
            let wanted = range.end.min(piece.characters.end).saturating_sub(piece.characters.start) as usize;
            let from = piece.bytes.start.saturating_add(skipped.saturating_mul(width));
            let to = piece.bytes.start.saturating_add(wanted.saturating_mul(width)).min(piece.bytes.end);
            self.piece(piece, from..to, writer, budget)?;
        }
        Ok(())
    }

    fn piece(
        &mut self,
        piece: &Piece,
        bytes: Range<usize>,
        writer: &mut Writer<'_, '_>,
        budget: &Budget,
    ) -> Result<(), Reason> {
        let changes = self.pieces.changes(piece);
        let mut at = bytes.start;
        let mut steps = 0u32;
        while at < bytes.end {
            steps = steps.wrapping_add(1);
            if steps % 256 == 1 {
                budget.time()?;
            }
            let (mut character, until) = self.formatting.characters.at(at);
            let mut until = until.min(bytes.end).max(at + 1);
            if piece.wide && (until - at) % 2 == 1 {
                until = (until + 1).min(bytes.end);
            }
            changes.apply(&mut character, &mut Paragraph::default());
            self.run(piece.wide, at..until, character, &changes, writer);
            at = until;
        }
        Ok(())
    }

    fn paragraph_at(&self, at: usize, changes: &Changes) -> Paragraph {
        let (mut paragraph, _) = self.formatting.paragraphs.at(at);
        changes.apply(&mut Character::default(), &mut paragraph);
        paragraph
    }

    /// Characters of one formatting.
    fn run(
        &mut self,
        wide: bool,
        bytes: Range<usize>,
        character: Character,
        changes: &Changes,
        writer: &mut Writer<'_, '_>,
    ) {
        let run = self.main.get(bytes.clone()).unwrap_or_default();
        let width = if wide { 2 } else { 1 };
        let code = |i: usize| if wide { u16_at(run, i * 2) } else { run.get(i).map(|byte| u16::from(*byte)) };
        let count = run.len() / width;
        let (mut from, mut words) = (0, String::new());
        while from < count {
            let mark = (from..count).find(|i| code(*i).is_some_and(|code| code < 0x20));
            let to = mark.unwrap_or(count);
            if to > from {
                let stretch = run.get(from * width..to * width).unwrap_or_default();
                words.clear();
                self.decode(stretch, wide, character, &mut words);
                writer.put(&words, character, self.paragraph_at(bytes.start + from * width, changes));
            }
            if let Some(code) = mark.and_then(code) {
                self.high = None;
                let paragraph = self.paragraph_at(bytes.start + to * width, changes);
                self.mark(code, character, paragraph, writer);
            }
            from = to + 1;
        }
    }

    fn decode(&mut self, stretch: &[u8], wide: bool, character: Character, out: &mut String) {
        if let Some(symbol) = character.symbol.filter(|_| character.special) {
            let count = stretch.len() / if wide { 2 } else { 1 };
            return out.extend((0..count).filter_map(|_| shown(char::from_u32(symbol.into())?)));
        }
        if wide {
            for pair in stretch.chunks_exact(2) {
                let Some(unit) = u16_at(pair, 0) else { continue };
                let high = self.high.take();
                if (0xD800..0xDC00).contains(&unit) {
                    self.high = Some(unit);
                    continue;
                }
                let units = high.into_iter().chain([unit]);
                out.extend(char::decode_utf16(units).flatten().filter_map(shown));
            }
        } else if self.fib.version == Version::Word97 {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(stretch);
            out.extend(text.chars().filter_map(shown));
        } else {
            let (text, _) = self.encodings.of(character.font).decode_without_bom_handling(stretch);
            out.extend(text.chars().filter_map(shown));
        }
    }

    fn mark(&mut self, code: u16, character: Character, paragraph: Paragraph, writer: &mut Writer<'_, '_>) {
        match code {
            0x01 => self.picture(character, writer),
            0x07 => writer.cell(paragraph),
            0x09 => writer.put("\t", character, paragraph),
            0x0D => writer.paragraph(character, paragraph),
            0x0A | 0x0B | 0x0C | 0x0E => writer.line(character, paragraph),
            0x13 => writer.begin_field(),
            0x14 => writer.separate_field(),
            0x15 => writer.end_field(character, paragraph),
            0x1E => writer.put("-", character, paragraph),
            // References to notes and comments, drawn objects, hyphens that are only shown at the end of a line.
            _ => {}
        }
    }

    /// A picture, or the data of a field.
    fn picture(&mut self, character: Character, writer: &mut Writer<'_, '_>) {
        let Some(place) = character.picture else { return };
        if character.object {
            return;
        }
        if !character.data {
            self.pictures.insert(place);
        } else if self.forms.len() <= self.data.len() / forms::BYTES_MIN
            && self.forms.insert(place)
            && let Some(form) = forms::read(self.data, place as usize)
        {
            writer.form(form.shown, form.words);
        }
    }
}

/// A character as it is shown. Symbol fonts show ASCII from U+F020 on; of their signs, digits and what goes between
/// them may be a value.
fn shown(c: char) -> Option<char> {
    match c {
        '\u{F020}'..='\u{F040}' => char::from_u32(u32::from(c) - 0xF000),
        '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{E000}'..='\u{F8FF}' | '\u{FEFF}' | '\u{FFFC}'..='\u{FFFF}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}
