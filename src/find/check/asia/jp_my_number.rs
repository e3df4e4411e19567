//! Japanese individual number (My Number): twelve digits, the last from a weighted sum modulo 11 (remainders 0 and 1
//! give 0). Source: Order of the Ministry of Internal Affairs and Communications 85 of 2014, article 5.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<12>(value) else { return false };
    let [.., check] = all;
    let remainder = weighted(&all, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    !is_uniform(value) && check == if remainder <= 1 { 0 } else { 11 - remainder }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["621498320257", "342030989706", "123456789018"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["621498320258", "621498320275", "62149832025", "6214983202570", "000000000000", "62149832025X"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
