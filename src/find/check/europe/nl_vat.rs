//! Dutch VAT number: NL, nine digits, B, two digits. Those of legal persons hold a number with the same sum as a
//! citizen service number, those that sole traders have had since 2020 pass MOD 97-10 as a whole (NL as 2321, B as
//! 11).
//! Source: Belastingdienst, btw-identificatienummer; European Commission, VIES.

use super::super::general::mod97;
use super::nl_bsn;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some("NL"), Some(number), Some("B"), Some(suffix)) =
        (value.get(..2), value.get(2..11), value.get(11..12), value.get(12..))
    else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit()) && text.bytes().any(|b| b != b'0');
    suffix.len() == 2 && digits(number) && digits(suffix) && (nl_bsn::is_valid(number) || mod97(value))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["NL004495445B01", "NL002455799B11"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "NL004495446B01",
            "NL004495445B00",
            "NL004495445C01",
            "NL04495445B01",
            "NL004495445B012",
            "BE004495445B01",
            "NLé4495445B01",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
