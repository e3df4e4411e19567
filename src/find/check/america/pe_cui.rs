//! Peruvian identity number (DNI, CUI) with its check character: eight digits and a digit or, on older cards, a letter.
//! Source: RENIEC, Código Único de Identificación.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((body, check)) = value.split_at_checked(8) else { return false };
    let Some(all) = digits::<8>(body) else { return false };
    let remainder = weighted(&all, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let expected = |set: &str| set.chars().nth(remainder as usize);
    let found = check.chars().next();
    all != [0; 8] && check.len() == 1 && (found == expected("65432110987") || found == expected("KJIHGFEDCBA"))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        assert!(is_valid("101174102"));
        for bad in ["101174103", "101174012", "10117410", "1011741022", "000000006", "10117410É"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
