//! CBU and CVU, Argentine bank and payment accounts: a block of eight digits (bank, branch, check) and one of fourteen
//! (account, check), weights 9 7 1 3 from the right. Source: Banco Central de la República Argentina, SINAP.

use super::super::arithmetic::digits;

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<22>(value) else { return false };
    let (branch, account) = all.split_at(8);
    account.iter().any(|d| *d != 0) && block(branch) && block(account)
}

/// Whether the last digit of a block is its check digit.
fn block(digits: &[u32]) -> bool {
    let Some((check, front)) = digits.split_last() else { return false };
    let sum: u32 = front.iter().rev().zip([3, 1, 7, 9].iter().cycle()).map(|(d, w)| d * w).sum();
    (sum + check).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["2850590940090418135201", "9600005633527025597606"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "2810590940090418135201",
            "2850590940090418135202",
            "2850590904090418135201",
            "0000000000000000000000",
            "28505909",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
