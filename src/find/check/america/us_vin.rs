//! Vehicle identification number: 17 letters and digits without I, O, Q; the ninth is a check digit (X for ten) in the
//! U.S., Canada and China. Letters count A-H 1-8, J-N 1-5, P 7, R 9, S-Z 2-9.
//! Source: 49 CFR 565.15; ISO 3779; SAE J853.

const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

pub(crate) fn is_valid(value: &str) -> bool {
    let letters = value.bytes().filter(u8::is_ascii_uppercase).count();
    // Words and long numbers pass one time in eleven; a vehicle's number has a maker in letters and a serial in digits.
    if value.len() != WEIGHTS.len() || !(1..=14).contains(&letters) {
        return false;
    }
    let Some(sum) = value.chars().zip(WEIGHTS).try_fold(0, |sum, (c, weight)| Some(sum + worth(c)? * weight)) else {
        return false;
    };
    let check = match value.as_bytes().get(8) {
        Some(b'X') => 10,
        Some(digit @ b'0'..=b'9') => u32::from(digit - b'0'),
        _ => return false,
    };
    sum % 11 == check
}

fn worth(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => c.to_digit(10)?,
        'A' | 'J' => 1,
        'B' | 'K' | 'S' => 2,
        'C' | 'L' | 'T' => 3,
        'D' | 'M' | 'U' => 4,
        'E' | 'N' | 'V' => 5,
        'F' | 'W' => 6,
        'G' | 'P' | 'X' => 7,
        'H' | 'Y' => 8,
        'R' | 'Z' => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["1M8GDM9AXKP042788", "1HGCM82633A004352", "5GZCZ43D13S812715"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "1M8GDM9AXKP042789",
            "1M8GDM9AKXP042788",
            "1M8GDM9A1KP042788",
            "1I8GDM9AXKP042788",
            "1M8GDM9AXKP04278",
            "11111111111111111",
            "1M8GDM9AXKP0427888",
            "éM8GDM9AXKP04278",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
