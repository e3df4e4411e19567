//! The node database (MS-PST 2.2): a header, two trees of pages (nodes, blocks), and blocks of data.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "levels and bytes left over are asked for first; at most three numbers of eight bytes"
)]

use std::collections::HashMap;
use std::io::Read;

use super::cipher::Cipher;
use crate::blob::Budget;
use crate::blob::le::{u16_at, u32_at};

/// What differs between the forms of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Before 2003: identifiers and places of four bytes.
    Ansi,
    /// Since 2003: of eight bytes.
    Unicode,
    /// Pages of 4,096 bytes, blocks that may be compressed (offline stores since 2013).
    Large,
}

/// Where a block stands.
#[derive(Clone, Copy, Debug)]
struct Block {
    at: u64,
    bytes: usize,
    /// Bytes once unpacked, where that differs.
    unpacked_bytes: usize,
}

/// A node: something that has data and nodes of its own.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// Its identifier; the lowest five bits are its type.
    pub id: u32,
    /// Identifier of the block of its data.
    pub data: u64,
    /// Identifier of the block that lists its nodes.
    pub nodes: u64,
    /// The node it belongs to.
    pub parent: u32,
}

/// An opened store.
pub struct Store<'a> {
    bytes: &'a [u8],
    form: Form,
    cipher: Cipher,
    blocks: HashMap<u64, Block>,
    /// All nodes, in the order of the tree.
    pub nodes: Vec<Node>,
    /// Whether something of the trees could not be read.
    pub damaged: bool,
}

/// Levels of trees and lists; written ones have three at most.
const LEVELS_MAX: u32 = 8;
/// Bytes of one node's data: attachments are smaller.
const DATA_BYTES_MAX: usize = 1 << 30;

impl<'a> Store<'a> {
    /// Opens a store; `None` if it is none.
    pub fn open(bytes: &'a [u8], budget: &Budget) -> Option<Self> {
        let form = match u16_at(bytes, 10)? {
            14 | 15 => Form::Ansi,
            36.. => Form::Large,
            _ => Form::Unicode,
        };
        let (node_tree, block_tree, cipher) = match form {
            Form::Ansi => (u64::from(u32_at(bytes, 188)?), u64::from(u32_at(bytes, 196)?), 461),
            Form::Unicode | Form::Large => (long(bytes, 224)?, long(bytes, 240)?, 513),
        };
        let cipher = Cipher::of(*bytes.get(cipher)?);
        let mut store =
            Self { bytes, form, cipher, blocks: HashMap::new(), nodes: Vec::new(), damaged: cipher == Cipher::Unknown };
        let mut entries = Vec::new();
        store.tree(block_tree, 0x80, budget, &mut entries);
        for entry in &entries {
            store.add_block(entry);
        }
        entries.clear();
        store.tree(node_tree, 0x81, budget, &mut entries);
        for entry in &entries {
            store.add_node(entry);
        }
        Some(store)
    }

    /// Collects the entries in the leaves of the tree at `root`. A page that was seen is not seen again, so rings end.
    fn tree(&mut self, root: u64, kind: u8, budget: &Budget, entries: &mut Vec<&'a [u8]>) {
        let mut seen = std::collections::HashSet::new();
        let mut pages = vec![(root, LEVELS_MAX)];
        while let Some((at, levels)) = pages.pop() {
            if levels == 0 || !seen.insert(at) || budget.time().is_err() {
                // A page that is its own ancestor, or trees without end.
                self.damaged = true;
                continue;
            }
            let Some(page) = self.page(at, kind) else {
                self.damaged = true;
                continue;
            };
            if page.level == 0 {
                entries.extend(page.entries.chunks_exact(page.entry_bytes.max(1)).take(page.count));
                continue;
            }
            let children = page.entries.chunks_exact(page.entry_bytes.max(1)).take(page.count);
            let places = children.filter_map(|entry| match self.form {
                Form::Ansi => u32_at(entry, 8).map(u64::from),
                _ => long(entry, 16),
            });
            let places: Vec<u64> = places.collect();
            pages.extend(places.into_iter().rev().map(|at| (at, levels - 1)));
        }
    }

