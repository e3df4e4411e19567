//! Russian state registration number: ОГРН of thirteen digits (1 or 5, two digits of the year from 2002, region, ...)
//! with the first twelve modulo 11, modulo 10, ОГРНИП of fifteen (3) with the first fourteen modulo 13, modulo 10.
//! Source: Order of the Ministry of Finance 165n of 30 October 2017.

use super::super::arithmetic::remainder;

pub(crate) fn is_valid(value: &str) -> bool {
    let (kinds, modulus): (&[char], _) = match value.len() {
        13 => (&['1', '5'], 11),
        15 => (&['3'], 13),
        _ => return false,
    };
    let year = value.get(1..3).and_then(|y| y.parse::<u32>().ok());
    let Some((front, check)) = value.split_at_checked(value.len() - 1) else { return false };
    value.starts_with(kinds)
        && year.is_some_and(|y| (2..=49).contains(&y))
        && value.get(3..5).is_some_and(|region| region != "00")
        && remainder(front, modulus).is_some_and(|r| Some(r % 10) == remainder(check, 10))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["1027700132195", "1022200525819", "1057753935304", "304500116000157"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "1027700132196",
            "1207700132195",
            "304500116000158",
            "9027700132195",
            "1617700132195",
            "102770013219",
            "10277001321950",
            "1020000132195",
            "é02770013219",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
