//! Swedish personal identity number, also coordination numbers (day plus 60): year of two or four digits, month, day,
//! serial of three digits, a Luhn digit over the last ten.
//! Source: Folkbokföringslagen (1991:481) § 18; Lag (2022:1697) om samordningsnummer; Skatteverket SKV 704.

use super::super::date::{is_date, is_short_date};
use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    let (century, short) = match value.len() {
        12 => value.split_at_checked(2).unwrap_or_default(),
        _ => ("", value),
    };
    let number = |range| short.get(range).and_then(|text: &str| text.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day), Some(serial)) = (number(0..2), number(2..4), number(4..6), number(6..9))
    else {
        return false;
    };
    let day = if day > 60 { day - 60 } else { day };
    let born = match century {
        "" => is_short_date(year, month, day),
        "18" => is_date(1800 + year, month, day),
        "19" => is_date(1900 + year, month, day),
        "20" => is_date(2000 + year, month, day),
        _ => false,
    };
    short.len() == 10 && born && serial > 0 && luhn(short)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["8803200016", "198803200016", "8702206320", "7010632391"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "8803200017",
            "8083200016",
            "8813200016",
            "178803200016",
            "880320001",
            "88032000160",
            "5560360793",
            "0000000000",
            "é803200016",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
