//! Headers of RAR 5: checksum, then numbers of seven bits a byte.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "headers that are there, of at most some megabytes; a window is a power of at most 31 of two times 128 KiB"
)]

use super::keys::Keys;
use super::lz5::Packing;
use super::{Listing, MAGIC5, Member, Method, range};
use crate::blob::{Budget, Reason};
use crate::container::crypto::{RarAes, crc32};

const FILE: u64 = 2;
const SERVICE: u64 = 3;
const ENCRYPTION: u64 = 4;
const END: u64 = 5;

/// Walks over the headers, which may be encrypted.
pub fn list(bytes: &[u8], keys: &mut Keys, budget: &Budget) -> Listing {
    let mut listing = Listing { end: MAGIC5.len(), ..Listing::default() };
    let result = walk(bytes, keys, budget, &mut listing);
    listing.fault = result.err();
    listing
}

fn walk(bytes: &[u8], keys: &mut Keys, budget: &Budget, listing: &mut Listing) -> Result<(), Reason> {
    let mut key = None;
    while let Some(rest) = bytes.get(listing.end..).filter(|rest| !rest.is_empty()) {
        budget.time()?;
        let plain;
        let (body, length) = match &key {
            None => body(rest),
            Some(key) => {
                let (vector, sealed) = rest.split_first_chunk::<16>().ok_or(Reason::Corrupt)?;
                plain = decrypted(vector, key, sealed).ok_or(Reason::Corrupt)?;
                body(&plain).map(|(body, _)| (body, vector.len() + plain.len()))
            }
        }
        .ok_or(Reason::Corrupt)?;
        let start = listing.end + length;
        let mut fields = Fields { rest: body };
        let (kind, data_bytes) = header(&mut fields, bytes, start, listing).ok_or(Reason::Corrupt)?;
        if kind == ENCRYPTION {
            let told = seal(&mut fields, false).ok_or(Reason::Corrupt)?;
            key = Some(keys.find(&told, budget)?.ok_or(Reason::PasswordProtected)?);
        }
        let next = start.saturating_add(usize::try_from(data_bytes).unwrap_or(usize::MAX));
        listing.end = next.min(bytes.len());
        if kind == END {
            listing.ended = true;
            break;
        }
    }
    Ok(())
}

/// An encrypted header: its length is in its first block.
fn decrypted(vector: &[u8; 16], key: &[u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
    let first = RarAes::decrypt(vector, key, sealed.get(..16)?);
    let mut fields = Fields { rest: first.get(4..)? };
    let size = fields.number().filter(|size| *size <= HEADER_BYTES_MAX)?;
    let length = first.len() - fields.rest.len() + usize::try_from(size).ok()?;
    Some(RarAes::decrypt(vector, key, sealed.get(..length.next_multiple_of(16))?))
}

/// How something is encrypted: a header of its own for headers, a record of a file for its data.
fn seal(fields: &mut Fields<'_>, file: bool) -> Option<RarAes> {
    const CHECKED: u64 = 1;
    const TWEAKED: u64 = 2;
    let (version, flags) = (fields.number()?, fields.number()?);
    let [power] = *fields.take(1)? else { return None };
    let salt = fields.take(16)?.try_into().ok()?;
    let vector = if file { fields.take(16)?.try_into().ok()? } else { [0; 16] };
    let check = if flags & CHECKED != 0 { fields.take(8)?.try_into().ok() } else { None };
    (version == 0).then_some(RarAes { power, salt, vector, check, tweaked: flags & TWEAKED != 0 })
}

/// Bytes of a header at most, says the specification.
const HEADER_BYTES_MAX: u64 = 2 << 20;

/// Whether the header behind the signature has the right checksum.
pub fn is_right(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.get(MAGIC5.len()..) else { return false };
    let told = rest.get(..4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    body(rest).is_some_and(|(_, length)| rest.get(4..length).map(crc32) == told)
}

/// The fields of the header that `rest` starts with, and its length.
fn body(rest: &[u8]) -> Option<(&[u8], usize)> {
    let mut fields = Fields { rest: rest.get(4..)? };
    let size = fields.number().filter(|size| *size <= HEADER_BYTES_MAX)?;
    let start = rest.len() - fields.rest.len();
    let body = fields.take(size)?;
    Some((body, start + body.len()))
}

struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let [byte] = self.take(1)? else { return None };
            value |= u64::from(byte & 0x7F).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn long(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}

/// Reads one header into the listing; gives its kind and the length of its data.
fn header(fields: &mut Fields<'_>, bytes: &[u8], start: usize, listing: &mut Listing) -> Option<(u64, u64)> {
    let (kind, flags) = (fields.number()?, fields.number()?);
    let extra_bytes = if flags & 1 != 0 { fields.number()? } else { 0 };
    let data_bytes = if flags & 2 != 0 { fields.number()? } else { 0 };
    match kind {
        FILE | SERVICE => {
            let told = fields.number()?;
            let unpacked = fields.number()?;
            fields.number()?;
            if told & 2 != 0 {
                fields.long()?;
            }
            let crc = if told & 4 != 0 { Some(fields.long()?) } else { None };
            let packing = fields.number()?;
            fields.number()?;
            let name_bytes = fields.number()?;
            let name = String::from_utf8_lossy(fields.take(name_bytes)?).into_owned();
            let extra = fields.take(extra_bytes).unwrap_or(fields.rest);
            let split = flags & 0x18 != 0;
            listing.members.push(Member {
                name,
                data: range(bytes, start, data_bytes),
                packed_bytes_hint: data_bytes,
                unpacked_bytes_hint: if told & 8 != 0 { u64::MAX } else { unpacked },
                crc: crc
                    .filter(|_| !split && encryption(extra).is_none_or(|seal| seal.is_none_or(|seal| !seal.tweaked))),
                folder: told & 1 != 0,
                encrypted: encryption(extra).is_some(),
                seal: encryption(extra).flatten(),
                salt: None,
                split,
                continued: flags & 8 != 0,
                method: if packing >> 7 & 7 == 0 { Method::Stored } else { method(packing) },
                service: kind == SERVICE,
            });
        }
        _ => {}
    }
    Some((kind, data_bytes))
}

/// How a member is packed, by the field that tells it: version, solid, method, window.
fn method(packing: u64) -> Method {
    const WINDOW_BYTES_MIN: u64 = 128 << 10;
    let version = packing & 0x3F;
    if version > 1 {
        return Method::Unknown;
    }
    let (power, part) = if version == 0 { (packing >> 10 & 15, 0) } else { (packing >> 10 & 31, packing >> 15 & 31) };
    let window_bytes = WINDOW_BYTES_MIN << power;
    Method::Five(Packing {
        solid: packing & 0x40 != 0,
        window_bytes: window_bytes + window_bytes / 32 * part,
        long_distances: version == 1,
    })
}

/// Which of the further records of a file tells how it is encrypted, and what that says if it can be read.
fn encryption(extra: &[u8]) -> Option<Option<RarAes>> {
    const ENCRYPTED: u64 = 1;
    let mut fields = Fields { rest: extra };
    while let Some(size) = fields.number() {
        let mut record = Fields { rest: fields.take(size)? };
        if record.number() == Some(ENCRYPTED) {
            return Some(seal(&mut record, true));
        }
    }
    None
}
