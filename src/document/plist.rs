//! Binary property lists.

use super::{Document, Options, opaque};
use crate::blob::{Budget, Coverage, Kind};

/// What is read of it.
pub const COVERAGE: Coverage = Coverage::CARVED;

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    *out = opaque::read(Kind::Plist, bytes, options, budget);
}
