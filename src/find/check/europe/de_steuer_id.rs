//! German tax identification number (IdNr): eleven digits, the first not 0; among the first ten exactly one digit
//! occurs twice or three times (then not three in a row) and the others at most once; ISO 7064 MOD 11,10.
//! Source: AO § 139b; StIdV; Bundeszentralamt für Steuern, Aufbau der Identifikationsnummer (three equal digits since
//! 2016).

use super::super::{arithmetic, general};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [first, ..]) = arithmetic::digits::<11>(value) else { return false };
    let (front, _) = all.split_at(10);
    let mut repeated = (0..10).map(|d| front.iter().filter(|x| **x == d).count()).filter(|count| *count > 1);
    let triple_in_row = front.windows(3).any(|three| matches!(three, [a, b, c] if a == b && b == c));
    first != 0
        && matches!((repeated.next(), repeated.next()), (Some(2 | 3), None))
        && !triple_in_row
        && general::mod11_10(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["36574261809", "97412683584", "65929970489", "26954371827"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "36574261890",
            "36554266806",
            "36574261908",
            "3657426180",
            "365742618090",
            "36574261808",
            "3657426180é",
            "00000000000",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
