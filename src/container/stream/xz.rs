//! XZ (The .xz File Format 1.2.1), LZMA alone (the format of LZMA Utils) and lzip (its manual, "File format").
#![allow(
    clippy::arithmetic_side_effects,
    reason = "bytes consumed of those there are, and headers; a sixteenth is taken off at most seven times"
)]

use std::cell::Cell;

use lzma_rust2::XzReader;

use super::End;
use crate::blob::{Budget, Reason};
use crate::container::{codec, crypto};

/// Reads one XZ stream.
pub fn read(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Option<End> {
    if !bytes.starts_with(b"\xFD7zXZ\0") {
        return None;
    }
    let consumed = Cell::new(0);
    let input = codec::Input::new(bytes, &consumed);
    let mut decoder = XzReader::new_mem_limit(input, false, codec::MEMORY_KIB_MAX);
    let result = codec::read_counted(&mut decoder, &consumed, budget, out);
    let rest = bytes.get(consumed.get()..).unwrap_or_default();
    // Padding between streams comes in words of zeros.
    let padding = rest.chunks_exact(4).take_while(|word| **word == [0; 4]).count() * 4;
    Some(End::new(bytes.len() - rest.len() + padding, result))
}

/// Bytes of the header of LZMA alone: properties, dictionary, length.
const ALONE_BYTES: usize = 13;

/// Reads one stream of LZMA alone.
pub fn read_alone(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Option<End> {
    let length = bytes.get(5..ALONE_BYTES).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)?;
    // Every stream starts with a byte of the range coder that is zero.
    if *bytes.first()? >= 9 * 5 * 5 || bytes.get(ALONE_BYTES) != Some(&0) {
        return None;
    }
    Some(lzma(bytes.get(..5)?, bytes.get(ALONE_BYTES..)?, Some(length).filter(|l| *l != u64::MAX), budget, out))
        .map(|end| End { consumed: end.consumed + ALONE_BYTES, ..end })
}

/// Reads one member of an lzip file.
pub fn read_lzip(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Option<End> {
    const HEADER_BYTES: usize = 6;
    const TRAILER_BYTES: usize = 20;
    if !bytes.starts_with(b"LZIP\x01") {
        return None;
    }
    let coded = *bytes.get(5)?;
    let base = 1u32.checked_shl(u32::from(coded & 31))?;
    let dictionary = base - base / 16 * u32::from(coded >> 5);
    let properties = [&[0x5D][..], &dictionary.to_le_bytes()].concat();
    let before = out.len();
    let end = lzma(&properties, bytes.get(HEADER_BYTES..)?, None, budget, out);
    let trailer = bytes.get(HEADER_BYTES + end.consumed..).and_then(|rest| rest.get(..TRAILER_BYTES));
    let told = trailer.and_then(|b| b.get(..4)?.try_into().ok()).map(u32::from_le_bytes);
    let consumed = HEADER_BYTES + end.consumed + TRAILER_BYTES;
    if end.result.is_ok() && told != Some(crypto::crc32(out.get(before..).unwrap_or_default())) {
        return Some(End::wrong(consumed));
    }
    Some(End { consumed, ..end })
}

fn lzma(properties: &[u8], data: &[u8], length: Option<u64>, budget: &mut Budget, out: &mut Vec<u8>) -> End {
    let before = out.len();
    let taken = Cell::new(0);
    let mut decoder = match codec::lzma(properties, codec::Input::new(data, &taken), length) {
        Ok(decoder) => decoder,
        Err(error) => return End::new(0, Err(codec::reason(&error))),
    };
    let result = codec::read_counted(&mut decoder, &taken, budget, out);
    // The decoder reads ahead.
    let consumed = taken.get().saturating_sub(decoder.into_parts().1.len());
    let short = length.is_some_and(|length| length > (out.len() - before) as u64);
    End::new(consumed, if short { result.and(Err(Reason::Corrupt)) } else { result })
}
