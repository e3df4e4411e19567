//! IMEI (3GPP TS 23.003 section 6.2): eight digits for the type (the first two name the reporting body), six for the
//! device, one check digit (Luhn).

use super::super::arithmetic::digits;
use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([a, b, ..]) = digits::<15>(value) else { return false };
    // Reporting bodies that give or gave type allocation codes (GSMA TS.06).
    let body = matches!(a * 10 + b, 1 | 10 | 30 | 33 | 35 | 44 | 45 | 49..=54 | 86 | 91 | 98 | 99);
    body && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["490154203237518", "356938035643809", "354178036859789"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "490154203237519",
            "490154202337518",
            "49015420323751",
            "000000000000000",
            "378282246310005",
            "49015420323751é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
