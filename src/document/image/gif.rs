//! GIF 87a and 89a: comments, plain text, and XMP in an application extension.
#![allow(clippy::arithmetic_side_effects, reason = "a colour table has at most 768 bytes")]

use super::Found;

/// Reads the blocks up to the trailer.
pub(super) fn read(bytes: &[u8], found: &mut Found) {
    let flags = bytes.get(10).copied().unwrap_or(0);
    let mut rest = bytes.get(13 + table_bytes(flags)..).unwrap_or_default();
    loop {
        match rest {
            [0x21, kind, tail @ ..] => {
                let (data, after) = blocks(tail);
                match kind {
                    0xFE => found.bytes(&data.concat()),
                    // The first block says where the text is drawn.
                    0x01 => found.bytes(&data.get(1..).unwrap_or_default().concat()),
                    0xFF if data.first().is_some_and(|name| name.starts_with(b"XMP Data")) => packet(tail, found),
                    _ => {}
                }
                rest = after;
            }
            [0x2C, tail @ ..] => {
                let flags = tail.get(8).copied().unwrap_or(0);
                let (_, after) = blocks(tail.get(10 + table_bytes(flags)..).unwrap_or_default());
                rest = after;
            }
            _ => return,
        }
    }
}

fn table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Blocks of up to 255 bytes, and what follows the empty one.
fn blocks(mut rest: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut data = Vec::new();
    while let Some((&length, tail)) = rest.split_first() {
        let length = usize::from(length);
        rest = tail.get(length..).unwrap_or_default();
        if length == 0 {
            break;
        }
        data.push(tail.get(..length).unwrap_or(tail));
    }
    (data, rest)
}

/// A packet is not cut into blocks: it ends in bytes that lead those who read blocks out of it.
fn packet(tail: &[u8], found: &mut Found) {
    let start = tail.get(12..).unwrap_or_default();
    let end = memchr::memmem::find(start, b"\x01\xFF\xFE").unwrap_or(0);
    found.packet(start.get(..end).unwrap_or_default());
}
