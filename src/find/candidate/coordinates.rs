//! Places on the globe: latitude and longitude as decimals (ISO 6709 annex D) or in degrees, minutes and seconds.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

/// Bytes that may stand between latitude and longitude: `, "longitude": `.
const GAP_MAX: usize = 24;

/// Reports every pair as `latitude,longitude`. Bare decimals are reported with a value that begins with `?`: any two
/// columns of a table look like that. Four decimals at least, about ten metres.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    let bytes = text.as_bytes();
    let mut next = 0;
    for at in memchr::memchr2_iter(b'.', 0xC2, bytes) {
        if at < next {
            continue;
        }
        let pair = if bytes.get(at) == Some(&b'.') { decimal_pair(text, at) } else { sexagesimal_pair(text, at) };
        if let Some((range, value)) = pair {
            next = range.end;
            found(range, &value);
        }
    }
}

fn decimal_pair(text: &str, dot: usize) -> Option<(Range<usize>, String)> {
    let bytes = text.as_bytes();
    let whole = bytes.get(..dot)?.iter().rev().take(3).take_while(|b| b.is_ascii_digit()).count();
    if !(1..=2).contains(&whole) {
        return None;
    }
    let mut start = dot - whole;
    if start.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(|b| matches!(b, b'-' | b'+')) {
        start -= 1;
    }
    let before = text.get(..start)?.chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '$')) {
        return None;
    }
    let (latitude, end, north) = decimal(text, start)?;
    let gap = gap(text, end)?;
    let (longitude, end, east) = decimal(text, end + gap.len())?;
    let after = text.get(end..)?.chars().next();
    if latitude.abs() > 90.0 || longitude.abs() > 180.0 || after.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    // Words and letters name the two; without them they are two decimals.
    let named = gap.bytes().any(|b| b.is_ascii_alphabetic()) || north && east;
    let mark = if named { "" } else { "?" };
    Some((start..end, format!("{mark}{latitude},{longitude}")))
}

/// A number with four to ten decimals that begins at `at`, perhaps with a degree sign and a direction behind it; where
/// it ends, and whether a direction is given.
fn decimal(text: &str, at: usize) -> Option<(f64, usize, bool)> {
    let rest = text.as_bytes().get(at..)?;
    let sign = usize::from(matches!(rest.first(), Some(b'-' | b'+')));
    let whole = rest.get(sign..)?.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let dot = sign + whole;
    if !(1..=3).contains(&whole) || rest.get(dot) != Some(&b'.') {
        return None;
    }
    let decimals = rest.get(dot + 1..)?.iter().take(18).take_while(|b| b.is_ascii_digit()).count();
    let end = dot + 1 + decimals;
    if !(4..=16).contains(&decimals)
        || rest.get(end) == Some(&b'.') && rest.get(end + 1).is_some_and(u8::is_ascii_digit)
    {
        return None;
    }
    let value: f64 = text.get(at..at + end)?.parse().ok()?;
    let tail = text.get(at + end..)?;
    let degree = if tail.starts_with('°') { '°'.len_utf8() } else { 0 };
    let tail = tail.get(degree..)?;
    let blank = usize::from(tail.starts_with(' '));
    let mut letters = tail.get(blank..)?.chars();
    match (letters.next(), letters.next()) {
        (Some(c @ ('N' | 'S' | 'E' | 'W' | 'O')), next) if !next.is_some_and(char::is_alphanumeric) => {
            let value = if matches!(c, 'S' | 'W') { -value } else { value };
            Some((value, at + end + degree + blank + 1, true))
        }
        _ => Some((value, at + end + degree, degree > 0)),
    }
}

/// What stands between the two numbers: blanks and one separator, or the name of the second one.
fn gap(text: &str, at: usize) -> Option<&str> {
    let rest = text.as_bytes().get(at..)?;
    let length = rest.iter().take(GAP_MAX + 1).take_while(|b| !b.is_ascii_digit() && !matches!(b, b'-' | b'+')).count();
    let gap = text.get(at..at + length)?;
    let letters: String = gap.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    let name =
        matches!(letters.as_str(), "" | "lon" | "lng" | "long" | "longitude" | "lonlong" | "longitud" | "gpslongitude");
    let marks = gap.chars().filter(|c| matches!(c, ',' | ';' | '/' | '|' | '\t')).count();
    let plain = gap.chars().all(|c| c.is_ascii_alphabetic() || " ,;/|\t\":='&{}_()\n".contains(c));
    let own = !letters.is_empty() || marks <= 1 && !gap.contains(['\n', ':', '=']);
    (!gap.is_empty() && length <= GAP_MAX && name && plain && own).then_some(gap)
}

