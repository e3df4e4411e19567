//! Hungarian tax identification of persons (adóazonosító jel): 8, days since 1 January 1867 to the birth, serial,
//! check digit: the digits times 1 to 9, mod 11. Serials whose sum leaves 10 are not issued.
//! Source: 1996. évi XX. törvény, melléklet III.

use super::super::arithmetic;

/// Days from 1867 to the end of 2049: nobody with a number is born later.
const LAST_DAY: u32 = 66_838;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [first, a, b, c, d, e, .., check]) = arithmetic::digits::<10>(value) else { return false };
    let days = (((a * 10 + b) * 10 + c) * 10 + d) * 10 + e;
    first == 8 && days <= LAST_DAY && arithmetic::weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["8071592153", "8362080019"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["8071592154", "8071592513", "7071592153", "8990000000", "807159215", "80715921530", "807159215é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
