//! Taiwanese national identity number and resident certificate: a letter (place), 1 or 2 (citizens), 8 or 9 (aliens, since
//! 2021) or A to D (aliens before), seven digits, check digit. Source: Household Registration Act, enforcement rules;
//! National Immigration Agency.

use super::super::arithmetic::digits;

/// Letters in the order of their values, from 10: I, O, W and Z were given later.
const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVXYWZIO";

/// The two digits that a letter stands for.
fn pair(letter: Option<char>) -> Option<(u32, u32)> {
    let value = u32::try_from(LETTERS.find(letter?)?).ok()? + 10;
    Some((value / 10, value % 10))
}

pub(crate) fn is_valid(value: &str) -> bool {
    let mut chars = value.chars();
    let (Some((tens, ones)), second) = (pair(chars.next()), chars.next()) else { return false };
    let second = match second {
        Some('1') => 1,
        Some('2') => 2,
        Some('8') => 8,
        Some('9') => 9,
        Some('A'..='D') => match pair(second) {
            Some((_, ones)) => ones,
            None => return false,
        },
        _ => return false,
    };
    let Some([a, b, c, d, e, f, g, check]) = digits::<8>(chars.as_str()) else { return false };
    let sum = tens + ones * 9 + second * 8 + a * 7 + b * 6 + c * 5 + d * 4 + e * 3 + f * 2 + g + check;
    sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["A123456789", "F131104093", "A800000014", "FA12345689"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "A123456788",
            "A123465789",
            "A323456789",
            "1123456789",
            "A12345678",
            "A1234567899",
            "A12345678É",
            "AE12345689",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
