//! UK VAT registration number: nine digits (twelve with a branch), GB or XI in front; the weights 8 to 2 with the last two
//! digits as they stand leave 0 modulo 97, or 42 since 2010 (55 added before). Departments (GD) and health
//! authorities (HA) have three digits.
//! Source: HMRC VAT Registration Manual VATREG02000; European Commission, VIES algorithms.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("GB").or_else(|| value.strip_prefix("XI")).unwrap_or(value);
    match number.len() {
        5 => is_public(number),
        9 => is_registration(number),
        12 => number.split_at_checked(9).is_some_and(|(n, branch)| is_registration(n) && digits::<3>(branch).is_some()),
        _ => false,
    }
}

fn is_registration(number: &str) -> bool {
    let Some(digits) = digits::<9>(number) else { return false };
    let remainder = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    let [a, b, c, ..] = digits;
    // The second formula is for numbers from 100 0000.
    !is_uniform(number) && (remainder == 0 || ((a, b, c) > (0, 9, 9) && matches!(remainder, 42 | 55)))
}

fn is_public(number: &str) -> bool {
    let tail = number.get(2..).and_then(digits::<3>);
    let Some([first, ..]) = tail else { return false };
    match number.get(..2) {
        Some("GD") => first < 5,
        Some("HA") => first >= 5,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn numbers_of_companies_pass_and_their_neighbours_do_not() {
        for good in ["GB980780684", "980780684", "GB220430231", "XI980780684", "980780684001", "GBGD001", "GBHA599"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "802311781",
            "GB980780685",
            "GB980708684",
            "GB98078068",
            "GBGD500",
            "GBHA001",
            "GB000000000",
            "DE980780684",
            "98078068A",
            "é80780684",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
