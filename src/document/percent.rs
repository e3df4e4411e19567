//! Escapes of two hexadecimal digits: `%41` in addresses (RFC 3986, section 2.1), `=41` in vCards and mail.

/// The bytes that `text` stands for; a `mark` without digits behind it is itself.
pub(super) fn decode(text: &str, mark: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = if *first == mark { tail.get(..2) } else { None };
        let byte = hex.and_then(|h| u8::from_str_radix(std::str::from_utf8(h).ok()?, 16).ok());
        out.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    out
}

/// A name or address with its percent escapes resolved.
pub(super) fn text(escaped: &str) -> String {
    if !escaped.contains('%') {
        return escaped.to_owned();
    }
    String::from_utf8_lossy(&decode(escaped, b'%')).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_and_marks_alone_stay() {
        assert_eq!(text("a%20b%zz%4"), "a b%zz%4");
        assert_eq!(text("M%C3%BCller"), "Müller");
        assert_eq!(decode("=41=4", b'='), b"A=4");
    }
}
