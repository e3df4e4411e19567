//! Ontario health number: ten digits, Luhn, not beginning with 0; the card adds a version of one or two letters.
//! Source: Ontario Ministry of Health, health card validation reference manual.

use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((number, version)) = value.split_at_checked(10) else { return false };
    let is_version = version.len() <= 2 && version.bytes().all(|b| b.is_ascii_uppercase());
    is_version && !number.starts_with('0') && luhn(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn numbers_with_a_right_check_digit_pass_with_and_without_version() {
        for good in ["9876543217", "9876543217YM", "1234567897A"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "9876543218",
            "9876543271",
            "0123456782",
            "987654321",
            "9876543217ABC",
            "98765432171",
            "9876543217Y1",
            "é876543217",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
