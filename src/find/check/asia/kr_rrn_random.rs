//! South Korean resident registration numbers given since October 2020 and alien registration numbers: six random digits
//! behind the digit of century and sex, no check digit. Source: Resident Registration Act, enforcement rule, article 2 as
//! amended on 5 October 2020.

use super::super::arithmetic::digits;
use super::kr_rrn::birth;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<13>(value) else { return false };
    let [.., a, b, c, d, e, f] = all;
    let Some((year, month, _, kind)) = birth(&all) else { return false };
    let random = (5..=8).contains(&kind) || (year, month) >= (2020, 10);
    random && year < 2050 && [a, b, c, d, e, f] != [0; 6]
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn only_births_since_october_2020_and_aliens() {
        for good in ["2010053123456", "2203154876543", "9001015123456", "0402297123456"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "2009303123456",
            "0502297123456",
            "8108232255206",
            "2013053123456",
            "2010053000000",
            "201005312345",
            "20100531234567",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
