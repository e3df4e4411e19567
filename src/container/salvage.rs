//! Damaged compound files (MS-CFB): what can still be followed of one is put together anew.
//!
//! Files that were cut off, or whose tables name sectors that are not there, are refused as a whole by readers that
//! trust the tables. Here every chain of sectors is followed as far as it goes, and each sector is taken once.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "the table is never longer than the file, and folders are not followed deeper than a limit"
)]

use std::collections::HashSet;
use std::io::{Cursor, Write};

use crate::blob::le::u32_at;

/// What was put together, and which of its streams end too early.
pub(super) struct Salvaged {
    /// A sound compound file.
    pub bytes: Vec<u8>,
    /// Paths of streams that are shorter than they were, `/` between storages.
    pub cut: HashSet<String>,
    /// Whether streams are cut, or missing with their part of the directory.
    pub incomplete: bool,
}

/// A directory entry (2.6.1), as far as it is used.
struct Entry {
    name: String,
    kind: u8,
    links: [u32; 3],
    start: u32,
    length: u64,
}

/// Sector numbers from here on mean something else (2.1).
const SPECIAL: u32 = 0xFFFF_FFFA;
/// The end of a chain of sectors.
const END: u32 = 0xFFFF_FFFE;
/// A link of an entry that leads nowhere.
const NOBODY: u32 = 0xFFFF_FFFF;
/// Entries of a directory that are read.
const ENTRIES_MAX: usize = 1 << 16;
/// Storages inside storages that are followed.
const DEPTH_MAX: usize = 64;

/// Sectors of a damaged file.
struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
    table: Vec<u32>,
    taken: HashSet<u32>,
}

impl<'a> Sectors<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
            return None;
        }
        let shift = u32::from(u16::from_le_bytes(*bytes.get(30..)?.first_chunk()?));
        let size = 1usize << if (7..=16).contains(&shift) { shift } else { 9 };
        let mut sectors = Self { bytes, size, table: Vec::new(), taken: HashSet::new() };
        // Sectors of the table: the first 109 in the header, others in a chain of lists whose last entry is the next one.
        let mut of_table: Vec<u32> = numbers(bytes.get(76..512)?).collect();
        let mut next = u32_at(bytes, 68)?;
        while let Some(sector) = sectors.sector(next).filter(|_| sectors.taken.insert(next)) {
            let mut list: Vec<u32> = numbers(sector).collect();
            next = list.pop().unwrap_or(SPECIAL);
            of_table.extend(list);
        }
        for number in of_table {
            let Some(sector) = sectors.sector(number) else {
                // A sector that is not there leaves its part of the table open.
                if number < SPECIAL && sectors.table.len() * 4 < bytes.len() {
                    sectors.table.resize(sectors.table.len() + size / 4, u32::MAX);
                }
                continue;
            };
            if sectors.taken.insert(number) {
                sectors.table.extend(numbers(sector));
            }
        }
        Some(sectors)
    }

    /// A sector, or what there is of it.
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        if number >= SPECIAL {
            return None;
        }
        let at = (number as usize).checked_add(1)?.checked_mul(self.size)?;
        let end = at.checked_add(self.size)?.min(self.bytes.len());
        self.bytes.get(at..end).filter(|sector| !sector.is_empty())
    }

    /// The bytes of a chain of sectors, up to `length`.
    fn chain(&mut self, start: u32, length: u64) -> Vec<u8> {
        self.follow(start, length).0
    }

    /// The bytes of a chain of sectors, up to `length`, and the number that comes next.
    fn follow(&mut self, start: u32, length: u64) -> (Vec<u8>, u32) {
        let mut out = Vec::new();
        let mut next = start;
        while (out.len() as u64) < length
            && let Some(sector) = self.sector(next)
            && self.taken.insert(next)
        {
            out.extend_from_slice(sector);
            next = self.table.get(next as usize).copied().unwrap_or(SPECIAL);
        }
        out.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        (out, next)
    }
}

/// Puts together what can be followed. `None` if not even a directory is left.
pub(super) fn salvage(bytes: &[u8]) -> Option<Salvaged> {
    let mut sectors = Sectors::open(bytes)?;
    let (directory, end) = sectors.follow(u32_at(bytes, 48)?, u64::MAX);
    let entries: Vec<Entry> = directory.chunks_exact(128).take(ENTRIES_MAX).filter_map(entry).collect();
    let root = entries.first().filter(|root| root.kind == 5)?;
    let missing = |link: &u32| *link != NOBODY && *link as usize >= entries.len();
    let is_cut = end != END || entries.iter().any(|entry| entry.kind != 0 && entry.links.iter().any(missing));
    // Streams below this length share the stream of the root, in small sectors of their own.
    let cutoff = u64::from(u32_at(bytes, 56)?);
    let shared = sectors.chain(root.start, root.length);
    let table = sectors.chain(u32_at(bytes, 60)?, u64::MAX);
    let mut small = Sectors { bytes: &shared, size: 64, table: numbers(&table).collect(), taken: HashSet::new() };
    let mut copy = ::cfb::CompoundFile::create(Cursor::new(Vec::new())).ok()?;
    let mut cut = HashSet::new();
    for (path, entry) in paths(&entries) {
        let stream = if entry.length < cutoff {
            small_chain(&mut small, entry.start, entry.length)
        } else {
            sectors.chain(entry.start, entry.length)
        };
        if let Some((storage, _)) = path.rsplit_once('/') {
            let _ = copy.create_storage_all(storage);
        }
        if let Ok(mut written) = copy.create_stream(&path) {
            written.write_all(&stream).ok()?;
        }
        if (stream.len() as u64) < entry.length {
            cut.insert(path);
        }
    }
    copy.flush().ok()?;
    let incomplete = is_cut || !cut.is_empty();
    Some(Salvaged { bytes: copy.into_inner().into_inner(), cut, incomplete })
}

