//! Bits, highest first, and canonical Huffman codes of up to fifteen of them.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "codes of at most fifteen bits for at most some hundred symbols; the position saturates"
)]

/// A reader of bits. Behind the end there are zeros; [`Bits::overrun`] tells.
pub struct Bits<'a> {
    bytes: &'a [u8],
    /// The next bit.
    at: usize,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next bit's number.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes on at a bit.
    pub fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// The next 32 bits, without taking them.
    pub fn peek(&self) -> u32 {
        let start = self.at / 8;
        let word = match self.bytes.get(start..).and_then(|rest| rest.first_chunk::<8>()) {
            Some(bytes) => u64::from_be_bytes(*bytes),
            None => {
                let rest = self.bytes.get(start..).unwrap_or_default();
                let mut bytes = [0; 8];
                bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                u64::from_be_bytes(bytes)
            }
        };
        (word << (self.at % 8) >> 32) as u32
    }

    /// Takes `count` bits, up to 32.
    pub fn take(&mut self, count: u32) -> u32 {
        let value = if count == 0 { 0 } else { self.peek() >> (32 - count.min(32)) };
        self.at = self.at.saturating_add(count as usize);
        value
    }

    pub fn skip(&mut self, count: u32) {
        self.at = self.at.saturating_add(count as usize);
    }

    /// Whether more was taken than there is, or there is more than can be counted in bits.
    pub fn overrun(&self) -> bool {
        self.bytes.len().checked_mul(8).is_none_or(|bits| self.at > bits)
    }

    /// Goes to the start of the next byte.
    pub fn align(&mut self) {
        self.at = self.at.checked_next_multiple_of(8).unwrap_or(usize::MAX);
    }

    /// Everything from the next byte on.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at.div_ceil(8)..).unwrap_or_default()
    }
}

const LENGTH_MAX: usize = 15;
/// Bits of codes that one look into a table decides.
const QUICK_BITS: u32 = 9;

/// A canonical code: symbols by the lengths of their codes.
#[derive(Clone, Default)]
pub struct Huffman {
    /// For each length, the first code (of sixteen bits) that is longer, and the place of its first symbol.
    limits: [u32; LENGTH_MAX + 1],
    firsts: [u32; LENGTH_MAX + 1],
    symbols: Vec<u16>,
    /// For each start of a code, its length and its symbol; length 0: it is longer.
    quick: Vec<(u8, u16)>,
}

/// Codes that lengths of other codes are written in.
const LEVELS: usize = 20;

impl Huffman {
    /// Reads the code that the lengths of a block's codes are written in: four bits each, runs of zeros behind a fifteen.
    pub fn of_levels(bits: &mut Bits<'_>) -> Option<Self> {
        let mut levels = [0u8; LEVELS];
        let mut at = 0;
        while at < LEVELS {
            let length = bits.take(4);
            if length == 15 {
                let zeros = bits.take(4) as usize;
                if zeros > 0 {
                    at += zeros + 2;
                    continue;
                }
            }
            *levels.get_mut(at)? = length as u8;
            at += 1;
        }
        Some(Self::new(&levels))
    }

    pub fn new(lengths: &[u8]) -> Self {
        let mut counts = [0u32; LENGTH_MAX + 1];
        for length in lengths.iter().filter(|length| **length > 0) {
            if let Some(count) = counts.get_mut(usize::from(*length)) {
                *count += 1;
            }
        }
        let mut code = Self { quick: vec![(0, 0); 1 << QUICK_BITS], ..Self::default() };
        let (mut limit, mut place) = (0u32, 0u32);
        let mut places = [0u32; LENGTH_MAX + 1];
        for (length, count) in counts.iter().enumerate().skip(1) {
            let width = 16 - length as u32;
            if let (Some(first), Some(start)) = (code.firsts.get_mut(length), places.get_mut(length)) {
                (*first, *start) = (place.wrapping_sub(limit >> width), place);
            }
            limit = limit.saturating_add(count << width);
            place += count;
            if let Some(to) = code.limits.get_mut(length) {
                *to = limit;
            }
        }
        code.symbols = vec![0; place as usize];
        for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let Some(place) = places.get_mut(usize::from(*length)) else { continue };
            if let Some(to) = code.symbols.get_mut(*place as usize) {
                *to = symbol as u16;
            }
            *place += 1;
        }
        for start in 0..1u32 << QUICK_BITS {
            let found = code.search(start << (16 - QUICK_BITS));
            if let Some((length, symbol)) = found.filter(|(length, _)| *length <= QUICK_BITS)
                && let Some(to) = code.quick.get_mut(start as usize)
            {
                *to = (length as u8, symbol);
            }
        }
        code
    }

    /// The length and the symbol of the code that sixteen bits start with.
    fn search(&self, bits: u32) -> Option<(u32, u16)> {
        let length = (1..=LENGTH_MAX).find(|length| self.limits.get(*length).is_some_and(|limit| bits < *limit))?;
        let code = bits >> (16 - length as u32);
        let place = self.firsts.get(length)?.wrapping_add(code);
        Some((length as u32, *self.symbols.get(place as usize)?))
    }

    /// Takes a code; `None` if there is no such.
    pub fn read(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let next = bits.peek() >> 16;
        let (length, symbol) = match self.quick.get((next >> (16 - QUICK_BITS)) as usize) {
            Some((length @ 1.., symbol)) => (u32::from(*length), *symbol),
            _ => self.search(next)?,
        };
        bits.skip(length);
        Some(usize::from(symbol))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_codes() {
        let mut bits = Bits::new(&[0b1011_0011, 0b0100_0000]);
        assert_eq!((bits.take(1), bits.take(3), bits.peek() >> 24), (1, 3, 0b0011_0100));
        bits.seek(15);
        assert_eq!((bits.take(3), bits.overrun()), (0, true));
        // a: 0, b: 10, c: 110, d: 111
        let code = Huffman::new(&[1, 2, 3, 3]);
        let mut bits = Bits::new(&[0b0101_1011, 0b1000_0000]);
        let read: Vec<_> = (0..5).map(|_| code.read(&mut bits)).collect();
        assert_eq!(read, [Some(0), Some(1), Some(2), Some(3), Some(0)]);
        let long = Huffman::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15]);
        let mut bits = Bits::new(&[0xFF, 0xFC, 0xFF, 0xFE]);
        assert_eq!((long.read(&mut bits), bits.position()), (Some(14), 15));
        assert_eq!(Huffman::new(&[0; 20]).read(&mut bits), None);
        assert!(Huffman::new(&[1; 20]).read(&mut bits).is_some());
    }
}
