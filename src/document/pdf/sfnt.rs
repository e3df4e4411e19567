//! TrueType and OpenType programs: which character a glyph stands for, from the `cmap` and `post` tables
//! (ISO/IEC 14496-22). Nothing is drawn.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "places that were read at, and counts of sixteen bits behind them; what is larger has a limit"
)]

use super::encoding::{glyph_text, mac_glyphs};

/// Glyphs of one font: their numbers are of 16 bits.
const GLYPHS_MAX: usize = 1 << 16;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(pair.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

fn offset_at(bytes: &[u8], at: usize) -> Option<usize> {
    u32_at(bytes, at).and_then(|n| usize::try_from(n).ok())
}

/// The table of a tag.
pub(super) fn table<'f>(font: &'f [u8], tag: &[u8; 4]) -> Option<&'f [u8]> {
    let base = if font.starts_with(b"ttcf") { offset_at(font, 12)? } else { 0 };
    let count = usize::from(u16_at(font, base.checked_add(4)?)?);
    (0..count).find_map(|i| {
        let record = font.get(base + 12 + 16 * i..)?;
        if !record.starts_with(tag) {
            return None;
        }
        let (start, length) = (offset_at(record, 8)?, offset_at(record, 12)?);
        font.get(start..start.saturating_add(length).min(font.len()))
    })
}

/// A mapping from codes to glyphs.
struct Subtable<'f> {
    platform: u16,
    encoding: u16,
    bytes: &'f [u8],
}

fn subtables(font: &[u8]) -> Vec<Subtable<'_>> {
    let Some(cmap) = table(font, b"cmap") else { return Vec::new() };
    let count = usize::from(u16_at(cmap, 2).unwrap_or(0)).min(64);
    let read = |i: usize| {
        let at = 4 + 8 * i;
        let bytes = cmap.get(offset_at(cmap, at + 4)?..)?;
        Some(Subtable { platform: u16_at(cmap, at)?, encoding: u16_at(cmap, at + 2)?, bytes })
    };
    (0..count).filter_map(read).collect()
}

impl Subtable<'_> {
    /// Calls `each` with every code and its glyph.
    fn each(&self, each: &mut dyn FnMut(u32, usize)) -> Option<()> {
        let b = self.bytes;
        match u16_at(b, 0)? {
            0 => {
                for code in 0..256usize {
                    each(u32::try_from(code).ok()?, usize::from(*b.get(6 + code)?));
                }
            }
            4 => segments(b, each)?,
            6 => {
                let (first, count) = (u32::from(u16_at(b, 6)?), u16_at(b, 8)?);
                for i in 0..count {
                    each(first + u32::from(i), usize::from(u16_at(b, 10 + 2 * usize::from(i))?));
                }
            }
            10 => {
                let (first, count) = (u32_at(b, 12)?, u32_at(b, 16)?.min(0x11_0000));
                for i in 0..count {
                    let glyph = u16_at(b, 20 + 2 * usize::try_from(i).ok()?)?;
                    each(first.saturating_add(i), usize::from(glyph));
                }
            }
            format @ (12 | 13) => {
                let mut left = 0x11_0000u32;
                for group in 0..offset_at(b, 12)? {
                    let at = 16 + 12 * group;
                    let (first, last, glyph) = (u32_at(b, at)?, u32_at(b, at + 4)?, offset_at(b, at + 8)?);
                    for step in 0..=last.checked_sub(first)? {
                        left = left.checked_sub(1)?;
                        let offset = if format == 12 { usize::try_from(step).ok()? } else { 0 };
                        each(first + step, glyph.saturating_add(offset));
                    }
                }
            }
            _ => {}
        }
        Some(())
    }
}

/// Format 4: segments with deltas.
fn segments(b: &[u8], each: &mut dyn FnMut(u32, usize)) -> Option<()> {
    let count = usize::from(u16_at(b, 6)?) / 2;
    let mut left = 0x2_0000u32;
    for i in 0..count {
        let (end, start) = (u16_at(b, 14 + 2 * i)?, u16_at(b, 16 + 2 * count + 2 * i)?);
        let delta = u16_at(b, 16 + 4 * count + 2 * i)?;
        let range_at = 16 + 6 * count + 2 * i;
        let range = usize::from(u16_at(b, range_at)?);
        for code in start..=end {
            left = left.checked_sub(1)?;
            let glyph = if range == 0 {
                code.wrapping_add(delta)
            } else {
                match u16_at(b, range_at + range + 2 * usize::from(code - start)) {
                    Some(0) | None => 0,
                    Some(glyph) => glyph.wrapping_add(delta),
                }
            };
            if code != 0xFFFF {
                each(u32::from(code), usize::from(glyph));
            }
        }
    }
    Some(())
}

/// The characters of a font's glyphs.
#[derive(Default)]
pub(super) struct Glyphs {
    /// By glyph; `\0` = none.
    chars: Vec<char>,
    /// Glyph names that are longer texts are not kept: ligatures are rare in fonts without a map.
    any: bool,
}

