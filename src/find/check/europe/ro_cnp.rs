//! Romanian personal numerical code (CNP): sex and century, year, month, day, county, serial of three digits, check
//! digit with the weights 2 7 9 1 4 6 3 5 8 2 7 9 modulo 11, where 10 is written 1.
//! Source: Law 105/1996; Methodological Norms HG 1375/2006; OUG 97/2005.

use super::super::arithmetic::{digits, weighted};
use super::super::date::{is_date, is_short_date};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [sex, y1, y2, m1, m2, d1, d2, c1, c2, n1, n2, n3, check]) = digits::<13>(value) else {
        return false;
    };
    let (short, month, day) = (y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2);
    let born = match sex {
        1 | 2 => is_date(1900 + short, month, day),
        3 | 4 => is_date(1800 + short, month, day),
        5 | 6 => is_date(2000 + short, month, day),
        // Residents without Romanian citizenship: any century.
        7..=9 => is_short_date(short, month, day),
        _ => false,
    };
    let county = matches!(c1 * 10 + c2, 1..=48 | 51 | 52 | 70 | 80..=83 | 99);
    let sum = weighted(&all, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    born && county && n1 + n2 + n3 > 0 && (if sum == 10 { 1 } else { sum }) == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["1800101221144", "2571021132614"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "1800101221143",
            "8100101221144",
            "1801301221144",
            "1800101501144",
            "0800101221144",
            "180010122114",
            "18001012211440",
            "é80010122114",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
