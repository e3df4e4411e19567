//! Indonesian tax number (NPWP): nine digits of which the last is a Luhn digit, tax office of three, branch of three.
//! Since 2024 sixteen digits: the old number behind a 0, or the population number (NIK) of a citizen.
//! Source: PMK 112/PMK.03/2022; PER-20/PJ/2013.

use super::super::general::luhn;
use super::id_nik;

pub(crate) fn is_valid(value: &str) -> bool {
    let old = match value.len() {
        15 => value,
        16 => match value.strip_prefix('0') {
            Some(rest) => rest,
            None => return id_nik::is_valid(value),
        },
        _ => return false,
    };
    value.bytes().all(|b| b.is_ascii_digit()) && old.get(..9).is_some_and(luhn)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn old_and_new_numbers_pass_and_near_misses_do_not() {
        for good in ["013121660091000", "016090524017000", "0013121660091000", "3171011708450001"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "013121670091000",
            "031121660091000",
            "01312166009100",
            "1013121660091000",
            "01312166009100A",
            "000000000091000",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
