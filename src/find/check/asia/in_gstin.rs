//! Indian goods and services tax number: state, permanent account number, registration of that holder, Z (C: collects
//! tax at source, D: deducts it), check character (Luhn's rule in base 36). Source: CGST Rules 2017, rule 10; GSTN.

use super::super::arithmetic::base36;
use super::in_pan;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(state), Some(pan), Some(tail)) = (value.get(..2), value.get(2..12), value.get(12..)) else {
        return false;
    };
    // 97: other territory; 99: centre.
    let state = matches!(state.parse(), Ok(1..=38 | 97 | 99_u8)) && !state.starts_with('+');
    let [holding @ (b'1'..=b'9' | b'A'..=b'Z'), b'Z' | b'C' | b'D', _] = tail.as_bytes() else { return false };
    state && in_pan::is_valid(pan) && holding.is_ascii_alphanumeric() && is_checked(value)
}

fn is_checked(value: &str) -> bool {
    let mut sum = 0;
    for (place, c) in value.chars().rev().enumerate() {
        let Some(n) = base36(c) else { return false };
        let product = n * if place % 2 == 0 { 1 } else { 2 };
        sum += product / 36 + product % 36;
    }
    sum % 36 == 0
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["27AAPFU0939F1ZV", "27ABCPD5478A1Z0"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "27AAPFU0939F1ZO",
            "72AAPFU0939F1ZV",
            "27AAPFU0993F1ZV",
            "27AAPXU0939F1ZV",
            "27AAPFU0939F1Z",
            "27AAPFU0939F0ZV",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
