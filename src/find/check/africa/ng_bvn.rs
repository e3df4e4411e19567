//! Nigerian bank verification number: eleven digits that begin with 22, without a check digit.
//! Source: CBN Regulatory Framework for BVN Operations (2017); NIBSS.

use super::super::arithmetic::digits;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<11>(value) else { return false };
    let [first, second, rest @ ..] = all;
    first == 2 && second == 2 && rest != [0; 9] && rest != [2; 9]
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn the_prefix_is_22() {
        assert!(is_valid("22123456789"));
        for bad in ["21123456789", "2212345678", "221234567890", "22222222222", "22000000000", "2212345678A"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
