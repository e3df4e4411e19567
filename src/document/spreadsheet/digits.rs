//! Numbers by the digit placeholders of a format code (ECMA-376 part 1, 18.8.31).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions among the tokens of a format and the digits of a number, and a power of ten that is never zero"
)]

use std::fmt::Write;

use super::general::{DIGITS, general};
use super::number_format::Token;

/// Shows `value` by digit placeholders; `false` if General does it better (fractions, infinities).
pub(super) fn number(tokens: &[Token], value: f64, sign: bool, out: &mut String) -> bool {
    if !value.is_finite() || tokens.contains(&Token::Slash) {
        return false;
    }
    let exponent = tokens.iter().position(|t| *t == Token::Exponent);
    let point = tokens.iter().position(|t| *t == Token::Point);
    let digits = |t: &&Token| matches!(t, Token::Digit(_));
    let last = tokens.iter().rposition(|t| matches!(t, Token::Digit(_))).unwrap_or(0);
    let end = exponent.unwrap_or(last + 1);
    let decimals = point.map_or(0, |p| tokens.get(p..end.max(p)).unwrap_or_default().iter().filter(digits).count());
    if sign {
        out.push('-');
    }
    if let Some(exponent) = exponent {
        scientific(tokens, exponent, decimals, value.abs(), out);
        return true;
    }
    // Commas behind the last digit divide by a thousand each, signs of percent multiply.
    let behind = tokens.get(last + 1..).unwrap_or_default();
    let thousands = behind.iter().take_while(|t| **t == Token::Comma).count();
    let percents = tokens.iter().filter(|t| **t == Token::Percent).count();
    let scaled = value.abs() * 100_f64.powi(percents.min(9) as i32) / 1000_f64.powi(thousands.min(9) as i32);
    let (whole, fraction) = decimal(scaled, decimals);
    let split = point.unwrap_or(last + 1);
    whole_part(tokens.get(..split).unwrap_or_default(), &whole, out);
    fraction_part(tokens.get(split..).unwrap_or_default(), &fraction, out);
    true
}

/// Digits before and behind the point, rounded to `decimals`, of the first 15 that count.
fn decimal(value: f64, decimals: usize) -> (String, String) {
    // Nearly all numbers are short enough to be rounded as integers. The nudge makes 1.005 round to 1.01, as in Excel.
    let power = u32::try_from(decimals).ok().and_then(|d| 10_u64.checked_pow(d)).unwrap_or(u64::MAX);
    let scaled = value * power as f64;
    if scaled < 9e15 {
        let nudge = if scaled < 1e13 { scaled * f64::EPSILON } else { 0.0 };
        let rounded = (scaled + nudge).round() as u64;
        let whole = (rounded / power).to_string();
        let fraction = if decimals == 0 { String::new() } else { format!("{:0>decimals$}", rounded % power) };
        return (whole, fraction);
    }
    if value < 1e15 {
        // Rounding twice, to 15 digits and then to the decimals, is what Excel shows: 1.005 becomes 1.01.
        let kept: f64 = format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value);
        let nudged = kept + kept * f64::EPSILON;
        let text = format!("{nudged:.*}", decimals.min(30));
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        return (whole.to_owned(), fraction.to_owned());
    }
    let mut whole = String::new();
    general(value, &mut whole);
    (whole, "0".repeat(decimals.min(30)))
}

fn whole_part(tokens: &[Token], whole: &str, out: &mut String) {
    let places = tokens.iter().filter(|t| matches!(t, Token::Digit(_))).count();
    let first = tokens.iter().position(|t| matches!(t, Token::Digit(_)));
    let last = tokens.iter().rposition(|t| matches!(t, Token::Digit(_)));
    let grouped = match (first, last) {
        (Some(first), Some(last)) => tokens.get(first..last).unwrap_or_default().contains(&Token::Comma),
        _ => false,
    };
    let digits = if whole == "0" { "" } else { whole };
    let mut left = digits.len().max(places);
    let mut given = digits.bytes();
    let mut shown = false;
    let mut seen = 0;
    let mut one = |placeholder: char, left: &mut usize, out: &mut String| {
        let digit = if *left <= given.len() { given.next().map(char::from) } else { None };
        let digit = digit.or(match placeholder {
            '0' => Some('0'),
            '?' => Some(' '),
            _ => None,
        });
        *left -= 1;
        if let Some(digit) = digit {
            out.push(digit);
            shown |= digit != ' ';
            if grouped && shown && *left > 0 && left.is_multiple_of(3) {
                out.push(',');
            }
        }
    };
    for token in tokens {
        match token {
            Token::Digit(placeholder) => {
                seen += 1;
                // Digits that have no place of their own stand at the first one.
                while seen == 1 && left > places {
                    one('#', &mut left, out);
                }
                one(*placeholder, &mut left, out);
            }
            Token::Literal(text) => out.push_str(text),
            Token::Percent => out.push('%'),
            _ => {}
        }
    }
    if places == 0 {
        out.push_str(digits);
    }
}

fn fraction_part(tokens: &[Token], fraction: &str, out: &mut String) {
    let mut digits = fraction.bytes().map(char::from);
    let kept = fraction.trim_end_matches('0').len();
    let mut at = 0;
    for token in tokens {
        match token {
            Token::Point => out.push('.'),
            Token::Digit(placeholder) => {
                let digit = digits.next().unwrap_or('0');
                at += 1;
                match placeholder {
                    '#' if at > kept => {}
                    '?' if at > kept => out.push(' '),
                    _ => out.push(digit),
                }
            }
            Token::Literal(text) => out.push_str(text),
            Token::Percent => out.push('%'),
            _ => {}
        }
    }
}

fn scientific(tokens: &[Token], exponent: usize, decimals: usize, value: f64, out: &mut String) {
    let text = format!("{value:.*e}", decimals.min(30));
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let before = tokens.iter().take(exponent).take_while(|t| matches!(t, Token::Literal(_)));
    before.for_each(|t| literals(std::slice::from_ref(t), out));
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    let width = tokens.iter().skip(exponent).filter(|t| matches!(t, Token::Digit(_))).count();
    let _ = write!(out, "{mantissa}E{sign}{power:0>width$}", width = width.min(5));
}

pub(super) fn literals(tokens: &[Token], out: &mut String) {
    for token in tokens {
        match token {
            Token::Literal(text) => out.push_str(text),
            Token::Percent => out.push('%'),
            Token::Point => out.push('.'),
            Token::Comma => out.push(','),
            Token::Slash => out.push('/'),
            _ => {}
        }
    }
}
