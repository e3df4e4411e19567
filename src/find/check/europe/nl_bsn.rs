//! Dutch citizen service number (burgerservicenummer): nine digits, eight where the first is a zero left out. The sum
//! with the weights 9 to 2 less the last digit is a multiple of 11.
//! Source: Wet algemene bepalingen burgerservicenummer; Logisch ontwerp BSN.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let nine = digits::<9>(value).or_else(|| digits::<9>(&format!("0{value}")));
    // Ten times the last digit is the same as less the last digit, modulo 11.
    nine.is_some_and(|all| weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2, 10]).is_multiple_of(11)) && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["111222333", "123456782", "414240042", "12345672"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["111222334", "112122333", "1112223", "1112223330", "000000000", "00000000", "é1222333"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
