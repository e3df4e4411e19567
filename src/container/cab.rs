//! Cabinets (MS-CAB): folders of data blocks, stored, MSZIP (MS-MCI) or LZX (MS-PATCH). Quantum is not read, and of a set
//! of cabinets only what this one holds.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions that were read at, and lengths of at most sixteen bits behind them; output only grows"
)]

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::{Decompress, FlushDecompress};
use lzxd::{Lzxd, WindowSize};

use super::{Part, Visit, ends_all};
use crate::blob::le::u16_at;
use crate::blob::{Budget, Gap, Reason};

/// Shows every file of the cabinet in `bytes`.
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let Some(cabinet) = Cabinet::open(bytes) else {
        gaps.push(Gap::new(Reason::Corrupt, "", "header is damaged or cut off"));
        return;
    };
    if !cabinet.whole {
        gaps.push(Gap::new(Reason::Corrupt, "", "the list of files is damaged, read up to there"));
    }
    let mut seen = HashSet::new();
    let mut held: Option<(usize, Vec<u8>, Result<(), Reason>)> = None;
    for file in &cabinet.files {
        if let Err(reason) = budget.member() {
            return gaps.push(Gap::new(reason, &file.name, "stopped at this file"));
        }
        let folder = match file.folder {
            FROM_PREVIOUS | FROM_PREVIOUS_TO_NEXT => {
                visit(Part { name: &file.name, bytes: &[] }, budget);
                gaps.push(Gap::new(Reason::UnsupportedType, &file.name, "starts in another cabinet of the set"));
                continue;
            }
            TO_NEXT => cabinet.folders.len().saturating_sub(1),
            index => usize::from(index),
        };
        // Files that share their data are read once.
        if file.size == 0 || !seen.insert((folder, file.start, file.size)) {
            continue;
        }
        if held.as_ref().is_none_or(|(index, _, _)| *index != folder) {
            let mut out = Vec::new();
            let result = match cabinet.folders.get(folder) {
                Some(folder) => cabinet.read(bytes, folder, budget, &mut out),
                None => Err(Reason::Corrupt),
            };
            held = Some((folder, out, result));
        }
        let Some((_, data, result)) = &held else { continue };
        let rest = data.get(file.start..).unwrap_or_default();
        let part = rest.get(..file.size).unwrap_or(rest);
        visit(Part { name: &file.name, bytes: part }, budget);
        if part.len() < file.size {
            let reason = result.err().unwrap_or(Reason::Corrupt);
            let (reason, detail) = match reason {
                Reason::UnsupportedType => (reason, "packed by a method that is not read"),
                _ if file.folder == TO_NEXT => (Reason::UnsupportedType, "goes on in the next cabinet of the set"),
                _ => (reason, "data is damaged, read up to there"),
            };
            gaps.push(Gap::new(reason, &file.name, detail));
            if ends_all(reason) {
                return;
            }
        }
    }
    let rest = bytes.get(cabinet.length..).unwrap_or_default();
    if rest.iter().any(|b| *b != 0) {
        visit(Part { name: "(behind the cabinet)", bytes: rest }, budget);
    }
}

/// Length of the cabinet that `bytes` start with, if its header makes sense.
pub fn length(bytes: &[u8]) -> Option<usize> {
    let length = long(bytes, 8)?;
    let version = bytes.get(24..26)? == [3, 1];
    (version && length <= bytes.len() && long(bytes, 16)? < length && u16_at(bytes, 28)? > 0).then_some(length)
}

const FROM_PREVIOUS: u16 = 0xFFFD;
const TO_NEXT: u16 = 0xFFFE;
const FROM_PREVIOUS_TO_NEXT: u16 = 0xFFFF;

struct Cabinet {
    length: usize,
    folders: Vec<Folder>,
    files: Vec<File>,
    whole: bool,
    /// Bytes that each block keeps for others.
    reserved: usize,
}

struct Folder {
    start: usize,
    blocks: u16,
    method: u16,
}

struct File {
    name: String,
    size: usize,
    start: usize,
    folder: u16,
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let value = bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)?;
    usize::try_from(value).ok()
}

/// Text up to a zero byte, and where that is.
fn text(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..)?;
    let end = memchr::memchr(0, rest)?;
    Some((rest.get(..end)?, at + end + 1))
}

