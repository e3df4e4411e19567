//! Norwegian organisation number: nine digits that begin with 8 or 9, the last makes the sum with the weights 3 2 7 6
//! 5 4 3 2 a multiple of 11.
//! Source: Forskrift om enhetsregisteret; Brønnøysundregistrene.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("NO").unwrap_or(value);
    let Some(all @ [8 | 9, ..]) = digits::<9>(number.strip_suffix("MVA").unwrap_or(number)) else { return false };
    weighted(&all, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["988077917", "974760673", "923609016", "NO988077917MVA"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["988077918", "988707917", "731500479", "98807791", "9880779170", "é88077917"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
