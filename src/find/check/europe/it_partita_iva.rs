//! Italian VAT number: seven digits of the holder, three of the office that gave it (province), a Luhn digit.
//! Source: decree of the President of the Republic 633/1972, article 35.

use super::super::general::luhn;

pub(crate) fn is_valid(value: &str) -> bool {
    let digits = value.strip_prefix("IT").unwrap_or(value);
    let (Some(holder), Some(Ok(office))) = (digits.get(..7), digits.get(7..10).map(str::parse::<u32>)) else {
        return false;
    };
    digits.len() == 11 && holder != "0000000" && matches!(office, 1..=100 | 120 | 121 | 888 | 999) && luhn(digits)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["00743110157", "IT00743110157", "11142210589"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["00743110158", "07043110157", "0074311015", "007431101570", "00743111015", "00000000010", "é743110157"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
