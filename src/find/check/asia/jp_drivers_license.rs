//! Japanese driver's licence number: public safety commission, year of first issue, six digits, check digit (weighted
//! sum modulo 11), times reissued. Source: Road Traffic Act, article 93; National Police Agency's numbering notice.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<12>(value) else { return false };
    let [c1, c2, _, _, serial @ .., check, _] = all;
    let commission = matches!(
        c1 * 10 + c2,
        10..=14 | 20..=25 | 30 | 40..=49 | 50..=55 | 60..=65 | 70..=74 | 80..=83 | 90..=97
    );
    let sum = weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    commission && serial != [0; 6] && (11 - sum % 11) % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["309012345620", "309012345627"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "309012345630",
            "309012346520",
            "159012345620",
            "319012345620",
            "30901234562",
            "3090123456200",
            "300000000000",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
