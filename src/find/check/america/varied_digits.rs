//! For numbers without a check digit: the digits are not all the same, as in a form that was filled with zeros.

pub(crate) fn is_valid(value: &str) -> bool {
    let mut digits = value.bytes().filter(u8::is_ascii_digit);
    let first = digits.next();
    first.is_some() && (digits.any(|d| Some(d) != first) || value.bytes().filter(u8::is_ascii_digit).count() < 4)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn one_digit_over_and_over_is_no_number() {
        for good in ["123456789", "A1234567", "000000001", "AB1", "X11Y"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["", "ABC", "000000000", "A1111111", "é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
