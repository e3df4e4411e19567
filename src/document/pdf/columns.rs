//! Columns of running text, told apart from tables.
//!
//! A line of glyphs goes across all columns if the file draws it so. In a table that is how it is read; in a magazine
//! the text goes on below, and a value that is wrapped must not be torn apart by the line beside it.

use std::ops::Range;

use crate::document::Text;

/// Lines that are looked at together; a page has fewer.
const LINES_MAX: usize = 160;
/// Lines that columns have at the least.
const LINES_MIN: usize = 3;
/// Distance of lines that belong together, in ems.
const PITCH_EM: Range<f32> = 0.6..2.0;
/// Width of what parts columns, in ems.
const GUTTER_EM: f32 = 0.8;
/// Columns that text is set in; more are a table.
const COLUMNS_MAX: usize = 4;
/// Words of a line of a column, on average.
const WORDS_MIN: f32 = 2.5;
/// Share of its column that a line fills, at the median: running text is broken where the column ends.
const FILLED: f32 = 0.72;
/// Share of lines that go on in the middle of a sentence.
const GOES_ON: f32 = 0.4;

/// A line as it was drawn.
#[derive(Debug)]
pub(super) struct Line {
    /// Its text, cells separated by tabs.
    pub(super) text: String,
    /// The cells: left and right end, and where the text of each stands.
    pub(super) cells: Vec<(f32, f32, Range<usize>)>,
    pub(super) direction: (f32, f32),
    pub(super) across: f32,
    pub(super) em: f32,
}

/// Lines that may belong to columns, until that is known.
#[derive(Debug, Default)]
pub(super) struct Block {
    lines: Vec<Line>,
}

impl Block {
    /// Takes the next line.
    pub(super) fn add(&mut self, line: Line, text: &mut Text<'_>) {
        if !self.lines.last().is_none_or(|last| goes_with(last, &line)) || self.lines.len() >= LINES_MAX {
            self.flush(text);
        }
        if self.lines.is_empty() && line.cells.len() < 2 {
            return push(&line.text, text);
        }
        self.lines.push(line);
    }

    /// Hands over all lines.
    pub(super) fn flush(&mut self, text: &mut Text<'_>) {
        let lines = std::mem::take(&mut self.lines);
        let mut rest = lines.as_slice();
        while let Some(first) = rest.first() {
            let (count, gutters) = run(rest, first);
            let (run, behind) = rest.split_at(count.clamp(1, rest.len()));
            match columns(run, &gutters) {
                Some(columns) => columns.iter().flatten().for_each(|line| push(line, text)),
                None => run.iter().for_each(|line| push(&line.text, text)),
            }
            rest = behind;
        }
    }
}

/// Appends a line. A soft hyphen at its end says that the word goes on.
fn push(line: &str, text: &mut Text<'_>) {
    match line.strip_suffix('\u{AD}') {
        Some(word) => text.push(word),
        None => {
            text.push(line);
            text.push("\n");
        }
    }
}

/// Whether `next` stands right below `last`.
fn goes_with(last: &Line, next: &Line) -> bool {
    let same = last.direction.0 * next.direction.0 + last.direction.1 * next.direction.1 > 0.98;
    let pitch = (last.across - next.across) / last.em.max(next.em).max(1e-6);
    same && PITCH_EM.contains(&pitch)
}

/// How many lines from `first` on leave the same gutters free, and these.
#[allow(clippy::arithmetic_side_effects, reason = "lines in a list are counted")]
fn run(lines: &[Line], first: &Line) -> (usize, Vec<(f32, f32)>) {
    let mut gutters: Vec<(f32, f32)> = first.cells.windows(2).filter_map(between).collect();
    let mut count = 1;
    for line in lines.iter().skip(1).filter(|_| !first.cells.is_empty()) {
        let left: Vec<(f32, f32)> = gutters.iter().filter_map(|gutter| free(*gutter, line)).collect();
        if left.is_empty() {
            break;
        }
        gutters = left;
        count += 1;
    }
    (count, gutters)
}

fn between(pair: &[(f32, f32, Range<usize>)]) -> Option<(f32, f32)> {
    match pair {
        [left, right] => Some((left.1, right.0)),
        _ => None,
    }
}

/// What `line` leaves free of `gutter`.
fn free(gutter: (f32, f32), line: &Line) -> Option<(f32, f32)> {
    let (mut from, mut to) = gutter;
    let middle = (from + to) / 2.0;
    for (start, end, _) in &line.cells {
        // A cell on one side of the middle pushes that edge, one across the middle takes all.
        if *start >= middle {
            to = to.min(*start);
        } else if *end <= middle {
            from = from.max(*end);
        } else {
            return None;
        }
    }
    (to - from > GUTTER_EM * line.em).then_some((from, to))
}

