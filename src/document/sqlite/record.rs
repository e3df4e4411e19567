//! Records (file format, 2.1): a header of types, then the values.

use super::page::{Encoding, number};

/// Columns of one record: what the software itself allows at most.
const COLUMNS_MAX: usize = 32_767;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// The values of a record; `None` = it is none. What is cut off is left out.
pub(super) fn values(bytes: &[u8], encoding: Encoding) -> Option<Vec<Value>> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let (length, used) = number(bytes)?;
    let length = usize::try_from(length).ok()?;
    let mut types = bytes.get(used..length)?;
    let mut rest = bytes.get(length..)?;
    let mut values = Vec::new();
    while !types.is_empty() && values.len() < COLUMNS_MAX {
        let (kind, used) = number(types)?;
        types = types.get(used..)?;
        let size = size_of(kind)?;
        let data = rest.get(..size).unwrap_or(rest);
        let whole = data.len() == size;
        rest = rest.get(data.len()..)?;
        values.push(match kind {
            1..=6 if whole => Value::Integer(integer(data)),
            7 if whole => Value::Real(f64::from_be_bytes(data.try_into().ok()?)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            kind if kind >= 12 && kind % 2 == 0 => Value::Blob(data.to_vec()),
            kind if kind >= 13 => Value::Text(text(data, encoding)),
            _ => Value::Null,
        });
    }
    Some(values)
}

#[allow(clippy::arithmetic_side_effects, reason = "kinds up to eleven were told apart in front")]
fn size_of(kind: u64) -> Option<usize> {
    Some(match kind {
        0 | 8 | 9 => 0,
        1..=4 => usize::try_from(kind).ok()?,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        kind => usize::try_from((kind - 12) / 2).ok()?,
    })
}

/// A number of one to eight bytes, the highest first.
fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    bytes.iter().fold(if negative { -1 } else { 0 }, |value: i64, b| value << 8 | i64::from(*b))
}

fn text(bytes: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Utf16Le => encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(),
        Encoding::Utf16Be => encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_value() {
        let bytes = b"\x08\x00\x01\x02\x08\x09\x19\x10\xFF\x01\x00Ann SSNx9";
        let values = values(bytes, Encoding::Utf8).unwrap();
        let expected = [
            Value::Null,
            Value::Integer(-1),
            Value::Integer(256),
            Value::Integer(0),
            Value::Integer(1),
            Value::Text("Ann SS".to_owned()),
            Value::Blob(b"Nx".to_vec()),
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn lies_about_lengths_end_the_record() {
        assert_eq!(values(b"\x02\xFF\xFF", Encoding::Utf8), None);
        assert_eq!(values(b"\x03\x83\x01abc", Encoding::Utf8), Some(vec![Value::Text("abc".to_owned())]));
        assert_eq!(values(b"\x7F\x01", Encoding::Utf8), None);
        assert_eq!(values(b"", Encoding::Utf8), Some(vec![]));
    }
}
