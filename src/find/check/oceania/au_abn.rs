//! Australian business number: eleven digits; one is taken from the first, and the sum with the weights 10 1 3 ... 19 is
//! divisible by 89. The first two, the check digits, are 11 to 99.
//! Source: Australian Business Register, "Format of the ABN".

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(digits) = digits::<11>(value) else { return false };
    // One less in the first digit is ten less in the sum.
    let sum = weighted(&digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    let [first, second, ..] = digits;
    first > 0 && first + second > 1 && (sum - 10).is_multiple_of(89)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn numbers_of_public_bodies_pass_and_their_neighbours_do_not() {
        for good in ["51824753556", "83914571673", "53004085616"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "51824753557",
            "10523651791",
            "51842753556",
            "99999999999",
            "00000000000",
            "5182475355",
            "518247535566",
            "5182475355A",
            "é1824753556",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
