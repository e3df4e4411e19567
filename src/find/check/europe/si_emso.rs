//! Slovenian unique master citizen number (EMŠO): the Yugoslav number with a region of Slovenia, 50 to 59.
//! Source: Central Population Register Act (Zakon o centralnem registru prebivalstva).

use super::jmbg;

pub(crate) fn is_valid(value: &str) -> bool {
    value.get(7..8) == Some("5") && jmbg::is_valid(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["0101006500006", "2601952508041"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["0101006500007", "1001006500006", "0710003730015", "010100650000", "01010065000060", "é10100650000"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
