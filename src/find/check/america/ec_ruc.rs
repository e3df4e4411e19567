//! Ecuadorian taxpayer number (RUC): a person's identity number, or province, 6 (public) or 9 (private), serial and check
//! digit modulo 11; then the establishment, not 0. Source: Ley del RUC; SRI.

use super::super::arithmetic::{digits, weighted};
use super::ec_cedula;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<13>(value) else { return false };
    let [p1, p2, third, .., e1, e2, e3, e4] = all;
    let person = value.get(..10).is_some_and(ec_cedula::is_valid) && [e2, e3, e4] != [0; 3];
    let public = weighted(&all, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11) && [e1, e2, e3, e4] != [0; 4];
    let private = weighted(&all, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11) && [e2, e3, e4] != [0; 3];
    let province = matches!(p1 * 10 + p2, 1..=24 | 30 | 50);
    province
        && match third {
            0..=5 => person,
            6 => public || person,
            9 => public || private,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["1792060346001", "1714307103001", "1768152560001"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["1763154690001", "1792060364001", "2592060346001", "1792060346000", "179206034601", "17920603460011"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
