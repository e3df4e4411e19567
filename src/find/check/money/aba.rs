//! ABA routing transit number: nine digits, weights 3 7 1 repeating, sum divisible by ten; the first two digits name a
//! Federal Reserve district (00-12), a thrift (21-32), an electronic number (61-72) or a traveller's cheque (80).
//! Source: ABA Routing Number Policy; Federal Reserve E-Payments Routing Directory.

pub(crate) fn is_valid(value: &str) -> bool {
    let digits: Vec<u32> = value.chars().filter_map(|c| c.to_digit(10)).collect();
    let [a, b, ..] = digits.as_slice() else { return false };
    let district = a * 10 + b;
    let sum: u32 = digits.iter().take(9).zip([3, 7, 1].iter().cycle()).map(|(d, w)| d * w).sum();
    digits.len() == 9
        && value.len() == 9
        && sum > 0
        && sum.is_multiple_of(10)
        && matches!(district, 0..=12 | 21..=32 | 61..=72 | 80)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["021000021", "011000015", "122105155"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["021000022", "000000000", "02100002", "0210000210", "991000018", "131000010"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
