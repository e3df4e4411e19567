//! Israeli bank account: two digits for the bank, three for the branch, eight (or six, with no leading zeros) for the
//! account. The sums differ by bank; the bank's code is what can be checked. Source: Bank of Israel, list of banks.

use super::super::arithmetic::is_uniform;

pub(crate) fn is_valid(value: &str) -> bool {
    let bank = value.get(..2).and_then(|b| b.parse::<u8>().ok()).unwrap_or(0);
    let known = matches!(bank, 3 | 4 | 9..=14 | 17 | 18 | 20 | 22 | 23 | 25..=27 | 31 | 34 | 39 | 46 | 50 | 52 | 54 | 59 | 68 | 82 | 99);
    let rest = value.get(2..).is_some_and(|r| !is_uniform(r));
    matches!(value.len(), 11..=13) && value.bytes().all(|b| b.is_ascii_digit()) && known && rest
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn known_banks_pass_and_others_do_not() {
        for good in ["1080012345678", "1211112345678", "2042212345678"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["1580012345678", "0000000000000", "108001234567812", "10800123456é8"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
