//! 7z archives (7-Zip's 7zFormat.txt): files packed together by chains of coders. Each folder of the archive is unpacked
//! once, file by file, so that no more than one file is held; dictionaries are bounded; encrypted archives are tried
//! with the passwords that were given.
#![allow(clippy::arithmetic_side_effects, reason = "places of fields, and files of which there are at most 2^20")]

mod chain;
mod header;

use std::io::Read;

use super::crypto::crc32;
use super::{Part, Visit, codec, ends_all};
use crate::blob::{Budget, Gap, Passwords, Reason};
use chain::{Keys, open};
use header::{File, Folder, Header};

/// Signature, version, and where the header stands.
const START_BYTES: usize = 32;

/// Shows every file of the archive in `bytes`.
pub fn unpack(bytes: &[u8], passwords: &Passwords, budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let mut keys = Keys::new(passwords);
    let header = match find(bytes, &mut keys, budget) {
        Ok(header) => header,
        Err(reason) => {
            let detail = match reason {
                Reason::PasswordProtected => "names and content are encrypted",
                _ => "the header is damaged or cut off",
            };
            gaps.push(Gap::new(reason, "", detail));
            return salvage(bytes, budget, visit);
        }
    };
    if !header.whole {
        gaps.push(Gap::new(Reason::Corrupt, "", "the header is damaged, read up to there"));
    }
    if !header.header.comment.is_empty() {
        visit(Part { name: "(comment)", bytes: header.header.comment.as_bytes() }, budget);
    }
    let mut unpacking = Unpacking { bytes, packed: &header.header.packed, keys, budget, gaps, visit, files: 0 };
    unpacking.all(&header.header);
}

/// A header as found.
struct Found {
    header: Header,
    whole: bool,
}

/// Finds the header, unpacking it as often as it is packed.
fn find(bytes: &[u8], keys: &mut Keys<'_>, budget: &mut Budget) -> Result<Found, Reason> {
    /// Headers packed into headers.
    const LEVELS_MAX: usize = 4;
    let long = |at: usize| bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
    let (offset, size) = (long(12).ok_or(Reason::Corrupt)?, long(20).ok_or(Reason::Corrupt)?);
    if size == 0 {
        return Ok(Found { header: Header::default(), whole: true });
    }
    let start = usize::try_from(offset).ok().and_then(|offset| offset.checked_add(START_BYTES));
    let end = start.and_then(|start| start.checked_add(usize::try_from(size).ok()?));
    let mut held = bytes.get(start.unwrap_or(usize::MAX)..end.unwrap_or(0)).ok_or(Reason::Corrupt)?.to_vec();
    for _ in 0..LEVELS_MAX {
        match held.split_first() {
            Some((1, rest)) => {
                let (header, whole) = header::read(rest);
                return if whole || !header.files.is_empty() {
                    Ok(Found { header, whole })
                } else {
                    Err(Reason::Corrupt)
                };
            }
            Some((0x17, rest)) => {
                let streams = header::read_streams(rest).ok_or(Reason::Corrupt)?;
                let folder = streams.folders.first().ok_or(Reason::Corrupt)?;
                held = unpack_header(bytes, &streams, folder, keys, budget)?;
            }
            _ => break,
        }
    }
    Err(Reason::Corrupt)
}

fn unpack_header(
    bytes: &[u8],
    streams: &Header,
    folder: &Folder,
    keys: &mut Keys<'_>,
    budget: &mut Budget,
) -> Result<Vec<u8>, Reason> {
    let (length, crc) = folder.parts.first().copied().ok_or(Reason::Corrupt)?;
    let mut out = Vec::new();
    let packed = packed_bytes(folder, &streams.packed);
    let count = keys.count(folder);
    for index in 0..count {
        out.clear();
        let read = match open(bytes, folder, &streams.packed, keys.get(folder, index, budget)?) {
            Ok(decoder) => codec::read(&mut decoder.take(length), packed, budget, &mut out),
            Err(reason) => Err(reason),
        };
        match read {
            Err(reason) if ends_all(reason) || reason == Reason::UnsupportedType => return Err(reason),
            _ if crc.is_none_or(|crc| crc == crc32(&out)) && out.len() as u64 == length => {
                keys.remember(index);
                return Ok(out);
            }
            // A header with a wrong checksum may still be one.
            _ if !keys.needed(folder) && out.first() == Some(&1) => return Ok(out),
            _ => {}
        }
    }
    Err(if keys.needed(folder) { Reason::PasswordProtected } else { Reason::Corrupt })
}

