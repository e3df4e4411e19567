//! South Korean resident and alien registration numbers: birth date, century and sex, region of first registration,
//! serial, check digit from a weighted sum modulo 11 (for aliens two more). Numbers since October 2020 are random behind
//! the sex digit: see `kr_rrn_random`. Source: Resident Registration Act, enforcement rule, article 2.

use super::super::arithmetic::{digits, weighted};
use super::super::date::is_date;

/// Year, month and day of birth and the digit that tells century and sex, where that day exists.
pub(super) fn birth(all: &[u32; 13]) -> Option<(u32, u32, u32, u32)> {
    let [y1, y2, m1, m2, d1, d2, kind, ..] = *all;
    let century = match kind {
        1 | 2 | 5 | 6 => 1900,
        3 | 4 | 7 | 8 => 2000,
        _ => 1800,
    };
    let (year, month, day) = (century + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    is_date(year, month, day).then_some((year, month, day, kind))
}

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<13>(value) else { return false };
    let Some((.., kind)) = birth(&all) else { return false };
    let [.., r1, r2, _, _, _, check] = all;
    let sum = weighted(&all, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    let plain = (11 - sum % 11) % 10 == check;
    let alien = (5..=8).contains(&kind) && (13 - sum % 11) % 10 == check;
    r1 * 10 + r2 <= 96 && (plain || alien)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["9710139019902", "8108232255206", "8001011234560"] {
            assert!(is_valid(good), "{good}");
        }
        // Check digit, swapped digits, month, day, region 97, lengths.
        for bad in [
            "9710139019903",
            "8108232252506",
            "8113232255206",
            "8102302255206",
            "8108232975206",
            "810823225520",
            "81082322552066",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
