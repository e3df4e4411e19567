//! Formatting as far as it changes what the text is: hidden, deleted, special characters; cells and rows.
//!
//! Properties stand in pages of 512 bytes of the main stream, each a list of runs by their place in the stream
//! (MS-DOC 2.9.32 ChpxFkp, 2.9.189 PapxFkp), as changes against the style (2.2.5 Sprm, 2.6 single property modifiers).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "places in a page or a table in memory, lengths of sixteen bits at most, and page numbers of 22 bits"
)]

use std::collections::HashSet;

use super::bytes::{u16_at, u32_at};
use super::fib::{Fib, Table, Version};
use crate::blob::Budget;

/// What is known of a run of characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Character {
    pub hidden: bool,
    pub deleted: bool,
    pub inserted: bool,
    /// Whether codes below a blank have a meaning, and symbols stand in for characters.
    pub special: bool,
    /// Whether `picture` is data of a field.
    pub data: bool,
    /// Whether `picture` is the number of an embedded object.
    pub object: bool,
    /// Place in the data stream.
    pub picture: Option<u32>,
    /// Character of a font that is shown instead.
    pub symbol: Option<u16>,
    /// Number of the font, from 1; 0 = that of the style.
    pub font: u16,
}

/// What is known of a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub in_table: bool,
    /// Whether its mark ends a row.
    pub row_end: bool,
    /// Whether its mark ends a cell of a table inside a table.
    pub inner_cell: bool,
    /// Whether its mark ends a row of a table inside a table.
    pub inner_row_end: bool,
}

/// Runs by their place in the stream, in order.
#[derive(Debug)]
pub(super) struct Runs<T>(Vec<(u32, u32, T)>);

impl<T: Copy + Default> Runs<T> {
    /// The run at `place` and where it ends.
    pub(super) fn at(&self, place: usize) -> (T, usize) {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let next = self.0.partition_point(|(start, ..)| *start <= place);
        let ends = self.0.get(next).map_or(usize::MAX, |(start, ..)| *start as usize);
        match next.checked_sub(1).and_then(|i| self.0.get(i)) {
            Some((_, end, value)) if *end > place => (*value, ends.min(*end as usize)),
            _ => (T::default(), ends),
        }
    }

    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// First and last byte of every run.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.0.iter().map(|(start, end, _)| (*start as usize, *end as usize))
    }
}

/// Formatting of a document.
#[derive(Debug)]
pub(super) struct Formatting {
    pub characters: Runs<Character>,
    pub paragraphs: Runs<Paragraph>,
    /// First bytes of the pages that hold it, which are no text.
    pub pages: HashSet<usize>,
}

/// Bytes of a page.
pub(super) const PAGE: usize = 512;

/// Changes that matter, each code once: what a piece changes in all that is in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes(Vec<(u16, [u8; 4])>);

impl Changes {
    /// Those of a list.
    pub(super) fn of(version: Version, list: &[u8]) -> Self {
        let mut out = Self::default();
        each(version, list, &mut |code, value| {
            let mut kept = [0; 4];
            for (to, from) in kept.iter_mut().zip(value) {
                *to = *from;
            }
            if CODES.contains(&code) {
                out.0.retain(|(other, _)| *other != code);
                out.0.push((code, kept));
            }
        });
        out
    }

    /// The one that a piece carries in its number (MS-DOC 2.9.215 Prm0).
    pub(super) fn one(number: u16) -> Self {
        let [low, value] = number.to_le_bytes();
        Self(renamed(low >> 1).map(|code| (code, [value, 0, 0, 0])).into_iter().collect())
    }

    pub(super) fn apply(&self, character: &mut Character, paragraph: &mut Paragraph) {
        for (code, value) in &self.0 {
            set(*code, value, character, paragraph);
        }
    }
}

/// Codes that [`set`] knows.
const CODES: [u16; 15] = [
    0x0800, 0x0801, 0x0806, 0x080A, 0x0856, 0x083C, 0x0855, 0x6A03, 0x680E, 0x6A09, 0x4A4F, 0x2416, 0x2417, 0x244B,
    0x244C,
];

