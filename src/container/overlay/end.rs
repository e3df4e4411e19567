//! Where a file of some kind ends, as its own headers tell, and whether that end is there.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions that were read at or found, and sizes of sixteen bits behind them; the rest is checked"
)]

use crate::blob::Kind;

/// The end of what `bytes` are, if that is behind all that a reader of the kind would look at. `None` if nothing tells it.
pub fn end(kind: Kind, bytes: &[u8]) -> Option<usize> {
    match kind {
        Kind::Png => png(bytes),
        Kind::Jpeg => jpeg(bytes),
        Kind::Gif => gif(bytes),
        Kind::Bmp => long(bytes, 2).filter(|end| *end > 26),
        Kind::Webp => riff(bytes),
        Kind::Audio | Kind::Video if bytes.starts_with(b"RIFF") => riff(bytes),
        Kind::Executable => program(bytes),
        Kind::Sqlite => sqlite(bytes),
        Kind::SevenZip => seven_zip(bytes),
        // Files that are cut off have no end.
        kind if kind.is_ole() => compound(bytes).filter(|end| *end <= bytes.len()),
        _ => None,
    }
}

/// How it shows that the end of a file is missing, where the reader of the kind does not see it: readers follow what
/// they need, and nothing that they need may stand at the end. `None` if the end is there, or if nothing tells.
pub fn missing(kind: Kind, bytes: &[u8]) -> Option<&'static str> {
    let length = bytes.len();
    match kind {
        Kind::Sqlite => {
            let page = sqlite_page(bytes).filter(|page| *page >= 512)?;
            let short = sqlite(bytes).is_some_and(|end| end > length) || !length.is_multiple_of(page);
            short.then_some("ends in the middle of its pages")
        }
        // The space of the volume, in its first descriptor (ECMA-119, 8.4.8 and 8.4.12).
        Kind::Iso => {
            const DESCRIPTOR: usize = 16 * 2048;
            let blocks = long(bytes, DESCRIPTOR + 80)?;
            let block = word(bytes, DESCRIPTOR + 128)?;
            (blocks.saturating_mul(block) > length).then_some("shorter than the volume that it holds")
        }
        // Records of 512 bytes, at least one of zeros at the end (POSIX.1-2024, pax, ustar interchange format).
        Kind::Tar => {
            const RECORD: usize = 512;
            let whole = length.is_multiple_of(RECORD);
            let ended = bytes.last_chunk::<RECORD>().is_some_and(|record| record == &[0; RECORD]);
            (!whole || !ended).then_some("ends without the records that end an archive")
        }
        // cbExpectedFileLength (MS-ONESTORE 2.3.1), in files of the revision store format.
        Kind::OneNote => {
            const FORMAT: &[u8] = b"\x3F\xDD\x9A\x10\x1B\x91\xF5\x49\xA5\xD0\x17\x91\xED\xC8\xAE\xD8";
            const EXPECTED: usize = 196;
            if bytes.get(48..64)? != FORMAT {
                return None;
            }
            let expected = bytes.get(EXPECTED..)?.first_chunk().map(|told| u64::from_le_bytes(*told))?;
            (expected > length as u64).then_some("shorter than its header says")
        }
        // cbMac of the file information block, in files of Word 2 and before, which are no compound files.
        Kind::Doc if !bytes.starts_with(b"\xD0\xCF") => {
            (long(bytes, 0x20)? > length).then_some("shorter than its header says")
        }
        kind if kind.is_ole() => {
            let sector = 1usize << word(bytes, 30).filter(|shift| matches!(shift, 9 | 12))?;
            let used = compound(bytes)?;
            let over = length % sector;
            // Whole but for a few bytes behind its last sector, which are another matter.
            let appended = length - over == used;
            // Sectors beyond the end that the table calls used and no stream has are nothing that is missing.
            (over > 0 && !appended).then_some("ends in the middle of its sectors")
        }
        _ => None,
    }
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes).map(usize::from)
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let value = bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)?;
    usize::try_from(value).ok()
}

fn long_be(bytes: &[u8], at: usize) -> Option<usize> {
    let value = bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)?;
    usize::try_from(value).ok()
}

/// The end header, whose place and length stand in the start header; nothing follows it.
fn seven_zip(bytes: &[u8]) -> Option<usize> {
    const START_HEADER_BYTES: u64 = 32;
    let number = |at: usize| Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let end = START_HEADER_BYTES.checked_add(number(12)?)?.checked_add(number(20)?)?;
    usize::try_from(end).ok()
}

/// Chunks up to IEND (MEND in animations of the older kind).
fn png(bytes: &[u8]) -> Option<usize> {
    let mut at = 8;
    loop {
        let length = long_be(bytes, at)?;
        let name = bytes.get(at + 4..at + 8)?;
        at = at.checked_add(12)?.checked_add(length)?;
        if matches!(name, b"IEND" if !bytes.starts_with(b"\x8AMNG")) || name == b"MEND" {
            return Some(at);
        }
    }
}

