//! Verhoeff's check digit over the dihedral group D5 (J. Verhoeff, Error Detecting Decimal Codes, 1969): finds all
//! single errors and all swaps of neighbours.

/// Products in D5: rotations are 0 to 4, reflections 5 to 9.
fn product(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (5 + a - b) % 5,
    }
}

/// The permutation applied once for each place from the right.
const PERMUTATION: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

pub(crate) fn is_valid(value: &str) -> bool {
    let mut check = 0;
    for (place, c) in value.chars().rev().enumerate() {
        let Some(mut digit) = c.to_digit(10) else { return false };
        for _ in 0..place % 8 {
            digit = PERMUTATION.get(digit as usize).copied().unwrap_or(0);
        }
        check = product(check, digit);
    }
    value.len() > 1 && check == 0
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["2363", "367401723102", "1428570"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["2364", "3263", "367401723120", "", "0x"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
