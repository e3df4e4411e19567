//! New Zealand Inland Revenue number: eight or nine digits between 10 000 000 and 150 000 000; weights 3 2 7 6 5 4 3 2,
//! and 7 4 3 2 5 2 7 6 where those leave ten.
//! Source: Inland Revenue, resident withholding tax specification, "IRD number validation".

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let padded = if value.len() == 8 { format!("0{value}") } else { value.to_owned() };
    let Some([front @ .., check]) = digits::<9>(&padded) else { return false };
    let issued = ("010000001".."150000000").contains(&padded.as_str());
    let wanted = |weights: &[u32]| (11 - weighted(&front, weights) % 11) % 11;
    let digit = match wanted(&[3, 2, 7, 6, 5, 4, 3, 2]) {
        10 => wanted(&[7, 4, 3, 2, 5, 2, 7, 6]),
        digit => digit,
    };
    issued && digit == check && !is_uniform(value)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["49091850", "35901981", "49098576", "136410132", "110536038", "049091850"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "49091851",
            "49098750",
            "9125568",
            "136410133",
            "200000003",
            "1364101322",
            "4909185A",
            "é9091850",
            "00000000",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
