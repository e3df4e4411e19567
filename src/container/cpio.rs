//! cpio archives: the new format with and without checksums (`070701`, `070702`), the portable one (`070707`) and the
//! old binary one in both byte orders, as in `cpio(5)` of BSD.

use super::{Part, Visit};
use crate::blob::{Budget, Gap, Reason};

/// A header as told.
struct Header {
    /// Bytes of it, name excluded.
    length: usize,
    mode: u32,
    name_bytes: usize,
    data_bytes: usize,
    /// What name and data are filled up to.
    align: usize,
}

/// Shows every file of the archive in `bytes`. Links and folders hold nothing.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "positions behind data that is there: a member that is cut off ends the walk"
)]
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let mut at = 0;
    loop {
        let Some(header) = bytes.get(at..).and_then(read) else {
            let rest = bytes.get(at..).unwrap_or_default();
            if rest.iter().any(|b| *b != 0) || at == 0 {
                gaps.push(Gap::new(Reason::Corrupt, "", format!("damaged or cut off at offset {at}")));
                visit(Part { name: "(behind the damage)", bytes: rest }, budget);
            }
            return;
        };
        let fill = |at: usize| at.checked_next_multiple_of(header.align).unwrap_or(usize::MAX);
        let name_end = (at + header.length).saturating_add(header.name_bytes);
        let name = bytes.get(at + header.length..name_end).unwrap_or_default();
        let name = name.split(|b| *b == 0).next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        let start = fill(name_end);
        if name == "TRAILER!!!" {
            // Archives one behind the other (as in images of Linux's first file system) go on at the next header.
            let rest = bytes.get(start..).unwrap_or_default();
            let Some(next) = rest.iter().position(|b| *b != 0) else { return };
            let next = start + next;
            if bytes.get(next..).and_then(read).is_none() {
                let rest = bytes.get(next..).unwrap_or_default();
                return visit(Part { name: "(behind the archive)", bytes: rest }, budget);
            }
            at = next;
            continue;
        }
        let rest = bytes.get(start..).unwrap_or_default();
        let data = rest.get(..header.data_bytes).unwrap_or(rest);
        if let Err(reason) = budget.member().and_then(|()| budget.unpack(data.len() as u64)) {
            return gaps.push(Gap::new(reason, name, "stopped at this file"));
        }
        let (file, untold) = (header.mode & 0o170_000 == 0o100_000, header.mode & 0o170_000 == 0);
        if (file || untold) && !data.is_empty() {
            visit(Part { name: &name, bytes: data }, budget);
        }
        if data.len() < header.data_bytes {
            let detail = format!("cut off: {} of {} bytes", data.len(), header.data_bytes);
            return gaps.push(Gap::new(Reason::Corrupt, name, detail));
        }
        at = fill(start + header.data_bytes);
    }
}

#[allow(clippy::arithmetic_side_effects, reason = "places of fields in a header")]
fn read(bytes: &[u8]) -> Option<Header> {
    let digits = |at: usize, count: usize, radix: u32| {
        let field = std::str::from_utf8(bytes.get(at..at + count)?).ok()?;
        u32::from_str_radix(field, radix).ok()
    };
    let size = |value: u32| usize::try_from(value).ok();
    if bytes.starts_with(b"070701") || bytes.starts_with(b"070702") {
        let field = |index: usize| digits(6 + index * 8, 8, 16);
        let (mode, data, name) = (field(1)?, field(6)?, field(11)?);
        return Some(Header { length: 110, mode, name_bytes: size(name)?, data_bytes: size(data)?, align: 4 });
    }
    if bytes.starts_with(b"070707") {
        let data = usize::from_str_radix(std::str::from_utf8(bytes.get(65..76)?).ok()?, 8).ok()?;
        let (mode, name) = (digits(18, 6, 8)?, digits(59, 6, 8)?);
        return Some(Header { length: 76, mode, name_bytes: size(name)?, data_bytes: data, align: 1 });
    }
    let order: fn([u8; 2]) -> u16 = match bytes.get(..2)? {
        [0xC7, 0x71] => u16::from_le_bytes,
        [0x71, 0xC7] => u16::from_be_bytes,
        _ => return None,
    };
    let word = |index: usize| bytes.get(index * 2..index * 2 + 2)?.try_into().ok().map(order);
    // Numbers of 32 bits have their upper half first, whatever the order of bytes.
    let data = u32::from(word(11)?) << 16 | u32::from(word(12)?);
    let (mode, name) = (u32::from(word(3)?), usize::from(word(10)?));
    Some(Header { length: 26, mode, name_bytes: name, data_bytes: size(data)?, align: 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_format(name: &str, data: &[u8], mode: u32) -> Vec<u8> {
        let mut out = format!("070701{:08X}{mode:08X}", 1);
        for value in [0, 0, 1, 0, data.len(), 0, 0, 0, 0, name.len() + 1, 0] {
            out.push_str(&format!("{value:08X}"));
        }
        let mut out = out.into_bytes();
        out.extend(name.bytes().chain([0]));
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    fn portable(name: &str, data: &[u8]) -> Vec<u8> {
        let mut out = format!("070707000001000001{:06o}{}", 0o100_644, "000000".repeat(4));
        out.push_str(&format!("{:011o}{:06o}{:011o}", 0, name.len() + 1, data.len()));
        [out.as_bytes(), name.as_bytes(), b"\0", data].concat()
    }

    fn binary(name: &str, data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for word in [0o070_707, 0, 0, 0o100_644, 0, 0, 0, 0, 0, 0, name.len() as u16 + 1, 0, data.len() as u16] {
            out.extend(word.to_le_bytes());
        }
        out.extend(name.bytes().chain([0]));
        out.resize(out.len().next_multiple_of(2), 0);
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(2), 0);
        out
    }

    #[test]
    fn every_format_shows_its_files() {
        let (file, folder) = (0o100_644, 0o040_755);
        let new = [new_format("etc", b"", folder), new_format("etc/a.txt", b"one", file)].concat();
        let new = [new, new_format("TRAILER!!!", b"", 0), vec![0; 200]].concat();
        let old = [portable("etc/a.txt", b"one"), portable("TRAILER!!!", b"")].concat();
        let oldest = [binary("etc/a.txt", b"one"), binary("TRAILER!!!", b"")].concat();
        for bytes in [&new, &old, &oldest] {
            let (found, gaps) = crate::container::parts_of(unpack, bytes);
            assert_eq!(found, [("etc/a.txt".to_owned(), b"one".to_vec())]);
            assert_eq!(gaps, []);
            for length in 0..bytes.len() {
                crate::container::parts_of(unpack, &bytes[..length]);
            }
        }
        let (_, gaps) = crate::container::parts_of(unpack, &new[..new.len() - 330]);
        assert_eq!(gaps.len(), 1);
    }
}
