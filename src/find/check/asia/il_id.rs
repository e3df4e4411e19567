//! Israeli identity number (mispar zehut): nine digits with leading zeros, the last a Luhn digit.
//! Source: Population Registry Law 5725-1965; Ministry of Interior.

use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    // No number of the registry has fewer than five digits before padding.
    value.len() == 9 && !value.starts_with("00000") && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn luhn_over_nine_digits() {
        for good in ["039337423", "004600649", "123456782", "305567661"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["039337422", "093337423", "39337423", "0393374230", "000000000", "000000018", "03933742A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