impl Cabinet {
    fn open(bytes: &[u8]) -> Option<Self> {
        let (mut at, flags) = (36, u16_at(bytes, 30)?);
        let (mut folder_reserved, mut reserved) = (0, 0);
        if flags & 4 != 0 {
            folder_reserved = usize::from(*bytes.get(38)?);
            reserved = usize::from(*bytes.get(39)?);
            at += 4 + usize::from(u16_at(bytes, 36)?);
        }
        // Names of the cabinets before and behind, and of their disks.
        for _ in 0..2 * ((flags & 1) + (flags >> 1 & 1)) {
            at = text(bytes, at)?.1;
        }
        let mut cabinet =
            Self { length: long(bytes, 8)?, folders: Vec::new(), files: Vec::new(), whole: true, reserved };
        for _ in 0..u16_at(bytes, 26)? {
            let (start, blocks, method) = (long(bytes, at)?, u16_at(bytes, at + 4)?, u16_at(bytes, at + 6)?);
            cabinet.folders.push(Folder { start, blocks, method });
            at += 8 + folder_reserved;
        }
        let mut at = long(bytes, 16)?;
        for _ in 0..u16_at(bytes, 28)? {
            let Some((file, next)) = File::read(bytes, at) else {
                cabinet.whole = false;
                break;
            };
            cabinet.files.push(file);
            at = next;
        }
        Some(cabinet)
    }

    /// Appends all that a folder unpacks to.
    fn read(&self, bytes: &[u8], folder: &Folder, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
        /// Bytes that a block unpacks to at most.
        const BLOCK_BYTES: usize = 32 << 10;
        let mut decoder = Decoder::new(folder.method)?;
        let mut at = folder.start;
        for _ in 0..folder.blocks {
            budget.time()?;
            let packed = usize::from(u16_at(bytes, at.saturating_add(4)).ok_or(Reason::Corrupt)?);
            let unpacked = usize::from(u16_at(bytes, at + 6).ok_or(Reason::Corrupt)?);
            let start = at + 8 + self.reserved;
            let data = bytes.get(start..start + packed).ok_or(Reason::Corrupt)?;
            if unpacked > BLOCK_BYTES {
                return Err(Reason::Corrupt);
            }
            budget.unpack(unpacked as u64)?;
            decoder.block(data, unpacked, out)?;
            at = start + packed;
        }
        Ok(())
    }
}

impl File {
    fn read(bytes: &[u8], at: usize) -> Option<(Self, usize)> {
        /// Bit of the attributes: the name is UTF-8.
        const UTF8: u16 = 0x80;
        let (name, next) = text(bytes, at.checked_add(16)?)?;
        let name = match std::str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) if u16_at(bytes, at + 14)? & UTF8 != 0 => String::from_utf8_lossy(name).into_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(name).0.into_owned(),
        };
        let (size, start, folder) = (long(bytes, at)?, long(bytes, at + 4)?, u16_at(bytes, at + 8)?);
        Some((Self { name: name.replace('\\', "/"), size, start, folder }, next))
    }
}

enum Decoder {
    Stored,
    MsZip(Box<Decompress>),
    Lzx(Box<Lzxd>),
}

impl Decoder {
    fn new(method: u16) -> Result<Self, Reason> {
        match method & 15 {
            0 => Ok(Self::Stored),
            1 => Ok(Self::MsZip(Box::new(Decompress::new(false)))),
            3 => {
                let window = match method >> 8 & 31 {
                    15 => WindowSize::KB32,
                    16 => WindowSize::KB64,
                    17 => WindowSize::KB128,
                    18 => WindowSize::KB256,
                    19 => WindowSize::KB512,
                    20 => WindowSize::MB1,
                    21 => WindowSize::MB2,
                    _ => return Err(Reason::Corrupt),
                };
                Ok(Self::Lzx(Box::new(Lzxd::new(window))))
            }
            _ => Err(Reason::UnsupportedType),
        }
    }

    /// Appends what a block unpacks to.
    fn block(&mut self, data: &[u8], length: usize, out: &mut Vec<u8>) -> Result<(), Reason> {
        let before = out.len();
        match self {
            Self::Stored => out.extend_from_slice(data),
            Self::MsZip(state) => mszip(state, data, length, out)?,
            Self::Lzx(state) => {
                // The decoder is other people's code: one that panics has read damaged data.
                let read = catch_unwind(AssertUnwindSafe(|| match state.decompress_next(data, length) {
                    Ok(block) => {
                        out.extend_from_slice(block);
                        true
                    }
                    Err(_) => false,
                }));
                if !matches!(read, Ok(true)) {
                    return Err(Reason::Corrupt);
                }
            }
        }
        if out.len() - before == length { Ok(()) } else { Err(Reason::Corrupt) }
    }
}

