//! From placed glyphs to lines: word gaps, columns, line breaks, right-to-left text.
//!
//! Content order is kept. What is between two glyphs follows from their distance along and across the baseline,
//! measured in ems: a step across it, or back along it, is a new line; a wide gap along it a `\t` (table columns);
//! a narrow one a space. A space glyph is a gap like any other, so runs of them do not pile up.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one line of text, and glyphs that are counted")]

use unicode_normalization::char::compose;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::bidi::{is_mark, is_right_to_left, logical};
use super::columns::{Block, Line};
use super::comb::{self, Piece};
use crate::document::Text;

/// A gap of more than this many ems separates words: kerning stays below, the narrowest spaces do not (0.17 lost some).
const WORD_GAP_EM: f32 = 0.1;
/// A gap of more than this many ems separates columns, unless spaces fill it.
const COLUMN_GAP_EM: f32 = 1.0;
/// The same where there are space glyphs in the gap: two monospaced ones are 1.2 ems.
const SPACED_COLUMN_GAP_EM: f32 = 1.7;
/// Gaps of a line that make it a line of words or groups if they are all alike.
const EVEN_GAPS_MIN: usize = 3;
/// Gaps wider than this are columns, alike or not.
const EVEN_GAP_MAX_EM: f32 = 3.0;
/// Glyphs of one line after which the next string starts a new one.
const GLYPHS_MAX: usize = 8_192;
/// A step of more than this many ems across the baseline is a new line: sub- and superscripts stay below.
const LINE_STEP_EM: f32 = 0.4;
/// A step of more than this many ems back along the baseline is a new line: accents and kerning stay below.
const BACK_STEP_EM: f32 = 0.5;
/// The same sign as near as this is drawn again, not written again: shadows and bold by overprinting.
const ECHO_EM: f32 = 0.2;
/// Glyphs back to which an echo is looked for.
const ECHO_GLYPHS_MAX: usize = 512;
/// Lines of one page that are kept to know them again.
const KNOWN_LINES_MAX: usize = 20_000;

/// Bytes that most lines stay below.
const LINE_BYTES: usize = 128;

/// Where a string starts: position along and across its baseline in device space, and its size there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Baseline {
    /// Direction of the baseline, of length 1.
    pub(super) direction: (f32, f32),
    /// Distance of the baseline from the origin.
    pub(super) across: f32,
    /// Size of the font across the baseline.
    pub(super) height: f32,
    /// Size of the font along the baseline.
    pub(super) em: f32,
}

/// A glyph on the current line: its text, and its place along the baseline. A space glyph has no text.
#[derive(Clone, Copy, Debug)]
struct Placed {
    offset: usize,
    length: usize,
    start: f32,
    end: f32,
}

/// Builds lines and hands them over when they end.
#[derive(Default)]
pub(super) struct Layout {
    line: String,
    placed: Vec<Placed>,
    baseline: Baseline,
    /// Where the last glyph starts and ends along the baseline.
    last: (f32, f32),
    /// The left end of the line.
    least: f32,
    /// Whether a space glyph was seen since the last visible one.
    spaced: bool,
    /// Whether there is right-to-left text on the line.
    right_to_left: bool,
    /// Whether the pen went back on the line, and the glyphs that start a column or follow such a step.
    jumped: bool,
    chunks: Vec<usize>,
    /// Number of gaps on the line, the narrowest and the widest of them.
    gaps: (usize, f32, f32),
    /// Letters and digits handed over since the start of the page.
    pub(super) letters: usize,
    /// The first glyph of those that are drawn again, and the one that comes next.
    echo: Option<(usize, usize)>,
    /// Lines of this page by their text: where they stand.
    known: HashMap<u64, Vec<(f32, f32)>, Numbered>,
    hasher: RandomState,
    /// Lines that may stand in columns.
    block: Block,
}

/// Keys are hashes already.
type Numbered = std::hash::BuildHasherDefault<Itself>;

/// Gives a number as its own hash.
#[derive(Default)]
struct Itself(u64);

impl std::hash::Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Not used: keys are numbers of 64 bits.
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

impl Layout {
    /// Forgets the lines of the page before.
    pub(super) fn start_page(&mut self) {
        self.letters = 0;
        self.known.clear();
    }

