//! French VAT number: FR, a key of two characters and the SIREN. A key of digits is (12 + 3 × SIREN mod 97) mod 97; a
//! key with letters counts in base 34 (no I, no O).
//! Source: Code général des impôts art. 286 ter; DGFiP, structure of the numéro de TVA intracommunautaire.

use super::super::arithmetic;
use super::fr_siren_siret;

/// Place of a character among digits and letters without I and O.
fn place(c: char) -> Option<u64> {
    "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".chars().position(|other| other == c).and_then(|at| u64::try_from(at).ok())
}

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("FR").unwrap_or(value);
    let (Some(key), Some(siren)) = (number.get(..2), number.get(2..)) else { return false };
    let mut keys = key.chars().map(place);
    let (Some(Some(k1)), Some(Some(k2))) = (keys.next(), keys.next()) else { return false };
    let Some(company) = arithmetic::digits::<9>(siren).map(|all| all.into_iter().fold(0, |n, d| n * 10 + u64::from(d)))
    else {
        return false;
    };
    // Monaco's companies have numbers that begin with 000 and are no SIREN.
    let known = fr_siren_siret::is_siren(siren) || (siren.starts_with("000") && company != 0);
    let right = if k1 < 10 && k2 < 10 {
        (company * 100 + 12) % 97 == k1 * 10 + k2
    } else {
        // A letter at the second place only (24 × first + second - 10), else 34 × first + second - 100.
        let check = if k1 < 10 { (k1 * 24 + k2).checked_sub(10) } else { (k1 * 34 + k2).checked_sub(100) };
        check.is_some_and(|check| (company + 1 + check / 11) % 11 == check % 11)
    };
    known && right
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in
            ["FR40303265045", "FR23334175221", "FRK7399859412", "FR4Z123456782", "FR67764261822", "FR53000004605"]
        {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "FR84323140391",
            "FR41303265045",
            "FR40303256045",
            "FRIO303265045",
            "FR00000000000",
            "FR4030326504",
            "FR403032650450",
            "FR4030326504é",
            "FRé0303265045",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