fn sexagesimal_pair(text: &str, degree: usize) -> Option<(Range<usize>, String)> {
    let bytes = text.as_bytes();
    if !text.get(degree..)?.starts_with('°') {
        return None;
    }
    let mut start = degree;
    if start > 0 && bytes.get(start - 1) == Some(&b' ') {
        start -= 1;
    }
    start -= bytes.get(..start)?.iter().rev().take(3).take_while(|b| b.is_ascii_digit()).count();
    let (latitude, end) = sexagesimal(text, start, ['N', 'S', 'S'])?;
    let gap = bytes.get(end..)?.iter().take(5).take_while(|b| matches!(b, b' ' | b',' | b';' | b'/')).count();
    let (longitude, end) = sexagesimal(text, end + gap, ['E', 'W', 'O'])?;
    (latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then(|| (start..end, format!("{latitude:.5},{longitude:.5}")))
}

/// Degrees, minutes and perhaps seconds with a direction behind them; where they end.
fn sexagesimal(text: &str, at: usize, directions: [char; 3]) -> Option<(f64, usize)> {
    let mut rest = text.get(at..)?;
    let (mut value, mut unit) = (0.0, 1.0);
    for marks in [&["°"][..], &["'", "′", "’", "´"], &["\"", "″", "”", "''", "′′"]] {
        let digits = rest.bytes().take(9).take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        if digits == 0 && unit > 1.0 {
            break;
        }
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        let tail = rest.get(digits..)?;
        let tail = tail.strip_prefix(' ').unwrap_or(tail);
        let tail = marks.iter().find_map(|mark| tail.strip_prefix(mark))?;
        if unit > 1.0 && number >= 60.0 {
            return None;
        }
        value += number / unit;
        unit *= 60.0;
        rest = tail.strip_prefix(' ').unwrap_or(tail);
    }
    let direction = rest.chars().next().filter(|c| directions.contains(c))?;
    let [positive, ..] = directions;
    let east = direction == positive || direction == 'O';
    let end = text.len() - rest.len() + direction.len_utf8();
    (unit > 60.0).then_some((if east { value } else { -value }, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(text, &mut |range, value| {
            assert!(text.get(range).is_some());
            out.push(value.to_owned());
        });
        out
    }

    #[test]
    fn pairs_in_all_forms() {
        assert_eq!(all("at 52.520008, 13.404954."), ["?52.520008,13.404954"]);
        assert_eq!(all("{\"lat\": -33.8688, \"lng\": 151.2093}"), ["-33.8688,151.2093"]);
        assert_eq!(all("?lat=52.5200&lon=13.4050"), ["52.52,13.405"]);
        assert_eq!(all("52.5200° N, 13.4050° E; 33.8688 S 151.2093 E"), ["52.52,13.405", "-33.8688,151.2093"]);
        assert_eq!(
            all("52°31'12\"N 13°24'18\"E and 40° 26′ 46″ N, 79° 58′ 56″ W"),
            ["52.52000,13.40500", "40.44611,-79.98222"]
        );
    }

    #[test]
    fn out_of_range_short_and_glued_numbers_are_none() {
        for text in [
            "92.5200, 13.4050",
            "52.5200, 193.4050",
            "52.52, 13.40",
            "1.52.5200, 13.4050",
            "52.5200, price 13.4050",
            "52.5200 and 13.4050",
            "20 °C",
            "52°31'12\"E 13°24'18\"N",
            "x52.5200, 13.4050",
        ] {
            assert!(all(text).is_empty(), "{text}");
        }
        assert!(all(&"1.".repeat(100_000)).is_empty());
        assert!(all(&"°".repeat(100_000)).is_empty());
        assert!(all(&"1.5200,".repeat(10_000)).len() > 100);
    }
}
