//! Canadian transit number: five digits for the branch and three for the institution as paper prints them (12345-678),
//! or 0, institution, branch as electronic payments write it. Source: Payments Canada, Financial Institutions File.

pub(crate) fn is_valid(value: &str) -> bool {
    let (branch, institution) = match value.len() {
        8 => (value.get(..5), value.get(5..)),
        9 if value.starts_with('0') => (value.get(4..), value.get(1..4)),
        _ => return false,
    };
    let (Some(branch), Some(institution)) = (branch, institution) else { return false };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    digits(branch) && digits(institution) && branch != "00000" && is_institution(institution.parse().unwrap_or(0))
}

/// Banks (001 to 399), trust and loan companies (500s, 600s), centrals of credit unions and caisses (800s).
fn is_institution(code: u16) -> bool {
    matches!(
        code,
        1..=4 | 6 | 10 | 16 | 30 | 39 | 117 | 127 | 177 | 219 | 240..=381 | 500..=632 | 803 | 807 | 809 | 810 | 815 | 819 | 822..=890 | 899
    )
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn known_institutions_pass_and_others_do_not() {
        for good in ["00005001", "12345003", "000312345", "081512345"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["12345999", "12345005", "00000003", "1234500", "1234500é", "100312345"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
