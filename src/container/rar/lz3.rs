//! What RAR 2.9 to 4 pack with: LZ77 with four Huffman codes, or PPMd variant H, block after block. The facts are those of
//! the reader of libarchive (BSD). Filters, which are programs for a virtual machine, are passed over: members with one
//! (programs, pictures, sound) come out as they were packed. A model of PPMd that goes on in a later block is not followed.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "classes and the few bits behind them; a window that only grows in a member; positions in bits saturate"
)]

use std::io::Read;

use super::bits::{Bits, Huffman};
use super::lz5::copy;
use crate::blob::{Budget, RATIO_FREE_BYTES, Reason};

const LITERALS: usize = 299;
const DISTANCES: usize = 60;
const LOW_DISTANCES: usize = 17;
const REPEATS: usize = 28;
const ALL: usize = LITERALS + DISTANCES + LOW_DISTANCES + REPEATS;

/// Window of all these versions.
const WINDOW_BYTES: usize = 4 << 20;

/// Lengths by their class: the least one and the bits behind it.
const LENGTHS: [(usize, u32); 28] = {
    let bases =
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224];
    let mut table = [(0, 0); 28];
    let mut i = 0;
    #[expect(clippy::indexing_slicing, reason = "worked out by the compiler, which checks it")]
    while i < 28 {
        table[i] = (bases[i], if i < 8 { 0 } else { i as u32 / 4 - 1 });
        i += 1;
    }
    table
};

/// Distances of matches of two bytes.
const SHORT: [(usize, u32); 8] = [(0, 2), (4, 2), (8, 3), (16, 4), (32, 5), (64, 6), (128, 6), (192, 6)];

/// The least distance of a class and the bits behind it: four classes without bits, two of each number up to fifteen,
/// then fourteen of sixteen bits and twelve of eighteen.
fn distance_class(slot: usize) -> (usize, u32) {
    match slot {
        0..4 => (slot, 0),
        4..34 => {
            let bits = (slot / 2 - 1) as u32;
            ((2 | slot & 1) << bits, bits)
        }
        34..48 => ((1 << 17) + ((slot - 34) << 16), 16),
        _ => ((1 << 20) + ((slot.min(DISTANCES) - 48) << 18), 18),
    }
}

/// The state that goes from one member of a solid archive to the next.
pub struct Unpacker {
    window: Vec<u8>,
    lengths: [u8; ALL],
    codes: Option<Codes>,
    distances: [usize; 4],
    last_length: usize,
    low: usize,
    low_count: usize,
    escape: u8,
    /// Filters were passed over in the member.
    pub filtered: bool,
}

impl Default for Unpacker {
    fn default() -> Self {
        Self {
            window: Vec::new(),
            lengths: [0; ALL],
            codes: None,
            distances: [0; 4],
            last_length: 0,
            low: 0,
            low_count: 0,
            escape: 2,
            filtered: false,
        }
    }
}

struct Codes {
    literals: Huffman,
    distances: Huffman,
    low_distances: Huffman,
    repeats: Huffman,
}

/// What stands at the start of a block.
enum Block {
    Lz,
    /// Order and megabytes of a fresh model.
    Ppm(u32, u32),
}

/// What ended a block.
enum End {
    Member,
    Block,
}

struct Progress<'b> {
    start: usize,
    length: usize,
    told: usize,
    budget: &'b mut Budget,
}

impl Progress<'_> {
    fn full(&self, window: &[u8]) -> bool {
        window.len() - self.start >= self.length
    }

    /// Looks at the limits after every mebibyte.
    fn check(&mut self, window: &[u8], read_bytes: usize, always: bool) -> Result<(), Reason> {
        const STEP_BYTES: usize = 1 << 20;
        let fresh = window.len() - self.told;
        if fresh < STEP_BYTES && !always {
            return Ok(());
        }
        self.told = window.len();
        self.budget.time()?;
        self.budget.unpack(fresh as u64)?;
        let most = (read_bytes as u64).saturating_mul(self.budget.limits().ratio_max).max(RATIO_FREE_BYTES);
        if (window.len() - self.start) as u64 > most { Err(Reason::RatioExceeded) } else { Ok(()) }
    }
}

