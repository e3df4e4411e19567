//! ISO/IEC 7064 MOD 97-10 over the whole value, letters as two digits (A = 10): remainder 1 (LEI and others; IBANs
//! move their first four characters to the end first).

pub(crate) fn is_valid(value: &str) -> bool {
    let mut remainder = 0;
    for c in value.chars() {
        let Some(n) = c.to_digit(36) else { return false };
        remainder = (remainder * if n < 10 { 10 } else { 100 } + n) % 97;
    }
    value.len() > 2 && remainder == 1
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        // LEI of the Global Legal Entity Identifier Foundation.
        assert!(is_valid("506700GE1G29325QX363"));
        for bad in ["506700GE1G29325QX364", "506700GE1G29325QX336", "", "01", "é1"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
