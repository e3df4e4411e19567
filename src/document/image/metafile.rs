//! Drawings made of records: Enhanced Metafile (MS-EMF), EMF+ in its comments (MS-EMFPLUS), Windows Metafile (MS-WMF).
//! What they draw as text is text; bitmaps in them are pixels.

mod windows;

use super::Found;
use crate::blob::Budget;

/// What was read of a drawing.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// Drawn text, a line a baseline.
    pub text: String,
    /// Whether it holds pixels, or text by the numbers of glyphs: what only who sees it can read.
    pub has_bitmaps: bool,
    /// Whether the records end before the drawing does.
    pub is_damaged: bool,
}

/// Reads the drawing in `bytes`.
pub(super) fn read(bytes: &[u8], budget: &Budget, found: &mut Found) -> Drawing {
    if bytes.get(40..44) == Some(b" EMF") { enhanced(bytes, budget, found) } else { windows::read(bytes, budget) }
}

/// Joins pieces of drawn text to lines.
#[derive(Default)]
struct Lines {
    text: String,
    /// Baseline and end of the last piece, as far as they are known.
    last: Option<(i64, Option<i64>)>,
}

impl Lines {
    /// Adds a piece that starts at `x`, `y` and is as wide as its `advances` say (of each character).
    fn piece(&mut self, text: &str, x: i64, y: i64, advances: Option<i64>) {
        let clean: String = text.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        if clean.is_empty() {
            return;
        }
        if let Some((baseline, end)) = self.last {
            let count = i64::try_from(clean.chars().count()).unwrap_or(1).max(1);
            let width = advances.map_or(0, |width| width.checked_div(count).unwrap_or(0));
            if y != baseline {
                self.text.push('\n');
            } else if end.is_none_or(|end| x.saturating_sub(end).saturating_abs().saturating_mul(4) > width.max(1))
                && !self.text.ends_with(' ')
            {
                // Pieces of one word touch each other; those of a line have a blank's width between them, or more.
                self.text.push(' ');
            }
        }
        self.text.push_str(&clean);
        self.last = Some((y, advances.map(|width| x.saturating_add(width))));
    }
}

/// A record, or a part of one, with numbers of the low byte first.
#[derive(Clone, Copy)]
struct Record<'a>(&'a [u8]);

impl<'a> Record<'a> {
    fn u32(self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.0.get(at..at.checked_add(4)?)?.try_into().ok()?))
    }

    fn i32(self, at: usize) -> i64 {
        self.u32(at).map_or(0, |n| i64::from(n.cast_signed()))
    }

    fn u16(self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(self.0.get(at..at.checked_add(2)?)?.try_into().ok()?))
    }

    fn size(self, at: usize) -> Option<usize> {
        usize::try_from(self.u32(at)?).ok()
    }

    /// UTF-16 text of `units` units.
    fn wide(self, at: usize, units: usize) -> Option<String> {
        let bytes = self.0.get(at..at.checked_add(units.checked_mul(2)?)?)?;
        let units = bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
        Some(char::decode_utf16(units).filter_map(Result::ok).collect())
    }

    fn narrow(self, at: usize, length: usize) -> Option<String> {
        let bytes = self.0.get(at..at.checked_add(length)?)?;
        Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
    }
}

/// Text is numbers of glyphs, not characters (ETO_GLYPH_INDEX).
const BY_GLYPHS: u32 = 0x10;
/// Records between two looks at the clock.
const RECORDS_PER_LOOK: usize = 1 << 12;

#[allow(clippy::arithmetic_side_effects, reason = "a number of records that fit, times their size")]
fn enhanced(bytes: &[u8], budget: &Budget, found: &mut Found) -> Drawing {
    let (mut lines, mut plus) = (Lines::default(), Lines::default());
    let mut drawing = Drawing { is_damaged: true, ..Drawing::default() };
    let mut rest = bytes;
    for index in 0.. {
        if index % RECORDS_PER_LOOK == 0 && budget.time().is_err() {
            break;
        }
        let (Some(kind), Some(size)) = (Record(rest).u32(0), Record(rest).size(4)) else { break };
        if size < 8 {
            break;
        }
        let Some((record, tail)) = rest.split_at_checked(size) else { break };
        rest = tail;
        let record = Record(record);
        match kind {
            1 => describe(record, found),
            14 => {
                drawing.is_damaged = false;
                break;
            }
            70 => comment(record, &mut plus, &mut drawing),
            83 | 84 => string(record, 36, kind == 84, &mut lines, &mut drawing),
            96 | 97 => {
                let count = record.size(36).unwrap_or(0).min(size / 40);
                (0..count).for_each(|i| string(record, 40 + i * 40, kind == 97, &mut lines, &mut drawing));
            }
            108 => small(record, &mut lines, &mut drawing),
            // Transfers of bits may come without bits: then they paint an area.
            76 => drawing.has_bitmaps |= size > 100,
            77 | 114 | 116 => drawing.has_bitmaps |= size > 108,
            78 => drawing.has_bitmaps |= size > 128,
            79 => drawing.has_bitmaps |= size > 140,
            80 | 81 => drawing.has_bitmaps = true,
            _ => {}
        }
    }
    // Drawings of both kinds say everything twice.
    drawing.text = if lines.text.is_empty() { plus.text } else { lines.text };
    drawing
}

