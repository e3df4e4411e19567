//! What RAR 5 packs with: LZ77 with four Huffman codes a block, and filters over the output. The facts are those of the
//! readers of libarchive (BSD) and of the description of the format; the window is the output itself.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "classes and the few bits behind them; a window that only grows in a member; positions in bits saturate"
)]

use super::bits::{Bits, Huffman};
use crate::blob::{Budget, RATIO_FREE_BYTES, Reason};

const LITERALS: usize = 306;
const LOW_DISTANCES: usize = 16;
const REPEATS: usize = 44;

/// The state that goes from one member of a solid archive to the next.
#[derive(Default)]
pub struct Unpacker {
    /// What was unpacked, before filters; the part of it that matches may still refer to.
    window: Vec<u8>,
    codes: Option<Codes>,
    distances: [usize; 4],
    last_length: usize,
}

struct Codes {
    literals: Huffman,
    distances: Huffman,
    low_distances: Huffman,
    repeats: Huffman,
}

/// A stretch of the output that was changed before it was packed.
struct Filter {
    start: usize,
    length: usize,
    kind: u32,
    channels: usize,
}

/// How a member is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packing {
    /// It goes on with the window of the member before.
    pub solid: bool,
    /// Bytes of the window.
    pub window_bytes: u64,
    /// Distances have more classes: RAR 7.
    pub long_distances: bool,
}

impl Unpacker {
    /// Appends what `data` unpacks to, no more than `length` bytes. What was unpacked in front of a fault is kept.
    pub fn unpack(
        &mut self,
        data: &[u8],
        packing: Packing,
        length: u64,
        budget: &mut Budget,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        /// What a window and the member behind it may take.
        const WINDOW_BYTES_MAX: u64 = crate::container::codec::MEMORY_BYTES_MAX;
        if !packing.solid {
            *self = Self::default();
        }
        let keep = usize::try_from(packing.window_bytes.min(WINDOW_BYTES_MAX)).unwrap_or(usize::MAX);
        if self.window.len() > keep {
            self.window.drain(..self.window.len() - keep);
        }
        let start = self.window.len();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let mut filters = Vec::new();
        let mut result = self.blocks(data, packing, start, length, &mut filters, budget);
        let mut made = self.window.split_off(start);
        made.truncate(length);
        // A length that is not told is the largest there is.
        if result.is_ok() && made.len() < length && length != usize::MAX {
            result = Err(Reason::Corrupt);
        }
        let recent = made.get(made.len().saturating_sub(keep)..).unwrap_or_default();
        self.window.extend_from_slice(recent);
        let before = out.len();
        if out.is_empty() {
            *out = made;
        } else {
            out.append(&mut made);
        }
        for filter in filters {
            let end = filter.start.saturating_add(filter.length);
            if let Some(stretch) = out.get_mut(before..).and_then(|out| out.get_mut(filter.start..end)) {
                filter.undo(stretch);
            }
        }
        result
    }

    fn blocks(
        &mut self,
        data: &[u8],
        packing: Packing,
        start: usize,
        length: usize,
        filters: &mut Vec<Filter>,
        budget: &mut Budget,
    ) -> Result<(), Reason> {
        let mut bits = Bits::new(data);
        let mut told = start;
        loop {
            bits.align();
            budget.time()?;
            budget.unpack((self.window.len() - told) as u64)?;
            told = self.window.len();
            let flags = bits.take(8);
            let check = bits.take(8);
            let count = (flags >> 3 & 3) + 1;
            if count == 4 {
                return Err(Reason::Corrupt);
            }
            let size = (0..count).fold(0, |size, i| size | bits.take(8) << (8 * i));
            if check != (0x5A ^ flags ^ size ^ size >> 8 ^ size >> 16) & 0xFF || bits.overrun() {
                return Err(Reason::Corrupt);
            }
            let begin = bits.position() / 8;
            let last_bits = (flags & 7) as usize + 1;
            // The last byte of a block is not always full.
            let end = (begin + size as usize - 1).saturating_mul(8).saturating_add(last_bits);
            if flags & 0x80 != 0 {
                self.codes = Some(Codes::read(&mut bits, packing.long_distances).ok_or(Reason::Corrupt)?);
            }
            let codes = self.codes.take().ok_or(Reason::Corrupt)?;
            while bits.position() < end && self.window.len() - start < length {
                self.step(&codes, &mut bits, start, length, filters)?;
                if bits.overrun() {
                    return Err(Reason::Corrupt);
                }
                if self.window.len() - told > STEP_BYTES {
                    budget.unpack((self.window.len() - told) as u64)?;
                    budget.time()?;
                    told = self.window.len();
                    let most = ((bits.position() / 8) as u64).saturating_mul(budget.limits().ratio_max);
                    if (told - start) as u64 > most.max(RATIO_FREE_BYTES) {
                        return Err(Reason::RatioExceeded);
                    }
                }
            }
            self.codes = Some(codes);
            if flags & 0x40 != 0 || self.window.len() - start >= length {
                return budget.unpack((self.window.len() - told) as u64);
            }
            bits.seek((begin + size as usize).saturating_mul(8));
        }
    }

