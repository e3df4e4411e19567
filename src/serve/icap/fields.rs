//! Blocks of header fields (RFC 9112 section 5), read strictly for ICAP and leniently for the HTTP heads inside.

use std::fmt;
use std::ops::Range;

use memchr::memchr;

use crate::serve::icap::why::Why;

/// Fields whose values `Debug` shows; any other may hold a credential, a token or a name.
const SHOWN: [&str; 13] = [
    "allow",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "encapsulated",
    "host",
    "preview",
    "range",
    "server",
    "transfer-encoding",
];

/// Fields in their order, names as they came and compared without case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// The block; where it was read leniently, with blanks for what a field may not hold.
    text: Vec<u8>,
    spans: Vec<Span>,
    odd_lines: usize,
}

#[derive(Clone, PartialEq, Eq)]
struct Span {
    name: Range<usize>,
    value: Range<usize>,
}

impl Fields {
    /// Reads the fields of an ICAP head: RFC 9112 sections 2.2, 5.1 and 5.2 with every "reject" taken, but a line may
    /// end in a bare LF.
    pub(crate) fn strict(block: &[u8]) -> Result<Self, Why> {
        let mut fields = Self { text: block.to_vec(), ..Self::default() };
        for (at, line) in lines(block) {
            if line.is_empty() {
                break;
            }
            if matches!(line.first(), Some(b' ' | b'\t')) {
                return Err(Why::Folded);
            }
            if line.iter().any(|b| is_control(*b)) {
                return Err(Why::Control);
            }
            let colon = memchr(b':', line).ok_or(Why::NoColon)?;
            let (name, value) = line.split_at_checked(colon).ok_or(Why::NoColon)?;
            if name.last().is_some_and(|b| matches!(b, b' ' | b'\t')) {
                return Err(Why::BlankBeforeColon);
            }
            if !is_token(name) {
                return Err(Why::FieldName);
            }
            fields.push(at, name, at.saturating_add(colon).saturating_add(1), value.get(1..).unwrap_or_default());
        }
        Ok(fields)
    }

    /// Reads the fields of an HTTP head the way a browser would: folded lines are joined (RFC 9112 section 5.2),
    /// control characters are blanks (section 2.2, RFC 9110 section 5.5), a blank before the colon is dropped, and a
    /// line that is no field is counted.
    pub fn lenient(block: &[u8]) -> Self {
        let mut fields = Self { text: block.to_vec(), ..Self::default() };
        for b in &mut fields.text {
            if is_control(*b) {
                *b = b' ';
            }
        }
        for (at, line) in lines(block) {
            if line.is_empty() {
                break;
            }
            if line.iter().any(|b| is_control(*b)) {
                fields.odd_lines = fields.odd_lines.saturating_add(1);
            }
            if matches!(line.first(), Some(b' ' | b'\t')) {
                let end = at.saturating_add(line.trim_ascii_end().len());
                match fields.spans.last_mut() {
                    // What lies between the two lines is blanks by now.
                    Some(last) => last.value.end = last.value.end.max(end),
                    None => fields.odd_lines = fields.odd_lines.saturating_add(1),
                }
                continue;
            }
            let Some((name, value)) = memchr(b':', line).and_then(|colon| line.split_at_checked(colon)) else {
                fields.odd_lines = fields.odd_lines.saturating_add(1);
                continue;
            };
            let from = at.saturating_add(name.len()).saturating_add(1);
            let name = name.trim_ascii_end();
            if !is_token(name) {
                fields.odd_lines = fields.odd_lines.saturating_add(1);
            }
            fields.push(at, name, from, value.get(1..).unwrap_or_default());
        }
        fields
    }

    fn push(&mut self, name_at: usize, name: &[u8], value_at: usize, value: &[u8]) {
        let begun = value.trim_ascii_start();
        let start = value_at.saturating_add(value.len().saturating_sub(begun.len()));
        let end = start.saturating_add(begun.trim_ascii_end().len());
        self.spans.push(Span { name: name_at..name_at.saturating_add(name.len()), value: start..end });
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.spans.iter().filter_map(|span| {
            Some((self.text.get(span.name.clone())?, self.text.get(span.value.clone())?.trim_ascii()))
        })
    }

