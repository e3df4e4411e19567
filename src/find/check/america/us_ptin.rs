//! U.S. preparer tax identification number: the letter P and eight digits.
//! Source: IRS Form W-12; 26 CFR 1.6109-2.

use super::super::arithmetic::{digits, is_uniform};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(number) = value.strip_prefix('P') else { return false };
    digits::<8>(number).is_some() && !is_uniform(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn the_letter_and_eight_digits() {
        for good in ["P00634642", "P01594846"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["00634642", "P0063464", "P006346421", "Q00634642", "P00000000", "P0063464A", "é00634642"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