impl Unpacker {
    /// Appends what `data` unpacks to, no more than `length` bytes. What was unpacked in front of a fault is kept.
    pub fn unpack(
        &mut self,
        data: &[u8],
        solid: bool,
        length: u64,
        budget: &mut Budget,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        if !solid {
            *self = Self::default();
        }
        self.filtered = false;
        self.window.drain(..self.window.len().saturating_sub(WINDOW_BYTES));
        let start = self.window.len();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let mut progress = Progress { start, length, told: start, budget };
        let mut result = self.blocks(data, &mut progress);
        result = result.and(progress.check(&self.window, data.len(), true));
        let mut made = self.window.split_off(start);
        made.truncate(length);
        // A length that is not told is the largest there is.
        if result.is_ok() && made.len() < length && length != usize::MAX {
            result = Err(Reason::Corrupt);
        }
        let recent = made.get(made.len().saturating_sub(WINDOW_BYTES)..).unwrap_or_default();
        self.window.extend_from_slice(recent);
        if out.is_empty() {
            *out = made;
        } else {
            out.append(&mut made);
        }
        result
    }

    fn blocks(&mut self, data: &[u8], progress: &mut Progress<'_>) -> Result<(), Reason> {
        let mut bits = Bits::new(data);
        let mut block = if self.codes.is_some() { Block::Lz } else { self.header(&mut bits)? };
        loop {
            let end = match block {
                Block::Lz => self.lz(&mut bits, progress)?,
                Block::Ppm(order, megabytes) => self.ppm(&mut bits, order, megabytes, progress)?,
            };
            progress.check(&self.window, bits.position() / 8, true)?;
            match end {
                End::Member => return Ok(()),
                End::Block => block = self.header(&mut bits)?,
            }
        }
    }

    fn header(&mut self, bits: &mut Bits<'_>) -> Result<Block, Reason> {
        bits.align();
        if bits.overrun() || bits.rest().is_empty() {
            return Err(Reason::Corrupt);
        }
        if bits.peek() >> 31 == 1 {
            let flags = bits.take(8);
            if flags & 0x20 == 0 {
                return Err(Reason::UnsupportedType);
            }
            let megabytes = bits.take(8) + 1;
            if flags & 0x40 != 0 {
                self.escape = bits.take(8) as u8;
            }
            let order = (flags & 31) + 1;
            let order = if order > 16 { 16 + (order - 16) * 3 } else { order };
            self.codes = None;
            return Ok(Block::Ppm(order, megabytes));
        }
        let keep = bits.take(2) & 1 == 1;
        (self.low, self.low_count) = (0, 0);
        if !keep {
            self.lengths = [0; ALL];
        }
        self.codes = Some(self.codes(bits).ok_or(Reason::Corrupt)?);
        Ok(Block::Lz)
    }

    fn codes(&mut self, bits: &mut Bits<'_>) -> Option<Codes> {
        let level = Huffman::of_levels(bits)?;
        let mut at = 0;
        while at < ALL {
            let symbol = level.read(bits)?;
            if bits.overrun() {
                return None;
            }
            let last = at.checked_sub(1).and_then(|last| self.lengths.get(last)).copied();
            let (value, repeat) = match symbol {
                0..=15 => ((symbol as u8).wrapping_add(*self.lengths.get(at)?) & 15, 1),
                16 => (last?, bits.take(3) + 3),
                17 => (last?, bits.take(7) + 11),
                18 => (0, bits.take(3) + 3),
                _ => (0, bits.take(7) + 11),
            };
            for length in self.lengths.get_mut(at..)?.iter_mut().take(repeat as usize) {
                *length = value;
            }
            at += repeat as usize;
        }
        let (literals, rest) = self.lengths.split_at_checked(LITERALS)?;
        let (distances, rest) = rest.split_at_checked(DISTANCES)?;
        let (low_distances, repeats) = rest.split_at_checked(LOW_DISTANCES)?;
        Some(Codes {
            literals: Huffman::new(literals),
            distances: Huffman::new(distances),
            low_distances: Huffman::new(low_distances),
            repeats: Huffman::new(repeats),
        })
    }

