//! Visio drawings of the binary format, versions 5 to 2003. No specification was ever published; what is known of it
//! is known from the documentation of free readers (Apache POI's HDGF, libvisio).
//!
//! A trailer stream holds pointers to streams: of pointers, of chunks, of strings, each packed by itself or not. Texts
//! of shapes are chunks; names, values of shape data, hyperlinks and comments stand in chunks among cells and formulas,
//! and are taken from there by their form.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "pointers that fit in the bytes, a depth that is held against a limit, and chunks that take up bytes"
)]

mod chunk;
mod lzss;
mod strings;

use std::collections::HashSet;

use super::{Area, Document, Embedded, Options, Unit, ole};
use crate::blob::le::{u16_at, u32_at};
use crate::blob::{Aspect, Budget, Coverage, Gap, Reason};
use crate::container::cfb;
use chunk::Chunks;

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Comments, Aspect::Metadata, Aspect::Embedded, Aspect::Labels],
    gap: &[],
    source: "none published; as known from Apache POI and libvisio",
};

/// The stream that everything is in.
const MAIN: &str = "VisioDocument";
/// Pointers inside pointers. Real drawings reach five.
const DEPTH_MAX: u32 = 32;
/// Pointers of one drawing that are followed. The largest drawings have some ten thousands.
const POINTERS_MAX: usize = 1 << 20;

/// How often a byte of the file may be part of a stream.
const SHARES: usize = 4;

/// Kinds of streams and chunks.
mod kind {
    pub const TEXT: u32 = 0x0E;
    pub const PROMPT: u32 = 0x0A;
    pub const OLE_LIST: u32 = 0x0D;
    pub const TRAILER: u32 = 0x14;
    pub const PAGE: u32 = 0x15;
    pub const FONTS: u32 = 0x18;
    pub const STENCILS: u32 = 0x1D;
    pub const STENCIL_PAGE: u32 = 0x1E;
    pub const STYLES: u32 = 0x1A;
    pub const OLE_DATA: u32 = 0x1F;
    pub const FOREIGN: u32 = 0x4E;
    pub const COMMENT: u32 = 0xC6;
    /// Prompts, Data1 to Data3, names, data of solutions: strings as such.
    pub const WORDS: &[u32] = &[PROMPT, 0x10, 0x11, 0x12, 0x2D, 0x32, 0x33, 0xD1];
    /// Misc. (comments, copyright), layers, controls, user cells, shape data, document properties, hyperlinks,
    /// reviewers, comments, smart tags: strings among cells.
    pub const CELLS: &[u32] = &[0xA3, 0xA8, 0xAA, 0xB4, 0xB6, 0xBC, 0xC4, 0xC5, 0xC6, 0xC7];
}

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let Some(mut file) = cfb::File::open(bytes) else {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "tables of the compound file are damaged"));
        if options.text {
            out.text = super::carve(bytes);
        }
        return;
    };
    out.gaps.extend(file.damage());
    if options.text {
        let mut stream = Vec::new();
        if let Err(reason) = file.read(MAIN, budget, &mut stream) {
            out.gaps.push(Gap::new(reason, MAIN, ""));
        }
        drawing(&stream, budget, out);
    }
    ole::properties(&mut file, options.text, budget, out);
    if options.text {
        ole::rest(&mut file, &|path| path == MAIN || path == "VisioInformation", budget, out);
    }
}

fn drawing(stream: &[u8], budget: &mut Budget, out: &mut Document<'_>) {
    let version = u32::from(stream.get(26).copied().unwrap_or(0));
    let mut drawing = Drawing {
        stream,
        version,
        budget,
        out,
        texts: Vec::new(),
        words: HashSet::new(),
        followed: HashSet::new(),
        chunks: 0,
        left: stream.len().saturating_mul(SHARES),
        page: 0,
        fault: None,
    };
    match pointer(stream, 36, version) {
        Some(trailer) => drawing.follow(&Pointer { kind: kind::TRAILER, ..trailer }, Place::default(), 0),
        None => drawing.fault = Some(Reason::Corrupt),
    }
    let (chunks, texts, fault) = (drawing.chunks, std::mem::take(&mut drawing.texts), drawing.fault);
    strings::tell(&texts, version, out);
    if chunks == 0 {
        // Nothing leads anywhere: everything printable is better than nothing.
        let carved = super::carve(stream);
        carved.as_str().lines().for_each(|line| out.text.aside(Area::Body, line));
    }
    if let Some(reason) = fault.or((chunks == 0).then_some(Reason::Corrupt)) {
        out.gaps.push(Gap::new(reason, MAIN, "read in part"));
    }
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    unit: Unit,
    /// On a master: shown only where it is used.
    master: bool,
}

