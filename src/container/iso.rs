//! Optical discs (ECMA-119 = ISO 9660), with the long names of Rock Ridge (IEEE P1282) and Joliet. A file is shown once
//! whichever tree lists it; bytes that no file has are shown if they are something. UDF (ECMA-167) is not read.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions in one disc and places of fields; what a disc tells saturates"
)]

use std::collections::HashSet;

use super::{Part, Visit};
use crate::blob::{Budget, Gap, Kind, Reason};

const SECTOR_BYTES: usize = 2048;
/// Sectors in front of the descriptors, which belong to the system.
const SYSTEM_SECTORS: usize = 16;
/// Descriptors that are looked at.
const DESCRIPTORS_MAX: usize = 64;

/// Shows every file of the disc in `bytes`.
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let mut disc = Disc { bytes, covered: Vec::new(), files: HashSet::new(), folders: HashSet::new() };
    let (mut primary, mut joliet, mut udf) = (None, None, false);
    for index in 0..DESCRIPTORS_MAX {
        let at = (SYSTEM_SECTORS + index) * SECTOR_BYTES;
        let Some(sector) = bytes.get(at..at + SECTOR_BYTES) else { break };
        disc.covered.push((at, at + SECTOR_BYTES));
        match (sector.first(), sector.get(1..6)) {
            (Some(1), Some(b"CD001")) => primary = primary.or(Some(sector)),
            (Some(2), Some(b"CD001")) if matches!(sector.get(88..91), Some([b'%', b'/', b'@' | b'C' | b'E'])) => {
                joliet = joliet.or(Some(sector));
            }
            (_, Some(b"NSR02" | b"NSR03")) => udf = true,
            (_, Some(b"CD001" | b"BEA01" | b"TEA01" | b"BOOT2" | b"CDW02")) => {}
            _ => break,
        }
    }
    let rock_ridge = primary.is_some_and(|sector| disc.has_rock_ridge(sector));
    let trees = if rock_ridge { [(primary, false), (joliet, true)] } else { [(joliet, true), (primary, false)] };
    for (sector, wide) in trees {
        let Some(root) = sector.and_then(|sector| Record::read(sector.get(156..190)?)) else { continue };
        if let Err(reason) = disc.walk(&root, wide, budget, gaps, visit) {
            return gaps.push(Gap::new(reason, "", "stopped before all files were read"));
        }
    }
    if primary.is_none() && joliet.is_none() && !udf {
        gaps.push(Gap::new(Reason::Corrupt, "", "no volume descriptor that can be read"));
    }
    if udf {
        gaps.push(Gap::new(Reason::UnsupportedType, "", "has a UDF file system, which is not read"));
    }
    // Path tables tell folders again.
    for sector in [primary, joliet].into_iter().flatten() {
        let long = |at: usize| sector.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let be = |at: usize| sector.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes);
        for table in [long(140), long(144), be(148), be(152)].into_iter().filter(|table| *table > 0) {
            let start = (table as usize).saturating_mul(SECTOR_BYTES);
            disc.covered.push((start, start.saturating_add(long(132) as usize)));
        }
    }
    disc.strays(budget, gaps, visit);
}

struct Disc<'a> {
    bytes: &'a [u8],
    /// Bytes that belong to something.
    covered: Vec<(usize, usize)>,
    files: HashSet<(usize, usize)>,
    folders: HashSet<usize>,
}

/// A directory record (ECMA-119, 9.1).
struct Record<'a> {
    start: usize,
    length: usize,
    flags: u8,
    name: &'a [u8],
    /// What other specifications put behind the name.
    system: &'a [u8],
}

impl<'a> Record<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let length = usize::from(*bytes.first()?);
        let record = bytes.get(..length)?;
        let long = |at: usize| record.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let name_bytes = usize::from(*record.get(32)?);
        let name_end = 33 + name_bytes;
        let system = name_end + usize::from(name_bytes % 2 == 0);
        Some(Self {
            start: (long(2)? as usize).saturating_add(usize::from(*record.get(1)?)).saturating_mul(SECTOR_BYTES),
            length: long(10)? as usize,
            flags: *record.get(25)?,
            name: record.get(33..name_end)?,
            system: record.get(system..).unwrap_or_default(),
        })
    }

    fn is_folder(&self) -> bool {
        self.flags & 2 != 0
    }
}

