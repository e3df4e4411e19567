//! Names of members in RAR 1.5 to 4.

use crate::blob::cp437;

/// A name as stored: in the code page of DOS, in UTF-8, or both in that code page and packed UTF-16 behind a zero byte.
pub fn decode(stored: &[u8], unicode: bool) -> String {
    let name = match memchr::memchr(0, stored) {
        Some(end) if unicode => {
            let (plain, packed) = stored.split_at(end);
            wide(plain, packed.get(1..).unwrap_or_default())
        }
        end => {
            let plain = stored.get(..end.unwrap_or(stored.len())).unwrap_or_default();
            match std::str::from_utf8(plain) {
                Ok(name) => name.to_owned(),
                Err(_) => cp437::decode(plain),
            }
        }
    };
    name.replace('\\', "/")
}

/// Unpacks UTF-16: two bits for each step say how many bytes of the character stand there.
#[allow(clippy::arithmetic_side_effects, reason = "asked for first")]
fn wide(plain: &[u8], packed: &[u8]) -> String {
    /// Characters of a name; the field of its length has sixteen bits.
    const CHARS_MAX: usize = 1 << 16;
    let mut input = packed.iter().copied();
    let high = u16::from(input.next().unwrap_or(0)) << 8;
    let mut out: Vec<u16> = Vec::new();
    let (mut flags, mut left) = (0u8, 0);
    'all: while out.len() < CHARS_MAX {
        if left == 0 {
            let Some(next) = input.next() else { break };
            (flags, left) = (next, 4);
        }
        let step = flags >> 6;
        (flags, left) = (flags << 2, left - 1);
        let Some(first) = input.next() else { break };
        match step {
            0 => out.push(u16::from(first)),
            1 => out.push(u16::from(first) | high),
            2 => {
                let Some(second) = input.next() else { break };
                out.push(u16::from_le_bytes([first, second]));
            }
            _ => {
                // A run of characters that are like those of the plain name.
                let (count, change, high) = if first & 0x80 != 0 {
                    let Some(change) = input.next() else { break };
                    (first & 0x7F, change, high)
                } else {
                    (first, 0, 0)
                };
                for _ in 0..u16::from(count) + 2 {
                    let Some(byte) = plain.get(out.len()) else { break 'all };
                    out.push(u16::from(byte.wrapping_add(change)) | high);
                }
            }
        }
    }
    String::from_utf16_lossy(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unpacked() {
        assert_eq!(decode(b"a\\b.txt", false), "a/b.txt");
        assert_eq!(decode(b"M\x81ller", false), "Müller");
        assert_eq!(decode("Müller".as_bytes(), true), "Müller");
        // Two characters of two bytes each, then a run of the plain name.
        let packed = [0x59, 0b10_10_11_00, 0x27, 0x59, 0x8C, 0x54, 2];
        assert_eq!(decode(&[&b"??.txt\0"[..], &packed].concat(), true), "\u{5927}\u{548C}.txt");
        for length in 0..packed.len() {
            decode(&[&b"??.txt\0"[..], &packed[..length]].concat(), true);
        }
    }
}
