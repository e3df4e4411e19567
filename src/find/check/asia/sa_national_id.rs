//! Saudi national identity number (first digit 1) and residence permit, iqama (2): ten digits, the last a Luhn digit.
//! Source: Civil Affairs Law (Royal Decree M/7); Absher.

use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    value.len() == 10 && value.starts_with(['1', '2']) && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn luhn_over_ten_digits_that_begin_with_1_or_2() {
        for good in ["1012345672", "2345678904", "1000000008"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["1012345673", "1102345672", "3012345670", "101234567", "10123456720", "1111111111"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
