//! Chunks: a header, data, and behind some of them a trailer whose length only rules of thumb tell.

use crate::blob::le::{u16_at, u32_at};

/// Bytes of the header: 19 from version 6 on, 12 before.
const HEADER: usize = 19;
const HEADER_OLD: usize = 12;
/// Kinds that have a trailer of eight bytes: lists.
const LISTS: &[u32] = &[0x2C, 0x65, 0x66, 0x69, 0x6A, 0x6B, 0x70, 0x71];
/// Kinds that have a separator of four bytes in version 11.
const SEPARATED: &[u32] = &[0x64, 0x65, 0x66, 0x69, 0x6A, 0x6B, 0x6F, 0x71, 0x92, 0xA9, 0xB4, 0xB6, 0xB9, 0xC7];
/// Kinds that have nothing behind them.
const BARE: &[u32] = &[0x1F, 0x2D, 0xC9, 0xD1];
/// Kinds that are known reach up to here; anything above is no header.
const KIND_MAX: u32 = 0x200;

/// The chunks of a stream, each with its kind and its data.
pub(super) struct Chunks<'a> {
    rest: &'a [u8],
    version: u32,
    /// Bytes were passed over that should have been chunks.
    pub damaged: bool,
    /// The next header is being looked for: only a likely one is taken.
    lost: bool,
}

struct Header {
    kind: u32,
    length: usize,
    trailer: usize,
    size: usize,
    likely: bool,
}

impl<'a> Chunks<'a> {
    /// Starts at the first chunk.
    pub fn new(stream: &'a [u8], version: u32) -> Self {
        Self { rest: stream, version, damaged: false, lost: false }
    }

    #[allow(clippy::arithmetic_side_effects, reason = "at most sixteen")]
    fn header(&self, at: usize) -> Option<Header> {
        let bytes = self.rest.get(at..)?;
        if self.version < 6 {
            let kind = u32::from(u16_at(bytes, 0)?);
            let length = usize::try_from(u32_at(bytes, 8)?).ok()?;
            bytes.get(..HEADER_OLD)?;
            return Some(Header { kind, length, trailer: 0, size: HEADER_OLD, likely: true });
        }
        let (kind, list, length) = (u32_at(bytes, 0)?, u32_at(bytes, 8)?, usize::try_from(u32_at(bytes, 12)?).ok()?);
        let (level, mark) = (u16_at(bytes, 16)?, *bytes.get(18)?);
        let mut trailer = if list != 0 || LISTS.contains(&kind) { 8 } else { 0 };
        if self.version > 6 {
            let odd = match level {
                2 => mark == 0x55 || (mark == 0x54 && kind == 0xAA),
                3 => mark != 0x50 && mark != 0x54,
                _ => false,
            };
            if list != 0 || odd {
                trailer += 4;
            }
            if SEPARATED.contains(&kind) && trailer != 12 && trailer != 4 {
                trailer += 4;
            }
        }
        if BARE.contains(&kind) {
            trailer = 0;
        }
        let likely = kind >= 0x0A && list == 0 && level < 32 && u32_at(bytes, 4)? < 1 << 16;
        Some(Header { kind, length, trailer, size: HEADER, likely })
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let zeros = self.rest.iter().position(|b| *b != 0)?;
            self.rest = self.rest.get(zeros..)?;
            let Some(header) = self.header(0) else {
                self.rest = &[];
                return None;
            };
            let data = self.rest.get(header.size..)?;
            let fits = header.kind < KIND_MAX && header.length <= data.len();
            if fits && (header.likely || !self.lost) {
                self.lost = false;
                let (inside, behind) = data.split_at_checked(header.length)?;
                self.rest = behind.get(header.trailer.min(behind.len())..)?;
                return Some((header.kind, inside));
            }
            // A trailer was longer than thought, or the length lies: the next header is looked for.
            let lies = header.kind < KIND_MAX && !fits && !self.lost;
            self.damaged |= lies;
            self.lost |= lies;
            self.rest = self.rest.get(if lies { header.size } else { 1 }..)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: u32, data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for value in [kind, 1, 0, data.len() as u32] {
            out.extend(value.to_le_bytes());
        }
        out.extend([0, 0, 0]);
        out.extend(data);
        out
    }

    #[test]
    fn chunks_follow_each_other_and_lies_are_passed_over() {
        let mut stream = chunk(0x0E, b"one");
        stream.extend(chunk(0x2D, b"two"));
        let all: Vec<_> = Chunks::new(&stream, 11).collect();
        assert_eq!(all, [(0x0E, &b"one"[..]), (0x2D, &b"two"[..])]);
        stream.splice(0..0, [0x0E, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0]);
        let mut chunks = Chunks::new(&stream, 11);
        assert!(chunks.by_ref().any(|(_, data)| data == b"two") && chunks.damaged);
    }

    #[test]
    fn any_bytes_end() {
        for seed in 0..300u32 {
            let bytes: Vec<u8> = (0..seed).map(|i| (i.wrapping_mul(2_654_435_761 ^ seed) >> 27) as u8).collect();
            for version in [5, 6, 11] {
                assert!(Chunks::new(&bytes, version).count() <= bytes.len());
            }
        }
    }
}
