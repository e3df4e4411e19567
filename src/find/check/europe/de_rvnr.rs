//! German pension insurance number (VSNR): area, birth date DDMMYY, initial of the birth name, two digits, check
//! digit. The letter counts as two digits (A = 01), weights 2 1 2 5 7 1 2 1 2 1 2 1, digit sums, mod 10. Day and month
//! are 00 where unknown, and the day is raised by 32 or 64 where the numbers of a day ran out.
//! Source: SGB VI § 147; VKVV §§ 2 to 4 and annex (areas); DEÜV, common principles of the insurance number.

use super::super::{arithmetic, date};

/// Areas of the pension insurers: regional ones, the railway's and the miners', and 40 more for the federal one's.
fn is_area(area: u32) -> bool {
    matches!(area, 2..=29 | 38..=40 | 42..=69 | 78..=82 | 89)
}

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(front), Some(letter), Some(rest)) = (value.get(..8), value.get(8..9), value.get(9..)) else {
        return false;
    };
    let Some([a1, a2, d1, d2, m1, m2, y1, y2]) = arithmetic::digits(front) else { return false };
    let Some([s1, s2, check]) = arithmetic::digits(rest) else { return false };
    let Some(letter) = letter.chars().next().filter(char::is_ascii_uppercase).and_then(arithmetic::base36) else {
        return false;
    };
    let place = letter - 9;
    let (day, month) = ((d1 * 10 + d2) % 32, m1 * 10 + m2);
    let born =
        d1 * 10 + d2 < 96 && month <= 12 && (day == 0 || month == 0 || date::is_short_date(y1 * 10 + y2, month, day));
    let sum = arithmetic::weighted_digit_sums(
        &[a1, a2, d1, d2, m1, m2, y1, y2, place / 10, place % 10, s1, s2],
        &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1],
    );
    is_area(a1 * 10 + a2) && born && sum % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["15070649C103", "65180539W001"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "15070649C104",
            "13110587M565",
            "15076049C103",
            "15070649D103",
            "99070649C103",
            "15071349C103",
            "1507064C1033",
            "15070649C10",
            "15070649C1033",
            "150706491103",
            "15070649é103",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
