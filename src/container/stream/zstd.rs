//! Zstandard (RFC 8878): frames, and frames to be skipped that hold data of the user.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "output only grows, and a block has a length of 21 bits behind a place that was read"
)]

use std::cell::Cell;

use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::End;
use crate::blob::{Budget, Reason};
use crate::container::codec;

/// Reads one frame. The content of frames to be skipped goes to the output too: nobody else would look at it.
pub fn read(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Option<End> {
    if let Some(end) = skippable(bytes, budget, out) {
        return Some(end);
    }
    if !bytes.starts_with(b"\x28\xB5\x2F\xFD") {
        return None;
    }
    let before = out.len();
    let (end, blocks) = frame(bytes, budget, out);
    if end.result != Err(Reason::Corrupt) {
        return Some(end);
    }
    // The decoder keeps back what later blocks may refer to: the blocks in front of the fault are a frame too.
    if let Some(whole) = first_blocks(bytes, blocks) {
        let mut again = Vec::new();
        frame(&whole, budget, &mut again);
        if again.len() > out.len() - before {
            out.truncate(before);
            out.append(&mut again);
        }
    }
    Some(end)
}

/// Appends the content of a frame to be skipped.
pub fn skippable(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Option<End> {
    let (head, rest) = bytes.split_at_checked(8)?;
    let [0x50..=0x5F, 0x2A, 0x4D, 0x18, size @ ..] = head else { return None };
    let size = usize::try_from(u32::from_le_bytes(size.try_into().ok()?)).ok()?;
    let held = rest.get(..size).unwrap_or(rest);
    let result = budget.unpack(held.len() as u64);
    out.extend_from_slice(held);
    let result = if held.len() < size { result.and(Err(Reason::Corrupt)) } else { result };
    Some(End::new(8 + held.len(), result))
}

/// Reads one frame and tells how many blocks of it were good.
fn frame(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> (End, usize) {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(codec::MEMORY_BYTES_MAX);
    let taken = Cell::new(0);
    let mut reader = match StreamingDecoder::new_with_decoder(codec::Input::new(bytes, &taken), decoder) {
        Ok(reader) => reader,
        Err(error) => return (End::new(0, Err(codec::reason(&codec::fault(codec::zstd_fault(&error))))), 0),
    };
    let result = codec::read_counted(&mut reader, &taken, budget, out);
    let consumed = taken.get();
    let decoder = reader.into_frame_decoder();
    if result.is_ok()
        && let Some(told) = decoder.get_checksum_from_data()
        && decoder.get_calculated_checksum() != Some(told)
    {
        return (End::wrong(consumed), decoder.blocks_decoded());
    }
    (End::new(consumed, result), decoder.blocks_decoded())
}

/// A frame of the first `blocks` blocks of another.
fn first_blocks(bytes: &[u8], blocks: usize) -> Option<Vec<u8>> {
    let descriptor = *bytes.get(4)?;
    let single = descriptor >> 5 & 1;
    let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3))?;
    let size = [usize::from(single), 2, 4, 8].get(usize::from(descriptor >> 6)).copied()?;
    let mut at = 5 + usize::from(1 - single) + dictionary + size;
    for _ in 0..blocks {
        let [a, b, c] = *bytes.get(at..at + 3)? else { return None };
        let header = u32::from_le_bytes([a, b, c, 0]);
        // A block of one byte repeated (type 1) takes up that byte.
        let length = if header >> 1 & 3 == 1 { 1 } else { usize::try_from(header >> 3).ok()? };
        at += 3 + length;
    }
    let mut frame = bytes.get(..at)?.to_vec();
    // An empty last block, and room for a checksum.
    frame.extend([1, 0, 0, 0, 0, 0, 0]);
    Some(frame)
}
