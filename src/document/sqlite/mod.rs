//! SQLite databases (file format of version 3, sqlite.org/fileformat2.html): every table with its rows as cells under
//! the names of its columns, text of indexes that no table has, what deletion left in free pages and between cells.
//!
//! Pages are read by their own headers: nothing is trusted, each page is read once, and pages that no table leads to
//! are read as well if they look like leaves.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "depth is held against a limit, and bytes taken against those of a page"
)]

mod page;
mod record;
mod schema;

use std::collections::HashSet;

use super::{Area, Document, Embedded, Options, Position, Text, carve};
use crate::blob::{Aspect, Budget, Coverage, Family, Gap, Kind, Reason};
use page::{Page, Pager};
use record::Value;
use schema::Table;

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Hidden, Aspect::Metadata, Aspect::Embedded],
    gap: &[],
    source: "SQLite file format, version 3",
};

/// Pages between two looks at the clock.
const PAGES_PER_CHECK: usize = 64;
/// Levels of a tree. Four billion pages of the smallest fan-out stay below.
const DEPTH_MAX: u32 = 40;
/// Bytes of a value that holds a file.
const FILE_BYTES_MIN: usize = 16;

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    if !options.text {
        return;
    }
    let Some(pager) = Pager::open(bytes) else {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "the header is damaged, printable text was carved"));
        out.text = carve(bytes);
        return;
    };
    let mut reader =
        Reader { pager, budget, text: Text::default(), out, done: HashSet::new(), fault: None, row: 0, blobs: 0 };
    let (tables, indexes) = reader.schema();
    for table in &tables {
        reader.table(table);
    }
    // Indexes repeat what tables hold.
    for root in indexes {
        reader.pass(root, 0);
    }
    reader.left_over();
    let (text, fault) = (std::mem::take(&mut reader.text), reader.fault);
    out.text = text;
    if let Some(reason) = fault {
        let detail = if reason == Reason::Corrupt { "damaged pages, read up to there" } else { "read in part" };
        out.gaps.push(Gap::new(reason, "", detail));
    }
}

struct Reader<'r, 'a, 'd> {
    pager: Pager<'a>,
    budget: &'r mut Budget,
    text: Text<'static>,
    out: &'r mut Document<'d>,
    /// Pages that were read.
    done: HashSet<u32>,
    fault: Option<Reason>,
    row: u32,
    blobs: usize,
}

