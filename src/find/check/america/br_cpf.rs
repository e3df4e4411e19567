//! Brazilian CPF: nine digits (the ninth tells the fiscal region) and two check digits modulo 11.
//! Source: Instrução Normativa RFB 2172/2024; Receita Federal.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<11>(value) else { return false };
    let [.., first, second] = all;
    let one = weighted(&all, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    let two = weighted(&all, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    !is_uniform(value) && first == one && second == two
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["39053344705", "19768868562", "11144477735", "52998224725"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["39053344704", "39053344750", "93053344705", "3905334470", "390533447055", "11111111111"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
