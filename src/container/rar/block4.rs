//! Blocks of RAR 1.5 to 4: checksum, kind, flags, size, fields; then data.

use super::name::decode;
use super::{Listing, MAGIC4, Member, Method, range};
use crate::blob::{Budget, Reason};
use crate::container::crypto::crc32;

const MAIN: u8 = 0x73;
const FILE: u8 = 0x74;
const SERVICE: u8 = 0x7A;
const END: u8 = 0x7B;

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// Walks over the blocks.
pub fn list(bytes: &[u8], budget: &Budget) -> Listing {
    let mut listing = Listing { end: MAGIC4.len(), ..Listing::default() };
    while let Some(rest) = bytes.get(listing.end..).filter(|rest| !rest.is_empty()) {
        if let Err(reason) = budget.time() {
            listing.fault = Some(reason);
            return listing;
        }
        let size = word(rest, 5).map_or(0, usize::from);
        let Some(block) = rest.get(..size).filter(|_| size >= 7) else {
            listing.fault = Some(Reason::Corrupt);
            return listing;
        };
        let (kind, flags) = (block.get(2).copied().unwrap_or(0), word(block, 3).unwrap_or(0));
        let start = listing.end + size;
        let mut data_bytes = if flags & 0x8000 != 0 { long(block, 7).map_or(0, u64::from) } else { 0 };
        match kind {
            MAIN => {
                // Flag of encrypted headers: nothing can be told of what follows.
                if flags & 0x80 != 0 {
                    listing.fault = Some(Reason::PasswordProtected);
                    return listing;
                }
            }
            FILE | SERVICE => {
                let Some((member, packed)) = member(bytes, block, kind, flags, start) else {
                    listing.fault = Some(Reason::Corrupt);
                    return listing;
                };
                data_bytes = packed;
                listing.members.push(member);
            }
            END => {
                listing.end = start;
                return listing;
            }
            // Comments, authenticity, protection of old versions.
            0x72..=0x79 => {}
            _ => {
                listing.fault = Some(Reason::Corrupt);
                return listing;
            }
        }
        let next = start.saturating_add(usize::try_from(data_bytes).unwrap_or(usize::MAX));
        listing.end = next.min(bytes.len());
    }
    listing
}

/// Whether the block behind the signature has the right checksum.
pub fn is_right(bytes: &[u8]) -> bool {
    let Some(block) = bytes.get(MAGIC4.len()..) else { return false };
    let size = word(block, 5).map_or(0, usize::from);
    let body = block.get(2..size).unwrap_or_default();
    block.get(2) == Some(&MAIN) && word(block, 0) == Some(crc32(body) as u16)
}

fn member(bytes: &[u8], block: &[u8], kind: u8, flags: u16, start: usize) -> Option<(Member, u64)> {
    const LARGE: u16 = 0x100;
    const SPLIT: u16 = 3;
    const ENCRYPTED: u16 = 4;
    const SOLID: u16 = 0x10;
    let (mut packed, mut unpacked) = (u64::from(long(block, 7)?), u64::from(long(block, 11)?));
    let name_bytes = usize::from(word(block, 26)?);
    let mut at = 32;
    if flags & LARGE != 0 {
        packed |= u64::from(long(block, 32)?) << 32;
        unpacked |= u64::from(long(block, 36)?) << 32;
        at += 8;
    }
    // All bits set: packed from a stream, the length was not known.
    if unpacked == u64::from(u32::MAX) || unpacked == u64::MAX >> 1 {
        unpacked = u64::MAX;
    }
    let stored_name = block.get(at..at + name_bytes).or_else(|| block.get(at..))?;
    let folder = flags & 0xE0 == 0xE0 && kind == FILE;
    let member = Member {
        name: decode(stored_name, flags & 0x200 != 0),
        data: range(bytes, start, packed),
        packed_bytes_hint: packed,
        unpacked_bytes_hint: unpacked,
        crc: long(block, 16).filter(|_| kind == FILE && flags & SPLIT == 0),
        folder,
        encrypted: flags & ENCRYPTED != 0,
        seal: None,
        split: flags & SPLIT != 0,
        continued: flags & 1 != 0,
        method: match (block.get(25), block.get(24)) {
            (Some(0x30), _) => Method::Stored,
            // The version that is needed to unpack it: 29 and 36 are those of RAR 3 and 4.
            (_, Some(29 | 36)) => Method::Three { solid: flags & SOLID != 0 },
            _ => Method::Unknown,
        },
        service: kind == SERVICE,
    };
    Some((member, packed))
}
