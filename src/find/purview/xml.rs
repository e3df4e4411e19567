//! A rule package as bytes: its encoding, and a small tree of elements that knows its lines.
//!
//! Packages are written by hand and by exports: UTF-16 with a byte order mark, UTF-8 with or without one, prefixes
//! or none. Well-formedness is insisted on: a package that ends half-way would load half of its types.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Bytes of a package that is looked at. 16 MiB: twenty times the size that Purview takes.
pub(super) const PACKAGE_BYTES_MAX: usize = 16 << 20;
/// Elements inside elements. The schema needs six, nested `Any` a few more.
const DEPTH_MAX: usize = 64;

/// What is wrong with the file, and in which line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) message: String,
}

/// An element with its attributes, text and children; names without their prefixes.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
}

impl Element {
    /// An attribute that is there and not blank. Names are compared without letter case: hand-written packages err.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(found.1.trim()).filter(|v| !v.is_empty())
    }

    /// Children with this name.
    pub(super) fn children(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(move |c| c.name == name)
    }
}

/// The text of a package: UTF-8 or UTF-16, with or without a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Fault> {
    let fault = |message: String| Fault { line: 1, message };
    if bytes.len() > PACKAGE_BYTES_MAX {
        return Err(fault(format!("larger than {} MiB", PACKAGE_BYTES_MAX >> 20)));
    }
    let (encoding, rest) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (encoding_rs::UTF_8, rest),
        [0xFF, 0xFE, rest @ ..] => (encoding_rs::UTF_16LE, rest),
        [0xFE, 0xFF, rest @ ..] => (encoding_rs::UTF_16BE, rest),
        // Without a mark: a document begins with `<`, and half of its bytes in UTF-16 are zero.
        [b'<', 0, ..] => (encoding_rs::UTF_16LE, bytes),
        [0, b'<', ..] => (encoding_rs::UTF_16BE, bytes),
        _ => (encoding_rs::UTF_8, bytes),
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        let message = format!("is not {}", encoding.name());
        if encoding == encoding_rs::UTF_8 { Fault { line: line_of_invalid(rest), message } } else { fault(message) }
    })
}

#[allow(clippy::arithmetic_side_effects, reason = "lines of one text are counted")]
fn line_of_invalid(bytes: &[u8]) -> usize {
    let valid = std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len);
    bytes.iter().take(valid).filter(|b| **b == b'\n').count() + 1
}

/// Reads the tree below the root element.
pub(super) fn parse(text: &str) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(text);
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut open: Vec<Element> = Vec::new();
    loop {
        let begin = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event();
        let after = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        // White space in front of markup is an event of its own, so an event begins where its markup does.
        let line = lines.at(begin);
        let fault = |message: String| Fault { line, message };
        match event {
            Err(error) => return Err(Fault { line: lines.at(after), message: error.to_string() }),
            Ok(Event::Eof) => {
                let message = match open.last() {
                    Some(element) => format!("ends inside `{}` of line {}", element.name, element.line),
                    None => "holds no element".to_owned(),
                };
                return Err(fault(message));
            }
            Ok(Event::Start(start)) => {
                if open.len() >= DEPTH_MAX {
                    return Err(fault(format!("more than {DEPTH_MAX} elements inside each other")));
                }
                open.push(element(&start, line)?);
            }
            Ok(Event::Empty(start)) => {
                let element = element(&start, line)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => return Ok(element),
                }
            }
            Ok(Event::End(_)) => {
                let Some(element) = open.pop() else { return Err(fault("an end tag without its start".to_owned())) };
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => return Ok(element),
                }
            }
            Ok(Event::Text(text)) => append(&mut open, &text.xml10_content()),
            Ok(Event::CData(text)) => append(&mut open, &text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => {
                let character = match reference.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    Ok(None) => {
                        let name = reference.to_string();
                        let known = quick_xml::escape::resolve_predefined_entity(&name);
                        known.ok_or_else(|| fault(format!("unknown entity `&{name};`")))?.to_owned()
                    }
                    Err(error) => return Err(fault(error.to_string())),
                };
                append(&mut open, &character);
            }
            Ok(_) => {}
        }
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>, line: usize) -> Result<Element, Fault> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| Fault { line, message: format!("`{name}`: {e}") })?;
        let value = quick_xml::escape::unescape(&attribute.value)
            .map_err(|e| Fault { line, message: format!("`{name}`: {e}") })?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name, line, attributes, ..Element::default() })
}

/// Counts lines as places rise.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    #[allow(clippy::arithmetic_side_effects, reason = "lines of one text are counted")]
    fn at(&mut self, place: usize) -> usize {
        let place = place.min(self.text.len());
        let between = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        self.line += between.iter().filter(|b| **b == b'\n').count();
        self.at = self.at.max(place);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
        let mark = if mark { "\u{FEFF}" } else { "" };
        format!("{mark}{text}").encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "<a>Größe 日本</a>";
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{FEFF}{text}").into_bytes(),
            utf16(text, u16::to_le_bytes, true),
            utf16(text, u16::to_be_bytes, true),
            utf16(text, u16::to_le_bytes, false),
            utf16(text, u16::to_be_bytes, false),
        ] {
            assert_eq!(decode(&bytes).unwrap(), text);
        }
        assert_eq!(decode(b"<a>\n\xFF</a>").unwrap_err().line, 2);
        assert!(decode(&[0xFF, 0xFE, 0x3C]).is_err(), "half a character");
    }

    #[test]
    fn elements_know_their_lines_and_faults_name_theirs() {
        let root = parse("<?xml version=\"1.0\"?>\n<!-- x -->\n<m:A xmlns:m=\"u\" id=\"1\">\n<B/>a&amp;&#66;<![CDATA[<c>]]>\n\n <C d=\"&lt;\"/></m:A>").unwrap();
        assert_eq!((root.name.as_str(), root.line, root.attribute("ID")), ("A", 3, Some("1")));
        let children: Vec<_> = root.children.iter().map(|c| (c.name.as_str(), c.line)).collect();
        assert_eq!(children, [("B", 4), ("C", 6)]);
        assert_eq!(root.text.trim(), "a&B<c>");
        assert_eq!(root.children[1].attribute("d"), Some("<"));
        for (text, line) in
            [("<a>\n<b>\n</a>", 3), ("<a>\n<b>", 2), ("<a>\n&x;</a>", 2), ("", 1), ("<a b='1' b='2'/>", 1)]
        {
            assert_eq!(parse(text).unwrap_err().line, line, "{text}");
        }
        assert!(parse(&"<a>".repeat(100)).unwrap_err().message.contains("64"));
    }
}
