//! Records (2.1.4) and the strings in them (2.5.122, 2.5.169).

use crate::document::xls::clean;

/// The records of a part.
pub(in crate::document::ooxml) struct Records<'a> {
    rest: &'a [u8],
    is_cut: bool,
}

impl<'a> Records<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, is_cut: false }
    }

    /// Whether a record was longer than the part.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What the next record is, and what it holds.
    pub fn next(&mut self) -> Option<(u16, Body<'a>)> {
        if self.rest.is_empty() {
            return None;
        }
        let (kind, rest) = variable(self.rest, 2)?;
        let Some((length, rest)) = variable(rest, 4) else {
            self.is_cut = true;
            return None;
        };
        let body = rest.get(..length as usize).unwrap_or_else(|| {
            self.is_cut = true;
            rest
        });
        self.rest = rest.get(body.len()..).unwrap_or_default();
        Some((u16::try_from(kind).unwrap_or(u16::MAX), Body(body)))
    }
}

/// A number of at most `most` bytes, seven bits each; the eighth says that there are more.
#[allow(clippy::arithmetic_side_effects, reason = "at most four places of seven bits")]
fn variable(bytes: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let mut number = 0;
    let mut rest = bytes;
    for place in 0..most {
        let (byte, tail) = rest.split_first()?;
        number |= u32::from(byte & 0x7F) << (place * 7);
        rest = tail;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((number, rest))
}

/// What a record holds.
#[derive(Clone, Copy, Debug)]
pub(in crate::document::ooxml) struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    pub fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(|_| ())
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(*self.take(2)?.first_chunk()?))
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.take(4)?.first_chunk()?))
    }

    pub fn f64(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(*self.take(8)?.first_chunk()?))
    }

    /// A string behind the count of its characters; one that is null is empty.
    pub fn string(&mut self) -> Option<String> {
        let length = self.u32()?;
        if length == u32::MAX {
            return Some(String::new());
        }
        Some(wide(self.take((length as usize).checked_mul(2)?)?))
    }

    /// A string that may have fonts and a hint at how it is spoken: both texts.
    pub fn rich(&mut self) -> (String, String) {
        let flags = self.u8().unwrap_or(0);
        let text = self.string().unwrap_or_default();
        if flags & 1 != 0 {
            let runs = self.u32().unwrap_or(0) as usize;
            let _ = self.skip(runs.saturating_mul(4));
        }
        let phonetic = if flags & 2 != 0 { self.string().unwrap_or_default() } else { String::new() };
        (text, phonetic)
    }

    /// Whatever in it is a string of two characters or more: a count, and so many characters that can be seen.
    #[allow(clippy::arithmetic_side_effects, reason = "at most 32,767 characters")]
    pub fn strings(&self) -> Vec<String> {
        /// Characters that a cell holds.
        const CHARS_MAX: usize = 32_767;
        let mut found = Vec::new();
        let mut rest = self.0;
        while let Some(head) = rest.first_chunk() {
            let length = u32::from_le_bytes(*head) as usize;
            let text = rest.get(4..4 + length.min(CHARS_MAX) * 2).filter(|_| (2..=CHARS_MAX).contains(&length));
            let is_seen = |text: &&[u8]| {
                text.chunks_exact(2)
                    .all(|b| !matches!(b, [0..=8 | 11 | 12 | 14..=31, 0] | [_, 0xD8..=0xDF] | [0xFE | 0xFF, 0xFF]))
            };
            match text.filter(is_seen) {
                Some(text) => {
                    found.push(wide(text));
                    rest = rest.get(4 + text.len()..).unwrap_or_default();
                }
                None => rest = rest.get(1..).unwrap_or_default(),
            }
        }
        found
    }
}

fn wide(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?))).collect();
    let mut out = String::new();
    clean(&String::from_utf16_lossy(&units), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_numbers_of_variable_length() {
        let bytes = b"\x13\x01x\x9C\x01\x81\x01yz";
        let mut records = Records::new(bytes);
        assert_eq!(records.next().map(|(kind, body)| (kind, body.0)), Some((19, &b"x"[..])));
        assert_eq!(records.next().map(|(kind, body)| (kind, body.0)), Some((156, &b"yz"[..])));
        assert!(records.next().is_none() && records.is_cut());
    }

    #[test]
    fn strings_are_found_among_numbers() {
        let body = Body(b"\x07\0\0\0\xFF\x03\0\0\0a\0b\0c\0\x01\0\0\0x\0\x02\0\0\0d\0\xE9\0\x09");
        assert_eq!(body.strings(), ["abc", "dé"]);
        assert_eq!(Body(b"\xFF\xFF\xFF\xFF\0").string().as_deref(), Some(""));
        assert_eq!(Body(b"\xFF\xFF\xFF\x7F\0").string(), None);
    }
}
