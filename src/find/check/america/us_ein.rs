//! U.S. employer identification number: NN-NNNNNNN, the first two digits name the office or the way it was issued.
//! Source: IRS, "How EINs are assigned and valid EIN prefixes"; 26 CFR 301.7701-12.

use super::super::arithmetic::{digits, is_uniform};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([a, b, rest @ ..]) = digits::<9>(value) else { return false };
    let issued = matches!(
        a * 10 + b,
        1..=6 | 10..=16 | 20..=27 | 30..=48 | 50..=68 | 71..=77 | 80..=88 | 90..=95 | 98 | 99
    );
    issued && !is_uniform(value) && rest.iter().any(|d| *d > 0)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn prefixes_in_use_pass_and_others_do_not() {
        // Numbers that companies print in their public filings.
        for good in ["911144442", "942404110", "042103594"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "071144442",
            "891144442",
            "970000001",
            "94240411",
            "9424041100",
            "940000000",
            "444444444",
            "94240411A",
            "９42404110",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
