//! Spanish identity number of citizens: eight digits and a letter, which is the number modulo 23 in a table; K, L and
//! M with seven digits are tax numbers of minors, people abroad and foreigners without one.
//! Source: Real Decreto 1553/2005 (DNI); Real Decreto 1065/2007, article 19 (NIF).

use super::super::arithmetic::{is_uniform, remainder};

/// Check letters in the order of the remainders.
const LETTERS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";

pub(crate) fn is_valid(value: &str) -> bool {
    let value = value.strip_prefix("ES").unwrap_or(value);
    let Some((number, letter)) = value.len().checked_sub(1).and_then(|at| value.split_at_checked(at)) else {
        return false;
    };
    let number = match number.strip_prefix(['K', 'L', 'M']) {
        Some(seven) if seven.len() == 7 => seven,
        None if number.len() == 8 => number,
        _ => return false,
    };
    !is_uniform(number) && is_letter_of(number, letter)
}

/// Whether `letter` is the check letter of the digits `number`.
pub(super) fn is_letter_of(number: &str, letter: &str) -> bool {
    let wanted = remainder(number, 23).and_then(|r| LETTERS.get(r as usize..r as usize + 1));
    wanted == Some(letter)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["54362315K", "ES54362315K", "46985167P", "12345678Z", "M1234567L"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "54362315L",
            "45362315K",
            "5436231K",
            "543623155K",
            "00000000T",
            "99999999R",
            "X2482300W",
            "K1234567A",
            "5436231é",
            "é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