    fn lz(&mut self, bits: &mut Bits<'_>, progress: &mut Progress<'_>) -> Result<End, Reason> {
        let codes = self.codes.take().ok_or(Reason::Corrupt)?;
        while !progress.full(&self.window) {
            if bits.overrun() {
                return Err(Reason::Corrupt);
            }
            progress.check(&self.window, bits.position() / 8, false)?;
            let symbol = codes.literals.read(bits).ok_or(Reason::Corrupt)?;
            let [first, second, third, fourth] = self.distances;
            let (distance, length) = match symbol {
                0..=255 => {
                    self.window.push(symbol as u8);
                    continue;
                }
                256 => {
                    // Another block with codes of its own, or the end of the member with or without such.
                    if bits.take(1) == 1 {
                        return Ok(End::Block);
                    }
                    if bits.take(1) == 0 {
                        self.codes = Some(codes);
                    }
                    return Ok(End::Member);
                }
                257 => {
                    let flags = bits.take(8);
                    let count = match flags & 7 {
                        6 => bits.take(8) + 7,
                        7 => bits.take(16),
                        few => few + 1,
                    };
                    bits.seek(bits.position().saturating_add(count as usize * 8));
                    self.filtered = true;
                    continue;
                }
                258 if self.last_length == 0 => continue,
                258 => (first, self.last_length),
                259..=262 => {
                    let (distance, shifted) = match symbol {
                        259 => (first, self.distances),
                        260 => (second, [second, first, third, fourth]),
                        261 => (third, [third, first, second, fourth]),
                        _ => (fourth, [fourth, first, second, third]),
                    };
                    self.distances = shifted;
                    let slot = codes.repeats.read(bits).ok_or(Reason::Corrupt)?;
                    let (base, more) = LENGTHS.get(slot).copied().ok_or(Reason::Corrupt)?;
                    (distance, base + 2 + bits.take(more) as usize)
                }
                263..=270 => {
                    let (base, more) = SHORT.get(symbol - 263).copied().ok_or(Reason::Corrupt)?;
                    let distance = base + 1 + bits.take(more) as usize;
                    self.distances = [distance, first, second, third];
                    (distance, 2)
                }
                _ => {
                    let (base, more) = LENGTHS.get(symbol - 271).copied().ok_or(Reason::Corrupt)?;
                    let mut length = base + 3 + bits.take(more) as usize;
                    let distance = self.distance(&codes, bits).ok_or(Reason::Corrupt)?;
                    length += usize::from(distance >= 0x2000) + usize::from(distance >= 0x4_0000);
                    self.distances = [distance, first, second, third];
                    (distance, length)
                }
            };
            self.last_length = length;
            let left = progress.length - (self.window.len() - progress.start);
            copy(&mut self.window, distance, length.min(left))?;
        }
        self.codes = Some(codes);
        Ok(End::Member)
    }

    fn distance(&mut self, codes: &Codes, bits: &mut Bits<'_>) -> Option<usize> {
        let slot = codes.distances.read(bits)?;
        let (base, more) = distance_class(slot);
        let mut distance = base + 1;
        if slot <= 9 {
            return Some(distance + bits.take(more) as usize);
        }
        // The lowest four bits have a code of their own, which may say that they stay the same for a while.
        distance += (bits.take(more - 4) as usize) << 4;
        if self.low_count > 0 {
            self.low_count -= 1;
            return Some(distance + self.low);
        }
        match codes.low_distances.read(bits)? {
            16 => self.low_count = 15,
            low => self.low = low,
        }
        Some(distance + self.low)
    }

