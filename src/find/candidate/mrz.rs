//! Machine-readable zones of passports, identity cards and visas (ICAO Doc 9303 parts 3 to 7): TD3 and MRV-A with two
//! lines of 44 characters, TD2 and MRV-B with two of 36, TD1 with three of 30.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and digits of one line times at most seven"
)]

use std::ops::Range;

/// Characters of the longest line.
const LINE_MAX: usize = 44;

/// Reports every zone whose check digits hold; the value is the document's number. The data line of a passport is
/// reported without its first line as well.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut next = 0;
    for filler in memchr::memchr_iter(b'<', bytes) {
        if filler < next {
            continue;
        }
        let front = bytes.get(next..filler).unwrap_or_default();
        let start = filler - front.iter().rev().take(LINE_MAX + 1).take_while(|b| is_mrz(**b)).count();
        let Some(first) = line(bytes, start) else {
            // Markup: go on behind what cannot be a zone.
            next = filler + 1;
            continue;
        };
        let zone = zone(bytes, first.clone());
        next = zone.as_ref().map_or(first.end, |(range, _)| range.end);
        if let Some((range, number)) = zone {
            found(range, &number);
        }
    }
}

fn is_mrz(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<'
}

/// The line that begins at `start`, if it has a length that zones have.
fn line(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let length = bytes.get(start..)?.iter().take(LINE_MAX + 1).take_while(|b| is_mrz(**b)).count();
    let before = bytes.get(..start)?;
    let escaped = before.ends_with(b"\\n") || before.ends_with(b"\\t");
    let joined = before.last().is_some_and(u8::is_ascii_alphanumeric) && !escaped
        || bytes.get(start + length).is_some_and(|b| b.is_ascii_alphanumeric());
    (matches!(length, 30 | 36 | 44) && !joined).then_some(start..start + length)
}

/// The line below one that ends at `end`: past one line break (written as two characters in JSON) and blanks.
fn below(bytes: &[u8], end: usize, length: usize) -> Option<Range<usize>> {
    let rest = bytes.get(end..)?;
    let gap = rest.iter().take(8).take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
    let escaped = rest.starts_with(b"\\n").then_some(2);
    let next = line(bytes, end + escaped.unwrap_or(gap))?;
    ((gap > 0 || escaped.is_some()) && next.len() == length).then_some(next)
}

/// The zone whose first (or only) line this is, and the document's number.
fn zone(bytes: &[u8], first: Range<usize>) -> Option<(Range<usize>, String)> {
    let top = bytes.get(first.clone())?;
    let number = |line: &[u8]| data_line(line);
    match first.len() {
        44 => {
            if let Some(second) = below(bytes, first.end, 44)
                && let Some(value) = bytes.get(second.clone()).and_then(number)
            {
                return Some((first.start..second.end, value));
            }
            number(top).map(|value| (first, value))
        }
        36 => {
            let second = below(bytes, first.end, 36)?;
            let value =
                bytes.get(second.clone()).and_then(|line| data_line(line).or_else(|| french_card(top, line)))?;
            Some((first.start..second.end, value))
        }
        _ => {
            let second = below(bytes, first.end, 30)?;
            let third = below(bytes, second.end, 30)?;
            let value = card(top, bytes.get(second)?)?;
            Some((first.start..third.end, value))
        }
    }
}

/// The number in the second line of TD3, TD2 and visas: number 9, check, nationality 3, birth 6, check, sex, expiry 6,
/// check, optional data; TD3 and TD2 end in a check of all, visas do not.
fn data_line(line: &[u8]) -> Option<String> {
    let number = line.get(..9)?;
    let fields = checked(number, line.get(9)?)
        && checked_date(line.get(13..19)?, line.get(19)?)
        && matches!(line.get(20), Some(b'M' | b'F' | b'X' | b'<'))
        && checked_date(line.get(21..27)?, line.get(27)?)
        && line.get(10..13)?.iter().all(|b| b.is_ascii_uppercase() || *b == b'<');
    let end = line.len().checked_sub(1)?;
    let composite = sum(line.get(..10)?.iter().chain(line.get(13..20)?).chain(line.get(21..end)?));
    let optional = line.len() != 44 || checked(line.get(28..42)?, line.get(42)?);
    let all = optional && digit(line.get(end)?) == Some(composite);
    // A visa's optional data takes the place of the last check digits, and is filled up.
    let visa = line.last() == Some(&b'<');
    (fields && (all || visa)).then(|| plain(number)).flatten()
}