/// A block of MSZIP: deflated, with what the blocks in front of it unpacked to as its dictionary.
fn mszip(state: &mut Decompress, data: &[u8], length: usize, out: &mut Vec<u8>) -> Result<(), Reason> {
    const WINDOW_BYTES: usize = 32 << 10;
    let data = data.strip_prefix(b"CK").ok_or(Reason::Corrupt)?;
    state.reset(false);
    let window = out.get(out.len().saturating_sub(WINDOW_BYTES)..).unwrap_or_default();
    if !window.is_empty() {
        state.set_dictionary(window).map_err(|_| Reason::Corrupt)?;
    }
    let before = out.len();
    out.resize(before + length, 0);
    let space = out.get_mut(before..).unwrap_or_default();
    let result = state.decompress(data, space, FlushDecompress::Finish);
    let made = usize::try_from(state.total_out()).unwrap_or(0).min(length);
    out.truncate(before + made);
    result.map(|_| ()).map_err(|_| Reason::Corrupt)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::DeflateEncoder::new(b"CK".to_vec(), flate2::Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    /// A cabinet of one folder.
    fn cabinet(files: &[(&str, &[u8])], method: u16, blocks: &[(Vec<u8>, usize)]) -> Vec<u8> {
        let list_bytes: usize = files.iter().map(|(name, _)| 17 + name.len()).sum();
        let data_at = 36 + 8 + list_bytes;
        let data: Vec<u8> = blocks
            .iter()
            .flat_map(|(data, length)| {
                let sizes = [data.len() as u16, *length as u16].map(u16::to_le_bytes).concat();
                [vec![0; 4], sizes, data.clone()].concat()
            })
            .collect();
        let mut out = b"MSCF\0\0\0\0".to_vec();
        for value in [(data_at + data.len()) as u32, 0, 44, 0] {
            out.extend(value.to_le_bytes());
        }
        out.extend([3, 1]);
        for value in [1, files.len() as u16, 0, 7, 0] {
            out.extend(value.to_le_bytes());
        }
        out.extend((data_at as u32).to_le_bytes());
        out.extend([blocks.len() as u16, method].map(u16::to_le_bytes).concat());
        let mut start = 0;
        for (name, bytes) in files {
            out.extend([bytes.len() as u32, start].map(u32::to_le_bytes).concat());
            out.extend([0u16, 0, 0, 0x20].map(u16::to_le_bytes).concat());
            out.extend(name.bytes().chain([0]));
            start += bytes.len() as u32;
        }
        out.extend(data);
        out
    }

    fn parts(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        crate::container::parts_of(unpack, bytes)
    }

    #[test]
    fn stored_and_deflated_files_are_shown() {
        let files: [(&str, &[u8]); 2] = [("a.txt", b"Card 4111"), ("x\\b.txt", b" 1111 and more")];
        let all = b"Card 4111 1111 and more".to_vec();
        let expected = vec![("a.txt".to_owned(), files[0].1.to_vec()), ("x/b.txt".to_owned(), files[1].1.to_vec())];
        let stored = cabinet(&files, 0, &[(all.clone(), all.len())]);
        let zipped = cabinet(&files, 1, &[(deflate(&all[..10]), 10), (deflate(&all[10..]), all.len() - 10)]);
        for bytes in [&stored, &zipped] {
            assert_eq!(parts(bytes), (expected.clone(), vec![]));
            for length in 36..bytes.len() {
                let (_, gaps) = parts(&bytes[..length]);
                assert!(!gaps.is_empty(), "cut at {length}");
            }
            let mut state = 9u32;
            for _ in 0..1000 {
                let mut bytes = bytes.clone();
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = (state >> 3) as u8;
                assert!(parts(&bytes).0.len() <= 3);
            }
        }
    }

    #[test]
    fn a_block_refers_to_the_ones_in_front() {
        // "CK", one block with fixed codes: a match of ten bytes at distance ten, end of block.
        let again = vec![b'C', b'K', 0x03, 0x13, 0x01, 0x00];
        let mut out = b"0123456789".to_vec();
        let mut state = Decompress::new(false);
        let _ = mszip(&mut state, &again, 10, &mut out);
        assert!(out.starts_with(b"0123456789"));
    }

    #[test]
    fn quantum_is_a_gap_with_names() {
        let (found, gaps) = parts(&cabinet(&[("a.txt", b"abc")], 2, &[(vec![1, 2, 3], 3)]));
        assert_eq!(found, [("a.txt".to_owned(), vec![])]);
        assert_eq!(gaps.first().map(|gap| gap.reason), Some(Reason::UnsupportedType));
    }
}
