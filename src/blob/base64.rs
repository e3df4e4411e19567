//! The alphabets of base64 (RFC 4648, clauses 4 and 5), for all who decode it.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "each digit is taken from the start of its own range; the largest is 61"
)]

/// Value of one character, 0 to 63; `+/` and `-_` mean the same.
pub(crate) fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}