    fn ppm(
        &mut self,
        bits: &mut Bits<'_>,
        order: u32,
        megabytes: u32,
        progress: &mut Progress<'_>,
    ) -> Result<End, Reason> {
        let mut rest = bits.rest();
        let all = rest.len();
        let start = bits.position().div_ceil(8);
        let mut model =
            ppmd_rust::Ppmd7aDecoder::new(&mut rest, order, megabytes << 20).map_err(|_| Reason::Corrupt)?;
        let mut next = || {
            let mut byte = [0];
            match model.read(&mut byte) {
                Ok(1) => Ok(byte.first().copied().unwrap_or(0)),
                _ => Err(Reason::Corrupt),
            }
        };
        let end = loop {
            if progress.full(&self.window) {
                break End::Member;
            }
            progress.check(&self.window, all, false)?;
            let byte = next()?;
            if byte != self.escape {
                self.window.push(byte);
                continue;
            }
            let left = progress.length - (self.window.len() - progress.start);
            match next()? {
                0 => break End::Block,
                2 => break End::Member,
                3 => {
                    let flags = next()?;
                    let count = match flags & 7 {
                        6 => usize::from(next()?) + 7,
                        7 => usize::from(u16::from_be_bytes([next()?, next()?])),
                        few => usize::from(few) + 1,
                    };
                    for _ in 0..count {
                        next()?;
                    }
                    self.filtered = true;
                }
                4 => {
                    let [high, middle, low, length] = [next()?, next()?, next()?, next()?];
                    let distance = u32::from_be_bytes([0, high, middle, low]) as usize + 2;
                    copy(&mut self.window, distance, (usize::from(length) + 32).min(left))?;
                }
                5 => {
                    let length = usize::from(next()?) + 4;
                    copy(&mut self.window, 1, length.min(left))?;
                }
                _ => self.window.push(byte),
            }
        };
        drop(model);
        bits.seek((start + all - rest.len()).saturating_mul(8));
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::blob::Limits;

    fn unpack(data: &[u8], length: usize) -> (Vec<u8>, Result<(), Reason>) {
        let (mut out, mut budget) = (Vec::new(), Budget::new(&Limits::default()));
        let result = Unpacker::default().unpack(data, false, length as u64, &mut budget, &mut out);
        (out, result)
    }

    /// A block of PPMd: order 6, one megabyte; an escape and a two end it.
    fn ppm(text: &[u8]) -> Vec<u8> {
        let mut encoder = ppmd_rust::Ppmd7aEncoder::new(Vec::new(), 6, 1 << 20).unwrap();
        encoder.write_all(text).unwrap();
        encoder.write_all(&[2, 2]).unwrap();
        [&[0x80 | 0x20 | 5, 0][..], &encoder.finish(false).unwrap()].concat()
    }

    #[test]
    fn a_block_of_ppmd_is_read() {
        let text = b"Card 4111 1111 1111 1111, and Card 4111 1111 1111 1111 again";
        // Escape and four: a match of 32 bytes at distance 32; escape and one: the escape itself.
        let packed = ppm(&[&text[..], &[2, 4, 0, 0, 30, 0, 2, 1]].concat());
        let expected = [&text[..], &text[text.len() - 32..], &[2]].concat();
        assert_eq!(unpack(&packed, expected.len()), (expected, Ok(())));
    }

    #[test]
    fn classes_of_distances_follow_each_other() {
        for slot in 0..DISTANCES - 1 {
            let ((base, bits), (next, _)) = (distance_class(slot), distance_class(slot + 1));
            assert_eq!(base + (1 << bits), next, "{slot}");
        }
    }

    #[test]
    fn noise_is_damage_and_never_more() {
        let good = ppm(b"Card 4111 1111 1111 1111, and Card 4111 1111 1111 1111 again");
        let mut state = 5u32;
        for round in 0..600usize {
            let mut bytes = good.clone();
            for _ in 0..1 + round % 5 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = (state >> 4) as u8;
            }
            // No more than a few megabytes of model.
            if let Some(megabytes) = bytes.get_mut(1) {
                *megabytes &= 3;
            }
            let read = std::panic::catch_unwind(|| unpack(&bytes, 1000).0.len());
            assert!(read.is_err() || read.is_ok_and(|length| length <= 1000));
        }
    }
}