    /// Starts a string at `baseline`: ends the line if it does not go on there.
    pub(super) fn begin(&mut self, baseline: Baseline, text: &mut Text<'_>) {
        if !self.line.is_empty() {
            let (a, b) = (self.baseline.direction, baseline.direction);
            let turned = a.0 * b.0 + a.1 * b.1 < 0.98;
            let height = self.baseline.height.max(baseline.height);
            if turned || (self.baseline.across - baseline.across).abs() > LINE_STEP_EM * height {
                self.break_line(text);
            }
        }
        if self.placed.len() >= GLYPHS_MAX {
            self.break_line(text);
        }
        self.baseline = baseline;
    }

    /// A space glyph from `start` to `end`.
    pub(super) fn space(&mut self, start: f32, end: f32) {
        if self.echo.is_some() && end < self.last.1 {
            return;
        }
        self.spaced = true;
        match self.placed.last_mut().filter(|last| last.length == 0) {
            Some(space) => space.end = end,
            None => self.placed.push(Placed { offset: self.line.len(), length: 0, start, end }),
        }
    }

    /// A visible glyph of one character.
    pub(super) fn char(&mut self, c: char, start: f32, end: f32, text: &mut Text<'_>) {
        let (gap, em) = (start - self.last.1, self.baseline.em);
        // Nearly all stand close behind the last one and are nothing else.
        let follows = gap >= -0.1 * em && gap <= WORD_GAP_EM * em && (start - self.last.0).abs() >= 0.12 * em;
        let open = !self.line.is_empty() && !self.spaced && self.echo.is_none() && self.placed.len() < 8 * GLYPHS_MAX;
        if follows && open && c.is_ascii() {
            self.least = self.least.min(start);
            self.placed.push(Placed { offset: self.line.len(), length: 1, start, end });
            self.line.push(c);
            self.last = (start, end);
            return;
        }
        self.glyph(c.encode_utf8(&mut [0; 4]), start, end, text);
    }

    /// A visible glyph from `start` to `end` along the baseline.
    pub(super) fn glyph(&mut self, glyph: &str, start: f32, end: f32, text: &mut Text<'_>) {
        if self.placed.len() >= 8 * GLYPHS_MAX {
            // One string without end.
            self.break_line(text);
        }
        let first = glyph.chars().next().unwrap_or(' ');
        let rtl = is_right_to_left(first);
        if rtl && is_mark(first) && self.attach(glyph) {
            return;
        }
        let em = self.baseline.em;
        if self.line.is_empty() {
            self.gaps = (0, f32::INFINITY, 0.0);
        } else {
            let mut gap = start - self.last.1;
            if gap < -0.1 * em && self.compose(glyph) {
                self.last.1 = self.last.1.max(end);
                return;
            }
            if gap < 0.0 && (start - self.last.0).abs() < 0.12 * em && self.line.ends_with(glyph) {
                // The same glyph again in the same place: bold by overprinting.
                return;
            }
            if self.is_echo(glyph, start, gap) {
                return;
            }
            if self.echo.is_some() {
                self.end_echo(gap);
                gap = start - self.last.1;
            }
            if gap < -BACK_STEP_EM * em {
                let left = self.least - end;
                if (rtl || self.right_to_left) && left > -0.3 * em {
                    gap = left;
                } else {
                    // Back on the same line: brought into order when it ends.
                    self.jumped = true;
                    self.chunks.push(self.placed.len());
                    gap = 0.0;
                    self.spaced = false;
                }
            }
            let separator = separator(gap, em, self.spaced);
            if separator == "\t" {
                self.chunks.push(self.placed.len());
            }
            if !separator.is_empty() {
                self.gaps = (self.gaps.0 + 1, self.gaps.1.min(gap), self.gaps.2.max(gap));
                self.line.push_str(separator);
            }
        }
        self.spaced = false;
        self.right_to_left |= rtl;
        self.least = if self.line.is_empty() { start } else { self.least.min(start) };
        self.placed.push(Placed { offset: self.line.len(), length: glyph.len(), start, end });
        self.line.push_str(glyph);
        self.last = (start, end);
    }

