//! Icelandic identification number (kennitala) of persons and organisations: DDMMYY (day + 40 of organisations), two
//! digits, check digit by weights 3 2 7 6 5 4 3 2, mod 11, and the century: 8, 9 or 0.
//! Source: Lög um kennitölur; Þjóðskrá Íslands, Registers Iceland: structure of the kennitala.

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [d1, d2, m1, m2, y1, y2, .., century]) = arithmetic::digits::<10>(value) else { return false };
    let year = y1 * 10 + y2;
    let year = match century {
        8 => 1800 + year,
        9 => 1900 + year,
        0 => 2000 + year,
        _ => return false,
    };
    let day = d1 * 10 + d2;
    date::is_date(year, m1 * 10 + m2, if day > 40 { day - 40 } else { day })
        && arithmetic::weighted(&all, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["4504013150", "1201743399", "1207889659"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "5305750299",
            "3201743399",
            "1201743389",
            "1201743391",
            "2101743399",
            "120174339",
            "12017433990",
            "120174339é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
