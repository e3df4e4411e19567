//! Taiwanese unified business number: eight digits whose weighted digit sum is a multiple of 5 (of 10 for numbers given
//! before April 2023); with a 7 in the seventh place its product may count 1. Source: Fiscal Information Agency, notice
//! on the check of unified business numbers (2022).

use super::super::arithmetic::{digits, is_uniform, weighted_digit_sums};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<8>(value) else { return false };
    let [.., seventh, _] = all;
    let sum = weighted_digit_sums(&all, &[1, 2, 1, 2, 1, 2, 4, 1]);
    !is_uniform(value) && (sum.is_multiple_of(5) || seventh == 7 && (sum + 1).is_multiple_of(5))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        // The second is Taiwan Semiconductor's; the third needs the exception of a seventh digit 7.
        for good in ["00501503", "22099131", "10458575"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["00501502", "22099132", "2209913", "220991311", "00000000", "2209913A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
