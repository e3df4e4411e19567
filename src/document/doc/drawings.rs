//! Drawings: words in properties of shapes, and pictures (MS-DOC 2.9.172 OfficeArtContent, 2.9.192 PICFAndOfficeArtData;
//! MS-ODRAW). Text in shapes is a story of the document.

use std::collections::HashSet;

use super::bytes::{u16_at, u32_at};
use super::fib::{Fib, Table};
use crate::document::office_art::{self, Header};

/// What drawings carry.
#[derive(Debug, Default)]
pub(super) struct Drawings<'s> {
    /// Word art and alternative texts, each once.
    pub words: Vec<String>,
    /// Pictures that are files, without what stands in front of them.
    pub pictures: Vec<&'s [u8]>,
    /// Places of pictures in memory: each is taken once.
    known: HashSet<*const u8>,
    bytes: usize,
}

/// Bytes in front of a picture that tell which one it is; there may be two sums of 16 bytes and a mark.
const PICTURE_HEAD_MAX: usize = 40;

impl<'s> Drawings<'s> {
    /// Reads the drawings of the document, and the pictures at `places` of the data stream.
    #[allow(clippy::arithmetic_side_effects, reason = "one byte of length")]
    pub(super) fn read(fib: &Fib, main: &'s [u8], table: &'s [u8], data: &'s [u8], places: &HashSet<u32>) -> Self {
        let mut out = Self::default();
        let mut seen = HashSet::new();
        let mut rest = fib.table(Table::Drawings, table);
        // The group of all drawings, then each drawing behind a byte that says where it belongs.
        while let Some(header) = Header::of(rest) {
            let length = header.length.saturating_add(8).min(rest.len());
            let (record, after) = rest.split_at(length);
            out.add(record, main, &mut seen);
            rest = after.get(1..).unwrap_or_default();
        }
        let mut places: Vec<u32> = places.iter().copied().collect();
        places.sort_unstable();
        let mut end = 0;
        for place in places.into_iter().map(|place| place as usize) {
            let (Some(length), Some(head)) = (u32_at(data, place), u16_at(data, place.saturating_add(4))) else {
                continue;
            };
            // Each byte once, whatever the places say.
            if place < end {
                continue;
            }
            end = place.saturating_add(length as usize).min(data.len());
            let mut from = place.saturating_add(head.into());
            // The name of the file that it is linked to.
            if u16_at(data, place.saturating_add(6)) == Some(0x66) {
                from = from.saturating_add(1 + data.get(from).map_or(0, |length| usize::from(*length)));
            }
            out.add(data.get(from..end).unwrap_or_default(), main, &mut seen);
        }
        out
    }

    fn add(&mut self, records: &'s [u8], main: &'s [u8], seen: &mut HashSet<String>) {
        office_art::words(records, &mut |words| {
            if words.trim().len() > 1 && seen.insert(words.to_owned()) {
                self.words.push(words.to_owned());
            }
        });
        let limit = records.len().max(main.len()).saturating_mul(2);
        let mut rest = records;
        while let Some(header) = Header::of(rest) {
            let body = rest.get(8..).unwrap_or_default();
            let inside = body.get(..header.length).unwrap_or(body);
            match header.kind {
                // An entry of the store of pictures: its picture stands in it, or in the main stream.
                0xF007 => {
                    let place = u32_at(inside, 28).unwrap_or(0) as usize;
                    if inside.len() <= 36 && place > 0 {
                        self.picture(main.get(place..).unwrap_or_default(), limit);
                    } else if let Some(name) = inside.get(33) {
                        self.picture(inside.get(36 + usize::from(*name)..).unwrap_or_default(), limit);
                    }
                }
                0xF01A..=0xF02A => self.picture(rest, limit),
                _ if header.version == 15 => {
                    rest = body;
                    continue;
                }
                _ => {}
            }
            rest = body.get(inside.len()..).unwrap_or_default();
        }
    }

    /// A record that holds a picture.
    fn picture(&mut self, record: &'s [u8], limit: usize) {
        const STARTS: [&[u8]; 5] = [b"\x89PNG\r\n", b"\xFF\xD8\xFF", b"II*\0", b"MM\0*", b"GIF8"];
        let Some(header) = Header::of(record).filter(|header| (0xF01A..=0xF02A).contains(&header.kind)) else { return };
        let body = record.get(8..).unwrap_or_default();
        let body = body.get(..header.length).unwrap_or(body);
        let head = 0..PICTURE_HEAD_MAX.min(body.len());
        let start =
            head.clone().find(|at| STARTS.iter().any(|start| body.get(*at..).is_some_and(|b| b.starts_with(start))));
        let Some(picture) = start.and_then(|start| body.get(start..)) else { return };
        // Entries may all name one place, or places inside of one another.
        self.bytes = self.bytes.saturating_add(picture.len());
        if self.known.insert(picture.as_ptr()) && self.bytes <= limit {
            self.pictures.push(picture);
        }
    }
}
