//! Columns of plain text, aligned by blanks: the head of a column stands above it, where no border says so.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::collections::HashMap;
use std::ops::Range;

use super::context::{first_line, floor_boundary};

/// Lines looked at above a value. A head farther away than that is only known if every value below it led to the next.
const LINES_MAX: usize = 40;
/// Bytes of a line that can be a row.
const LINE_BYTES_MAX: usize = 600;

/// Heads found so far: the character column of a value and the line it stands on, with the head above it.
#[derive(Debug, Default)]
pub(super) struct Aligned {
    heads: HashMap<(usize, usize), Option<Range<usize>>>,
}

impl Aligned {
    /// The head of the column that the value at `range` stands in, if it stands in one.
    pub(super) fn head(&mut self, text: &str, range: &Range<usize>) -> Option<Range<usize>> {
        let line = line_start(text, range.start)?;
        if let Some(head) = short_table(text, line, range) {
            return Some(head);
        }
        if !is_field(text, line, range) {
            return None;
        }
        let front = text.get(line..range.start)?;
        if front.len() > LINE_BYTES_MAX {
            return None;
        }
        let column = front.chars().count();
        let width = text.get(range.clone())?.chars().count();
        let key = |line| (column, line);
        let mut below = Vec::new();
        let mut at = line;
        let mut found = None;
        for _ in 0..LINES_MAX {
            if let Some(known) = self.heads.get(&key(at)) {
                found = known.clone();
                break;
            }
            below.push(at);
            let Some(above) = at.checked_sub(1).and_then(|end| line_start(text, end)) else { break };
            // The value above led to its head already, and may be a word itself.
            if let Some(known) = self.heads.get(&key(above)) {
                found = known.clone();
                break;
            }
            let row = text.get(above..at - 1)?;
            // An empty line ends the table, unless it stands right below the head.
            if row.len() > LINE_BYTES_MAX || (row.trim().is_empty() && below.len() > 1) {
                break;
            }
            if let Some(field) = field_at(row, column, width)
                && row.get(field.clone()).is_some_and(|f| f.contains(char::is_alphabetic) && !has_number(f))
                // A line without other fields is a sentence or a label, not a row of heads.
                && field.len() < row.trim().len()
            {
                found = Some(above + field.start..above + field.end);
                break;
            }
            at = above;
        }
        for line in below {
            self.heads.insert(key(line), found.clone());
        }
        found
    }
}

/// The head of a column in a table of a row or two, too small to be told from text by its form: the line above, or the
/// one above a rule (`---|---`), has as many fields, and the value fills its own.
fn short_table(text: &str, line: usize, range: &Range<usize>) -> Option<Range<usize>> {
    // A field of its own has a border on its left, or the line begins there: what most values have not.
    let fill = [' ', '"', '\'', '\r'];
    let left = text.get(line..range.start)?.trim_end_matches(fill);
    if !left.is_empty() && !left.ends_with(['\t', '|', ';', ',']) {
        return None;
    }
    let row = first_line(head_of(text, line));
    if row.len() > LINE_BYTES_MAX {
        return None;
    }
    let delimiter = *[b'\t', b'|', b';', b','].iter().find(|d| memchr::memchr(**d, row.as_bytes()).is_some())?;
    let front = text.get(line..range.start)?.as_bytes();
    // The field that the value begins in.
    let from = memchr::memrchr(delimiter, front).map_or(0, |i| i + 1);
    let rest = row.as_bytes().get(front.len()..)?;
    let to = front.len() + memchr::memchr(delimiter, rest).unwrap_or(rest.len());
    let own = row.get(from..to)?.trim_matches(fill);
    if own.len() != range.len() {
        return None;
    }
    let nth = memchr::memchr_iter(delimiter, front).count();
    let delimiter = char::from(delimiter);
    let fields = row.matches(delimiter).count();
    let mut below = line;
    for _ in 0..4 {
        let start = line_start(text, below.checked_sub(1)?)?;
        let above = text.get(start..below - 1)?;
        if above.len() > LINE_BYTES_MAX || above.matches(delimiter).count() != fields {
            return None;
        }
        let field = above.split(delimiter).nth(nth)?;
        let at = start + above.split(delimiter).take(nth).map(|f| f.len() + 1).sum::<usize>();
        if field.len() <= 48 && field.contains(char::is_alphabetic) && !has_number(field) {
            return Some(at..at + field.len());
        }
        below = start;
    }
    None
}

/// Whether the value is a field of a row: at least two blanks or a border on one side at least, nothing glued to it.
fn is_field(text: &str, line: usize, range: &Range<usize>) -> bool {
    let front = text.get(line..range.start).unwrap_or_default();
    if !front.is_empty() && !front.ends_with("  ") {
        return false;
    }
    let rest = head_of(text, range.end);
    let lonely = || front.trim().is_empty() && first_line(rest).trim().is_empty();
    (rest.is_empty() || rest.starts_with(['\n', '\r', ' '])) && !lonely()
}

/// The field of `row` (between runs of two blanks) that shares character columns with the value.
fn field_at(row: &str, column: usize, width: usize) -> Option<Range<usize>> {
    let mut at = 0;
    for part in row.split("  ") {
        let trimmed = part.trim();
        let start = at + part.len() - part.trim_start().len();
        at += part.len() + 2;
        if trimmed.is_empty() {
            continue;
        }
        let first = row.get(..start)?.chars().count();
        let last = first + trimmed.chars().count();
        if first < column + width && column < last {
            return Some(start..start + trimmed.len());
        }
        if first >= column + width {
            return None;
        }
    }
    None
}

fn has_number(field: &str) -> bool {
    field.bytes().filter(u8::is_ascii_digit).count() > 2
}

/// Where the line of `at` starts, if that is near: a line too long to be a row is not walked.
fn line_start(text: &str, at: usize) -> Option<usize> {
    let from = floor_boundary(text, at.saturating_sub(LINE_BYTES_MAX + 1));
    match memchr::memrchr(b'\n', text.get(from..at)?.as_bytes()) {
        Some(found) => Some(from + found + 1),
        None => (from == 0).then_some(0),
    }
}

/// The text from `at`, as far as a row may reach.
fn head_of(text: &str, at: usize) -> &str {
    text.get(at..floor_boundary(text, (at + LINE_BYTES_MAX + 1).min(text.len()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head<'t>(text: &'t str, value: &str) -> Option<&'t str> {
        let at = text.find(value)?;
        Aligned::default().head(text, &(at..at + value.len())).and_then(|range| text.get(range))
    }

    #[test]
    fn the_head_stands_above_the_values() {
        let text = "Name        SSN          City\n----        ---          ----\nAnn         536228469    Rome\nBö          536228471    Oslo\n";
        assert_eq!(head(text, "536228469"), Some("SSN"));
        assert_eq!(head(text, "536228471"), Some("SSN"));
        assert_eq!(head("Some words here and there\nAnn 536228471 x", "536228471"), None);
        assert_eq!(head("A  Total\n\n\nx  536228471", "536228471"), None);
        assert_eq!(head("Name\tSSN\nAnn\t536228471", "536228471"), Some("SSN"));
        assert_eq!(head("| a | SSN |\n|---|---|\n| b | 536228471 |", "536228471").map(str::trim), Some("SSN"));
        assert_eq!(head("Dear all, and you,\nhere is, 536228471 as, asked", "536228471"), None);
        assert_eq!(head("The SSN of the customer is\n536228471 and so on", "536228471"), None);
        assert_eq!(head("Card no\n536228471", "536228471"), None, "a line of its own has a label above, not a column");
    }
}
