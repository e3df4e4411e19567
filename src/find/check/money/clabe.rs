//! CLABE, Mexican interbank account: three digits for the bank, three for the place, eleven for the account, one check
//! digit (weights 3 7 1, each product mod 10). Source: Asociación de Bancos de México, CLABE standard.

use super::super::arithmetic::digits;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<18>(value) else { return false };
    let sum: u32 = all.iter().zip([3, 7, 1].iter().cycle()).take(17).map(|(d, w)| d * w % 10).sum();
    let bank = value.get(..3).and_then(|b| b.parse::<u16>().ok()).unwrap_or(0);
    // Bank codes: 001 (central bank) to 168, brokers and payment institutions 600 to 749, 812, 846, 901, 902.
    let known = matches!(bank, 1..=168 | 600..=749 | 812 | 846 | 901..=903);
    let account = value.get(6..17).is_some_and(|a| a.bytes().any(|b| b != b'0'));
    known && account && all.last() == Some(&((10 - sum % 10) % 10))
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["032180000118359719", "002115016003269411", "646180110400000007"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "032180000118359718",
            "032180000118395719",
            "99918000011835971",
            "000000000000000000",
            "03218000011835971é",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
