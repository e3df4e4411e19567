//! Source text of macros (MS-OVBA).

use super::{Document, Options, opaque};
use crate::blob::{Budget, Coverage, Gap, Kind, Reason};
use crate::container::cfb::File;

/// What is read of a project by itself (`vbaProject.bin`).
pub const COVERAGE: Coverage = Coverage::CARVED;

/// Reads the project in the storage at `project` ("" = the root): the source text of every module.
pub fn read(_file: &mut File<'_>, project: &str, _budget: &mut Budget, out: &mut Document<'_>) {
    out.gaps.push(Gap::new(Reason::UnsupportedType, project, "macros are not read yet"));
}

/// Reads a compound file that is nothing but a project.
pub fn read_file<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    *out = opaque::read(Kind::Ole, bytes, options, budget);
}
