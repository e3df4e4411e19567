//! Mexican taxpayer code (RFC): three letters of a company or four of a person, date of foundation or birth YYMMDD,
//! three characters of which the last is a check character. Source: Código Fiscal de la Federación, article 27; SAT,
//! "Instructivo para la formación de la clave del RFC" (1996).

use super::super::date::is_short_date;

const ALPHABET: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";

/// The form and the date: many codes in use fail the check character.
pub(crate) fn is_valid(value: &str) -> bool {
    let count = value.chars().count();
    let initials = if count == 13 { 4 } else { 3 };
    let names: String = value.chars().take(initials).collect();
    let (date, rest) = match value.get(names.len()..).and_then(|tail| tail.split_at_checked(6)) {
        Some(parts) => parts,
        None => return false,
    };
    let part = |at: usize| date.get(at..at + 2).filter(|p| p.bytes().all(|b| b.is_ascii_digit()))?.parse::<u32>().ok();
    let (Some(year), Some(month), Some(day)) = (part(0), part(2), part(4)) else { return false };
    matches!(count, 12 | 13)
        && names.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '&' | 'Ñ'))
        && is_short_date(year, month, day)
        && rest.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// The check character too.
pub(crate) fn is_checked(value: &str) -> bool {
    let Some((homonym, _)) = value.len().checked_sub(3).and_then(|at| value.get(at..)?.split_at_checked(2)) else {
        return false;
    };
    // 1-9 and A-V, then 1-9 and A-Z.
    let plausible = !homonym.contains('0') && !homonym.starts_with(['W', 'X', 'Y', 'Z']);
    let mut sum = 0;
    for (c, weight) in value.chars().rev().zip(1..=13) {
        let Some(n) = ALPHABET.chars().position(|a| a == c) else { return false };
        sum += n * weight;
    }
    // Companies have a blank (37) in front. The check character A counts 10.
    let front = if value.chars().count() == 12 { 37 * 13 } else { 0 };
    plausible && is_valid(value) && (sum + front) % 11 == 0 && value.ends_with(|c: char| c.is_ascii_digit() || c == 'A')
}

#[cfg(test)]
mod tests {
    use super::{is_checked, is_valid};

    #[test]
    fn forms_and_check_characters() {
        for good in ["GODE561231GR8", "MAB9307148T4", "Ñ&A9307148T4"] {
            assert!(is_valid(good), "{good}");
        }
        for good in ["GODE561231GR8", "MAB9307148T4"] {
            assert!(is_checked(good), "{good}");
        }
        // A check character that does not fit, swapped characters.
        for bad in ["VACE460910SX6", "GODE561231RG8", "GODE561231GR7"] {
            assert!(is_valid(bad) && !is_checked(bad), "{bad}");
        }
        for bad in
            ["GODE561331GR8", "GODE56123GR8", "GODE561231G8", "GODE5612311GR8", "G1DE561231GR8", "GODÉ561231GR8", "Ñ"]
        {
            assert!(!is_valid(bad) && !is_checked(bad), "{bad}");
        }
    }
}
