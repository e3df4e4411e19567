//! British Columbia personal health number: ten digits beginning with 9; eleven less the weighted sum modulo 11 is the
//! last digit.
//! Source: B.C. Ministry of Health, conformance standards volume 4B (client registry), PHN validation.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([first, middle @ .., check]) = digits::<10>(value) else { return false };
    let wanted = (11 - weighted(&middle, &[2, 4, 8, 5, 10, 9, 7, 3]) % 11) % 11;
    first == 9 && wanted == check && middle.iter().any(|d| *d > 0)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["9698658215", "9350682824"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "9698658216",
            "9698652815",
            "8698658215",
            "969865821",
            "96986582155",
            "9000000000",
            "969865821A",
            "é698658215",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
