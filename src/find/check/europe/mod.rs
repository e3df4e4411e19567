//! Checks of numbers of Europe.

use super::Check;

pub(super) const CHECKS: &[Check] = &[];
