//! Indian voter card number (EPIC): three letters of the constituency and seven digits, the last a Luhn digit.
//! Older cards do not follow it. Source: Election Commission of India, EPIC guidelines.

use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((letters, serial)) = value.split_at_checked(3) else { return false };
    letters.bytes().all(|b| b.is_ascii_uppercase()) && serial.len() == 7 && luhn(serial)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        assert!(is_valid("WKH1186253"));
        for bad in ["WKH1186263", "WKH1186235", "WKH118625", "1231186253", "WKH11862533", "WKH0000000"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
