//! Austrian social security number (Versicherungsnummer): serial of three digits, check digit, birth date DDMMYY.
//! Weights 3 7 9 - 5 8 4 2 1 6, sum mod 11; serials whose sum leaves 10 are not issued. Where the numbers of a day ran
//! out (or the day is unknown) the month is 13, 14 or 15.
//! Source: ASVG § 31 Abs. 4; Dachverband der Sozialversicherungsträger, structure of the Versicherungsnummer.

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([a, b, c, check, d1, d2, m1, m2, y1, y2]) = arithmetic::digits(value) else { return false };
    let (day, month, year) = (d1 * 10 + d2, m1 * 10 + m2, y1 * 10 + y2);
    let born = date::is_short_date(year, month, day) || (matches!(month, 13..=15) && (1..=31).contains(&day));
    a != 0
        && born
        && arithmetic::weighted(&[a, b, c, d1, d2, m1, m2, y1, y2], &[3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["1237010180", "9168220868"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["1238010180", "2137010180", "0000000000", "1237310280", "123701018", "12370101800", "123701018é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn months_of_days_that_ran_out_are_13_to_15() {
        assert!((0..10).any(|c| is_valid(&format!("123{c}011380"))));
        assert!((0..10).all(|c| !is_valid(&format!("123{c}011680"))));
    }
}