    /// Whether a glyph was drawn before in the same place, alone or with others.
    fn is_echo(&mut self, glyph: &str, start: f32, gap: f32) -> bool {
        let em = self.baseline.em;
        let same = |placed: &Placed| {
            (placed.start - start).abs() < ECHO_EM * em
                && self.line.get(placed.offset..placed.offset + placed.length) == Some(glyph)
        };
        if let Some((first, next)) = self.echo {
            let next = (next..self.placed.len()).find(|at| self.placed.get(*at).is_some_and(|p| p.length > 0));
            if let Some(next) = next.filter(|at| self.placed.get(*at).is_some_and(same)) {
                self.echo = Some((first, next + 1));
                return true;
            }
        }
        // Only a step back can lead to where something is drawn already.
        if gap.partial_cmp(&(-0.1 * em)).is_none_or(std::cmp::Ordering::is_ge) {
            return false;
        }
        let near = self.placed.iter().enumerate().rev().take(ECHO_GLYPHS_MAX);
        let mut near = near.filter(|(_, placed)| placed.length > 0);
        let Some(at) = near.find(|(_, placed)| same(placed)).map(|(at, _)| at) else { return false };
        self.echo = Some((at, at + 1));
        true
    }

    /// Ends what is drawn again. If it goes on in another way than it did the first time, it is another text, and is
    /// told from its beginning.
    fn end_echo(&mut self, gap: f32) {
        let Some((first, next)) = self.echo.take() else { return };
        if gap >= -BACK_STEP_EM * self.baseline.em || self.right_to_left {
            return;
        }
        self.jumped = true;
        self.chunks.push(self.placed.len());
        let Some(begun) = self.placed.get(first..next).map(<[Placed]>::to_vec) else { return };
        let mut end = None;
        for placed in begun.into_iter().filter(|placed| placed.length > 0) {
            let Some(glyph) = self.line.get(placed.offset..placed.offset + placed.length).map(str::to_owned) else {
                continue;
            };
            let between = end.map_or("", |end| separator(placed.start - end, self.baseline.em, false));
            self.line.push_str(between);
            self.placed.push(Placed { offset: self.line.len(), ..placed });
            self.line.push_str(&glyph);
            self.last = (placed.start, placed.end);
            end = Some(placed.end);
        }
    }

    /// Joins an accent and a letter that are drawn over each other, in either order. Whether they are.
    fn compose(&mut self, glyph: &str) -> bool {
        let mut chars = glyph.chars();
        let (Some(new), None, Some(last)) = (chars.next(), chars.next(), self.line.chars().next_back()) else {
            return false;
        };
        let composed = match (accent(last), accent(new)) {
            (Some(mark), None) => compose(undotted(new), mark),
            (None, Some(mark)) => compose(undotted(last), mark),
            _ => None,
        };
        let Some(composed) = composed else { return false };
        self.line.pop();
        if let Some(placed) = self.placed.last_mut().filter(|p| p.length > 0) {
            placed.length += composed.len_utf8();
            placed.length = placed.length.saturating_sub(last.len_utf8());
        }
        self.line.push(composed);
        true
    }

    /// Puts a vowel sign to the letter that was set before it, wherever it is drawn.
    fn attach(&mut self, mark: &str) -> bool {
        let Some(letter) = self.placed.last_mut().filter(|p| p.length > 0) else { return false };
        letter.length += mark.len();
        self.line.push_str(mark);
        true
    }

    /// Hands everything over.
    pub(super) fn end_line(&mut self, text: &mut Text<'_>) {
        self.break_line(text);
        self.block.flush(text);
    }

    /// Ends the line.
    fn break_line(&mut self, text: &mut Text<'_>) {
        let mut cells = Vec::new();
        if self.right_to_left {
            self.reorder();
        } else if self.jumped {
            cells = self.sort_chunks();
        } else {
            self.join_combs();
            if self.line.contains('\t') {
                cells = self.cells();
            }
        }
        let (count, narrowest, widest) = self.gaps;
        if count >= EVEN_GAPS_MIN
            && widest < narrowest * 1.25
            && widest < EVEN_GAP_MAX_EM * self.baseline.em
            && self.line.contains('\t')
        {
            // All gaps alike: a justified line, or groups of one number, not columns.
            self.line = self.line.replace('\t', " ");
            cells.clear();
        }
        if !self.line.is_empty() && !self.is_known() {
            self.letters += self.line.bytes().filter(|b| b.is_ascii_alphanumeric() || !b.is_ascii()).count();
            if cells.is_empty() {
                let end = self.placed.iter().map(|placed| placed.end).fold(self.least, f32::max);
                cells.push((self.least, end, 0..self.line.len()));
            }
            let Baseline { direction, across, em, .. } = self.baseline;
            let line = std::mem::replace(&mut self.line, String::with_capacity(LINE_BYTES));
            self.block.add(Line { text: line, cells, direction, across, em }, text);
        }
        self.jumped = false;
        self.chunks.clear();
        self.line.clear();
        self.placed.clear();
        self.right_to_left = false;
        self.spaced = false;
        self.echo = None;
    }

