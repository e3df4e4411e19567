//! Brazilian CNPJ: eight characters of the company, four of the establishment, two check digits modulo 11. Digits only
//! until July 2026, then letters too, which count their ASCII code less 48. Source: Instrução Normativa RFB 2229/2024.

use super::super::arithmetic::{is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((body, check)) = value.split_at_checked(12) else { return false };
    let allowed = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    if !body.as_bytes().iter().all(allowed) {
        return false;
    }
    let mut values: Vec<u32> = body.bytes().map(|b| u32::from(b) - 48).collect();
    let one = weighted(&values, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    values.push(one);
    let two = weighted(&values, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    !is_uniform(body) && check.len() == 2 && check.parse() == Ok(one * 10 + two) && !check.starts_with('+')
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        // The second is Banco do Brasil's, the third the example of the new form.
        for good in ["16727230000197", "00000000000191", "12ABC34501DE35", "53442947000119"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["16727230000198", "16727230000179", "61727230000197", "1672723000019", "167272300001977", "12ABC34501DE36"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
