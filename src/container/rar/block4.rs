//! Blocks of RAR 1.5 to 4: checksum, kind, flags, size, fields; then data.

use super::keys::Keys;
use super::name::decode;
use super::{Listing, MAGIC4, Member, Method, range};
use crate::blob::le::{u16_at, u32_at};
use crate::blob::{Budget, Reason};
use crate::container::crypto::{OldRarKey, crc32};

const MAIN: u8 = 0x73;
const FILE: u8 = 0x74;
const SERVICE: u8 = 0x7A;
const END: u8 = 0x7B;

/// Salt in front of an encrypted block, and behind the name of an encrypted member.
const SALT_BYTES: usize = 8;

/// Walks over the blocks, which may be encrypted.
pub fn list(bytes: &[u8], keys: &mut Keys, budget: &Budget) -> Listing {
    let mut listing = Listing { end: MAGIC4.len(), ..Listing::default() };
    let result = walk(bytes, keys, budget, &mut listing);
    listing.fault = result.err();
    listing
}

#[allow(clippy::arithmetic_side_effects, reason = "blocks that are there, of sixteen bits each")]
fn walk(bytes: &[u8], keys: &mut Keys, budget: &Budget, listing: &mut Listing) -> Result<(), Reason> {
    let (mut sealed, mut password) = (false, None);
    while let Some(rest) = bytes.get(listing.end..).filter(|rest| !rest.is_empty()) {
        budget.time()?;
        let plain;
        let (block, length) = if sealed {
            let (salt, rest) = rest.split_at_checked(SALT_BYTES).ok_or(Reason::Corrupt)?;
            plain = match password {
                Some(index) => decrypted(&keys.old(salt, index, budget)?, rest).ok_or(Reason::Corrupt)?,
                // The first block with a right checksum tells which password is right.
                None => {
                    let mut found = None;
                    for index in 0..keys.count() {
                        found = decrypted(&keys.old(salt, index, budget)?, rest).filter(|block| is_checked(block));
                        if found.is_some() {
                            (password, listing.password) = (Some(index), Some(index));
                            break;
                        }
                    }
                    found.ok_or(Reason::PasswordProtected)?
                }
            };
            let size = u16_at(&plain, 5).map_or(0, usize::from);
            (plain.get(..size).ok_or(Reason::Corrupt)?, SALT_BYTES + plain.len())
        } else {
            let size = u16_at(rest, 5).map_or(0, usize::from);
            (rest.get(..size).filter(|_| size >= 7).ok_or(Reason::Corrupt)?, size)
        };
        let (kind, flags) = (block.get(2).copied().unwrap_or(0), u16_at(block, 3).unwrap_or(0));
        let start = listing.end + length;
        let mut data_bytes = if flags & 0x8000 != 0 { u32_at(block, 7).map_or(0, u64::from) } else { 0 };
        match kind {
            // Flag of encrypted headers: all that follows.
            MAIN => sealed = flags & 0x80 != 0,
            FILE | SERVICE => {
                let (member, packed) = member(bytes, block, kind, flags, start).ok_or(Reason::Corrupt)?;
                data_bytes = packed;
                listing.members.push(member);
            }
            END => {
                listing.end = start;
                listing.ended = true;
                break;
            }
            // Comments, authenticity, protection of old versions.
            0x72..=0x79 => {}
            _ => return Err(Reason::Corrupt),
        }
        let next = start.saturating_add(usize::try_from(data_bytes).unwrap_or(usize::MAX));
        listing.end = next.min(bytes.len());
    }
    Ok(())
}

/// An encrypted block, filled up: its length is in its first sixteen bytes.
fn decrypted(key: &OldRarKey, sealed: &[u8]) -> Option<Vec<u8>> {
    let size = u16_at(&key.decrypt(sealed.get(..16)?), 5).map(usize::from)?;
    Some(key.decrypt(sealed.get(..size.next_multiple_of(16))?)).filter(|_| size >= 7)
}

/// Whether a block has the right checksum.
fn is_checked(block: &[u8]) -> bool {
    let size = u16_at(block, 5).map_or(0, usize::from);
    let body = block.get(2..size).unwrap_or_default();
    !body.is_empty() && u16_at(block, 0) == Some(crc32(body) as u16)
}

/// Whether the block behind the signature has the right checksum.
pub fn is_right(bytes: &[u8]) -> bool {
    let Some(block) = bytes.get(MAGIC4.len()..) else { return false };
    block.get(2) == Some(&MAIN) && is_checked(block)
}

#[allow(clippy::arithmetic_side_effects, reason = "a name of sixteen bits behind a header of at most forty bytes")]
fn member(bytes: &[u8], block: &[u8], kind: u8, flags: u16, start: usize) -> Option<(Member, u64)> {
    const LARGE: u16 = 0x100;
    const SPLIT: u16 = 3;
    const ENCRYPTED: u16 = 4;
    const SOLID: u16 = 0x10;
    const SALTED: u16 = 0x400;
    let (mut packed, mut unpacked) = (u64::from(u32_at(block, 7)?), u64::from(u32_at(block, 11)?));
    let name_bytes = usize::from(u16_at(block, 26)?);
    let mut at = 32;
    if flags & LARGE != 0 {
        packed |= u64::from(u32_at(block, 32)?) << 32;
        unpacked |= u64::from(u32_at(block, 36)?) << 32;
        at += 8;
    }
    // All bits set: packed from a stream, the length was not known.
    if unpacked == u64::from(u32::MAX) || unpacked == u64::MAX >> 1 {
        unpacked = u64::MAX;
    }
    let stored_name = block.get(at..at + name_bytes).or_else(|| block.get(at..))?;
    let salt = block.get(at + name_bytes..).and_then(|rest| rest.get(..SALT_BYTES));
    let folder = flags & 0xE0 == 0xE0 && kind == FILE;
    let member = Member {
        name: decode(stored_name, flags & 0x200 != 0),
        data: range(bytes, start, packed),
        packed_bytes_hint: packed,
        unpacked_bytes_hint: unpacked,
        crc: u32_at(block, 16).filter(|_| kind == FILE && flags & SPLIT == 0),
        folder,
        encrypted: flags & ENCRYPTED != 0,
        seal: None,
        salt: salt.filter(|_| flags & SALTED != 0).map(<[u8]>::to_vec),
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
