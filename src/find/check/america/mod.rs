//! Checks of numbers of North, Central and South America.

mod us_itin;
mod us_ssn;

use super::Check;

pub(super) const CHECKS: &[Check] = &[Check::new("us-itin", us_itin::is_valid), Check::new("us-ssn", us_ssn::is_valid)];
