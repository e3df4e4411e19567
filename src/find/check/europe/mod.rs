//! Checks of numbers of Europe.

mod ie_pps;
mod uk_chi;
mod uk_driving_licence;
mod uk_nhs;
mod uk_nino;
mod uk_utr;
mod uk_vat;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("ie-pps", ie_pps::is_valid),
    Check::new("uk-chi", uk_chi::is_valid),
    Check::new("uk-driving-licence", uk_driving_licence::is_valid),
    Check::new("uk-nhs", uk_nhs::is_valid),
    Check::new("uk-nino", uk_nino::is_valid),
    Check::new("uk-utr", uk_utr::is_valid),
    Check::new("uk-vat", uk_vat::is_valid),
];
