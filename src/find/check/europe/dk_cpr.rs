//! Danish civil registration number (CPR): DDMMYY and four digits, the first of which tells the century. The old check
//! (weights 4 3 2 7 6 5 4 3 2 1, mod 11) does not hold for all numbers given since 2007, so it only makes a number
//! surer.
//! Source: CPR-loven § 3; CPR-kontoret, Personnummeret i CPR (2008).

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([d1, d2, m1, m2, y1, y2, century, rest @ ..]) = arithmetic::digits::<10>(value) else { return false };
    let year = y1 * 10 + y2;
    let century_of = match century {
        5..=8 if year >= 58 => 1800,
        0..=3 => 1900,
        4 | 9 if year >= 37 => 1900,
        _ => 2000,
    };
    (century, rest) != (0, [0, 0, 0]) && date::is_date(century_of + year, m1 * 10 + m2, d1 * 10 + d2)
}

/// A number that satisfies the old check too.
pub(crate) fn has_check_digit(value: &str) -> bool {
    is_valid(value)
        && arithmetic::digits::<10>(value)
            .is_some_and(|all| arithmetic::weighted(&all, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["2110625629", "0707610013"] {
            assert!(is_valid(good) && (good != "2110625629" || has_check_digit(good)), "{good}");
        }
        for bad in ["2113625629", "3202900001", "0101800000", "2902010007", "211062562", "21106256290", "211062562é"] {
            assert!(!is_valid(bad), "{bad}");
        }
        assert!(is_valid("2110625628") && !has_check_digit("2110625628") && !has_check_digit("2110626529"));
    }
}