impl Formatting {
    /// Reads all pages that the tables of bins name.
    pub(super) fn read(fib: &Fib, main: &[u8], table: &[u8], data: &[u8], budget: &Budget) -> Self {
        let mut out = Self { characters: Runs(Vec::new()), paragraphs: Runs(Vec::new()), pages: HashSet::new() };
        if fib.version == Version::Word2 {
            return out;
        }
        let mut left = data.len().saturating_mul(4);
        for at in pages(fib, fib.table(Table::CharacterBins, table)) {
            // The text stops for the same reason, and says so.
            if budget.time().is_err() {
                break;
            }
            if let (true, Some(page)) = (out.pages.insert(at), main.get(at..at.saturating_add(PAGE))) {
                for (start, end, place) in runs(page, 1) {
                    let list = place.and_then(|place| {
                        let length = usize::from(*page.get(place)?);
                        page.get(place + 1..place + 1 + length)
                    });
                    let mut character = Character::default();
                    each(fib.version, list.unwrap_or_default(), &mut |code, value| {
                        set(code, value, &mut character, &mut Paragraph::default());
                    });
                    out.characters.0.push((start, end, character));
                }
            }
        }
        let width = if fib.version == Version::Word97 { 13 } else { 7 };
        for at in pages(fib, fib.table(Table::ParagraphBins, table)) {
            if budget.time().is_err() {
                break;
            }
            if let (true, Some(page)) = (out.pages.insert(at), main.get(at..at.saturating_add(PAGE))) {
                for (start, end, place) in runs(page, width) {
                    let list = place.and_then(|place| properties(fib.version, page, place));
                    let mut paragraph = Paragraph::default();
                    each(fib.version, list.unwrap_or_default(), &mut |code, value| {
                        let unused = &mut Character::default();
                        each(fib.version, outside(code, value, data, &mut left), &mut |code, value| {
                            set(code, value, unused, &mut paragraph);
                        });
                        set(code, value, unused, &mut paragraph);
                    });
                    out.paragraphs.0.push((start, end, paragraph));
                }
            }
        }
        out.characters.0.sort_by_key(|(start, ..)| *start);
        out.paragraphs.0.sort_by_key(|(start, ..)| *start);
        out
    }
}

/// Places of the pages that a table of bins names.
fn pages(fib: &Fib, bins: &[u8]) -> Vec<usize> {
    let wide = fib.version == Version::Word97;
    let size = if wide { 4 } else { 2 };
    let count = bins.len().saturating_sub(4) / (4 + size);
    let page = |i: usize| {
        let at = (count + 1) * 4 + i * size;
        let number = if wide { u32_at(bins, at)? & 0x003F_FFFF } else { u16_at(bins, at)?.into() };
        Some(number as usize * PAGE)
    };
    (0..count).filter_map(page).collect()
}

/// Runs of a page: first and last byte in the stream, and where in the page their properties stand.
fn runs(page: &[u8], width: usize) -> impl Iterator<Item = (u32, u32, Option<usize>)> + '_ {
    let count = page.last().map_or(0, |count| usize::from(*count));
    let count = count.min((PAGE - 5) / (4 + width));
    (0..count).filter_map(move |i| {
        let (start, end) = (u32_at(page, i * 4)?, u32_at(page, i * 4 + 4)?);
        let place = usize::from(*page.get((count + 1) * 4 + i * width)?) * 2;
        (start < end).then_some((start, end, (place > 0).then_some(place)))
    })
}

/// The list of changes of a paragraph, behind the number of its style.
fn properties(version: Version, page: &[u8], place: usize) -> Option<&[u8]> {
    let length = usize::from(*page.get(place)?);
    let (from, length) = match (version, length) {
        (Version::Word97, 0) => (place + 2, usize::from(*page.get(place + 1)?) * 2),
        (Version::Word97, length) => (place + 1, length * 2 - 1),
        (_, length) => (place + 1, length * 2),
    };
    let end = (from + length).min(page.len());
    page.get(from + 2..end)
}

/// Goes through a list of changes.
fn each(version: Version, list: &[u8], note: &mut dyn FnMut(u16, &[u8])) {
    let mut rest = list;
    if version == Version::Word97 {
        while let Some((code, value, after)) = next_change(rest) {
            note(code, value);
            rest = after;
        }
    } else {
        while let Some((code, value, after)) = next_old_change(rest) {
            if let Some(code) = renamed(code) {
                note(code, value);
            }
            rest = after;
        }
    }
}

/// The list in the data stream that a change names, for lists that are too long for a page (MS-DOC 2.9.210
/// PrcData). `left` is what may still be read of such lists, which may all be one.
fn outside<'d>(code: u16, value: &[u8], data: &'d [u8], left: &mut usize) -> &'d [u8] {
    let list = || {
        let place = u32_at(value, 0).filter(|_| matches!(code, 0x6645 | 0x6646 | 0x646B))? as usize;
        let length = usize::from(u16_at(data, place)?);
        data.get(place.checked_add(2)?..)?.get(..length)
    };
    let list = list().filter(|list| list.len() <= *left).unwrap_or_default();
    *left -= list.len();
    list
}

