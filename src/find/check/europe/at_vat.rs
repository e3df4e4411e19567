//! Austrian VAT number (UID): ATU and eight digits; products with 1 2 1 2 1 2 1 digit-summed, plus 4, to a multiple of
//! ten.
//! Source: UStG Art. 28; Bundesministerium für Finanzen, BMF-010219/0031-IV/4/2011 (construction of the check digit).

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("AT").unwrap_or(value).strip_prefix('U').and_then(arithmetic::digits::<8>);
    number.is_some_and(|all| (arithmetic::weighted_digit_sums(&all, &[1, 2, 1, 2, 1, 2, 1, 1]) + 4).is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["ATU13585627", "ATU55305306", "U13585627"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["ATU13585626", "ATU31585627", "13585627", "ATU1358562", "ATU135856270", "ATU1358562é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
