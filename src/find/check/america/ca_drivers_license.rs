//! Canadian driver's licences that hold a birth date. Ontario: a letter and 14 digits, the last six YYMMDD with 50 added
//! to a woman's month. Quebec: a letter, four digits, DDMMYY and two digits.
//! Source: Ontario Ministry of Transportation, driver's licence number; Société de l'assurance automobile du Québec.

use super::super::date::is_short_date;

pub(crate) fn is_ontario(value: &str) -> bool {
    is_licence(value, 15) && date(value, 9, 11, 13)
}

pub(crate) fn is_quebec(value: &str) -> bool {
    is_licence(value, 13) && date(value, 9, 7, 5)
}

fn is_licence(value: &str, length: usize) -> bool {
    let mut bytes = value.bytes();
    value.len() == length && bytes.next().is_some_and(|b| b.is_ascii_uppercase()) && bytes.all(|b| b.is_ascii_digit())
}

/// Whether the two digits at these places are a birth date.
fn date(value: &str, year: usize, month: usize, day: usize) -> bool {
    let two = |at: usize| value.get(at..at + 2).and_then(|text| text.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (two(year), two(month), two(day)) else { return false };
    is_short_date(year, if month > 50 { month - 50 } else { month }, day)
}

#[cfg(test)]
mod tests {
    use super::{is_ontario, is_quebec};

    #[test]
    fn licences_with_a_birth_date_pass() {
        assert!(is_ontario("A12345678901215") && is_ontario("A12345678906215"));
        for bad in [
            "A12345678901315",
            "A12345678901232",
            "112345678901215",
            "A1234567890121",
            "A123456789012155",
            "é1234567890121",
        ] {
            assert!(!is_ontario(bad), "{bad}");
        }
        assert!(is_quebec("T123415018507") && is_quebec("T123415518507"));
        for bad in ["T123432018507", "T123415138507", "1123415018507", "T12341501850", "T1234150185077", "é12341501850"]
        {
            assert!(!is_quebec(bad), "{bad}");
        }
    }
}
