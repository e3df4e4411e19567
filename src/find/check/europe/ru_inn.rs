//! Russian taxpayer number (ИНН): ten digits for organisations, twelve for people, the first two the region. Check
//! digits: sums with the weights 2 4 10 3 5 9 4 6 8, or 7 2 4 ... and 3 7 2 4 ..., modulo 11, modulo 10.
//! Source: Order of the Federal Tax Service ED-7-14/559 of 26 June 2025 and its predecessors (MMV-7-6/435).

use super::super::arithmetic::{digits, is_uniform, weighted};

/// Weights of the last digit of twelve; shorter sums take its tail.
const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

pub(crate) fn is_valid(value: &str) -> bool {
    let [_, ten @ ..] = &WEIGHTS;
    let [_, nine @ ..] = ten;
    let summed = match (digits::<10>(value), digits::<12>(value)) {
        (Some(all @ [.., check]), _) => weighted(&all, nine) % 11 % 10 == check,
        (_, Some(all @ [.., first, second])) => {
            weighted(&all, ten) % 11 % 10 == first && weighted(&all, &WEIGHTS) % 11 % 10 == second
        }
        _ => false,
    };
    summed && !value.starts_with("00") && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["7707083893", "7736050003", "500100732259"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "7707083894",
            "7770083893",
            "500100732258",
            "500100732269",
            "0000000000",
            "770708389",
            "77070838930",
            "é707083893",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
