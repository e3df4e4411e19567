//! Bulgarian uniform civil number (ЕГН): YYMMDD (month + 20 for the 1800s, + 40 for the 2000s), three digits, check
//! digit by weights 2 4 8 5 10 9 7 3 6, mod 11, 10 counts 0.
//! Source: Закон за гражданската регистрация чл. 11; Наредба за функциониране на ЕСГРАОН.

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [y1, y2, m1, m2, d1, d2, .., check]) = arithmetic::digits::<10>(value) else { return false };
    let (year, month, day) = (y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    let born = match month {
        41.. => date::is_date(2000 + year, month - 40, day),
        21.. => date::is_date(1800 + year, month - 20, day),
        _ => date::is_date(1900 + year, month, day),
    };
    born && arithmetic::weighted(&all, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["7523169263", "8032056031", "5401115918"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["7523169264", "7523169623", "8019010008", "7553010005", "752316926", "75231692630", "752316926é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
