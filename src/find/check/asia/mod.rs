//! Checks of numbers of Asia and the Middle East.

use super::Check;

pub(super) const CHECKS: &[Check] = &[];
