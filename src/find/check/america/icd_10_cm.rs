//! ICD-10-CM diagnosis codes: a category of a letter, a digit and a digit (or A, B) inside one of the chapters, then up
//! to four characters; X holds a place that has no meaning.
//! Source: ICD-10-CM official guidelines, section I.A; the list of chapters (CMS, NCHS).

pub(crate) fn is_valid(value: &str) -> bool {
    let [letter, tens, units, rest @ ..] = value.as_bytes() else { return false };
    if !tens.is_ascii_digit() || !matches!(units, b'0'..=b'9' | b'A' | b'B') || rest.len() > 4 {
        return false;
    }
    // The last category of a chapter; most letters are used up.
    let last = match letter {
        b'A'..=b'C' | b'F'..=b'J' | b'L'..=b'O' | b'Q'..=b'T' | b'V'..=b'Z' => 99,
        b'D' | b'E' => 89,
        b'K' => 95,
        b'P' => 96,
        b'U' => 85,
        _ => return false,
    };
    let tens = tens - b'0';
    let number = tens * 10 + if units.is_ascii_digit() { units - b'0' } else { 9 };
    let first = u8::from(matches!(letter, b'F' | b'V'));
    let details = rest.iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    // Of the codes for special purposes only a few are given out.
    let special = *letter != b'U' || matches!(number, 4..=12 | 49..=50 | 80..=85);
    special && (first..=last).contains(&number) && details
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn codes_of_the_chapters_pass() {
        for good in ["E119", "I10", "S72001A", "C4A0", "Z0000", "U071", "M1A00X0", "T36X1XA", "O9A11"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["E99", "K96", "F00", "P97", "10E", "EE1", "E1C", "S72001AB9", "E1", "", "é19", "e119", "U99", "U32"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
