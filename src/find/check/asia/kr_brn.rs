//! South Korean business registration number: tax office, kind of business, serial of four, check digit.
//! Source: Value-Added Tax Act, enforcement decree, article 12; National Tax Service.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<10>(value) else { return false };
    let [o1, o2, o3, k1, k2, s1, s2, s3, s4, check] = all;
    let sum = weighted(&all, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + s4 * 5 / 10;
    let serial = [s1, s2, s3, s4] != [0; 4];
    o1 * 100 + o2 * 10 + o3 >= 101 && [k1, k2] != [0; 2] && serial && (10 - sum % 10) % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        // Samsung Electronics, Naver.
        for good in ["1248100998", "2208162517"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["1248100999", "1248109098", "0248100998", "1240000998", "124810099", "12481009988"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
