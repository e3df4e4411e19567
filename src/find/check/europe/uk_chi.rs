//! Community health index number (Scotland): a birth date DDMMYY, three digits (the third odd for men) and the check
//! digit of the NHS number.
//! Source: NHS National Services Scotland, data dictionary, "CHI number".

use super::super::arithmetic::digits;
use super::super::date::is_short_date;
use super::uk_nhs;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([d, day, m, month, y, year, ..]) = digits::<10>(value) else { return false };
    is_short_date(y * 10 + year, m * 10 + month, d * 10 + day) && uk_nhs::is_valid(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn a_birth_date_and_a_check_digit() {
        for good in ["0101701233", "3112851234", "2902840012"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "4099494608",
            "3201701234",
            "0101701234",
            "0113701234",
            "010170123",
            "01017012345",
            "010170123A",
            "é101701234",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
