//! Writing the text of markup: white space collapsed, lines broken only where a block begins or ends, tables as cells,
//! and everything that is not running text (attributes, comments, scripts) kept back until the line is over, so that
//! `4111<b title="x">1111</b>` stays one value.

use crate::document::text::{Area, Position, Text};

/// What stands between the last written text and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    Nothing,
    Space,
    Line,
}

/// A table being written.
#[derive(Debug)]
struct Grid {
    outside: Position,
    rows: u32,
    columns: u32,
    in_row: bool,
}

/// A text being written from markup.
#[derive(Debug)]
pub struct Flow {
    text: Text<'static>,
    gap: Gap,
    /// Nothing stands on the current line (or in the current cell) yet.
    fresh: bool,
    asides: Vec<(Area, String)>,
    grids: Vec<Grid>,
    area: Area,
}

/// Tables inside tables that are told apart; deeper ones are lines. Layouts of mails reach about 20.
const GRIDS_MAX: usize = 64;

impl Flow {
    /// An empty text.
    pub fn new() -> Self {
        Self {
            text: Text::default(),
            gap: Gap::Nothing,
            fresh: true,
            asides: Vec::new(),
            grids: Vec::new(),
            area: Area::Body,
        }
    }

    /// Running text: runs of white space count as one blank.
    pub fn inline(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let blank = rest.bytes().position(|b| !b.is_ascii_whitespace()).unwrap_or(rest.len());
            if blank > 0 {
                self.space();
                rest = rest.get(blank..).unwrap_or_default();
                continue;
            }
            let word = words(rest);
            self.put(rest.get(..word).unwrap_or_default());
            rest = rest.get(word..).unwrap_or_default();
        }
    }

    /// Text whose white space counts.
    pub fn verbatim(&mut self, text: &str) {
        if !text.is_empty() {
            self.put(text);
            self.fresh = text.ends_with('\n');
        }
    }

    /// A blank, unless something stronger stands there.
    pub fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// The end of a block.
    pub fn line(&mut self) {
        self.gap = Gap::Line;
    }

    /// Text outside the flow, written when the line is over.
    pub fn aside(&mut self, area: Area, text: impl Into<String>) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.asides.push((area, text));
            if self.grids.is_empty() && self.gap == Gap::Line {
                self.settle();
            }
        }
    }

    /// The area of the text that follows.
    pub fn set_area(&mut self, area: Area) {
        self.area = area;
        self.text.set_area(area);
    }

    /// The area of the text that is written.
    pub fn area(&self) -> Area {
        self.area
    }

    /// Whether the text stands in a table.
    pub fn in_table(&self) -> bool {
        !self.grids.is_empty()
    }

    /// A table begins.
    pub fn start_table(&mut self) {
        if self.grids.len() >= GRIDS_MAX {
            return self.line();
        }
        self.text.line();
        if self.grids.is_empty() {
            self.settle();
        }
        self.grids.push(Grid { outside: self.text.position(), rows: 0, columns: 0, in_row: false });
        self.text.start_table();
        self.gap = Gap::Nothing;
        self.fresh = true;
    }

    /// A row begins; rows outside of tables make one.
    pub fn row(&mut self) {
        if self.grids.is_empty() {
            self.start_table();
        }
        self.end_row();
        if let Some(grid) = self.grids.last_mut() {
            (grid.in_row, grid.columns) = (true, 0);
        }
    }

    /// A cell begins that is `span` columns wide.
    pub fn cell(&mut self, span: u32) {
        if !self.grids.last().is_some_and(|grid| grid.in_row) {
            self.row();
        }
        let Some(grid) = self.grids.last_mut() else { return };
        let (row, column) = (grid.rows, grid.columns);
        grid.columns = column.saturating_add(span.clamp(1, 1000));
        if column > 0 {
            self.text.push("\t");
        }
        self.text.set_cell(row, column);
        self.gap = Gap::Nothing;
        self.fresh = true;
    }

    /// The innermost table ends.
    pub fn end_table(&mut self) {
        self.end_row();
        if let Some(grid) = self.grids.pop() {
            self.text.line();
            self.text.set_position(Position { area: self.area, ..grid.outside });
            self.gap = Gap::Nothing;
            self.fresh = true;
            if self.grids.is_empty() {
                self.settle();
            }
        }
    }

    /// All of the text.
    pub fn finish(mut self) -> Text<'static> {
        while !self.grids.is_empty() {
            self.end_table();
        }
        self.text.line();
        self.settle();
        self.text
    }

    fn end_row(&mut self) {
        let Some(grid) = self.grids.last_mut() else { return };
        if grid.in_row {
            grid.in_row = false;
            grid.rows = grid.rows.saturating_add(1);
            if grid.columns > 0 {
                self.text.push("\n");
            }
        }
        self.gap = Gap::Nothing;
        self.fresh = true;
    }

    /// Writes what was kept back, on lines of its own and outside of tables.
    fn settle(&mut self) {
        if self.asides.is_empty() {
            return;
        }
        let position = self.text.position();
        self.text.set_position(Position { area: self.area, unit: position.unit, ..Position::default() });
        for (area, text) in std::mem::take(&mut self.asides) {
            self.text.aside(area, &text);
        }
        self.text.set_position(position);
        (self.gap, self.fresh) = (Gap::Nothing, true);
    }

    fn put(&mut self, text: &str) {
        match std::mem::replace(&mut self.gap, Gap::Nothing) {
            Gap::Line if !self.fresh => {
                self.text.line();
                self.fresh = true;
                if self.grids.is_empty() {
                    self.settle();
                }
            }
            Gap::Line if self.grids.is_empty() => self.settle(),
            Gap::Space if !self.fresh => self.text.push(" "),
            _ => {}
        }
        self.text.push(text);
        self.fresh = false;
    }
}

/// Bytes of `text` up to white space that must be collapsed: a single blank between words is text.
#[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
fn words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        if b.is_ascii_whitespace() {
            let next = bytes.get(at + 1);
            if *b != b' ' || next.is_none_or(u8::is_ascii_whitespace) {
                return at;
            }
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_collapse_and_asides_wait_for_the_line_to_end() {
        let mut flow = Flow::new();
        flow.inline("  Card \n\t 4111");
        flow.aside(Area::Metadata, "title");
        flow.inline("1111 ");
        flow.line();
        flow.line();
        flow.inline("next");
        let text = flow.finish();
        assert_eq!(text.as_str(), "Card 41111111\ntitle\nnext\n");
        assert_eq!(text.location(14).area, Area::Metadata);
        assert_eq!(text.location(20).area, Area::Body);
    }

    #[test]
    fn cells_are_cells_and_blocks_in_them_lines() {
        let mut flow = Flow::new();
        flow.start_table();
        for (a, b) in [("Name", "Card"), ("Ann", "4111")] {
            flow.row();
            flow.cell(1);
            flow.line();
            flow.inline(a);
            flow.line();
            flow.cell(1);
            flow.inline(b);
        }
        flow.end_table();
        flow.inline("after");
        let text = flow.finish();
        assert_eq!(text.as_str(), "Name\tCard\nAnn\t4111\nafter\n");
        let cell = text.cell(text.as_str().find("4111").unwrap()).unwrap();
        assert_eq!((cell.row, cell.column), (1, 1));
        let heads = text.headers(&cell, 3);
        assert_eq!(text.as_str()[heads[0].clone()].trim(), "Card");
        assert_eq!(text.cell(text.len() - 2), None);
    }
}
