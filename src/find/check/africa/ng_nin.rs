//! Nigerian national identification number: eleven digits, the last by Verhoeff's rule as scanners take it. NIMC has
//! not published a rule (NIMC Act 2007 says only "unique"), so a rule file should not refuse numbers that fail.

use super::super::arithmetic::is_uniform;
use super::super::general::verhoeff;

pub(crate) fn is_valid(value: &str) -> bool {
    value.len() == 11 && !value.starts_with('0') && !is_uniform(value) && verhoeff(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn verhoeff_over_eleven_digits() {
        for good in ["12345678902", "70123456782"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["12345678901", "12345678920", "1234567890", "123456789022", "00000000000", "1234567890A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
