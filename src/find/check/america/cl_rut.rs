//! Chilean RUT and RUN: seven or eight digits and a check character modulo 11, K for 10.
//! Source: Decreto con Fuerza de Ley 3/1969 (RUT); Registro Civil.

use super::super::arithmetic::is_uniform;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((body, check)) = value.len().checked_sub(1).and_then(|at| value.split_at_checked(at)) else {
        return false;
    };
    if !matches!(body.len(), 7 | 8) || is_uniform(body) || body.starts_with("000") {
        return false;
    }
    let mut sum = 0;
    for (c, weight) in body.chars().rev().zip([2, 3, 4, 5, 6, 7, 2, 3]) {
        let Some(digit) = c.to_digit(10) else { return false };
        sum += digit * weight;
    }
    let expected = match 11 - sum % 11 {
        11 => Some('0'),
        10 => Some('K'),
        digit => char::from_digit(digit, 10),
    };
    check.chars().next() == expected
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["760864285", "125319092", "843100740", "300000010"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["760864284", "760864825", "125319093", "12531909", "1253190922", "76086A285", "111111111", "12531909É"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
