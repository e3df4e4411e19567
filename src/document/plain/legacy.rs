//! Encodings that browsers never knew and files still are in: Johab (KS X 1001 annex 3), code page 437 of DOS, EBCDIC
//! (code page 037). Each is told by what the bytes make in it.
#![allow(clippy::arithmetic_side_effects, reason = "bytes from the start of their ranges, and counts inside a sample")]

use std::borrow::Cow;

use super::Decoded;
use crate::blob::cp437;

/// The text, if it is in one of these encodings.
pub fn decode<'a>(bytes: &[u8]) -> Option<Decoded<'a>> {
    let whole = |text: String, encoding, bad| Decoded { text: Cow::Owned(text), shift: 0, encoding, bad };
    if is_ebcdic(bytes) {
        return Some(whole(bytes.iter().map(|b| ebcdic(*b)).collect(), "EBCDIC", 0));
    }
    if is_johab(bytes) {
        let (text, bad) = johab(bytes);
        return Some(whole(text, "Johab", bad));
    }
    is_dos(bytes).then(|| whole(cp437::decode(bytes), "IBM437", 0))
}

/// Syllables that make up more than a third of Korean text.
const EVERYDAY: &str = "이다는을의에가고하지를로기한은도리사시인아나서일대정자어라해수있부스그게구니습";

/// Whether text is in Johab: nearly every pair is a character, and most of them are syllables,
/// and as many of those are the everyday ones as in any Korean text.
fn is_johab(bytes: &[u8]) -> bool {
    let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(bytes.len());
    let sample = bytes.get(first..).unwrap_or_default();
    let sample = sample.get(..16 << 10).unwrap_or(sample);
    let (text, bad) = johab(sample);
    let everyday = text.chars().filter(|c| EVERYDAY.contains(*c)).count();
    let syllables = text.chars().filter(|c| matches!(c, '\u{AC00}'..='\u{D7A3}')).count();
    let strange = text.chars().filter(|c| !c.is_ascii()).count();
    syllables >= 20 && syllables * 10 >= strange * 6 && everyday * 6 >= syllables && bad * 50 <= strange
}

