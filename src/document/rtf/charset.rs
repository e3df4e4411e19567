//! Code pages of RTF text (specification 1.9.1, "Character Set", "Font Table"): of the document and of each font.

use encoding_rs::Encoding;

use crate::blob::cp437;

/// What bytes of text mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// An encoding of the WHATWG list.
    Known(&'static Encoding),
    /// Code page 437.
    Dos437,
    /// Code page 850.
    Dos850,
    /// A font of signs; letters of the font Symbol are Greek.
    Signs {
        /// Whether the font is Symbol.
        greek: bool,
    },
}

/// The upper half of code page 850.
const UPPER_850: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■ ";

/// What the font Symbol shows for letters, from `A` and from `a`.
const GREEK_UPPER: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
const GREEK_LOWER: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";

impl Charset {
    /// Windows-1252, the default.
    pub const ANSI: Self = Self::Known(encoding_rs::WINDOWS_1252);

    /// A code page by its number.
    pub fn of_page(page: i32) -> Option<Self> {
        use encoding_rs::*;
        Some(Self::Known(match page {
            437 => return Some(Self::Dos437),
            850 | 858 => return Some(Self::Dos850),
            866 => IBM866,
            874 => WINDOWS_874,
            932 => SHIFT_JIS,
            936 => GBK,
            949 | 1361 => EUC_KR,
            950 => BIG5,
            1250 => WINDOWS_1250,
            1251 => WINDOWS_1251,
            1252 | 819 => WINDOWS_1252,
            1253 => WINDOWS_1253,
            1254 => WINDOWS_1254,
            1255 => WINDOWS_1255,
            1256 => WINDOWS_1256,
            1257 => WINDOWS_1257,
            1258 => WINDOWS_1258,
            10000 => MACINTOSH,
            10001 => SHIFT_JIS,
            10002 => BIG5,
            10003 => EUC_KR,
            10006 => WINDOWS_1253,
            10007 => X_MAC_CYRILLIC,
            10008 => GBK,
            10029 => return Some(Self::ANSI),
            20866 => KOI8_R,
            21866 => KOI8_U,
            28592 => ISO_8859_2,
            28595 => ISO_8859_5,
            28605 => ISO_8859_15,
            54936 => GB18030,
            65001 => UTF_8,
            _ => return None,
        }))
    }

    /// The code page of `\fcharsetN`; `None` where the document's own holds.
    pub fn of_font(charset: i32) -> Option<Self> {
        let page = match charset {
            0 => 1252,
            2 => return Some(Self::Signs { greek: false }),
            77 => 10000,
            78 | 128 => 932,
            79 | 129 | 130 => 949,
            80 | 134 => 936,
            81 | 136 => 950,
            83 | 177 | 181 => 1255,
            84 | 178..=180 => 1256,
            85 | 161 => 1253,
            86 | 162 => 1254,
            87 | 222 => 874,
            88 | 238 => 1250,
            89 => 10007,
            163 => 1258,
            186 => 1257,
            204 => 1251,
            254 => 437,
            255 => 850,
            _ => return None,
        };
        Self::of_page(page)
    }

    /// Whether characters may be of two bytes.
    pub fn is_wide(self) -> bool {
        matches!(self, Self::Known(encoding) if !encoding.is_single_byte() && encoding != encoding_rs::UTF_8)
    }

    /// Appends `bytes` as text; `false` if some are no characters of this code page.
    pub fn decode(self, bytes: &[u8], out: &mut String) -> bool {
        match self {
            Self::Known(encoding) => {
                let (text, failed) = encoding.decode_without_bom_handling(bytes);
                out.push_str(&text);
                return !failed;
            }
            Self::Dos437 => out.push_str(&cp437::decode(bytes)),
            Self::Dos850 => {
                let upper = |b: u8| UPPER_850.chars().nth(usize::from(b & 0x7F)).unwrap_or('\u{FFFD}');
                out.extend(bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { upper(*b) }));
            }
            Self::Signs { greek } => out.extend(bytes.iter().map(|b| sign(*b, greek))),
        }
        true
    }
}

/// What a sign stands for: signs of most such fonts are ornaments, which a bullet stands for.
#[allow(clippy::arithmetic_side_effects, reason = "asked only behind the first letter")]
pub(super) fn sign(byte: u8, greek: bool) -> char {
    let letter = |first: u8, letters: &str| letters.chars().nth(usize::from(byte - first));
    match byte {
        b'A'..=b'Z' if greek => letter(b'A', GREEK_UPPER).unwrap_or('\u{2022}'),
        b'a'..=b'z' if greek => letter(b'a', GREEK_LOWER).unwrap_or('\u{2022}'),
        b' '..=b'~' if greek => char::from(byte),
        b'\t' | b' ' => char::from(byte),
        _ => '\u{2022}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_complete() {
        assert_eq!(UPPER_850.chars().count(), 128);
        assert_eq!((GREEK_UPPER.chars().count(), GREEK_LOWER.chars().count()), (26, 26));
    }

    #[test]
    fn pages_decode() {
        let decode = |charset: Charset, bytes: &[u8]| {
            let mut out = String::new();
            let whole = charset.decode(bytes, &mut out);
            (out, whole)
        };
        assert_eq!(decode(Charset::of_font(204).unwrap(), b"\xcf\xf0"), ("Пр".to_owned(), true));
        assert_eq!(decode(Charset::of_font(128).unwrap(), b"\x93\xfa\x96\x7b"), ("日本".to_owned(), true));
        assert_eq!(decode(Charset::Dos850, b"M\x81ller"), ("Müller".to_owned(), true));
        assert_eq!(decode(Charset::Signs { greek: true }, b"a\xb7"), ("α•".to_owned(), true));
        assert!(!decode(Charset::of_page(932).unwrap(), b"\x93").1);
    }
}
