//! Checks that many numbers of many countries use.

mod luhn;
mod mod11_10;
mod mod97;
mod verhoeff;

use super::Check;
pub(super) use luhn::is_valid as luhn;
pub(super) use mod11_10::is_valid as mod11_10;
pub(super) use mod97::is_valid as mod97;
pub(super) use mod97::is_valid as mod97_10;
pub(super) use verhoeff::is_valid as verhoeff;

pub(super) const CHECKS: &[Check] = &[
    Check::new("luhn", luhn::is_valid),
    Check::new("mod-11-10", mod11_10::is_valid),
    Check::new("mod-97-10", mod97::is_valid),
    Check::new("verhoeff", verhoeff::is_valid),
];
