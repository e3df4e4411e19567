//! Slovak VAT number (IČ DPH): SK and ten digits, a multiple of 11; the first is not 0, the third is 2, 3, 4, 7, 8 or
//! 9.
//! Source: European Commission, VIES; Act 222/2004 on value added tax.

use super::super::arithmetic::{digits, remainder};

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("SK").unwrap_or(value);
    matches!(digits::<10>(number), Some([1..=9, _, 2..=4 | 7..=9, ..])) && remainder(number, 11) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["2022749619", "SK2022749619", "2020317068"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["2022749618", "2027249619", "0022749619", "202274961", "20227496190", "é022749619"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
