//! Records (MS-XLS 2.1.4) and the strings in them (2.5.240, 2.5.268, 2.5.293 to 2.5.296), which may go on in records
//! of continuation.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "records that are there, counts of sixteen bits, and never more taken off than is left"
)]

use crate::document::code_page;

/// Record that continues the one before it.
pub(super) const CONTINUE: u16 = 0x3C;

/// Versions of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Biff {
    /// Excel 2.
    Two,
    /// Excel 3.
    Three,
    /// Excel 4.
    Four,
    /// Excel 5 and 95.
    Five,
    /// Excel 97 to 2003.
    Eight,
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// What it is.
    pub id: u16,
    /// Where it stands in the stream.
    pub at: usize,
    /// What it holds.
    pub body: &'a [u8],
}

/// The records of a stream.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    /// Where the next one starts.
    pub at: usize,
}

impl<'a> Records<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The record at the current place; one that is cut off holds what is there of it.
    pub fn peek(&self) -> Option<Record<'a>> {
        let [a, b, c, d, rest @ ..] = self.bytes.get(self.at..)? else { return None };
        let length = usize::from(u16::from_le_bytes([*c, *d]));
        let body = rest.get(..length).unwrap_or(rest);
        Some(Record { id: u16::from_le_bytes([*a, *b]), at: self.at, body })
    }

    /// Whether the record at the current place is longer than the stream.
    pub fn is_cut(&self) -> bool {
        let Some([_, _, c, d, rest @ ..]) = self.bytes.get(self.at..) else { return false };
        rest.len() < usize::from(u16::from_le_bytes([*c, *d]))
    }

    /// Takes the next record.
    pub fn next(&mut self) -> Option<Record<'a>> {
        let record = self.peek()?;
        self.at += 4 + record.body.len();
        Some(record)
    }

    /// The bodies of the records that continue the one just taken.
    pub fn continued(&mut self) -> Vec<&'a [u8]> {
        let mut bodies = Vec::new();
        while let Some(record) = self.peek().filter(|record| record.id == CONTINUE) {
            bodies.push(record.body);
            self.at += 4 + record.body.len();
        }
        bodies
    }
}

/// Bytes of a record and of those that continue it.
#[derive(Clone, Debug)]
pub(super) struct Chain<'a> {
    now: &'a [u8],
    rest: std::vec::IntoIter<&'a [u8]>,
    /// How text is stored.
    pub biff: Biff,
    /// The code page of text in bytes.
    pub page: u16,
}

impl<'a> Chain<'a> {
    pub fn new(body: &'a [u8], continued: Vec<&'a [u8]>, biff: Biff, page: u16) -> Self {
        Self { now: body, rest: continued.into_iter(), biff, page }
    }

    /// Whether everything was taken.
    pub fn is_empty(&self) -> bool {
        self.now.is_empty() && self.rest.as_slice().iter().all(|body| body.is_empty())
    }

