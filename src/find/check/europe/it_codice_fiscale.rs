//! Italian fiscal code of a person: six letters of the name, year, month letter, day (women: plus 40), a letter and
//! three digits of the place of birth, a check letter. Where two people would have the same, digits are replaced by
//! letters (omocodia). The check letter is the sum of one table for odd places and one for even places, modulo 26.
//! Source: decree of the Ministry of Finance of 23 December 1976; Agenzia delle Entrate.

use super::super::arithmetic::base36;
use super::super::date::is_short_date;

/// What the characters 0 to 9 and A to J are worth at odd places; letters from K on follow.
const ODD: [u32; 26] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Letters of the months, January first.
const MONTHS: &str = "ABCDEHLMPRST";

/// Letters that stand for the digits 0 to 9.
const OMOCODIA: &str = "LMNPQRSTUV";

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(name), Some(year), Some(month), Some(day)) =
        (value.get(..6), value.get(6..8), value.get(8..9), value.get(9..11))
    else {
        return false;
    };
    let (Some(letter), Some(place), Some(check)) = (value.get(11..12), value.get(12..15), value.get(15..)) else {
        return false;
    };
    let (Some(year), Some(month), Some(day), Some(place)) =
        (number(year), MONTHS.find(month), number(day), number(place))
    else {
        return false;
    };
    let sum: Option<u32> = value.bytes().take(15).enumerate().map(|(at, byte)| worth(at, byte)).sum();
    name.bytes().all(|b| b.is_ascii_uppercase())
        // Italian places begin with A to M, countries with Z.
        && letter.bytes().all(|b| matches!(b, b'A'..=b'M' | b'Z'))
        && place > 0
        && check.len() == 1
        && is_short_date(year, month as u32 + 1, if day > 40 { day - 40 } else { day })
        && sum.and_then(|s| ('A'..='Z').nth(s as usize % 26)).is_some_and(|c| check.starts_with(c))
}

/// The number that digits, or letters in their place, write.
fn number(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |n, c| Some(n * 10 + c.to_digit(10).or_else(|| Some(OMOCODIA.find(c)? as u32))?))
}

/// What the character at a place (from 0) is worth.
fn worth(at: usize, byte: u8) -> Option<u32> {
    let n = base36(char::from(byte))?;
    let n = if n < 10 { n } else { n - 10 };
    if at.is_multiple_of(2) { ODD.get(n as usize).copied() } else { Some(n) }
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in ["RSSMRA80A01H501U", "RCCMNL83S18D969H", "CNTCHR83T41D969D"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "RSSMRA80A01H501V",
            "RSSMRA80A10H501U",
            "RSSMRA80A32H501U",
            "RSSMRA80F01H501U",
            "RSSMRA80A01H501",
            "RSSMRA80A01H501UU",
            "RSSMRA80A01X501U",
            "ÀSSMRA80A01H50U",
            "1SSMRA80A01H501U",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn letters_in_the_place_of_digits_pass() {
        // The same person with the last digit of the place replaced.
        assert!(is_valid("RSSMRA80A01H50MM"));
        assert!(!is_valid("RSSMRA80A01H50KW"));
    }
}
