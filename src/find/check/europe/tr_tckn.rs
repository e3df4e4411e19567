//! Turkish identity number (T.C. kimlik numarası): eleven digits, not with 0 in front; the tenth is seven times the
//! odd places less the even ones, modulo 10, the last the sum of the others, modulo 10.
//! Source: Population Services Law 5490; Nüfus ve Vatandaşlık İşleri Genel Müdürlüğü.

use super::super::arithmetic::digits;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some([a @ 1..=9, b, c, d, e, f, g, h, i, tenth, last]) = digits::<11>(value) else { return false };
    let (odd, even) = (a + c + e + g + i, b + d + f + h);
    // Less the even ones is nine times them, modulo 10.
    (odd * 7 + even * 9) % 10 == tenth && (odd + even + tenth) % 10 == last
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["17291716060", "48685754962", "10000000146"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["17291716061", "71291716060", "01729171606", "1729171606", "172917160600", "11111111111", "é7291716060"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
