//! tar archives (POSIX.1-2024 ustar and pax, GNU, old ones), by the `tar` crate: long names, pax records and sparse
//! files are its work. A damaged header does not end the archive: reading goes on at the next header that is one.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "a block behind a position in memory, and members that take up blocks"
)]

use std::io::Read;

use super::{Part, Visit, ends_all};
use crate::blob::{Budget, Gap, ReadEnd, Reason, is_tar_header};

/// Bytes of a header, and what everything is aligned to.
const BLOCK_BYTES: usize = 512;

/// Shows every file of the archive in `bytes`. Links and folders hold nothing.
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let mut state = Unpacking { buffer: Vec::new(), members: 0, budget, gaps, visit };
    let mut base = 0;
    while let Some(rest) = bytes.get(base..).filter(|rest| !rest.is_empty()) {
        match state.run(rest) {
            End::Stopped | End::Whole => return,
            End::CutOff(at) => match next_header(bytes, base.saturating_add(at)) {
                Some(next) => base = next,
                None => return,
            },
            End::Damaged(at) => {
                let from = base.saturating_add(at);
                state.salvage(bytes.get(from..).unwrap_or_default());
                let next = next_header(bytes, from);
                let lost = bytes.get(from..next.unwrap_or(bytes.len())).unwrap_or_default();
                if lost.iter().any(|b| *b != 0) {
                    let detail = format!("damaged at offset {from}");
                    state.gaps.push(Gap::new(Reason::Corrupt, "", detail));
                }
                match next {
                    Some(next) => base = next,
                    None => return,
                }
            }
        }
    }
}

/// The next block after `from` that is a header.
fn next_header(bytes: &[u8], from: usize) -> Option<usize> {
    let first = from.next_multiple_of(BLOCK_BYTES);
    // The block the reader choked on may itself look like a header.
    let first = if first == from { first + BLOCK_BYTES } else { first };
    (first..bytes.len()).step_by(BLOCK_BYTES).find(|at| is_tar_header(bytes.get(*at..).unwrap_or_default()))
}

/// How far one run through the archive came.
enum End {
    Whole,
    Stopped,
    /// At this offset, where nothing could be read.
    Damaged(usize),
    /// In the member whose header is at this offset; it was shown as far as it is there.
    CutOff(usize),
}

struct Unpacking<'u, 'v> {
    buffer: Vec<u8>,
    members: u64,
    budget: &'u mut Budget,
    gaps: &'u mut Vec<Gap>,
    visit: &'u mut Visit<'v>,
}

impl Unpacking<'_, '_> {
    fn run(&mut self, bytes: &[u8]) -> End {
        let mut archive = ::tar::Archive::new(bytes);
        archive.set_ignore_zeros(true);
        let Ok(entries) = archive.entries() else { return End::Damaged(0) };
        let mut at = 0;
        for entry in entries {
            let Ok(mut entry) = entry else { return End::Damaged(at) };
            let start = usize::try_from(entry.raw_file_position()).unwrap_or(usize::MAX);
            let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
            let packed = entry.header().entry_size().ok().and_then(|n| usize::try_from(n).ok()).unwrap_or(size);
            at = start.saturating_add(packed).next_multiple_of(BLOCK_BYTES).min(bytes.len());
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let kind = entry.header().entry_type();
            if kind.is_dir() || kind.is_symlink() || kind.is_character_special() || kind.is_block_special() || size == 0
            {
                continue;
            }
            if let Err(reason) = self.budget.member() {
                return self.stop(reason, name);
            }
            self.members += 1;
            let sparse = kind.is_gnu_sparse() || packed != size;
            let end = if sparse {
                self.buffer.clear();
                match self.budget.read(&mut entry.by_ref().take(u64::MAX), u64::MAX, &mut self.buffer) {
                    ReadEnd::Whole if self.buffer.len() < size => Err(Reason::Corrupt),
                    ReadEnd::Whole => Ok(()),
                    ReadEnd::Limit(reason) => Err(reason),
                    ReadEnd::Failed(_) => Err(Reason::Corrupt),
                }
            } else {
                self.budget.unpack(size.min(bytes.len()) as u64)
            };
            let whole = bytes.get(start..start.saturating_add(size));
            let held: &[u8] = match whole {
                _ if sparse => &self.buffer,
                Some(held) => held,
                None => bytes.get(start..).unwrap_or_default(),
            };
            let cut_off = !sparse && whole.is_none();
            if !held.is_empty() {
                (self.visit)(Part { name: &name, bytes: held }, self.budget);
            }
            match end {
                Ok(()) if cut_off => {
                    let detail = format!("cut off: {} of {size} bytes", held.len());
                    self.gaps.push(Gap::new(Reason::Corrupt, name, detail));
                    // A size that lies may hide the members behind it.
                    return End::CutOff(start.saturating_sub(BLOCK_BYTES));
                }
                Ok(()) => {}
                Err(reason) if ends_all(reason) => return self.stop(reason, name),
                Err(reason) => self.gaps.push(Gap::new(reason, name, "could not be read whole")),
            }
        }
        End::Whole
    }

