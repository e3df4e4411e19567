//! Checks of numbers of Australia, New Zealand and the Pacific.

mod au_abn;
mod au_acn;
mod au_medicare;
mod au_tfn;
mod nz_ird;
mod nz_nhi;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("au-abn", au_abn::is_valid),
    Check::new("au-acn", au_acn::is_valid),
    Check::new("au-medicare", au_medicare::is_valid),
    Check::new("au-tfn", au_tfn::is_valid),
    Check::new("nz-ird", nz_ird::is_valid),
    Check::new("nz-nhi", nz_nhi::is_valid),
];
