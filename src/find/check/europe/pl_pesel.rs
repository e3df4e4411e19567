//! Polish PESEL number: year, month (plus 20 for 20xx, 80 for 18xx, 40 and 60 for later centuries), day, serial of
//! four digits, check digit with the weights 1 3 7 9 1 3 7 9 1 3 modulo 10.
//! Source: Act on the population register (Ustawa o ewidencji ludności), article 15.

use super::super::arithmetic::{digits, weighted};
use super::super::date::is_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [y1, y2, m1, m2, d1, d2, ..]) = digits::<11>(value) else { return false };
    let month = m1 * 10 + m2;
    let century = match month / 20 {
        0 => 1900,
        1 => 2000,
        4 => 1800,
        // 2100 to 2299 are laid down too, but nobody has such a number.
        _ => return false,
    };
    is_date(century + y1 * 10 + y2, month % 20, d1 * 10 + d2)
        && weighted(&all, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["44051401359", "90010668697", "02270803624"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "44051401358",
            "44051410359",
            "44133401359",
            "44053201359",
            "4405140135",
            "440514013590",
            "00000000000",
            "é4051401359",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
