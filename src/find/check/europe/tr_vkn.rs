//! Turkish tax number (vergi kimlik numarası): ten digits. To each of the first nine 9 to 1 is added, modulo 10, what
//! is left times a power of two is taken modulo 9 (9 for a multiple), and the sum is made a multiple of 10.
//! Source: Gelir İdaresi Başkanlığı.

use super::super::arithmetic::{digits, is_uniform};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([front @ .., check]) = digits::<10>(value) else { return false };
    let sum: u32 = front
        .iter()
        .zip((1..=9).rev())
        .map(|(digit, place)| match (digit + place) % 10 {
            0 => 0,
            n => (n * (1 << place) - 1) % 9 + 1,
        })
        .sum();
    (10 - sum % 10) % 10 == check && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["4540536920", "8804918848"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["4540536921", "4450536920", "454053692", "45405369200", "0000000000", "é540536920"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