    /// One literal, match or filter.
    fn step(
        &mut self,
        codes: &Codes,
        bits: &mut Bits<'_>,
        start: usize,
        most: usize,
        filters: &mut Vec<Filter>,
    ) -> Result<(), Reason> {
        let symbol = codes.literals.read(bits).ok_or(Reason::Corrupt)?;
        let [first, second, third, fourth] = self.distances;
        let (distance, length) = match symbol {
            0..=255 => {
                self.window.push(symbol as u8);
                return Ok(());
            }
            256 => return filter(bits, self.window.len() - start, filters),
            257 if self.last_length == 0 => return Ok(()),
            257 => (first, self.last_length),
            258..=261 => {
                let (distance, shifted) = match symbol {
                    258 => (first, self.distances),
                    259 => (second, [second, first, third, fourth]),
                    260 => (third, [third, first, second, fourth]),
                    _ => (fourth, [fourth, first, second, third]),
                };
                self.distances = shifted;
                let slot = codes.repeats.read(bits).ok_or(Reason::Corrupt)?;
                (distance, length_of(slot, bits))
            }
            _ => {
                let mut length = length_of(symbol - 262, bits);
                let distance = codes.distance(bits).ok_or(Reason::Corrupt)?;
                length += usize::from(distance > 0x100) + usize::from(distance > 0x2000);
                length += usize::from(distance > 0x4_0000);
                self.distances = [distance, first, second, third];
                (distance, length)
            }
        };
        self.last_length = length;
        let made = self.window.len() - start;
        copy(&mut self.window, distance, length.min(most.saturating_sub(made)))
    }
}

/// Bytes of output between two looks at the budget.
const STEP_BYTES: usize = 1 << 20;

/// Repeats `length` bytes from `distance` back.
pub fn copy(window: &mut Vec<u8>, distance: usize, length: usize) -> Result<(), Reason> {
    let from = window.len().checked_sub(distance).filter(|_| distance > 0).ok_or(Reason::Corrupt)?;
    let mut left = length;
    while left > 0 {
        let step = left.min(window.len() - from);
        window.extend_from_within(from..from + step);
        left -= step;
    }
    Ok(())
}

/// The length that a class of lengths and the bits behind it tell.
fn length_of(slot: usize, bits: &mut Bits<'_>) -> usize {
    if slot < 8 {
        return slot + 2;
    }
    let more = (slot / 4 - 1) as u32;
    2 + ((4 | slot & 3) << more) + bits.take(more) as usize
}

/// Reads where a filter is to be undone.
fn filter(bits: &mut Bits<'_>, made: usize, filters: &mut Vec<Filter>) -> Result<(), Reason> {
    /// Bytes that a filter works on at most.
    const LENGTH_MAX: usize = 4 << 20;
    /// Filters of one member: those of a file of 64 GiB in stretches of a megabyte.
    const COUNT_MAX: usize = 1 << 16;
    let number = |bits: &mut Bits<'_>| {
        let count = bits.take(2) + 1;
        (0..count).fold(0, |value, i| value | bits.take(8) << (8 * i)) as usize
    };
    let (start, length) = (made.saturating_add(number(bits)), number(bits));
    let kind = bits.take(3);
    let channels = if kind == 0 { bits.take(5) as usize + 1 } else { 0 };
    // Filters do not overlap; that they cannot keeps the work linear.
    let free = filters.last().is_none_or(|last| start >= last.start.saturating_add(last.length));
    if length > LENGTH_MAX || filters.len() >= COUNT_MAX || !free {
        return Err(Reason::Corrupt);
    }
    filters.push(Filter { start, length, kind, channels });
    Ok(())
}

