//! Russian internal passport: two digits of the region that printed the form (OKATO), two of the year of print, six
//! of the number. Regions and years that do not exist fail; there is no check digit.
//! Source: Government decree 828 of 8 July 1997; OKATO (OK 019-95).

use super::super::arithmetic::{digits, is_uniform};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([r1, r2, y1, y2, ..]) = digits::<10>(value) else { return false };
    let region = r1 * 10 + r2;
    let none = matches!(region, 0 | 2 | 6 | 9 | 13 | 16 | 31 | 39 | 48 | 51 | 55 | 59 | 62 | 72);
    // Forms have been printed since 1997.
    !none
        && matches!(y1 * 10 + y2, 97..=99 | 0..=35)
        && value.get(4..).is_some_and(|number| number.bytes().any(|b| b != b'0'))
        && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn regions_and_years_that_exist_pass_and_others_do_not() {
        for good in ["4509123456", "0304567890", "4620123456"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["4565123456", "0204567890", "4509000000", "450912345", "45091234560", "é509123456"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
