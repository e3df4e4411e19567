//! Checks of numbers of Africa.

use super::Check;

pub(super) const CHECKS: &[Check] = &[];
