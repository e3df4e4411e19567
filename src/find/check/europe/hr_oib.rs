//! Croatian personal identification number (OIB): eleven digits, ISO 7064 MOD 11,10.
//! Source: Zakon o osobnom identifikacijskom broju (NN 60/08); Porezna uprava, Struktura OIB-a.

use super::super::{arithmetic, general};

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("HR").unwrap_or(value);
    number.len() == 11 && !arithmetic::is_uniform(number) && general::mod11_10(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["33392005961", "HR33392005961", "68410566683"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["33392005962", "33392005916", "3339200596", "333920059610", "HR3339200596", "3339200596é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
