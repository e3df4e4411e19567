//! ICD-9-CM diagnosis codes: 001-999 with up to two more digits, V01-V91 with up to two, E000-E999 with one.
//! Source: ICD-9-CM official guidelines (CMS, NCHS), in use until September 2015.

pub(crate) fn is_valid(value: &str) -> bool {
    let number = |text: Option<&str>| {
        let text = text?;
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten()
    };
    let digits = |text: &str, most: usize| text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    match value.as_bytes() {
        [b'V', ..] => {
            matches!(number(value.get(1..3)), Some(1..=91)) && value.get(3..).is_some_and(|rest| digits(rest, 2))
        }
        [b'E', ..] => {
            matches!(number(value.get(1..4)), Some(0..=999)) && value.get(4..).is_some_and(|rest| digits(rest, 1))
        }
        _ => matches!(number(value.get(..3)), Some(1..=999)) && value.get(3..).is_some_and(|rest| digits(rest, 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn codes_of_the_three_lists_pass() {
        for good in ["250", "25000", "4019", "V5811", "V22", "E8120", "E000", "001"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["000", "250000", "V00", "V92", "V581111", "E81200", "E81", "25", "", "é50", "25A", "2é0"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
