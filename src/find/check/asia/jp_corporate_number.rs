//! Japanese corporate number: a check digit 1-9 and twelve digits, from their weighted sum modulo 9.
//! Registration numbers of invoice issuers have a T in front.
//! Source: Order of the Ministry of Finance 70 of 2014, article 2; National Tax Agency.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([check, body @ ..]) = digits::<13>(value.strip_prefix('T').unwrap_or(value)) else { return false };
    let sum = weighted(&body, &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
    !is_uniform(value) && body != [0; 12] && check == 9 - sum % 9
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        // The National Tax Agency's own number is the second.
        for good in ["5835678256246", "7000012050002", "2789610034101", "T7000012050002"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "2835678256246",
            "5835678265246",
            "0835678256246",
            "583567825624",
            "58356782562460",
            "9000000000000",
            "TT7000012050002",
            "X7000012050002",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
