//! Luxembourg identification number of a natural person: birth date, serial of three digits, a Luhn digit and a
//! Verhoeff digit, both over the first eleven.
//! Source: Law of 19 June 2013 on the identification of natural persons; OECD, Luxembourg, information on TINs.

use super::super::arithmetic::digits;
use super::super::date::is_date;
use super::super::general::{luhn, verhoeff};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([y1, y2, y3, y4, m1, m2, d1, d2, ..]) = digits::<13>(value) else { return false };
    let year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
    let (Some(base), Some(with_luhn), Some(last)) = (value.get(..11), value.get(..12), value.get(12..)) else {
        return false;
    };
    matches!(year, 1850..=2099)
        && is_date(year, m1 * 10 + m2, d1 * 10 + d2)
        && luhn(with_luhn)
        && verhoeff(&format!("{base}{last}"))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        assert!(is_valid("1893120105732"));
        for bad in [
            "1893120105733",
            "1893120105742",
            "1893120150732",
            "1893130105732",
            "189312010573",
            "18931201057320",
            "é89312010573",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
