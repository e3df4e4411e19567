//! Checks of keys and tokens that carry a checksum or a structure of their own.

use super::Check;

pub(super) const CHECKS: &[Check] = &[];
