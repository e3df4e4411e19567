//! Word 97 to 2007 binary documents (MS-DOC), Word 6 and 95.

use super::{Document, Options, opaque};
use crate::blob::{Budget, Coverage, Kind};

/// What is read of it.
pub const COVERAGE: Coverage = Coverage::CARVED;

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    *out = opaque::read(Kind::Doc, bytes, options, budget);
}
