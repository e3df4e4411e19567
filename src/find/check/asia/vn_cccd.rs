//! Vietnamese citizen number: province of birth registration, sex and century, year of birth, six random digits.
//! No check digit. Source: Circular 59/2021/TT-BCA, article 4; Decree 137/2015/ND-CP, article 13.

use super::super::arithmetic::digits;

/// Codes of the 63 provinces (annex 1 of Circular 07/2016/TT-BCA).
const PROVINCES: [u32; 63] = [
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45,
    46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92,
    93, 94, 95, 96,
];

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([p1, p2, p3, century, y1, y2, serial @ ..]) = digits::<12>(value) else { return false };
    let born = match century {
        0 | 1 => 1900,
        2 | 3 => 2000,
        _ => return false,
    } + y1 * 10
        + y2;
    PROVINCES.contains(&(p1 * 100 + p2 * 10 + p3)) && born < 2040 && serial != [0; 6]
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn provinces_and_years_are_looked_at() {
        for good in ["001099012345", "079201000017", "096185123456"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "003099012345",
            "097099012345",
            "001499012345",
            "001299012345",
            "001099000000",
            "00109901234",
            "0010990123456",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
