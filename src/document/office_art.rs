//! Drawings of binary Office formats (MS-ODRAW): the words that stand in properties of shapes. Text in shapes is kept
//! by the document that the drawing stands in.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "depth is held against a limit, counts have sixteen bits, and lengths are checked against what is there"
)]

/// Records inside records that are followed; groups of shapes nest, seldom more than three deep.
const DEPTH_MAX: usize = 64;

/// A record header (2.2.1): version and instance, type, length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// 15 = a container of records.
    pub version: u16,
    /// What it says of itself.
    pub instance: u16,
    /// What it is.
    pub kind: u16,
    /// Bytes that follow.
    pub length: usize,
}

impl Header {
    /// The header at the start of `bytes`.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let [a, b, c, d, e, f, g, h, ..] = bytes else { return None };
        let first = u16::from_le_bytes([*a, *b]);
        let (version, instance) = (first & 15, first >> 4);
        let length = u32::from_le_bytes([*e, *f, *g, *h]) as usize;
        Some(Self { version, instance, kind: u16::from_le_bytes([*c, *d]), length })
    }
}

/// Calls `say` with the words in properties of all shapes in `bytes`: records, which may be cut off.
pub(super) fn words(bytes: &[u8], say: &mut dyn FnMut(&str)) {
    let mut rest = bytes;
    let mut depth = 0;
    while let Some(header) = Header::of(rest) {
        let body = rest.get(8..).unwrap_or_default();
        // A container ends where its last record does, so going into it is going on behind its header.
        if header.version == 15 && depth < DEPTH_MAX * 1024 {
            depth += 1;
            rest = body;
            continue;
        }
        let body = body.get(..header.length).unwrap_or(body);
        if matches!(header.kind, 0xF00B | 0xF121 | 0xF122) {
            properties(body, usize::from(header.instance), say);
        }
        rest = rest.get(8 + body.len()..).unwrap_or_default();
    }
}

/// The words of one table of properties (2.3.1): entries of six bytes, then what they are too small for.
pub(super) fn properties(table: &[u8], count: usize, say: &mut dyn FnMut(&str)) {
    let entries = table.chunks_exact(6).take(count);
    let mut at = count * 6;
    for entry in entries {
        let [a, b, c, d, e, f] = entry else { continue };
        let id = u16::from_le_bytes([*a, *b]);
        if id & 0x8000 == 0 {
            continue;
        }
        let length = u32::from_le_bytes([*c, *d, *e, *f]) as usize;
        let Some(complex) = at.checked_add(length).and_then(|end| table.get(at..end)) else { return };
        at += length;
        match id & 0x3FFF {
            // Text of word art, alternative text, screen tip and title of a shape. Its name is mostly a number.
            0x00C0 | 0x0381 | 0x038D | 0x03A8 | 0x0399 => say(&wide(complex)),
            _ => {}
        }
    }
}

/// Text in UTF-16 up to its end mark.
fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?)));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    let text = String::from_utf16_lossy(&units);
    text.replace("\r\n", "\n").replace(['\r', '\u{b}'], "\n").replace(|c: char| c.is_control() && c != '\n', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_shapes_are_told() {
        let text: Vec<u8> = "Card 4111\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut table = vec![0x81, 0, 1, 0, 0, 0, 0x81, 0xC3];
        table.extend((text.len() as u32).to_le_bytes());
        table.extend(&text);
        let mut bytes = vec![0x0F, 0, 4, 0xF0, 0, 1, 0, 0, 0x23, 0, 0x0B, 0xF0];
        bytes.extend((table.len() as u32).to_le_bytes());
        bytes.extend(&table);
        let mut told = Vec::new();
        words(&bytes, &mut |words| told.push(words.to_owned()));
        assert_eq!(told, ["Card 4111"]);
        for end in 0..bytes.len() {
            words(&bytes[..end], &mut |_| {});
        }
    }
}
