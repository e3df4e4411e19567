//! Uruguayan identity card number: six or seven digits and a check digit (weights 2 9 8 7 6 3 4 modulo 10).
//! Source: Decreto-Ley 14.762; Dirección Nacional de Identificación Civil.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let padded = match value.len() {
        7 => format!("0{value}"),
        8 => value.to_owned(),
        _ => return false,
    };
    let Some(all) = digits::<8>(&padded) else { return false };
    let [.., check] = all;
    let sum = weighted(&all, &[2, 9, 8, 7, 6, 3, 4]);
    !is_uniform(value) && !padded.starts_with("00") && (10 - sum % 10) % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["12345672", "9876549", "09876549"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["12345673", "12345627", "123456722", "123456", "00000000", "1234567A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
