//! Lithuanian personal code: sex and century (1 to 6), year, month, day, serial of three digits, check digit. The sum
//! with the weights 1 to 9, 1 modulo 11 is the check digit; if it is 10, the sum with 3 to 9, 1 to 3 is taken, and 10
//! again is 0.
//! Source: Law on the Residents' Register, article 8.

use super::super::arithmetic::{digits, weighted};
use super::super::date::is_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [century @ 1..=6, y1, y2, m1, m2, d1, d2, .., check]) = digits::<11>(value) else { return false };
    let year = 1800 + (century - 1) / 2 * 100 + y1 * 10 + y2;
    let first = weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let sum = if first == 10 { weighted(&all, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 } else { first };
    is_date(year, m1 * 10 + m2, d1 * 10 + d2) && sum % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["33309240064", "46402212399"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["33309240065", "33309420064", "33313240064", "03309240064", "3330924006", "333092400640", "é3309240064"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
