//! Venezuelan tax register number (RIF): letter of the kind of holder, eight digits (a person's identity card), check
//! digit modulo 11. Source: Providencia Administrativa 0073/2006; SENIAT.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(kind), Some(number)) = (value.get(..1), value.get(1..)) else { return false };
    // V Venezuelan, E foreigner, J company, C communal council, P passport, G government.
    let kind = match kind {
        "V" => 4,
        "E" => 8,
        "J" | "C" => 12,
        "P" => 16,
        "G" => 20,
        _ => return false,
    };
    let Some(all) = digits::<9>(number) else { return false };
    let [body @ .., check] = all;
    let expected = match 11 - (kind + weighted(&all, &[3, 2, 7, 6, 5, 4, 3, 2])) % 11 {
        10 | 11 => 0,
        digit => digit,
    };
    body != [0; 8] && check == expected
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn valid_numbers_pass_and_near_misses_do_not() {
        // The second is PDVSA's.
        for good in ["V114702834", "J000950369"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["V114702833", "V114702843", "X114702834", "J114702834", "V11470283", "V1147028344", "É14702834"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
