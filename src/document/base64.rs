//! Base64 (RFC 4648, clauses 4 and 5) as documents hold it: white space and line ends are passed over, both alphabets
//! are taken, and padding ends it or is missing.

use crate::blob::sextet;

/// The bytes that `text` stands for, up to its padding or its end.
#[allow(clippy::arithmetic_side_effects, reason = "three quarters of what there is, and at most thirteen bits held")]
pub fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0u32, 0u32);
    for b in text {
        if *b == b'=' {
            break;
        }
        let Some(value) = sextet(*b) else { continue };
        held = (held << 6 | u32::from(value)) & 0xFF_FFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits & 0xFF) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_and_any_line_ends() {
        assert_eq!(decode(b"U1NO\r\n Og==tail"), b"SSN:");
        assert_eq!(decode(b"-_8"), decode(b"+/8="));
        assert_eq!(decode(b""), b"");
    }
}