/// The lines of each column, if they are columns of running text.
fn columns(run: &[Line], gutters: &[(f32, f32)]) -> Option<Vec<Vec<String>>> {
    if run.len() < LINES_MIN || !(1..COLUMNS_MAX).contains(&gutters.len()) {
        return None;
    }
    let mut all = Vec::new();
    for number in 0..=gutters.len() {
        let left = number.checked_sub(1).and_then(|i| gutters.get(i)).map_or(f32::NEG_INFINITY, |g| (g.0 + g.1) / 2.0);
        let right = gutters.get(number).map_or(f32::INFINITY, |g| (g.0 + g.1) / 2.0);
        let column: Vec<(f32, f32, String)> = run.iter().filter_map(|line| part(line, left, right)).collect();
        if !is_running(&column) {
            return None;
        }
        all.push(column.into_iter().map(|(_, _, text)| text).collect());
    }
    Some(all)
}

/// What of `line` stands between two edges.
fn part(line: &Line, left: f32, right: f32) -> Option<(f32, f32, String)> {
    let mut cells = line.cells.iter().filter(|(start, end, _)| (left..right).contains(&((start + end) / 2.0)));
    let (start, mut end, range) = cells.next()?.clone();
    let mut text = line.text.get(range)?.to_owned();
    for (_, right, range) in cells {
        text.push('\t');
        text.push_str(line.text.get(range.clone())?);
        end = *right;
    }
    Some((start, end, text))
}

/// Whether the lines of a column are running text: of several words, broken where the column ends, going on in the
/// middle of a sentence. Cells of a table are short, or of any length, or begin anew.
fn is_running(lines: &[(f32, f32, String)]) -> bool {
    if lines.len() < LINES_MIN {
        return false;
    }
    let count = lines.len() as f32;
    let words: usize = lines.iter().map(|(_, _, text)| text.split_whitespace().count()).sum();
    let left = lines.iter().map(|line| line.0).fold(f32::INFINITY, f32::min);
    let right = lines.iter().map(|line| line.1).fold(f32::NEG_INFINITY, f32::max);
    let mut filled: Vec<f32> = lines.iter().map(|line| (line.1 - line.0) / (right - left).max(1e-6)).collect();
    filled.sort_by(f32::total_cmp);
    let median = filled.get(filled.len() / 2).copied().unwrap_or_default();
    let goes_on = |(_, _, text): &&(f32, f32, String)| {
        text.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_uppercase())
    };
    let going = lines.iter().skip(1).filter(goes_on).count() as f32;
    words as f32 / count >= WORDS_MIN && median >= FILLED && going >= GOES_ON * (count - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of cells, each at its place, glyphs of half an em.
    fn set(rows: &[&[(f32, &str)]]) -> String {
        let (mut block, mut text) = (Block::default(), Text::default());
        for (number, row) in rows.iter().enumerate() {
            let (mut line, mut cells) = (String::new(), Vec::new());
            for (start, cell) in *row {
                if !line.is_empty() {
                    line.push('\t');
                }
                let from = line.len();
                line.push_str(cell);
                cells.push((*start, start + 0.5 * cell.len() as f32, from..line.len()));
            }
            let across = -1.2 * number as f32;
            block.add(Line { text: line, cells, direction: (1.0, 0.0), across, em: 1.0 }, &mut text);
        }
        block.flush(&mut text);
        text.as_str().to_owned()
    }

    #[test]
    fn running_text_is_read_down_the_columns() {
        let rows: [&[(f32, &str)]; 5] = [
            &[(0.0, "A heading over both of the columns")],
            &[(0.0, "We took the payment"), (11.0, "On the next day we")],
            &[(0.0, "from card 4539 1381"), (11.0, "sent the goods away")],
            &[(0.0, "9838 1882 and wrote"), (11.0, "and told them about")],
            &[(0.0, "it down.")],
        ];
        let down = "A heading over both of the columns\nWe took the payment\nfrom card 4539 1381\n9838 1882 and wrote\n\
                    it down.\nOn the next day we\nsent the goods away\nand told them about\n";
        assert_eq!(set(&rows), down);
    }

    #[test]
    fn tables_are_read_across() {
        let rows: [&[(f32, &str)]; 4] = [
            &[(0.0, "Name of the person"), (11.0, "What the person said")],
            &[(0.0, "Anna Adler, Berlin"), (11.0, "The goods are there")],
            &[(0.0, "Bo Berg, Stockholm"), (11.0, "Nothing to say here")],
            &[(0.0, "Cy Cole, New York"), (11.0, "Come back tomorrow")],
        ];
        assert!(set(&rows).starts_with("Name of the person\tWhat"));
        let rows: [&[(f32, &str)]; 3] = [
            &[(0.0, "one two three"), (11.0, "41")],
            &[(0.0, "four five six"), (11.0, "42")],
            &[(0.0, "x"), (11.0, "43")],
        ];
        assert_eq!(set(&rows), "one two three\t41\nfour five six\t42\nx\t43\n");
    }
}
