//! Unpacking: a blob of a container kind gives parts with a path.
//!
//! `container/` never decides what text is, and never trusts a declared size.
#![warn(clippy::indexing_slicing)]

pub mod zip;

use crate::blob::Kind;

/// What `bytes` are, packages told apart by what is in them.
pub fn kind(bytes: &[u8]) -> Kind {
    Kind::of(bytes)
}

/// A member.
pub struct Part<'a> {
    /// Name.
    pub name: &'a str,
    /// Bytes.
    pub bytes: &'a [u8],
}

/// Interim.
pub fn unpack(_kind: Kind, _bytes: &[u8], _budget: &mut crate::blob::Budget, _gaps: &mut Vec<crate::blob::Gap>, _visit: &mut dyn FnMut(Part<'_>, &mut crate::blob::Budget)) {}
