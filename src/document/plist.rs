//! Property lists: XML (Apple's `PropertyList-1.0.dtd`) and binary (`bplist00`, as documented in Core Foundation's
//! `CFBinaryPList.c`). A value stands behind its key as `key: value`; data that is a file is a file of its own.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions that were checked, sizes of at most sixteen bytes, and a depth that is held against a limit"
)]

use super::markup::{self, Event, Xml};
use super::{Area, Document, Embedded, Options, Text, base64, carve};
use crate::blob::{Aspect, Budget, Coverage, Family, Gap, Kind, Reason};

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Embedded],
    gap: &[],
    source: "Apple PropertyList-1.0.dtd; Core Foundation (binary form)",
};

/// Objects inside objects.
const DEPTH_MAX: u32 = 64;
/// Bytes of data that is looked at for being a file.
const FILE_BYTES_MIN: usize = 16;

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    if !options.text {
        return;
    }
    let mut own = Document::default();
    if bytes.starts_with(b"bplist") {
        binary(bytes, budget, &mut own);
    } else {
        xml(bytes, budget, &mut own);
    }
    own.text.line();
    *out = own;
}

/// A value behind its key, on a line.
fn tell(text: &mut Text<'_>, key: &str, value: &str) {
    let value = value.trim();
    match (key.trim(), value) {
        (_, "") => {}
        ("", value) => text.aside(Area::Body, value),
        (key, value) => text.aside(Area::Body, &format!("{key}: {value}")),
    }
}

/// Data: a file if it is one, text if it reads as such.
fn data(out: &mut Document<'_>, key: &str, bytes: Vec<u8>) {
    if bytes.len() < FILE_BYTES_MIN {
        return;
    }
    let name = format!("data {} {key}", out.embedded.len() + 1);
    let name = name.trim_end().to_owned();
    match Kind::of(&bytes) {
        Kind::Unknown => {
            let carved = carve(&bytes);
            carved.as_str().lines().for_each(|line| out.text.aside(Area::Body, line));
        }
        kind if kind.family() != Family::Empty => out.embedded.push(Embedded { name, bytes }),
        _ => {}
    }
}

fn xml(bytes: &[u8], budget: &mut Budget, out: &mut Document<'static>) {
    let (source, whole) = markup::decode(bytes);
    let mut xml = Xml::new(&source);
    let mut key = String::new();
    let mut elements = 0u32;
    while let Some(event) = xml.next() {
        elements = elements.wrapping_add(1);
        if elements.is_multiple_of(4096)
            && let Err(reason) = budget.time()
        {
            return out.gaps.push(Gap::new(reason, "", "read in part"));
        }
        match event {
            Event::Start(tag) => match tag.name {
                "key" => {
                    // A key without a value of its own heads what is in it.
                    if !key.is_empty() {
                        out.text.aside(Area::Body, &key);
                    }
                    key = xml.text().into_owned();
                }
                "string" | "integer" | "real" | "date" => {
                    let value = xml.text();
                    tell(&mut out.text, &std::mem::take(&mut key), &value);
                }
                "data" => {
                    let bytes = base64::decode(xml.inner().as_bytes());
                    data(out, &std::mem::take(&mut key), bytes);
                }
                "true" | "false" => {
                    out.text.aside(Area::Body, &std::mem::take(&mut key));
                }
                _ => {}
            },
            Event::End { name: "array", .. } => key.clear(),
            Event::Text(chars) if !chars.is_blank() => out.text.aside(Area::Body, &chars.decode()),
            Event::Comment(words) => out.text.aside(Area::Comment, words),
            Event::Doctype(words) if words.contains("<!ENTITY") => out.text.aside(Area::Metadata, words),
            _ => {}
        }
    }
    if let Some(flaw) = xml.flaw() {
        out.gaps.push(Gap::new(Reason::Corrupt, "", format!("XML is not well-formed: {flaw}")));
    } else if !whole {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "bytes that are no characters"));
    }
}

