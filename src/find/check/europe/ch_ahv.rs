//! Swiss insured number (AHV, AVS): 756 for Switzerland, nine digits, the check digit of EAN-13.
//! Source: AHVG article 50c; Zentrale Ausgleichsstelle, guidelines on the insured number.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<13>(value) else { return false };
    value.starts_with("756")
        && value.get(3..12).is_some_and(|number| !is_uniform(number))
        && weighted(&all, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["7569217076985", "7561647777869"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "7569217076984",
            "7562917076985",
            "7579217076985",
            "756921707698",
            "75692170769850",
            "7560000000002",
            "é569217076985",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