/// Bytes of the packed streams of a folder.
fn packed_bytes(folder: &Folder, packed: &[(u64, u64)]) -> u64 {
    let streams = packed.get(folder.first..).unwrap_or_default();
    streams.iter().take(folder.inputs.len()).map(|(_, length)| *length).fold(0, u64::saturating_add)
}

/// Without a header nobody knows what is where; what archivers write by default is tried on the first stream.
fn salvage(bytes: &[u8], budget: &mut Budget, visit: &mut Visit<'_>) {
    let Some(data) = bytes.get(START_BYTES..).filter(|data| !data.is_empty()) else { return };
    let mut out = Vec::new();
    let decoder = match data.first() {
        Some(1 | 0xE0..) => codec::lzma2(24, data, None).ok(),
        Some(0) => codec::lzma(&[0x5D, 0, 0, 0, 4], data, None).ok().map(|decoder| Box::new(decoder) as _),
        _ => None,
    };
    let decoder: Option<codec::Decoder<'_>> = decoder;
    if let Some(mut decoder) = decoder {
        let _ = codec::read(&mut decoder, data.len() as u64, budget, &mut out);
    }
    if !out.is_empty() {
        visit(Part { name: "(first stream)", bytes: &out }, budget);
    }
}

struct Unpacking<'u, 'v, 'k> {
    bytes: &'u [u8],
    packed: &'u [(u64, u64)],
    keys: Keys<'k>,
    budget: &'u mut Budget,
    gaps: &'u mut Vec<Gap>,
    visit: &'u mut Visit<'v>,
    files: usize,
}

