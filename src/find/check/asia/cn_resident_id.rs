//! Chinese resident identity number: division code, birth date YYYYMMDD, sequence, check character ISO 7064 MOD 11-2.
//! Source: GB 11643-1999; GB/T 2260 (divisions).

use super::super::arithmetic::digits;
use super::super::date::is_date;

/// Whether the first two digits of a division code are a province's (81-83: residence permits of Hong Kong, Macao, Taiwan;
/// 91: places abroad).
pub(super) fn is_province(code: u32) -> bool {
    matches!(code, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91)
}

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((body, check)) = value.split_at_checked(17) else { return false };
    let Some(all) = digits::<17>(body) else { return false };
    let [p1, p2, c1, c2, c3, c4, y1, y2, y3, y4, m1, m2, d1, d2, ..] = all;
    let check = match check {
        "X" => 10,
        _ => match digits::<1>(check) {
            Some([digit]) => digit,
            None => return false,
        },
    };
    let year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
    let division = is_province(p1 * 10 + p2) && ([c1, c2, c3, c4] != [0; 4] || p1 == 8);
    let front = all.iter().fold(0, |sum, digit| (sum + digit) * 2 % 11);
    division && (1850..2050).contains(&year) && is_date(year, m1 * 10 + m2, d1 * 10 + d2) && (front + check) % 11 == 1
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["11010519491231002X", "440524188001010014", "360426199101010071", "110101197911081809"] {
            assert!(is_valid(good), "{good}");
        }
        // Check, swapped digits, province, month, lengths, X inside.
        for bad in [
            "110105194912310021",
            "110105194912130020",
            "160105194912310020",
            "11010519491331002X",
            "11010519491231002",
            "11010519491231002XX",
            "1101051949123100X2",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
