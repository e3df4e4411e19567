//! Thai citizen number: thirteen digits, the first 1-8 (kind of person), the last from a weighted sum modulo 11.
//! Source: Civil Registration Act B.E. 2534; Department of Provincial Administration. Tax numbers of persons are the same.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<13>(value) else { return false };
    let [first, .., check] = all;
    let sum = weighted(&all, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    (1..=8).contains(&first) && !is_uniform(value) && (11 - sum % 11) % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["1234545678781", "3100600445635", "5347963687225"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["1234545678789", "3100600446535", "0234545678781", "123454567878", "12345456787811", "1111111111111"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