    /// Shows what stands at a place that the reader gave up on: a member whose header is good, or just bytes.
    fn salvage(&mut self, bytes: &[u8]) {
        let end = next_header(bytes, 0).unwrap_or(bytes.len());
        let data = bytes.get(..end).unwrap_or_default();
        let header = ::tar::Header::from_byte_slice(data.get(..BLOCK_BYTES).unwrap_or(&[0; BLOCK_BYTES]));
        let file = is_tar_header(data) && header.entry_type().is_file();
        let name = String::from_utf8_lossy(&header.path_bytes()).into_owned();
        match data.get(BLOCK_BYTES..).filter(|held| file && !held.is_empty()) {
            Some(held) => (self.visit)(Part { name: &name, bytes: held }, self.budget),
            None if data.iter().any(|b| *b != 0) => {
                (self.visit)(Part { name: "(between members)", bytes: data }, self.budget);
            }
            None => {}
        }
    }

    fn stop(&mut self, reason: Reason, name: String) -> End {
        let detail = format!("stopped at member {}", self.members + 1);
        self.gaps.push(Gap::new(reason, name, detail));
        End::Stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = ::tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = ::tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            out.append_data(&mut header, name, *bytes).unwrap();
        }
        out.into_inner().unwrap()
    }

    fn parts(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        crate::container::parts_of(unpack, bytes)
    }

    #[test]
    fn files_are_shown_with_their_long_names() {
        let long = "folder/".repeat(40) + "a.txt";
        let bytes = tar(&[(&long, b"one"), ("b.txt", b""), ("c.txt", b"three")]);
        let (found, gaps) = parts(&bytes);
        assert_eq!(found, [(long, b"one".to_vec()), ("c.txt".into(), b"three".to_vec())]);
        assert_eq!(gaps, []);
    }

    #[test]
    fn archives_one_after_the_other_are_one() {
        let mut bytes = tar(&[("a", b"one")]);
        bytes.extend(tar(&[("b", b"two")]));
        let (found, gaps) = parts(&bytes);
        assert_eq!((found.len(), gaps.len()), (2, 0));
    }

    #[test]
    fn damage_costs_only_what_is_damaged() {
        let good = tar(&[("a", b"one"), ("b", b"two"), ("c", b"three")]);
        let mut bytes = good.clone();
        bytes[1024 + 150] ^= 0x55;
        let (found, gaps) = parts(&bytes);
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(gaps.first().map(|gap| gap.reason), Some(Reason::Corrupt));
        let (found, gaps) = parts(&good[..1024 + 512 + 2]);
        assert_eq!(found.last(), Some(&("b".to_owned(), b"tw".to_vec())));
        assert_eq!(gaps.len(), 1);
        let mut lying = good.clone();
        lying[124..135].copy_from_slice(b"00077777777");
        let sum: u32 = lying[..512]
            .iter()
            .enumerate()
            .map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) })
            .sum();
        lying[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        let (found, gaps) = parts(&lying);
        assert!(found.iter().any(|(name, _)| name == "c") && !gaps.is_empty());
    }
}