/// Segments up to the end of image; pictures behind the first one (of another size, of another lens) belong to it.
fn jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let rest = bytes.get(at..)?;
        at += memchr::memchr(0xFF, rest)?;
        match *bytes.get(at + 1)? {
            0xD9 => {
                at += 2;
                if !bytes.get(at..).is_some_and(|rest| rest.starts_with(b"\xFF\xD8\xFF")) {
                    return Some(at);
                }
                at += 2;
            }
            // Filled up, escaped, restarted: no segments. What follows a start of scan is data up to the next marker.
            0xFF => at += 1,
            0 | 1 | 0xD0..=0xD8 => at += 2,
            _ => {
                let length = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
                at += 2 + length.max(2);
            }
        }
    }
}

/// Blocks up to the trailer.
fn gif(bytes: &[u8]) -> Option<usize> {
    let table = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            0x3B => return Some(at + 1),
            0x21 => at += 2,
            0x2C => at += 11 + table(*bytes.get(at + 9)?),
            _ => return None,
        }
        // Data in pieces, each with its length in front; none ends it.
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
    }
}

/// The length that stands at the start; chunks of further gigabytes follow in films.
fn riff(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while bytes.get(at..).is_some_and(|rest| rest.starts_with(b"RIFF")) {
        let length = long(bytes, at + 4).filter(|length| *length >= 4)?;
        at = at.checked_add(8)?.checked_add(length)?.checked_next_multiple_of(2)?;
    }
    Some(at)
}

/// The last section of a Windows program (PE format, 4: section table), and the signature behind it.
fn program(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(b"MZ") {
        return None;
    }
    let pe = long(bytes, 0x3C)?;
    if bytes.get(pe..pe.checked_add(4)?)? != b"PE\0\0" {
        return None;
    }
    let (sections, optional) = (word(bytes, pe + 6)?, word(bytes, pe + 20)?);
    let table = pe + 24 + optional;
    let mut end = table + sections * 40;
    for section in 0..sections {
        let (size, start) = (long(bytes, table + section * 40 + 16)?, long(bytes, table + section * 40 + 20)?);
        if size > 0 {
            end = end.max(start.checked_add(size)?);
        }
    }
    // The fifth directory of the optional header is the table of certificates, by its place in the file.
    let directories = if word(bytes, pe + 24) == Some(0x20B) { 112 } else { 96 };
    let (start, size) = (long(bytes, pe + 24 + directories + 32), long(bytes, pe + 24 + directories + 36));
    if let (Some(start), Some(size)) = (start, size)
        && optional >= directories + 40
        && size > 0
        && start >= end
        && start - end < 16
    {
        end = start.checked_add(size)?;
    }
    Some(end)
}

/// Bytes of a page (Database File Format, 1.3.2).
fn sqlite_page(bytes: &[u8]) -> Option<usize> {
    let size = bytes.get(16..18)?.try_into().ok().map(u16::from_be_bytes)?;
    Some(if size == 1 { 65_536 } else { usize::from(size) })
}

/// Pages, as counted in the header (Database File Format, 1.3.8), if that count is to be believed.
fn sqlite(bytes: &[u8]) -> Option<usize> {
    let size = sqlite_page(bytes)?;
    let believed = bytes.get(24..28) == bytes.get(92..96);
    long_be(bytes, 28).filter(|pages| believed && *pages > 0)?.checked_mul(size)
}

/// The last sector of a compound file that is not free (MS-CFB 2.3).
fn compound(bytes: &[u8]) -> Option<usize> {
    const FREE: usize = 0xFFFF_FFFF;
    /// Sectors of the table that are looked at: those of a file of two gigabytes.
    const TABLE_SECTORS_MAX: usize = 1 << 15;
    let shift = word(bytes, 30).filter(|shift| matches!(shift, 9 | 12))?;
    let sector = 1usize << shift;
    let place = |index: usize| index.checked_add(1)?.checked_mul(sector);
    // Where the table stands: 109 places in the header, more in a chain of sectors.
    let mut table: Vec<usize> = (0..109).map_while(|i| long(bytes, 76 + i * 4)).collect();
    let (mut next, mut left) = (long(bytes, 68)?, long(bytes, 72)?.min(TABLE_SECTORS_MAX / (sector / 4)));
    while left > 0 && next < FREE - 5 {
        let start = place(next).filter(|start| *start < bytes.len())?;
        let entries = sector / 4 - 1;
        table.extend((0..entries).map_while(|i| long(bytes, start + i * 4)));
        next = long(bytes, start + entries * 4)?;
        left -= 1;
    }
    let count = long(bytes, 44)?.min(TABLE_SECTORS_MAX);
    let mut last = None;
    for (index, at) in table.into_iter().take_while(|at| *at < FREE - 5).take(count).enumerate() {
        let start = place(at)?;
        let entries = bytes.get(start..start.checked_add(sector)?.min(bytes.len())).unwrap_or_default();
        if let Some(used) = entries.chunks_exact(4).rposition(|entry| entry != [0xFF; 4]) {
            last = Some(index * (sector / 4) + used);
        }
    }
    place(last?.checked_add(1)?)
}
