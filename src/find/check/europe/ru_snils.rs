//! Russian insurance number (СНИЛС): nine digits and two check digits: the sum with the weights 9 to 1 modulo 101,
//! where 100 is written 00. Numbers up to 001-001-998 have no such sum and are not taken.
//! Source: Federal Law 27-FZ of 1 April 1996; Pension Fund, decree 192p of 2006.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [.., tens, units]) = digits::<11>(value) else { return false };
    let sum = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    value.get(..9).is_some_and(|number| number > "001001998" && !is_uniform(number)) && sum == tens * 10 + units
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["11223344595", "08765430300", "16045672357"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["11223344596", "12123344595", "00100199800", "1122334459", "112233445950", "00000000000", "é1223344595"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
