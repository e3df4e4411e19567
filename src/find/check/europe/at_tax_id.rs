//! Austrian tax number (Abgabenkontonummer): office of two digits, six digits, check digit. Luhn sums, taken from the
//! left.
//! Source: Bundesministerium für Finanzen, Prüfung der Steuernummer; list of the tax offices' numbers.

use super::super::arithmetic;

/// Whether a tax office has, or had before the offices were merged in 2021, this number.
fn is_office(number: u32) -> bool {
    matches!(
        number,
        3 | 4 | 6..=10 | 12 | 15 | 16 | 18 | 22 | 23 | 29 | 33 | 38 | 41 | 46 | 51..=54 | 57 | 59 | 61 | 65 | 67..=69
            | 71 | 72 | 81..=84 | 90 | 91 | 93 | 97 | 98
    )
}

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [o1, o2, .., check]) = arithmetic::digits::<9>(value) else { return false };
    is_office(o1 * 10 + o2)
        && (arithmetic::weighted_digit_sums(&all, &[1, 2, 1, 2, 1, 2, 1, 2]) + check).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["591199013", "462229329"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["591199014", "519199013", "009119901", "59119901", "5911990130", "59119901é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
