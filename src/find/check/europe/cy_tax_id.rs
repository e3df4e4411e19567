//! Cypriot tax number (TIC, VAT): eight digits and a check letter; digits at odd places are looked up, those at even
//! places added as they are, mod 26. The first digit is 0, 1, 3 to 6 or 9, and 12 never begins one.
//! Source: Tax Department of Cyprus, structure of the TIC; European Commission, VIES VAT number algorithms.

use super::super::arithmetic;

fn looked_up(digit: u32) -> u32 {
    match digit {
        0 => 1,
        1 => 0,
        2..=4 => digit * 2 + 1,
        _ => digit * 2 + 3,
    }
}

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("CY").unwrap_or(value);
    let Some((front, letter)) = number.len().checked_sub(1).and_then(|at| number.split_at_checked(at)) else {
        return false;
    };
    let Some([a, b, c, d, e, f, g, h]) = arithmetic::digits(front) else { return false };
    let sum: u32 = [a, c, e, g].into_iter().map(looked_up).sum::<u32>() + b + d + f + h;
    let expected = char::from_digit(10 + sum % 26, 36).map(|c| c.to_ascii_uppercase());
    matches!(a, 0 | 1 | 3..=6 | 9)
        && (a, b) != (1, 2)
        && !arithmetic::is_uniform(front)
        && letter.chars().next() == expected
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["10259033P", "CY10259033P", "42309559O"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["10259033Z", "12259033P", "01259033P", "10259033", "102590333P", "00000000E", "1025903éP", "10259033é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
