//! Portable Network Graphics (W3C PNG, third edition): the chunks `tEXt`, `zTXt`, `iTXt`, `eXIf`.

use super::{Found, exif};
use crate::blob::{Budget, Gap, ReadEnd, Reason};

/// Keyword of the chunk that holds XMP.
const XMP: &[u8] = b"XML:com.adobe.xmp";
/// Keywords of texts that are binary data in digits: profiles as old programs wrote them.
const RAW: &[u8] = b"Raw profile type";

/// Reads the chunks up to the last one.
pub(super) fn read(bytes: &[u8], budget: &mut Budget, found: &mut Found, gaps: &mut Vec<Gap>) {
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let [a, b, c, d, kind @ ..] = rest {
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let Some((kind, data)) = kind.split_at_checked(4) else { return };
        let whole = data.get(..length);
        let data = whole.unwrap_or(data);
        match kind {
            b"tEXt" => {
                if let Some((keyword, text)) = split(data) {
                    told(keyword, text, found);
                }
            }
            b"zTXt" => {
                if let Some((keyword, [_method, packed @ ..])) = split(data) {
                    told(keyword, &inflated(packed, budget, gaps), found);
                }
            }
            b"iTXt" => international(data, budget, found, gaps),
            b"eXIf" => exif::read(data, found),
            b"IEND" => return,
            _ => {}
        }
        if whole.is_none() || budget.time().is_err() {
            return;
        }
        // The checksum stands behind the data.
        rest = rest.get(length.saturating_add(12)..).unwrap_or_default();
    }
}

#[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(0, data)?;
    Some((data.get(..at)?, data.get(at + 1..)?))
}

/// Keyword, whether it is compressed, method, language, translated keyword, text.
fn international(data: &[u8], budget: &mut Budget, found: &mut Found, gaps: &mut Vec<Gap>) {
    let Some((keyword, [is_packed, _method, rest @ ..])) = split(data) else { return };
    let Some((_language, rest)) = split(rest) else { return };
    let Some((_translated, text)) = split(rest) else { return };
    match is_packed {
        0 => told(keyword, text, found),
        _ => told(keyword, &inflated(text, budget, gaps), found),
    }
}

fn told(keyword: &[u8], text: &[u8], found: &mut Found) {
    if keyword == XMP {
        found.packet(text);
    } else if keyword.starts_with(RAW) {
        profile(text, found);
    } else {
        found.bytes(text);
    }
}

/// A profile in hexadecimal digits behind its name and length, as ImageMagick writes them.
fn profile(text: &[u8], found: &mut Found) {
    let mut lines = text.trim_ascii_start().splitn(3, |b| *b == b'\n');
    let (name, _length, digits) = (lines.next(), lines.next(), lines.next().unwrap_or_default());
    let digits = digits.iter().filter_map(|b| char::from(*b).to_digit(16)).filter_map(|d| u8::try_from(d).ok());
    let digits: Vec<u8> = digits.collect();
    let bytes: Vec<u8> =
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    match name.unwrap_or_default().trim_ascii() {
        b"xmp" => found.packet(&bytes),
        b"exif" | b"app1" => exif::read(bytes.strip_prefix(b"Exif\0\0").unwrap_or(&bytes), found),
        b"iptc" | b"8bim" => super::iptc::resources(&bytes, found),
        _ => {}
    }
}

fn inflated(packed: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut reader = flate2::read::ZlibDecoder::new(packed);
    match budget.read(&mut reader, packed.len() as u64, &mut out) {
        ReadEnd::Whole => {}
        ReadEnd::Limit(reason) => gaps.push(Gap::new(reason, "", "compressed text")),
        ReadEnd::Failed(_) => gaps.push(Gap::new(Reason::Corrupt, "", "compressed text is damaged")),
    }
    out
}
