//! German driving licence number: authority (state letter or digit, two digits, one character), five characters, check
//! digit by weights 9 to 1 mod 11 (10 is X), number of the copy. The licences of the first years have other digits
//! there, so the check only makes a number surer.
//! Source: FeV Anlage 8; Kraftfahrt-Bundesamt, Fahrerlaubnisnummer; VDI check digit of ISO 3779.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let mut sum = 0;
    let mut chars = value.chars();
    for weight in (1..=9).rev() {
        let Some(n) = chars.next().filter(|c| !c.is_ascii_lowercase()).and_then(arithmetic::base36) else {
            return false;
        };
        sum += n * weight;
    }
    let check = if sum % 11 == 10 { Some('X') } else { char::from_digit(sum % 11, 10) };
    let district = value.get(1..3).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()));
    district
        && check.is_some()
        && chars.next() == check
        && chars.next().is_some_and(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
        && chars.next().is_none()
        && value.bytes().any(|b| b != b'0')
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn the_specimen_passes_and_its_neighbours_do_not() {
        assert!(is_valid("B072RRE2I55"));
        for bad in
            ["B072RRE2I65", "B072RRE2I5", "B072RER2I55", "BA72RRE2I55", "B072RRE2I555", "00000000000", "B072RRE2I5é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
