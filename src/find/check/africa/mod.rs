//! Checks of numbers of Africa.

mod eg_national_id;
mod ng_bvn;
mod ng_nin;
mod za_id;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("eg-national-id", eg_national_id::is_valid),
    Check::new("ng-bvn", ng_bvn::is_valid),
    Check::new("ng-nin", ng_nin::is_valid),
    Check::new("za-id", za_id::is_valid),
];
