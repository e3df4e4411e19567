//! Property sets of compound files (MS-OLEPS 2.21, 2.24): what people typed, and the custom properties, which are the
//! second section of `\x05DocumentSummaryInformation`.
//!
//! Read leniently: what cannot be followed is passed over, offsets are never trusted.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions that were read at, and at most 4,096 entries of eight bytes"
)]

use super::code_page;
use crate::blob::le::{u16_at, u32_at};

/// Name of the stream with custom properties in its second section.
pub(super) const STREAM: &str = "\u{5}DocumentSummaryInformation";
/// Name of the stream with title, author and the like.
pub(super) const SUMMARY: &str = "\u{5}SummaryInformation";

/// FMTID D5CDD505-2E9C-101B-9397-08002B2CF9AE, the section of user-defined properties, as stored.
const USER_DEFINED: [u8; 16] =
    [0x05, 0xD5, 0xCD, 0xD5, 0x9C, 0x2E, 0x1B, 0x10, 0x93, 0x97, 0x08, 0x00, 0x2B, 0x2C, 0xF9, 0xAE];
/// Code page of sections in UTF-16.
const UTF_16: u16 = 1200;
/// Properties that are looked at; honest files have a few dozen.
const PROPERTIES_MAX: u32 = 4096;

/// Names and values of the user-defined properties in the stream, in file order; values that are no text, number or
/// truth value are passed over.
pub(super) fn custom(stream: &[u8]) -> Vec<(String, String)> {
    let Some(at) = memchr::memmem::find(stream.get(..512).unwrap_or(stream), &USER_DEFINED) else { return Vec::new() };
    let section = u32_at(stream, at + USER_DEFINED.len()).and_then(|offset| stream.get(offset as usize..));
    let Some(section) = section else { return Vec::new() };
    let count = u32_at(section, 4).unwrap_or(0).min(PROPERTIES_MAX) as usize;
    let property =
        |i: usize| Some((u32_at(section, 8 + i * 8)?, section.get(u32_at(section, 12 + i * 8)? as usize..)?));
    let properties: Vec<(u32, &[u8])> = (0..count).filter_map(property).collect();
    let of = |id: u32| properties.iter().find(|(other, _)| *other == id).map(|(_, value)| *value);
    let page = of(1).and_then(|value| u16_at(value, 4)).unwrap_or(1252);
    let names = of(0).map(|dictionary| names(dictionary, page)).unwrap_or_default();
    let mut left = stream.len().saturating_mul(2);
    let named = |(id, value): &(u32, &[u8])| {
        let (_, name) = names.iter().find(|(other, _)| other == id)?;
        left = left.checked_sub(name.len())?;
        Some((name.clone(), shown(taken(value, &mut left)?, page)?))
    };
    properties.iter().filter(|(id, _)| *id > 1).filter_map(named).collect()
}

/// FMTID F29F85E0-4FF9-1068-AB91-08002B27B3D9, the section of `\x05SummaryInformation`, as stored.
const SUMMARY_SECTION: [u8; 16] =
    [0xE0, 0x85, 0x9F, 0xF2, 0xF9, 0x4F, 0x68, 0x10, 0xAB, 0x91, 0x08, 0x00, 0x2B, 0x27, 0xB3, 0xD9];
/// Template, number of saves, program (MS-OLEPS 3.1.2 and MS-OSHARED 2.3.3.2.1): nobody types them.
const SUMMARY_SILENT: &[u32] = &[7, 9, 18];
/// What it is presented on, digital signature, version of the program (MS-OSHARED 2.3.3.2.2).
const DOCUMENT_SILENT: &[u32] = &[3, 24, 29];

