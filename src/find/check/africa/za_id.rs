//! South African identity number: birth date, serial of four, citizenship, a digit of no meaning any more, Luhn digit.
//! Citizenship is 0 (citizen), 1 (permanent resident) or 2 (refugee). Source: Identification Act 68 of 1997, sections
//! 7 and 8; Department of Home Affairs.

use super::super::arithmetic::digits;
use super::super::date::is_short_date;
use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([y1, y2, m1, m2, d1, d2, _, _, _, _, citizenship, _, _]) = digits::<13>(value) else { return false };
    is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2) && citizenship <= 2 && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["7503305044089", "8001015009087", "9202204720083", "5312284604083"] {
            assert!(is_valid(good), "{good}");
        }
        // Check digit, swapped digits, month 13, citizenship 3, lengths, other script.
        for bad in
            ["7503305044088", "7503305040489", "7513305044086", "7503305044386", "750330504408", "75033050440890"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
        assert!(!is_valid("٧٥٠٣٣٠٥٠٤٤٠٨٩"));
    }
}
