//! Base64 of RFC 4648 section 4, padded, as `X-Authenticated-User` has it.

use crate::blob::sextet;

/// The bytes that `text` stands for; nothing if it is not base64 to the last character.
#[allow(clippy::arithmetic_side_effects, reason = "four characters of six bits in 32")]
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let body = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    if text.is_empty() || !text.len().is_multiple_of(4) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    for group in body.chunks(4) {
        let mut bits = 0_u32;
        for c in group {
            bits = bits << 6 | value(*c)?;
        }
        bits <<= 6 * 4_usize.saturating_sub(group.len());
        let [_, a, b, c] = bits.to_be_bytes();
        let (held, unused) = match group.len() {
            4 => (3, 0),
            3 => (2, u32::from(c)),
            2 => (1, u32::from(b) << 8 | u32::from(c)),
            _ => return None,
        };
        if unused != 0 {
            return None;
        }
        out.extend([a, b, c].into_iter().take(held));
    }
    Some(out)
}

/// Section 4 alone: `-` and `_` of the other alphabet are none of it.
fn value(c: u8) -> Option<u32> {
    sextet(c).filter(|_| !matches!(c, b'-' | b'_')).map(u32::from)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn as_in_rfc_4648_section_10() {
        for (text, bytes) in [("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE=", "fooba")] {
            assert_eq!(decode(text.as_bytes()).unwrap(), bytes.as_bytes());
        }
        for wrong in ["", "Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9", "====", "Zg==Zg=="] {
            assert_eq!(decode(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