/// A text that was found, as bytes: which characters they mean is told by all of them together.
#[derive(Debug)]
struct Found {
    place: Place,
    area: Area,
    bytes: Vec<u8>,
    wide: bool,
}

struct Drawing<'r, 'd> {
    stream: &'r [u8],
    version: u32,
    budget: &'r mut Budget,
    out: &'r mut Document<'d>,
    texts: Vec<Found>,
    /// Names and values that were told: masters repeat them many times.
    words: HashSet<Vec<u8>>,
    /// Streams that were read, by where they start: pointers may run in circles.
    followed: HashSet<(u32, bool)>,
    chunks: usize,
    /// Bytes of streams that may still be read: streams of honest drawings do not lie over each other.
    left: usize,
    page: u32,
    fault: Option<Reason>,
}

/// A pointer to a stream.
#[derive(Clone, Copy, Debug)]
struct Pointer {
    kind: u32,
    format: u32,
    offset: u32,
    length: u32,
}

/// Whether streams and chunks of this kind hold strings.
fn holds_words(kind: u32) -> bool {
    kind::WORDS.contains(&kind) || kind::CELLS.contains(&kind)
}

/// The pointer at an offset.
fn pointer(bytes: &[u8], at: usize, version: u32) -> Option<Pointer> {
    Some(if version < 6 {
        let kind = u32::from(u16_at(bytes, at)? & 0xFF);
        let format = u32::from(u16_at(bytes, at + 2)? & 0xFF);
        Pointer { kind, format, offset: u32_at(bytes, at + 8)?, length: u32_at(bytes, at + 12)? }
    } else {
        let format = u32::from(u16_at(bytes, at + 16)?);
        Pointer { kind: u32_at(bytes, at)?, format, offset: u32_at(bytes, at + 8)?, length: u32_at(bytes, at + 12)? }
    })
}

impl Drawing<'_, '_> {
    /// Reads the stream that a pointer leads to, and whatever that leads to.
    fn follow(&mut self, pointer: &Pointer, place: Place, depth: u32) {
        let packed = pointer.format & 2 != 0;
        let known = self.followed.len() >= POINTERS_MAX || depth > DEPTH_MAX;
        if pointer.length == 0 || known || self.fault == Some(Reason::Timeout) {
            self.fault = self.fault.or((known && pointer.length > 0).then_some(Reason::Corrupt));
            return;
        }
        if !self.followed.insert((pointer.offset, packed)) {
            return;
        }
        let start = usize::try_from(pointer.offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(pointer.length).unwrap_or(usize::MAX));
        let Some(raw) = self.stream.get(start..end.min(self.stream.len())).filter(|raw| !raw.is_empty()) else {
            self.fault = self.fault.or(Some(Reason::Corrupt));
            return;
        };
        match (self.left.checked_sub(raw.len()), self.budget.time()) {
            (Some(left), Ok(())) => self.left = left,
            (_, Err(reason)) => return self.fault = Some(reason),
            (None, Ok(())) => return self.fault = self.fault.or(Some(Reason::Corrupt)),
        }
        let unpacked;
        let bytes = if packed {
            unpacked = lzss::unpack(raw);
            if let Err(reason) = self.budget.unpack(unpacked.len() as u64).and_then(|()| self.budget.time()) {
                self.fault = Some(reason);
                return;
            }
            &unpacked
        } else {
            raw
        };
        let place = self.enter(pointer.kind, place);
        match pointer.format >> 4 {
            0xC | 0xD | 0x8 => self.read_chunks(bytes, place),
            _ if pointer.kind == kind::TRAILER => self.pointers(bytes, pointer.kind, packed, place, depth),
            0x5 => self.pointers(bytes, pointer.kind, packed, place, depth),
            0x4 | 0x0 if holds_words(pointer.kind) => self.words(pointer.kind, bytes, place),
            _ => {}
        }
    }

