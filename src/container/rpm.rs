//! RPM packages (LSB 5.0 core, chapter 22): a lead, two headers of tagged values, and a packed cpio archive. The values
//! of the second header that are text (name, summary, description, changes, scripts) are a part.
#![allow(clippy::arithmetic_side_effects, reason = "positions that were read at, and places of fields")]

use super::{Part, Visit};
use crate::blob::{Budget, Gap, Reason};

const LEAD_BYTES: usize = 96;
const MAGIC: &[u8] = b"\x8E\xAD\xE8";

/// Shows the texts of the header and the archive of the package in `bytes`.
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    if let Err(reason) = budget.member() {
        return gaps.push(Gap::new(reason, "", "stopped at the first member"));
    }
    let found = header(bytes, LEAD_BYTES).and_then(|signature| {
        // The signature is filled up to eight bytes.
        let main = header(bytes, signature.end.next_multiple_of(8))?;
        Some((main.texts(), main.end))
    });
    let Some((texts, start)) = found else {
        gaps.push(Gap::new(Reason::Corrupt, "", "header is damaged or cut off"));
        let rest = bytes.get(LEAD_BYTES..).unwrap_or_default();
        return visit(Part { name: "(everything)", bytes: rest }, budget);
    };
    if !texts.is_empty() {
        visit(Part { name: "(header)", bytes: texts.as_bytes() }, budget);
    }
    let payload = bytes.get(start..).unwrap_or_default();
    if let Err(reason) = budget.unpack(payload.len() as u64) {
        return gaps.push(Gap::new(reason, "(payload)", "stopped at the payload"));
    }
    if payload.is_empty() {
        gaps.push(Gap::new(Reason::Corrupt, "", "has no payload"));
    } else {
        visit(Part { name: "(payload)", bytes: payload }, budget);
    }
}

/// A header: entries of sixteen bytes, then the values.
struct Header<'a> {
    index: &'a [u8],
    store: &'a [u8],
    end: usize,
}

fn header(bytes: &[u8], at: usize) -> Option<Header<'_>> {
    let head = bytes.get(at..)?.strip_prefix(MAGIC)?;
    let count = |at: usize| head.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let entries = usize::try_from(count(5)?).ok()?.checked_mul(16)?;
    let size = usize::try_from(count(9)?).ok()?;
    let start = at.checked_add(16)?;
    let index = bytes.get(start..start.checked_add(entries)?)?;
    let store_end = start.checked_add(entries)?.checked_add(size)?;
    Some(Header { index, store: bytes.get(start + entries..store_end)?, end: store_end })
}

impl Header<'_> {
    /// Every text once, one a line: values of the types string (6), list of strings (8) and translated string (9).
    fn texts(&self) -> String {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for entry in self.index.chunks_exact(16) {
            let number =
                |at: usize| entry.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes);
            if !matches!(number(4), 6 | 8 | 9) {
                continue;
            }
            let start = number(8) as usize;
            ranges.push((start, number(12) as usize));
        }
        // Entries may all point at the same long text: what was told is not told again.
        ranges.sort_unstable();
        let (mut out, mut told) = (String::new(), 0);
        for (start, count) in ranges {
            let mut at = start.max(told);
            for _ in 0..count {
                let rest = self.store.get(at..).unwrap_or_default();
                let Some(end) = memchr::memchr(0, rest) else { break };
                let text = String::from_utf8_lossy(rest.get(..end).unwrap_or_default());
                if !text.trim().is_empty() {
                    out.push_str(&text);
                    out.push('\n');
                }
                at += end + 1;
            }
            told = told.max(at);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_of(texts: &[&str]) -> Vec<u8> {
        let (mut index, mut store) = (Vec::new(), Vec::new());
        for (tag, text) in texts.iter().enumerate() {
            for value in [tag as u32 + 1000, 6, store.len() as u32, 1] {
                index.extend(value.to_be_bytes());
            }
            store.extend(text.bytes().chain([0]));
        }
        let sizes = [texts.len() as u32, store.len() as u32].map(u32::to_be_bytes).concat();
        [MAGIC, b"\x01\0\0\0\0", &sizes, &index, &store].concat()
    }

    #[test]
    fn header_texts_and_payload_are_parts() {
        let mut bytes = b"\xED\xAB\xEE\xDB\x03\0".to_vec();
        bytes.resize(LEAD_BYTES, 0);
        bytes.extend(header_of(&["signature"]));
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes.extend(header_of(&["frisk", "Reads what it can"]));
        bytes.extend(b"070701payload");
        let (found, gaps) = crate::container::parts_of(unpack, &bytes);
        assert_eq!(
            found,
            [
                ("(header)".to_owned(), b"frisk\nReads what it can\n".to_vec()),
                ("(payload)".to_owned(), b"070701payload".to_vec())
            ]
        );
        assert_eq!(gaps, []);
        for length in 0..bytes.len() {
            assert!(crate::container::parts_of(unpack, &bytes[..length]).0.len() <= 2);
        }
    }
}