    /// Whether this page has the same line in the same place: drawn again as a shadow, or on another layer.
    fn is_known(&mut self) -> bool {
        if self.known.len() >= KNOWN_LINES_MAX {
            return false;
        }
        /// Places of one text that are compared.
        const PLACES_MAX: usize = 16;
        let places = self.known.entry(self.hasher.hash_one(&self.line)).or_default();
        let (across, start, near) = (self.baseline.across, self.least, ECHO_EM * self.baseline.em);
        if places.iter().any(|(a, s)| (a - across).abs() < near && (s - start).abs() < near) {
            return true;
        }
        if places.len() < PLACES_MAX {
            places.push((across, start));
        }
        false
    }

    /// The cells of the line: what stands between its tabs.
    fn cells(&self) -> Vec<(f32, f32, std::ops::Range<usize>)> {
        let mut cells: Vec<(f32, f32, std::ops::Range<usize>)> = Vec::new();
        for placed in self.placed.iter().filter(|placed| placed.length > 0) {
            let end = placed.offset + placed.length;
            let parted = |last: &(f32, f32, std::ops::Range<usize>)| {
                self.line.get(last.2.end..placed.offset).is_none_or(|between| between.contains('\t'))
            };
            match cells.last_mut().filter(|last| !parted(last)) {
                Some(last) => (last.1, last.2.end) = (placed.end, end),
                None => cells.push((placed.start, placed.end, placed.offset..end)),
            }
        }
        cells
    }

    /// Joins the digits of numbers that have a box for each.
    fn join_combs(&mut self) {
        if self.gaps.0 < comb::SIGNS_MIN - 1 || !comb::may_be_in(&self.line) {
            return;
        }
        // Pieces without a gap inside, each as a range of the line.
        let mut pieces: Vec<(f32, f32, std::ops::Range<usize>)> = Vec::new();
        for placed in self.placed.iter().filter(|placed| placed.length > 0) {
            let end = placed.offset + placed.length;
            match pieces.last_mut().filter(|last| last.2.end == placed.offset) {
                Some(last) => (last.1, last.2.end) = (placed.end, end),
                None => pieces.push((placed.start, placed.end, placed.offset..end)),
            }
        }
        let shown: Vec<Piece<'_>> = pieces
            .iter()
            .map(|(start, end, range)| Piece {
                text: self.line.get(range.clone()).unwrap_or_default(),
                middle: (start + end) / 2.0,
            })
            .collect();
        let combs = comb::find(&shown, self.baseline.em);
        for (from, to) in combs.into_iter().rev() {
            let comb = pieces.get(from..to).unwrap_or_default();
            let (Some(first), Some(last)) = (comb.first(), comb.last()) else { continue };
            let joined: String = comb.iter().filter_map(|piece| self.line.get(piece.2.clone())).collect();
            let (start, end) = (first.2.start, last.2.end);
            let shrunk = end - start - joined.len();
            self.line.replace_range(start..end, &joined);
            // Glyphs behind it move with their text, those inside become the first one.
            for placed in self.placed.iter_mut().filter(|placed| placed.offset > start) {
                placed.length = if placed.offset < end { 0 } else { placed.length };
                placed.offset = if placed.offset < end { start } else { placed.offset - shrunk };
            }
            if let Some(placed) = self.placed.iter_mut().find(|p| p.offset == start && p.length > 0) {
                (placed.length, placed.end) = (joined.len(), last.1);
            }
        }
    }

