//! Ukrainian taxpayer number (РНОКПП, formerly ІПН): days from 31 December 1899 to the birth, serial of four digits,
//! check digit with the weights -1 5 7 9 4 6 10 5 7 modulo 11, modulo 10.
//! Source: Order of the Ministry of Finance 822 of 29 September 2017.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [.., check]) = digits::<10>(value) else { return false };
    // -1 is 10, modulo 11.
    weighted(&all, &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10 == check && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["1759013776", "8239668821"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["1759013777", "7159013776", "175901377", "17590137760", "0000000000", "é759013776"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
