//! JPEG (ITU-T T.81): comments, and what the application segments 1 and 13 hold.

use super::{Found, exif, iptc};

/// In front of Exif, XMP, the rest of a long XMP, and Photoshop's resources.
const EXIF: &[u8] = b"Exif\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const MORE_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

/// Reads the segments up to the picture itself.
#[allow(clippy::arithmetic_side_effects, reason = "a length of sixteen bits")]
pub(super) fn read(bytes: &[u8], found: &mut Found) {
    let mut rest = bytes.get(2..).unwrap_or_default();
    let mut resources = Vec::new();
    let mut more: Vec<(u32, &[u8])> = Vec::new();
    while let [0xFF, marker, tail @ ..] = rest {
        match marker {
            // Fill bytes, and markers without a length.
            0xFF => {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            0x01 | 0xD0..=0xD8 => {
                rest = tail;
                continue;
            }
            // The picture starts, or ends.
            0xD9 | 0xDA => break,
            _ => {}
        }
        let [high, low, data @ ..] = tail else { break };
        let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
        let data = data.get(..length).unwrap_or(data);
        match marker {
            0xFE => found.bytes(data),
            0xE1 => {
                if let Some(data) = data.strip_prefix(EXIF) {
                    exif::read(data.get(1..).unwrap_or_default(), found);
                } else if let Some(packet) = data.strip_prefix(XMP) {
                    found.packet(packet);
                } else if let Some(part) = data.strip_prefix(MORE_XMP) {
                    // A digest of 32 digits, the whole length, the offset of this part.
                    if let Some((head, data)) = part.split_at_checked(40) {
                        let offset = head.get(36..40).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes);
                        more.push((offset, data));
                    }
                }
            }
            0xED => {
                if let Some(data) = data.strip_prefix(PHOTOSHOP) {
                    // A resource may go on in the next segment.
                    resources.extend_from_slice(data);
                }
            }
            _ => {}
        }
        rest = tail.get(2 + length..).unwrap_or_default();
    }
    if !more.is_empty() {
        more.sort_by_key(|(offset, _)| *offset);
        found.packet(&more.into_iter().flat_map(|(_, data)| data).copied().collect::<Vec<u8>>());
    }
    iptc::resources(&resources, found);
}
