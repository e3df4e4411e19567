//! French social security number (NIR): sex, year, month, département (2A and 2B for Corsica), commune, order and a
//! key of two digits: 97 minus the thirteen digits mod 97, with 2A read as 19 and 2B as 18.
//! Source: Décret n° 82-103 (répertoire national d'identification); INSEE, composition of the NIR; Code de la sécurité
//! sociale.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(front), Some(place), Some(rest)) = (value.get(..5), value.get(5..7), value.get(7..)) else {
        return false;
    };
    let as_digits = match place {
        "2A" => "19",
        "2B" => "18",
        "00" => return false,
        _ => place,
    };
    let (Some([sex, _, _, m1, m2]), Some([c1, c2, c3, o1, o2, o3, k1, k2])) =
        (arithmetic::digits(front), arithmetic::digits(rest))
    else {
        return false;
    };
    let thirteen = [front, as_digits, rest.get(..6).unwrap_or_default()].concat();
    // 20, 30 to 42 and 50 to 99 stand for months that no birth certificate tells.
    matches!(sex, 1..=4 | 7 | 8)
        && matches!(m1 * 10 + m2, 1..=12 | 20 | 30..=42 | 50..=99)
        && [c1, c2, c3] != [0; 3]
        && [o1, o2, o3] != [0; 3]
        && arithmetic::remainder(&thirteen, 97).is_some_and(|r| 97 - r == u64::from(k1 * 10 + k2))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["295109912611193", "253072B07300470", "253072A07300443", "185057842983536", "255081416802538"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "295109912611199",
            "295109912161193",
            "253072C07300443",
            "253072A07300470",
            "29510991261119",
            "2951099126111930",
            "000000000000097",
            "29510991261119é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