    /// Brings pieces of a line that were set in another order into that of their places. Pieces that lie over others
    /// become lines of their own. Gives the cells, if there are no such pieces.
    fn sort_chunks(&mut self) -> Vec<(f32, f32, std::ops::Range<usize>)> {
        let bounds = std::iter::once(0).chain(self.chunks.iter().copied());
        let ends = self.chunks.iter().copied().chain([self.placed.len()]);
        let chunk = |(from, to)| {
            let glyphs = self.placed.get(from..to)?;
            let mut visible = glyphs.iter().filter(|p| p.length > 0);
            let first = visible.next()?;
            let last = visible.next_back().unwrap_or(first);
            let text = self.line.get(first.offset..last.offset + last.length)?;
            Some((first.start, last.end, text))
        };
        let mut chunks: Vec<(f32, f32, &str)> = bounds.zip(ends).filter_map(chunk).collect();
        chunks.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut line, mut over, mut end) = (String::with_capacity(self.line.len()), String::new(), None);
        let mut cells: Vec<(f32, f32, std::ops::Range<usize>)> = Vec::new();
        for (start, last, text) in chunks {
            match end {
                Some(end) if start < end - BACK_STEP_EM * self.baseline.em => {
                    over.push('\n');
                    over.push_str(text);
                    continue;
                }
                Some(end) => line.push_str(separator(start - end, self.baseline.em, false)),
                None => {}
            }
            let from = line.len();
            line.push_str(text);
            match cells.last_mut().filter(|_| !line.get(..from).is_some_and(|before| before.ends_with('\t'))) {
                Some(cell) => (cell.1, cell.2.end) = (last, line.len()),
                None => cells.push((start, last, from..line.len())),
            }
            end = Some(last);
        }
        if !over.is_empty() {
            cells.clear();
        }
        line.push_str(&over);
        self.line = line;
        cells
    }

    /// Brings a line with right-to-left text from the order in which it stands into the order in which it is read.
    fn reorder(&mut self) {
        self.placed.sort_by(|a, b| a.start.total_cmp(&b.start));
        let (mut glyphs, mut spaced, mut end) = (Vec::with_capacity(self.placed.len()), false, None);
        for placed in &self.placed {
            let text = self.line.get(placed.offset..placed.offset + placed.length).unwrap_or_default();
            if text.is_empty() {
                spaced = true;
                continue;
            }
            if let Some(end) = end {
                // A space drawn over letters (the mark of a paragraph) parts nothing.
                let gap = placed.start - end;
                let separator = separator(gap, self.baseline.em, spaced && gap > 0.05 * self.baseline.em);
                if !separator.is_empty() {
                    glyphs.push(separator);
                }
            }
            glyphs.push(text);
            (spaced, end) = (false, Some(placed.end));
        }
        let mut line = String::with_capacity(self.line.len());
        logical(&glyphs, &mut line);
        self.line = line;
    }
}

/// What stands in a gap along the baseline.
fn separator(gap: f32, em: f32, spaced: bool) -> &'static str {
    let column = if spaced { SPACED_COLUMN_GAP_EM } else { COLUMN_GAP_EM };
    match gap {
        _ if gap > column * em => "\t",
        _ if spaced || gap > WORD_GAP_EM * em => " ",
        _ => "",
    }
}

/// The combining form of an accent that is a character of its own.
fn accent(c: char) -> Option<char> {
    Some(match c {
        '`' => '\u{300}',
        '´' => '\u{301}',
        'ˆ' | '^' => '\u{302}',
        '˜' | '~' => '\u{303}',
        '¯' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30A}',
        '˝' => '\u{30B}',
        'ˇ' => '\u{30C}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        _ => return None,
    })
}