impl Unpacking<'_, '_, '_> {
    fn all(&mut self, header: &Header) {
        let mut files = header.files.iter().filter(|file| file.has_data);
        for folder in &header.folders {
            let names: Vec<&File> = files.by_ref().take(folder.parts.len()).collect();
            if let Err(reason) = self.folder(folder, &names) {
                let detail = format!("stopped at file {} of {}", self.files, header.files.len());
                let name = names.first().map_or("", |file| file.name.as_str());
                return self.gaps.push(Gap::new(reason, name, detail));
            }
        }
        for file in files {
            (self.visit)(Part { name: &file.name, bytes: &[] }, self.budget);
            self.gaps.push(Gap::new(Reason::Corrupt, &file.name, "has no data in the archive"));
        }
    }

    /// Shows the files of one folder; an error ends the archive.
    fn folder(&mut self, folder: &Folder, names: &[&File]) -> Result<(), Reason> {
        let mut fault = Reason::PasswordProtected;
        let count = self.keys.count(folder);
        for index in 0..count {
            let key = self.keys.get(folder, index, self.budget)?;
            let mut decoder = match open(self.bytes, folder, self.packed, key) {
                Ok(decoder) => decoder,
                // Decoders look at their first bytes: what a wrong password gives is no start of anything.
                Err(Reason::Corrupt) if self.keys.needed(folder) => continue,
                Err(reason) => {
                    fault = reason;
                    break;
                }
            };
            // The first file that shows it decides whether the password is the right one.
            if self.keys.needed(folder) && !self.fits(folder, &mut decoder)? {
                continue;
            }
            if self.keys.needed(folder) {
                self.keys.remember(index);
                match open(self.bytes, folder, self.packed, key) {
                    Ok(fresh) => decoder = fresh,
                    Err(reason) => {
                        fault = reason;
                        break;
                    }
                }
            }
            return self.parts(folder, names, decoder);
        }
        let detail = match fault {
            Reason::PasswordProtected => "encrypted file",
            Reason::UnsupportedType => "packed by a method that is not read",
            Reason::Memory => "declares a dictionary larger than what a decoder may have",
            _ => "packed data is damaged or cut off",
        };
        for file in names {
            self.files += 1;
            self.budget.member()?;
            (self.visit)(Part { name: &file.name, bytes: &[] }, self.budget);
            self.gaps.push(Gap::new(fault, &file.name, detail));
        }
        Ok(())
    }

    /// Whether the first file unpacks to what its checksum says.
    fn fits(&mut self, folder: &Folder, decoder: &mut codec::Decoder<'_>) -> Result<bool, Reason> {
        let Some((length, crc)) = folder.parts.iter().find(|(length, _)| *length > 0) else { return Ok(true) };
        let mut out = Vec::new();
        let packed = packed_bytes(folder, self.packed);
        match codec::read(&mut decoder.by_ref().take(*length), packed, self.budget, &mut out) {
            Err(reason) if ends_all(reason) => Err(reason),
            Err(_) => Ok(false),
            Ok(()) => Ok(out.len() as u64 == *length && crc.is_none_or(|crc| crc == crc32(&out))),
        }
    }

    fn parts(&mut self, folder: &Folder, names: &[&File], mut decoder: codec::Decoder<'_>) -> Result<(), Reason> {
        let packed = packed_bytes(folder, self.packed);
        let mut out = Vec::new();
        let mut broken = None;
        let unnamed = File::default();
        let names = names.iter().copied().chain(std::iter::repeat(&unnamed));
        for ((length, crc), file) in folder.parts.iter().zip(names) {
            self.files += 1;
            if *length == 0 {
                continue;
            }
            self.budget.member()?;
            out.clear();
            let read = match broken {
                Some(reason) => Err(reason),
                None => codec::read(&mut decoder.by_ref().take(*length), packed, self.budget, &mut out),
            };
            let read = if (out.len() as u64) < *length { read.and(Err(Reason::Corrupt)) } else { read };
            (self.visit)(Part { name: &file.name, bytes: &out }, self.budget);
            match read {
                Ok(()) if crc.is_some_and(|crc| crc != crc32(&out)) => {
                    self.gaps.push(Gap::new(Reason::Corrupt, &file.name, "checksum is wrong, the data was read"));
                }
                Ok(()) => {}
                Err(reason) if ends_all(reason) => return Err(reason),
                Err(reason) => {
                    self.gaps.push(Gap::new(reason, &file.name, format!("read up to {} bytes", out.len())));
                    broken = Some(reason);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of two files by a chain of one coder that copies.
    fn archive() -> Vec<u8> {
        let data = b"Card 4111 1111 1111 1111SSN 219-09-9999";
        let mut header = vec![1, 4, 6, 0, 1, 9, 39, 0];
        header.extend([7, 11, 1, 0, 1, 1, 0, 12, 39, 0]);
        header.extend([8, 13, 2, 9, 24, 10, 1]);
        header.extend(crc32(&data[..24]).to_le_bytes());
        header.extend(crc32(&data[24..]).to_le_bytes());
        header.extend([0, 0, 5, 2, 17, 25, 0]);
        header.extend("a.txt\0x\\b.t\0".encode_utf16().flat_map(u16::to_le_bytes));
        header.extend([0, 0]);
        let mut start = (data.len() as u64).to_le_bytes().to_vec();
        start.extend((header.len() as u64).to_le_bytes());
        start.extend(crc32(&header).to_le_bytes());
        [b"7z\xBC\xAF\x27\x1C\0\x04", &crc32(&start).to_le_bytes()[..], &start, data, &header].concat()
    }

    fn parts(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        let none = Passwords::default();
        let unpack = |bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>| {
            unpack(bytes, &none, budget, gaps, visit)
        };
        crate::container::parts_of(unpack, bytes)
    }

    #[test]
    fn files_are_shown_with_their_names() {
        let (found, gaps) = parts(&archive());
        let first = ("a.txt".to_owned(), b"Card 4111 1111 1111 1111".to_vec());
        assert_eq!(found, [first, ("x/b.t".to_owned(), b"SSN 219-09-9999".to_vec())]);
        assert_eq!(gaps, []);
    }

    #[test]
    fn damage_is_a_gap_and_never_more() {
        let good = archive();
        for length in 6..good.len() {
            assert!(!parts(&good[..length]).1.is_empty(), "cut at {length}");
        }
        let mut state = 11u32;
        let mut next = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize
        };
        for _ in 0..4000 {
            let mut bytes = good.clone();
            for _ in 0..1 + next() % 4 {
                let at = 6 + next() % (bytes.len() - 6);
                bytes[at] = next() as u8;
            }
            let (found, _) = parts(&bytes);
            assert!(found.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < 16 << 20);
        }
    }
}
