//! Maltese VAT number: eight digits, the sum with the weights 3 4 6 7 8 9 and ten times the seventh plus the eighth
//! is a multiple of 37.
//! Source: European Commission, VIES, structure of VAT identification numbers.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [first, ..]) = digits::<8>(value.strip_prefix("MT").unwrap_or(value)) else { return false };
    first > 0 && weighted(&all, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["11679112", "MT11679112", "48036126"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["11679113", "11697112", "1167911", "116791120", "00000000", "é167911"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
