//! Aadhaar number: twelve digits, the first 2-9, the last by Verhoeff's rule; palindromes are not issued.
//! Source: Aadhaar Act 2016; UIDAI, "A UID numbering scheme" (2010).

use super::super::general::verhoeff;

pub(crate) fn is_valid(value: &str) -> bool {
    let palindrome = value.bytes().eq(value.bytes().rev());
    value.len() == 12 && !value.starts_with(['0', '1']) && !palindrome && verhoeff(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["234123412346", "367401723102", "999941057058"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["234123412347", "234123412364", "123412341234", "222222222222", "23412341234", "2341234123460"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
