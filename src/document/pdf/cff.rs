//! Compact Font Format (Adobe technical note 5176) and Type 1 programs: the names of glyphs. Nothing is drawn.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "places that were read at, sizes of sixteen bits behind them, and numbers of 32 bits worked out in 64"
)]

use super::encoding::cff_string;
use super::sfnt::u16_at;

/// Names of the glyphs of a CFF font.
#[derive(Default)]
pub(super) struct Cff {
    /// By glyph.
    names: Vec<String>,
    /// Glyphs of codes; empty: the font uses a predefined encoding.
    codes: Vec<(u8, usize)>,
    /// Whether glyphs have CIDs in place of names.
    pub(super) is_cid: bool,
}

/// An INDEX: its items and where it ends.
struct Index<'f> {
    bytes: &'f [u8],
    count: usize,
    size: usize,
    /// Where offset 0 would be.
    data: usize,
    end: usize,
}

impl<'f> Index<'f> {
    fn read(bytes: &'f [u8], at: usize) -> Option<Self> {
        let count = usize::from(u16_at(bytes, at)?);
        if count == 0 {
            return Some(Self { bytes, count, size: 1, data: at + 1, end: at + 2 });
        }
        let size = usize::from(*bytes.get(at + 2)?);
        let data = at + 2 + (count + 1) * size;
        let mut index = Self { bytes, count, size, data, end: 0 };
        index.end = data.checked_add(index.offset(count)?)?;
        Some(index)
    }

    fn offset(&self, i: usize) -> Option<usize> {
        let at = self.data + 1 - (self.count + 1 - i) * self.size;
        let bytes = self.bytes.get(at..at + self.size).filter(|b| (1..=4).contains(&b.len()))?;
        Some(bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b)))
    }

    fn get(&self, i: usize) -> Option<&'f [u8]> {
        if i >= self.count {
            return None;
        }
        self.bytes.get(self.data.checked_add(self.offset(i)?)?..self.data.checked_add(self.offset(i + 1)?)?)
    }
}

/// What is wanted of the top dictionary.
#[derive(Default)]
struct Top {
    charset: usize,
    encoding: usize,
    char_strings: usize,
    is_cid: bool,
}

impl Top {
    fn read(bytes: &[u8]) -> Self {
        let mut top = Self::default();
        let (mut at, mut last) = (0usize, 0i64);
        while let Some(&b) = bytes.get(at) {
            at += 1;
            let byte = |i: usize| i64::from(bytes.get(i).copied().unwrap_or(0));
            match b {
                12 => {
                    top.is_cid |= bytes.get(at) == Some(&30);
                    at += 1;
                }
                0..=21 => {
                    let value = usize::try_from(last).unwrap_or(0);
                    match b {
                        15 => top.charset = value,
                        16 => top.encoding = value,
                        17 => top.char_strings = value,
                        _ => {}
                    }
                }
                28 => {
                    last = byte(at) << 8 | byte(at + 1);
                    at += 2;
                }
                29 => {
                    last = byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
                    at += 4;
                }
                30 => {
                    while bytes.get(at).is_some_and(|b| b & 0x0F != 0x0F) {
                        at += 1;
                    }
                    at += 1;
                }
                32..=246 => last = i64::from(b) - 139,
                247..=250 => {
                    last = (i64::from(b) - 247) * 256 + byte(at) + 108;
                    at += 1;
                }
                251..=254 => {
                    last = -(i64::from(b) - 251) * 256 - byte(at) - 108;
                    at += 1;
                }
                _ => {}
            }
        }
        top
    }
}

impl Cff {
    /// Reads charset and encoding. `None`: not a CFF font.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let names = Index::read(bytes, usize::from(*bytes.get(2)?))?;
        let tops = Index::read(bytes, names.end)?;
        let strings = Index::read(bytes, tops.end)?;
        let top = Top::read(tops.get(0)?);
        let count = Index::read(bytes, top.char_strings)?.count;
        let mut cff = Self { is_cid: top.is_cid, ..Self::default() };
        if cff.is_cid {
            return Some(cff);
        }
        let name = |sid: usize| match cff_string(sid) {
            Some(name) => name.to_owned(),
            None => String::from_utf8_lossy(sid.checked_sub(391).and_then(|own| strings.get(own)).unwrap_or_default())
                .into_owned(),
        };
        cff.names = charset(bytes, top.charset, count).into_iter().map(name).collect();
        if top.encoding > 1 {
            cff.codes = encoding(bytes, top.encoding).unwrap_or_default();
        }
        Some(cff)
    }

    /// The name of a glyph.
    pub(super) fn name(&self, glyph: usize) -> Option<&str> {
        self.names.get(glyph).map(String::as_str)
    }

    /// Codes and the names of their glyphs.
    pub(super) fn codes(&self) -> impl Iterator<Item = (u8, &str)> {
        self.codes.iter().filter_map(|(code, glyph)| Some((*code, self.name(*glyph)?)))
    }
}

