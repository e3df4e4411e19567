//! Peruvian taxpayer number (RUC): kind (10 person, 15 and 17 others, 20 company), eight digits (a person's DNI), check
//! digit modulo 11. Source: Decreto Legislativo 943; SUNAT.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<11>(value) else { return false };
    let [k1, k2, body @ .., check] = all;
    let sum = weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    matches!(k1 * 10 + k2, 10 | 15 | 17 | 20) && body != [0; 8] && (11 - sum % 11) % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["20512333797", "10054148289", "20703076743"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["20512333798", "20512333779", "30512333797", "2051233379", "205123337977", "20000000000"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
