//! Colombian tax number (NIT) with its check digit: eight to ten digits, of companies nine that begin with 8 or 9, of
//! persons their citizenship card, and a check digit modulo 11. Source: Decreto 2460/2013; DIAN, Orden Administrativa 4/1989.

use super::super::arithmetic::is_uniform;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((body, check)) = value.len().checked_sub(1).and_then(|at| value.split_at_checked(at)) else {
        return false;
    };
    if !matches!(body.len(), 7..=10) || body.starts_with('0') || is_uniform(body) {
        return false;
    }
    let mut sum = 0;
    for (c, weight) in body.chars().rev().zip([3, 7, 13, 17, 19, 23, 29, 37, 41, 43]) {
        let Some(digit) = c.to_digit(10) else { return false };
        sum += digit * weight;
    }
    let expected = match sum % 11 {
        remainder @ (0 | 1) => remainder,
        remainder => 11 - remainder,
    };
    check.len() == 1 && check.parse() == Ok(expected)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        // Ecopetrol and Bancolombia are the last two.
        for good in ["2131234321", "7366109721", "8999990681", "8909039388"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["2131234325", "8999990618", "213123432", "0131234321", "21312343211234", "213123432A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
