//! Characters: the encodings of ISO 32000-2 annex D, glyph names through the Adobe Glyph List, and text strings
//! (section 7.9.2.2).
//!
//! The tables are data beside this file: `glyphs.txt` is the Adobe Glyph List 2.0, `encodings.txt` has the
//! characters of codes 0x20–0xFF, `widths.txt` the widths of the standard fonts for WinAnsi codes, `cff-strings.txt`
//! and `mac-glyphs.txt` are the standard strings of CFF (Adobe technical note 5176) and of the TrueType `post` table.
//! `LICENSE-data` has Adobe's notices.
#![allow(clippy::arithmetic_side_effects, reason = "positions in one name or in the list of names")]

use std::borrow::Cow;

/// A predefined encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Standard,
    WinAnsi,
    MacRoman,
    PdfDoc,
    Symbol,
}

const TABLES: &str = include_str!("encodings.txt");
const GLYPHS: &str = include_str!("glyphs.txt");
const WIDTHS: &str = include_str!("widths.txt");
const CFF_STRINGS: &str = include_str!("cff-strings.txt");
const MAC_GLYPHS: &str = include_str!("mac-glyphs.txt");

/// Accents at 0x18–0x1F of PDFDocEncoding.
const PDF_DOC_LOW: &str = "˘ˇˆ˙˝˛˚˜";

impl Base {
    /// The encoding a name stands for.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"StandardEncoding" => Some(Self::Standard),
            b"WinAnsiEncoding" => Some(Self::WinAnsi),
            b"MacRomanEncoding" => Some(Self::MacRoman),
            b"PDFDocEncoding" => Some(Self::PdfDoc),
            _ => None,
        }
    }

    /// The characters of all 256 codes, `\0` where there is none.
    pub(super) fn table(self) -> [char; 256] {
        let (line, name) = match self {
            Self::Standard => (0, "standard "),
            Self::WinAnsi => (1, "win-ansi "),
            Self::MacRoman => (2, "mac-roman "),
            Self::PdfDoc => (3, "pdf-doc "),
            Self::Symbol => (4, "symbol "),
        };
        let mut table = ['\0'; 256];
        let chars = TABLES.lines().nth(line).and_then(|l| l.strip_prefix(name)).unwrap_or_default();
        for (slot, c) in table.iter_mut().skip(0x20).zip(chars.chars()) {
            *slot = if c == '\u{FFFD}' { '\0' } else { c };
        }
        if self == Self::PdfDoc {
            for (slot, c) in table.iter_mut().skip(0x18).zip(PDF_DOC_LOW.chars()) {
                *slot = c;
            }
            for (slot, c) in table.iter_mut().zip('\0'..).skip(9).take(5) {
                *slot = c;
            }
        }
        table
    }
}

/// The text of a glyph name: Adobe Glyph List, `uniXXXX`, `uXXXXX`, parts joined by `_`, all without what follows a
/// dot.
pub(super) fn glyph_text(name: &str) -> Option<Cow<'static, str>> {
    let name = name.split('.').next().filter(|n| !n.is_empty())?;
    if let Some(c) = glyph_char(name) {
        return Some(c);
    }
    if !name.contains('_') {
        return None;
    }
    let parts: Option<String> = name.split('_').map(glyph_char).collect();
    parts.map(Cow::Owned)
}

fn glyph_char(name: &str) -> Option<Cow<'static, str>> {
    if let Some(codes) = listed(name) {
        return text_of_codes(codes.split(' '));
    }
    let hex = |digits: &str| digits.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(digits) = name.strip_prefix("uni")
        && digits.len() >= 4
        && digits.len().is_multiple_of(4)
        && hex(digits)
    {
        return text_of_codes((0..digits.len() / 4).filter_map(|i| digits.get(4 * i..4 * i + 4)));
    }
    let digits = name.strip_prefix('u').filter(|d| (4..=6).contains(&d.len()) && hex(d))?;
    text_of_codes(std::iter::once(digits))
}

fn text_of_codes<'c>(codes: impl Iterator<Item = &'c str>) -> Option<Cow<'static, str>> {
    let text: Option<String> = codes.map(|c| u32::from_str_radix(c, 16).ok().and_then(char::from_u32)).collect();
    text.filter(|t| !t.is_empty()).map(Cow::Owned)
}

/// Looks a name up in the Adobe Glyph List: a binary search over its lines, which are sorted.
fn listed(name: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, GLYPHS.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = GLYPHS.as_bytes().get(..middle).and_then(|b| memchr::memrchr(b'\n', b)).map_or(0, |i| i + 1);
        let line = GLYPHS.get(start..)?.split('\n').next()?;
        let (key, value) = line.split_once(' ')?;
        match key.cmp(name) {
            std::cmp::Ordering::Equal => return Some(value),
            std::cmp::Ordering::Less => low = start + line.len() + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

/// The standard string of a CFF string number.
pub(super) fn cff_string(sid: usize) -> Option<&'static str> {
    CFF_STRINGS.split_ascii_whitespace().nth(sid)
}

/// The standard glyph names of the TrueType `post` table, in order.
pub(super) fn mac_glyphs() -> impl Iterator<Item = &'static str> {
    MAC_GLYPHS.split_ascii_whitespace()
}

