//! Tags of TIFF 6.0 and Exif 2.32: descriptions, names, comments, and what other formats put into tags.
#![allow(clippy::arithmetic_side_effects, reason = "at most 65,536 entries of at most twenty bytes")]

use std::collections::HashSet;

use super::{Found, iptc, narrow, wide};

/// Directories of one file that are read.
const DIRECTORIES_MAX: usize = 1 << 10;
/// Bytes of one value.
const VALUE_BYTES_MAX: usize = 16 << 20;

/// Reads all directories of the TIFF structure in `bytes`: pages one after the other, and those of Exif.
pub(super) fn read(bytes: &[u8], found: &mut Found) {
    let big_end = match bytes.get(..2) {
        Some(b"II") => false,
        Some(b"MM") => true,
        _ => return,
    };
    let tiff = Tiff { bytes, big_end, is_wide: matches!(bytes.get(2..4), Some(b"+\0" | b"\0+")) };
    let first = if tiff.is_wide { tiff.number(8, 8) } else { tiff.number(4, 4) };
    let mut open: Vec<u64> = first.into_iter().collect();
    let mut seen = HashSet::new();
    // Tags may share values; a table of lies could repeat a long one without end.
    let mut left = bytes.len() as u64;
    while let Some(at) = open.pop() {
        if at == 0 || seen.len() >= DIRECTORIES_MAX || !seen.insert(at) {
            continue;
        }
        tiff.directory(at, &mut open, &mut left, found);
    }
}

struct Tiff<'a> {
    bytes: &'a [u8],
    big_end: bool,
    /// BigTIFF: offsets of eight bytes.
    is_wide: bool,
}

impl<'a> Tiff<'a> {
    fn number(&self, at: u64, size: usize) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let bytes = self.bytes.get(at..at.checked_add(size)?)?;
        let fold = |n: u64, b: &u8| n << 8 | u64::from(*b);
        Some(if self.big_end { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
    }

    fn directory(&self, at: u64, open: &mut Vec<u64>, left: &mut u64, found: &mut Found) {
        let (count_size, entry_size, word) = if self.is_wide { (8, 20, 8) } else { (2, 12, 4) };
        let Some(count) = self.number(at, count_size) else { return };
        // An entry is some bytes long, so there are no more than fit.
        let count = count.min(self.bytes.len() as u64 / entry_size).min(1 << 16);
        let start = at.saturating_add(count_size as u64);
        for entry in (0..count).map(|i| start.saturating_add(i * entry_size)) {
            let (Some(tag), Some(kind)) = (self.number(entry, 2), self.number(entry.saturating_add(2), 2)) else {
                return;
            };
            let Some(length) = self.number(entry.saturating_add(4), word) else { return };
            let size = match kind {
                3 | 8 => 2,
                4 | 9 | 11 | 13 => 4,
                5 | 10 | 12 | 16..=18 => 8,
                _ => 1,
            };
            let length = length.saturating_mul(size);
            let place = entry.saturating_add(4 + word as u64);
            let place = if length <= word as u64 { Some(place) } else { self.number(place, word) };
            let Some(place) = place else { continue };
            match tag {
                // Exif, places, interoperability, pages inside pages.
                0x8769 | 0x8825 | 0xA005 => open.extend(self.number(entry.saturating_add(4 + word as u64), word)),
                0x014A => {
                    let each = (0..(length / word as u64).min(64))
                        .map(|i| self.number(place.saturating_add(i * word as u64), word));
                    open.extend(each.flatten());
                }
                _ => {
                    if let Some(value) = self.value(place, length).filter(|_| TEXTS.contains(&tag)) {
                        let Some(rest) = left.checked_sub(value.len() as u64) else { return };
                        *left = rest;
                        write(tag, value, self.big_end, found);
                    }
                }
            }
        }
        let next = start.saturating_add(count * entry_size);
        open.extend(self.number(next, word));
    }

    fn value(&self, place: u64, length: u64) -> Option<&'a [u8]> {
        let (place, length) = (usize::try_from(place).ok()?, usize::try_from(length).ok()?.min(VALUE_BYTES_MAX));
        let rest = self.bytes.get(place..)?;
        Some(rest.get(..length).unwrap_or(rest)).filter(|value| !value.is_empty())
    }
}

/// Tags that [`write`] knows.
const TEXTS: &[u64] = &[
    0x010D, 0x010E, 0x011D, 0x013B, 0x013C, 0x02BC, 0x8298, 0x83BB, 0x8649, 0x9212, 0x9213, 0x9286, 0x9C9B, 0x9C9C,
    0x9C9D, 0x9C9E, 0x9C9F, 0xA430, 0xA480,
];

fn write(tag: u64, value: &[u8], big_end: bool, found: &mut Found) {
    match tag {
        // DocumentName, ImageDescription, PageName, Artist, HostComputer, Copyright; SecurityClassification,
        // ImageHistory; names of the owner; text that was drawn.
        0x010D | 0x010E | 0x011D | 0x013B | 0x013C | 0x8298 | 0x9212 | 0x9213 | 0xA430 | 0xA480 => {
            // A copyright holds two texts with a zero between them.
            value.split(|b| *b == 0).for_each(|text| found.text(&narrow(text)));
        }
        // XPTitle, XPComment, XPAuthor, XPKeywords, XPSubject.
        0x9C9B..=0x9C9F => found.text(&wide(value)),
        // UserComment: eight bytes of character set in front.
        0x9286 => comment(value, big_end, found),
        0x02BC => found.packet(value),
        0x83BB => iptc::resources(value, found),
        0x8649 => iptc::resources(value, found),
        _ => {}
    }
}

fn comment(value: &[u8], big_end: bool, found: &mut Found) {
    let Some((set, text)) = value.split_at_checked(8) else { return found.bytes(value) };
    match set {
        b"UNICODE\0" => {
            // Without a mark, of the order of the file; writers differ, so a look at the zeros decides.
            let zeros = |from: usize| text.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
            let is_big = if zeros(0) == zeros(1) { big_end } else { zeros(0) > zeros(1) };
            let marked = text.starts_with(b"\xFF\xFE") || text.starts_with(b"\xFE\xFF");
            if is_big && !marked {
                found.text(&wide(&[b"\xFE\xFF", text].concat()));
            } else {
                found.text(&wide(text));
            }
        }
        b"JIS\0\0\0\0\0" => found.text(&encoding_rs::ISO_2022_JP.decode_without_bom_handling(text).0),
        b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0" => found.bytes(text),
        _ => found.bytes(value),
    }
}
