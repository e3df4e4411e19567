//! Checks of numbers of Australia, New Zealand and the Pacific.

use super::Check;

pub(super) const CHECKS: &[Check] = &[];
