//! Ecuadorian identity card number: province 01-24 (30 and 50: abroad), a third digit 0-6, six digits, Luhn digit.
//! Source: Ley Orgánica de Gestión de la Identidad y Datos Civiles; Registro Civil.

use super::super::arithmetic::digits;
use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([p1, p2, third, ..]) = digits::<10>(value) else { return false };
    matches!(p1 * 10 + p2, 1..=24 | 30 | 50) && third <= 6 && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        for good in ["1714307103", "0722399946"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["1714307104", "1714307130", "2514307103", "1774307103", "171430710", "17143071033"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
