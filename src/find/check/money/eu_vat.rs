//! VAT identification numbers of the European Union (and Northern Ireland, XI) with the country's prefix: the structure
//! of each country, and the check digits where the sum is published. Source: European Commission, VIES, "VAT
//! identification number structure"; national tax codes.

use super::super::arithmetic::{digits, remainder, weighted, weighted_digit_sums};
use super::super::general::{luhn, mod11_10};

pub(crate) fn is_valid(value: &str) -> bool {
    let (Some(country), Some(number)) = (value.get(..2), value.get(2..)) else { return false };
    let figures = number.bytes().all(|b| b.is_ascii_digit());
    let zeros = number.bytes().all(|b| !(b'1'..=b'9').contains(&b));
    if zeros || !number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return false;
    }
    match country {
        "AT" => number.strip_prefix('U').and_then(digits::<8>).is_some_and(|d| {
            (weighted_digit_sums(&d, &[1, 2, 1, 2, 1, 2, 1]) + 4 + d.last().unwrap_or(&0)).is_multiple_of(10)
        }),
        "BE" => {
            let rest = number.get(..8).and_then(|n| remainder(n, 97));
            let check = number.get(8..).and_then(|n| n.parse().ok());
            number.len() == 10
                && figures
                && number.starts_with(['0', '1'])
                && rest.is_some_and(|r| check == Some(97 - r))
        }
        "BG" => figures && matches!(number.len(), 9 | 10),
        "CY" => number.len() == 9 && cyprus(number),
        "CZ" => figures && matches!(number.len(), 8..=10) && (number.len() != 8 || czech(number)),
        "DE" => number.len() == 9 && !number.starts_with('0') && mod11_10(number),
        "DK" => sum::<8>(number, &[2, 7, 6, 5, 4, 3, 2, 1], 11) && !number.starts_with('0'),
        "EE" => sum::<9>(number, &[3, 7, 1, 3, 7, 1, 3, 7, 1], 10),
        "EL" => greek(number),
        "ES" => spanish(number),
        "FI" => sum::<8>(number, &[7, 9, 10, 5, 8, 4, 2, 1], 11),
        "FR" | "MC" => french(number),
        "HR" => number.len() == 11 && mod11_10(number),
        "HU" => sum::<8>(number, &[9, 7, 3, 1, 9, 7, 3, 1], 10),
        "IE" => irish(number),
        "IT" => {
            // Digits 8 to 10 name the province's office.
            let office = number.get(7..10).and_then(|n| n.parse::<u16>().ok());
            number.len() == 11 && luhn(number) && matches!(office, Some(1..=100 | 120 | 121 | 888 | 999))
        }
        "LT" => figures && matches!(number.len(), 9 | 12),
        "LU" => {
            let rest = number.get(..6).and_then(|n| remainder(n, 89));
            number.len() == 8 && rest.is_some() && rest == number.get(6..).and_then(|n| n.parse().ok())
        }
        "LV" => figures && number.len() == 11 && number.starts_with(['4', '5', '9', '3', '0', '1', '2']),
        "MT" => sum::<8>(number, &[3, 4, 6, 7, 8, 9, 10, 1], 37) && !number.starts_with('0'),
        "NL" => dutch(number),
        "PL" => digits::<10>(number)
            .is_some_and(|d| d.last().is_some_and(|c| weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == *c)),
        "PT" => digits::<9>(number).is_some_and(|d| {
            let check = (11 - weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10;
            d.last() == Some(&check) && !number.starts_with('0')
        }),
        "RO" => romanian(number),
        "SE" => number.len() == 12 && number.ends_with("01") && number.get(..10).is_some_and(luhn),
        "SI" => digits::<8>(number).is_some_and(|d| {
            let check = 11 - weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11;
            check != 11 && d.last() == Some(&(check % 10)) && !number.starts_with('0')
        }),
        "SK" => {
            let kind = number.get(2..3).is_some_and(|n| matches!(n, "2" | "3" | "4" | "7" | "8" | "9"));
            number.len() == 10 && remainder(number, 11) == Some(0) && !number.starts_with('0') && kind
        }
        "XI" => number.get(..9).and_then(digits::<9>).is_some_and(|d| {
            let [.., tens, ones] = d;
            let total = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + tens * 10 + ones;
            figures && matches!(number.len(), 9 | 12) && matches!(total % 97, 0 | 42)
        }),
        _ => false,
    }
}

/// Whether the weighted sum of all digits is a multiple of `modulus`.
fn sum<const N: usize>(number: &str, weights: &[u32; N], modulus: u32) -> bool {
    digits::<N>(number).is_some_and(|d| weighted(&d, weights).is_multiple_of(modulus))
}

/// Digits at odd places count by a table, the others as they are; the letter is the sum mod 26.
fn cyprus(number: &str) -> bool {
    let Some(d) = number.get(..8).and_then(digits::<8>) else { return false };
    let table = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let term = |(place, digit): (usize, &u32)| {
        if place % 2 == 0 { table.get(*digit as usize).copied().unwrap_or(0) } else { *digit }
    };
    let total: u32 = d.iter().enumerate().map(term).sum();
    let letter = number.bytes().last().and_then(|b| b.checked_sub(b'A')).map(u32::from);
    letter == Some(total % 26) && !number.starts_with("12")
}

