//! German health insurance number (unchangeable part of the KVNR): a letter and nine digits, the last a check digit.
//! The letter counts as two digits (A = 01), weights 1 2 1 2 ..., digit sums, mod 10.
//! Source: SGB V § 290; GKV-Spitzenverband, Richtlinie zum Aufbau und zur Vergabe einer Krankenversichertennummer,
//! annex 1.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(letter), Some(rest)) = (value.get(..1), value.get(1..)) else { return false };
    let Some([a, b, c, d, e, f, g, h, check]) = arithmetic::digits(rest) else { return false };
    let Some(letter) = letter.chars().next().filter(char::is_ascii_uppercase).and_then(arithmetic::base36) else {
        return false;
    };
    let place = letter - 9;
    let digits = [place / 10, place % 10, a, b, c, d, e, f, g, h];
    arithmetic::weighted_digit_sums(&digits, &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 == check
        && !arithmetic::is_uniform(rest)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["A123456780", "A000500015", "X110411675"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "A123456781",
            "A123465780",
            "A000000000",
            "A12345678",
            "A1234567800",
            "a123456780",
            "1123456780",
            "É23456780",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
