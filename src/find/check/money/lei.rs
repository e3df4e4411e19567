//! Legal entity identifier (ISO 17442): 18 letters and digits and two check digits, ISO 7064 mod 97-10 over all of it.

use super::super::general::mod97_10;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(body), Some(check)) = (value.get(..18), value.get(18..)) else { return false };
    // The first four name the issuing unit; the whole is never a word or a run of one digit.
    check.len() == 2
        && matches!(check.parse::<u8>(), Ok(2..=98))
        && body.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && body.bytes().any(|b| b.is_ascii_digit())
        && mod97_10(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["506700GE1G29325QX363", "213800KUD8LAJWSQ9D15", "7LTWFZYICNSX8D621K86"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["506700GE1G29325QX364", "213800KUD8LXJWSQ9D15", "506700EG1G29325QX363", "506700GE1G29325QX36", "é"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
