//! German VAT number (USt-IdNr.): DE and nine digits, the first not 0, ISO 7064 MOD 11,10.
//! Source: UStG § 27a; Bundeszentralamt für Steuern, Aufbau der USt-IdNr.

use super::super::{arithmetic, general};

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("DE").unwrap_or(value);
    number.len() == 9 && !number.starts_with('0') && !arithmetic::is_uniform(number) && general::mod11_10(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["DE136695976", "136695976", "494783398", "DE129273398"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["DE136695978", "DE136699576", "DE036695976", "DE13669597", "DE1366959760", "DE13669597é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
