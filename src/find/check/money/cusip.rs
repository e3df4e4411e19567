//! CUSIP (ANSI X9.6): six characters for the issuer, two for the issue, one check digit; every second character is
//! doubled (A = 10, * = 36, @ = 37, # = 38), digits are summed.

use super::super::arithmetic::is_uniform;

pub(crate) fn is_valid(value: &str) -> bool {
    let mut sum = 0;
    for (place, c) in value.chars().enumerate().take(8) {
        let n = match c {
            '0'..='9' | 'A'..='Z' => c.to_digit(36),
            '*' => Some(36),
            '@' => Some(37),
            '#' => Some(38),
            _ => None,
        };
        let Some(n) = n else { return false };
        let product = if place % 2 == 1 { n * 2 } else { n };
        sum += product / 10 + product % 10;
    }
    let check = value.chars().nth(8).and_then(|c| c.to_digit(10));
    // The first three are digits except in CINS numbers, which begin with the letter of a country and end like others.
    let issuer = value.bytes().skip(1).take(2).all(|b| b.is_ascii_digit());
    value.len() == 9 && issuer && !is_uniform(value) && check == Some((10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["037833100", "594918104", "38259P508", "17275R102", "G0052B105"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["037833101", "073833100", "03783310", "0378331000", "000000000", "ABCDEF103", "03783310é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
