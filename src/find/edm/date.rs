//! Dates: the same day in any of the ways people write it.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "days of months of years up to 2200, and digits from the start of their range"
)]

use serde::{Deserialize, Serialize};

/// How a column of dates is written where the parts alone do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// Year, month, day. A date with the year last is only taken if it can be read in one way.
    YearFirst,
    /// Day before month where the year is last.
    DayFirst,
    /// Month before day where the year is last.
    MonthFirst,
}

/// A day as it is hashed: `19800131`.
pub(super) type Day = [u8; 8];

/// Bytes of the longest spelling of a date that is read: `26thseptember1980` and room for other languages.
pub(super) const SPELLING_BYTES_MAX: usize = 20;

/// The days that three words may mean; both are the same if there is but one way to read them.
pub(super) fn days(words: [&[u8]; 3]) -> Option<[Day; 2]> {
    let [first, middle, last] = words;
    if let Some(year) = year(first) {
        return day(year, month(middle)?, ordinal(last)?).map(|d| [d, d]);
    }
    let year = year(last)?;
    let day_first = month(middle).zip(ordinal(first)).and_then(|(m, d)| day(year, m, d));
    let month_first = month(first).zip(ordinal(middle)).and_then(|(m, d)| day(year, m, d));
    let either = day_first.or(month_first)?;
    Some([day_first.unwrap_or(either), month_first.unwrap_or(either)])
}

/// The day that three words of a column mean.
pub(super) fn day_of(words: [&[u8]; 3], order: DateOrder) -> Option<Day> {
    let [day_first, month_first] = days(words)?;
    match order {
        DateOrder::YearFirst if day_first != month_first => None,
        DateOrder::YearFirst | DateOrder::DayFirst => Some(day_first),
        DateOrder::MonthFirst => Some(month_first),
    }
}

fn number(word: &[u8]) -> Option<u32> {
    word.iter().try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n.wrapping_mul(10).wrapping_add(u32::from(b - b'0'))))
}

fn year(word: &[u8]) -> Option<u32> {
    if word.len() == 4 { number(word).filter(|n| (1800..2200).contains(n)) } else { None }
}

/// A day of the month: `7`, `07`, `7th`.
fn ordinal(word: &[u8]) -> Option<u32> {
    let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = word.split_at_checked(digits)?;
    let ordinary = matches!(rest, b"" | b"st" | b"nd" | b"rd" | b"th" | b"er");
    if ordinary && (1..=2).contains(&digits.len()) { number(digits).filter(|n| (1..=31).contains(n)) } else { None }
}

/// A month: a number, or the beginning of its name in English, German, French, Spanish, Italian, Portuguese or Dutch.
fn month(word: &[u8]) -> Option<u32> {
    const NAMES: [&[&[u8]]; 12] = [
        &[b"jan", b"gen", b"ene"],
        &[b"feb", b"fev"],
        &[b"mar", b"mrz", b"maa", b"mrt"],
        &[b"apr", b"abr", b"avr"],
        &[b"may", b"mai", b"mag", b"mei"],
        &[b"jun", b"juin", b"giu"],
        &[b"jul", b"juil", b"lug"],
        &[b"aug", b"ago", b"aou"],
        &[b"sep", b"set"],
        &[b"oct", b"okt", b"out", b"ott"],
        &[b"nov"],
        &[b"dec", b"dez", b"dic"],
    ];
    if word.len() <= 2 {
        return number(word).filter(|n| (1..=12).contains(n));
    }
    let named = NAMES.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u32::try_from(named + 1).ok()
}

fn day(year: u32, month: u32, day: u32) -> Option<Day> {
    let mut left = year * 10_000 + month * 100 + day;
    let mut out = [b'0'; 8];
    for digit in out.iter_mut().rev() {
        *digit = b'0' + u8::try_from(left % 10).ok()?;
        left /= 10;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<[String; 2]> {
        let words: Vec<_> = text.split(' ').map(str::as_bytes).collect();
        let days = days([words[0], words[1], words[2]])?;
        Some(days.map(|d| String::from_utf8(d.to_vec()).unwrap()))
    }

    #[test]
    fn the_same_day_in_many_ways() {
        for text in [
            "1980 01 31",
            "31 1 1980",
            "1 31 1980",
            "january 31st 1980",
            "31 januar 1980",
            "31 jan 1980",
            "31 gennaio 1980",
        ] {
            assert_eq!(read(text), Some(["19800131".to_owned(), "19800131".to_owned()]), "{text}");
        }
        assert_eq!(read("03 04 1980"), Some(["19800403".to_owned(), "19800304".to_owned()]));
        assert_eq!(
            (read("1 juin 1980").unwrap()[0].as_str(), read("1er juillet 1980").unwrap()[0].as_str()),
            ("19800601", "19800701")
        );
    }

    #[test]
    fn other_numbers_are_no_days() {
        for text in
            ["13 32 1980", "1980 13 01", "1 2 80", "1 2 9999", "0 1 1980", "word 3 1980", "3 word 1980", "1980 1 99"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_says_how_it_is_written() {
        let day = |order| day_of([b"03", b"04", b"1980"], order);
        assert_eq!(day(DateOrder::YearFirst), None);
        assert_eq!((day(DateOrder::DayFirst), day(DateOrder::MonthFirst)), (Some(*b"19800403"), Some(*b"19800304")));
        assert_eq!(day_of([b"1980", b"3", b"4"], DateOrder::DayFirst), Some(*b"19800304"));
    }
}