fn czech(number: &str) -> bool {
    digits::<8>(number).is_some_and(|d| {
        let check = (11 - weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        d.last() == Some(&(if check == 0 { 1 } else { check % 10 })) && !number.starts_with('9')
    })
}

fn greek(number: &str) -> bool {
    digits::<9>(number).is_some_and(|d| {
        let check = weighted(&d, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10;
        d.last() == Some(&check)
    })
}

/// Persons have a letter by the number mod 23 at the end, companies a letter in front and a sum or its letter behind.
fn spanish(number: &str) -> bool {
    let letters = "TRWAGMYFPDXBNJZSQVHLCKE";
    let letter = |n: u64| usize::try_from(n % 23).ok().and_then(|n| letters.get(n..=n));
    let (Some(front), Some(middle), Some(last)) = (number.get(..1), number.get(1..8), number.get(8..)) else {
        return false;
    };
    match front {
        "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" => {
            number.get(..8).and_then(|n| n.parse().ok()).and_then(letter) == Some(last)
        }
        "X" | "Y" | "Z" => {
            let digit = if front == "X" {
                "0"
            } else if front == "Y" {
                "1"
            } else {
                "2"
            };
            format!("{digit}{middle}").parse().ok().and_then(letter) == Some(last)
        }
        "K" | "L" | "M" => middle.parse().ok().and_then(letter) == Some(last),
        _ => digits::<7>(middle).is_some_and(|d| {
            let check = (10 - weighted_digit_sums(&d, &[2, 1, 2, 1, 2, 1, 2]) % 10) % 10;
            let written = "JABCDEFGHI".chars().nth(check as usize);
            let known = "ABCDEFGHJNPQRSUVW".contains(front);
            known && (last.parse() == Ok(check) || last.chars().next() == written) && last.len() == 1
        }),
    }
}

/// Two characters and the SIREN; two digits are a key of it. Monaco's SIREN begins with 000 and has no sum.
fn french(number: &str) -> bool {
    let (Some(key), Some(siren)) = (number.get(..2), number.get(2..)) else { return false };
    let company =
        siren.len() == 9 && (luhn(siren) || siren.starts_with("000") && siren.bytes().all(|b| b.is_ascii_digit()));
    let sum = remainder(siren, 97).map(|r| (12 + 3 * r) % 97);
    let fits = match key.parse::<u64>() {
        Ok(key) => sum == Some(key),
        Err(_) => !key.contains(['I', 'O']),
    };
    company && fits
}

/// Seven digits and a letter by the sum mod 23; a second letter counts nine times. Old numbers have a letter or sign
/// in second place.
fn irish(number: &str) -> bool {
    let alphabet = "WABCDEFGHIJKLMNOPQRSTUV";
    let mut chars = number.chars();
    let front: String = chars.by_ref().take(7).collect();
    let (check, second) = (chars.next(), chars.next());
    let Some(d) = digits::<7>(&front) else { return false };
    let extra = second.and_then(|c| alphabet.find(c)).and_then(|n| u32::try_from(n).ok());
    let total = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra.unwrap_or(0);
    let letter = alphabet.chars().nth((total % 23) as usize);
    matches!(number.len(), 8 | 9) && check == letter && (second.is_none() || matches!(second, Some('A'..='I' | 'W')))
}

/// The owner's number (mod 11) with B and two digits, or since 2020 any number whose whole is 1 mod 97.
fn dutch(number: &str) -> bool {
    let (Some(front), Some(back)) = (number.get(..9), number.get(9..)) else { return false };
    let Some(d) = digits::<9>(front) else { return false };
    let branch =
        back.strip_prefix('B').is_some_and(|b| b.len() == 2 && b != "00" && b.bytes().all(|c| c.is_ascii_digit()));
    let [.., last] = d;
    let owner = weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == last;
    // N = 23, L = 21, B = 11.
    let whole = format!("2321{front}11{}", back.get(1..).unwrap_or_default());
    branch && (owner || remainder(&whole, 97) == Some(1))
}

fn romanian(number: &str) -> bool {
    if !(4..=10).contains(&number.len()) || number.starts_with('0') || !number.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let mut reversed = number.chars().rev().filter_map(|c| c.to_digit(10));
    let check = reversed.next();
    let total: u32 = reversed.zip([2, 3, 5, 7, 1, 2, 3, 5, 7]).map(|(d, w)| d * w).sum();
    check == Some(total * 10 % 11 % 10)
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn published_numbers_pass_and_their_neighbours_do_not() {
        for good in [
            "ATU13585627",
            "BE0403019261",
            "CY10259033P",
            "DE136695976",
            "DK13585628",
            "EE100931558",
            "EL094259216",
            "ESB58378431",
            "FI20774740",
            "FR40303265045",
            "HR33392005961",
            "HU12892312",
            "IE6433435F",
            "IT00743110157",
            "LU15027442",
            "MT11679112",
            "NL004495445B01",
            "PL8567346215",
            "PT501964843",
            "RO18547290",
            "SE123456789701",
            "SI50223054",
            "SK2022749619",
            "XI980780684",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "ATU13585626",
            "BE0403019262",
            "DE136695978",
            "FR41303265045",
            "IT00743110158",
            "PL8567346216",
            "US123456789",
            "DE000000000",
            "AT13585627",
            "DE13669597",
            "DE13669597é",
            "NL004495445A01",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
