//! The piece table: which bytes of the main stream are the text, in which order and encoding (MS-DOC 2.4.1, 2.8.35,
//! 2.9.38).

use std::ops::Range;

use super::bytes::{u16_at, u32_at};
use super::fib::{Fib, Table, Version};
use super::formatting::Changes;

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its characters, counted through the whole document.
    pub characters: Range<u32>,
    /// Its bytes in the main stream.
    pub bytes: Range<usize>,
    /// Whether it is UTF-16.
    pub wide: bool,
    /// Changes to its formatting since the last full save: one change, or a number of a list of changes.
    pub change: u16,
}

/// All of them, in order.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pub list: Vec<Piece>,
    /// Lists of changes to formatting.
    changes: Vec<Changes>,
    /// Whether some of the table could not be followed.
    pub damaged: bool,
}

impl Pieces {
    /// Reads the table; without one, the text is one piece.
    pub(super) fn read(fib: &Fib, main: &[u8], table: &[u8]) -> Self {
        let stored = fib.table(Table::Pieces, table);
        let mut out = Self::default();
        let fast_saved = fib.version == Version::Word97 || fib.complex;
        if fast_saved && !stored.is_empty() {
            out.damaged = fib.is_cut(Table::Pieces, table);
            out.follow(fib, main, stored);
        }
        if out.list.is_empty() {
            out.damaged |= fib.version == Version::Word97;
            out.whole(fib, main);
        }
        out
    }

    /// Everything from the first to the last byte of the text.
    fn whole(&mut self, fib: &Fib, main: &[u8]) {
        let (first, last) = (fib.text.0 as usize, (fib.text.1 as usize).min(main.len()));
        let characters = fib.counts.iter().fold(0u32, |sum, count| sum.saturating_add(*count)) as usize;
        let length = last.saturating_sub(first);
        let wide = (fib.version == Version::Word97 || fib.extended) && characters > 0 && length / 2 >= characters;
        let count = if wide { length / 2 } else { length };
        if count > 0 {
            let characters = 0..u32::try_from(count).unwrap_or(u32::MAX);
            self.list.push(Piece { characters, bytes: first..last, wide, change: 0 });
        }
    }

    fn follow(&mut self, fib: &Fib, main: &[u8], stored: &[u8]) {
        let mut rest = stored;
        loop {
            match rest {
                [1, body @ ..] => {
                    let length = usize::from(u16_at(body, 0).unwrap_or(u16::MAX));
                    let Some(list) = body.get(2..2 + length) else { return self.damaged = true };
                    self.changes.push(Changes::of(fib.version, list));
                    rest = body.get(2 + length..).unwrap_or_default();
                }
                [2, body @ ..] => {
                    let length = u32_at(body, 0).unwrap_or(0) as usize;
                    let list = body.get(4..).unwrap_or_default();
                    self.damaged |= list.len() < length;
                    return self.list(fib, main, list.get(..length).unwrap_or(list), length);
                }
                _ => return self.damaged = true,
            }
        }
    }

    /// The list itself: one character position more than pieces, then the pieces. `length` is what it should have.
    #[allow(
        clippy::arithmetic_side_effects,
        reason = "a twelfth of a length, times twelve; differences are of numbers that were compared"
    )]
    fn list(&mut self, fib: &Fib, main: &[u8], list: &[u8], length: usize) {
        let count = length.saturating_sub(4) / 12;
        // Nothing that is said to be longer than the text could be is followed past it; twice each byte at most, so that
        // pieces that all stand at the same place cost no more than the file.
        let mut left = main.len().saturating_mul(2);
        let extended = fib.extended && fib.version == Version::Word6 && is_extended(fib, list, count);
        for i in 0..count {
            let (Some(from), Some(to)) = (u32_at(list, i * 4), u32_at(list, i * 4 + 4)) else { break };
            let place = (count + 1) * 4 + i * 8;
            let (Some(at), Some(change)) = (u32_at(list, place + 2), u16_at(list, place + 6)) else {
                self.damaged = true;
                break;
            };
            let (at, wide) = match fib.version {
                Version::Word97 if at >> 30 & 1 == 1 => ((at & 0x3FFF_FFFF) / 2, false),
                Version::Word97 => (at & 0x3FFF_FFFF, true),
                _ => (at, extended),
            };
            if to <= from || self.list.last().is_some_and(|last| last.characters.end > from) {
                self.damaged |= to != from;
                continue;
            }
            let size = ((to - from) as usize).saturating_mul(if wide { 2 } else { 1 });
            let start = at as usize;
            let end = start.saturating_add(size).min(main.len()).min(start.saturating_add(left));
            self.damaged |= end.saturating_sub(start) < size;
            if start >= end {
                continue;
            }
            left = left.saturating_sub(end - start);
            self.list.push(Piece { characters: from..to, bytes: start..end, wide, change });
        }
    }

    /// What `piece` changes in the formatting of what is in it.
    pub(super) fn changes(&self, piece: &Piece) -> Changes {
        match piece.change {
            0 => Changes::default(),
            many if many & 1 == 1 => self.changes.get(usize::from(many >> 1)).cloned().unwrap_or_default(),
            one => Changes::one(one),
        }
    }

    /// Characters up to the end of the last piece.
    pub(super) fn characters(&self) -> u32 {
        self.list.last().map_or(0, |piece| piece.characters.end)
    }
}

/// Whether text in an extended character set takes two bytes a character: the first piece then has room for it before
/// the second.
#[allow(clippy::arithmetic_side_effects, reason = "a twelfth of a length, times four")]
fn is_extended(fib: &Fib, list: &[u8], count: usize) -> bool {
    let length = fib.text.1.saturating_sub(fib.text.0);
    let last = u32_at(list, count * 4).unwrap_or(0);
    length / 2 >= last && last > 0
}
