//! Base64 as RFC 4648 has it, standard and URL alphabets taken alike, padded or not.

use crate::blob::sextet;

/// The bytes `text` stands for. `None`: another character, a length no encoder writes, or bits set that no encoder sets.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    if text.len() - body.len() > 2 || body.len() % 4 == 1 {
        return None;
    }
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 2);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in body.bytes() {
        bits = bits << 6 | u32::from(sextet(byte)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xFF).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(out)
}

/// The bytes of the whole groups of `text`, which may have been cut anywhere.
pub(super) fn decode_start(text: &str) -> Option<Vec<u8>> {
    let whole = text.trim_end_matches('=').len() / 4 * 4;
    decode(text.get(..whole)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_rfc_4648() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE", "fooba")] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("-_8"), Some(vec![0xFB, 0xFF]));
        for bad in ["Z", "Zh==", "Zm9v!", "Zg===", "é"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(decode_start("Zm9vYm").as_deref(), Some(b"foo".as_slice()));
    }
}
