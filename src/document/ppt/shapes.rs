//! Shapes on slides (2.7, 2.9; MS-ODRAW): their text, the words of their properties, tables.

use super::records::{C_STRING, Record, Records, TEXT_BYTES, TEXT_CHARS};
use super::show::{Page, Show};
use crate::document::{Area, office_art};

/// Groups in groups and containers in containers that are followed.
pub(super) const DEPTH_MAX: usize = 64;

/// Cells of one table that are set in rows.
const CELLS_MAX: usize = 1 << 16;

/// What a shape says.
#[derive(Debug, Default)]
struct Shape {
    text: String,
    /// Words of its properties.
    words: Vec<String>,
    placeholder: Option<u8>,
    /// Top and left edge inside its group.
    anchor: (i32, i32),
}

impl Show<'_, '_, '_> {
    /// Reads a shape and tells what it says.
    pub fn shape(&mut self, record: Record<'_>, page: &mut Page<'_>, depth: usize) {
        let shape = self.look(record, page, depth);
        self.tell(&shape, page);
    }

    fn tell(&mut self, shape: &Shape, page: &Page<'_>) {
        // Placeholders of masters only prompt, but for date, number, footer and header.
        let is_prompt = page.is_master && shape.placeholder.is_some_and(|kind| !matches!(kind, 0 | 7..=10));
        if !is_prompt {
            let area = match shape.placeholder {
                Some(7..=9) => Area::Footer,
                Some(10) => Area::Header,
                _ => page.area,
            };
            self.say(area, &shape.text);
        }
        for words in &shape.words {
            self.aside(Area::Metadata, words);
        }
    }

    #[allow(clippy::arithmetic_side_effects, reason = "held against a limit on the way in")]
    fn look(&mut self, record: Record<'_>, page: &mut Page<'_>, depth: usize) -> Shape {
        let mut shape = Shape::default();
        for child in record.children() {
            match child.kind {
                0xF00B | 0xF121 | 0xF122 => {
                    let words = &mut shape.words;
                    office_art::properties(child.body, usize::from(child.instance), &mut |text| {
                        words.push(text.to_owned());
                    });
                }
                0xF00D => text_of(child, page, &mut shape.text),
                0xF00F => {
                    shape.anchor = (child.u32(4).unwrap_or(0).cast_signed(), child.u32(0).unwrap_or(0).cast_signed())
                }
                0xF011 => {
                    for data in child.children() {
                        match data.kind {
                            0x0BC3 => shape.placeholder = data.body.get(4).copied(),
                            _ if data.is_container => self.walk(data, page, depth + 1),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        shape
    }

    /// Reads a group of shapes; one that is a table is told in rows of cells.
    #[allow(clippy::arithmetic_side_effects, reason = "held against a limit on the way in")]
    pub fn group(&mut self, record: Record<'_>, page: &mut Page<'_>, depth: usize) {
        if depth > DEPTH_MAX {
            self.is_too_deep = true;
            return;
        }
        if !is_table(record) {
            return self.walk_children(record, page, depth);
        }
        let mut cells = Vec::new();
        for child in record.children() {
            match child.kind {
                0xF004 => {
                    let shape = self.look(child, page, depth);
                    match shape.text.trim().is_empty() || cells.len() >= CELLS_MAX {
                        false => cells.push(shape),
                        true => self.tell(&shape, page),
                    }
                }
                _ => self.walk(child, page, depth + 1),
            }
        }
        cells.sort_by_key(|shape| shape.anchor);
        let mut columns: Vec<i32> = cells.iter().map(|shape| shape.anchor.1).collect();
        columns.sort_unstable();
        columns.dedup();
        let rows: Vec<(i32, &Shape)> = cells.iter().map(|shape| (shape.anchor.0, shape)).collect();
        self.table(
            &rows.iter().map(|(top, shape)| (*top, shape.anchor.1, shape.text.as_str())).collect::<Vec<_>>(),
            &columns,
            page.area,
        );
        for shape in &cells {
            for words in &shape.words {
                self.aside(Area::Metadata, words);
            }
        }
    }
}

/// Whether a group is a table: a property of its first shape says so (MS-ODRAW 2.3.4.37).
fn is_table(group: Record<'_>) -> bool {
    const TABLE_PROPERTIES: u16 = 0x039F;
    let Some(first) = group.children().next().filter(|child| child.kind == 0xF004) else { return false };
    let mut tables = first.children().filter(|child| matches!(child.kind, 0xF00B | 0xF121 | 0xF122));
    tables.any(|table| {
        let mut entries = table.body.chunks_exact(6).take(usize::from(table.instance));
        entries.any(|entry| {
            let id = entry.first_chunk().map_or(0, |b| u16::from_le_bytes(*b)) & 0x3FFF;
            id == TABLE_PROPERTIES && entry.get(2).is_some_and(|flags| flags & 1 == 1)
        })
    })
}

/// Text of a shape: its own, or that of the outline which it points at.
fn text_of(textbox: Record<'_>, page: &mut Page<'_>, out: &mut String) {
    for record in textbox.children() {
        let text = match record.kind {
            0x0F9E => record.u32(0).and_then(|index| page.outline(index as usize)),
            TEXT_CHARS | TEXT_BYTES => record.text(),
            _ => None,
        };
        if let Some(text) = text {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&text);
        }
    }
}

/// The strings of a record by their instances.
pub(super) fn strings(record: Record<'_>) -> impl Iterator<Item = (u16, String)> + '_ {
    let strings = Records(record.body).filter(|child| child.kind == C_STRING);
    strings.filter_map(|child| Some((child.instance, child.text()?)))
}
