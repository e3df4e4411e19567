//! Brazilian PIS, PASEP, NIS and NIT number: ten digits and one check digit modulo 11.
//! Source: Decreto 3048/1999; Caixa Econômica Federal, CNIS.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<11>(value) else { return false };
    let [.., check] = all;
    let remainder = weighted(&all, &[3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    !is_uniform(value) && check == if remainder < 2 { 0 } else { 11 - remainder }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["12056412545", "17033259504"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["12056412546", "12056412574", "1205641254", "120564125477", "00000000000", "1205641254A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
