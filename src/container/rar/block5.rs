//! Headers of RAR 5: checksum, then numbers of seven bits a byte.

use super::lz5::Packing;
use super::{Listing, MAGIC5, Member, Method, range};
use crate::blob::{Budget, Reason};
use crate::container::crypto::crc32;

const FILE: u64 = 2;
const SERVICE: u64 = 3;
const ENCRYPTION: u64 = 4;
const END: u64 = 5;

/// Walks over the headers.
pub fn list(bytes: &[u8], budget: &Budget) -> Listing {
    let mut listing = Listing { end: MAGIC5.len(), ..Listing::default() };
    while let Some(rest) = bytes.get(listing.end..).filter(|rest| !rest.is_empty()) {
        if let Err(reason) = budget.time() {
            listing.fault = Some(reason);
            return listing;
        }
        let Some((body, length)) = body(rest) else {
            listing.fault = Some(Reason::Corrupt);
            return listing;
        };
        let start = listing.end + length;
        let mut fields = Fields { rest: body };
        let Some((kind, data_bytes)) = header(&mut fields, bytes, start, &mut listing) else {
            listing.fault = Some(Reason::Corrupt);
            return listing;
        };
        if kind == ENCRYPTION {
            listing.fault = Some(Reason::PasswordProtected);
            return listing;
        }
        let next = start.saturating_add(usize::try_from(data_bytes).unwrap_or(usize::MAX));
        listing.end = next.min(bytes.len());
        if kind == END {
            return listing;
        }
    }
    listing
}

/// Whether the header behind the signature has the right checksum.
pub fn is_right(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.get(MAGIC5.len()..) else { return false };
    let told = rest.get(..4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    body(rest).is_some_and(|(_, length)| rest.get(4..length).map(crc32) == told)
}

/// The fields of the header that `rest` starts with, and its length.
fn body(rest: &[u8]) -> Option<(&[u8], usize)> {
    /// Bytes of a header at most, says the specification.
    const HEADER_BYTES_MAX: u64 = 2 << 20;
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
                unpacked_bytes_hint: if told & 8 != 0 { data_bytes } else { unpacked },
                crc: crc.filter(|_| !split),
                folder: told & 1 != 0,
                encrypted: is_encrypted(extra),
                split,
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

/// Whether one of the further records of a file tells how it is encrypted.
fn is_encrypted(extra: &[u8]) -> bool {
    const ENCRYPTED: u64 = 1;
    let mut fields = Fields { rest: extra };
    while let Some(size) = fields.number() {
        let Some(record) = fields.take(size) else { return false };
        if (Fields { rest: record }).number() == Some(ENCRYPTED) {
            return true;
        }
    }
    false
}
