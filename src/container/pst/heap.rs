//! Lists, tables and properties (MS-PST 2.3): a heap in the data of a node, a tree in it, properties of an object, rows
//! of a table.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "items and places have sixteen bits, sizes of keys and entries eight; levels end at zero"
)]

use crate::blob::le::{u16_at, u32_at};
use std::collections::{HashMap, HashSet};

use super::store::{Node, Store, long};
use crate::container::mapi::{Properties, Property, Value, kind, text16};

/// Records of one tree: an object has some hundred properties.
const RECORDS_MAX: usize = 1 << 16;
/// Rows of one table: a message to thousands.
const ROWS_MAX: usize = 1 << 16;

/// The data of a node as a heap, with the nodes that large values stand in.
pub struct Heap<'s, 'a> {
    store: &'s Store<'a>,
    blocks: Vec<Vec<u8>>,
    /// Nodes of the node.
    pub nodes: Vec<Node>,
    /// Whether something could not be read.
    pub damaged: bool,
    /// Values that were read: those of honest files stand in a place of their own each.
    read: HashSet<u32>,
}

impl<'s, 'a> Heap<'s, 'a> {
    /// Reads the data of a node.
    pub fn open(store: &'s Store<'a>, node: &Node) -> Self {
        let (blocks, whole) = store.data(node.data);
        Self { store, blocks, nodes: store.subnodes(node.nodes), damaged: !whole, read: HashSet::new() }
    }

    /// What kind of heap it is, and the item where it begins.
    fn root(&self) -> Option<(u8, u32)> {
        let first = self.blocks.first()?;
        (first.get(2) == Some(&0xEC)).then_some((*first.get(3)?, u32_at(first, 4)?))
    }

    /// An item of the heap.
    fn item(&self, id: u32) -> Option<&[u8]> {
        let (index, block) = self.store.heap_place(id);
        let block = self.blocks.get(block)?;
        let map = usize::from(u16_at(block, 0)?);
        let count = usize::from(u16_at(block, map)?);
        if index == 0 || index > count {
            return None;
        }
        let from = usize::from(u16_at(block, map + 4 + (index - 1) * 2)?);
        let to = usize::from(u16_at(block, map + 4 + index * 2)?);
        block.get(from..to)
    }

    /// A value that stands in the heap or in a node of its own, the first time it is asked for.
    fn value(&mut self, id: u32) -> Option<Vec<u8>> {
        if id == 0 || !self.read.insert(id) {
            return Some(Vec::new());
        }
        if id & 0x1F == 0 {
            return self.item(id).map(<[u8]>::to_vec);
        }
        let node = self.nodes.iter().find(|node| node.id == id)?;
        let (blocks, whole) = self.store.data(node.data);
        whole.then(|| blocks.concat()).or_else(|| Some(blocks.concat()).filter(|bytes| !bytes.is_empty()))
    }

    /// Records of the tree whose head is the item `id` (2.3.2).
    fn records(&self, id: u32) -> Vec<&[u8]> {
        let mut out = Vec::new();
        let Some([0xB5, key, entry, levels, root @ ..]) = self.item(id) else { return out };
        let (key, entry) = (usize::from(*key), usize::from(*entry));
        let mut items = vec![(u32_at(root, 0).unwrap_or(0), (*levels).min(8))];
        let mut seen = 0;
        while let Some((item, levels)) = items.pop() {
            seen += 1;
            if seen > RECORDS_MAX || out.len() > RECORDS_MAX || item == 0 {
                continue;
            }
            let Some(bytes) = self.item(item) else { continue };
            if levels == 0 {
                out.extend(bytes.chunks_exact((key + entry).max(1)));
            } else {
                let children: Vec<u32> = bytes.chunks_exact(key + 4).filter_map(|record| u32_at(record, key)).collect();
                items.extend(children.into_iter().rev().map(|item| (item, levels - 1)));
            }
        }
        out
    }

    /// The properties of the object that the heap is (2.3.3). `names` are those of named properties. An object in the
    /// property for attachments is not followed: its node is told by [`Heap::object`].
    pub fn properties(&mut self, names: &HashMap<u16, String>) -> Properties {
        let mut out = Properties::default();
        let mut damaged = false;
        let Some((0xBC, root)) = self.root() else {
            self.damaged = true;
            return out;
        };
        let records: Vec<Vec<u8>> = self.records(root).into_iter().map(<[u8]>::to_vec).collect();
        for record in &records {
            let (Some(id), Some(of), Some(value)) = (u16_at(record, 0), u16_at(record, 2), u32_at(record, 4)) else {
                continue;
            };
            let inline = value.to_le_bytes();
            let bytes = match of {
                kind::INTEGER16 | kind::INTEGER32 | kind::BOOLEAN => Some(inline.to_vec()),
                kind::FLOATING32 | kind::ERROR | kind::OBJECT => continue,
                _ => self.value(value),
            };
            match bytes {
                Some(bytes) => push(id, of, &bytes, names, &mut out),
                None => damaged = true,
            }
        }
        self.damaged |= damaged;
        out
    }

