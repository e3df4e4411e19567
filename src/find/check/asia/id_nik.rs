//! Indonesian population number (NIK): province, regency, district (two digits each), birth date DDMMYY with 40 added
//! to the day for women, serial of four. No check digit. Source: Law 23 of 2006, article 13; Government Regulation 40
//! of 2019; area codes of the Ministry of Home Affairs.

use super::super::arithmetic::digits;
use super::super::date::is_short_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<16>(value) else { return false };
    let [p1, p2, r1, r2, k1, k2, d1, d2, m1, m2, y1, y2, serial @ ..] = all;
    let province = matches!(
        p1 * 10 + p2,
        11..=19 | 21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=96
    );
    // Regencies count from 01, cities from 71.
    let regency = matches!(r1 * 10 + r2, 1..=39 | 71..=79);
    let day = d1 * 10 + d2;
    let day = if day > 40 { day - 40 } else { day };
    province && regency && [k1, k2] != [0; 2] && is_short_date(y1 * 10 + y2, m1 * 10 + m2, day) && serial != [0; 4]
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn areas_and_dates_are_looked_at() {
        for good in ["3171011708450001", "3171015708450001", "3273012902000012", "6501010101900003"] {
            assert!(is_valid(good), "{good}");
        }
        // Province, regency, district, day, month, serial, length.
        for bad in [
            "9971011708450001",
            "3150011708450001",
            "3171001708450001",
            "3171013208450001",
            "3171017208450001",
            "3171011713450001",
            "3171011708450000",
            "317101170845001",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
