//! Writing properties as they are in transport (TNEF, MS-OXTNEF): for containers that hold messages in a form of theirs.

use super::{Properties, Property, Value, kind};

/// A message with its recipients as TNEF. Attachments are no part of it.
pub fn tnef(message: &Properties, recipients: &[Properties]) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(b"\x78\x9F\x3E\x22\0\0");
    let page = message.code_page().unwrap_or(0);
    let mut code_page = page.to_le_bytes().to_vec();
    code_page.extend_from_slice(&[0; 4]);
    attribute(0x0006_9007, &code_page, &mut out);
    let mut list = Vec::new();
    properties(message, &mut list);
    attribute(0x0006_9003, &list, &mut out);
    if !recipients.is_empty() {
        let mut rows = count(recipients.len()).to_vec();
        for recipient in recipients {
            properties(recipient, &mut rows);
        }
        attribute(0x0006_9004, &rows, &mut out);
    }
    out
}

fn attribute(number: u32, data: &[u8], out: &mut Vec<u8>) {
    out.push(1);
    out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(&count(data.len()));
    out.extend_from_slice(data);
    let sum = data.iter().fold(0u16, |sum, b| sum.wrapping_add(u16::from(*b)));
    out.extend_from_slice(&sum.to_le_bytes());
}

fn properties(list: &Properties, out: &mut Vec<u8>) {
    out.extend_from_slice(&count(list.0.len()));
    for property in &list.0 {
        one(property, out);
    }
}

fn one(property: &Property, out: &mut Vec<u8>) {
    let of = match &property.value {
        Value::Text(_) => kind::STRING,
        Value::Text8(_) => kind::STRING8,
        Value::Binary(_) => kind::BINARY,
        Value::Number(_) => kind::INTEGER64,
    };
    out.extend_from_slice(&of.to_le_bytes());
    out.extend_from_slice(&property.id.to_le_bytes());
    if property.id >= 0x8000 {
        out.extend_from_slice(&[0; 16]);
        match &property.name {
            Some(name) => {
                out.extend_from_slice(&1u32.to_le_bytes());
                padded(&wide(name), out);
            }
            None => out.extend_from_slice(&[0; 8]),
        }
    }
    let bytes = match &property.value {
        Value::Number(number) => return out.extend_from_slice(&number.to_le_bytes()),
        Value::Text(text) => wide(text),
        Value::Text8(bytes) | Value::Binary(bytes) => bytes.clone(),
    };
    out.extend_from_slice(&1u32.to_le_bytes());
    padded(&bytes, out);
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain(std::iter::once(0)).flat_map(u16::to_le_bytes).collect()
}

/// A length and bytes, filled up to four.
#[allow(clippy::arithmetic_side_effects, reason = "at most three bytes behind a buffer in memory")]
fn padded(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&count(bytes.len()));
    out.extend_from_slice(bytes);
    out.resize(out.len() + (bytes.len().next_multiple_of(4) - bytes.len()), 0);
}

fn count(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}