    /// Goes on with the next record once this one is used up.
    fn refill(&mut self) -> Option<()> {
        while self.now.is_empty() {
            self.now = self.rest.next()?;
        }
        Some(())
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.refill()?;
        let (first, rest) = self.now.split_first()?;
        self.now = rest;
        Some(*first)
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    pub fn f64(&mut self) -> Option<f64> {
        let mut bytes = [0; 8];
        for byte in &mut bytes {
            *byte = self.u8()?;
        }
        Some(f64::from_le_bytes(bytes))
    }

    /// Takes `count` bytes, over borders of records.
    pub fn take(&mut self, mut count: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        while count > 0 {
            self.refill()?;
            let (head, rest) = self.now.split_at_checked(count).unwrap_or((self.now, &[]));
            out.extend_from_slice(head);
            self.now = rest;
            count -= head.len();
        }
        Some(out)
    }

    pub fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            self.refill()?;
            let used = count.min(self.now.len());
            self.now = self.now.get(used..).unwrap_or_default();
            count -= used;
        }
        Some(())
    }

    /// A string behind its length in one byte.
    pub fn short(&mut self) -> Option<String> {
        let length = usize::from(self.u8()?);
        self.sized(length)
    }

    /// A string behind its length in two bytes.
    pub fn long(&mut self) -> Option<String> {
        let length = usize::from(self.u16()?);
        self.sized(length)
    }

    /// A string of so many characters.
    pub fn sized(&mut self, length: usize) -> Option<String> {
        let mut out = String::new();
        self.string(length, &mut out, &mut String::new())?;
        Some(out)
    }

    /// A string of so many characters with the codes that stand in it.
    pub fn sized_raw(&mut self, length: usize) -> Option<String> {
        if self.u8()? & 1 == 0 {
            return Some(self.take(length)?.iter().map(|b| char::from(*b)).collect());
        }
        let bytes = self.take(length * 2)?;
        let units: Vec<u16> =
            bytes.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?))).collect();
        Some(String::from_utf16_lossy(&units))
    }

    /// Appends a string of so many characters to `out`, and hints at how it is spoken to `phonetic`, a line each.
    pub fn string(&mut self, length: usize, out: &mut String, phonetic: &mut String) -> Option<()> {
        if self.biff < Biff::Eight {
            // What is cut off is cut off for every reader.
            let bytes = self.now.get(..length).unwrap_or(self.now);
            self.now = self.now.get(bytes.len()..).unwrap_or_default();
            clean(&code_page::decode(bytes, self.page), out);
            return Some(());
        }
        let flags = self.u8()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.u16()?) };
        let more = if flags & 4 == 0 { 0 } else { self.u32()? as usize };
        self.characters(length, flags & 1 == 1, out);
        self.skip(runs * 4)?;
        if more > 0 {
            spoken(&self.take(more)?, phonetic);
        }
        Some(())
    }

    /// Appends characters; where they go on in another record, a byte says anew how wide they are.
    pub fn characters(&mut self, mut left: usize, mut wide: bool, out: &mut String) {
        let mut units = Vec::new();
        while left > 0 {
            if self.now.len() < if wide { 2 } else { 1 } {
                let Some(next) = self.rest.next() else { break };
                let Some((flags, next)) = next.split_first() else { continue };
                (wide, self.now) = (flags & 1 == 1, next);
                continue;
            }
            let used = left.min(if wide { self.now.len() / 2 } else { self.now.len() });
            let (head, rest) = self.now.split_at_checked(if wide { used * 2 } else { used }).unwrap_or((self.now, &[]));
            match wide {
                true => units.extend(head.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?)))),
                false => units.extend(head.iter().map(|b| u16::from(*b))),
            }
            self.now = rest;
            left -= used;
        }
        clean(&String::from_utf16_lossy(&units), out);
    }

    /// Text that starts with the next record of continuation.
    pub fn continued_text(&mut self, length: usize) -> String {
        self.now = &[];
        let mut out = String::new();
        self.characters(length, false, &mut out);
        out
    }
}

/// Appends text without control characters; all line ends become one kind.
pub(in crate::document) fn clean(text: &str, out: &mut String) {
    if !text.contains(char::is_control) {
        return out.push_str(text);
    }
    let mut last = ' ';
    for c in text.chars() {
        match c {
            '\n' if last == '\r' => {}
            '\r' | '\n' | '\u{b}' => out.push('\n'),
            '\t' => out.push('\t'),
            c if c.is_control() => {}
            c => out.push(c),
        }
        last = c;
    }
}

/// The hint in the extension of a string (2.5.86, 2.5.219, 2.5.220).
fn spoken(extension: &[u8], out: &mut String) {
    let word = |at: usize| Some(u16::from_le_bytes(*extension.get(at..)?.first_chunk()?));
    let (Some(1), Some(length)) = (word(0), word(12)) else { return };
    let bytes = extension.get(14..14 + usize::from(length) * 2).unwrap_or_default();
    if bytes.is_empty() {
        return;
    }
    let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?))).collect();
    clean(&String::from_utf16_lossy(&units), out);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_go_on_in_the_next_record() {
        let first = b"\x07\0\x01a\0b\0c\0";
        let (second, third) = (b"\x00def", b"\x01g\0\x02\0\0h\x02\0\x08\x01\0ij\0\0\0\0k");
        let mut chain = Chain::new(first, vec![second, third], Biff::Eight, 1252);
        assert_eq!(chain.long().as_deref(), Some("abcdefg"));
        assert_eq!(chain.u16(), Some(2));
        let mut chain = Chain::new(b"\x02\0\x08\x01", vec![b"\0ij\0\0\0\0", b"k"], Biff::Eight, 1252);
        assert_eq!(chain.long().as_deref(), Some("ij"));
        assert_eq!(chain.u8(), Some(b'k'));
        assert_eq!(chain.u8(), None);
    }

    #[test]
    fn controls_are_dropped_and_line_ends_made_alike() {
        let mut out = String::new();
        clean("a\r\nb\rc\0d\u{1}e\nf", &mut out);
        assert_eq!(out, "a\nb\ncde\nf");
    }
}
