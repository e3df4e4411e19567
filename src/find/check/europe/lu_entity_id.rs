//! Luxembourg identification number of a legal person: year of its foundation, legal form of two digits, serial of
//! four, check digit. The sum with the weights 5 4 3 2 7 6 5 4 3 2 and the check digit is a multiple of 11; numbers
//! that would need a check digit of 10 are not given.
//! Source: Law of 30 March 1979; OECD, Luxembourg, information on TINs.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [y1, y2, y3, y4, ..]) = digits::<11>(value) else { return false };
    let year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
    // Public bodies have no year.
    matches!(year, 0 | 1800..=2099)
        && weighted(&all, &[1; 11]) > 1
        && weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["19742200127", "20032408126"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["19742200128", "19742020127", "17742200127", "00000000000", "1974220012", "197422001270", "é974220012"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
