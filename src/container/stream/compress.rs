//! compress (the .Z files of Unix): LZW with codes of 9 to 16 bits, lowest bit first.
#![allow(clippy::arithmetic_side_effects, reason = "positions in bits, for which there is room, and in the output")]

use super::End;
use crate::blob::{Budget, RATIO_FREE_BYTES, Reason};

const CLEAR: usize = 256;

/// Reads the stream. It has no end but that of the file, and no checksum.
pub fn read(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Option<End> {
    let [0x1F, 0x9D, flags, data @ ..] = bytes else { return None };
    let result = match flags & 31 {
        bits @ 9..=16 => decode(data, u32::from(bits), flags & 0x80 != 0, budget, out),
        _ => Err(Reason::Corrupt),
    };
    Some(End::new(bytes.len(), result))
}

fn decode(data: &[u8], bits_max: u32, blocks: bool, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
    /// Codes between two looks at the budget.
    const STEP: usize = 4096;
    // Positions are counted in bits, and aligned.
    if data.len() > usize::MAX / 16 {
        return Err(Reason::Memory);
    }
    let first_free = if blocks { CLEAR + 1 } else { CLEAR };
    // Of each code: the one it continues, and where in the output it stood last, so that it can be copied from there.
    let mut entries: Vec<(usize, usize)> = vec![(0, 0); first_free];
    let (mut bits, mut at, mut group) = (9u32, 0usize, 0usize);
    let mut previous: Option<(usize, usize)> = None;
    let (before, mut told) = (out.len(), out.len());
    let mut codes = 0usize;
    while let Some(code) = take(data, at, bits) {
        at += bits as usize;
        codes += 1;
        if codes.is_multiple_of(STEP) {
            budget.time()?;
            budget.unpack((out.len() - told) as u64)?;
            told = out.len();
            let most = ((at / 8) as u64).saturating_mul(budget.limits().ratio_max).max(RATIO_FREE_BYTES);
            if (out.len() - before) as u64 > most {
                return Err(Reason::RatioExceeded);
            }
        }
        if code == CLEAR && blocks {
            entries.truncate(first_free);
            (at, bits, previous) = (align(at, group, bits), 9, None);
            group = at;
            continue;
        }
        let start = out.len();
        if code < CLEAR {
            out.push(code as u8);
        } else if let Some((from, length)) = entries.get(code).copied().filter(|_| code >= first_free) {
            out.extend_from_within(from..from + length);
        } else if let Some((from, length)) = previous.filter(|_| code == entries.len()) {
            // The code that is being made: the string before, and its own first byte.
            out.extend_from_within(from..from + length);
            out.extend_from_within(from..=from);
        } else {
            budget.unpack((out.len() - told) as u64)?;
            return Err(Reason::Corrupt);
        }
        if let Some((from, length)) = previous
            && entries.len() < 1 << bits_max
        {
            // What stood before, with the first byte of what follows it: they stand one behind the other.
            entries.push((from, length + 1));
        }
        previous = Some((start, out.len() - start));
        if entries.len() >= 1 << bits && bits < bits_max {
            at = align(at, group, bits);
            (bits, group) = (bits + 1, at);
        }
    }
    budget.unpack((out.len() - told) as u64)
}

/// The code of `bits` bits at bit `at`.
fn take(data: &[u8], at: usize, bits: u32) -> Option<usize> {
    let byte = |i: usize| data.get(at / 8 + i).copied().map(u32::from);
    if at + bits as usize > data.len() * 8 {
        return None;
    }
    let word = byte(0)? | byte(1).unwrap_or(0) << 8 | byte(2).unwrap_or(0) << 16;
    usize::try_from(word >> (at % 8) & ((1 << bits) - 1)).ok()
}

/// Codes are written eight at a time: a change of width leaves the rest of the eight unused.
fn align(at: usize, group: usize, bits: u32) -> usize {
    group + (at - group).next_multiple_of(bits as usize * 8)
}
