//! Columns of SQL dumps: `INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')` and `COPY t (a, b) FROM stdin`.
//!
//! The list of columns is the header of every row, however far below it a row stands.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

/// Bytes of a row in which a value's column is counted. Longer rows hold documents, not columns of numbers.
const ROW_BYTES_MAX: usize = 8 << 10;
/// Words in front of a table's name, and whether the rows are lines.
const STARTS: &[(&[u8], bool)] = &[(b"INTO ", false), (b"into ", false), (b"COPY ", true)];
/// Bytes from a statement's first word to its columns.
const NAME_BYTES_MAX: usize = 160;
/// Bytes of the list of columns.
const HEAD_BYTES_MAX: usize = 4 << 10;

/// The statements of a text that name their columns, in order.
#[derive(Debug, Default)]
pub(super) struct Inserts {
    statements: Vec<Statement>,
}

/// The last statement in `text` that names its columns, up to where its rows begin: for whoever reads the rows behind it
/// apart from it.
pub(crate) fn last_statement(text: &str) -> Option<String> {
    let last = Inserts::new(text).statements.pop()?;
    let rows = text.get(last.start..last.rows)?;
    Some(if last.lines { format!("{rows}) FROM stdin;\n") } else { format!("INSERT {rows}) VALUES\n") })
}

#[derive(Debug)]
struct Statement {
    /// Where its first word stands, behind `INSERT`.
    start: usize,
    /// Where its rows begin.
    rows: usize,
    /// Where each column's name stands.
    columns: Vec<Range<usize>>,
    /// Rows are lines with tabs (`COPY`), not lists in parentheses.
    lines: bool,
}

impl Inserts {
    /// Finds the statements of `text`.
    pub(super) fn new(text: &str) -> Self {
        let mut statements = Vec::new();
        let mut starts: Vec<(usize, bool)> = Vec::new();
        for (word, lines) in STARTS {
            starts.extend(memchr::memmem::find_iter(text.as_bytes(), word).map(|at| (at, *lines)));
        }
        starts.sort_unstable();
        for (start, lines) in starts {
            let word = text.get(..start).unwrap_or_default().trim_end();
            if !lines && !["INSERT", "insert", "REPLACE", "replace"].iter().any(|w| word.ends_with(w)) {
                continue;
            }
            let head = text.get(start..floor(text, (start + NAME_BYTES_MAX).min(text.len()))).unwrap_or_default();
            let Some(at) = head.find('(').map(|at| start + at) else { continue };
            let tail = text.get(at + 1..floor(text, (at + HEAD_BYTES_MAX).min(text.len()))).unwrap_or_default();
            let Some(length) = tail.find(')') else { continue };
            let after = tail.get(length + 1..).unwrap_or_default().trim_start();
            let keyword = after.get(..6).unwrap_or_default().to_ascii_uppercase();
            if (lines && !keyword.starts_with("FROM")) || (!lines && keyword != "VALUES") {
                continue;
            }
            let names = tail.get(..length).unwrap_or_default();
            let mut columns = Vec::new();
            let mut from = at + 1;
            for name in names.split(',') {
                columns.push(from..from + name.len());
                from += name.len() + 1;
            }
            statements.push(Statement { start, rows: at + 1 + length, columns, lines });
        }
        Self { statements }
    }

    /// Where the name of the column of the value at `at` stands.
    pub(super) fn column(&self, text: &str, at: usize) -> Option<Range<usize>> {
        let index = self.statements.partition_point(|s| s.rows < at).checked_sub(1)?;
        let statement = self.statements.get(index)?;
        let from = floor(text, at.saturating_sub(ROW_BYTES_MAX)).max(statement.rows);
        let front = text.get(from..at)?;
        let nth = if statement.lines {
            if front.contains("\n\\.") {
                return None;
            }
            front.rsplit('\n').next()?.matches('\t').count()
        } else {
            fields_before(front)?
        };
        statement.columns.get(nth).cloned()
    }
}

/// How many fields stand in front of the end of `front` in its row; `None` when the end is in no row.
fn fields_before(front: &str) -> Option<usize> {
    // The row begins at the last `(` behind `VALUES` or `,` that follows a `)`.
    let bytes = front.as_bytes();
    let mut start = None;
    for (at, byte) in bytes.iter().enumerate().rev() {
        if *byte != b'(' {
            continue;
        }
        let before = front.get(..at)?.trim_end();
        let row = before.strip_suffix(',').map(str::trim_end).is_some_and(|b| b.ends_with(')'));
        let word = before.len().checked_sub(6).and_then(|i| before.get(i..));
        if row || word.is_some_and(|w| w.eq_ignore_ascii_case("values")) {
            start = Some(at + 1);
            break;
        }
    }
    let (mut fields, mut quote, mut depth) = (0, None, 0_usize);
    let mut bytes = bytes.get(start?..)?.iter();
    while let Some(&byte) = bytes.next() {
        match (quote, byte) {
            (Some(_), b'\\') => {
                bytes.next();
            }
            (Some(q), _) if byte == q => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => depth = depth.checked_sub(1)?,
            (None, b';') => return None,
            (None, b',') if depth == 0 => fields += 1,
            _ => {}
        }
    }
    Some(fields)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column<'t>(text: &'t str, value: &str) -> Option<&'t str> {
        let range = Inserts::new(text).column(text, text.find(value)?)?;
        text.get(range).map(str::trim)
    }

    #[test]
    fn a_value_of_a_row_has_its_columns_name() {
        let sql = "INSERT INTO s (id, name, ssn) VALUES (1,'O''Neil (x), y','11'),\n (2, 'B\\'o', '22');\nSELECT (33);";
        assert_eq!(column(sql, "11"), Some("ssn"));
        assert_eq!(column(sql, "22"), Some("ssn"));
        assert_eq!(column(sql, "O''N"), Some("name"));
        assert_eq!(column(sql, "33"), None);
        let copy = "COPY p.people (id, ssn) FROM stdin;\n1\t44\n2\t55\n\\.\n66";
        assert_eq!(column(copy, "44"), Some("ssn"));
        assert_eq!(column(copy, "55"), Some("ssn"));
        assert_eq!(column(copy, "66"), None);
        assert_eq!(column("f(a, b) and (1, 77)", "77"), None);
        assert_eq!(last_statement(sql).as_deref(), Some("INSERT INTO s (id, name, ssn) VALUES\n"));
        assert_eq!(last_statement(copy).as_deref(), Some("COPY p.people (id, ssn) FROM stdin;\n"));
    }
}
