//! Luhn formula (ISO/IEC 7812-1 annex B), by the `luhn` crate, on digits alone: the crate itself skips letters and
//! accepts zeros only, which are no numbers.

pub(crate) fn is_valid(value: &str) -> bool {
    let bytes = value.as_bytes();
    let varied = bytes.first().is_some_and(|first| bytes.iter().any(|b| b != first));
    varied && bytes.iter().all(u8::is_ascii_digit) && luhn::valid(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["4111111111111111", "378282246310005", "30569309025904", "79927398713"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["4111111111111112", "0000000000000000", "4111a111111111111", "", "79927398710"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