    fn page(&self, at: u64, kind: u8) -> Option<Page<'a>> {
        let (size, room) = match self.form {
            Form::Ansi => (512, 496),
            Form::Unicode => (512, 488),
            Form::Large => (4096, 4056),
        };
        let at = usize::try_from(at).ok()?;
        let page = self.bytes.get(at..at.checked_add(size)?)?;
        let (count, entry_bytes, level, trailer) = match self.form {
            Form::Ansi => (usize::from(*page.get(496)?), *page.get(498)?, *page.get(499)?, 500),
            Form::Unicode => (usize::from(*page.get(488)?), *page.get(490)?, *page.get(491)?, 496),
            Form::Large => (usize::from(u16_at(page, 4056)?), *page.get(4060)?, *page.get(4061)?, 4072),
        };
        let entries = page.get(..room)?;
        let entry_bytes = usize::from(entry_bytes);
        let right = page.get(trailer) == Some(&kind) && entry_bytes >= 8;
        right.then_some(Page { entries, count, entry_bytes, level })
    }

    fn add_block(&mut self, entry: &[u8]) {
        let block = |entry: &[u8]| {
            Some(match self.form {
                Form::Ansi => {
                    let bytes = usize::from(u16_at(entry, 8)?);
                    (u64::from(u32_at(entry, 0)?), Block { at: u32_at(entry, 4)?.into(), bytes, unpacked_bytes: bytes })
                }
                Form::Unicode => {
                    let bytes = usize::from(u16_at(entry, 16)?);
                    (long(entry, 0)?, Block { at: long(entry, 8)?, bytes, unpacked_bytes: bytes })
                }
                Form::Large => {
                    let (bytes, unpacked_bytes) = (usize::from(u16_at(entry, 16)?), usize::from(u16_at(entry, 18)?));
                    (long(entry, 0)?, Block { at: long(entry, 8)?, bytes, unpacked_bytes })
                }
            })
        };
        if let Some((id, block)) = block(entry) {
            self.blocks.insert(id & !1, block);
        }
    }

    fn add_node(&mut self, entry: &[u8]) {
        let node = |entry: &[u8]| {
            Some(match self.form {
                Form::Ansi => Node {
                    id: u32_at(entry, 0)?,
                    data: u32_at(entry, 4)?.into(),
                    nodes: u32_at(entry, 8)?.into(),
                    parent: u32_at(entry, 12)?,
                },
                _ => Node {
                    id: u32_at(entry, 0)?,
                    data: long(entry, 8)?,
                    nodes: long(entry, 16)?,
                    parent: u32_at(entry, 24)?,
                },
            })
        };
        self.nodes.extend(node(entry));
    }

    /// The bytes of one block, decoded.
    fn block(&self, id: u64) -> Option<Vec<u8>> {
        let block = self.blocks.get(&(id & !1))?;
        let at = usize::try_from(block.at).ok()?;
        let stored = self.bytes.get(at..at.checked_add(block.bytes)?)?;
        let mut out = Vec::new();
        if self.form == Form::Large && block.unpacked_bytes > block.bytes {
            let mut inflate = flate2::read::ZlibDecoder::new(stored).take(block.unpacked_bytes as u64);
            let mut step = [0; 4096];
            while let Ok(got @ 1..) = inflate.read(&mut step) {
                out.extend_from_slice(step.get(..got).unwrap_or_default());
            }
        } else {
            out.extend_from_slice(stored);
        }
        if !is_internal(id) {
            self.cipher.decode(&mut out, id);
        }
        Some(out)
    }

    /// The data of a node, block by block; missing ones are empty. Says whether it is whole.
    pub fn data(&self, id: u64) -> (Vec<Vec<u8>>, bool) {
        let mut out = Vec::new();
        let mut whole = true;
        let mut left = DATA_BYTES_MAX.min(self.bytes.len().saturating_mul(4));
        if id != 0 {
            self.collect(id, LEVELS_MAX, &mut left, &mut out, &mut whole);
        }
        (out, whole)
    }

    fn collect(&self, id: u64, levels: u32, left: &mut usize, out: &mut Vec<Vec<u8>>, whole: &mut bool) {
        let Some(block) = self.block(id).filter(|_| levels > 0 && *left > 0) else {
            *whole = false;
            return out.push(Vec::new());
        };
        *left = left.saturating_sub(block.len().max(16));
        if !is_internal(id) {
            return out.push(block);
        }
        // A list of blocks, or of such lists (2.2.2.8.3.2).
        if block.first() != Some(&1) {
            *whole = false;
            return;
        }
        let count = usize::from(u16_at(&block, 2).unwrap_or(0));
        let size = self.id_bytes();
        for entry in block.get(8..).unwrap_or_default().chunks_exact(size).take(count) {
            self.collect(self.id_at(entry, 0), levels - 1, left, out, whole);
        }
    }

    /// The nodes that belong to a node by its block (2.2.2.8.3.3).
    pub fn subnodes(&self, id: u64) -> Vec<Node> {
        let mut out = Vec::new();
        let mut left = self.bytes.len();
        if id != 0 {
            self.collect_nodes(id, LEVELS_MAX, &mut left, &mut out);
        }
        out
    }

    fn collect_nodes(&self, id: u64, levels: u32, left: &mut usize, out: &mut Vec<Node>) {
        let Some(block) = self.block(id).filter(|block| levels > 0 && *left >= block.len().max(16)) else { return };
        *left -= block.len().max(16);
        if block.first() != Some(&2) || !is_internal(id) {
            return;
        }
        let (level, count) = (block.get(1).copied().unwrap_or(0), usize::from(u16_at(&block, 2).unwrap_or(0)));
        let size = self.id_bytes();
        let entries = block.get(if self.form == Form::Ansi { 4 } else { 8 }..).unwrap_or_default();
        let of = |n: usize| n * size;
        for entry in entries.chunks_exact(if level == 0 { of(3) } else { of(2) }).take(count) {
            if level > 0 {
                self.collect_nodes(self.id_at(entry, of(1)), levels - 1, left, out);
            } else {
                let id = u32_at(entry, 0).unwrap_or(0);
                out.push(Node { id, data: self.id_at(entry, of(1)), nodes: self.id_at(entry, of(2)), parent: 0 });
            }
        }
    }

    fn id_bytes(&self) -> usize {
        if self.form == Form::Ansi { 4 } else { 8 }
    }

    fn id_at(&self, entry: &[u8], at: usize) -> u64 {
        let id = if self.form == Form::Ansi { u32_at(entry, at).map(u64::from) } else { long(entry, at) };
        id.unwrap_or(0)
    }

    /// Index and block of a heap identifier (2.3.1.1).
    pub fn heap_place(&self, id: u32) -> (usize, usize) {
        let (index, block) = match self.form {
            Form::Large => (id >> 5 & 0x3FFF, id >> 19),
            _ => (id >> 5 & 0x7FF, id >> 16),
        };
        (index as usize, block as usize)
    }
}

struct Page<'a> {
    entries: &'a [u8],
    count: usize,
    entry_bytes: usize,
    level: u8,
}

/// Whether a block holds references, and not data.
fn is_internal(id: u64) -> bool {
    id & 2 != 0
}

/// Eight bytes.
pub fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
