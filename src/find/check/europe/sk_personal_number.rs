//! Slovak birth number (rodné číslo): year, month (women: plus 50), day, serial. Those given since 1954 have ten
//! digits, and the first nine modulo 11, modulo 10 are the last; older ones have nine and no check.
//! Source: Act 301/1995 on the birth number.

use super::super::arithmetic::{digits, remainder};
use super::super::date::is_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([y1, y2, m1, m2, d1, d2, ..]) = digits::<9>(value.get(..9).unwrap_or_default()) else { return false };
    let (short, month, day) = (y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    let month = if month > 50 { month - 50 } else { month };
    let (year, summed) = match value.get(9..).map(|last| (last, remainder(last, 10))) {
        Some(("", _)) if short < 54 => (1900 + short, true),
        Some(("", _)) if short >= 80 => (1800 + short, true),
        Some((last, Some(check))) if last.len() == 1 => (
            if short < 54 { 2000 } else { 1900 } + short,
            value.get(..9).and_then(|front| remainder(front, 11)).is_some_and(|r| r % 10 == check),
        ),
        _ => return false,
    };
    summed && is_date(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["7103192745", "991231123"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "7103192746",
            "7130192745",
            "7113192745",
            "590312123",
            "71031927450",
            "71031927",
            "0000000000",
            "é103192745",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
