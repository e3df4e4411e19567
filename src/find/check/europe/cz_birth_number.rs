//! Czech and Slovak birth number (rodné číslo): YYMMDD, month + 50 for women, + 20 more where the numbers of a day ran
//! out, and three or, since 1954, four digits. Ten digits: the last is the first nine mod 11, and 0 where that is 10.
//! Source: Zákon č. 133/2000 Sb. § 13; Zákon č. 301/1995 Z. z. (SK).

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(day), Some(serial)) = (value.get(..6), value.get(6..)) else { return false };
    let Some([y1, y2, m1, m2, d1, d2]) = arithmetic::digits(day) else { return false };
    let (year, month, day) = (y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    let month = match month {
        21..=32 => month - 20,
        51..=62 => month - 50,
        71..=82 => month - 70,
        _ => month,
    };
    if arithmetic::digits::<3>(serial).is_some() {
        let century = if year >= 80 { 1800 } else { 1900 };
        return (year <= 53 || year >= 80) && serial != "000" && date::is_date(century + year, month, day);
    }
    let century = if year >= 54 { 1900 } else { 2000 };
    let front = value.get(..9).and_then(|front| arithmetic::remainder(front, 11)).map(|rest| rest % 10);
    let last = value.get(9..).and_then(|last| arithmetic::remainder(last, 10));
    arithmetic::digits::<4>(serial).is_some() && date::is_date(century + year, month, day) && front == last
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["7103192745", "6003144170", "991231123", "0531135099"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "7103192746",
            "7103197245",
            "1103492745",
            "590312123",
            "991231000",
            "71031927",
            "71031927450",
            "710319274é",
            "7143192745",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
