//! Sizes as people write them: `500`, `64k`, `10M`, `2G`.

/// Bytes of a size with an optional suffix k, M or G (powers of 1,024, either case).
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let (digits, shift) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (text.get(..at)?, 10),
        (at, 'm' | 'M') => (text.get(..at)?, 20),
        (at, 'g' | 'G') => (text.get(..at)?, 30),
        _ => (text, 0),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_and_nonsense() {
        assert_eq!(parse_size("500"), Some(500));
        assert_eq!(parse_size("64k"), Some(65536));
        assert_eq!(parse_size("2G"), Some(2 << 30));
        for bad in ["", "k", "-1", "1.5M", "10MB", "0x10", "99999999999G", "1é"] {
            assert_eq!(parse_size(bad), None, "{bad}");
        }
    }
}
