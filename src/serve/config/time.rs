//! Lengths of time as people write them.

use std::time::Duration;

/// Reads `500ms`, `30s`, `2m`, `1h`; zero is none.
#[must_use]
pub fn parse_time(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok().filter(|number| *number > 0)?;
    let unit_ms = match text.get(digits.len()..)? {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(unit_ms).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, ms) in [("500ms", 500), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000)] {
            assert_eq!(parse_time(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for wrong in ["", "5", "0s", "-1s", "s", "5d", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
    }
}
