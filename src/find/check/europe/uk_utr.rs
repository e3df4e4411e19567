//! UK unique taxpayer reference: ten digits, the first of which checks the others, perhaps with a K at either end.
//! Source: HMRC, "Modulus 11 check of unique taxpayer references".

use super::super::arithmetic::{digits, weighted};

/// Check digits by the remainder of the sum.
const CHECKS: [u32; 11] = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_suffix('K').or_else(|| value.strip_prefix('K')).unwrap_or(value);
    let Some([check, rest @ ..]) = digits::<10>(number) else { return false };
    let remainder = weighted(&rest, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    CHECKS.get(remainder as usize) == Some(&check) && rest.iter().any(|d| *d > 0)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["1955839661", "4691855017", "8300784125", "4691855017K", "K4691855017"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "2955839661",
            "4691855018",
            "4691855107",
            "2000000000",
            "469185501",
            "46918550171",
            "469185501A",
            "é691855017",
            "KK4691855017",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
