//! French company number (SIREN, nine digits) and its places of business (SIRET, fourteen digits): Luhn over each.
//! Places of the post office (356 000 000) other than its seat have a digit sum divisible by five instead.
//! Source: Code de commerce R123-221 ff.; INSEE, répertoire SIRENE.

use super::super::general;

/// Company: nine digits.
pub(super) fn is_siren(value: &str) -> bool {
    value.len() == 9 && general::luhn(value)
}

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(siren) = value.get(..9).filter(|siren| is_siren(siren)) else { return false };
    match value.len() {
        9 => true,
        14 if siren == "356000000" && value != "35600000000048" => {
            value.bytes().all(|b| b.is_ascii_digit())
                && value.chars().filter_map(|c| c.to_digit(10)).sum::<u32>().is_multiple_of(5)
        }
        14 => general::luhn(value),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        // INSEE's and the post office's own.
        for good in ["552008443", "656487451", "12002701600357", "73282932000074", "35600000000048", "35600000049837"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "552008444",
            "552004843",
            "000000000",
            "73282932000075",
            "73282932100074",
            "55200844",
            "5520084430",
            "35600000049838",
            "55200844é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
