//! Dates and times as a worksheet shows them (ECMA-376 part 1, 18.8.31; serial numbers: 18.17.4).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "numbers of days up to the year 9999; the terms of a calendar never exceed the days they are taken from"
)]

use std::fmt::Write;

use super::number_format::Token;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The first serial number behind 9999-12-31.
const SERIAL_END: f64 = 2_958_466.0;

/// A point in time, taken apart.
struct Moment {
    year: i64,
    month: i64,
    day: i64,
    weekday: i64,
    /// Seconds of the day.
    seconds: i64,
    /// Thousandths of a second behind them.
    thousandths: i64,
    /// Seconds since serial 0.
    elapsed: i64,
}

/// Appends a serial number by the tokens of a date section; `false` if it is no date.
pub(super) fn show(tokens: &[Token], serial: f64, epoch_1904: bool, out: &mut String) -> bool {
    let start = out.len();
    let fraction = tokens.windows(2).any(|pair| matches!(pair, [Token::Point, Token::Digit(_)]));
    let Some(moment) = moment(serial, epoch_1904, fraction) else {
        return false;
    };
    let twelve = tokens.contains(&Token::AmPm);
    let mut after_point = false;
    for (i, token) in tokens.iter().enumerate() {
        match token {
            Token::Literal(text) => out.push_str(text),
            Token::Date('m', length) if is_minute(tokens, i) => two(moment.seconds / 60 % 60, *length, out),
            Token::Date(unit, length) => unit_of(&moment, *unit, *length, twelve, out),
            Token::Elapsed(unit) => {
                let per = match unit {
                    'h' => 3600,
                    'm' => 60,
                    _ => 1,
                };
                let _ = write!(out, "{}", moment.elapsed / per);
            }
            Token::AmPm => out.push_str(if moment.seconds < 12 * 3600 { "AM" } else { "PM" }),
            Token::Slash => out.push('/'),
            Token::Point => {
                out.push('.');
                after_point = true;
                continue;
            }
            Token::Comma => out.push(','),
            Token::Digit(_) if after_point => {
                let places = tokens.iter().skip(i).take_while(|t| matches!(t, Token::Digit(_))).count();
                let text = format!("{:03}", moment.thousandths);
                out.push_str(text.get(..places.min(3)).unwrap_or_default());
            }
            _ => {}
        }
        after_point = false;
    }
    out.len() > start
}

/// `m` means minutes right behind hours and right before seconds.
fn is_minute(tokens: &[Token], at: usize) -> bool {
    let unit = |t: &&Token| matches!(t, Token::Date(..) | Token::Elapsed(_));
    let before = tokens.iter().take(at).rev().find(unit);
    let after = tokens.iter().skip(at + 1).find(unit);
    matches!(before, Some(Token::Date('h', _) | Token::Elapsed('h')))
        || matches!(after, Some(Token::Date('s', _) | Token::Elapsed('s')))
}

fn unit_of(moment: &Moment, unit: char, length: usize, twelve: bool, out: &mut String) {
    let name = |names: &[&'static str], at: i64| usize::try_from(at).ok().and_then(|i| names.get(i).copied());
    match (unit, length) {
        ('y', 1 | 2) => two(moment.year % 100, 2, out),
        ('y', _) => two(moment.year, 4, out),
        ('m', 3..) => {
            let month = name(&MONTHS, moment.month - 1).unwrap_or_default();
            let letters = match length {
                3 => 3,
                5 => 1,
                _ => month.len(),
            };
            out.push_str(month.get(..letters).unwrap_or(month));
        }
        ('m', _) => two(moment.month, length, out),
        ('d', 3..) => {
            let day = name(&DAYS, moment.weekday).unwrap_or_default();
            out.push_str(day.get(..if length == 3 { 3 } else { day.len() }).unwrap_or(day));
        }
        ('d', _) => two(moment.day, length, out),
        ('h', _) => {
            let hour = moment.seconds / 3600;
            two(if twelve { (hour + 11) % 12 + 1 } else { hour }, length, out);
        }
        _ => two(moment.seconds % 60, length, out),
    }
}

fn two(value: i64, width: usize, out: &mut String) {
    let _ = write!(out, "{value:0width$}", width = width.min(4));
}

fn moment(serial: f64, epoch_1904: bool, fraction: bool) -> Option<Moment> {
    if !(0.0..SERIAL_END).contains(&serial) {
        return None;
    }
    // Thousandths of a second fit an integer 30 times over; without a fraction in the code, seconds are rounded.
    let step = if fraction { 1.0 } else { 1000.0 };
    let total = ((serial * 86_400_000.0 / step).round() * step) as i64;
    let (mut days, rest) = (total / 86_400_000, total % 86_400_000);
    let elapsed = total / 1000;
    let weekday = (days + if epoch_1904 { 5 } else { 6 }) % 7;
    let (seconds, thousandths) = (rest / 1000, rest % 1000);
    let date = |year, month, day| Moment { year, month, day, weekday, seconds, thousandths, elapsed };
    if epoch_1904 {
        days += 1462;
    } else if days == 60 {
        // The 29th of February 1900, which never was, but which every worksheet counts.
        return Some(date(1900, 2, 29));
    } else if days < 60 {
        days += 1;
    }
    // Days since 1899-12-30 to a date, after Howard Hinnant, "chrono-compatible low-level date algorithms".
    let z = days + 693_899;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(date(year, month, day))
}