/// The binary form: objects, then a table of where each starts, then a trailer of 32 bytes.
fn binary(bytes: &[u8], budget: &mut Budget, out: &mut Document<'static>) {
    let Some(list) = Binary::open(bytes) else {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "the trailer is damaged, printable text was carved"));
        out.text = carve(bytes);
        return;
    };
    let mut walk = Walk { list: &list, seen: vec![false; list.count], out, budget, fault: None };
    walk.object(list.top, "", 0);
    // Objects that nothing refers to are stored all the same.
    for index in 0..list.count {
        walk.object(index, "", 0);
    }
    if let Some(reason) = walk.fault {
        out.gaps.push(Gap::new(reason, "", "damaged objects, read around them"));
    }
}

struct Binary<'a> {
    bytes: &'a [u8],
    offsets: &'a [u8],
    offset_size: usize,
    reference_size: usize,
    count: usize,
    top: usize,
}

fn integer(bytes: &[u8]) -> usize {
    bytes.iter().fold(0usize, |value, b| value.wrapping_shl(8) | usize::from(*b))
}

impl<'a> Binary<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let trailer = bytes.get(bytes.len().checked_sub(32)?..)?;
        let (offset_size, reference_size) = (usize::from(*trailer.get(6)?), usize::from(*trailer.get(7)?));
        if !(1..=8).contains(&offset_size) || !(1..=8).contains(&reference_size) {
            return None;
        }
        let (count, top) = (integer(trailer.get(8..16)?), integer(trailer.get(16..24)?));
        let offsets = bytes.get(integer(trailer.get(24..32)?)..bytes.len() - 32)?;
        let count = count.min(offsets.len() / offset_size);
        (count > 0).then_some(Self { bytes, offsets, offset_size, reference_size, count, top })
    }

    /// The bytes from where an object starts.
    fn at(&self, index: usize) -> Option<&'a [u8]> {
        let offset = self.offsets.get(index.checked_mul(self.offset_size)?..)?.get(..self.offset_size)?;
        self.bytes.get(integer(offset)..)
    }

    /// The length that a marker tells, and what stands behind it.
    fn length(&self, object: &'a [u8]) -> Option<(usize, &'a [u8])> {
        let low = object.first()? & 0x0F;
        if low != 0x0F {
            return Some((usize::from(low), object.get(1..)?));
        }
        let size = 1usize << (object.get(1)? & 0x0F).min(3);
        Some((integer(object.get(2..2 + size)?), object.get(2 + size..)?))
    }
}

struct Walk<'w, 'a> {
    list: &'w Binary<'a>,
    seen: Vec<bool>,
    out: &'w mut Document<'static>,
    budget: &'w mut Budget,
    fault: Option<Reason>,
}

impl Walk<'_, '_> {
    /// Tells an object, once; a string may be told again behind each of its keys.
    fn object(&mut self, index: usize, key: &str, depth: u32) {
        let Some(seen) = self.seen.get_mut(index) else {
            self.fault = self.fault.or(Some(Reason::Corrupt));
            return;
        };
        if std::mem::replace(seen, true) || self.fault == Some(Reason::Timeout) {
            return;
        }
        if index.is_multiple_of(1024)
            && let Err(reason) = self.budget.time()
        {
            self.fault = Some(reason);
            return;
        }
        if depth > DEPTH_MAX || self.tell(index, key, depth).is_none() {
            self.fault = self.fault.or(Some(Reason::Corrupt));
        }
    }