fn undotted(c: char) -> char {
    match c {
        'ı' => 'i',
        'ȷ' => 'j',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets pieces of text, each of glyphs 0.5 wide, at the places given; size 1.
    fn set(pieces: &[(&str, f32, f32)]) -> String {
        let (mut layout, mut text) = (Layout::default(), Text::default());
        for (piece, x, y) in pieces {
            layout.begin(Baseline { direction: (1.0, 0.0), across: *y, height: 1.0, em: 1.0 }, &mut text);
            for (i, c) in piece.chars().enumerate() {
                let at = x + 0.5 * i as f32;
                if c == ' ' {
                    layout.space(at, at + 0.5);
                } else {
                    layout.glyph(c.encode_utf8(&mut [0; 4]), at, at + 0.5, &mut text);
                }
            }
        }
        layout.end_line(&mut text);
        text.as_str().to_owned()
    }

    #[test]
    fn gaps_are_spaces_tabs_and_lines() {
        assert_eq!(set(&[("4111", 0.0, 0.0), ("1111", 2.2, 0.0), ("22", 4.2, 0.0)]), "4111 111122\n");
        assert_eq!(set(&[("Name", 0.0, 0.0), ("SSN", 9.0, 0.0), ("Ann", 0.0, 1.2)]), "Name\tSSN\nAnn\n");
        assert_eq!(set(&[("a  b", 0.0, 0.0), ("   c", 2.0, 0.0)]), "a b c\n");
        assert_eq!(set(&[("10", 0.0, 0.0), ("th", 1.0, 0.3), ("x", 2.0, 0.0)]), "10thx\n");
        assert_eq!(set(&[("right", 9.0, 0.0), ("left", 0.0, 0.0)]), "left\tright\n");
        assert_eq!(set(&[("No:", 0.0, 0.0), ("22", 9.0, 0.0), ("11", 7.5, 0.0), ("00", 6.0, 0.0)]), "No:\t00 11 22\n");
        assert_eq!(set(&[("over", 1.0, 0.0), ("under", 0.5, 0.0)]), "under\nover\n");
    }

    #[test]
    fn overprinted_glyphs_count_once() {
        assert_eq!(set(&[("B", 0.0, 0.0), ("B", 0.03, 0.0), ("B", 0.5, 0.0)]), "BB\n");
    }

    #[test]
    fn text_drawn_again_counts_once_and_other_text_in_its_place_is_kept() {
        assert_eq!(set(&[("No 41", 0.0, 0.0), ("No 41", 0.1, 0.0), ("42", 3.0, 0.0)]), "No 41 42\n");
        assert_eq!(set(&[("No", 0.0, 0.0), ("No", 0.1, 0.0), ("41", 1.5, 0.0), ("41", 1.6, 0.0)]), "No 41\n");
        assert_eq!(set(&[("No 41", 0.0, 0.0), ("next", 0.0, 2.0), ("No 41", 0.1, 0.05)]), "No 41\nnext\n");
        assert_eq!(set(&[("No 41", 0.0, 0.0), ("No 52", 0.1, 0.0)]), "No 41\nNo 52\n");
    }

    #[test]
    fn accents_drawn_over_letters_join_them() {
        assert_eq!(set(&[("caf", 0.0, 0.0), ("´", 1.5, 0.0), ("e", 1.5, 0.0), ("s", 2.0, 0.0)]), "cafés\n");
        assert_eq!(set(&[("u", 0.0, 0.0), ("¨", 0.0, 0.0), ("b", 0.5, 0.0)]), "üb\n");
    }

    #[test]
    fn even_gaps_are_words_unless_they_are_wide() {
        let row =
            |step: f32| set(&[("41", 0.0, 0.0), ("42", step, 0.0), ("43", 2.0 * step, 0.0), ("44", 3.0 * step, 0.0)]);
        assert_eq!(row(2.5), "41 42 43 44\n");
        assert_eq!(row(9.0), "41\t42\t43\t44\n");
    }

    #[test]
    fn a_soft_hyphen_joins_lines_and_a_hard_one_does_not() {
        assert_eq!(set(&[("inter\u{AD}", 0.0, 0.0), ("nal", 0.0, 2.0)]), "internal\n");
        assert_eq!(set(&[("4111-", 0.0, 0.0), ("1111", 0.0, 2.0)]), "4111-\n1111\n");
    }

    #[test]
    fn visual_hebrew_comes_out_in_reading_order() {
        // Stands on paper from left to right as: "99-12 (דגב) א", read from the right.
        assert_eq!(set(&[("99-12 (דגב) א", 0.0, 0.0)]), "א (בגד) 99-12\n");
        assert_eq!(set(&[("abc", 0.0, 0.0), ("בא", 2.0, 0.0), ("def", 4.0, 0.0)]), "abc אב def\n");
        // Drawn from right to left.
        assert_eq!(set(&[("א", 9.0, 0.0), ("ב", 8.5, 0.0), ("ג", 7.7, 0.0)]), "אב ג\n");
    }
}
