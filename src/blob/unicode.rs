//! Which Unicode encoding bytes are in, by byte order mark or by the pattern of their zero bytes
//! (WHATWG Encoding, "BOM sniff"; UTF-32 and UTF-16 without a mark are ours).
#![allow(clippy::arithmetic_side_effects, reason = "counts inside a sample of some kilobytes")]

/// An encoding form of Unicode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unicode {
    /// UTF-8 with a byte order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32, low byte first.
    Utf32Le,
    /// UTF-32, high byte first.
    Utf32Be,
}

/// Bytes looked at for the pattern of zero bytes: enough for a verdict, cheap for every file.
const SAMPLE_BYTES: usize = 4 << 10;

impl Unicode {
    /// The encoding form of `bytes` and the bytes its mark takes up (0 = found without a mark).
    /// `None`: anything else, UTF-8 without a mark included.
    pub fn of(bytes: &[u8]) -> Option<(Self, usize)> {
        match bytes {
            [0xEF, 0xBB, 0xBF, ..] => Some((Self::Utf8, 3)),
            [0xFF, 0xFE, 0, 0, ..] => Some((Self::Utf32Le, 4)),
            [0, 0, 0xFE, 0xFF, ..] => Some((Self::Utf32Be, 4)),
            [0xFF, 0xFE, ..] => Some((Self::Utf16Le, 2)),
            [0xFE, 0xFF, ..] => Some((Self::Utf16Be, 2)),
            _ => Self::without_mark(bytes).map(|form| (form, 0)),
        }
    }

    /// Forms without a mark give themselves away by zero bytes: no other encoding of text has any. Some must be there
    /// (blanks and line ends have them in every script), all on one side of the pairs, and what comes out must be text.
    fn without_mark(bytes: &[u8]) -> Option<Self> {
        let head = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
        memchr::memchr(0, head)?;
        let mut zeros = [0usize; 4];
        for (i, byte) in head.iter().enumerate() {
            if let Some(count) = zeros.get_mut(i % 4).filter(|_| *byte == 0) {
                *count += 1;
            }
        }
        let quads = head.len() / 4;
        let [a, b, c, d] = zeros;
        if quads >= 2 && c >= quads && d >= quads && a == 0 && plausible(head, Self::Utf32Le) {
            return Some(Self::Utf32Le);
        }
        if quads >= 2 && a >= quads && b >= quads && d == 0 && plausible(head, Self::Utf32Be) {
            return Some(Self::Utf32Be);
        }
        let (even, odd) = (a + c, b + d);
        let form = if odd > even { Self::Utf16Le } else { Self::Utf16Be };
        let (most, least) = (even.max(odd), even.min(odd));
        let enough = most * 100 >= head.len() && least * 20 <= most;
        (head.len() >= 4 && enough && plausible(head, form)).then_some(form)
    }

    /// The scalar values of `bytes`, which carry no mark. `None` = not one (a lone surrogate, out of range, cut off).
    pub fn chars(self, bytes: &[u8]) -> Box<dyn Iterator<Item = Option<char>> + '_> {
        let pair = move |p: &[u8]| match (self, p) {
            (Self::Utf16Le, [a, b]) => Some(u16::from_le_bytes([*a, *b])),
            (Self::Utf16Be, [a, b]) => Some(u16::from_be_bytes([*a, *b])),
            _ => None,
        };
        let quad = move |p: &[u8]| match (self, p) {
            (Self::Utf32Le, [a, b, c, d]) => char::from_u32(u32::from_le_bytes([*a, *b, *c, *d])),
            (Self::Utf32Be, [a, b, c, d]) => char::from_u32(u32::from_be_bytes([*a, *b, *c, *d])),
            _ => None,
        };
        match self {
            Self::Utf8 => Box::new(bytes.utf8_chunks().flat_map(|chunk| {
                let bad = (!chunk.invalid().is_empty()).then_some(None);
                chunk.valid().chars().map(Some).chain(bad)
            })),
            Self::Utf16Le | Self::Utf16Be => {
                let units = bytes.chunks(2).filter_map(pair);
                Box::new(char::decode_utf16(units).map(Result::ok))
            }
            Self::Utf32Le | Self::Utf32Be => Box::new(bytes.chunks(4).map(quad)),
        }
    }
}

/// Whether `head` reads as text in this form: at least 19 of 20 characters are letters, digits, blanks or punctuation.
fn plausible(head: &[u8], form: Unicode) -> bool {
    let width = if matches!(form, Unicode::Utf32Le | Unicode::Utf32Be) { 4 } else { 2 };
    let whole = head.get(..head.len() / width * width).unwrap_or(head);
    let (mut good, mut all) = (0usize, 0usize);
    for c in form.chars(whole) {
        all += 1;
        good += usize::from(c.is_some_and(reads));
    }
    all > 0 && good * 20 >= all * 19
}

fn reads(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | ' '..='~' => true,
        '\0'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}' => false,
        '\u{a0}'..='\u{24f}' | '\u{2000}'..='\u{206f}' | '\u{20a0}'..='\u{20cf}' | '\u{2500}'..='\u{257f}' => true,
        '\u{3000}'..='\u{30ff}' | '\u{ff00}'..='\u{ffef}' => true,
        _ => c.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn be(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    #[test]
    fn marks_and_zero_bytes_tell_the_form() {
        assert_eq!(Unicode::of(b"\xEF\xBB\xBFhi"), Some((Unicode::Utf8, 3)));
        assert_eq!(Unicode::of(b"\xFF\xFE\0\0h\0\0\0"), Some((Unicode::Utf32Le, 4)));
        assert_eq!(Unicode::of(b"\xFF\xFEh\0"), Some((Unicode::Utf16Le, 2)));
        for text in ["Card 4111 1111", "Карта: 4111 1111 1111", "カード番号 4111\n住所は東京都です。", "בדיקה 12"]
        {
            assert_eq!(Unicode::of(&le(text)), Some((Unicode::Utf16Le, 0)), "{text}");
            assert_eq!(Unicode::of(&be(text)), Some((Unicode::Utf16Be, 0)), "{text}");
            let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
            assert_eq!(Unicode::of(&wide), Some((Unicode::Utf32Le, 0)), "{text}");
        }
    }

    #[test]
    fn other_bytes_are_not_unicode() {
        let binary: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for bytes in [b"plain".as_slice(), b"\x83J\x81[\x83h", b"", b"\0", &[0; 64], b"a\0b", &binary] {
            assert_eq!(Unicode::of(bytes), None, "{:?}", bytes.get(..8));
        }
    }
}
