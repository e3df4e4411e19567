//! Mexican population code (CURP): four letters of the names, birth date YYMMDD, sex, state, three inner consonants, a
//! character for namesakes (a digit for births before 2000, a letter since), check digit.
//! Source: Instructivo normativo para la asignación de la CURP (DOF 18 October 2021).

use super::super::date::is_date;

/// States of birth; NE is abroad.
const STATES: [&str; 33] = [
    "AS", "BC", "BS", "CC", "CH", "CL", "CM", "CS", "DF", "DG", "GR", "GT", "HG", "JC", "MC", "MN", "MS", "NE", "NL",
    "NT", "OC", "PL", "QR", "QT", "SL", "SP", "SR", "TC", "TL", "TS", "VZ", "YN", "ZS",
];
/// Characters in the order of their values: Ñ stands between N and O.
const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";

pub(crate) fn is_valid(value: &str) -> bool {
    if value.len() != 18 || !value.is_ascii() {
        return false;
    }
    let (Some(names), Some(date), Some(rest)) = (value.get(..4), value.get(4..10), value.get(10..)) else {
        return false;
    };
    let (Some(sex), Some(state), Some(inner), Some(century)) =
        (rest.get(..1), rest.get(1..3), rest.get(3..6), rest.get(6..7))
    else {
        return false;
    };
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase());
    let older = century.bytes().all(|b| b.is_ascii_digit());
    letters(names)
        && letters(inner)
        && (older || letters(century))
        && matches!(sex, "H" | "M" | "X")
        && STATES.contains(&state)
        && is_day(date, if older { 1900 } else { 2000 })
        && is_checked(value)
}

fn is_day(date: &str, century: u32) -> bool {
    let part = |at: usize| date.get(at..at + 2).filter(|p| p.bytes().all(|b| b.is_ascii_digit()))?.parse::<u32>().ok();
    match (part(0), part(2), part(4)) {
        (Some(year), Some(month), Some(day)) => is_date(century + year, month, day),
        _ => false,
    }
}

fn is_checked(value: &str) -> bool {
    let mut sum = 0;
    for (c, weight) in value.chars().zip((1..=18).rev()) {
        let Some(n) = ALPHABET.chars().position(|a| a == c) else { return false };
        sum += n * weight;
    }
    // The check digit counts once.
    sum % 10 == 0 && value.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_codes_pass_and_near_misses_do_not() {
        for good in ["BOXW310820HNERXN09", "BEXA541228HDFRRL00"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "BOXW310820HNERXN08",
            "BOXW310802HNERXN09",
            "BOXW311320HNERXN09",
            "BOXW310820HXXRXN09",
            "BOXW310820ANERXN09",
            "BOXW310820HNERXN0",
            "BOXW310820HNERXN099",
            "BÓXW310820HNERXN0",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
