//! Romanian registration code of companies (CUI, CIF): two to ten digits, with RO for VAT. The sum of the digits
//! before the last with the weights 7 5 3 2 1 7 5 3 2, aligned right, times 10, modulo 11, modulo 10 is the last.
//! Source: Law 359/2004; OUG 6/2005.

/// Weights from the digit before the last to the left.
const WEIGHTS: [u32; 9] = [2, 3, 5, 7, 1, 2, 3, 5, 7];

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("RO").unwrap_or(value);
    let mut digits = number.chars().rev().map(|c| c.to_digit(10));
    let Some(Some(check)) = digits.next() else { return false };
    let sum: Option<u32> = digits.zip(WEIGHTS).map(|(digit, weight)| digit.map(|d| d * weight)).sum();
    (2..=10).contains(&number.len()) && !number.starts_with('0') && sum.is_some_and(|s| s * 10 % 11 % 10 == check)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["18547290", "RO18547290", "37287013", "361757"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["18547291", "81547290", "08547290", "1", "18547290123", "", "R18547290", "é8547290"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
