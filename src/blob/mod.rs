//! Bytes in: where they come from, what they are, and how much work they may cause.
//!
//! `blob/` trusts no name, no extension and no declared size.
#![warn(clippy::indexing_slicing)]
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod base64;
mod budget;
mod coverage;
pub(crate) mod cp437;
mod gap;
mod kind;
pub(crate) mod le;
mod passwords;
mod sniff;
mod source;
mod suspicion;
mod unicode;

pub(crate) use base64::sextet;
pub use budget::{Budget, Limits, RATIO_FREE_BYTES, ReadEnd};
pub use coverage::{Aspect, Coverage};
pub use gap::{Gap, Reason};
pub use kind::{Family, Kind};
pub use passwords::Passwords;
pub(crate) use sniff::is_tar as is_tar_header;
pub use source::{Large, Source};
pub use suspicion::{Suspicion, Suspicions};
pub use unicode::Unicode;
