//! Spanish tax number of organisations (CIF, NIF of legal persons): a letter of their kind, seven digits, a Luhn
//! digit, which is written as a letter (J is 0, A is 1 to I is 9) for P, Q, R, S, N and W, as a digit for A, B, E and
//! H, and either way for the others.
//! Source: Orden EHA/451/2008; Real Decreto 1065/2007, article 22.

use super::super::arithmetic::{digits, is_uniform, weighted_digit_sums};

pub(crate) fn is_valid(value: &str) -> bool {
    let value = value.strip_prefix("ES").unwrap_or(value);
    let (Some(kind), Some(number), Some(check)) = (value.get(..1), value.get(1..8), value.get(8..)) else {
        return false;
    };
    let Some(seven) = digits::<7>(number) else { return false };
    let sum = (10 - weighted_digit_sums(&seven, &[2, 1, 2, 1, 2, 1, 2]) % 10) % 10;
    let as_letter = "JABCDEFGHI".find(check) == Some(sum as usize);
    let as_digit = digits::<1>(check) == Some([sum]);
    !is_uniform(number)
        && check.len() == 1
        && match kind {
            "P" | "Q" | "R" | "S" | "N" | "W" => as_letter,
            "A" | "B" | "E" | "H" => as_digit,
            "C" | "D" | "F" | "G" | "J" | "U" | "V" => as_letter || as_digit,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["J99216582", "ESA97969455", "A13585625", "A28015865", "Q2818002D", "S1645636J"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "A13585626",
            "A31585625",
            "Q28180024",
            "A2801586E",
            "X28015865",
            "A2801586",
            "A280158655",
            "A00000000",
            "é2801586",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