/// Text in Johab and the bytes that are none. A syllable is 16 bits: a mark, then five bits each for its first
/// consonant, its vowel and its last consonant; everything else is KS X 1001 in other places.
fn johab(bytes: &[u8]) -> (String, usize) {
    let mut text = String::with_capacity(bytes.len().saturating_mul(3) / 2);
    let mut bad = 0;
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first.is_ascii() {
            text.push(char::from(first));
            continue;
        }
        let pair = tail.split_first().and_then(|(second, after)| Some((johab_pair(first, *second)?, after)));
        match pair {
            Some((c, after)) => {
                text.push(c);
                rest = after;
            }
            None => {
                bad += 1;
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    (text, bad)
}

fn johab_pair(first: u8, second: u8) -> Option<char> {
    match first {
        0x84..=0xD3 => {
            let code = u32::from(first) << 8 | u32::from(second);
            let (initial, vowel, last) = (code >> 10 & 31, code >> 5 & 31, code & 31);
            let initial = initial.checked_sub(2).filter(|i| *i < 19);
            let vowel = match vowel {
                3..=7 => Some(vowel - 3),
                10..=15 => Some(vowel - 5),
                18..=23 => Some(vowel - 7),
                26..=29 => Some(vowel - 9),
                _ => None,
            };
            let last = match last {
                1..=17 => Some(last - 1),
                19..=29 => Some(last - 2),
                _ => None,
            };
            match (initial, vowel, last) {
                (Some(i), Some(v), Some(l)) => char::from_u32(0xAC00 + (i * 21 + v) * 28 + l),
                // Letters alone, of which only the fact matters.
                _ if matches!(second, 0x41..=0x7E | 0x81..=0xFE) => Some('\u{3130}'),
                _ => None,
            }
        }
        // Symbols and ideographs: rows of KS X 1001, two for each first byte.
        0xD9..=0xDE | 0xE0..=0xF9 => {
            let base = if first < 0xE0 { (first - 0xD9) * 2 + 0xA1 } else { (first - 0xE0) * 2 + 0xCA };
            let (row, column) = match second {
                0x31..=0x7E => (base, second - 0x31 + 0xA1),
                0x91..=0xA0 => (base, second - 0x91 + 0xEF),
                0xA1..=0xFE => (base + 1, second),
                _ => return None,
            };
            let pair = [row, column];
            let (text, failed) = encoding_rs::EUC_KR.decode_without_bom_handling(&pair);
            text.chars().next().filter(|_| !failed)
        }
        _ => None,
    }
}

/// Whether text is in a DOS code page: letters beyond ASCII stand between 0x80 and 0xA5, where Windows has typographic
/// marks and nothing at all, and they stand inside words.
fn is_dos(bytes: &[u8]) -> bool {
    let (mut inside, mut others) = (0usize, 0usize);
    for window in bytes.windows(3).take(1 << 20) {
        let [before, b, after] = window else { continue };
        match b {
            0x80..=0x90 | 0x93..=0x95 | 0x97..=0x9A | 0xA1..=0xA5
                if before.is_ascii_alphabetic() && (after.is_ascii_lowercase() || !after.is_ascii()) =>
            {
                inside += 1;
            }
            // Frames and shades of DOS screens.
            0xB0..=0xDF if before == b || after == b => {}
            // A sharp s, or an a with an accent.
            0xE1 => {}
            0x80.. => others += 1,
            _ => {}
        }
    }
    inside >= 2 && inside > others * 2
}

/// Whether text is in EBCDIC: blanks are 0x40, letters and digits have their high bit set, ASCII blanks do not occur.
fn is_ebcdic(bytes: &[u8]) -> bool {
    let sample = bytes.get(..8192).unwrap_or(bytes);
    let blanks = memchr::memchr_iter(0x40, sample).count();
    let ascii_blanks = memchr::memchr2_iter(0x20, 0x0A, sample).count();
    let read = sample.iter().filter(|b| matches!(ebcdic(**b), ' '..='~' | '\n' | '\r')).count();
    sample.len() >= 16
        && blanks * 50 >= sample.len()
        && ascii_blanks * 100 <= sample.len()
        && read * 20 >= sample.len() * 19
}

/// A character of code page 037, as far as it is ASCII.
fn ebcdic(b: u8) -> char {
    /// Rows 4 to 7 of the code page; zero stands for what is not ASCII.
    const MARKS: &[u8; 64] =
        b" \0\0\0\0\0\0\0\0\0\0.<(+|&\0\0\0\0\0\0\0\0\0!$*);\0-/\0\0\0\0\0\0\0\0\0,%_>?\0\0\0\0\0\0\0\0\0`:#@'=\"";
    match b {
        0x15 | 0x25 => '\n',
        0x0D => '\r',
        0x40..=0x7F => match MARKS.get(usize::from(b - 0x40)) {
            Some(&mark @ 1..) => char::from(mark),
            _ => char::REPLACEMENT_CHARACTER,
        },
        0x81..=0x89 => char::from(b - 0x81 + b'a'),
        0x91..=0x99 => char::from(b - 0x91 + b'j'),
        0xA2..=0xA9 => char::from(b - 0xA2 + b's'),
        0xC1..=0xC9 => char::from(b - 0xC1 + b'A'),
        0xD1..=0xD9 => char::from(b - 0xD1 + b'J'),
        0xE2..=0xE9 => char::from(b - 0xE2 + b'S'),
        0xF0..=0xF9 => char::from(b - 0xF0 + b'0'),
        0xA1 => '~',
        0xB0 => '^',
        0xC0 => '{',
        0xD0 => '}',
        0xE0 => '\\',
        0xBA => '[',
        0xBB => ']',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn johab_is_told_and_read() {
        let bytes = b"\xc4a\x97a \xa4\xe5\xd1\xa1\x93e 4111\xb7\xa1\x89\xa1 \xba\x81\xad\xa1\x93e \xac\xe1\xb6\x89\xcbb\xa5i\xaf\xa1 \
            \xb9\xb7\x9d\xa1\x8a\x81\xb7\xb3\x93\xa1\x94a. \xe4\xde\xf7\xdb\xe8U\xe2\xd0 \xd9h"
            .as_slice();
        let (text, bad) = johab(bytes);
        assert_eq!((text.as_str(), bad), ("카드 번호는 4111이고 주소는 서울특별시 종로구입니다. 大韓民國 ※", 0));
        assert!(is_johab(&bytes.repeat(2)));
        for text in ["Die Größe der Häuser", "Номер карты и адрес", "カード番号の住所"] {
            for encoding in
                [encoding_rs::WINDOWS_1252, encoding_rs::WINDOWS_1251, encoding_rs::KOI8_U, encoding_rs::SHIFT_JIS]
            {
                assert!(!is_johab(&encoding.encode(text).0.repeat(20)), "{}", encoding.name());
            }
        }
    }

    #[test]
    fn dos_and_ebcdic_are_told_and_read() {
        assert_eq!(
            decode(b"Stra\xE1e, M\x81ller, Gr\x94\xE1e, pr\x81fen").map(|d| d.text.into_owned()),
            Some("Straße, Müller, Größe, prüfen".to_owned())
        );
        assert!(decode(b"d\xe9j\xe0 vu, l\x92\xe9t\xe9, ma\xf1ana, est\xe1, \x93so\x94").is_none());
        let card = b"\xc3\x99\x85\x84\x89\xa3@\x83\x81\x99\x84@\x95\xa4\x94\x82\x85\x99z@\xf4\xf5\xf3\xf9";
        assert_eq!(decode(card).map(|d| d.text.into_owned()), Some("Credit card number: 4539".to_owned()));
    }
}
