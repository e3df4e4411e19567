//! Japanese resident record code (juki code): eleven digits, the last from a weighted sum modulo 11 (remainders 0 and 1
//! give 0), by the rule of the individual number that is made of it. Source: Residential Basic Book Act, article 7 item 13.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<11>(value) else { return false };
    let [.., check] = all;
    let remainder = weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    !is_uniform(value) && check == if remainder <= 1 { 0 } else { 11 - remainder }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn sums_modulo_11() {
        // 5 + 8 + 9 + 8 + 35 + 36 + 35 + 32 + 27 + 0 = 195, remainder 8, digit 3.
        assert!(is_valid("12345678903"));
        for bad in ["12345678904", "12345678930", "1234567890", "123456789033", "00000000000"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
