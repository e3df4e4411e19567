//! Australian tax file number: nine digits whose sum with the weights 1 4 3 7 5 8 6 9 10 is divisible by eleven. Of the
//! old numbers of eight digits two formulas are handed down: 10 7 8 4 6 3 5 1, and the first eight weights.
//! Source: Australian Taxation Office, TFN algorithm (ATO software developers); Privacy (Tax File Number) Rule 2015.

use super::super::arithmetic::{digits, is_uniform, weighted};

const WEIGHTS: [u32; 9] = [1, 4, 3, 7, 5, 8, 6, 9, 10];

pub(crate) fn is_valid(value: &str) -> bool {
    if is_uniform(value) {
        return false;
    }
    if let Some(digits) = digits::<8>(value) {
        let sums = [weighted(&digits, &[10, 7, 8, 4, 6, 3, 5, 1]), weighted(&digits, &WEIGHTS)];
        return sums.iter().any(|sum| sum.is_multiple_of(11));
    }
    digits::<9>(value).is_some_and(|digits| weighted(&digits, &WEIGHTS).is_multiple_of(11))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["123456782", "876543210", "459599230", "81854402"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["123456783", "124356782", "000000000", "1234567820", "12345678A", "81854403", "é2345678"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
