//! Egyptian national number (الرقم القومي): century (2: 1900s, 3: 2000s), birth date, governorate of birth, serial, and
//! a last digit whose rule is not published. Source: Civil Status Law 143 of 1994 and its executive regulation.

use super::super::arithmetic::digits;
use super::super::date::is_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([century, y1, y2, m1, m2, d1, d2, g1, g2, s1, s2, s3, s4, _]) = digits::<14>(value) else {
        return false;
    };
    let year = match century {
        2 => 1900,
        3 => 2000,
        _ => return false,
    } + y1 * 10
        + y2;
    // 88: born abroad.
    let governorate = matches!(g1 * 10 + g2, 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88);
    is_date(year, m1 * 10 + m2, d1 * 10 + d2) && year < 2050 && governorate && [s1, s2, s3, s4] != [0; 4]
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn dates_and_governorates_are_looked_at() {
        for good in ["29001011234567", "30105150101233", "28512318800017"] {
            assert!(is_valid(good), "{good}");
        }
        // Century, month, day, governorate, serial, length; a time stamp.
        for bad in [
            "19001011234567",
            "29013011234567",
            "29002301234567",
            "29001011034567",
            "29001014534567",
            "29001011200007",
            "2900101123456",
            "20240131235959",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
