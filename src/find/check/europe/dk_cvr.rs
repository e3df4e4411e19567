//! Danish company number (CVR, VAT and SE number): eight digits, weights 2 7 6 5 4 3 2 1, mod 11 = 0.
//! Source: CVR-loven; Erhvervsstyrelsen, modulus-11 control of CVR numbers.

use super::super::arithmetic;

pub(crate) fn is_valid(value: &str) -> bool {
    let number = value.strip_prefix("DK").unwrap_or(value);
    let Some(all @ [first, ..]) = arithmetic::digits::<8>(number) else { return false };
    first != 0
        && !arithmetic::is_uniform(number)
        && arithmetic::weighted(&all, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        // A.P. Møller - Mærsk; Danmarks Statistik.
        for good in ["DK13585628", "22756214", "17150413", "68072158"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["13585627", "13585682", "00000000", "1358562", "135856280", "DK1358562é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
