//! Norwegian bank account: four digits for the bank, six for the account, one check digit (weights 5 4 3 2 7 6 5 4 3 2,
//! mod 11). Source: Bits AS, account number standard.

use super::super::arithmetic::{digits, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(all) = digits::<11>(value) else { return false };
    // Bank codes begin at 0100; 0000 is the postal giro of old, whose accounts have seven digits.
    let bank = all.iter().take(4).any(|d| *d != 0);
    bank && weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["86011117947", "86807262140"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["86011117949", "86011171947", "00000000000", "8601111794", "8601111794é"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
