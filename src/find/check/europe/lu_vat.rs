//! Luxembourg VAT number: the first six digits modulo 89 are the last two.
//! Source: European Commission, VIES, structure of VAT identification numbers.

use super::super::arithmetic::digits;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([a, b, c, d, e, f, g, h]) = digits::<8>(value.strip_prefix("LU").unwrap_or(value)) else { return false };
    let base = [a, b, c, d, e, f].iter().fold(0, |n, digit| n * 10 + digit);
    base > 0 && base % 89 == g * 10 + h
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["15027442", "LU15027442", "13757368", "26375245"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["15027443", "15072442", "1502744", "150274420", "00000000", "é502744"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