/// The header names the program and the drawing: two texts with a zero behind each.
fn describe(header: Record<'_>, found: &mut Found) {
    let (Some(units), Some(at)) = (header.size(60), header.size(64)) else { return };
    if let Some(text) = header.wide(at, units).filter(|_| at > 0) {
        text.split('\0').skip(1).for_each(|text| found.text(text));
    }
}

/// EmrText: reference point, count, offset, options, rectangle, offset of the advances.
#[allow(
    clippy::arithmetic_side_effects,
    reason = "places in a record that were checked against its length, and a few bytes behind them"
)]
fn string(record: Record<'_>, at: usize, is_wide: bool, lines: &mut Lines, drawing: &mut Drawing) {
    let (Some(count), Some(offset)) = (record.size(at + 8), record.size(at + 12)) else { return };
    if record.u32(at + 16).is_some_and(|options| options & BY_GLYPHS != 0) {
        drawing.has_bitmaps = true;
        return;
    }
    let text = if is_wide { record.wide(offset, count) } else { record.narrow(offset, count) };
    let advances = record.size(at + 36).filter(|advances| *advances > 0);
    let advances = advances.filter(|advances| advances.saturating_add(count.saturating_mul(4)) <= record.0.len());
    let width = advances.map(|from| (0..count).map(|i| record.i32(from + i * 4)).sum());
    if let Some(text) = text {
        lines.piece(&text, record.i32(at), record.i32(at + 4), width);
    }
}

/// EMR_SMALLTEXTOUT (2.3.5.37).
fn small(record: Record<'_>, lines: &mut Lines, drawing: &mut Drawing) {
    let (Some(count), Some(options)) = (record.size(16), record.u32(20)) else { return };
    if options & BY_GLYPHS != 0 {
        drawing.has_bitmaps = true;
        return;
    }
    let at = if options & 0x100 == 0 { 52 } else { 36 };
    let text = if options & 0x200 == 0 { record.wide(at, count) } else { record.narrow(at, count) };
    if let Some(text) = text {
        lines.piece(&text, record.i32(8), record.i32(12), None);
    }
}

/// A comment may hold EMF+ records.
fn comment(record: Record<'_>, lines: &mut Lines, drawing: &mut Drawing) {
    let Some(mut rest) = record.0.get(12..).and_then(|data| data.strip_prefix(b"EMF+")) else { return };
    loop {
        let record = Record(rest);
        let (Some(kind), Some(size)) = (record.u16(0), record.size(4)) else { return };
        if size < 12 {
            return;
        }
        let Some((record, tail)) = rest.split_at_checked(size) else { return };
        rest = tail;
        let data = Record(record.get(12..).unwrap_or_default());
        let float = |at: usize| data.u32(at).map_or(0, |bits| f32::from_bits(bits) as i64);
        match kind {
            // DrawString: brush, format, length, rectangle.
            0x401C => {
                if let Some(text) = data.size(8).and_then(|count| data.wide(28, count)) {
                    lines.piece(&text, float(12), float(16), None);
                }
            }
            // DrawDriverString: brush, options, matrix, count.
            0x4036 => {
                let text = data.size(12).and_then(|count| data.wide(16, count));
                match data.u32(4) {
                    Some(options) if options & 1 == 1 => {
                        if let Some(text) = text {
                            let at = data.size(12).unwrap_or(0).saturating_mul(2).saturating_add(16);
                            lines.piece(&text, float(at), float(at.saturating_add(4)), None);
                        }
                    }
                    _ => drawing.has_bitmaps = true,
                }
            }
            0x401A | 0x401B => drawing.has_bitmaps = true,
            _ => {}
        }
    }
}
