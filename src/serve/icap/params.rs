//! A value with parameters (`Content-Type`, `Content-Disposition`; RFC 9110 section 5.6.6), read as browsers do: no
//! error, what is broken is taken as far as it goes.

use crate::serve::icap::fields::text;

/// `form-data; name="a b"` taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    value: String,
    params: Vec<(String, Vec<u8>)>,
}

impl Params {
    /// Reads `bytes`. A quoted string that does not end goes to the last byte.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let mut read = Self::default();
        let mut rest = bytes;
        let mut is_first = true;
        while !rest.is_empty() {
            let end = rest.iter().position(|b| matches!(b, b';' | b'=')).unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            let name = text(name.trim_ascii()).to_ascii_lowercase();
            let (value, behind) = match behind {
                [b'=', value @ ..] => value_of(value),
                _ => (Vec::new(), behind),
            };
            // Some servers leave the first word out: `filename=a.txt`.
            if is_first && rest.get(end) != Some(&b'=') {
                read.value = name;
            } else if !name.is_empty() {
                read.params.push((name, value));
            }
            is_first = false;
            rest = behind.get(1..).unwrap_or_default();
        }
        read
    }

    /// What stands before the parameters, in small letters: `text/html`, `attachment`.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The first parameter of that name, without its quotes.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.params.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    /// The first parameter of that name as text: UTF-8, or else Latin-1.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(text)
    }
}

/// The value at the beginning, and what is left from the next semicolon on.
fn value_of(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let begun = bytes.trim_ascii_start();
    let Some(quoted) = begun.strip_prefix(b"\"") else {
        let end = begun.iter().position(|b| *b == b';').unwrap_or(begun.len());
        let (value, behind) = begun.split_at_checked(end).unwrap_or((begun, &[]));
        return (value.trim_ascii_end().to_vec(), behind);
    };
    let mut value = Vec::new();
    let mut rest = quoted;
    loop {
        rest = match rest {
            [b'\\', b, rest @ ..] => {
                value.push(*b);
                rest
            }
            [] | [b'"', ..] => break,
            [b, rest @ ..] => {
                value.push(*b);
                rest
            }
        };
    }
    let next = rest.iter().position(|b| *b == b';').unwrap_or(rest.len());
    (value, rest.get(next..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_and_broken() {
        let read = Params::read(b"Multipart/Form-Data; Boundary=\"a;\\\"b\" x ; name = c d ;flag; name=second");
        assert_eq!(read.value(), "multipart/form-data");
        assert_eq!(read.get("boundary"), Some(&b"a;\"b"[..]));
        assert_eq!(read.text("NAME").unwrap(), "c d");
        assert_eq!(read.get("flag"), Some(&b""[..]));
        assert_eq!(Params::read(b"a=b; c").get("a"), Some(&b"b"[..]));
        assert_eq!(Params::read(b"text/plain; name=\"never ends\\").get("name"), Some(&b"never ends\\"[..]));
        assert_eq!(Params::read(b";;=;="), Params::default());
        assert_eq!(Params::read(b""), Params::default());
    }
}
