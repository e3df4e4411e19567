//! The alphabets of base64 (RFC 4648, clauses 4 and 5), for all who decode it.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "each digit is taken from the start of its own range; the largest is 61"
)]

/// No character of base64.
const NONE: u8 = 64;

/// The value of every byte.
#[allow(clippy::indexing_slicing, reason = "a table of all bytes; a mistake would stop the compiler")]
static VALUES: [u8; 256] = {
    let (mut values, mut byte) = ([NONE; 256], 0_u8);
    while byte < 128 {
        values[byte as usize] = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => NONE,
        };
        byte += 1;
    }
    values
};

/// Value of one character, 0 to 63; `+/` and `-_` mean the same.
#[allow(clippy::indexing_slicing, reason = "a table of all bytes")]
pub(crate) fn sextet(byte: u8) -> Option<u8> {
    Some(VALUES[usize::from(byte)]).filter(|value| *value < NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_are_read() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for byte in 0..=u8::MAX {
            let like = match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            };
            let place = alphabet.iter().position(|b| *b == like).map(|at| u8::try_from(at).unwrap());
            assert_eq!(sextet(byte), place, "{byte}");
        }
    }
}
