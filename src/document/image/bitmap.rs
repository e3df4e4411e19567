//! Formats that keep XMP and Exif in chunks: WebP (RFC 9649), Photoshop; and those whose packets are found by their
//! marks, wherever they stand: HEIF (ISO/IEC 23008-12), JPEG 2000, others.
#![allow(clippy::arithmetic_side_effects, reason = "positions that were found or read at, and a few bytes behind them")]

use super::{Found, exif, iptc};

/// Packets of one file that are looked for.
const PACKETS_MAX: usize = 64;

/// Reads the chunks `EXIF` and `XMP `.
pub(super) fn webp(bytes: &[u8], found: &mut Found) {
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let length = head.get(4..).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let data = tail.get(..length).unwrap_or(tail);
        match head.get(..4) {
            Some(b"XMP ") => found.packet(data),
            Some(b"EXIF") => exif::read(data.strip_prefix(b"Exif\0\0").unwrap_or(data), found),
            _ => {}
        }
        rest = tail.get(length.saturating_add(length & 1)..).unwrap_or_default();
    }
}

/// Reads the image resources behind the header and the colour table, and the texts and names of layers.
pub(super) fn psd(bytes: &[u8], found: &mut Found) {
    let length = |at: usize| {
        let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    };
    let Some(resources) = length(26).and_then(|colours| colours.checked_add(30)) else { return };
    let Some(count) = length(resources) else { return };
    let rest = bytes.get(resources + 4..).unwrap_or_default();
    iptc::resources(rest.get(..count).unwrap_or(rest), found);
    layers(rest.get(count..).unwrap_or_default(), found);
}

/// Texts of layers (`TySh`: a descriptor with the key `Txt `) and their Unicode names (`luni`): a count, then UTF-16.
fn layers(bytes: &[u8], found: &mut Found) {
    for mark in [&b"Txt TEXT"[..], b"8BIMluni"] {
        let mut end = 0;
        for at in memchr::memmem::find_iter(bytes, mark).take(1 << 14) {
            // Marks inside of a text are none.
            if at < end {
                continue;
            }
            let skip = if mark == b"8BIMluni" { 12 } else { 8 };
            let Some(tail) = bytes.get(at + skip..) else { continue };
            let Some((count, tail)) = tail.split_first_chunk() else { continue };
            let count = usize::try_from(u32::from_be_bytes(*count)).unwrap_or(usize::MAX);
            if let Some(text) = tail.get(..count.saturating_mul(2)) {
                end = at + text.len();
                found.text(&super::wide(&[b"\xFE\xFF", text].concat()));
            }
        }
    }
}

/// Finds packets by their marks, and Exif behind its own.
pub(super) fn packets(bytes: &[u8], found: &mut Found) {
    let mut rest = bytes;
    for _ in 0..PACKETS_MAX {
        let start = memchr::memmem::find(rest, b"<?xpacket begin");
        let Some(start) = start.or_else(|| memchr::memmem::find(rest, b"<x:xmpmeta")) else { break };
        let tail = rest.get(start..).unwrap_or_default();
        let end = memchr::memmem::find(tail, b"<?xpacket end").or_else(|| {
            let end = memchr::memmem::find(tail, b"</x:xmpmeta>")?;
            Some(end + b"</x:xmpmeta>".len())
        });
        let Some(end) = end else { break };
        found.packet(tail.get(..end).unwrap_or_default());
        rest = tail.get(end..).unwrap_or_default();
    }
    // Items of HEIF start with where the TIFF structure is: mostly right behind the mark.
    if let Some(at) = memchr::memmem::find(bytes, b"Exif\0\0") {
        exif::read(bytes.get(at + 6..).unwrap_or_default(), found);
    }
}
