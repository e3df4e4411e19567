//! Portuguese tax number NIF: nine digits, the sum with the weights 9 to 2 and the check digit is a multiple of 11,
//! where 10 is written 0. First digits: 1 to 3 people, 45 people abroad, 5 companies, 6 public bodies, 70 to 79 funds
//! and others, 8 sole traders, 90, 91, 98 and 99 condominiums and others.
//! Source: Decreto-Lei 14/2013; Autoridade Tributária e Aduaneira.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("PT").unwrap_or(value);
    let Some(all @ [first, second, .., check]) = digits::<9>(number) else { return false };
    let given = match first {
        4 => second == 5,
        9 => matches!(second, 0 | 1 | 8 | 9),
        0 => false,
        _ => true,
    };
    given && (11 - weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == check && !is_uniform(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["501964843", "PT501964843", "500100144", "139525556"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["501964842", "510964843", "932000000", "432000000", "50196484", "5019648430", "000000000", "é01964843"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
