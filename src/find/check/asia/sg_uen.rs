//! Singapore unique entity number: businesses eight digits and a letter; local companies year, five digits, letter;
//! other entities R, S or T, year, two letters of the kind, four digits, letter. Source: ACRA, UEN format (2009).

use super::super::arithmetic::{digits, weighted};

/// Kinds of the other entities, two letters each.
const KINDS: [&str; 38] = [
    "CC", "CD", "CH", "CL", "CM", "CP", "CS", "CX", "DP", "FB", "FC", "FM", "FN", "GA", "GB", "GS", "HS", "LL", "LP",
    "MB", "MC", "MD", "MH", "MM", "MQ", "NB", "NR", "PA", "PB", "PF", "RF", "RP", "SM", "SS", "TC", "TU", "VH", "XL",
];
/// Values of the characters of other entities.
const OTHERS: &str = "ABCDEFGHJKLMNPQRSTUVWX0123456789";

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((body, check)) = value.len().checked_sub(1).and_then(|at| value.split_at_checked(at)) else {
        return false;
    };
    let expected = match body.len() {
        8 => business(body),
        9 if body.starts_with(|c: char| c.is_ascii_digit()) => company(body),
        9 => other(body),
        _ => None,
    };
    expected.is_some() && check.chars().next() == expected
}

fn business(body: &str) -> Option<char> {
    let all = digits::<8>(body)?;
    (all != [0; 8]).then_some(())?;
    "XMKECAWLJDB".chars().nth((weighted(&all, &[10, 4, 9, 3, 8, 2, 7, 1]) % 11) as usize)
}

fn company(body: &str) -> Option<char> {
    let all = digits::<9>(body)?;
    ("1800".."2050").contains(&body.get(..4)?).then_some(())?;
    "ZKCMDNERGWH".chars().nth((weighted(&all, &[10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11) as usize)
}

fn other(body: &str) -> Option<char> {
    let year = body.get(1..3)?.bytes().all(|b| b.is_ascii_digit());
    let serial = body.get(5..)?.bytes().all(|b| b.is_ascii_digit());
    (year && serial && body.starts_with(['R', 'S', 'T']) && KINDS.contains(&body.get(3..5)?)).then_some(())?;
    let mut sum = 0;
    for (c, weight) in body.chars().zip([4, 3, 5, 3, 10, 2, 2, 5, 7]) {
        sum += OTHERS.find(c)? * weight;
    }
    // Five less, modulo 11.
    OTHERS.chars().nth((sum + 6) % 11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn the_three_kinds_pass_and_near_misses_do_not() {
        for good in ["00192200M", "197401143C", "S16FC0121D", "T01FC6132D", "52987654W"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "00192200K",
            "197401134C",
            "209901143C",
            "S16ZZ0121D",
            "U16FC0121D",
            "S16FC012D",
            "123456",
            "00000000X",
            "0019220ÄM",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
