//! Mexican social security number (NSS, IMSS): office, year of registration, year of birth, serial of four, Luhn digit.
//! Source: Ley del Seguro Social; IMSS.

use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    value.len() == 11 && !value.starts_with("00") && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn luhn_over_eleven_digits() {
        for good in ["92919084431", "12345678903"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["12345678904", "12345678930", "1234567890", "123456789033", "00345678900", "11111111111"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
