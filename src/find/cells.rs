//! Cells of a text, asked for one value after the other: the fields of a line are read once for all values in it.

use std::cell::RefCell;
use std::ops::Range;

use crate::document::{Cell, Text};

/// The cells of one text.
pub(super) struct Cells<'t> {
    text: &'t Text<'t>,
    line: RefCell<Line>,
}

/// The line of delimited text that was asked for last.
#[derive(Default)]
struct Line {
    /// Bytes of the text, without the line break; empty if none was asked for.
    range: Range<usize>,
    table: u32,
    row: u32,
    fields: Vec<Range<usize>>,
}

impl<'t> Cells<'t> {
    pub(super) fn new(text: &'t Text<'t>) -> Self {
        Self { text, line: RefCell::default() }
    }

    /// The table cell that holds `offset`, if it stands in a table, as [`Text::cell`] tells it.
    pub(super) fn at(&self, offset: usize) -> Option<Cell> {
        let mut line = self.line.borrow_mut();
        if !line.range.contains(&offset) {
            line.fields.clear();
            let Line { fields, .. } = &mut *line;
            match self.text.delimited_line(offset, fields) {
                Some((range, table, row)) => (line.range, line.table, line.row) = (range, table, row),
                None => {
                    line.range = 0..0;
                    return self.text.cell(offset);
                }
            }
        }
        Some(line.cell(offset))
    }
}

impl Line {
    fn cell(&self, offset: usize) -> Cell {
        let column = self.fields.partition_point(|field| field.end < offset);
        match self.fields.get(column) {
            Some(field) => {
                let column = u32::try_from(column).unwrap_or(u32::MAX);
                Cell { range: field.clone(), table: self.table, row: self.row, column }
            }
            None => Cell { range: self.range.clone(), table: self.table, row: self.row, column: 0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Delimited;

    #[test]
    fn cells_are_those_of_the_text() {
        let csv = "id,name,no\r\n1,\"a, \"\"b\"\"\",22\n\n3,x\n,,\n4,\"open,5\n";
        let text = |body: &str| Text::owned(body.to_owned());
        let mut plain = text(csv);
        let header = vec![0..2, 3..7, 8..10];
        plain.set_delimited(Delimited { range: 0..csv.len() - 8, delimiter: b',', header, drawn: false });
        let cells = Cells::new(&plain);
        for offset in (0..=csv.len()).chain((0..=csv.len()).rev()).chain([14, 3, 30, 14]) {
            assert_eq!(cells.at(offset), plain.cell(offset), "at {offset}");
        }
        let none = text("no table 12");
        assert_eq!(Cells::new(&none).at(3), None);
    }
}
