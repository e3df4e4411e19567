//! Finnish personal identity code (henkilötunnus): DDMMYY, a sign of the century, number of the day, check character
//! (the nine digits mod 31). Signs: + 1800s; - and since 2023 Y X W V U 1900s; A and since 2023 B C D E F 2000s.
//! Numbers from 900 on are temporary ones and belong to nobody. Without a sign between them the groups are of the
//! 1800s or 1900s, as the signs that are no letters are left out of normalised values.
//! Source: Valtioneuvoston asetus väestötietojärjestelmästä (128/2010) 2 § and its change 1289/2022.

use super::super::{arithmetic, date};

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(day), Some(rest)) = (value.get(..6), value.get(6..)) else { return false };
    let Some(digits @ [d1, d2, m1, m2, y1, y2]) = arithmetic::digits(day) else { return false };
    let (centuries, rest): (&[u32], &str) = match rest.split_at_checked(1) {
        Some(("+", after)) => (&[1800], after),
        Some(("-" | "U" | "V" | "W" | "X" | "Y", after)) => (&[1900], after),
        Some(("A" | "B" | "C" | "D" | "E" | "F", after)) => (&[2000], after),
        _ => (&[1900, 1800], rest),
    };
    let Some((number, check)) = rest.split_at_checked(3) else { return false };
    let Some([n1, n2, n3]) = arithmetic::digits(number) else { return false };
    let nine = digits.into_iter().chain([n1, n2, n3]).fold(0, |sum, d| sum * 10 + d);
    let expected = "0123456789ABCDEFHJKLMNPRSTUVWXY".chars().nth(nine as usize % 31);
    let mut end = check.chars();
    (2..900).contains(&(n1 * 100 + n2 * 10 + n3))
        && expected.is_some()
        && end.next() == expected
        && end.next().is_none()
        && centuries.iter().any(|c| date::is_date(c + y1 * 10 + y2, m1 * 10 + m2, d1 * 10 + d2))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["131052-308T", "131052308T", "131052A308T", "131052+308T", "131052U308T", "170159512H"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "131052-308U",
            "131052-380T",
            "131352-308T",
            "131052G308T",
            "131052-308",
            "131052-308TT",
            "310252308T",
            "131052é308T",
            "131052308é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
