//! Norwegian national identity number: day (D-numbers: plus 40), month (numbers of hospitals and of test data: plus
//! 40 or 80), year, three digits that tell the century, two check digits, each modulo 11 and never 10.
//! Source: Forskrift om folkeregistrering § 2-2; Skatteetaten.

use super::super::arithmetic::{digits, weighted};
use super::super::date::is_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [d1, d2, m1, m2, y1, y2, n1, n2, n3, ..]) = digits::<11>(value) else { return false };
    let (mut day, mut month, short) = (d1 * 10 + d2, m1 * 10 + m2, y1 * 10 + y2);
    if day > 40 {
        day -= 40;
    }
    if month > 80 {
        month -= 80;
    } else if month > 40 {
        month -= 40;
    }
    let year = match (n1 * 100 + n2 * 10 + n3, short) {
        (0..500, _) => 1900 + short,
        (500..750, 54..) => 1800 + short,
        (_, ..40) => 2000 + short,
        (900.., _) => 1900 + short,
        _ => return false,
    };
    is_date(year, month, day)
        && weighted(&all, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["15108695088", "27027104873"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["15108695077", "51108695088", "15138695088", "1510869508", "151086950880", "00000000000", "é5108695088"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
