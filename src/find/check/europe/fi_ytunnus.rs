//! Finnish business id (Y-tunnus, VAT number): seven digits and a check digit, weights 7 9 10 5 8 4 2 1, mod 11 = 0.
//! Old ones have six digits and are read with a zero in front.
//! Source: Yritys- ja yhteisötietolaki (244/2001) 9 §; Patentti- ja rekisterihallitus, Y-tunnuksen rakenne.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("FI").unwrap_or(value);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1];
    let sum = match (arithmetic::digits::<8>(number), arithmetic::digits::<7>(value)) {
        (Some(all), _) => arithmetic::weighted(&all, &weights),
        (_, Some([a, b, c, d, e, f, g])) => arithmetic::weighted(&[0, a, b, c, d, e, f, g], &weights),
        _ => return false,
    };
    sum.is_multiple_of(11) && !arithmetic::is_uniform(number)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        // Nokia; the national patent office.
        for good in ["01120389", "02446831", "FI20774740", "20774740", "1120389", "99221558"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["20774741", "20777440", "00000000", "207747", "207747400", "FI1120389", "2077474é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
