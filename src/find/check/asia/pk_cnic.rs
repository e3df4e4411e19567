//! Pakistani computerised national identity card (CNIC, NICOP): province 1-7 (8: Azad Kashmir), division, district and
//! locality, seven digits of the family, a last digit that is odd for men and even for women, never 0. No check digit.
//! Source: NADRA Ordinance 2000.

use super::super::arithmetic::{digits, is_uniform};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([province, division, _, _, _, family @ .., sex]) = digits::<13>(value) else { return false };
    (1..=8).contains(&province) && division != 0 && family != [0; 7] && sex != 0 && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn province_and_last_digit_are_looked_at() {
        for good in ["3420108912318", "4220103976408", "8210112345671"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["0420108912318", "9420108912318", "3420108912310", "3420100000008", "342010891231", "34201089123180"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
