//! U.S. adoption taxpayer identification number: 9NN-93-NNNN.
//! Source: IRS Form W-7A; Internal Revenue Manual 3.13.40 (group 93 is kept for adoptions).

use super::super::arithmetic::digits;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([first, _, _, tens, units, serial @ ..]) = digits::<9>(value) else { return false };
    first == 9 && (tens, units) == (9, 3) && serial.iter().any(|d| *d > 0)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn only_group_93_of_the_nine_hundreds_passes() {
        for good in ["912931234", "900930001", "999939999"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["912941234", "912391234", "812931234", "91293123", "9129312345", "912930000", "91293123A", "é12931234"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
