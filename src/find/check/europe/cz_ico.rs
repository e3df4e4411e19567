//! Czech company number (IČO, eight digits by weights 8 to 2) and tax number (DIČ: CZ and a company number, a birth
//! number or a nine-digit number that begins with 6).
//! Source: Zákon č. 111/2009 Sb. § 24 f.; Zákon č. 280/2009 Sb. § 130; VIES VAT number algorithms.

use super::super::arithmetic;
use super::cz_birth_number;

const WEIGHTS: [u32; 7] = [8, 7, 6, 5, 4, 3, 2];

/// Company number.
pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [first, .., check]) = arithmetic::digits::<8>(value) else { return false };
    first != 9 && !arithmetic::is_uniform(value) && (11 - arithmetic::weighted(&all, &WEIGHTS) % 11) % 10 == check
}

/// Tax number with the prefix CZ.
pub(crate) fn is_dic(value: &str) -> bool {
    let Some(number) = value.strip_prefix("CZ") else { return false };
    let special = number.strip_prefix('6').and_then(arithmetic::digits::<8>);
    let special =
        special.is_some_and(|all @ [.., check]| (arithmetic::weighted(&all, &WEIGHTS) % 11 + 8) % 10 == check);
    special
        || is_valid(number)
        || (cz_birth_number::is_valid(number) && !(number.len() == 9 && number.starts_with('6')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["25123891", "53941021", "00177041"] {
            assert!(is_valid(good) && is_dic(&format!("CZ{good}")), "{good}");
        }
        for bad in ["25123890", "25128391", "90000000", "2512389", "251238910", "2512389é"] {
            assert!(!is_valid(bad), "{bad}");
        }
        for good in ["CZ7103192745", "CZ640903926"] {
            assert!(is_dic(good), "{good}");
        }
        for bad in ["CZ7103192746", "CZ640903927", "7103192745", "25123891", "CZ", "CZ2512389é"] {
            assert!(!is_dic(bad), "{bad}");
        }
    }
}
