//! Estonian personal code (isikukood): sex and century, YYMMDD, serial, check digit by weights 1 to 9 and 1, mod 11;
//! where that leaves 10, by weights 3 to 9 and 1 to 3, and 0 where that leaves 10 as well.
//! Source: Rahvastikuregistri seadus; EVS 585:2007.

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [sex, y1, y2, m1, m2, d1, d2, .., check]) = arithmetic::digits::<11>(value) else { return false };
    // 7 and 8 are kept for those born in the 22nd century.
    let century = match sex {
        1 | 2 => 1800,
        3 | 4 => 1900,
        5 | 6 => 2000,
        _ => return false,
    };
    let first = arithmetic::weighted(&all, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = arithmetic::weighted(&all, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    date::is_date(century + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2)
        && check == if first == 10 { second % 10 } else { first }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["36805280109", "38612195529", "37605030299"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["36805280108", "38605280109", "36813280109", "33602300109", "3680528010", "368052801090", "3680528010é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