impl Glyphs {
    /// Reads the Unicode `cmap` and the names in `post`.
    pub(super) fn read(font: &[u8]) -> Self {
        let mut glyphs = Self::default();
        for subtable in subtables(font) {
            if subtable.platform == 0 || (subtable.platform == 3 && matches!(subtable.encoding, 1 | 10)) {
                subtable.each(&mut |code, glyph| glyphs.set(glyph, char::from_u32(code)));
            }
        }
        names(font, &mut |glyph, name| {
            let text = glyph_text(name);
            glyphs.set(glyph, text.and_then(|t| t.chars().next().filter(|c| c.len_utf8() == t.len())));
        });
        glyphs
    }

    /// Keeps the first character of a glyph; a private one gives way to any other.
    fn set(&mut self, glyph: usize, c: Option<char>) {
        let Some(c) = c.filter(|c| *c != '\0' && glyph != 0 && glyph < GLYPHS_MAX) else { return };
        if self.chars.len() <= glyph {
            self.chars.resize(glyph + 1, '\0');
        }
        if let Some(slot) = self.chars.get_mut(glyph).filter(|s| **s == '\0' || is_private(**s) && !is_private(c)) {
            *slot = c;
            self.any = true;
        }
    }

    /// The character of a glyph.
    pub(super) fn get(&self, glyph: usize) -> Option<char> {
        self.chars.get(glyph).copied().filter(|c| *c != '\0')
    }

    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        !self.any
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}')
}

/// Calls `each` with every glyph that has a name.
fn names(font: &[u8], each: &mut dyn FnMut(usize, &str)) -> Option<()> {
    let post = table(font, b"post")?;
    match u32_at(post, 0)? {
        0x0001_0000 => mac_glyphs().enumerate().for_each(|(glyph, name)| each(glyph, name)),
        0x0002_0000 => {
            let standard: Vec<&str> = mac_glyphs().collect();
            let count = usize::from(u16_at(post, 32)?);
            let mut own = Vec::new();
            let mut rest = post.get(34 + 2 * count..).unwrap_or_default();
            while let Some((length, tail)) = rest.split_first() {
                let (name, tail) = tail.split_at_checked(usize::from(*length)).unwrap_or((tail, &[]));
                own.push(std::str::from_utf8(name).unwrap_or_default());
                rest = tail;
            }
            for glyph in 0..count {
                let index = usize::from(u16_at(post, 34 + 2 * glyph)?);
                let name = standard.get(index).or_else(|| own.get(index.checked_sub(258)?));
                each(glyph, name.copied().unwrap_or_default());
            }
        }
        _ => {}
    }
    Some(())
}

/// Glyphs of the codes of a symbolic simple font (ISO 32000-2 section 9.6.5.4): the (3,0) subtable, whose codes may
/// start at 0xF000, or the (1,0) one. 0 = none.
pub(super) fn symbolic_codes(font: &[u8]) -> [usize; 256] {
    let mut glyphs = [0usize; 256];
    let mut subtables = subtables(font);
    subtables.retain(|t| matches!((t.platform, t.encoding), (3, 0) | (1, 0)));
    subtables.sort_by_key(|t| t.platform != 3);
    for subtable in subtables {
        subtable.each(&mut |code, glyph| {
            let low = match code {
                0..=0xFF => code,
                0xF000..=0xF2FF if subtable.platform == 3 => code & 0xFF,
                _ => return,
            };
            if let Some(slot) = usize::try_from(low).ok().and_then(|i| glyphs.get_mut(i)).filter(|s| **s == 0) {
                *slot = glyph;
            }
        });
    }
    glyphs
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A font with a (3,0) and a (3,1) subtable of format 4 and 6, for glyphs 1 and 2.
    pub(in super::super) fn font() -> Vec<u8> {
        let be = |values: &[u16]| values.iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<u8>>();
        let mut cmap = be(&[0, 2, 3, 0, 0, 20, 3, 1, 0, 34]);
        cmap.extend(be(&[6, 14, 0, 0xF041, 2, 1, 2]));
        // Segments: 0x58–0x59 with delta, and the closing one.
        cmap.extend(be(&[4, 32, 0, 4, 0, 0, 0, 0x59, 0xFFFF, 0, 0x58, 0xFFFF, 0u16.wrapping_sub(0x57), 1, 0, 0]));
        let mut font = be(&[0, 1, 1, 0, 0, 0]);
        font.extend_from_slice(b"cmap\0\0\0\0");
        font.extend(28u32.to_be_bytes());
        font.extend(u32::try_from(cmap.len()).unwrap().to_be_bytes());
        font.extend(cmap);
        font
    }

    #[test]
    fn codes_go_to_glyphs_and_glyphs_to_characters() {
        let font = font();
        let codes = symbolic_codes(&font);
        assert_eq!((codes[0x41], codes[0x42], codes[0x43]), (1, 2, 0));
        let glyphs = Glyphs::read(&font);
        assert_eq!((glyphs.get(1), glyphs.get(2), glyphs.get(3)), (Some('X'), Some('Y'), None));
    }

    #[test]
    fn any_cut_of_a_font_is_read_without_panic() {
        let font = font();
        for end in 0..font.len() {
            let cut = font.get(..end).unwrap();
            let _ = (symbolic_codes(cut), Glyphs::read(cut).is_empty());
        }
    }
}
