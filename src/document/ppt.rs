//! PowerPoint 97 to 2007 presentations (MS-PPT).

use super::{Document, Options, opaque};
use crate::blob::{Budget, Coverage, Kind};

/// What is read of it.
pub const COVERAGE: Coverage = Coverage::CARVED;

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    *out = opaque::read(Kind::Ppt, bytes, options, budget);
}
