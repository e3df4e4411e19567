//! Australian company number: nine digits, the last makes the sum with the weights 8 to 1 divisible by ten.
//! Source: Australian Securities and Investments Commission, "Australian company number digit check".

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(digits) = digits::<9>(value) else { return false };
    !is_uniform(value) && weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["004085616", "010499966", "646313420", "000000019"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["004085617", "004086516", "000000000", "00408561", "0040856166", "00408561A", "é04085616"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
