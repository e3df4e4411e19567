//! Signed content (CMS, RFC 5652, 5; in BER or DER): an opaque signature wraps the message that it signs.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "depth is held against a limit, and a rest is never longer than the whole"
)]

/// Object identifier of signed data, 1.2.840.113549.1.7.2.
const SIGNED_DATA: &[u8] = b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";
/// Values inside values that are followed.
const DEPTH_MAX: u32 = 16;

/// The content inside an opaque signature; `None` if there is none, or if it is no signature.
pub fn content(bytes: &[u8]) -> Option<Vec<u8>> {
    let (message, _) = Value::read(bytes, 0)?;
    let (oid, rest) = Value::read(message.content, 0)?;
    if message.tag != 0x30 || oid.content != SIGNED_DATA {
        return None;
    }
    let (wrapper, _) = Value::read(rest, 0)?;
    let (signed, _) = Value::read(wrapper.content, 0)?;
    let mut rest = signed.content;
    // Version, algorithms, then the content: its type, and itself.
    while let Some((value, after)) = Value::read(rest, 0) {
        rest = after;
        if value.tag != 0x30 {
            continue;
        }
        let (_, inside) = Value::read(value.content, 0)?;
        let (explicit, _) = Value::read(inside, 0).filter(|(value, _)| value.tag == 0xA0)?;
        let mut out = Vec::new();
        octets(explicit.content, 0, &mut out);
        return Some(out).filter(|out| !out.is_empty());
    }
    None
}

/// Whether this is a signature and nothing else.
pub fn is_signature(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii();
    let head = bytes.get(..64).unwrap_or(bytes);
    let binary = bytes.first() == Some(&0x30) && memchr::memmem::find(head, SIGNED_DATA).is_some();
    binary && content(bytes).is_none()
        || bytes.starts_with(b"-----BEGIN PGP SIGNATURE-----") && bytes.ends_with(b"-----END PGP SIGNATURE-----")
}

/// Appends the octet strings in `bytes`, pieces of constructed ones in their order.
fn octets(bytes: &[u8], depth: u32, out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some((value, after)) = Value::read(rest, 0) {
        match value.tag {
            0x04 => out.extend_from_slice(value.content),
            0x24 if depth < DEPTH_MAX => octets(value.content, depth + 1, out),
            _ => {}
        }
        rest = after;
    }
}

/// A value with its tag.
struct Value<'b> {
    tag: u8,
    content: &'b [u8],
}

impl<'b> Value<'b> {
    /// The value at the start, and what follows it. Content that is cut off ends where the bytes do.
    fn read(bytes: &'b [u8], depth: u32) -> Option<(Self, &'b [u8])> {
        let [tag, length, rest @ ..] = bytes else { return None };
        if *length == 0x80 {
            return Self::indefinite(*tag, rest, depth);
        }
        let (length, rest) = match length {
            0..=0x7F => (usize::from(*length), rest),
            _ => {
                let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7F))?;
                (digits.iter().fold(0usize, |all, b| all.saturating_mul(256).saturating_add(usize::from(*b))), rest)
            }
        };
        let (content, after) = rest.split_at(length.min(rest.len()));
        (*tag != 0 || !content.is_empty()).then_some((Self { tag: *tag, content }, after))
    }

    /// A value that ends with two zero bytes.
    fn indefinite(tag: u8, bytes: &'b [u8], depth: u32) -> Option<(Self, &'b [u8])> {
        if depth >= DEPTH_MAX {
            return None;
        }
        let mut rest = bytes;
        while !rest.is_empty() && !rest.starts_with(&[0, 0]) {
            let Some((_, after)) = Self::read(rest, depth + 1) else { break };
            rest = after;
        }
        let content = bytes.get(..bytes.len() - rest.len())?;
        Some((Self { tag, content }, rest.get(2..).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]][..], content].concat()
    }

    fn open(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x80][..], content, &[0, 0]].concat()
    }

    #[test]
    fn the_signed_content_is_found_in_both_codings() {
        let oid = value(6, SIGNED_DATA);
        let data = value(6, b"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01");
        for wrap in [value as fn(u8, &[u8]) -> Vec<u8>, open] {
            let text = wrap(0x24, &[value(4, b"Card 41"), value(4, b"11")].concat());
            let inner = wrap(0x30, &[data.clone(), wrap(0xA0, &text)].concat());
            let signed = wrap(0x30, &[value(2, b"\x01"), value(0x31, b""), inner].concat());
            let message = wrap(0x30, &[oid.clone(), wrap(0xA0, &signed)].concat());
            assert_eq!(content(&message).unwrap(), b"Card 4111");
            assert!(!is_signature(&message));
            for end in 0..message.len() {
                let _ = content(message.get(..end).unwrap());
            }
            let detached = wrap(0x30, &[value(2, b"\x01"), value(0x31, b""), wrap(0x30, &data)].concat());
            let message = wrap(0x30, &[oid.clone(), wrap(0xA0, &detached)].concat());
            assert!(content(&message).is_none() && is_signature(&message));
        }
        assert!(content(b"0\x80\x06\x03abc").is_none());
    }
}
