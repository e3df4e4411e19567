//! Unique master citizen number of Yugoslavia and its successors (JMBG; Slovenia: EMŠO): day, month, three digits of
//! the year, region, serial of three digits, check digit with the weights 7 6 5 4 3 2 twice, modulo 11. Where 10
//! would be the check digit, offices either left the number out or wrote 0; both are taken.
//! Source: Law on the unique master citizen number (Official Gazette of the SFRY 58/76); Slovenian Central Population
//! Register Act.

use super::super::arithmetic::{digits, weighted};
use super::super::date::is_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [d1, d2, m1, m2, y1, y2, y3, .., check]) = digits::<13>(value) else { return false };
    let year = match y1 * 100 + y2 * 10 + y3 {
        short @ 0..100 => 2000 + short,
        short @ 850.. => 1000 + short,
        _ => return false,
    };
    let sum = weighted(&all, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    is_date(year, m1 * 10 + m2, d1 * 10 + d2) && (11 - sum) % 11 % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["0101006500006", "2601952508041", "0710003730015"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "0101006500007",
            "1001006500006",
            "0113006500006",
            "0101506500006",
            "010100650000",
            "01010065000060",
            "0000000000000",
            "é10100650000",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
