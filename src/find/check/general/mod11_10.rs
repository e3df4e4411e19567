//! ISO/IEC 7064 MOD 11,10: digits with one check digit at the end (German tax numbers, Croatian OIB).

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((front, last)) = value.len().checked_sub(1).and_then(|at| value.split_at_checked(at)) else {
        return false;
    };
    let mut product = 10;
    for c in front.chars() {
        let Some(digit) = c.to_digit(10) else { return false };
        let sum = (digit + product) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    let last = last.chars().next().and_then(|c| c.to_digit(10));
    !front.is_empty() && last == Some((11 - product) % 10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["97412683584", "68410566683", "494783398"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["97412683585", "68410566638", "", "1", "9741268358a"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
