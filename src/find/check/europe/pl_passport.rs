//! Polish passport: two letters and seven digits, the first digit makes the sum with the weights 7 3 9 1 7 3 1 7 3 (A
//! is 10, Z is 35) a multiple of 10.
//! Source: ICAO Doc 9303, check digits; Regulation of the Minister of the Interior on passport documents.

use super::super::arithmetic::base36;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(letters), Some(digits)) = (value.get(..2), value.get(2..)) else { return false };
    let sum: Option<u32> =
        value.chars().zip([7, 3, 9, 1, 7, 3, 1, 7, 3]).map(|(c, weight)| base36(c).map(|n| n * weight)).sum();
    letters.bytes().all(|b| b.is_ascii_uppercase())
        && digits.len() == 7
        && digits.bytes().all(|b| b.is_ascii_digit())
        && sum.is_some_and(|s| s.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        assert!(is_valid("ZS0000177"));
        for bad in ["ZS1000177", "SZ0000177", "ZS0000717", "ZS000017", "ZS00001770", "ZSA000177", "éS000017"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
