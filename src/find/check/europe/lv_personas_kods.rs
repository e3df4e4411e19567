//! Latvian personal code: old ones are day, month, year, century (0 is 18xx, 1 is 19xx, 2 is 20xx), serial and check
//! digit, those given since 1 July 2017 begin with 32 and hold no date. Check digit: 1 plus the sum with the weights
//! 10 5 8 4 2 1 6 3 7 9, modulo 11, modulo 10. Whether all new ones have it is not published, so rules also take new
//! ones without.
//! Source: Law on the Register of Natural Persons; Cabinet Regulation 130 of 2017.

use super::super::arithmetic::{digits, weighted};
use super::super::date::is_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [d1, d2, m1, m2, y1, y2, century, .., check]) = digits::<11>(value) else { return false };
    let day = d1 * 10 + d2;
    let dated = century <= 2 && is_date(1800 + century * 100 + y1 * 10 + y2, m1 * 10 + m2, day);
    (day == 32 || dated) && (1 + weighted(&all, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["16117519997", "32867300679", "23106616076"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["16117519998", "61117519997", "16137519997", "1611751999", "161175199970", "16117539997", "é611751999"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
