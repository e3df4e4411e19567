//! Medicare beneficiary identifier: eleven places, each a digit, a letter or either; letters without S, L, O, I, B, Z.
//! Source: CMS, "Understanding the Medicare beneficiary identifier (MBI) format".

/// What stands at a place: a digit from 1, a digit, a letter, a letter or digit.
const PLACES: &[u8; 11] = b"1ax0ax0aa00";

pub(crate) fn is_valid(value: &str) -> bool {
    let letter = |c: u8| c.is_ascii_uppercase() && !b"SLOIBZ".contains(&c);
    value.len() == PLACES.len()
        && value.bytes().zip(PLACES).all(|(c, place)| match place {
            b'1' => matches!(c, b'1'..=b'9'),
            b'0' => c.is_ascii_digit(),
            b'a' => letter(c),
            _ => letter(c) || c.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn the_published_specimen_passes_and_its_neighbours_do_not() {
        for good in ["1EG4TE5MK73", "1EG4TE5MK72", "9A00A00AA00"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "0EG4TE5MK73",
            "1SG4TE5MK73",
            "1EG4TE5MKA3",
            "1EG44E5MK73",
            "1EG4TE5MK7",
            "1EG4TE5MK733",
            "1EG4TE5OK73",
            "éEG4TE5MK7",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
