//! Checks: arithmetic a value must pass. One small file each, with its source and its near misses; rules name them.

mod aba;
mod bic;
mod iban;
mod itin;
mod luhn;
mod ssn;

/// A check that rules name.
#[derive(Debug)]
pub(crate) struct Check {
    /// Name in rule files.
    pub(crate) name: &'static str,
    /// Whether a normalised value (no separators, upper case) passes.
    pub(crate) accepts: fn(&str) -> bool,
    /// Characters the whole value has, told from its beginning; for values whose length depends on a country code.
    pub(crate) length: Option<fn(&str) -> Option<usize>>,
}

/// Every check.
pub(crate) const CHECKS: &[Check] = &[
    Check { name: "aba", accepts: aba::is_valid, length: None },
    Check { name: "bic", accepts: bic::is_valid, length: None },
    Check { name: "iban", accepts: iban::is_valid, length: Some(iban::length) },
    Check { name: "itin", accepts: itin::is_valid, length: None },
    Check { name: "luhn", accepts: luhn::is_valid, length: None },
    Check { name: "ssn", accepts: ssn::is_valid, length: None },
];

/// The check with this name.
pub(crate) fn by_name(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|c| c.name == name)
}