/// String numbers of the glyphs.
fn charset(bytes: &[u8], at: usize, count: usize) -> Vec<usize> {
    if at <= 2 {
        return (0..count).collect();
    }
    let mut sids = vec![0];
    let format = bytes.get(at).copied().unwrap_or(255);
    let mut at = at.saturating_add(1);
    while sids.len() < count {
        let Some(first) = u16_at(bytes, at).map(usize::from) else { break };
        let more = match format {
            0 => Some(0),
            1 => bytes.get(at + 2).map(|n| usize::from(*n)),
            2 => u16_at(bytes, at + 2).map(usize::from),
            _ => None,
        };
        let Some(more) = more else { break };
        sids.extend((first..=first + more).take(count - sids.len()));
        at += 2 + usize::from(format);
    }
    sids
}

/// Codes and their glyphs.
fn encoding(bytes: &[u8], at: usize) -> Option<Vec<(u8, usize)>> {
    let (format, count) = (*bytes.get(at)?, usize::from(*bytes.get(at + 1)?));
    let mut codes = Vec::new();
    let mut glyph = 1;
    for i in 0..count {
        let (first, more) = match format & 0x7F {
            0 => (*bytes.get(at + 2 + i)?, 0),
            _ => (*bytes.get(at + 2 + 2 * i)?, *bytes.get(at + 3 + 2 * i)?),
        };
        for code in first..=first.saturating_add(more) {
            codes.push((code, glyph));
            glyph += 1;
        }
    }
    Some(codes)
}

/// Codes and glyph names of the encoding in the clear part of a Type 1 program (Adobe Type 1 Font Format,
/// section 2.3): `dup 65 /A put`.
pub(super) fn type1_encoding(program: &[u8]) -> Vec<(u8, String)> {
    let mut codes = Vec::new();
    let clear = memchr::memmem::find(program, b"eexec").and_then(|end| program.get(..end)).unwrap_or(program);
    let Some(start) = memchr::memmem::find(clear, b"/Encoding") else { return codes };
    let text = String::from_utf8_lossy(clear.get(start + 9..).unwrap_or_default());
    let spaced = text.replace('/', " /");
    let mut words = spaced.split_ascii_whitespace();
    while let Some(word) = words.next() {
        match word {
            "dup" => {
                let code = words.next().and_then(|n| match n.split_once('#') {
                    Some((radix, digits)) => {
                        u8::from_str_radix(digits, radix.parse().ok().filter(|r| (2..=36).contains(r))?).ok()
                    }
                    None => n.parse().ok(),
                });
                if let Some((code, name)) = code.zip(words.next().and_then(|n| n.strip_prefix('/'))) {
                    codes.push((code, name.to_owned()));
                }
            }
            "def" | "readonly" => break,
            _ => {}
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A font of two glyphs: `A` (string 34) and `own` (string 391), at codes 1 and 2.
    fn font() -> Vec<u8> {
        let mut font = vec![1, 0, 4, 1];
        font.extend([0, 1, 1, 1, 2, b'F']); // names, to 10
        font.extend([0, 1, 1, 1, 16]); // top dictionary of 15 bytes at 15
        font.extend([29, 0, 0, 0, 40, 15, 29, 0, 0, 0, 45, 16, 247 - 100 - 4 + 46, 17, 139]);
        font.extend([0, 1, 1, 1, 4, b'o', b'w', b'n']); // strings, to 38
        font.extend([0, 0]); // global subroutines, to 40
        font.extend([0, 0, 34, 1, 135]); // charset, to 45
        font.extend([0, 2, 1, 2]); // encoding, to 49
        font.push(0);
        font.extend([0, 3, 1, 1, 2, 3, 4, 14, 14, 14]); // glyph programs at 50
        font
    }

    #[test]
    fn codes_have_names() {
        let cff = Cff::read(&font()).unwrap();
        assert_eq!(cff.codes().collect::<Vec<_>>(), [(1, "A"), (2, "own")]);
        assert_eq!(cff.name(0), Some(".notdef"));
    }

    #[test]
    fn any_cut_of_a_font_is_read_without_panic() {
        let font = font();
        for end in 0..font.len() {
            let _ = Cff::read(font.get(..end).unwrap()).is_some();
        }
    }

    #[test]
    fn type1_encodings_in_decimal_and_octal() {
        let program = b"%!PS\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
            dup 65/A put dup 8#102 /B put\nreadonly def dup 67 /C put eexec";
        assert_eq!(type1_encoding(program), [(65, "A".to_owned()), (66, "B".to_owned())]);
        assert!(type1_encoding(b"/Encoding StandardEncoding def").is_empty());
    }
}
