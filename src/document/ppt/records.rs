//! Records (2.3.1) and the text in them.

use crate::document::office_art::Header;

/// One record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// What it is.
    pub kind: u16,
    /// What it says of itself.
    pub instance: u16,
    /// Whether it holds records.
    pub is_container: bool,
    /// What it holds.
    pub body: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record at the start of `bytes`; one that is cut off holds what is there of it.
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let header = Header::of(bytes)?;
        let body = bytes.get(8..)?;
        let body = body.get(..header.length).unwrap_or(body);
        Some(Self { kind: header.kind, instance: header.instance, is_container: header.version == 15, body })
    }

    /// The records in it.
    pub fn children(&self) -> Records<'a> {
        Records(self.body)
    }

    /// The number at `at`.
    pub fn u32(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(*self.body.get(at..)?.first_chunk()?))
    }

    /// The text, if it is a record of text: characters of two bytes, or of their lower ones alone.
    pub fn text(&self) -> Option<String> {
        match self.kind {
            TEXT_CHARS | C_STRING => Some(wide(self.body)),
            TEXT_BYTES => {
                let mut out = String::new();
                self.body.iter().for_each(|b| push(char::from(*b), &mut out));
                Some(out)
            }
            _ => None,
        }
    }
}

/// TextCharsAtom (2.9.42).
pub(super) const TEXT_CHARS: u16 = 0x0FA0;
/// TextBytesAtom (2.9.43).
pub(super) const TEXT_BYTES: u16 = 0x0FA8;
/// CString (2.2.26 and others).
pub(super) const C_STRING: u16 = 0x0FBA;

/// Records one behind the other.
pub(super) struct Records<'a>(pub &'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[allow(clippy::arithmetic_side_effects, reason = "a record that is there and its header")]
    fn next(&mut self) -> Option<Record<'a>> {
        let record = Record::of(self.0)?;
        self.0 = self.0.get(8 + record.body.len()..).unwrap_or_default();
        Some(record)
    }
}

/// Text in UTF-16.
pub(super) fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?)));
    let mut out = String::new();
    char::decode_utf16(units).for_each(|c| push(c.unwrap_or(char::REPLACEMENT_CHARACTER), &mut out));
    out
}

/// Appends a character; ends of paragraphs and lines become one kind.
fn push(c: char, out: &mut String) {
    match c {
        '\r' | '\n' | '\u{b}' => out.push('\n'),
        '\t' => out.push('\t'),
        c if c.is_control() => {}
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_and_cut_records_hold_what_is_there() {
        let bytes = b"\x0F\0\xEE\x03\x0D\0\0\0\0\0\xA8\x0F\x05\0\0\0a\rb\x0B\xFC\0\0\xA0\x0F\x08\0\0\0c\0d\0";
        let all: Vec<_> = Records(bytes).collect();
        let texts: Vec<_> = all[0].children().filter_map(|record| record.text()).collect();
        assert_eq!((texts, all.len()), (vec!["a\nb\nü".to_owned()], 2));
        for end in 0..bytes.len() {
            assert!(Records(&bytes[..end]).count() <= 2);
        }
    }
}
