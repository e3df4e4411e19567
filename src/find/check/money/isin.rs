//! International securities identification number (ISO 6166): country or one of the reserved prefixes, nine letters and
//! digits, and a check digit: letters become two digits (A = 10), then every second digit from the right is doubled.

use super::iban::is_country;

/// Prefixes that are no countries: the European Union, international securities and substitute numbering agencies.
const RESERVED: &[&str] = &["EU", "XS", "XA", "XB", "XC", "XD", "XF", "QS", "QT", "EZ", "XT"];

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(country), Some(body), Some(check)) = (value.get(..2), value.get(2..11), value.get(11..)) else {
        return false;
    };
    let shape = body.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && body.bytes().any(|b| b.is_ascii_digit() && b != b'0')
        && check.len() == 1;
    shape
        && (is_country(country) || RESERVED.contains(&country))
        && doubled_sum(value).is_some_and(|s| s.is_multiple_of(10))
}

/// Sum of the digits after letters are written out and every second from the right is doubled.
fn doubled_sum(value: &str) -> Option<u32> {
    let (mut sum, mut double) = (0, false);
    let mut add = |digit: u32| {
        let product = if double { digit * 2 } else { digit };
        sum += product / 10 + product % 10;
        double = !double;
    };
    for (place, c) in value.chars().rev().enumerate() {
        let n = c.to_digit(36)?;
        if n < 10 {
            add(n);
        } else if place == 0 {
            return None;
        } else {
            add(n % 10);
            add(n / 10);
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["US0378331005", "US5949181045", "DE0007164600", "GB0002634946", "XS0104440986"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["US0378331006", "US0378313005", "ZZ0378331005", "US037833100", "US037833100é", "US000000000A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
