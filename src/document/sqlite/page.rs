//! Pages: b-trees (1.6 of the file format), cells and their overflow chains (1.6, 1.7).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "pages of at most 65,536 bytes, of which at least 256 are used, and payloads of limited length"
)]

use std::collections::HashSet;

/// Bytes of the header of the file, which the first page starts with.
const FILE_HEADER: usize = 100;
/// Bytes of one value chain that are put together. 1 GiB is what the format allows by default.
const PAYLOAD_BYTES_MAX: usize = 1 << 30;

/// How text is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// The file as pages.
#[derive(Debug)]
pub(super) struct Pager<'a> {
    bytes: &'a [u8],
    size: usize,
    /// Bytes of a page that are used: the rest is left to extensions.
    usable: usize,
    pub encoding: Encoding,
}

/// A page of a b-tree.
#[derive(Debug)]
pub(super) struct Page<'a> {
    bytes: &'a [u8],
    /// Where its header starts: behind that of the file on the first page.
    head: usize,
    kind: u8,
    cells: Vec<usize>,
    damaged: bool,
}

/// What a cell holds.
#[derive(Debug)]
pub(super) struct Payload {
    pub row: Option<i64>,
    pub bytes: Vec<u8>,
    /// The chain ended before it was whole.
    pub cut: bool,
    /// Bytes of it on the page of its cell.
    pub local: usize,
}

const INDEX_INNER: u8 = 2;
const TABLE_INNER: u8 = 5;
const INDEX_LEAF: u8 = 10;
const TABLE_LEAF: u8 = 13;

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?)))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// A number of one to nine bytes (1.6: varint), and how many it takes.
pub(super) fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (i, b) in bytes.iter().take(9).enumerate() {
        if i == 8 {
            return Some((value << 8 | u64::from(*b), 9));
        }
        value = value << 7 | u64::from(b & 0x7F);
        if b & 0x80 == 0 {
            return Some((value, i + 1));
        }
    }
    None
}

impl<'a> Pager<'a> {
    /// Takes sizes and encoding from the header of the file.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let size = match short(bytes, 16)? {
            1 => 65536,
            size if size >= 512 && size.is_power_of_two() => size,
            _ => return None,
        };
        let usable = size - usize::from(*bytes.get(20)?);
        let encoding = match long(bytes, 56)? {
            2 => Encoding::Utf16Le,
            3 => Encoding::Utf16Be,
            _ => Encoding::Utf8,
        };
        (usable >= 256).then_some(Self { bytes, size, usable, encoding })
    }

    /// How many pages there are; the last may be cut.
    pub fn count(&self) -> u32 {
        u32::try_from(self.bytes.len().div_ceil(self.size)).unwrap_or(u32::MAX)
    }

    /// The bytes of a page (from 1).
    pub fn bytes(&self, number: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(number.checked_sub(1)?).ok()?.checked_mul(self.size)?;
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        Some(rest.get(..self.usable).unwrap_or(rest))
    }

    /// A page of a b-tree; `None` = it is none.
    pub fn page(&self, number: u32) -> Option<Page<'a>> {
        let bytes = self.bytes(number)?;
        let head = if number == 1 { FILE_HEADER } else { 0 };
        let kind = *bytes.get(head)?;
        let size = match kind {
            INDEX_INNER | TABLE_INNER => 12,
            INDEX_LEAF | TABLE_LEAF => 8,
            _ => return None,
        };
        let count = short(bytes, head + 3)?;
        let pointers = bytes.get(head + size..).unwrap_or_default();
        let cells: Vec<usize> = pointers
            .chunks_exact(2)
            .take(count)
            .map(|pointer| short(pointer, 0).unwrap_or(usize::MAX))
            .filter(|at| *at < bytes.len() && *at >= head + size)
            .collect();
        // Pointers that share a cell would tell it many times.
        let mut seen = HashSet::new();
        let cells: Vec<usize> = cells.into_iter().filter(|at| seen.insert(*at)).collect();
        let damaged = cells.len() != count || bytes.len() < self.usable;
        Some(Page { bytes, head, kind, cells, damaged })
    }

    /// What a cell holds, with its overflow chain, whose pages are marked as read.
    pub fn payload(&self, page: &Page<'a>, cell: usize, done: &mut HashSet<u32>) -> Option<Payload> {
        let bytes = page.bytes.get(cell..)?;
        let mut at = if page.kind == INDEX_INNER { 4 } else { 0 };
        if page.kind == TABLE_INNER {
            return Some(Payload { row: None, bytes: Vec::new(), cut: false, local: 0 });
        }
        let (length, used) = number(bytes.get(at..)?)?;
        at += used;
        let row = if page.kind == TABLE_LEAF {
            let (row, used) = number(bytes.get(at..)?)?;
            at += used;
            Some(row.cast_signed())
        } else {
            None
        };
        let length = usize::try_from(length).ok().filter(|length| *length <= PAYLOAD_BYTES_MAX)?;
        let local = self.local(length, page.kind);
        let mut out = bytes.get(at..)?.get(..local).unwrap_or(bytes.get(at..)?).to_vec();
        let mut cut = out.len() < local;
        let on_page = out.len();
        if local < length && !cut {
            let mut next = long(bytes, at + local)?;
            while out.len() < length {
                let chain = if next == 0 || !done.insert(next) { None } else { self.bytes(next) };
                let Some(chain) = chain else {
                    cut = true;
                    break;
                };
                next = long(chain, 0)?;
                let data = chain.get(4..).unwrap_or_default();
                out.extend_from_slice(data.get(..length - out.len()).unwrap_or(data));
            }
        }
        Some(Payload { row, bytes: out, cut, local: on_page })
    }

    /// Bytes of a payload that stand on the page of its cell (1.6: "cell payload overflow").
    fn local(&self, length: usize, kind: u8) -> usize {
        let most = if kind == TABLE_LEAF { self.usable - 35 } else { (self.usable - 12) * 64 / 255 - 23 };
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let local = least + (length - least) % (self.usable - 4);
        if local <= most { local } else { least }
    }
}

