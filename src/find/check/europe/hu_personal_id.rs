//! Hungarian personal identification number (személyi azonosító): sex and century, YYMMDD, serial, check digit: the
//! digits times 1 to 10 (born before 1997) or 10 to 1 (since), mod 11. Serials whose sum leaves 10 are not issued.
//! Source: 1996. évi XX. törvény, melléklet I.

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [sex, y1, y2, m1, m2, d1, d2, .., check]) = arithmetic::digits::<11>(value) else { return false };
    let year = y1 * 10 + y2;
    // 1, 2 and, of foreigners, 5, 6: born in the 1900s; 3, 4 and 7, 8: since 2000.
    let year = match sex {
        1 | 2 | 5 | 6 => 1900 + year,
        3 | 4 | 7 | 8 => 2000 + year,
        _ => return false,
    };
    let sum = if year < 1997 {
        arithmetic::weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    } else {
        arithmetic::weighted(&all, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    };
    date::is_date(year, m1 * 10 + m2, d1 * 10 + d2) && sum % 11 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn both_directions_of_the_weights() {
        for good in ["18001015676", "18001010016", "30301011238"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["18001010017", "18001100016", "30301011239", "98001010016", "18013010016", "1800101001", "1800101001é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