    /// The values of every field of that name.
    pub fn all<'f, 'n>(&'f self, name: &'n str) -> impl Iterator<Item = &'f [u8]> + use<'f, 'n> {
        self.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// The value of the first field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The value of the first field of that name as text: UTF-8, or else Latin-1 (RFC 9110 section 5.5).
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(text)
    }

    /// The value of a field that must not be there twice.
    pub(crate) fn only(&self, name: &str) -> Result<Option<&[u8]>, Why> {
        let mut all = self.all(name);
        let first = all.next();
        if all.next().is_some() { Err(Why::Repeated) } else { Ok(first) }
    }

    /// The elements of the lists in every field of that name (RFC 9110 section 5.6.1), empty ones left out.
    pub fn list<'f, 'n>(&'f self, name: &'n str) -> impl Iterator<Item = &'f [u8]> + use<'f, 'n> {
        self.all(name).flat_map(|value| value.split(|b| *b == b',')).map(<[u8]>::trim_ascii).filter(|e| !e.is_empty())
    }

    /// Whether a list has that element, whatever its case.
    #[must_use]
    pub fn lists(&self, name: &str, element: &str) -> bool {
        self.list(name).any(|found| found.eq_ignore_ascii_case(element.as_bytes()))
    }

    /// Fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Lines that were no field or not a good one; always zero for an ICAP head.
    #[must_use]
    pub fn odd_lines(&self) -> usize {
        self.odd_lines
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.iter() {
            let name = text(name);
            let is_shown = SHOWN.iter().any(|shown| name.eq_ignore_ascii_case(shown));
            let value = if is_shown { text(value) } else { format!("({} bytes)", value.len()) };
            map.entry(&name, &value);
        }
        map.finish()
    }
}

/// The lines of a block with where they begin; each ends in LF, or in CR LF, which are not part of it.
pub fn lines(block: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let rest = block.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let line = rest.get(..memchr(b'\n', rest).unwrap_or(rest.len()))?;
        at = start.saturating_add(line.len()).saturating_add(1);
        Some((start, line.strip_suffix(b"\r").unwrap_or(line)))
    })
}

/// UTF-8, or else Latin-1, which every byte is.
pub fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect(), str::to_owned)
}

/// Whether a field may not hold that byte (RFC 9110 section 5.5), line ends included.
pub fn is_control(b: u8) -> bool {
    b < b' ' && b != b'\t' || b == 0x7F
}

/// RFC 9110 section 5.6.2.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
}

/// A decimal number of digits alone.
pub fn decimal(digits: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(digits).ok()?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_refuses_what_may_be_read_in_two_ways() {
        for (block, why) in [
            (&b"A: 1\r\n b\r\n"[..], Why::Folded),
            (b"A: 1\0\r\n", Why::Control),
            (b"A: 1\rB: 2\r\n", Why::Control),
            (b"A: \x7F\r\n", Why::Control),
            (b"A 1\r\n", Why::NoColon),
            (b"A : 1\r\n", Why::BlankBeforeColon),
            (b": 1\r\n", Why::FieldName),
            (b"A\xE4: 1\r\n", Why::FieldName),
            (b"A B: 1\r\n", Why::FieldName),
        ] {
            assert_eq!(Fields::strict(block), Err(why), "{}", text(block));
        }
        let fields = Fields::strict(b"a:1\nB: \t two words \r\nA: \xE4, ,3\r\nEmpty:\r\n\r\nBehind: 1\r\n").unwrap();
        assert_eq!(fields.all("A").collect::<Vec<_>>(), [&b"1"[..], b"\xE4, ,3"]);
        assert_eq!(fields.list("a").collect::<Vec<_>>(), [&b"1"[..], b"\xE4", b"3"]);
        assert_eq!(fields.get("b"), Some(&b"two words"[..]));
        assert_eq!(fields.get("EMPTY"), Some(&b""[..]));
        assert_eq!((fields.len(), fields.only("a").err(), fields.only("b").is_ok()), (4, Some(Why::Repeated), true));
        assert_eq!(fields.get("Behind"), None);
    }

    #[test]
    fn lenient_reads_what_a_browser_reads() {
        let fields =
            Fields::lenient(b" lost\r\nA: 1\r\n\tb\r\n  c\r\nB : 2\r\nnothing\r\nC: x\0y\rz\r\nD:\r\n e\r\n\r\n");
        assert_eq!(fields.get("a"), Some(&b"1  \tb    c"[..]));
        assert_eq!(fields.get("b"), Some(&b"2"[..]));
        assert_eq!(fields.get("c"), Some(&b"x y z"[..]));
        assert_eq!(fields.get("d"), Some(&b"e"[..]));
        assert_eq!((fields.len(), fields.odd_lines()), (4, 3));
    }

    #[test]
    fn debug_hides_values() {
        let fields = Fields::lenient(b"Proxy-Authorization: Basic c2VjcmV0\r\nCOOKIE: secret\r\nHost: a\r\n");
        let shown = format!("{fields:?}");
        assert!(
            shown.contains("\"Host\": \"a\"") && !shown.contains("c2VjcmV0") && !shown.contains("secret"),
            "{shown}"
        );
    }
}
