//! Encrypted streams (2.2.10, 2.4.117): bodies of records are, their headers are not.
#![allow(clippy::arithmetic_side_effects, reason = "positions of records that are there")]

use super::super::Options;
use super::records::Records;
use crate::container::offcrypto::{Rc4, XorKey};

/// Bytes that RC4 encrypts with one key; the key stream runs on over what stays plain.
const BLOCK_BYTES: usize = 1024;

/// Records that stay plain: starts of substreams, this record itself, and some about sharing and interfaces.
const PLAIN: &[u16] = &[0x09, 0x0209, 0x0409, 0x0809, 0x2F, 0xE1, 0x0138, 0x0194, 0x0195, 0x0196];

/// Where a sheet starts: its first four bytes stay plain.
const BOUND_SHEET: u16 = 0x85;

/// A stream without its encryption.
pub(super) struct Opened {
    /// The stream.
    pub stream: Vec<u8>,
    /// Whether the password is one that all know.
    pub is_default: bool,
}

/// Decrypts a stream; none if no password opens it.
pub(super) fn open(stream: &[u8], file_pass: &[u8], options: &Options) -> Option<Opened> {
    let word = |at: usize| Some(u16::from_le_bytes(*file_pass.get(at..)?.first_chunk()?));
    if file_pass.len() > 4 && word(0)? != 0 {
        let key = Rc4::open(file_pass.get(2..)?, &options.passwords)?;
        let mut opened = stream.to_vec();
        for (block, bytes) in opened.chunks_mut(BLOCK_BYTES).enumerate() {
            key.apply(u32::try_from(block).ok()?, bytes);
        }
        restore(stream, &mut opened);
        return Some(Opened { stream: opened, is_default: key.is_default() });
    }
    // Before version 8 there is nothing but the key.
    let at = if file_pass.len() > 4 { 2 } else { 0 };
    let key = XorKey::open(word(at)?, word(at + 2)?, &options.passwords)?;
    let mut opened = stream.to_vec();
    let mut records = Records::new(stream);
    while let Some(record) = records.next() {
        if PLAIN.contains(&record.id) {
            continue;
        }
        let start = record.at + 4;
        let end = start + record.body.len();
        let skip = plain_head(record.id).min(record.body.len());
        if let Some(bytes) = opened.get_mut(start + skip..end) {
            key.apply(end + skip, bytes);
        }
    }
    Some(Opened { stream: opened, is_default: key.is_default() })
}

/// Bytes at the start of a record's body that stay plain.
const fn plain_head(id: u16) -> usize {
    if id == BOUND_SHEET { 4 } else { 0 }
}

/// Puts back what was never encrypted.
fn restore(stream: &[u8], opened: &mut [u8]) {
    let mut records = Records::new(stream);
    while let Some(record) = records.next() {
        let body = if PLAIN.contains(&record.id) { record.body.len() } else { plain_head(record.id) };
        let range = record.at..record.at + 4 + body.min(record.body.len());
        if let (Some(from), Some(to)) = (stream.get(range.clone()), opened.get_mut(range)) {
            to.copy_from_slice(from);
        }
    }
}
