//! Pictures: metadata is read, pixels are a gap.

use super::{Document, Options, opaque};
use crate::blob::{Aspect, Budget, Coverage, Kind};

/// What is read of it.
pub const COVERAGE: Coverage = Coverage { read: &[], gap: &[Aspect::Pictures], source: "none" };

/// Reads a picture of `kind` into `out`; what cannot be read becomes gaps.
pub fn read<'a>(kind: Kind, bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    *out = opaque::read(kind, bytes, options, budget);
}
