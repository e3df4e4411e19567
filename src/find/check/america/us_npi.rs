//! U.S. national provider identifier: ten digits beginning with 1 or 2; Luhn over 80840 (the U.S. health issuer) and it.
//! Source: 45 CFR 162.406; CMS, "NPI check digit".

use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    value.len() == 10 && value.starts_with(['1', '2']) && luhn(&format!("80840{value}"))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn the_published_number_passes_and_its_neighbours_do_not() {
        for good in ["1234567893", "1245319599"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["1234567894", "1234567839", "3234567891", "123456789", "12345678930", "123456789A", "é23456789"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
