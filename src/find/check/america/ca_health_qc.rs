//! Quebec health insurance number: three letters of the surname, one of the given name, the birth date YYMMDD (50 added
//! to a woman's month), a serial character for twins and a check digit whose formula is not published.
//! Source: Régie de l'assurance maladie du Québec, "Numéro d'assurance maladie".

use super::super::date::is_short_date;

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(letters), Some(number)) = (value.get(..4), value.get(4..)) else { return false };
    let Some([y, year, m, month, d, day, ..]) = super::super::arithmetic::digits::<8>(number) else { return false };
    let month = m * 10 + month;
    let month = if month > 50 { month - 50 } else { month };
    letters.bytes().all(|b| b.is_ascii_uppercase()) && is_short_date(y * 10 + year, month, d * 10 + day)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn letters_and_a_birth_date() {
        for good in ["TREJ65030515", "DUPM72581223", "LAVA00022911"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "TREJ65130515",
            "TREJ65033215",
            "TREJ65630515",
            "TRE565030515",
            "TREJ6503051",
            "TREJ650305155",
            "TRÉJ6503051",
            "TREJ6503051A",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
