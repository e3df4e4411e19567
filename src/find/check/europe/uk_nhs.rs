//! NHS number (England, Wales, Isle of Man; the same sum in Northern Ireland and Scotland): ten digits; the weights
//! 10 to 2 and the check digit give a sum divisible by eleven.
//! Source: NHS Data Dictionary, "NHS number".

use super::super::arithmetic::{digits, is_uniform, weighted};

pub(crate) fn is_valid(value: &str) -> bool {
    let Some(digits) = digits::<10>(value) else { return false };
    !is_uniform(value) && weighted(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["9434765919", "4010232137", "9434765870", "4099494608"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["9434765871", "9437465919", "0000000000", "943476591", "94347659199", "943476591A", "é434765919"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
