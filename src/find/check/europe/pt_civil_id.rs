//! Portuguese civil identification number (bilhete de identidade, number inside the citizen card): eight digits and a
//! check digit; the sum with the weights 9 to 1 is a multiple of 11. A check digit of 10 is printed 0.
//! Source: Instituto dos Registos e do Notariado.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [.., check]) = digits::<9>(value) else { return false };
    let sum = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    (sum.is_multiple_of(11) || check == 0 && (sum + 10).is_multiple_of(11)) && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["123456789", "109876547"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["123456788", "132456789", "12345678", "1234567890", "000000000", "é1234567"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