fn set(code: u16, value: &[u8], character: &mut Character, paragraph: &mut Paragraph) {
    let byte = value.first().copied().unwrap_or(0);
    match code {
        0x0800 => character.deleted = byte == 1,
        0x0801 => character.inserted = byte == 1,
        0x0806 => character.data = byte == 1,
        0x080A | 0x0856 => character.object |= byte == 1,
        // 129: the opposite of the style, which is hidden hardly ever.
        0x083C => character.hidden = matches!(byte, 1 | 129),
        0x0855 => character.special = byte == 1,
        0x6A03 => (character.picture, character.special) = (u32_at(value, 0), true),
        0x680E => (character.picture, character.object) = (u32_at(value, 0), true),
        0x6A09 => {
            let byte = value.get(2).map(|byte| 0xF000 | u16::from(*byte));
            (character.symbol, character.special) = (u16_at(value, 2).or(byte), true);
        }
        0x4A4F => character.font = u16_at(value, 0).unwrap_or(0).saturating_add(1),
        0x2416 => paragraph.in_table = byte == 1,
        0x2417 => paragraph.row_end = byte == 1,
        0x244B => paragraph.inner_cell = byte == 1,
        0x244C => paragraph.inner_row_end = byte == 1,
        _ => {}
    }
}

/// The next change: its code, its value, and what comes after (MS-DOC 2.2.5.1).
fn next_change(list: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let code = u16_at(list, 0)?;
    let body = list.get(2..)?;
    let (from, length) = match code >> 13 {
        0 | 1 => (0, 1),
        2 | 4 | 5 => (0, 2),
        3 => (0, 4),
        7 => (0, 3),
        _ if code == 0xD608 => (2, usize::from(u16_at(body, 0)?).saturating_sub(1)),
        _ => match usize::from(*body.first()?) {
            // Tab stops: so many that their length does not fit in a byte.
            255 if code == 0xC615 => {
                let deleted = usize::from(*body.get(1)?);
                let added = usize::from(*body.get(2 + deleted * 4)?);
                (1, 2 + deleted * 4 + added * 3)
            }
            length => (1, length),
        },
    };
    Some((code, body.get(from..from + length)?, body.get(from + length..)?))
}

/// The next change in a list of Word 6, whose codes are of one byte.
fn next_old_change(list: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (code, body) = list.split_first()?;
    let (from, length) = match code {
        52 | 83 => (0, 0),
        4..=11
        | 13
        | 14
        | 24
        | 25
        | 29
        | 37
        | 44
        | 50
        | 51
        | 53..=67
        | 71
        | 75
        | 76
        | 85..=92
        | 94
        | 98..=102
        | 104
        | 117..=119 => (0, 1),
        2
        | 16..=19
        | 21
        | 22
        | 26..=28
        | 30..=36
        | 38..=43
        | 45..=49
        | 69
        | 72
        | 80
        | 93
        | 96
        | 97
        | 107
        | 109
        | 110
        | 121..=124 => (0, 2),
        73 | 95 => (0, 3),
        20 | 70 => (0, 4),
        3 | 12 | 15 | 23 | 68 | 74 | 77 | 81 | 82 | 103 | 105 | 106 | 108 | 120 => (1, usize::from(*body.first()?)),
        // Those of sections and tables come last.
        _ => return None,
    };
    Some((*code, body.get(from..from + length)?, body.get(from + length..)?))
}

/// The code of today for one of Word 6.
fn renamed(code: u8) -> Option<u16> {
    Some(match code {
        24 => 0x2416,
        25 => 0x2417,
        65 => 0x0800,
        66 => 0x0801,
        68 => 0x6A03,
        71 => 0x0806,
        74 => 0x6A09,
        75 => 0x080A,
        92 => 0x083C,
        93 => 0x4A4F,
        117 => 0x0855,
        118 => 0x0856,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_by_their_lengths() {
        // Tab stops, a row's cells, a font, then hidden.
        let mut list = vec![0x15, 0xC6, 255, 1, 1, 2, 3, 4, 1, 5, 6, 7, 0x08, 0xD6, 3, 0, 9, 9];
        list.extend([0x4F, 0x4A, 2, 0, 0x3C, 0x08, 1, 0x00, 0x08, 1]);
        let mut character = Character::default();
        Changes::of(Version::Word97, &list).apply(&mut character, &mut Paragraph::default());
        assert_eq!(character, Character { hidden: true, deleted: true, font: 3, ..Character::default() });
        let mut character = Character::default();
        let mut paragraph = Paragraph::default();
        let old = [2, 1, 0, 24, 1, 25, 1, 68, 4, 7, 0, 0, 0, 92, 1];
        Changes::of(Version::Word6, &old).apply(&mut character, &mut paragraph);
        assert_eq!((character.hidden, character.picture), (true, Some(7)));
        assert!(paragraph.in_table && paragraph.row_end);
        for end in 0..list.len() {
            let _ = Changes::of(Version::Word97, &list[..end]);
            let _ = Changes::of(Version::Word6, &list[..end]);
        }
    }

    #[test]
    fn runs_are_found_by_place() {
        let runs = Runs(vec![(10, 20, 1), (20, 30, 2), (40, 50, 3)]);
        assert_eq!([runs.at(5), runs.at(10), runs.at(29)], [(0, 10), (1, 20), (2, 30)]);
        assert_eq!([runs.at(30), runs.at(49), runs.at(50)], [(0, 40), (3, 50), (0, usize::MAX)]);
    }
}
