//! Greek social security number (ΑΜΚΑ): birth date DDMMYY, four digits, check digit; Luhn.
//! Source: Law 3655/2008, article 153; ΗΔΙΚΑ, structure of the ΑΜΚΑ.

use super::super::{arithmetic, date, general};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([d1, d2, m1, m2, y1, y2, ..]) = arithmetic::digits::<11>(value) else { return false };
    date::is_short_date(y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2) && general::luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["01013099997", "09109932062"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["01013099999", "01013099979", "01133099993", "30023099998", "0101309999", "010130999970", "0101309999é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
