//! Formulas in tokens (MS-XLS 2.5.198, MS-XLSB 2.5.97; the layouts of older versions): the constants in them, which
//! their results may not show. References and functions say nothing of their own and are passed over.
#![allow(clippy::arithmetic_side_effects, reason = "lengths of sixteen bits behind a few bytes")]

use super::plain;

/// How a version writes its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// BIFF2.
    Biff2,
    /// BIFF3 and BIFF4.
    Biff3,
    /// BIFF5 and BIFF7.
    Biff5,
    /// BIFF8.
    Biff8,
    /// BIFF12, of xlsb.
    Biff12,
}

/// Digits from which a number in a formula is told: fewer identify nothing.
const WORTH_DIGITS: usize = 6;

/// Calls `say` with every string and every long number of the tokens; `narrow` decodes strings in bytes.
pub fn constants(tokens: &[u8], dialect: Dialect, narrow: &dyn Fn(&[u8]) -> String, say: &mut dyn FnMut(&str)) {
    let mut rest = tokens;
    while let Some((&token, tail)) = rest.split_first() {
        let used = match token {
            0x17 => match string(tail, dialect, narrow) {
                Some((text, used)) => {
                    if !text.trim().is_empty() {
                        say(&text);
                    }
                    used
                }
                None => return,
            },
            0x1F => {
                let number = tail.first_chunk().map_or(0.0, |bytes| f64::from_le_bytes(*bytes));
                let number = number.to_string();
                if number.bytes().filter(u8::is_ascii_digit).count() >= WORTH_DIGITS && number.len() < 32 {
                    say(&plain(&number));
                }
                8
            }
            token => match length(token, tail, dialect) {
                Some(used) => used,
                None => return,
            },
        };
        let Some(next) = tail.get(used..) else { return };
        rest = next;
    }
}

/// A string and the bytes it takes up behind its token.
fn string(tail: &[u8], dialect: Dialect, narrow: &dyn Fn(&[u8]) -> String) -> Option<(String, usize)> {
    let wide = |bytes: &[u8]| {
        let units: Vec<u16> =
            bytes.chunks_exact(2).filter_map(|b| Some(u16::from_le_bytes(b.try_into().ok()?))).collect();
        String::from_utf16_lossy(&units)
    };
    if dialect == Dialect::Biff12 {
        let length = usize::from(u16::from_le_bytes(*tail.first_chunk()?)) * 2;
        return Some((wide(tail.get(2..2 + length)?), 2 + length));
    }
    let length = usize::from(*tail.first()?);
    if dialect < Dialect::Biff8 {
        return Some((narrow(tail.get(1..1 + length)?), 1 + length));
    }
    if tail.get(1)? & 1 == 0 {
        let text = tail.get(2..2 + length)?.iter().map(|b| char::from(*b)).collect();
        Some((text, 2 + length))
    } else {
        Some((wide(tail.get(2..2 + length * 2)?), 2 + length * 2))
    }
}

/// Bytes behind a token; none if it is unknown, and with it everything that follows.
fn length(token: u8, tail: &[u8], dialect: Dialect) -> Option<usize> {
    // In the order of the dialects: BIFF2, BIFF3/4, BIFF5, BIFF8, BIFF12.
    let by = |lengths: [usize; 5]| {
        let at = match dialect {
            Dialect::Biff2 => 0,
            Dialect::Biff3 => 1,
            Dialect::Biff5 => 2,
            Dialect::Biff8 => 3,
            Dialect::Biff12 => 4,
        };
        lengths.get(at).copied()
    };
    match token {
        0x03..=0x16 => return Some(0),
        0x01 | 0x02 => return by([3, 4, 4, 4, 4]),
        0x18 if dialect == Dialect::Biff12 => return Some(if tail.first() == Some(&0x19) { 13 } else { 5 }),
        0x18 => return Some(5),
        0x19 => {
            let word = if dialect == Dialect::Biff2 { 1 } else { 2 };
            let choices = match word {
                1 => usize::from(*tail.get(1)?),
                _ => usize::from(u16::from_le_bytes(*tail.get(1..)?.first_chunk()?)),
            };
            let table = if tail.first()? & 4 == 0 { 0 } else { (choices + 1) * word };
            return Some(1 + word + table);
        }
        0x1C | 0x1D => return Some(1),
        0x1E => return Some(2),
        _ => {}
    }
    // The same token comes in three classes: reference, value, array.
    match token & 0x1F | 0x20 {
        _ if !(0x20..=0x7F).contains(&token) => None,
        0x20 => by([6, 7, 7, 7, 14]),
        0x21 => by([1, 1, 2, 2, 2]),
        0x22 => by([2, 2, 3, 3, 3]),
        0x23 => by([7, 10, 14, 4, 4]),
        0x24 | 0x2A | 0x2C => by([3, 3, 3, 4, 6]),
        0x25 | 0x2B | 0x2D => by([6, 6, 6, 8, 12]),
        0x26..=0x28 => by([4, 6, 6, 6, 6]),
        0x29 => by([1, 2, 2, 2, 2]),
        0x39 => by([0, 0, 24, 6, 6]),
        0x3A | 0x3C => by([0, 0, 17, 6, 8]),
        0x3B | 0x3D => by([0, 0, 20, 10, 14]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tokens: &[u8], dialect: Dialect) -> Vec<String> {
        let mut all = Vec::new();
        constants(tokens, dialect, &|b| String::from_utf8_lossy(b).into_owned(), &mut |s| all.push(s.to_owned()));
        all
    }

    #[test]
    fn strings_and_long_numbers_are_told() {
        let mut tokens = b"\x44\0\0\0\0\x17\x02\0ab\x08\x1E\x05\0\x17\x01\x01\xFC\0\x08\x1F".to_vec();
        tokens.extend(4_111_111_111.0_f64.to_le_bytes());
        tokens.extend(b"\x42\x03\0\0");
        assert_eq!(told(&tokens, Dialect::Biff8), ["ab", "ü", "4111111111"]);
        assert_eq!(told(b"\x44\0\0\0\x17\x02ab", Dialect::Biff5), ["ab"]);
        assert_eq!(told(b"\x44\0\0\0\0\0\0\x17\x02\0a\0b\0", Dialect::Biff12), ["ab"]);
        assert_eq!(told(b"\x17\xFF\0ab", Dialect::Biff8), [""; 0]);
        assert_eq!(told(b"\x7F\x17\x01\0a", Dialect::Biff8), [""; 0]);
    }
}
