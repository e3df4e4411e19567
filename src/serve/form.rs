//! Forms as browsers send them: `multipart/form-data` (RFC 7578, RFC 2046 section 5.1) and
//! `application/x-www-form-urlencoded` (WHATWG URL, section 5.1).
//!
//! Read as servers do, not as the standard has it: what a server could take for a part must be one here.

use memchr::memmem;

use crate::serve::icap::{Fields, Params, disposition_name};

/// Parts of one body. 1,000: PHP's `max_input_vars`, and ten times what a form holds.
pub const PARTS_MAX: usize = 1000;

/// Bytes of the head of a part. 16 KiB: our choice, twice what servers take.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// One part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The field's name.
    pub field: String,
    /// The file's name; nothing for a field.
    pub file: Option<String>,
    /// `Content-Type`.
    pub media_type: Option<String>,
    /// `Content-Range`: only a part of it comes.
    pub is_part: bool,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A body taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form<'a> {
    /// The parts, in order.
    pub parts: Vec<Part<'a>>,
    /// Bytes in front of the first part and behind the last one.
    pub around: Vec<&'a [u8]>,
    /// It does not end as it must, a head is broken, or there are too many parts: look at the whole as well.
    pub is_odd: bool,
}

/// Takes a multipart body apart at `boundary`; nothing if the boundary is not in it.
#[must_use]
pub fn multipart<'a>(bytes: &'a [u8], boundary: &[u8]) -> Option<Form<'a>> {
    if boundary.is_empty() || boundary.len() > 256 {
        return None;
    }
    let delimiter = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    let mut form = Form::default();
    // A delimiter stands at the start of a line.
    let starts_line = |at: usize| at == 0 || bytes.get(at.wrapping_sub(1)) == Some(&b'\n');
    let mut marks = finder.find_iter(bytes).filter(|at| starts_line(*at)).peekable();
    let first = *marks.peek()?;
    push_around(&mut form, bytes.get(..first).unwrap_or_default());
    let mut closed = false;
    while let Some(mark) = marks.next() {
        let behind = mark.saturating_add(delimiter.len());
        let end = marks.peek().copied().unwrap_or(bytes.len());
        let Some(section) = bytes.get(behind..end) else { continue };
        if closed || section.starts_with(b"--") {
            closed = true;
            push_around(&mut form, section.strip_prefix(b"--").unwrap_or(section));
            continue;
        }
        if form.parts.len() >= PARTS_MAX {
            form.is_odd = true;
            break;
        }
        match part(section) {
            Some(part) => form.parts.push(part),
            None => form.is_odd = true,
        }
    }
    form.is_odd |= !closed;
    Some(form)
}

fn push_around<'a>(form: &mut Form<'a>, bytes: &'a [u8]) {
    if bytes.iter().any(|b| !b.is_ascii_whitespace()) {
        form.around.push(bytes);
    }
}

/// What stands between two delimiters: the rest of a line, a head, an empty line, the content, a line end.
fn part(section: &[u8]) -> Option<Part<'_>> {
    let line = memchr::memchr(b'\n', section)?;
    let inner = section.get(line.checked_add(1)?..)?;
    let (head, content) = if let Some(content) = inner.strip_prefix(b"\r\n").or_else(|| inner.strip_prefix(b"\n")) {
        (&[][..], content)
    } else {
        let near = inner.get(..HEAD_BYTES_MAX).unwrap_or(inner);
        let long = memmem::find(near, b"\r\n\r\n").map(|at| (at, 4));
        let short = memmem::find(near, b"\n\n").map(|at| (at, 2));
        let (at, length) = long.into_iter().chain(short).min()?;
        (inner.get(..at.checked_add(2)?)?, inner.get(at.checked_add(length)?..)?)
    };
    let bytes = content.strip_suffix(b"\r\n").or_else(|| content.strip_suffix(b"\n")).unwrap_or(content);
    let fields = Fields::lenient(head);
    let disposition = fields.get("Content-Disposition").unwrap_or_default();
    let params = Params::read(disposition);
    Some(Part {
        field: params.text("name").unwrap_or_default(),
        file: disposition_name(disposition),
        media_type: fields.text("Content-Type"),
        is_part: fields.get("Content-Range").is_some(),
        bytes,
    })
}

/// The text of a urlencoded form: a line `name: value` each.
#[must_use]
pub fn urlencoded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for pair in bytes.split(|b| *b == b'&') {
        let mut sides = pair.splitn(2, |b| *b == b'=');
        unescape(sides.next().unwrap_or_default(), &mut out);
        if let Some(value) = sides.next() {
            out.extend_from_slice(b": ");
            unescape(value, &mut out);
        }
        out.push(b'\n');
    }
    out
}

fn unescape(bytes: &[u8], out: &mut Vec<u8>) {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut rest = bytes;
    while let [first, behind @ ..] = rest {
        rest = behind;
        match first {
            b'+' => out.push(b' '),
            b'%' => match (digit(behind.first()), digit(behind.get(1))) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = behind.get(2..).unwrap_or_default();
                }
                _ => out.push(b'%'),
            },
            byte => out.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_a_browser() {
        let body = b"--X\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--X\r\nContent-Disposition: form-data; \
            name=\"f\"; filename=\"a.docx\"\r\nContent-Type: application/zip\r\n\r\nPK\r\n\r\n\x00\r\n--X--\r\n";
        let form = multipart(body, b"X").unwrap();
        assert!(!form.is_odd && form.around.is_empty(), "{form:?}");
        let read: Vec<_> = form.parts.iter().map(|p| (p.field.as_str(), p.file.as_deref(), p.bytes)).collect();
        assert_eq!(read, [("note", None, &b"hello"[..]), ("f", Some("a.docx"), b"PK\r\n\r\n\x00")]);
        assert_eq!(form.parts[1].media_type.as_deref(), Some("application/zip"));
    }

    #[test]
    fn what_stands_around_is_kept_and_what_is_broken_is_told() {
        let form = multipart(b"before\r\n--X\r\n\r\na\r\n--X--\r\nbehind\r\n--X\r\n\r\nb", b"X").unwrap();
        assert_eq!(form.parts.len(), 1);
        assert_eq!(form.around, [&b"before\r\n"[..], b"\r\nbehind\r\n", b"\r\n\r\nb"], "all of it is there to look at");
        assert!(multipart(b"--X\r\n\r\nno end", b"X").unwrap().is_odd);
        assert!(multipart(b"--X\r\nno empty line\r\n--X--", b"X").unwrap().is_odd);
        assert_eq!(multipart(b"nothing of it", b"X"), None);
        assert_eq!(multipart(b"--", b""), None);
        let inline = multipart(b"--X\n\na --X b\n--X--", b"X").unwrap();
        assert_eq!(inline.parts[0].bytes, b"a --X b", "a delimiter begins a line");
        let many = b"--X\r\n\r\n\r\n".repeat(PARTS_MAX + 5);
        let many = multipart(&many, b"X").unwrap();
        assert!(many.is_odd && many.parts.len() == PARTS_MAX);
    }

    #[test]
    fn urlencoded_forms_become_lines() {
        assert_eq!(urlencoded(b"card=4111+1111%201111+1111&x&y=%zz%e4"), b"card: 4111 1111 1111 1111\nx\ny: %zz\xe4\n");
        assert_eq!(urlencoded(b""), b"\n");
    }
}