/// Small sectors start at the first byte; there is no header in front.
fn small_chain(small: &mut Sectors<'_>, start: u32, length: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let mut next = start;
    while (out.len() as u64) < length && next < SPECIAL && small.taken.insert(next) {
        let at = (next as usize).saturating_mul(small.size);
        let end = at.saturating_add(small.size).min(small.bytes.len());
        let Some(sector) = small.bytes.get(at..end).filter(|sector| !sector.is_empty()) else { break };
        out.extend_from_slice(sector);
        next = small.table.get(next as usize).copied().unwrap_or(SPECIAL);
    }
    out.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    out
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let kind = *bytes.get(66)?;
    let units = bytes.get(..64)?.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?)));
    let name: String = char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('_')).collect();
    let length = u64::from_le_bytes(*bytes.get(120..)?.first_chunk()?);
    Some(Entry {
        // What no name may have in it, and what would end one.
        name: name.replace(['/', '\\', ':', '!'], "_"),
        kind,
        links: [u32_at(bytes, 68)?, u32_at(bytes, 72)?, u32_at(bytes, 76)?],
        start: u32_at(bytes, 116)?,
        // The upper half is not always zero in files of version 3.
        length: length & 0xFFFF_FFFF,
    })
}

/// Streams with their paths. Each entry is met once, whatever the links say; those that no link leads to come last.
fn paths(entries: &[Entry]) -> Vec<(String, &Entry)> {
    let mut out = Vec::new();
    let mut met: HashSet<u32> = HashSet::from([0]);
    let child = |entry: &Entry| {
        let [_, _, child] = entry.links;
        child
    };
    let mut open: Vec<(u32, String, usize)> =
        entries.first().map(|root| (child(root), String::new(), 0)).into_iter().collect();
    let mut rest = 1..u32::try_from(entries.len()).unwrap_or(u32::MAX);
    while let Some((number, storage, depth)) = open.pop().or_else(|| rest.next().map(|n| (n, String::new(), 0))) {
        let Some(entry) = entries.get(number as usize).filter(|entry| matches!(entry.kind, 1 | 2)) else { continue };
        if !met.insert(number) {
            continue;
        }
        let [left, right, inner] = entry.links;
        open.extend([(left, storage.clone(), depth), (right, storage.clone(), depth)]);
        let path = if storage.is_empty() { entry.name.clone() } else { format!("{storage}/{}", entry.name) };
        if entry.kind == 1 && depth < DEPTH_MAX {
            open.push((inner, path, depth + 1));
        } else if entry.kind == 2 && !entry.name.is_empty() {
            out.push((path, entry));
        }
    }
    out
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).filter_map(|b| Some(u32::from_le_bytes(b.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn good() -> Vec<u8> {
        let mut out = ::cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        out.create_storage_all("inner").unwrap();
        for (name, bytes) in [("small", vec![7; 100]), ("inner/large", vec![9; 9000]), ("last", vec![5; 5000])] {
            out.create_stream(name).unwrap().write_all(&bytes).unwrap();
        }
        out.into_inner().into_inner()
    }

    fn streams(bytes: &[u8]) -> Vec<(String, usize)> {
        let mut file = ::cfb::CompoundFile::open(Cursor::new(bytes)).unwrap();
        let paths: Vec<_> = file.walk().filter(|e| e.is_stream()).map(|e| e.path().to_path_buf()).collect();
        let length = |path: &Path| std::io::copy(&mut file.open_stream(path).unwrap(), &mut std::io::sink()).unwrap();
        let mut found: Vec<_> = paths.iter().map(|p| p.to_string_lossy().into_owned()).collect::<Vec<_>>();
        let mut lengths: Vec<usize> = paths.iter().map(|p| p.as_path()).map(length).map(|n| n as usize).collect();
        found.drain(..).zip(lengths.drain(..)).collect()
    }

    #[test]
    fn a_sound_file_comes_out_whole() {
        let salvaged = salvage(&good()).unwrap();
        assert!(salvaged.cut.is_empty() && !salvaged.incomplete);
        let mut found = streams(&salvaged.bytes);
        found.sort();
        assert_eq!(found, [("/inner/large".to_owned(), 9000), ("/last".to_owned(), 5000), ("/small".to_owned(), 100)]);
    }

    #[test]
    fn what_is_cut_off_is_told_and_the_rest_is_there() {
        let whole = good();
        let mut met = 0;
        for length in (600..whole.len()).step_by(300) {
            let Some(salvaged) = salvage(&whole[..length]) else { continue };
            met += salvaged.cut.len();
            // Streams may not need all of the last sector.
            assert!(salvaged.incomplete || length + 4096 > whole.len(), "{length} of {}", whole.len());
            let all: usize = streams(&salvaged.bytes).iter().map(|(_, length)| length).sum();
            assert!(all <= whole.len());
        }
        assert!(met > 3, "{met}");
    }

    #[test]
    fn no_damage_makes_it_grow_or_hang() {
        let whole = good();
        let mut state = 3u32;
        for _ in 0..300 {
            let mut bytes = whole.clone();
            for _ in 0..8 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = state as u8;
            }
            if let Some(salvaged) = salvage(&bytes) {
                assert!(salvaged.bytes.len() <= bytes.len() * 4);
            }
        }
    }
}
