//! Members by their local headers (APPNOTE 4.3.7), for archives whose directory is missing or keeps silent about some.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions that were found, and lengths of sixteen bits behind them"
)]

use crate::blob::cp437;
use crate::container::crypto::WinZipAes;

/// Signature of a local header.
pub const LOCAL: &[u8] = b"PK\x03\x04";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Bytes of a local header without name and extra field.
const HEADER_BYTES: usize = 30;

/// A local header.
#[derive(Clone, Debug)]
pub struct Local {
    /// Name as stored.
    pub name: String,
    /// General purpose flags.
    pub flags: u16,
    /// Compression method.
    pub method: u16,
    /// Time of the last change in the form of DOS; half of it is the check of ZipCrypto where there is no checksum.
    pub time: u16,
    /// How it is encrypted, if that is by AES.
    pub aes: Option<WinZipAes>,
    /// Checksum, 0 when it is told behind the data.
    pub crc: u32,
    /// Packed size as declared, 0 when it is told behind the data.
    pub packed_bytes_hint: u64,
    /// Unpacked size as declared.
    pub unpacked_bytes_hint: u64,
    /// Where the header starts.
    pub start: usize,
    /// Where the data starts.
    pub data: usize,
}

impl Local {
    /// Whether the bits say that it is encrypted.
    pub fn encrypted(&self) -> bool {
        self.flags & 1 == 1
    }

    /// Whether sizes and checksum are told behind the data.
    pub fn streamed(&self) -> bool {
        self.flags & 8 == 8
    }
}

/// The local header at `at`, if there is one that makes sense.
pub fn at(bytes: &[u8], at: usize) -> Option<Local> {
    let header = bytes.get(at..)?.strip_prefix(LOCAL)?;
    let u16_at = |i: usize| header.get(i..i + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes);
    let u32_at = |i: usize| header.get(i..i + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let (flags, method) = (u16_at(2)?, u16_at(4)?);
    let name_length = usize::from(u16_at(22)?);
    let name_end = at + HEADER_BYTES + name_length;
    let data = name_end + usize::from(u16_at(24)?);
    let name = bytes.get(at + HEADER_BYTES..name_end)?;
    let extra = bytes.get(name_end..data).unwrap_or_default();
    let (packed, unpacked) = long_sizes(extra, u32_at(14)?, u32_at(18)?);
    Some(Local {
        name: decode_name(name, flags),
        flags,
        method,
        time: u16_at(6)?,
        aes: WinZipAes::find(extra).filter(|_| method == super::AES),
        crc: u32_at(10)?,
        packed_bytes_hint: packed,
        unpacked_bytes_hint: unpacked,
        start: at,
        data: data.min(bytes.len()),
    })
}

/// Packed and unpacked size; those that are full stand in the extra field of Zip64 (APPNOTE 4.5.3).
fn long_sizes(mut extra: &[u8], packed: u32, unpacked: u32) -> (u64, u64) {
    let (mut long_packed, mut long_unpacked) = (u64::from(packed), u64::from(unpacked));
    while let [a, b, c, d, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*c, *d]));
        if [*a, *b] == [1, 0] {
            let field = rest.get(..length).unwrap_or(rest);
            let mut values = field.chunks_exact(8).filter_map(|b| b.try_into().ok()).map(u64::from_le_bytes);
            if unpacked == u32::MAX {
                long_unpacked = values.next().unwrap_or(long_unpacked);
            }
            if packed == u32::MAX {
                long_packed = values.next().unwrap_or(long_packed);
            }
        }
        extra = rest.get(length..).unwrap_or_default();
    }
    (long_packed, long_unpacked)
}

/// A member's name: UTF-8 where it says so or is, code page 437 otherwise (APPNOTE appendix D). `/` between folders.
pub fn decode_name(name: &[u8], flags: u16) -> String {
    let text = match std::str::from_utf8(name) {
        Ok(text) => text.to_owned(),
        Err(_) if flags & 0x800 != 0 => String::from_utf8_lossy(name).into_owned(),
        Err(_) => cp437::decode(name),
    };
    text.replace('\\', "/")
}

/// Every local header from `from` to `to`, each with where its data ends at most. Data whose declared size leads to a
/// place that makes sense is stepped over, as it may be an archive itself.
pub fn scan(bytes: &[u8], from: usize, to: usize) -> Vec<(Local, usize)> {
    let window = bytes.get(..to).unwrap_or(bytes);
    let mut found = Vec::new();
    let mut from = from;
    while let Some(start) = window.get(from..).and_then(|rest| memchr::memmem::find(rest, LOCAL)) {
        let Some(local) = at(window, from + start) else {
            from += start + LOCAL.len();
            continue;
        };
        let end = data_end(window, &local);
        from = end.max(local.data).max(local.start + LOCAL.len());
        found.push((local, end));
    }
    found
}

/// Where the data of a member ends at most.
fn data_end(window: &[u8], local: &Local) -> usize {
    let declared = usize::try_from(local.packed_bytes_hint).ok().and_then(|length| local.data.checked_add(length));
    let sense = |end: &usize| {
        let rest = window.get(*end..).unwrap_or_default();
        *end <= window.len() && (rest.starts_with(b"PK") || rest.is_empty() || starts_with_descriptor(rest, local))
    };
    if let Some(end) = declared.filter(|end| *end > local.data || !local.streamed()).filter(sense) {
        return end;
    }
    let rest = window.get(local.data..).unwrap_or_default();
    if local.method == 0
        && local.streamed()
        && let Some(length) = streamed_length(rest)
    {
        return local.data + length;
    }
    let length = next_signature(rest).unwrap_or(rest.len());
    local.data + length
}

/// The next header, directory entry or end record.
pub fn next_signature(bytes: &[u8]) -> Option<usize> {
    let signature = |at: &usize| matches!(bytes.get(at + 2..at + 4), Some([1, 2] | [3, 4] | [5, 6]));
    memchr::memmem::find_iter(bytes, b"PK").find(signature)
}

/// The last end record (APPNOTE 4.3.16).
pub fn last_end(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr_iter(b'P', bytes).find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x05\x06")))
}

/// Descriptors may come without their signature.
fn starts_with_descriptor(rest: &[u8], local: &Local) -> bool {
    local.streamed() && (rest.get(12..14) == Some(b"PK") || rest.get(20..22) == Some(b"PK"))
}

/// Length of stored data in front of a descriptor that tells this very length (APPNOTE 4.3.9).
fn streamed_length(rest: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(rest, DESCRIPTOR).find(|at| {
        let size = rest.get(at + 8..at + 12).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size == *at))
    })
}
