//! bzip2: a header, blocks that start with the digits of pi, a footer.

use std::cell::Cell;

use ::bzip2::bufread::BzDecoder;

use super::End;
use crate::blob::Budget;
use crate::container::codec;

/// Reads one stream.
pub fn read(bytes: &[u8], budget: &mut Budget, out: &mut Vec<u8>) -> Option<End> {
    if !bytes.starts_with(b"BZh") || !bytes.get(3).is_some_and(|level| (b'1'..=b'9').contains(level)) {
        return None;
    }
    let consumed = Cell::new(0);
    let mut decoder = BzDecoder::new(codec::Input::new(bytes, &consumed));
    let result = codec::read_counted(&mut decoder, &consumed, budget, out);
    Some(End::new(consumed.get(), result))
}