    fn tell(&mut self, index: usize, key: &str, depth: u32) -> Option<()> {
        let object = self.list.at(index)?;
        match object.first()? >> 4 {
            0x1 => {
                let size = 1usize << (object.first()? & 0x0F).min(4);
                let bytes = object.get(1..1 + size)?;
                let value = integer(bytes.get(bytes.len().saturating_sub(8)..)?).cast_signed();
                tell(&mut self.out.text, key, &value.to_string());
            }
            0x2 => {
                let value = match object.first()? & 0x0F {
                    2 => f64::from(f32::from_be_bytes(object.get(1..5)?.try_into().ok()?)),
                    _ => f64::from_be_bytes(object.get(1..9)?.try_into().ok()?),
                };
                tell(&mut self.out.text, key, &value.to_string());
            }
            0x4 => {
                let (length, rest) = self.list.length(object)?;
                let bytes = rest.get(..length)?.to_vec();
                data(self.out, key, bytes);
            }
            0x5..=0x7 => {
                let value = self.string(index)?;
                tell(&mut self.out.text, key, &value);
            }
            0xA..=0xC => {
                let (count, rest) = self.list.length(object)?;
                let size = self.list.reference_size;
                let items = rest.get(..count.checked_mul(size)?)?;
                for item in items.chunks_exact(size) {
                    self.object(integer(item), key, depth + 1);
                }
            }
            0xD => {
                let (count, rest) = self.list.length(object)?;
                let size = self.list.reference_size;
                let keys = rest.get(..count.checked_mul(size)?)?;
                let values = rest.get(keys.len()..keys.len() * 2)?;
                for (key, value) in keys.chunks_exact(size).zip(values.chunks_exact(size)) {
                    self.pair(integer(key), integer(value), depth);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn pair(&mut self, key: usize, value: usize, depth: u32) {
        // Long keys are told once: many pairs may share one.
        let known = self.seen.get(key).copied().unwrap_or(true);
        let name = if known { self.short_string(key) } else { self.string(key) };
        let name = name.unwrap_or_default();
        let told = self.seen.get(value).copied().unwrap_or(true);
        let before = self.out.text.len();
        self.object(value, &name, depth + 1);
        if let Some(seen) = self.seen.get_mut(key) {
            *seen = true;
        }
        if self.out.text.len() == before {
            // A string that stands behind several keys is stored once.
            let again = if told { self.short_string(value) } else { None };
            match again {
                Some(again) => tell(&mut self.out.text, &name, &again),
                None => self.out.text.aside(Area::Body, &name),
            }
        }
    }

    /// The characters of a string object that is short enough to be told again.
    fn short_string(&self, index: usize) -> Option<String> {
        const CHARS_MAX: usize = 256;
        let (length, _) = self.list.length(self.list.at(index)?)?;
        if length <= CHARS_MAX { self.string(index) } else { None }
    }

    /// The characters of a string object.
    fn string(&self, index: usize) -> Option<String> {
        let object = self.list.at(index)?;
        let (length, rest) = self.list.length(object)?;
        match object.first()? >> 4 {
            0x5 | 0x7 => Some(String::from_utf8_lossy(rest.get(..length)?).into_owned()),
            0x6 => {
                let units = rest.get(..length.checked_mul(2)?)?;
                let units = units.chunks_exact(2).map(|unit| unit.try_into().map_or(0, u16::from_be_bytes));
                Some(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn told(bytes: &[u8]) -> Document<'static> {
        let mut out = Document::default();
        read(bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
        Document { text: Text::owned(out.text.as_str().to_owned()), gaps: out.gaps, ..Document::default() }
    }

    fn good() -> Vec<u8> {
        // {"SSN": "536-22-8467", "name": "Ü"}
        let mut bytes = b"bplist00".to_vec();
        let objects: [&[u8]; 5] = [&[0xD2, 1, 2, 3, 4], b"\x53SSN", b"\x54name", b"\x5B536-22-8467", &[0x61, 0, 0xDC]];
        let mut offsets = Vec::new();
        for object in objects {
            offsets.push(bytes.len() as u8);
            bytes.extend(object);
        }
        let table = bytes.len() as u64;
        bytes.extend(offsets);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        for value in [5, 0, table] {
            bytes.extend(u64::to_be_bytes(value));
        }
        bytes
    }

    #[test]
    fn keys_and_values_of_the_binary_form() {
        let out = told(&good());
        assert_eq!((out.text.as_str(), out.gaps.len()), ("SSN: 536-22-8467\nname: Ü\n", 0));
    }

    #[test]
    fn keys_and_values_of_xml() {
        let out = told(b"<plist><dict><key>SSN</key><string>536-22-8467</string><key>on</key><true/></dict></plist>");
        assert_eq!((out.text.as_str(), out.gaps.len()), ("SSN: 536-22-8467\non\n", 0));
    }

    #[test]
    fn mutations_neither_panic_nor_grow() {
        let good = good();
        for at in 0..good.len() {
            for value in [0, 1, 0x0F, 0x5F, 0xA3, 0xD2, 0xFF] {
                let mut bytes = good.clone();
                bytes[at] = value;
                assert!(told(&bytes).text.len() < 4096);
            }
            let _ = told(&good[..at]);
        }
    }
}
