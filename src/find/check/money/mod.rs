//! Checks of bank numbers, securities and crypto-currency addresses.

mod aba;
mod bic;
mod iban;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new("aba", aba::is_valid),
    Check::new("bic", bic::is_valid),
    Check { name: "iban", accepts: iban::is_valid, length: Some(iban::length) },
];
