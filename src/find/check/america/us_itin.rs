//! U.S. individual taxpayer identification number: 9NN-GG-NNNN with group 50-65, 70-88, 90-92 or 94-99.
//! Source: IRS Publication 1915; Internal Revenue Manual 3.21.263.

pub(crate) fn is_valid(value: &str) -> bool {
    let group = value.get(3..5).and_then(|g| g.parse::<u8>().ok());
    value.len() == 9
        && value.starts_with('9')
        && value.bytes().all(|b| b.is_ascii_digit())
        && value.get(5..).is_some_and(|serial| serial != "0000")
        && group.is_some_and(|g| matches!(g, 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn groups_in_use_pass_and_others_do_not() {
        for good in ["912701234", "900501111", "999991234"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["912931234", "912451234", "812701234", "91270123", "912700000"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
