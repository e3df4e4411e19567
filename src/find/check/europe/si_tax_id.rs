//! Slovenian tax number (davčna številka): eight digits from 10000000 on, the sum with the weights 8 to 2 and the
//! check digit is a multiple of 11, where 10 is written 0; 11 does not occur.
//! Source: Tax Procedure Act (ZDavP-2); European Commission, VIES.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("SI").unwrap_or(value);
    let Some(all @ [1..=9, .., check]) = digits::<8>(number) else { return false };
    let wanted = 11 - weighted(&all, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    (wanted == check || wanted == 10 && check == 0) && !is_uniform(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["50223054", "SI50223054", "80915981"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["50223055", "52023054", "05022304", "5022305", "502230540", "00000000", "é022305"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
