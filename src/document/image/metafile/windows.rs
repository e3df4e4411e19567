//! Windows Metafile (MS-WMF): records of words, text in the code page of the font that was chosen.
#![allow(clippy::arithmetic_side_effects, reason = "lengths of sixteen bits behind a few bytes")]

use super::{Drawing, Lines, RECORDS_PER_LOOK, Record};
use crate::blob::Budget;
use crate::document::rtf::Charset;

/// Objects of one drawing that are told apart: their numbers are 16 bits.
const OBJECTS_MAX: usize = 1 << 16;

pub(super) fn read(bytes: &[u8], budget: &Budget) -> Drawing {
    let mut lines = Lines::default();
    let mut drawing = Drawing { is_damaged: true, ..Drawing::default() };
    let start = if bytes.starts_with(b"\xD7\xCD\xC6\x9A") { 22 + 18 } else { 18 };
    let mut rest = bytes.get(start..).unwrap_or_default();
    let mut objects: Vec<Option<Charset>> = Vec::new();
    let mut charset = Charset::ANSI;
    for index in 0.. {
        if index % RECORDS_PER_LOOK == 0 && budget.time().is_err() {
            break;
        }
        let (Some(words), Some(function)) = (Record(rest).size(0), Record(rest).u16(4)) else { break };
        let size = words.saturating_mul(2);
        if size < 6 {
            break;
        }
        let Some((record, tail)) = rest.split_at_checked(size) else { break };
        rest = tail;
        let data = Record(record.get(6..).unwrap_or_default());
        match function {
            0 => {
                drawing.is_damaged = false;
                break;
            }
            // Fonts, and everything else that takes up a number.
            0x02FB => {
                let page = data.0.get(13).and_then(|charset| Charset::of_font(i32::from(*charset)));
                add(page.unwrap_or(Charset::ANSI), &mut objects);
            }
            0x02FA | 0x02FC | 0x00F7 | 0x01F9 | 0x0142 | 0x06FF => add(charset, &mut objects),
            0x012D => {
                let chosen = data.u16(0).and_then(|number| *objects.get(usize::from(number))?);
                charset = chosen.unwrap_or(charset);
            }
            0x01F0 => {
                if let Some(object) = data.u16(0).and_then(|number| objects.get_mut(usize::from(number))) {
                    *object = None;
                }
            }
            // TextOut: length, text, y, x.
            0x0521 => {
                let length = usize::from(data.u16(0).unwrap_or(0));
                let after = 2 + length + (length & 1);
                text(data, 2, length, (signed(data, after + 2), signed(data, after)), None, charset, &mut lines);
            }
            // ExtTextOut: y, x, length, options, a rectangle if they say so, text, advances.
            0x0A32 => {
                let (length, options) = (usize::from(data.u16(4).unwrap_or(0)), data.u16(6).unwrap_or(0));
                if options & 0x10 != 0 {
                    drawing.has_bitmaps = true;
                    continue;
                }
                let at = if options & 6 == 0 { 8 } else { 16 };
                let advances = at + length + (length & 1);
                let width = data.0.get(advances..advances + length * 2).map(|bytes| {
                    let advances =
                        bytes.chunks_exact(2).filter_map(|pair| Some(i16::from_le_bytes(pair.try_into().ok()?)));
                    advances.map(i64::from).sum()
                });
                text(data, at, length, (signed(data, 2), signed(data, 0)), width, charset, &mut lines);
            }
            0x0940 | 0x0B41 | 0x0F43 | 0x0922 | 0x0B23 | 0x0D33 => drawing.has_bitmaps |= size > 48,
            _ => {}
        }
    }
    drawing.text = lines.text;
    drawing
}

/// An object takes the lowest number that is free.
fn add(charset: Charset, objects: &mut Vec<Option<Charset>>) {
    // Numbers become free only one by one; a look through many of them for each new one would take too long.
    const LOOK: usize = 256;
    if let Some(free) = objects.iter_mut().take(LOOK).find(|object| object.is_none()) {
        *free = Some(charset);
    } else if objects.len() < OBJECTS_MAX {
        objects.push(Some(charset));
    }
}

fn signed(data: Record<'_>, at: usize) -> i64 {
    data.u16(at).map_or(0, |n| i64::from(n.cast_signed()))
}

fn text(
    data: Record<'_>,
    at: usize,
    length: usize,
    place: (i64, i64),
    width: Option<i64>,
    charset: Charset,
    lines: &mut Lines,
) {
    let Some(bytes) = data.0.get(at..at + length) else { return };
    let mut text = String::new();
    charset.decode(bytes, &mut text);
    lines.piece(&text, place.0, place.1, width);
}
