//! Indian permanent account number: three letters, the kind of holder, a letter of the name, four digits (not 0000), a
//! check letter whose rule is not published. Source: Income-tax Rules 1962, rule 114; Income Tax Department.

/// A association, B body, C company, F firm, G government, H undivided family, J juridical person, K Krish trust, L local
/// authority, P person, T trust.
const HOLDERS: [char; 11] = ['A', 'B', 'C', 'F', 'G', 'H', 'J', 'K', 'L', 'P', 'T'];

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(letters), Some(serial), Some(check)) = (value.get(..5), value.get(5..9), value.get(9..)) else {
        return false;
    };
    value.len() == 10
        && letters.bytes().all(|b| b.is_ascii_uppercase())
        && letters.get(3..).is_some_and(|rest| rest.starts_with(HOLDERS))
        && serial.bytes().all(|b| b.is_ascii_digit())
        && serial != "0000"
        && check.bytes().all(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn the_holder_and_the_places_of_letters_are_looked_at() {
        for good in ["ACUPA7085R", "AAPPV8261K", "AAACR5055K"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["ABMXA3211G", "ACUPA0000R", "ABMPA32111", "ACUPA7085RR", "ACUP17085R", "acupa7085r", "ACUPA708É"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
