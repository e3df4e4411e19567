//! Hungarian social security number (TAJ): nine digits; the first eight times 3 7 3 7 ..., mod 10, is the last.
//! Source: 1996. évi XX. törvény, melléklet II.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all @ [.., check]) = arithmetic::digits::<9>(value) else { return false };
    !arithmetic::is_uniform(value) && arithmetic::weighted(&all, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == check
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["111111110", "123456788"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["111111111", "123456789", "123465788", "000000000", "12345678", "1234567880", "12345678é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
