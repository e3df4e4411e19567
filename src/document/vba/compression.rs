//! Compressed containers (MS-OVBA 2.4.1): chunks of 4,096 bytes of runs and copies.
#![allow(clippy::arithmetic_side_effects, reason = "places in a chunk of four kilobytes")]

use crate::blob::{Budget, Reason};

/// Bytes that a chunk unpacks to at most.
const CHUNK_BYTES: usize = 4096;
/// First byte of a container.
const SIGNATURE: u8 = 1;

/// Appends what the container at the start of `bytes` unpacks to.
///
/// # Errors
/// [`Reason::Corrupt`], or the limit that stopped it; what came before is in `out`.
pub(super) fn unpack(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
    let Some((&SIGNATURE, mut rest)) = bytes.split_first() else { return Err(Reason::Corrupt) };
    while let [low, high, tail @ ..] = rest {
        budget.time()?;
        let header = u16::from_le_bytes([*low, *high]);
        // Three bits are always 0b011: anything else is what stands behind the last chunk.
        if header >> 12 & 7 != 3 {
            return Ok(());
        }
        let length = usize::from(header & 0x0FFF) + 1;
        let before = out.len();
        let chunk = tail.get(..length).unwrap_or(tail);
        let whole = if header & 0x8000 == 0 {
            let raw = tail.get(..CHUNK_BYTES).unwrap_or(tail);
            out.extend_from_slice(raw);
            rest = tail.get(CHUNK_BYTES..).unwrap_or_default();
            true
        } else {
            rest = tail.get(length..).unwrap_or_default();
            unpack_chunk(chunk, out).is_some()
        };
        budget.unpack((out.len() - before) as u64)?;
        if !whole {
            return Err(Reason::Corrupt);
        }
    }
    Ok(())
}

/// Token sequences: a byte of flags, then for each bit a literal byte or two bytes of offset and length.
fn unpack_chunk(mut chunk: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    while let Some((flags, tail)) = chunk.split_first() {
        chunk = tail;
        for bit in 0..8 {
            if chunk.is_empty() || out.len() - start >= CHUNK_BYTES {
                break;
            }
            if flags >> bit & 1 == 0 {
                let (literal, tail) = chunk.split_first()?;
                out.push(*literal);
                chunk = tail;
                continue;
            }
            let [low, high, tail @ ..] = chunk else { return None };
            chunk = tail;
            let token = u16::from_le_bytes([*low, *high]);
            // The further into the chunk, the more bits go to the offset (2.4.1.3.19.1).
            let done = out.len() - start;
            let offset_bits = (usize::BITS - done.saturating_sub(1).leading_zeros()).clamp(4, 12);
            let length_bits = 16 - offset_bits;
            let length = usize::from(token & ((1 << length_bits) - 1)) + 3;
            let offset = usize::from(token >> length_bits) + 1;
            if offset > done {
                return None;
            }
            for _ in 0..length.min(CHUNK_BYTES - done) {
                let byte = *out.get(out.len() - offset)?;
                out.push(byte);
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn unpacked(bytes: &[u8]) -> (Vec<u8>, Result<(), Reason>) {
        let mut out = Vec::new();
        let end = unpack(bytes, &mut Budget::new(&Limits::default()), &mut out);
        (out, end)
    }

    #[test]
    fn examples_of_the_specification() {
        // MS-OVBA 3.2.1 to 3.2.3.
        let plain = b"\x01\x19\xB0\x00abcdefgh\x00ijklmnop\x00qrstuv.";
        assert_eq!(unpacked(plain).0, b"abcdefghijklmnopqrstuv.");
        let normal = b"\x01\x2F\xB0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70\x61\x67\x68\x69\x6A\x01\x38\x08\x61\x6B\x6C\x00\x30\x6D\x6E\x6F\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76\x10\x77\x78\x79\x7A\x00\x3C";
        assert_eq!(unpacked(normal).0, b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa");
        assert_eq!(unpacked(b"\x01\x03\xB0\x02\x61\x45\x00").0, b"a".repeat(73));
    }

    #[test]
    fn damage_ends_it() {
        assert_eq!(unpacked(b"\x02abc").1, Err(Reason::Corrupt));
        assert_eq!(unpacked(b"\x01\x03\xB0\x01\xFF\xFF\x00"), (Vec::new(), Err(Reason::Corrupt)));
        let mut state = 7u32;
        for _ in 0..2000 {
            let mut bytes = b"\x01\x19\xB0\x00abcdefgh\x00ijklmnop\x00qrstuv.\x03\xB0\x02\x61\x45\x00".to_vec();
            for _ in 0..4 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = 1 + (state >> 8) as usize % (bytes.len() - 1);
                bytes[at] = state as u8;
            }
            assert!(unpacked(&bytes).0.len() <= 16 * CHUNK_BYTES);
        }
    }
}