impl<'a> Disc<'a> {
    fn folder(&self, record: &Record<'_>) -> &'a [u8] {
        let rest = self.bytes.get(record.start..).unwrap_or_default();
        rest.get(..record.length).unwrap_or(rest)
    }

    /// Whether the first record of the root folder says that it follows Rock Ridge (SUSP 5.3).
    fn has_rock_ridge(&self, sector: &[u8]) -> bool {
        let root = sector.get(156..190).and_then(Record::read);
        let first = root.and_then(|root| Record::read(self.folder(&root)));
        first.is_some_and(|record| record.system.starts_with(b"SP"))
    }

    fn walk(
        &mut self,
        root: &Record<'_>,
        wide: bool,
        budget: &mut Budget,
        gaps: &mut Vec<Gap>,
        visit: &mut Visit<'_>,
    ) -> Result<(), Reason> {
        /// Folders inside folders; eight are allowed without Rock Ridge.
        const DEPTH_MAX: usize = 128;
        let mut stack = vec![(root.start, root.length, String::new(), 0)];
        while let Some((start, length, path, depth)) = stack.pop() {
            budget.time()?;
            if !self.folders.insert(start) || depth > DEPTH_MAX {
                continue;
            }
            let bytes = self.bytes;
            let rest = bytes.get(start..).unwrap_or_default();
            let folder = rest.get(..length).unwrap_or(rest);
            if folder.len() < length {
                gaps.push(Gap::new(Reason::Corrupt, &path, "folder is cut off"));
            }
            self.covered.push((start, start.saturating_add(folder.len())));
            let mut folders = Vec::new();
            let (mut at, mut parts) = (0, Vec::new());
            while let Some(rest) = folder.get(at..).filter(|rest| !rest.is_empty()) {
                // Records do not cross sectors; a length of zero fills the rest of one.
                if rest.first() == Some(&0) {
                    at = (at + 1).next_multiple_of(SECTOR_BYTES);
                    continue;
                }
                let Some(record) = Record::read(rest) else {
                    gaps.push(Gap::new(Reason::Corrupt, &path, "folder is damaged"));
                    break;
                };
                at += usize::from(rest.first().copied().unwrap_or(1));
                if matches!(record.name, [0 | 1]) {
                    continue;
                }
                let name = self.name(&record, wide);
                let name = if path.is_empty() { name } else { format!("{path}/{name}") };
                if record.is_folder() {
                    folders.push((record.start, record.length, name, depth + 1));
                    continue;
                }
                // Files of several extents have a record for each; the last one does not say that there are more.
                parts.push((record.start, record.length));
                if record.flags & 0x80 == 0 {
                    self.file(&name, &std::mem::take(&mut parts), budget, gaps, visit)?;
                }
            }
            folders.reverse();
            stack.extend(folders);
        }
        Ok(())
    }

    fn file(
        &mut self,
        name: &str,
        extents: &[(usize, usize)],
        budget: &mut Budget,
        gaps: &mut Vec<Gap>,
        visit: &mut Visit<'_>,
    ) -> Result<(), Reason> {
        let fresh = extents.iter().filter(|extent| extent.1 > 0 && self.files.insert(**extent)).count();
        if fresh == 0 {
            return Ok(());
        }
        budget.member()?;
        let mut joined = Vec::new();
        let mut whole = true;
        let mut only: &[u8] = &[];
        for (start, length) in extents {
            let rest = self.bytes.get(*start..).unwrap_or_default();
            only = rest.get(..*length).unwrap_or(rest);
            whole &= only.len() == *length;
            budget.unpack(only.len() as u64)?;
            self.covered.push((*start, start.saturating_add(only.len())));
            if extents.len() > 1 {
                joined.extend_from_slice(only);
            }
        }
        visit(Part { name, bytes: if extents.len() > 1 { &joined } else { only } }, budget);
        if !whole {
            gaps.push(Gap::new(Reason::Corrupt, name, "cut off, read up to there"));
        }
        Ok(())
    }

    /// The name of a record: that of Rock Ridge, of Joliet, or the short one without its version.
    fn name(&self, record: &Record<'_>, wide: bool) -> String {
        if wide {
            let units: Vec<u16> =
                record.name.chunks_exact(2).filter_map(|b| b.try_into().ok()).map(u16::from_be_bytes).collect();
            return without_version(&String::from_utf16_lossy(&units)).to_owned();
        }
        let mut long = Vec::new();
        self.long_name(record.system, &mut long, 0);
        let name = if long.is_empty() { record.name } else { &long };
        let name = match std::str::from_utf8(name) {
            Ok(name) => name.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(name).0.into_owned(),
        };
        if long.is_empty() { without_version(&name).to_owned() } else { name }
    }

    /// The pieces of a Rock Ridge name (RRIP 4.1.4), which may go on elsewhere (SUSP 5.1).
    fn long_name(&self, mut system: &[u8], out: &mut Vec<u8>, depth: usize) {
        const CONTINUED_MAX: usize = 8;
        while let [a, b, length @ 4..=255, _, ..] = system {
            let Some((entry, rest)) = system.split_at_checked(usize::from(*length)) else { return };
            match [*a, *b] {
                [b'N', b'M'] => out.extend_from_slice(entry.get(5..).unwrap_or_default()),
                [b'C', b'E'] if depth < CONTINUED_MAX => {
                    let long =
                        |at: usize| entry.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
                    if let (Some(block), Some(offset), Some(size)) = (long(4), long(12), long(20)) {
                        let start = (block as usize).saturating_mul(SECTOR_BYTES).saturating_add(offset as usize);
                        let area = self.bytes.get(start..start.saturating_add(size as usize)).unwrap_or_default();
                        self.long_name(area, out, depth + 1);
                    }
                }
                _ => {}
            }
            system = rest;
        }
    }

    /// Shows stretches that belong to no file and are of a kind.
    fn strays(&mut self, budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
        self.covered.sort_unstable();
        self.covered.push((self.bytes.len(), self.bytes.len()));
        let mut from = 0;
        for (start, end) in std::mem::take(&mut self.covered) {
            let stretch = self.bytes.get(from..start.min(self.bytes.len())).unwrap_or_default();
            // What fills a sector up may be anything that was in memory.
            let zeros = stretch.iter().take_while(|b| **b == 0).count();
            let end_zeros = stretch.iter().rev().take_while(|b| **b == 0).count();
            let held = stretch.get(zeros..stretch.len() - end_zeros).unwrap_or_default();
            if !held.is_empty() && !matches!(Kind::of(held), Kind::Unknown | Kind::Executable) {
                if let Err(reason) = budget.member().and_then(|()| budget.unpack(held.len() as u64)) {
                    return gaps.push(Gap::new(reason, "(between files)", "stopped between files"));
                }
                visit(Part { name: "(between files)", bytes: held }, budget);
            }
            from = from.max(end.checked_next_multiple_of(SECTOR_BYTES).unwrap_or(end));
        }
    }
}

fn without_version(name: &str) -> &str {
    match name.rsplit_once(';') {
        Some((name, version)) if version.bytes().all(|b| b.is_ascii_digit()) => name.trim_end_matches('.'),
        _ => name.trim_end_matches('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &[u8], sector: u32, length: u32, flags: u8) -> Vec<u8> {
        let mut out = vec![0, 0];
        for value in [sector, length] {
            out.extend(value.to_le_bytes());
            out.extend(value.to_be_bytes());
        }
        out.extend([0; 7]);
        out.extend([flags, 0, 0, 1, 0, 0, 1, name.len() as u8]);
        out.extend(name);
        out.resize(out.len().next_multiple_of(2), 0);
        out[0] = out.len() as u8;
        out
    }

    /// A disc of one file: descriptors in sectors 16 and 17, the root in 18, the file in 19.
    fn disc() -> Vec<u8> {
        let mut out = vec![0; 20 * SECTOR_BYTES];
        let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
        put(16 * SECTOR_BYTES, b"\x01CD001\x01");
        put(16 * SECTOR_BYTES + 156, &record(b"\0", 18, 2048, 2));
        put(17 * SECTOR_BYTES, b"\xFFCD001\x01");
        let listed = [record(b"\0", 18, 2048, 2), record(b"\x01", 18, 2048, 2), record(b"CARD.TXT;1", 19, 24, 0)];
        put(18 * SECTOR_BYTES, &listed.concat());
        put(19 * SECTOR_BYTES, b"Card 4111 1111 1111 1111");
        out
    }

    #[test]
    fn files_are_shown_without_their_versions() {
        let (found, gaps) = crate::container::parts_of(unpack, &disc());
        assert_eq!(found, [("CARD.TXT".to_owned(), b"Card 4111 1111 1111 1111".to_vec())]);
        assert_eq!(gaps, []);
    }

    #[test]
    fn damage_neither_panics_nor_grows() {
        let good = disc();
        let mut state = 3u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize
        };
        for _ in 0..2000 {
            let mut bytes = good.clone();
            for _ in 0..1 + next() % 4 {
                let at = 16 * SECTOR_BYTES + next() % (3 * SECTOR_BYTES);
                // Most of a sector is empty; what is not is changed more often.
                let at = if next() % 2 == 0 { 18 * SECTOR_BYTES + next() % 120 } else { at };
                bytes[at] = next() as u8;
            }
            bytes.truncate(if next() % 4 == 0 { next() % bytes.len() } else { usize::MAX });
            let (found, _) = crate::container::parts_of(unpack, &bytes);
            assert!(found.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < 4 * good.len());
        }
    }
}
