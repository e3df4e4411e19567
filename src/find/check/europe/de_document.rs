//! German identity cards and passports. Numbers of nine characters (since November 2007, identity cards since November
//! 2010): digits and consonants without B D Q S; the first letter tells what it is. A check digit may follow (weights
//! 7 3 1, letters from A = 10), then a D for the nationality. Before: nine digits and a check digit, the first four
//! the issuing office.
//! Source: PAuswG § 5; PassG § 4; ICAO Doc 9303 part 3, 4.9; Bundesministerium des Innern, Seriennummern.

use super::super::arithmetic;

/// Serial numbers with one of these letters first, with or without their check digit; and the old kind with it.
fn is_number(value: &str, first: &str) -> bool {
    let bare = value.len() == 9;
    let number = if value.len() == 11 { value.strip_suffix('D').unwrap_or(value) } else { value };
    let mut sum = 0;
    let (mut digits, mut old) = (0, true);
    for (at, c) in number.chars().take(9).enumerate() {
        let Some(n) = arithmetic::base36(c).filter(|_| !c.is_ascii_lowercase()) else { return false };
        let letter_in_use = "CFGHJKLMNPRTVWXYZ".contains(c);
        digits += u32::from(n < 10);
        old &= n < 10;
        if !(n < 10 || letter_in_use) {
            return false;
        }
        sum += n * match at % 3 {
            0 => 7,
            1 => 3,
            _ => 1,
        };
    }
    let known = number.starts_with(|c| first.contains(c)) || (old && !bare && !number.starts_with('0'));
    // Without a check digit a word of consonants would do.
    known
        && digits >= 1
        && (bare || (number.len() == 10 && number.chars().nth(9).and_then(|c| c.to_digit(10)) == Some(sum % 10)))
}

/// Identity card.
pub(crate) fn is_id_card(value: &str) -> bool {
    is_number(value, "LMNPRTVWXY")
}

/// Passport.
pub(crate) fn is_passport(value: &str) -> bool {
    is_number(value, "CFGHJK")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specimens_pass_and_their_neighbours_do_not() {
        for good in ["T220001293", "T22000129", "L01X00T47", "LZ6311T475", "T220001293D", "1220001297D", "1220001297"] {
            assert!(is_id_card(good), "{good}");
        }
        for bad in [
            "T220001294",
            "T220001923",
            "C01X00T47",
            "T2200012",
            "T22000129355",
            "LMNPRTVWX",
            "T2200B129",
            "122000129",
            "T22000129é",
            "t22000129",
        ] {
            assert!(!is_id_card(bad), "{bad}");
        }
        for good in ["C01X00T478", "C01X00T47", "C01X0006H1", "C01X0006H1D"] {
            assert!(is_passport(good), "{good}");
        }
        for bad in ["C01X00T479", "C01X00T748", "T22000129", "C01X00T4", "C01X00T47é", "CFGHJKCFG"] {
            assert!(!is_passport(bad), "{bad}");
        }
    }
}
