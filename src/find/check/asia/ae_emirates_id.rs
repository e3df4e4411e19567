//! Emirates ID number: 784 (the country in ISO 3166), year of birth, seven digits, Luhn digit.
//! Source: Federal Law 9 of 2006 on the population register; Federal Authority for Identity (ICP).

use super::super::arithmetic::digits;
use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([7, 8, 4, y1, y2, y3, y4, rest @ ..]) = digits::<15>(value) else { return false };
    let year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
    (1900..2050).contains(&year) && rest != [0; 8] && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn prefix_year_and_check_digit() {
        for good in ["784198012345678", "784200076543212", "784199012345676"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "784198012345679",
            "784198012345687",
            "785198012345678",
            "784188012345678",
            "78419801234567",
            "784198000000000",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
