//! DEA registration number: type of registrant, initial of the name (or 9), six digits and a check digit: the first,
//! third and fifth digit plus twice the second, fourth and sixth; its last digit is the seventh.
//! Source: 21 CFR 1301; DEA Diversion Control Division, registration validation.

use super::super::arithmetic::{digits, is_uniform, weighted};

/// Types of registrants: hospitals, practitioners, mid-level practitioners, manufacturers, distributors, programmes.
const TYPES: &str = "ABCDEFGHJKLMPRSTUX";

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(head), Some(number)) = (value.get(..2), value.get(2..)) else { return false };
    let Some(digits) = digits::<7>(number) else { return false };
    let [.., check] = digits;
    let mut letters = head.chars();
    let is_type = letters.next().is_some_and(|c| TYPES.contains(c));
    let is_initial = letters.next().is_some_and(|c| c.is_ascii_uppercase() || c == '9');
    is_type && is_initial && !is_uniform(number) && weighted(&digits, &[1, 2, 1, 2, 1, 2]) % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn numbers_with_a_right_check_digit_pass() {
        for good in ["AB1234563", "F91234563", "MR3456781", "BJ6125341"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "AB1234564",
            "AB2134563",
            "IB1234563",
            "1B1234563",
            "AB123456",
            "AB12345633",
            "AB0000000",
            "éB1234563",
            "A81234563",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
