//! Chinese unified social credit code: registering department, kind, division of six digits, organisation code of nine,
//! check character modulo 31; no I, O, S, V, Z. Source: GB 32100-2015.

use super::super::arithmetic::is_uniform;
use super::cn_resident_id::is_province;

const CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

pub(crate) fn is_valid(value: &str) -> bool {
    // Powers of 3 modulo 31; the check character counts once.
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1];
    let mut sum = 0;
    for (c, weight) in value.chars().zip(weights) {
        let Some(n) = CHARACTERS.find(c) else { return false };
        sum += n * weight;
    }
    let division = value.get(2..8);
    value.len() == 18
        && value.starts_with(['1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'N', 'Y'])
        && division.is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()))
        && division.and_then(|d| d.get(..2)?.parse().ok()).is_some_and(|p| p == 10 || is_province(p))
        && !value.get(8..17).is_some_and(is_uniform)
        && sum % 31 == 0
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_codes_pass_and_near_misses_do_not() {
        // The first is the example of GB 32100.
        for good in ["91350100M000100Y43", "91110000600037341L", "91110000LTEYY668HX"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "91350100M000100Y44",
            "91350100M001000Y43",
            "91350100M000100S43",
            "91170000600037341L",
            "91350100M000100Y4",
            "0035010",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
