//! Malaysian identity card number (MyKad): birth date YYMMDD, state or country of birth, four digits of which the last
//! is odd for men. No check digit. Source: National Registration Regulations 1990; JPN, state codes.

use super::super::arithmetic::digits;
use super::super::date::is_short_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([y1, y2, m1, m2, d1, d2, p1, p2, serial @ ..]) = digits::<12>(value) else { return false };
    let place = matches!(p1 * 10 + p2, 1..=16 | 21..=68 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99);
    is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2) && place && serial != [0; 4]
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn dates_and_places_are_looked_at() {
        for good in ["770305021234", "000229145678", "881231715432"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "771305021234",
            "770230021234",
            "770305171234",
            "770305001234",
            "770305020000",
            "77030502123",
            "7703050212345",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
