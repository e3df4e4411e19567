//! Property sets (MS-ONESTORE 2.6.7 to 2.6.9): a count, identifiers with types, then the values in the same order.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "places that were checked against the file, and a limited number of properties of at most eight bytes"
)]

use std::ops::Range;

use crate::blob::le::u32_at;
use crate::blob::{Budget, Reason};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Text of a page.
    Body,
    /// Titles, names, links, alternative texts.
    Aside,
}

/// Identifiers of properties that hold text (MS-ONE 2.1.12), whether it is UTF-16, what it is.
const TEXTS: &[(u32, bool, Role)] = &[
    (0x1C00_1C22, true, Role::Body),  // RichEditTextUnicode
    (0x1C00_3498, false, Role::Body), // TextExtendedAscii
    (0x1C00_1CF3, true, Role::Aside), // CachedTitleString
    (0x1C00_1D3C, true, Role::Aside), // CachedTitleStringFromPage
    (0x1C00_1D75, true, Role::Aside), // Author
    (0x1C00_1D9C, true, Role::Aside), // EmbeddedFileName
    (0x1C00_1D9D, true, Role::Aside), // SourceFilepath
    (0x1C00_1DD7, true, Role::Aside), // ImageFilename
    (0x1C00_1E20, true, Role::Aside), // WzHyperlinkUrl
    (0x1C00_1E58, true, Role::Aside), // ImageAltText
    (0x1C00_3468, true, Role::Aside), // NoteTagLabel
    (0x1C00_349B, true, Role::Aside), // SectionDisplayName
];

/// Properties of one set that are believed: honest sets have a few dozen.
const PROPERTIES_MAX: usize = 96;
/// Sets inside sets.
const DEPTH_MAX: u32 = 6;
/// Sets in one array.
const SETS_MAX: usize = 1 << 12;
/// Marks between two looks at the clock.
const MARKS_PER_LOOK: usize = 256;

/// Steps for each byte of the file that looking for sets may take; honest files need a fraction of one.
const STEPS_PER_BYTE: usize = 8;

/// Shows every text in `bytes` outside of `files`.
///
/// # Errors
/// The limit that stopped it; [`Reason::Corrupt`] for a file that leads its readers astray.
pub(super) fn read(
    bytes: &[u8],
    files: &[Range<usize>],
    budget: &Budget,
    show: &mut dyn FnMut(Role, String),
) -> Result<(), Reason> {
    let mut sets =
        Sets { bytes, steps: bytes.len().saturating_mul(STEPS_PER_BYTE).saturating_add(1 << 16), texts: vec![] };
    // All identifiers of types with a length end in 0x1C; the sets that are read do not overlap.
    let mut done = 0;
    for (count, end) in memchr::memchr_iter(0x1C, bytes).enumerate() {
        if count % MARKS_PER_LOOK == 0 {
            budget.time()?;
        }
        let Some(at) = end.checked_sub(3).filter(|at| *at >= done) else { continue };
        let is_text = u32_at(bytes, at).is_some_and(|id| TEXTS.iter().any(|(text, _, _)| *text == id));
        let next = files.partition_point(|file| file.end <= at);
        if !is_text || files.get(next).is_some_and(|file| file.contains(&at)) {
            continue;
        }
        for before in 0..PROPERTIES_MAX {
            let Some(start) = at.checked_sub(before * 4 + 2).filter(|start| *start >= done) else { break };
            // An identifier in front of this one must be one; else there is no further set.
            if before > 0 && !u32_at(bytes, start + 2).is_some_and(is_identifier) {
                break;
            }
            sets.texts.clear();
            let behind = sets.read(start, 0, before + 1);
            if sets.steps == 0 {
                return Err(Reason::Corrupt);
            }
            if let Some(behind) = behind {
                for (role, is_wide, range) in sets.texts.drain(..) {
                    show(role, text(bytes.get(range).unwrap_or_default(), is_wide));
                }
                done = behind;
                break;
            }
        }
    }
    Ok(())
}

/// Whether a number can be the identifier of a property: its type is known.
fn is_identifier(id: u32) -> bool {
    matches!(id >> 26 & 0x1F, 1..=0x0D | 0x10 | 0x11) && id & 0x03FF_FFFF < 0x0001_0000 && id & 0x03FF_FFFF != 0
}

/// Reads sets; what they hold is only believed once the whole of one could be followed.
struct Sets<'a> {
    bytes: &'a [u8],
    /// Steps that are left.
    steps: usize,
    texts: Vec<(Role, bool, Range<usize>)>,
}

impl Sets<'_> {
    /// Reads the set at `start`, which has at least `least` properties; gives the offset behind it.
    fn read(&mut self, start: usize, depth: u32, least: usize) -> Option<usize> {
        let count = usize::from(u16::from_le_bytes(self.bytes.get(start..start + 2)?.try_into().ok()?));
        if count < least || count > PROPERTIES_MAX || depth > DEPTH_MAX {
            return None;
        }
        self.steps = self.steps.saturating_sub(count + 1);
        if self.steps == 0 {
            return None;
        }
        let ids = start + 2;
        let mut at = ids + count * 4;
        for index in 0..count {
            let id = u32_at(self.bytes, ids + index * 4).filter(|id| is_identifier(*id))?;
            match id >> 26 & 0x1F {
                3 => at += 1,
                4 => at += 2,
                5 | 9 | 0x0B | 0x0D => at += 4,
                6 => at += 8,
                7 => {
                    let length = usize::try_from(u32_at(self.bytes, at)?).ok()?;
                    let value = at + 4..(at + 4).checked_add(length).filter(|end| *end <= self.bytes.len())?;
                    at = value.end;
                    if let Some((_, is_wide, role)) = TEXTS.iter().find(|(text, _, _)| *text == id) {
                        if *is_wide && !length.is_multiple_of(2) {
                            return None;
                        }
                        self.texts.push((*role, *is_wide, value));
                    }
                }
                0x10 => {
                    let sets = usize::try_from(u32_at(self.bytes, at)?).ok().filter(|sets| *sets <= SETS_MAX)?;
                    at += if sets == 0 { 4 } else { 8 };
                    for _ in 0..sets {
                        at = self.read(at, depth + 1, 0)?;
                    }
                }
                0x11 => at = self.read(at, depth + 1, 0)?,
                _ => {}
            }
            if at > self.bytes.len() {
                return None;
            }
        }
        Some(at)
    }
}

/// A text up to its zero.
fn text(value: &[u8], is_wide: bool) -> String {
    if !is_wide {
        let value = value.split(|b| *b == 0).next().unwrap_or_default();
        return encoding_rs::WINDOWS_1252.decode_without_bom_handling(value).0.into_owned();
    }
    let units = value.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('\u{FFFD}')).collect()
}
