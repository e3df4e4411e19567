//! Irish personal public service number: seven digits, a check letter and, since 2013, a second letter (A, B; H for
//! tax references of others than persons; W, T, X before, which count nothing).
//! Source: Department of Social Protection, "PPS number"; Revenue, tax reference number validation.

use super::super::arithmetic::{digits, is_uniform, weighted};

/// Check letters by the remainder of the sum.
const LETTERS: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";

pub(crate) fn is_valid(value: &str) -> bool {
    let Some((number, letters)) = value.split_at_checked(7) else { return false };
    let Some(digits) = digits::<7>(number) else { return false };
    let (check, second) = match letters.as_bytes() {
        [check] => (check, 0),
        [check, second @ b'A'..=b'I'] => (check, u32::from(second - b'A') + 1),
        [check, b'W' | b'T' | b'X'] => (check, 0),
        _ => return false,
    };
    let sum = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    !is_uniform(number) && LETTERS.get(sum as usize % LETTERS.len()) == Some(check)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in
            ["6433435F", "6433435FT", "6433435FW", "6433435OA", "6433435IH", "8789067KH", "1234567T", "1234567FA"]
        {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "6433435E",
            "6433435VH",
            "6434335F",
            "643343F",
            "64334355F",
            "6433435FAA",
            "6433435FZ",
            "0000000W",
            "é433435F",
            "",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
