//! French tax number of persons (SPI, numéro fiscal de référence): ten digits, the first 0 to 3, and their remainder
//! mod 511 in three digits.
//! Source: Direction générale des Finances publiques, structure of the numéro fiscal; OECD, TIN information France.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(front), Some(key)) = (value.get(..10), value.get(10..)) else { return false };
    let Some([first, ..]) = arithmetic::digits::<13>(value) else { return false };
    first <= 3
        && front.bytes().any(|b| b != b'0')
        && arithmetic::remainder(front, 511) == arithmetic::remainder(key, 1000)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["3023217600053", "0701987765493", "1369653419190"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["3023217600054", "3023271600053", "0000000000000", "302321760005", "30232176000530", "302321760005é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
