//! LZ4 (LZ4 Frame Format 1.6.4, LZ4 Block Format): frames, legacy frames and frames to be skipped. The blocks are
//! decoded here: a fault in the middle of one of four megabytes would cost all of it otherwise.
#![allow(clippy::arithmetic_side_effects, reason = "positions in the input and in the output, which only grow")]

use super::{End, zstd};
use crate::blob::{Budget, RATIO_FREE_BYTES, Reason};

/// Reads one frame.
pub fn read(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Option<End> {
    if let Some(end) = zstd::skippable(bytes, budget, out) {
        return Some(end);
    }
    let mut input = Input { bytes, at: 4 };
    let start = out.len();
    let result = match bytes.get(..4)? {
        [0x04, 0x22, 0x4D, 0x18] => frame(&mut input, start, budget, out),
        [0x02, 0x21, 0x4C, 0x18] => legacy(&mut input, budget, out),
        _ => return None,
    };
    Some(End::new(input.at.min(bytes.len()), result))
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..)?.get(..count)?;
        self.at += count;
        Some(taken)
    }

    fn size(&mut self) -> Option<u32> {
        self.take(4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
    }

    /// As much of `count` bytes as there is, and whether it is all.
    fn most(&mut self, count: usize) -> (&'a [u8], bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..count).unwrap_or(rest);
        self.at += taken.len();
        (taken, taken.len() == count)
    }
}

fn frame(input: &mut Input<'_>, start: usize, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
    let [flags, _] = *input.take(2).ok_or(Reason::Corrupt)? else { return Err(Reason::Corrupt) };
    if flags >> 6 != 1 {
        return Err(Reason::UnsupportedType);
    }
    let (independent, checked, sized, summed) = (flags & 0x20 != 0, flags & 0x10 != 0, flags & 8 != 0, flags & 4 != 0);
    let dictionary = flags & 1 != 0;
    input.take(usize::from(sized) * 8 + usize::from(dictionary) * 4 + 1).ok_or(Reason::Corrupt)?;
    loop {
        let size = input.size().ok_or(Reason::Corrupt)?;
        if size == 0 {
            break;
        }
        let (data, whole) = input.most((size & 0x7FFF_FFFF) as usize);
        let from = if independent { out.len() } else { start };
        if size >> 31 == 1 {
            budget.unpack(data.len() as u64)?;
            out.extend_from_slice(data);
        } else {
            match block(data, from, budget, out) {
                Err(Reason::Corrupt) if dictionary => return Err(Reason::UnsupportedType),
                result => result?,
            }
        }
        if !whole || checked && input.take(4).is_none() {
            return Err(Reason::Corrupt);
        }
        budget.time()?;
    }
    if summed { input.take(4).map(|_| ()).ok_or(Reason::Corrupt) } else { Ok(()) }
}

/// Blocks of up to eight megabytes up to the end of the file or the next frame.
fn legacy(input: &mut Input<'_>, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
    /// What a block of eight megabytes can come to when it does not shrink.
    const BLOCK_BYTES_MAX: u32 = (8 << 20) + (8 << 20) / 255 + 16;
    while input.at < input.bytes.len() {
        let before = input.at;
        let size = input.size().ok_or(Reason::Corrupt)?;
        if size > BLOCK_BYTES_MAX {
            // The magic number of another frame, or bytes that are no frame.
            input.at = before;
            break;
        }
        let (data, whole) = input.most(size as usize);
        let from = out.len();
        block(data, from, budget, out)?;
        if !whole {
            return Err(Reason::Corrupt);
        }
        budget.time()?;
    }
    Ok(())
}

/// Decodes a block. Matches may reach back to `from`.
fn block(data: &[u8], from: usize, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
    let mut input = Input { bytes: data, at: 0 };
    let (mut told, before) = (out.len(), out.len());
    while let Some([token]) = input.take(1) {
        let literals = length(token >> 4, &mut input).ok_or(Reason::Corrupt)?;
        let (bytes, whole) = input.most(literals);
        out.extend_from_slice(bytes);
        if !whole {
            return Err(Reason::Corrupt);
        }
        if input.at >= data.len() {
            break;
        }
        let distance = input.take(2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes).ok_or(Reason::Corrupt)?;
        let count = length(token & 15, &mut input).and_then(|length| length.checked_add(4)).ok_or(Reason::Corrupt)?;
        /// What a block may come to (LZ4 Frame Format, block maximum size; eight megabytes in legacy frames).
        const BLOCK_BYTES_MAX: usize = 8 << 20;
        // A length may be as large as its bytes are many: ten megabytes of 0xFF are two gigabytes.
        if count > BLOCK_BYTES_MAX.saturating_sub(out.len().saturating_sub(before)) {
            return Err(Reason::Corrupt);
        }
        copy(usize::from(distance), count, from, out)?;
        /// Bytes between two looks at the budget.
        const STEP_BYTES: usize = 1 << 20;
        if out.len() - told > STEP_BYTES {
            budget.unpack((out.len() - told) as u64)?;
            told = out.len();
            let most = (input.at as u64).saturating_mul(budget.limits().ratio_max).max(RATIO_FREE_BYTES);
            if (out.len() - before) as u64 > most {
                return Err(Reason::RatioExceeded);
            }
        }
    }
    budget.unpack((out.len() - told) as u64)
}

/// A length that goes on in further bytes when its four bits are full.
fn length(bits: u8, input: &mut Input<'_>) -> Option<usize> {
    let mut length = usize::from(bits);
    if bits == 15 {
        loop {
            let [more] = input.take(1)? else { return None };
            length = length.checked_add(usize::from(*more))?;
            if *more != 255 {
                break;
            }
        }
    }
    Some(length)
}

/// Copies `count` bytes from `distance` back, which may be less than `count`.
fn copy(distance: usize, count: usize, from: usize, out: &mut Vec<u8>) -> Result<(), Reason> {
    let start = out.len().checked_sub(distance).filter(|start| distance > 0 && *start >= from);
    let start = start.ok_or(Reason::Corrupt)?;
    let mut left = count;
    while left > 0 {
        let step = left.min(out.len() - start);
        out.extend_from_within(start..start + step);
        left -= step;
    }
    Ok(())
}
