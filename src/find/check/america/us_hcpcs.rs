//! U.S. procedure codes: CPT (five digits in its sections, or four and F, M, T, U) and HCPCS level II (a letter and
//! four digits), perhaps with a modifier of two characters.
//! Source: 45 CFR 162.1002; CMS, HCPCS level II coding procedures; the section ranges of CPT are public.

use super::super::arithmetic::digits;

pub(crate) fn is_valid(value: &str) -> bool {
    let value = match value.split_at_checked(5) {
        Some((code, modifier)) if modifier.len() == 2 && modifier.bytes().all(|b| b.is_ascii_alphanumeric()) => code,
        _ => value,
    };
    if let Some([a, b, c, d, e]) = digits::<5>(value) {
        let code = (((a * 10 + b) * 10 + c) * 10 + d) * 10 + e;
        return matches!(code, 100..=1999 | 10004..=69990 | 70010..=79999 | 80047..=89398 | 90281..=99607);
    }
    let (Some(head), Some(tail)) = (value.get(..1), value.get(1..)) else { return false };
    let level_two = "ABCDEGHJKLMPQRSTUV".contains(head) && digits::<4>(tail).is_some();
    let (Some(head), Some(tail)) = (value.get(..4), value.get(4..)) else { return false };
    let category = matches!(tail, "F" | "M" | "T" | "U") && digits::<4>(head).is_some() && head != "0000";
    level_two || category
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn codes_inside_the_published_sections_pass() {
        for good in
            ["99213", "00100", "36415", "80053", "J1885", "A0428", "0042T", "3008F", "G0438", "9921325", "J1885JW"]
        {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "00001", "02000", "99999", "F1234", "I1234", "0000T", "1234X", "9921", "992133", "0200000", "99213é",
            "é1234", "J188A",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
