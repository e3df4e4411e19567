//! Argentine tax and labour number (CUIT, CUIL, CDI): kind of holder, eight digits (a person's DNI), check digit modulo 11.
//! Source: Resolución General AFIP 10/1997; ANSES.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<11>(value) else { return false };
    let [k1, k2, body @ .., check] = all;
    // 20-27 persons, 30-34 companies, 50-55 foreigners.
    let kind = matches!(k1 * 10 + k2, 20 | 23..=27 | 30 | 33 | 34 | 50 | 51 | 55);
    let expected = match 11 - weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
        11 => 0,
        10 => 9,
        digit => digit,
    };
    kind && body != [0; 8] && check == expected
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["20055361682", "20267565393", "27143638737", "33693450239"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["20267565392", "20267565339", "21267565393", "2026756539", "202675653933", "2026756539A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
