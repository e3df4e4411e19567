//! Numbers and texts at places.

pub(super) use crate::blob::le::{u16_at, u32_at};

/// UTF-16 as stored, up to its end mark; what is no character is passed over.
pub(super) fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).take_while(|unit| *unit != 0);
    char::decode_utf16(units).flatten().filter(|c| !c.is_control()).collect()
}
