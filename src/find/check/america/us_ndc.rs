//! U.S. national drug code: ten digits (labeller, product, package as 4-4-2, 5-3-2 or 5-4-1), or eleven for claims,
//! where one of the three parts has got a zero in front.
//! Source: 21 CFR 207.33; 45 CFR 162.1002 (eleven digits as 5-4-2).

use super::super::arithmetic::is_uniform;

pub(crate) fn is_valid(value: &str) -> bool {
    let zero = |at: usize| value.as_bytes().get(at) == Some(&b'0');
    let shape = match value.len() {
        10 => true,
        11 => zero(0) || zero(5) || zero(9),
        _ => false,
    };
    let product = value.get(..9).is_some_and(|front| !front.ends_with("00000000"));
    shape && product && value.bytes().all(|b| b.is_ascii_digit()) && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn ten_digits_or_eleven_with_a_padded_part() {
        for good in ["0002759701", "5024204062", "00002759701", "50242004062", "12345678901", "6818096003"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["12345678911", "000275970", "000027597011", "0000000000", "0000000001", "000275970A", "é00275970"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