    /// The node in a property that is an object (2.3.3.5).
    pub fn object(&self, id: u16) -> Option<Node> {
        let (_, root) = self.root().filter(|(kind, _)| *kind == 0xBC)?;
        let records = self.records(root);
        let record = records.iter().find(|r| u16_at(r, 0) == Some(id) && u16_at(r, 2) == Some(kind::OBJECT))?;
        let node = u32_at(self.item(u32_at(record, 4)?)?, 0)?;
        self.nodes.iter().find(|other| other.id == node).copied()
    }

    /// The rows of the table that the heap is (2.3.4), each as properties.
    pub fn rows(&mut self, names: &HashMap<u16, String>) -> Vec<Properties> {
        let mut out = Vec::new();
        let Some((0x7C, root)) = self.root() else { return out };
        let Some(head) = self.item(root).map(<[u8]>::to_vec) else { return out };
        let columns = usize::from(head.get(1).copied().unwrap_or(0));
        // Where values of four, two and one byte and the bits end.
        let (bits, row_bytes) =
            (usize::from(u16_at(&head, 6).unwrap_or(0)), usize::from(u16_at(&head, 8).unwrap_or(0)));
        let rows = u32_at(&head, 14).unwrap_or(0);
        let blocks = match rows {
            0 => return out,
            rows if rows & 0x1F == 0 => self.item(rows).map(|item| vec![item.to_vec()]).unwrap_or_default(),
            rows => {
                let node = self.nodes.iter().find(|node| node.id == rows);
                node.map(|node| self.store.data(node.data).0).unwrap_or_default()
            }
        };
        if row_bytes < 4 {
            return out;
        }
        for row in blocks.iter().flat_map(|block| block.chunks_exact(row_bytes)).take(ROWS_MAX) {
            let mut properties = Properties::default();
            for column in head.get(22..).unwrap_or_default().chunks_exact(8).take(columns) {
                let (Some(of), Some(id), Some(at)) = (u16_at(column, 0), u16_at(column, 2), u16_at(column, 4)) else {
                    continue;
                };
                let (length, bit) = (column.get(6).copied().unwrap_or(0), column.get(7).copied().unwrap_or(0));
                let there = row.get(bits + usize::from(bit / 8)).is_some_and(|b| b >> (7 - bit % 8) & 1 == 1);
                let Some(cell) = row.get(usize::from(at)..usize::from(at) + usize::from(length)) else { continue };
                if !there {
                    continue;
                }
                let inline =
                    matches!(of, kind::INTEGER16 | kind::INTEGER32 | kind::BOOLEAN | kind::TIME | kind::INTEGER64);
                let bytes = if inline { Some(cell.to_vec()) } else { u32_at(cell, 0).and_then(|id| self.value(id)) };
                if let Some(bytes) = bytes {
                    push(id, of, &bytes, names, &mut properties);
                }
            }
            out.push(properties);
        }
        out
    }
}

/// Adds a value, each of many.
fn push(id: u16, of: u16, bytes: &[u8], names: &HashMap<u16, String>, out: &mut Properties) {
    let mut add = |value: Value| out.0.push(Property { id, name: names.get(&id).cloned(), value });
    let one = |bytes: &[u8]| match of & !kind::MULTIPLE {
        kind::STRING => Some(Value::Text(text16(bytes))),
        kind::STRING8 => Some(Value::Text8(bytes.to_vec())),
        kind::BINARY => Some(Value::Binary(bytes.to_vec())),
        _ => None,
    };
    if of & kind::MULTIPLE == 0 {
        let number = match of {
            kind::INTEGER16 => u16_at(bytes, 0).map(u64::from),
            kind::INTEGER32 => u32_at(bytes, 0).map(u64::from),
            kind::BOOLEAN => bytes.first().map(|b| u64::from(*b)),
            kind::TIME | kind::INTEGER64 => long(bytes, 0),
            _ => None,
        };
        if let Some(value) = number.map(Value::Number).or_else(|| one(bytes)) {
            add(value);
        }
        return;
    }
    // Many values: their number, where each begins, then all of them (2.3.3.4.2).
    let count = u32_at(bytes, 0).unwrap_or(0) as usize;
    let offsets = bytes.get(4..).unwrap_or_default().chunks_exact(4).take(count);
    let offsets: Vec<usize> = offsets.filter_map(|offset| u32_at(offset, 0)).map(|offset| offset as usize).collect();
    let ends = offsets.iter().skip(1).copied().chain(std::iter::once(bytes.len()));
    for (from, to) in offsets.iter().zip(ends) {
        if let Some(value) = bytes.get(*from..to).and_then(one) {
            add(value);
        }
    }
}