impl<'a> Page<'a> {
    /// Whether pointers led out of it, or it is cut.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Bytes of it.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it belongs to an index, or to a table that is kept as one.
    pub fn is_index(&self) -> bool {
        matches!(self.kind, INDEX_INNER | INDEX_LEAF)
    }

    /// Whether it is a leaf of a table.
    pub fn is_leaf(&self) -> bool {
        self.kind == TABLE_LEAF
    }

    /// Where its cells with a payload start.
    pub fn cells(&self) -> impl Iterator<Item = usize> + use<> {
        let cells = if self.kind == TABLE_INNER { Vec::new() } else { self.cells.clone() };
        cells.into_iter()
    }

    /// Pages below it, in order.
    pub fn children(&self) -> impl Iterator<Item = u32> + use<> {
        let inner = matches!(self.kind, INDEX_INNER | TABLE_INNER);
        let last = if inner { long(self.bytes, self.head + 8) } else { None };
        let children: Vec<u32> = match inner {
            true => self.cells.iter().filter_map(|at| long(self.bytes, *at)).collect(),
            false => Vec::new(),
        };
        children.into_iter().chain(last)
    }

    /// Stretches that no cell uses: between the pointers and the cells, and free blocks (1.6).
    pub fn unused(&self) -> Vec<&'a [u8]> {
        let size = if matches!(self.kind, INDEX_INNER | TABLE_INNER) { 12 } else { 8 };
        let first = self.head + size + self.cells.len() * 2;
        let start = short(self.bytes, self.head + 5).map_or(0, |start| if start == 0 { 65536 } else { start });
        let mut out: Vec<&'a [u8]> = self.bytes.get(first..start.min(self.bytes.len())).into_iter().collect();
        let mut block = short(self.bytes, self.head + 1).unwrap_or(0);
        // Blocks are in order of their place, so a chain that goes back is damaged.
        let mut before = 0;
        while block > before {
            let length = short(self.bytes, block + 2).unwrap_or(0).max(4);
            let end = block.saturating_add(length).min(self.bytes.len());
            out.extend(self.bytes.get(block + 4..end));
            before = block.max(end.saturating_sub(1));
            block = short(self.bytes, block).unwrap_or(0);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_one_to_nine_bytes() {
        assert_eq!(number(&[0x05]), Some((5, 1)));
        assert_eq!(number(&[0x81, 0x00]), Some((128, 2)));
        assert_eq!(number(&[0xFF; 9]), Some((u64::MAX, 9)));
        assert_eq!(number(&[0x80]), None);
    }
}