/// What people typed, of the first section of either stream, in file order: title, subject, author, keywords, comments,
/// last author; category, manager, company.
pub(super) fn texts(stream: &[u8]) -> Vec<String> {
    if stream.get(28..44) == Some(&USER_DEFINED) {
        return Vec::new();
    }
    let silent = if stream.get(28..44) == Some(&SUMMARY_SECTION) { SUMMARY_SILENT } else { DOCUMENT_SILENT };
    let Some(section) = u32_at(stream, 44).and_then(|offset| stream.get(offset as usize..)) else { return Vec::new() };
    let count = u32_at(section, 4).unwrap_or(0).min(PROPERTIES_MAX) as usize;
    let property =
        |i: usize| Some((u32_at(section, 8 + i * 8)?, section.get(u32_at(section, 12 + i * 8)? as usize..)?));
    let properties: Vec<(u32, &[u8])> = (0..count).map_while(property).collect();
    let page = properties.iter().find(|(id, _)| *id == 1).and_then(|(_, value)| u16_at(value, 4)).unwrap_or(1252);
    let mut left = stream.len().saturating_mul(2);
    let mut out: Vec<String> = Vec::new();
    for (id, value) in properties {
        let is_text = matches!(u16_at(value, 0), Some(0x1E | 0x1F)) && id > 1 && !silent.contains(&id);
        let Some(text) = Some(value).filter(|_| is_text).and_then(|value| shown(taken(value, &mut left)?, page)) else {
            continue;
        };
        let text = text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), "\n");
        // An author is the last one, too, most of the time.
        if !text.trim().is_empty() && !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

/// The dictionary: ids and names.
fn names(dictionary: &[u8], page: u16) -> Vec<(u32, String)> {
    let count = u32_at(dictionary, 0).unwrap_or(0).min(PROPERTIES_MAX);
    let mut names = Vec::new();
    let mut at = 4;
    for _ in 0..count {
        let (Some(id), Some(length)) = (u32_at(dictionary, at), u32_at(dictionary, at + 4)) else { break };
        let bytes = (length as usize).saturating_mul(if page == UTF_16 { 2 } else { 1 });
        let end = (at + 8).saturating_add(bytes);
        let Some(name) = dictionary.get(at + 8..end) else { break };
        names.push((id, decode(name, page)));
        at = if page == UTF_16 { end.next_multiple_of(4) } else { end };
    }
    names
}

/// The value, if `left` bytes are enough for it: properties may all name one place.
fn taken<'v>(value: &'v [u8], left: &mut usize) -> Option<&'v [u8]> {
    let unit = match u16_at(value, 0)? {
        0x1E => 1,
        0x1F => 2,
        _ => return Some(value),
    };
    let length = (u32_at(value, 4)? as usize).saturating_mul(unit).min(value.len());
    *left = left.checked_sub(length)?;
    Some(value)
}

/// A typed value as text (MS-OLEPS 2.15).
fn shown(value: &[u8], page: u16) -> Option<String> {
    let text = |unit: usize, page| {
        let bytes = (u32_at(value, 4)? as usize).saturating_mul(unit);
        Some(decode(value.get(8..8usize.saturating_add(bytes))?, page))
    };
    match u16_at(value, 0)? {
        0x02 => u16_at(value, 4).map(|n| n.cast_signed().to_string()),
        0x03 => u32_at(value, 4).map(|n| n.cast_signed().to_string()),
        0x0B => u16_at(value, 4).map(|n| (n != 0).to_string()),
        0x1E => text(1, page),
        0x1F => text(2, UTF_16),
        _ => None,
    }
}

