//! Swiss business identification number (UID, IDE): CHE and nine digits, the last makes the sum with the weights 5 4
//! 3 2 7 6 5 4 a multiple of 11; numbers that would need 10 are not given.
//! Source: UIDG; Federal Statistical Office, eCH-0097.

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(number) = value.strip_prefix("CHE") else { return false };
    let number = number.trim_end_matches(|c: char| c.is_ascii_uppercase());
    !is_uniform(number)
        && digits::<9>(number).is_some_and(|all| weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 1]).is_multiple_of(11))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["CHE107787577", "CHE116281710", "CHE616937068", "CHE116281710MWST"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["CHE107787578", "CHE170787577", "107787577", "CHE10778757", "CHE1077875770", "CHE000000000", "CHEé0778757"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
