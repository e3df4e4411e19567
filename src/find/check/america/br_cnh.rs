//! Brazilian driving licence (CNH) register number: nine digits and two check digits modulo 11, of which the second is
//! two less where the first would have been 10. Source: Resolução CONTRAN 886/2021; SENATRAN.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<11>(value) else { return false };
    let [.., first, second] = all;
    let one = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
    let two = weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
    // Two less where the first was 10: issuing systems differ on whether a 10 or a negative digit then wraps round.
    let reduced = one == 10 && second == (two + 9) % 11 % 10;
    !is_uniform(value) && first == one % 10 && (second == two % 10 || reduced)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["62472927637", "98765432100", "98765432109"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["62472927638", "62472927673", "26472927637", "6247292763", "624729276377", "00000000000"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
