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