/// The number of a TD1 card: type 2, issuer 3, number 9, check, optional 15; birth 6, check, sex, expiry 6, check,
/// nationality 3, optional 11, check of all.
fn card(top: &[u8], middle: &[u8]) -> Option<String> {
    let number = top.get(5..14)?;
    let birth = checked_date(middle.get(..6)?, middle.get(6)?);
    let expiry = checked_date(middle.get(8..14)?, middle.get(14)?);
    let sex = matches!(middle.get(7), Some(b'M' | b'F' | b'X' | b'<'));
    let all = top.get(5..30)?.iter().chain(middle.get(..7)?).chain(middle.get(8..15)?).chain(middle.get(18..29)?);
    let composite = digit(middle.get(29)?) == Some(sum(all));
    // Longer numbers go on in the optional data, and `<` stands where the check digit is.
    let own = checked(number, top.get(14)?) || top.get(14) == Some(&b'<');
    (birth && expiry && sex && own && composite).then(|| plain(number)).flatten()
}

/// The number of a French identity card of 1988 to 2021: number 12, check, given names 14, birth 6, check, sex, check.
fn french_card(top: &[u8], line: &[u8]) -> Option<String> {
    let number = line.get(..12)?;
    let fields = checked(number, line.get(12)?) && checked_date(line.get(27..33)?, line.get(33)?);
    let all = digit(line.get(35)?) == Some(sum(top.iter().chain(line.get(..35)?)));
    (top.starts_with(b"IDFRA") && fields && all).then(|| plain(number)).flatten()
}

/// The characters of a number without fillers, if there are any.
fn plain(field: &[u8]) -> Option<String> {
    let value: String = field.iter().filter(|b| **b != b'<').map(|b| char::from(*b)).collect();
    (value.bytes().any(|b| b.is_ascii_digit())).then_some(value)
}

/// Whether a date (`YYMMDD`, unknown parts filled with `<`) and its check digit hold.
fn checked_date(field: &[u8], check: &u8) -> bool {
    field.iter().all(|b| b.is_ascii_digit() || *b == b'<') && checked(field, check)
}

fn checked(field: &[u8], check: &u8) -> bool {
    let empty = field.iter().all(|b| *b == b'<') && *check == b'<';
    empty || digit(check) == Some(sum(field.iter()))
}

fn digit(byte: &u8) -> Option<u32> {
    char::from(*byte).to_digit(10)
}

/// Weights 7 3 1 repeated, letters from A = 10, fillers nothing; mod 10.
fn sum<'b>(bytes: impl Iterator<Item = &'b u8>) -> u32 {
    bytes.zip([7, 3, 1].iter().cycle()).map(|(b, w)| char::from(*b).to_digit(36).unwrap_or(0) * w).sum::<u32>() % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSPORT: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    const CARD: &str = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";

    fn all(text: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        find(text, &mut |range, value| out.push((text[range].to_owned(), value.to_owned())));
        out
    }

    #[test]
    fn specimens_of_the_standard() {
        assert_eq!(all(&format!("scan:\n{PASSPORT}\nend")), [(PASSPORT.to_owned(), "L898902C3".to_owned())]);
        assert_eq!(all(CARD), [(CARD.to_owned(), "D23145890".to_owned())]);
        assert_eq!(all(TD2), [(TD2.to_owned(), "D23145890".to_owned())]);
        let alone = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
        assert_eq!(all(alone), [(alone.to_owned(), "L898902C3".to_owned())]);
        assert_eq!(all(&PASSPORT.replace('\n', "\r\n")).len(), 1);
        assert_eq!(all(&PASSPORT.replace('\n', "\\n")).len(), 1);
    }

    #[test]
    fn wrong_digits_and_markup_are_none() {
        for (from, to) in
            [("L898902C36", "L898902C46"), ("7408122", "7408121"), ("1204159", "1204158"), ("<<<<<10", "<<<<<11")]
        {
            assert!(all(&PASSPORT.replace(from, to)).is_empty(), "{to}");
        }
        assert!(all(&CARD.replace("D23145890", "D23145891")).is_empty());
        for text in ["<a href=x><b>A<B<C", "<<<<<", "a << b", "P<UTO", ""] {
            assert!(all(text).is_empty(), "{text}");
        }
        assert!(all(&"<".repeat(100_000)).is_empty());
        assert!(all(&"A<".repeat(100_000)).is_empty());
        assert!(all(&"<\n".repeat(100_000)).is_empty());
    }
}
