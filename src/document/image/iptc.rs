//! IPTC Information Interchange Model 4.2, and the image resources of Photoshop that it stands in.

use encoding_rs::Encoding;

use super::{Found, exif};

/// Signatures in front of image resources.
const SIGNATURES: [&[u8]; 4] = [b"8BIM", b"MeSa", b"PHUT", b"AgHg"];

/// Reads image resources: signature, number, name, length, data, each padded to an even length.
pub(super) fn resources(mut rest: &[u8], found: &mut Found) {
    if rest.first() == Some(&0x1C) {
        return datasets(rest, found);
    }
    while let Some(tail) = SIGNATURES.iter().find_map(|signature| rest.strip_prefix(*signature)) {
        let [a, b, name_length, tail @ ..] = tail else { return };
        let number = u16::from_be_bytes([*a, *b]);
        // A name with its length byte takes up an even number of bytes.
        let name_bytes = usize::from(*name_length) | 1;
        let Some((length, tail)) = tail.get(name_bytes..).and_then(<[u8]>::split_first_chunk) else { return };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let data = tail.get(..length).unwrap_or(tail);
        match number {
            0x0404 => datasets(data, found),
            0x0424 => found.packet(data),
            0x0422 | 0x0423 => exif::read(data, found),
            // Caption as a string with its length; the address that the picture links to.
            0x03F0 => found.bytes(data.get(1..).unwrap_or_default()),
            0x040B => found.bytes(data),
            _ => {}
        }
        rest = tail.get(length.saturating_add(length & 1)..).unwrap_or_default();
    }
}

/// Data sets: 0x1C, record, number, length, data.
fn datasets(mut rest: &[u8], found: &mut Found) {
    let mut encoding: Option<&'static Encoding> = None;
    while let [0x1C, record, number, a, b, tail @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*a, *b]));
        let (length, tail) = if length & 0x8000 == 0 {
            (length, tail)
        } else {
            // The length itself is longer than two bytes.
            let count = length & 0x7FFF;
            let Some((digits, tail)) = tail.split_at_checked(count) else { return };
            (digits.iter().fold(0usize, |n, b| n.saturating_mul(256).saturating_add(usize::from(*b))), tail)
        };
        let data = tail.get(..length).unwrap_or(tail);
        match (record, number) {
            // Escape sequence of ISO 2022 for UTF-8.
            (1, 90) if data == b"\x1b%G" => encoding = Some(encoding_rs::UTF_8),
            (1, 90) if data.starts_with(b"\x1b.A") => encoding = Some(encoding_rs::WINDOWS_1252),
            // Dates, times, numbers of versions, urgency, programs, raster data.
            (2, 0 | 10 | 30..=63 | 70 | 75 | 100 | 125 | 130..=255) => {}
            (2, _) => match encoding {
                Some(encoding) => found.text(&encoding.decode_without_bom_handling(data).0),
                None => found.bytes(data),
            },
            _ => {}
        }
        rest = tail.get(length..).unwrap_or_default();
    }
}
