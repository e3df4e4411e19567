//! Unpacking the data of a member by its method (APPNOTE 4.4.5), for methods and data that are not read in place.

use super::{DEFLATED, Entry, STORED};
use crate::blob::{Budget, ReadEnd, Reason};
use crate::container::codec;
use crate::container::inflate::Inflater;

/// Bit of the flags: LZMA data has an end marker (APPNOTE 4.4.4).
const MARKED: u16 = 2;

/// Appends what `data`, packed by `method`, unpacks to.
pub fn unpack(method: u16, data: &[u8], entry: &Entry, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
    let packed = data.len() as u64;
    let end = match method {
        STORED => budget.read(&mut &*data, packed, out),
        DEFLATED => {
            let mut inflater = Inflater::new();
            inflater.start(data);
            inflater.inflate(budget, out)
        }
        _ => match codec::zip(method, data, entry.unpacked_bytes_hint, entry.flags & MARKED != 0) {
            Ok(mut decoder) => return codec::read(&mut decoder, packed, budget, out),
            Err(error) => return Err(codec::reason(&error)),
        },
    };
    match end {
        ReadEnd::Whole => Ok(()),
        ReadEnd::Limit(reason) => Err(reason),
        ReadEnd::Failed(_) => Err(Reason::Corrupt),
    }
}
