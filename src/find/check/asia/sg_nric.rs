//! Singapore identity card (NRIC: S, T) and foreign identification number (FIN: F, G, M): letter of the series, seven
//! digits, check letter. Source: National Registration Act 1965; ICA (series M since 1 January 2022).

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(series), Some(middle), Some(check)) = (value.get(..1), value.get(1..8), value.get(8..)) else {
        return false;
    };
    let Some(all) = digits::<7>(middle) else { return false };
    let (offset, letters) = match series {
        "S" => (0, "JZIHGFEDCBA"),
        "T" => (4, "JZIHGFEDCBA"),
        "F" => (0, "XWUTRQPNMLK"),
        "G" => (4, "XWUTRQPNMLK"),
        "M" => (3, "XWUTRQPNJLK"),
        _ => return false,
    };
    let remainder = (weighted(&all, &[2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
    let letter = letters.chars().nth(remainder as usize);
    let mut check = check.chars();
    all != [0; 7] && letter.is_some() && check.next() == letter && check.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["S1234567D", "T1234567J", "F1234567N", "G1234567X", "M1234567K"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["S1234567E", "S1234576D", "T1234567D", "A1234567D", "S123456D", "S1234567DD", "S0000000J", "S1234567É"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
