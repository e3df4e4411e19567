//! Portuguese citizen card (cartão de cidadão), document number: eight digits of civil identification, their check
//! digit, a version of two letters or digits, a check digit. Over the twelve characters (A is 10) every second one
//! from the right is doubled, less 9 if that is above 9; the sum is a multiple of 10.
//! Source: Autenticação.gov, validação do número de documento do cartão de cidadão.

use super::super::arithmetic::base36;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(civil), Some(last)) = (value.get(..9), value.get(11..)) else { return false };
    let sum: Option<u32> = value
        .chars()
        .rev()
        .enumerate()
        .take(12)
        .map(|(place, c)| {
            let doubled = base36(c)? * if place.is_multiple_of(2) { 1 } else { 2 };
            Some(if place % 2 == 1 && doubled > 9 { doubled - 9 } else { doubled })
        })
        .sum();
    value.len() == 12
        && civil.bytes().all(|b| b.is_ascii_digit())
        && last.bytes().all(|b| b.is_ascii_digit())
        && sum.is_some_and(|s| s.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["000000000ZZ4", "929897451BY1"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "000000000ZZ5",
            "929897451YB1",
            "92989745ABY1",
            "929897451BY",
            "929897451BY11",
            "929897451BYA",
            "é2989745BY1",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