impl Reader<'_, '_, '_> {
    fn corrupt(&mut self) {
        self.fault = self.fault.or(Some(Reason::Corrupt));
    }

    /// Whether to stop: the time is up.
    fn is_over(&mut self) -> bool {
        if self.done.len().is_multiple_of(PAGES_PER_CHECK)
            && let Err(reason) = self.budget.time()
        {
            self.fault = Some(reason);
        }
        self.fault.is_some_and(|reason| reason != Reason::Corrupt)
    }

    /// Reads the schema, which is the table on the first page: what everything is called, and where it starts.
    fn schema(&mut self) -> (Vec<Table>, Vec<u32>) {
        let mut rows = Vec::new();
        self.walk(1, 0, &mut |_, _, values| rows.push(values));
        let (mut tables, mut indexes) = (Vec::new(), Vec::new());
        for values in rows {
            let text = |i: usize| match values.get(i) {
                Some(Value::Text(text)) => text.clone(),
                _ => String::new(),
            };
            let (kind, name, sql) = (text(0), text(1), text(4));
            let root = match values.get(3) {
                Some(Value::Integer(root)) => u32::try_from(*root).unwrap_or(0),
                _ => 0,
            };
            match kind.as_str() {
                "table" => tables.push(Table::new(name, root, &sql)),
                "index" => indexes.push(root),
                _ => self.text.aside(Area::Metadata, &sql),
            }
        }
        (tables, indexes)
    }

    /// Marks the pages of an index as read.
    fn pass(&mut self, number: u32, depth: u32) {
        if number == 0 || depth > DEPTH_MAX || self.is_over() || self.done.contains(&number) {
            return;
        }
        // What is called an index and is a table is no index.
        let Some(page) = self.pager.page(number).filter(Page::is_index) else { return };
        self.done.insert(number);
        for child in page.children() {
            self.pass(child, depth + 1);
        }
        let mut taken = 0;
        for cell in page.cells() {
            taken += self.pager.payload(&page, cell, &mut self.done).map_or(0, |payload| payload.local);
            if taken > page.len() {
                return;
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.text.line();
        self.text.aside(Area::Metadata, &table.name);
        self.text.start_table();
        self.row = 0;
        let heads: Vec<Value> = table.columns.iter().cloned().map(Value::Text).collect();
        self.write_row(None, &heads, Area::Body);
        let start = table.root;
        if start > 0 {
            let key = table.row_key;
            self.rows(start, key);
        }
        self.text.line();
        self.text.set_position(Position::default());
    }

    fn rows(&mut self, root: u32, key: Option<usize>) {
        let mut written = Vec::new();
        // Rows are handed over page by page: a table may be larger than memory ought to hold twice.
        let mut pages = vec![(root, 0u32)];
        while let Some((number, depth)) = pages.pop() {
            if number == 0 || depth > DEPTH_MAX || self.is_over() || !self.done.insert(number) {
                continue;
            }
            let Some(page) = self.pager.page(number) else {
                self.corrupt();
                continue;
            };
            if page.is_damaged() {
                self.corrupt();
            }
            let children: Vec<u32> = page.children().collect();
            pages.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
            written.clear();
            self.records(&page, &mut written);
            for (id, mut values) in written.drain(..) {
                // The column that is another name of the row's number holds nothing itself.
                if let (Some(key), Some(id)) = (key, id)
                    && let Some(value @ Value::Null) = values.get_mut(key)
                {
                    *value = Value::Integer(id);
                }
                self.write_row(id, &values, Area::Body);
            }
            self.slack(&page);
        }
    }

    /// Walks a tree from its root and hands every row over.
    fn walk(&mut self, number: u32, depth: u32, visit: &mut dyn FnMut(u32, Option<i64>, Vec<Value>)) {
        if number == 0 || depth > DEPTH_MAX || self.is_over() || !self.done.insert(number) {
            return;
        }
        let Some(page) = self.pager.page(number) else { return self.corrupt() };
        let mut rows = Vec::new();
        self.records(&page, &mut rows);
        rows.into_iter().for_each(|(id, values)| visit(number, id, values));
        let children: Vec<u32> = page.children().collect();
        for child in children {
            self.walk(child, depth + 1, visit);
        }
    }

    /// The rows of a page.
    fn records(&mut self, page: &Page<'_>, rows: &mut Vec<(Option<i64>, Vec<Value>)>) {
        // Cells that lie over each other would make a page larger than it is.
        let mut taken = 0;
        for cell in page.cells() {
            let Some(payload) = self.pager.payload(page, cell, &mut self.done) else {
                self.corrupt();
                continue;
            };
            taken += payload.local;
            if taken > page.len() {
                return self.corrupt();
            }
            if payload.cut {
                self.corrupt();
            }
            if self.budget.unpack(payload.bytes.len() as u64).is_err() {
                self.fault = Some(Reason::ExpandedTooLarge);
                return;
            }
            match record::values(&payload.bytes, self.pager.encoding) {
                Some(values) => rows.push((payload.row, values)),
                None => self.corrupt(),
            }
        }
    }

    fn write_row(&mut self, _id: Option<i64>, values: &[Value], area: Area) {
        self.text.set_area(area);
        let mut started = false;
        for (column, value) in values.iter().enumerate() {
            let shown = match value {
                Value::Null => continue,
                Value::Integer(number) => number.to_string(),
                Value::Real(number) => number.to_string(),
                Value::Text(text) => text.clone(),
                Value::Blob(bytes) => {
                    self.blob(bytes);
                    continue;
                }
            };
            if std::mem::replace(&mut started, true) {
                self.text.push("\t");
            }
            self.text.set_cell(self.row, u32::try_from(column).unwrap_or(u32::MAX));
            self.text.push(shown.trim_end_matches('\0').trim_end_matches('\n'));
        }
        if started {
            self.text.push("\n");
        }
        self.row = self.row.saturating_add(1);
    }

    /// A value of bytes: a file of its own if it is one, text if it reads as such.
    fn blob(&mut self, bytes: &[u8]) {
        if bytes.len() < FILE_BYTES_MIN {
            return;
        }
        let kind = Kind::of(bytes);
        self.blobs = self.blobs.saturating_add(1);
        if kind == Kind::Unknown {
            let position = self.text.position();
            let carved = carve(bytes);
            if !carved.is_empty() {
                self.out.embedded.push(Embedded {
                    name: format!("blob {}.txt", self.blobs),
                    bytes: carved.as_str().as_bytes().to_vec(),
                });
            }
            self.text.set_position(position);
        } else if kind.family() != Family::Empty {
            self.out.embedded.push(Embedded { name: format!("blob {}", self.blobs), bytes: bytes.to_vec() });
        }
    }

    /// What deletion left on a page, between its pointers and its cells and in free blocks.
    fn slack(&mut self, page: &Page<'_>) {
        let position = self.text.position();
        for range in page.unused() {
            self.deleted(range);
        }
        self.text.set_position(position);
    }

    fn deleted(&mut self, bytes: &[u8]) {
        if bytes.iter().all(|b| *b == 0) {
            return;
        }
        let carved = carve(bytes);
        let words = carved.as_str().trim();
        if !words.is_empty() {
            let position = self.text.position();
            self.text.set_position(Position { area: Area::Hidden, ..Position::default() });
            self.text.aside(Area::Hidden, words);
            self.text.set_position(position);
        }
    }

    /// Pages that nothing led to: free ones, and whatever damage has cut off.
    fn left_over(&mut self) {
        for number in 1..=self.pager.count() {
            if self.is_over() {
                return;
            }
            if !self.done.insert(number) {
                continue;
            }
            let Some(bytes) = self.pager.bytes(number) else { continue };
            if let Some(page) = self.pager.page(number).filter(|page| page.is_leaf() && !page.is_damaged()) {
                let mut rows = Vec::new();
                let fault = self.fault;
                self.records(&page, &mut rows);
                self.fault = fault;
                if !rows.is_empty() {
                    self.text.start_table();
                    self.row = 0;
                    rows.iter().for_each(|(id, values)| self.write_row(*id, values, Area::Hidden));
                    self.text.line();
                    self.text.set_position(Position::default());
                    self.slack(&page);
                    continue;
                }
            }
            self.deleted(bytes);
        }
    }
}
