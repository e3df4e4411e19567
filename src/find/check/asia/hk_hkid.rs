//! Hong Kong identity card number: one or two letters, six digits, check digit 0-9 or A (weights 9 to 2 modulo 11, a
//! missing first letter counts 36). Source: Registration of Persons Ordinance (Cap. 177); Immigration Department.

use super::super::arithmetic::{base36, digits};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((front, rest)) = value.len().checked_sub(7).and_then(|at| value.split_at_checked(at)) else {
        return false;
    };
    let mut letters = front.chars();
    let (first, second) = match (letters.next(), letters.next(), letters.next()) {
        (Some(one), None, None) => (Some(36), one),
        (Some(first), Some(second), None) if first.is_ascii_uppercase() => (base36(first), second),
        _ => return false,
    };
    let (Some(first), Some(second), true) = (first, base36(second), second.is_ascii_uppercase()) else { return false };
    let Some((serial, check)) = rest.split_at_checked(6) else { return false };
    let Some([a, b, c, d, e, f]) = digits::<6>(serial) else { return false };
    let check = match check {
        "A" => 10,
        _ => match digits::<1>(check) {
            Some([digit]) => digit,
            None => return false,
        },
    };
    let sum = first * 9 + second * 8 + a * 7 + b * 6 + c * 5 + d * 4 + e * 3 + f * 2 + check;
    [a, b, c, d, e, f] != [0; 6] && sum % 11 == 0
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["A1234563", "G123456A", "AB9876543", "L5555550"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["A1234564", "A1234653", "1234563", "ABC1234563", "A123456B", "A12345633", "A000000A", "É1234563"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