/// Text in a code page, up to its end mark.
fn decode(bytes: &[u8], page: u16) -> String {
    let text = code_page::decode(bytes, page);
    text.split('\0').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream with one section of properties, each with its name.
    fn stream(page: u16, properties: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let text = |s: &str| -> Vec<u8> {
            let s = format!("{s}\0");
            if page == UTF_16 { s.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { s.into_bytes() }
        };
        let mut dictionary = (properties.len() as u32).to_le_bytes().to_vec();
        for (i, (name, _)) in properties.iter().enumerate() {
            dictionary.extend((i as u32 + 2).to_le_bytes());
            dictionary.extend((name.chars().count() as u32 + 1).to_le_bytes());
            dictionary.extend(text(name));
            if page == UTF_16 {
                dictionary.resize(dictionary.len().next_multiple_of(4), 0);
            }
        }
        let mut values = vec![(0, dictionary), (1, [2, 0, 0, 0, page as u8, (page >> 8) as u8, 0, 0].to_vec())];
        values.extend(properties.iter().enumerate().map(|(i, (_, value))| (i as u32 + 2, value.clone())));
        let mut body = Vec::new();
        let mut table = Vec::new();
        for (id, value) in &values {
            table.extend(id.to_le_bytes());
            table.extend((8 + values.len() as u32 * 8 + body.len() as u32).to_le_bytes());
            body.extend(value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut out = vec![0xFE, 0xFF, 0, 0];
        out.resize(28, 0);
        out.extend(USER_DEFINED);
        out.extend(48u32.to_le_bytes());
        out.extend((8 + table.len() as u32 + body.len() as u32).to_le_bytes());
        out.extend((values.len() as u32).to_le_bytes());
        out.extend(table);
        out.extend(body);
        out
    }

    fn narrow(text: &str) -> Vec<u8> {
        let mut out = vec![0x1E, 0, 0, 0];
        out.extend((text.len() as u32 + 1).to_le_bytes());
        out.extend(text.bytes());
        out.push(0);
        out
    }

    fn wide(text: &str) -> Vec<u8> {
        let mut out = vec![0x1F, 0, 0, 0];
        out.extend((text.encode_utf16().count() as u32 + 1).to_le_bytes());
        out.extend(text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        out
    }

    #[test]
    fn names_and_values_in_any_code_page() {
        for page in [1252, UTF_16, 65001] {
            let truth = vec![0x0B, 0, 0, 0, 0xFF, 0xFF, 0, 0];
            let values =
                [("MSIP_Label_a_Name", wide("Vertraulich – 機密")), ("Yes", truth), ("Blob", vec![0x41, 0, 0, 0])];
            let expected = [("MSIP_Label_a_Name", "Vertraulich – 機密"), ("Yes", "true")];
            assert_eq!(custom(&stream(page, &values)), expected.map(|(k, v)| (k.to_owned(), v.to_owned())), "{page}");
        }
        let plain = stream(1252, &[("Status", narrow("Draft"))]);
        assert_eq!(custom(&plain), [("Status".to_owned(), "Draft".to_owned())]);
    }

    #[test]
    fn what_people_typed_is_told_once() {
        let mut values = vec![(1u32, vec![2, 0, 0, 0, 0xE4, 4, 0, 0])];
        values.extend([(2, narrow("Plan")), (4, narrow("Anna")), (7, narrow("Normal.dot")), (8, narrow("Anna"))]);
        values.extend([(6, wide("一")), (17, vec![0x47, 0, 0, 0, 4, 0, 0, 0, b'T', b'h', b'u', b'm'])]);
        let (mut table, mut body) = (Vec::new(), Vec::new());
        for (id, value) in &values {
            table.extend(id.to_le_bytes());
            table.extend((8 + values.len() as u32 * 8 + body.len() as u32).to_le_bytes());
            body.extend(value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut stream = vec![0xFE, 0xFF, 0, 0];
        stream.resize(28, 0);
        stream.extend(SUMMARY_SECTION);
        stream.extend(48u32.to_le_bytes());
        stream.extend((8 + table.len() as u32 + body.len() as u32).to_le_bytes());
        stream.extend((values.len() as u32).to_le_bytes());
        stream.extend(table);
        stream.extend(body);
        assert_eq!(texts(&stream), ["Plan", "Anna", "一"]);
        for end in 0..stream.len() {
            assert!(texts(&stream[..end]).len() <= 3);
        }
    }

    #[test]
    fn nothing_of_a_damaged_stream_is_trusted() {
        let whole = stream(1252, &[("Status", narrow("Draft")), ("Other", narrow("x"))]);
        for length in 0..whole.len() {
            assert!(custom(&whole[..length]).len() <= 2);
        }
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] = 0xFF;
            assert!(custom(&bent).len() <= 2);
        }
    }
}
