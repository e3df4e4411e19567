//! Australian Medicare card: the first digit is 2-6, the ninth checks the eight before it (weights 1 3 7 9), the tenth
//! counts the issues, an eleventh is the place of the person on the card.
//! Source: Services Australia, Medicare number check digit; HL7 AU, Medicare card number.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((card, person)) = value.split_at_checked(10) else { return false };
    let Some(digits) = digits::<10>(card) else { return false };
    let [first, .., check, _issue] = digits;
    matches!(first, 2..=6)
        && matches!(person, "" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9")
        && weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["2123456701", "21234567011", "2950301681", "54017249819"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "2123456711",
            "2132456701",
            "1123456701",
            "7123456701",
            "212345670",
            "21234567010",
            "212345670111",
            "212345670A",
            "é123456701",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
