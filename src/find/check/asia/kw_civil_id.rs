//! Kuwaiti civil number: century of birth (2: 1900s, 3: 2000s), birth date YYMMDD, serial of four, check digit
//! (11 minus the weighted sum modulo 11; 10 and 11 are not issued). Source: Law 32 of 1982; PACI.

use super::super::arithmetic::{digits, weighted};
use super::super::date::is_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<12>(value) else { return false };
    let [century, y1, y2, m1, m2, d1, d2, .., check] = all;
    let year = match century {
        2 => 1900,
        3 => 2000,
        _ => return false,
    } + y1 * 10
        + y2;
    let sum = weighted(&all, &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    is_date(year, m1 * 10 + m2, d1 * 10 + d2) && year < 2050 && 11 - sum % 11 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["288020122596", "227081660516", "292091998298"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["288020122595", "288020122569", "188020122596", "288130122596", "28802012259", "2880201225960"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
