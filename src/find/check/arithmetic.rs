//! What most check digits are made of.

/// The digits of `value`, if it is exactly `N` ASCII digits.
pub(super) fn digits<const N: usize>(value: &str) -> Option<[u32; N]> {
    let mut out = [0; N];
    if value.len() != N {
        return None;
    }
    for (slot, byte) in out.iter_mut().zip(value.bytes()) {
        *slot = char::from(byte).to_digit(10)?;
    }
    Some(out)
}

/// Sum of the products of digits and weights, in order; the shorter list decides how many.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// Sum of the digits of the products of digits and weights: 2 × 7 = 14 counts 5.
pub(super) fn weighted_digit_sums(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).map(|p| p / 10 + p % 10).sum()
}

/// Value of a letter or digit in base 36: `0` is 0, `A` (or `a`) is 10.
pub(super) fn base36(c: char) -> Option<u32> {
    c.to_digit(36)
}

/// Remainder of the number written in `value` (ASCII digits) when divided by `modulus`; `None` if it is no number.
pub(super) fn remainder(value: &str, modulus: u64) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.chars().try_fold(0, |r, c| Some((r * 10 + u64::from(c.to_digit(10)?)) % modulus))
}

/// Whether all characters are the same: `111111111` passes many sums and is no number.
pub(super) fn is_uniform(value: &str) -> bool {
    let mut chars = value.chars();
    let first = chars.next();
    chars.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_sums_and_remainders() {
        assert_eq!(digits::<3>("127"), Some([1, 2, 7]));
        assert_eq!(digits::<3>("12"), None);
        assert_eq!(digits::<3>("1a7"), None);
        assert_eq!(weighted(&[1, 2, 7], &[3, 2, 1]), 14);
        assert_eq!(weighted_digit_sums(&[1, 7], &[1, 2]), 6);
        assert_eq!(remainder("100", 97), Some(3));
        assert_eq!(remainder("x", 97), None);
        assert!(is_uniform("1111") && !is_uniform("1112"));
    }
}