/// Widths of a standard font (or one that looks like it by its name) for WinAnsi codes, in thousandths.
pub(super) fn standard_widths(font: &[u8]) -> [f32; 256] {
    let name = String::from_utf8_lossy(font).to_ascii_lowercase();
    let has = |any: &[&str]| any.iter().any(|part| name.contains(part));
    if has(&["courier", "mono", "consol", "typewriter"]) {
        return [600.0; 256];
    }
    let bold = has(&["bold", "black", "heavy"]);
    let line = match (has(&["times", "serif", "roman", "georgia", "garamond"]) && !name.contains("sans"), bold) {
        (false, false) => 0,
        (false, true) => 1,
        (true, false) => 2,
        (true, true) => 3,
    };
    let mut widths = [0.0; 256];
    let values = WIDTHS.lines().nth(line).unwrap_or_default().split(' ').skip(1);
    for (slot, value) in widths.iter_mut().skip(0x20).zip(values) {
        *slot = value.parse().unwrap_or(500.0);
    }
    widths
}

/// Decodes a text string: UTF-16 or UTF-8 with its mark, otherwise PDFDocEncoding. Language escapes are dropped.
pub(super) fn text_string(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ if bytes.is_ascii() => String::from_utf8_lossy(bytes).into_owned(),
        // Not in the standard, but written by many: UTF-8 without a mark. PDFDocEncoding rarely looks like it.
        _ => std::str::from_utf8(bytes).map_or_else(|_| pdf_doc(bytes), str::to_owned),
    };
    let text = strip_language(text);
    if text.contains(['\0', '\r']) { text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "") } else { text }
}

fn pdf_doc(bytes: &[u8]) -> String {
    let table = Base::PdfDoc.table();
    let chars = bytes.iter().filter_map(|b| table.get(usize::from(*b)).copied());
    chars.filter(|c| *c != '\0').collect()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|p| unit([p.first().copied().unwrap_or(0), p.get(1).copied().unwrap_or(0)]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}

/// Drops `ESC language ESC` (section 7.9.2.2).
fn strip_language(text: String) -> String {
    if !text.contains('\u{1B}') {
        return text;
    }
    text.split('\u{1B}').step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyph_names_of_every_form() {
        let text = |name| glyph_text(name).map(Cow::into_owned);
        let named =
            [("A", "A"), ("zukatakana", "ズ"), ("a.sc", "a"), ("uni20AC", "€"), ("u1F600", "😀"), ("f_i", "fi")];
        for (name, expected) in named {
            assert_eq!(text(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(text("uni00410042").as_deref(), Some("AB"));
        assert_eq!(text("dalethatafpatah").as_deref(), Some("\u{5D3}\u{5B2}"));
        for name in [".notdef", "g12", "", "uniXYZ", "nosuchglyph", "_", "Aacutee"] {
            assert_eq!(text(name), None, "{name}");
        }
    }

    #[test]
    fn every_listed_glyph_is_found() {
        assert!(GLYPHS.lines().all(|l| l.split_once(' ').is_some_and(|(name, codes)| listed(name) == Some(codes))));
    }

    #[test]
    fn tables_have_their_characters() {
        assert_eq!(Base::WinAnsi.table().get(0x80).copied().unwrap(), '€');
        assert_eq!(Base::Standard.table().get(0x27).copied().unwrap(), '’');
        assert_eq!(Base::MacRoman.table().get(0x80).copied().unwrap(), 'Ä');
        assert_eq!(Base::Symbol.table().get(0x61).copied().unwrap(), 'α');
        assert_eq!(
            (Base::PdfDoc.table().get(0xA0).copied().unwrap(), Base::PdfDoc.table().get(0x1F).copied().unwrap()),
            ('€', '˜')
        );
        assert_eq!(cff_string(390), Some("Semibold"));
        assert_eq!(mac_glyphs().count(), 258);
        assert!((standard_widths(b"ABCDEF+Helvetica").get(0x41).copied().unwrap() - 667.0).abs() < 0.1);
    }

    #[test]
    fn text_strings_in_three_encodings() {
        assert_eq!(text_string(b"\xFE\xFF\0S\0S\0N"), "SSN");
        assert_eq!(text_string(b"\xEF\xBB\xBFna\xC3\xAFve"), "naïve");
        assert_eq!(text_string(b"na\xEFve \x8C"), "naïve —".replace('—', "„"));
        assert_eq!(text_string(b"\xFE\xFF\0\x1B\0e\0n\0\x1B\0A"), "A");
    }
}
