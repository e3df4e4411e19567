//! Tags of sound and film: ID3 (versions 1, 2.2 to 2.4), lists in RIFF, user data of QuickTime and MP4.

use super::{Found, narrow, wide};

/// Boxes inside boxes.
const DEPTH_MAX: u32 = 8;

/// Reads what the file says of itself.
pub(super) fn read(bytes: &[u8], found: &mut Found) {
    match bytes {
        [b'I', b'D', b'3', version, _, flags, rest @ ..] => id3(*version, *flags, rest, found),
        [b'R', b'I', b'F', b'F', _, _, _, _, _, _, _, _, rest @ ..] => riff(rest, found),
        [_, _, _, _, b'f', b't', b'y', b'p' | b'm', ..] | [_, _, _, _, b'm', b'o', b'o', b'v', ..] => {
            boxes(bytes, 0, found);
        }
        _ => {}
    }
    let old = bytes.len().checked_sub(128).and_then(|at| bytes.get(at..)).and_then(|tail| tail.strip_prefix(b"TAG"));
    if let Some(old) = old {
        for (from, to) in [(0, 30), (30, 60), (60, 90), (94, 122)] {
            found.bytes(old.get(from..to).unwrap_or_default());
        }
    }
}

fn syncsafe(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |n, b| n << 7 | usize::from(b & 0x7F))
}

fn plain(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b))
}

fn id3(version: u8, flags: u8, rest: &[u8], found: &mut Found) {
    let Some((size, rest)) = rest.split_at_checked(4) else { return };
    let mut rest = rest.get(..syncsafe(size)).unwrap_or(rest);
    if flags & 0x40 != 0 {
        let Some((size, _)) = rest.split_at_checked(4) else { return };
        let size = if version >= 4 { syncsafe(size) } else { plain(size).saturating_add(4) };
        rest = rest.get(size..).unwrap_or_default();
    }
    let (name_bytes, head_bytes) = if version <= 2 { (3, 6) } else { (4, 10) };
    while let Some((head, tail)) = rest.split_at_checked(head_bytes) {
        let Some((name, sizes)) = head.split_at_checked(name_bytes) else { return };
        let sizes = sizes.get(..name_bytes).unwrap_or_default();
        let size = if version >= 4 { syncsafe(sizes) } else { plain(sizes) };
        if size == 0 || !name.iter().all(|b| b.is_ascii_alphanumeric()) {
            return;
        }
        let data = tail.get(..size).unwrap_or(tail);
        frame(name, data, found);
        rest = tail.get(size..).unwrap_or_default();
    }
}

fn frame(name: &[u8], data: &[u8], found: &mut Found) {
    let Some((encoding, text)) = data.split_first() else { return };
    let text = match name {
        // Numbers, times, keys, languages, programs.
        b"TLEN" | b"TLE" | b"TSSE" | b"TSS" | b"TYER" | b"TYE" | b"TDRC" | b"TDTG" | b"TRCK" | b"TRK" | b"TPOS"
        | b"TBPM" | b"TCON" | b"TCO" | b"TLAN" | b"TENC" | b"TEN" => return,
        b"COMM" | b"USLT" | b"COM" | b"ULT" => text.get(3..).unwrap_or_default(),
        [b'T', ..] => text,
        _ => return,
    };
    match encoding {
        1 | 2 => {
            // A description and a text, each with its own mark.
            let units: Vec<&[u8]> = text.chunks_exact(2).collect();
            for part in units.split(|unit| *unit == [0, 0]) {
                let part = part.concat();
                let marked = part.starts_with(b"\xFF\xFE") || part.starts_with(b"\xFE\xFF");
                found.text(&wide(&if *encoding == 2 && !marked { [b"\xFE\xFF", &*part].concat() } else { part }));
            }
        }
        _ => text.split(|b| *b == 0).for_each(|part| found.text(&narrow(part))),
    }
}

fn riff(mut rest: &[u8], found: &mut Found) {
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let size = head.get(4..).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let data = tail.get(..size).unwrap_or(tail);
        match head.get(..4) {
            Some(b"LIST") => {
                if let Some(list) = data.strip_prefix(b"INFO") {
                    information(list, found);
                }
            }
            Some(b"_PMX") => found.packet(data),
            Some(b"id3 " | b"ID3 ") => {
                if let [b'I', b'D', b'3', version, _, flags, rest @ ..] = data {
                    id3(*version, *flags, rest, found);
                }
            }
            _ => {}
        }
        rest = tail.get(size.saturating_add(size & 1)..).unwrap_or_default();
    }
}

fn information(mut rest: &[u8], found: &mut Found) {
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let size = head.get(4..).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if !matches!(head.get(..4), Some(b"ISFT" | b"ICRD" | b"ITRK")) {
            found.bytes(tail.get(..size).unwrap_or(tail));
        }
        rest = tail.get(size.saturating_add(size & 1)..).unwrap_or_default();
    }
}

#[allow(clippy::arithmetic_side_effects, reason = "held against a limit on the way in")]
fn boxes(mut rest: &[u8], depth: u32, found: &mut Found) {
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let (size, name) = (plain(head.get(..4).unwrap_or_default()), head.get(4..).unwrap_or_default());
        let data = match size {
            0 => tail,
            // A length of eight bytes: only the pictures themselves are that long.
            1 => {
                let Some((long, _)) = tail.split_at_checked(8) else { return };
                let size = plain(long).saturating_sub(8);
                tail.get(..size).unwrap_or(tail)
            }
            _ => tail.get(..size.saturating_sub(8)).unwrap_or(tail),
        };
        match name {
            _ if depth > DEPTH_MAX => {}
            b"moov" | b"udta" | b"ilst" => boxes(data, depth + 1, found),
            // Some have a version in front of their boxes, some have not.
            b"meta" => boxes(data.strip_prefix(&[0; 4]).unwrap_or(data), depth + 1, found),
            b"uuid" => {
                if let Some(packet) =
                    data.strip_prefix(b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC")
                {
                    found.packet(packet);
                }
            }
            b"XMP_" => found.packet(data),
            b"\xA9too" | b"\xA9swr" | b"\xA9day" => {}
            [0xA9, ..] | b"desc" | b"ldes" | b"cprt" | b"aART" => text(data, found),
            _ => {}
        }
        rest = tail.get(data.len()..).unwrap_or_default();
        if data.is_empty() && size < 8 {
            return;
        }
    }
}

/// A box `data` with its type, or a length, a language and text.
fn text(data: &[u8], found: &mut Found) {
    match data {
        [_, _, _, _, b'd', b'a', b't', b'a', 0, 0, 0, 1, _, _, _, _, text @ ..] => found.bytes(text),
        [a, b, _, _, text @ ..] => {
            let length = usize::from(u16::from_be_bytes([*a, *b]));
            if length == text.len() {
                found.bytes(text);
            }
        }
        _ => {}
    }
}
