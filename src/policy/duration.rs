//! Lengths of time as people write them: `500ms`, `30s`, `5m`, `2h`, `1d`, `1w`.

use std::time::Duration;

/// The length of a whole number with its unit: ms, s, m, h, d or w.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let unit_ms: u64 = match text.get(digits.len()..)? {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit_ms).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_nonsense() {
        for (text, ms) in
            [("500ms", 500), ("30s", 30_000), (" 2m", 120_000), ("1h", 3_600_000), ("0s", 0), ("1w", 604_800_000)]
        {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(ms)), "{text}");
        }
        assert_eq!(parse_duration("7d"), parse_duration("168h"));
        for wrong in ["", "5", "-1s", "+1s", "s", "1.5h", "5y", "99999999999999999999s", "18446744073709551615h", "1é"]
        {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }
}