    /// Where the texts behind a pointer of some kind stand.
    fn enter(&mut self, kind: u32, place: Place) -> Place {
        match kind {
            kind::PAGE if !place.master => {
                self.page = self.page.saturating_add(1);
                Place { unit: Unit::Page(self.page), ..place }
            }
            kind::STENCILS | kind::STENCIL_PAGE => Place { master: true, ..place },
            _ => place,
        }
    }

    /// A stream of pointers: how many there are stands where the version and the kind of the stream say.
    fn pointers(&mut self, bytes: &[u8], kind: u32, packed: bool, place: Place, depth: u32) {
        let shift = if packed { 4 } else { 0 };
        let (first, count, size) = if self.version < 6 {
            let at = shift
                + match kind {
                    kind::TRAILER => 0x82,
                    kind::PAGE => 0x42,
                    kind::FONTS => 0x2E,
                    kind::STYLES => 0x12,
                    kind::STENCILS | kind::FOREIGN => 0x1E,
                    kind::STENCIL_PAGE => 0x36,
                    kind if kind > 0x45 => 0x1E,
                    _ => 0xA,
                };
            (at + 2, u16_at(bytes, at).map(u32::from), 16)
        } else {
            let list = u32_at(bytes, shift).and_then(|offset| usize::try_from(offset).ok());
            let at = list.map_or(usize::MAX, |offset| offset.saturating_add(shift).saturating_sub(4));
            (at.saturating_add(12), u32_at(bytes, at.saturating_add(4)), 18)
        };
        let room = bytes.len().saturating_sub(first) / size;
        let count = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        if count > room {
            self.fault = self.fault.or(Some(Reason::Corrupt));
        }
        for index in 0..count.min(room) {
            if let Some(pointer) = pointer(bytes, first + index * size, self.version) {
                self.follow(&pointer, place, depth + 1);
            }
        }
    }

    fn read_chunks(&mut self, bytes: &[u8], place: Place) {
        let mut object: Vec<u8> = Vec::new();
        let mut chunks = Chunks::new(bytes, self.version);
        for (kind, data) in chunks.by_ref() {
            self.chunks += 1;
            match kind {
                kind::TEXT => {
                    // Eight bytes stand in front of the text.
                    let text = data.get(8..).unwrap_or_default();
                    self.texts.push(Found { place, area: Area::Body, bytes: text.to_vec(), wide: self.version > 6 });
                }
                // An object is cut into chunks of 8 KiB that follow each other.
                kind::OLE_DATA => object.extend_from_slice(data),
                kind::OLE_LIST => self.object(&mut object),
                kind if holds_words(kind) => self.words(kind, data, place),
                _ => {}
            }
        }
        self.object(&mut object);
        if chunks.damaged {
            self.fault = self.fault.or(Some(Reason::Corrupt));
        }
    }

    fn object(&mut self, bytes: &mut Vec<u8>) {
        let bytes = std::mem::take(bytes);
        if !bytes.is_empty() {
            let name = format!("object {}", self.out.embedded.len() + 1);
            self.out.embedded.push(Embedded { name, bytes });
        }
    }

    /// Names and values among cells and formulas.
    fn words(&mut self, kind: u32, bytes: &[u8], place: Place) {
        let wide = self.version > 6;
        let marked = kind::CELLS.contains(&kind);
        let found = if marked { strings::find_marked(bytes, wide) } else { strings::find(bytes, wide) };
        for words in found {
            if self.words.insert(words.to_vec()) {
                let area = if kind == kind::COMMENT { Area::Comment } else { Area::Metadata };
                self.texts.push(Found { place, area, bytes: words.to_vec(), wide });
            }
        }
    }
}