impl Codes {
    fn read(bits: &mut Bits<'_>, long_distances: bool) -> Option<Self> {
        let distances = if long_distances { 80 } else { 64 };
        let level = Huffman::of_levels(bits)?;
        let count = LITERALS + distances + LOW_DISTANCES + REPEATS;
        let mut lengths: Vec<u8> = Vec::with_capacity(count);
        while lengths.len() < count {
            let symbol = level.read(bits)?;
            if bits.overrun() {
                return None;
            }
            let (value, repeat) = match symbol {
                0..=15 => (symbol as u8, 1),
                16 => (*lengths.last()?, bits.take(3) + 3),
                17 => (*lengths.last()?, bits.take(7) + 11),
                18 => (0, bits.take(3) + 3),
                _ => (0, bits.take(7) + 11),
            };
            lengths.extend(std::iter::repeat_n(value, repeat as usize));
        }
        lengths.truncate(count);
        let (literals, rest) = lengths.split_at_checked(LITERALS)?;
        let (distances, rest) = rest.split_at_checked(distances)?;
        let (low_distances, repeats) = rest.split_at_checked(LOW_DISTANCES)?;
        Some(Self {
            literals: Huffman::new(literals),
            distances: Huffman::new(distances),
            low_distances: Huffman::new(low_distances),
            repeats: Huffman::new(repeats),
        })
    }

    fn distance(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let slot = self.distances.read(bits)?;
        if slot < 4 {
            return Some(slot + 1);
        }
        let more = (slot / 2 - 1) as u32;
        let mut distance = 1 + ((2 | slot as u64 & 1) << more);
        if more < 4 {
            distance += u64::from(bits.take(more));
        } else {
            // The lowest four bits have a code of their own.
            let high = more - 4;
            let upper = if high > 32 { u64::from(bits.take(high - 32)) } else { 0 };
            let lower = u64::from(bits.take(high.min(32)));
            distance += (upper << 32 | lower) << 4;
            distance += self.low_distances.read(bits)? as u64;
        }
        usize::try_from(distance).ok()
    }
}

impl Filter {
    fn undo(&self, data: &mut [u8]) {
        match self.kind {
            0 => self.add_up(data),
            1 | 2 => calls(data, self.start, self.kind == 2),
            3 => branches(data, self.start),
            _ => {}
        }
    }

    /// Differences between bytes, channel after channel.
    fn add_up(&self, data: &mut [u8]) {
        let packed = data.to_vec();
        let mut packed = packed.iter();
        for channel in 0..self.channels {
            let mut last = 0u8;
            for byte in data.iter_mut().skip(channel).step_by(self.channels.max(1)) {
                last = last.wrapping_sub(packed.next().copied().unwrap_or(0));
                *byte = last;
            }
        }
    }
}

/// Addresses of calls (and jumps) of x86 that were made absolute.
pub fn calls(data: &mut [u8], start: usize, jumps: bool) {
    const FILE_BYTES: u32 = 1 << 24;
    let mut at = 0;
    while at + 4 < data.len() {
        let code = data.get(at).copied().unwrap_or(0);
        at += 1;
        if code != 0xE8 && !(jumps && code == 0xE9) {
            continue;
        }
        let offset = (at.wrapping_add(start) as u32) % FILE_BYTES;
        if let Some(field) = data.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<4>()) {
            let address = u32::from_le_bytes(*field);
            if address >> 31 != 0 {
                if address.wrapping_add(offset) >> 31 == 0 {
                    *field = address.wrapping_add(FILE_BYTES).to_le_bytes();
                }
            } else if address.wrapping_sub(FILE_BYTES) >> 31 != 0 {
                *field = address.wrapping_sub(offset).to_le_bytes();
            }
        }
        at += 4;
    }
}

/// Addresses of branches of ARM that were made absolute.
fn branches(data: &mut [u8], start: usize) {
    for (index, field) in data.chunks_exact_mut(4).enumerate() {
        if let [a, b, c, 0xEB] = field {
            let offset = u32::from_le_bytes([*a, *b, *c, 0]).wrapping_sub(start.wrapping_add(index * 4) as u32 / 4);
            let [low, middle, high, _] = offset.to_le_bytes();
            (*a, *b, *c) = (low, middle, high);
        }
    }
}
