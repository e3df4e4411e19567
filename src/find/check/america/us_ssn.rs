//! U.S. Social Security number: nine digits; areas 000, 666 and 900-999, group 00 and serial 0000 were never assigned.
//! Source: SSA POMS RM 10201.035; randomisation since 25 June 2011 (76 FR 11303).

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(area), Some(group), Some(serial)) = (value.get(..3), value.get(3..5), value.get(5..)) else {
        return false;
    };
    let same = value.bytes().all(|b| Some(b) == value.bytes().next());
    value.len() == 9
        && value.bytes().all(|b| b.is_ascii_digit())
        && !same
        && !matches!(area, "000" | "666")
        && !area.starts_with('9')
        && group != "00"
        && serial != "0000"
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn never_assigned_numbers_fail() {
        assert!(is_valid("536228467"));
        assert!(is_valid("899010001"));
        for bad in
            ["000121234", "666121234", "900121234", "123001234", "123450000", "111111111", "53622846", "5362284671"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
