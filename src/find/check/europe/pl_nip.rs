//! Polish tax number NIP: ten digits, the last is the sum with the weights 6 5 7 2 3 4 5 6 7 modulo 11, never 10. The
//! first three named the tax office and do not begin with 0.
//! Source: Act on the registration and identification of taxpayers (13 October 1995).

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("PL").unwrap_or(value);
    let Some(all @ [1..=9, .., check]) = digits::<10>(number) else { return false };
    weighted(&all, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == check && !is_uniform(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["8567346215", "5260250995", "PL5260250995", "1341062178"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["8567346216", "8576346215", "0000000000", "1111111111", "856734621", "85673462150", "é567346215"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
