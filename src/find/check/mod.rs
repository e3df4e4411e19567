//! Checks: arithmetic a value must pass. One small file each, with its source and its near misses; rules name them.
//!
//! A check takes the normalised value: of shapes the letters (upper case) and digits without what stands between them,
//! of expressions the value as written without white space. It never panics, whatever it is given.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "digits and letters times as many constant weights, or modulo a constant; positions inside one value"
)]

mod africa;
mod america;
mod arithmetic;
mod asia;
mod date;
mod europe;
mod general;
mod money;
mod oceania;
mod secret;

/// A check that rules name.
#[derive(Debug)]
pub(crate) struct Check {
    /// Name in rule files.
    pub(crate) name: &'static str,
    /// Whether a normalised value passes.
    pub(crate) accepts: fn(&str) -> bool,
    /// Characters the whole value has, told from its beginning; for values whose length depends on a country code.
    pub(crate) length: Option<fn(&str) -> Option<usize>>,
}

impl Check {
    /// A check of values of fixed lengths.
    const fn new(name: &'static str, accepts: fn(&str) -> bool) -> Self {
        Self { name, accepts, length: None }
    }
}

/// Every check: one table a continent or topic.
const TABLES: &[&[Check]] = &[
    general::CHECKS,
    money::CHECKS,
    america::CHECKS,
    europe::CHECKS,
    asia::CHECKS,
    africa::CHECKS,
    oceania::CHECKS,
    secret::CHECKS,
];

/// Every check.
pub(crate) fn all() -> impl Iterator<Item = &'static Check> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// The check with this name.
pub(crate) fn by_name(name: &str) -> Option<&'static Check> {
    all().find(|c| c.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let mut seen = std::collections::HashSet::new();
        for check in all() {
            assert!(seen.insert(check.name), "{} is there twice", check.name);
            assert!(check.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        }
    }

    #[test]
    fn no_check_panics_on_what_it_does_not_expect() {
        let long = "9".repeat(400);
        for check in all() {
            for value in ["", "0", "A", "é", "ÄÖÜß€𝟙", "12é45678901", "000000000000", "ZZZZZZZZZZZZZZZZZZZZ", &long]
            {
                for cut in 0..value.len() {
                    let _ = value.get(cut..).is_some_and(check.accepts);
                }
                let _ = check.length.map(|length| length(value));
            }
        }
    }
}
