//! Code pages of text before Word 97: by the character set of its font, else by the language of the program.

use encoding_rs::Encoding;

use super::bytes::u16_at;
use super::fib::{Fib, Table};

/// Which encoding text of each font is in.
#[derive(Debug)]
pub(super) struct Encodings {
    default: &'static Encoding,
    fonts: Vec<Option<&'static Encoding>>,
}

impl Encodings {
    pub(super) fn read(fib: &Fib, table: &[u8]) -> Self {
        let default = if fib.mac { encoding_rs::MACINTOSH } else { of_language(fib.language) };
        let mut fonts = Vec::new();
        let stored = fib.table(Table::Fonts, table);
        let mut rest = stored.get(2..usize::from(u16_at(stored, 0).unwrap_or(0)).min(stored.len())).unwrap_or_default();
        while let [length, body @ ..] = rest {
            fonts.push(body.get(3).and_then(|set| of_character_set(*set)));
            rest = body.get(usize::from(*length)..).unwrap_or_default();
        }
        Self { default, fonts }
    }

    /// The encoding of text in a font, by its number from 1.
    pub(super) fn of(&self, font: u16) -> &'static Encoding {
        let font = usize::from(font).checked_sub(1).and_then(|font| self.fonts.get(font).copied().flatten());
        font.unwrap_or(self.default)
    }
}

/// The code page of Windows in a language (its number in Windows).
fn of_language(language: u16) -> &'static Encoding {
    match (language, language & 0x3FF) {
        (0x0404 | 0x0C04 | 0x1404, _) => encoding_rs::BIG5,
        (0x0C1A | 0x1C1A, _) => encoding_rs::WINDOWS_1251,
        (_, 0x04) => encoding_rs::GBK,
        (_, 0x11) => encoding_rs::SHIFT_JIS,
        (_, 0x12) => encoding_rs::EUC_KR,
        (_, 0x01 | 0x20 | 0x29) => encoding_rs::WINDOWS_1256,
        (_, 0x02 | 0x19 | 0x22 | 0x23 | 0x2F) => encoding_rs::WINDOWS_1251,
        (_, 0x05 | 0x0E | 0x15 | 0x18 | 0x1A | 0x1B | 0x1C | 0x24) => encoding_rs::WINDOWS_1250,
        (_, 0x08) => encoding_rs::WINDOWS_1253,
        (_, 0x0D) => encoding_rs::WINDOWS_1255,
        (_, 0x1E) => encoding_rs::WINDOWS_874,
        (_, 0x1F) => encoding_rs::WINDOWS_1254,
        (_, 0x25..=0x27) => encoding_rs::WINDOWS_1257,
        (_, 0x2A) => encoding_rs::WINDOWS_1258,
        _ => encoding_rs::WINDOWS_1252,
    }
}

/// The code page that goes with a character set of a font. Western and symbols say nothing: fonts of other scripts were
/// often marked so.
fn of_character_set(set: u8) -> Option<&'static Encoding> {
    Some(match set {
        77 => encoding_rs::MACINTOSH,
        128 => encoding_rs::SHIFT_JIS,
        129 | 130 => encoding_rs::EUC_KR,
        134 => encoding_rs::GBK,
        136 => encoding_rs::BIG5,
        161 => encoding_rs::WINDOWS_1253,
        162 => encoding_rs::WINDOWS_1254,
        163 => encoding_rs::WINDOWS_1258,
        177 => encoding_rs::WINDOWS_1255,
        178..=181 => encoding_rs::WINDOWS_1256,
        186 => encoding_rs::WINDOWS_1257,
        204 => encoding_rs::WINDOWS_1251,
        222 => encoding_rs::WINDOWS_874,
        238 => encoding_rs::WINDOWS_1250,
        _ => return None,
    })
}
