//! Business identifier code (ISO 9362): four letters or digits for the party, an ISO 3166-1 country, two for the
//! location, three for a branch. Institutions use letters for the party; the country list is the only check there is.

use super::iban::is_country;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(party), Some(country), Some(rest)) = (value.get(..4), value.get(4..6), value.get(6..)) else {
        return false;
    };
    matches!(value.len(), 8 | 11)
        && party.bytes().all(|b| b.is_ascii_uppercase())
        && is_country(country)
        && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        // Location codes never begin with 0 or 1 (passive and test codes have them in second place).
        && !rest.starts_with(['0', '1'])
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_codes_pass() {
        for good in ["DEUTDEFF", "DEUTDEFF500", "NEDSZAJJXXX", "CHASUS33"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["DEUTXXFF", "deutdeff", "DEUTDEF", "DEUTDEFF50", "PASSWORD", "DEUTDE0F"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
