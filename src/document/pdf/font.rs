//! Fonts: codes to text and widths, ISO 32000-2 sections 9.5 to 9.10.
//!
//! Text comes from `/ToUnicode`, then from the encoding (simple fonts) or the character collection (composite
//! fonts). Only when a code has none of these is the embedded font program inflated and asked.

use std::rc::Rc;

use hayro_cmap::CMap;
use lopdf::{Dictionary, Document as Pdf, Object};

use super::cmap::{Mapped, Maps, ToUnicode, Value, bf};
use super::encoding::{Base, glyph_text, standard_widths};
use super::objects::{as_dict, as_number, data, dict, elements, get, name, number, resolve};
use super::program;
use crate::blob::Budget;

/// One glyph of a string to show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// Its text.
    pub(super) text: Mapped,
    /// How far it moves the pen, in text space units for a font of size 1.
    pub(super) advance: f32,
    /// Bytes of its code.
    pub(super) bytes: usize,
    /// Whether word spacing applies (the one-byte code 32).
    pub(super) is_space: bool,
}

/// What reading fonts needs.
pub(super) struct Context<'a, 'd> {
    pub(super) pdf: &'d Pdf,
    pub(super) budget: &'a mut Budget,
    pub(super) maps: &'a mut Maps,
}

/// A font, ready to decode strings.
pub(super) struct Font<'d> {
    dict: &'d Dictionary,
    coding: Coding<'d>,
    to_unicode: Option<ToUnicode>,
    strings: Vec<Box<str>>,
    /// Glyphs of codes of two bytes that were looked up: each stands at its low byte, with its code.
    recent: Vec<(u32, Glyph)>,
    /// Whether the embedded program was asked.
    asked: bool,
    /// Whether lines run downwards.
    pub(super) vertical: bool,
    /// A font of signs (dingbats): codes without text are no loss.
    pub(super) signs: bool,
}

enum Coding<'d> {
    Simple { table: Box<[Mapped; 256]>, widths: Box<[f32; 256]> },
    Composite(Box<Composite<'d>>),
}

struct Composite<'d> {
    descendant: &'d Dictionary,
    /// Codes to CIDs; none: two bytes, the code is the CID.
    cmap: Option<Rc<CMap>>,
    /// The code is UTF-16 (predefined CMaps named `Uni…`).
    unicode_codes: bool,
    /// CIDs to Unicode.
    collection: Option<Rc<CMap>>,
    widths: CidWidths,
    /// CIDs to text by the embedded program.
    program: program::Composite,
}

impl<'d> Font<'d> {
    /// Reads a font dictionary.
    pub(super) fn load(dict: &'d Dictionary, cx: &mut Context<'_, 'd>) -> Self {
        let mut strings = Vec::new();
        let to_unicode = to_unicode(dict, &mut strings, cx);
        let base_font = name(cx.pdf, dict, b"BaseFont").unwrap_or_default();
        let signs = ["Dingbats", "Wingdings", "Webdings"]
            .iter()
            .any(|n| memchr::memmem::find(base_font, n.as_bytes()).is_some());
        let mut font = Self {
            dict,
            coding: Coding::empty(),
            to_unicode,
            strings,
            recent: Vec::new(),
            asked: false,
            vertical: false,
            signs,
        };
        let descendants = elements(cx.pdf, dict, b"DescendantFonts").first();
        match descendants.and_then(|d| as_dict(resolve(cx.pdf, d))) {
            Some(descendant) => font.composite(descendant, cx),
            None => font.simple(cx),
        }
        font
    }

    fn simple(&mut self, cx: &Context<'_, 'd>) {
        let pdf = cx.pdf;
        let mut table = Box::new([Mapped::NONE; 256]);
        self.apply_encoding(&mut table, pdf);
        if let Some(map) = &self.to_unicode {
            for (code, slot) in (0u32..).zip(table.iter_mut()) {
                let mapped = map.get(code, &mut self.strings);
                if !mapped.is_none() {
                    *slot = mapped;
                }
            }
        }
        let widths = self.simple_widths(&table, pdf);
        self.coding = Coding::Simple { table, widths };
    }

    /// What `/Encoding` says outright: a named encoding, `/BaseEncoding`, `/Differences`.
    fn apply_encoding(&mut self, table: &mut [Mapped; 256], pdf: &Pdf) {
        let encoding = get(pdf, self.dict, b"Encoding");
        let base = match encoding {
            Some(Object::Name(name)) => Base::named(name),
            Some(other) => as_dict(other).and_then(|d| name(pdf, d, b"BaseEncoding")).and_then(Base::named),
            None => None,
        };
        let base = base.map(Base::table);
        if let Some(base) = &base {
            for (slot, c) in table.iter_mut().zip(base) {
                *slot = Mapped::char(*c);
            }
        }
        let Some(encoding) = encoding.and_then(as_dict) else {
            return;
        };
        let mut code = 0usize;
        for item in elements(pdf, encoding, b"Differences") {
            match resolve(pdf, item) {
                Object::Integer(n) => code = usize::try_from(*n).unwrap_or(256),
                Object::Name(name) => {
                    if let Some(slot) = table.get_mut(code) {
                        let name = String::from_utf8_lossy(name);
                        *slot = named_glyph(&name, code, &mut self.strings);
                    }
                    code = code.saturating_add(1);
                }
                _ => {}
            }
        }
    }

    fn simple_widths(&self, table: &[Mapped; 256], pdf: &Pdf) -> Box<[f32; 256]> {
        let scale = if name(pdf, self.dict, b"Subtype") == Some(b"Type3") {
            let matrix = elements(pdf, self.dict, b"FontMatrix").first();
            matrix.and_then(|m| as_number(resolve(pdf, m))).map_or(0.001, f32::abs)
        } else {
            0.001
        };
        let given = elements(pdf, self.dict, b"Widths");
        let mut widths = Box::new([0.0f32; 256]);
        if given.is_empty() {
            let base_font = name(pdf, self.dict, b"BaseFont").unwrap_or_default();
            let standard = standard_widths(base_font);
            let codes = Base::WinAnsi.table();
            for (code, slot) in widths.iter_mut().enumerate() {
                // The tables are for WinAnsi codes; find the character there.
                let at = match table.get(code).map(|m| m.value()) {
                    Some(Value::Char(c)) => codes.iter().position(|w| *w == c).unwrap_or(code),
                    _ => code,
                };
                *slot = standard.get(at).copied().unwrap_or(500.0) * scale;
            }
            return widths;
        }
        let descriptor = dict(pdf, self.dict, b"FontDescriptor");
        let missing = descriptor.and_then(|d| number(pdf, d, b"MissingWidth")).unwrap_or(0.0);
        widths.fill(missing * scale);
        let first = number(pdf, self.dict, b"FirstChar").unwrap_or(0.0).clamp(0.0, 255.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
        let slots = widths.iter_mut().skip(first as usize);
        for (slot, width) in slots.zip(given) {
            *slot = as_number(resolve(pdf, width)).unwrap_or(missing) * scale;
        }
        widths
    }

    fn composite(&mut self, descendant: &'d Dictionary, cx: &mut Context<'_, 'd>) {
        let pdf = cx.pdf;
        let (mut cmap, mut unicode_codes) = (None, false);
        match get(pdf, self.dict, b"Encoding") {
            Some(Object::Name(encoding)) => {
                self.vertical = encoding.ends_with(b"-V") || encoding == b"V";
                unicode_codes = encoding.starts_with(b"Uni");
                if !encoding.starts_with(b"Identity") {
                    cmap = cx.maps.predefined(encoding);
                }
            }
            Some(Object::Stream(stream)) => {
                cmap = cx.maps.embedded(std::ptr::from_ref(stream).addr(), || data(pdf, stream, cx.budget).0);
                self.vertical = number(pdf, &stream.dict, b"WMode") == Some(1.0);
            }
            _ => {}
        }
        let collection = dict(pdf, descendant, b"CIDSystemInfo").and_then(|info| {
            let string = |key: &[u8]| get(pdf, info, key).and_then(|o| o.as_str().ok());
            cx.maps.collection(string(b"Registry")?, string(b"Ordering")?)
        });
        let widths = CidWidths::load(descendant, pdf);
        let program = program::Composite::default();
        let composite = Composite { descendant, cmap, unicode_codes, collection, widths, program };
        self.coding = Coding::Composite(Box::new(composite));
    }

    /// The first glyph of `bytes`, which are not empty.
    pub(super) fn glyph(&mut self, bytes: &[u8], cx: &mut Context<'_, 'd>) -> Glyph {
        let pair = match (&self.coding, bytes) {
            (Coding::Composite(composite), [high, low, ..]) if composite.cmap.is_none() => Some((*high, *low)),
            _ => None,
        };
        if let Some((high, low)) = pair
            && let Some((code, glyph)) = self.recent.get(usize::from(low))
            && *code == u32::from(high) << 8 | u32::from(low)
        {
            return *glyph;
        }
        let mut glyph = self.lookup(bytes);
        if glyph.text.is_none() && !self.asked {
            self.asked = true;
            self.ask_program(cx);
            glyph = self.lookup(bytes);
        }
        if let Some((high, low)) = pair.filter(|_| !glyph.text.is_none()) {
            if self.recent.is_empty() {
                self.recent.resize(256, (u32::MAX, glyph));
            }
            if let Some(slot) = self.recent.get_mut(usize::from(low)) {
                *slot = (u32::from(high) << 8 | u32::from(low), glyph);
            }
        }
        glyph
    }

    /// The visible ASCII character that a code of one byte stands for, and how far it moves the pen. `None`: anything
    /// else.
    pub(super) fn plain(&self, code: u8) -> Option<(char, f32)> {
        let Coding::Simple { table, widths } = &self.coding else { return None };
        let code = usize::from(code);
        match table.get(code)?.value() {
            Value::Char(c) if c.is_ascii_graphic() => Some((c, *widths.get(code)?)),
            _ => None,
        }
    }

    fn lookup(&mut self, bytes: &[u8]) -> Glyph {
        let first = bytes.first().copied().unwrap_or(0);
        match &self.coding {
            Coding::Simple { table, widths } => {
                let code = usize::from(first);
                let text = table.get(code).copied().unwrap_or_default();
                let advance = widths.get(code).copied().unwrap_or(0.0);
                Glyph { text, advance, bytes: 1, is_space: first == b' ' }
            }
            Coding::Composite(composite) => {
                let (code, length, cid) = composite.code(bytes);
                let strings = &mut self.strings;
                let mut text = self.to_unicode.as_ref().map_or(Mapped::NONE, |map| map.get(code, strings));
                if text.is_none() {
                    text = composite.text(code, cid, strings);
                }
                let advance = if self.vertical { -1.0 } else { composite.widths.get(cid) * 0.001 };
                Glyph { text, advance, bytes: length, is_space: length == 1 && code == 32 }
            }
        }
    }

    /// Fills what is still unknown from the embedded program, then from the encoding fonts have by default.
    fn ask_program(&mut self, cx: &mut Context<'_, 'd>) {
        match &mut self.coding {
            Coding::Simple { table, .. } => {
                let type3 = name(cx.pdf, self.dict, b"Subtype") == Some(b"Type3");
                let descriptor = dict(cx.pdf, self.dict, b"FontDescriptor");
                let before = table.iter().any(|m| !m.is_none());
                let found = descriptor.is_some_and(|d| program::fill(d, table, &mut self.strings, cx));
                if found || type3 && before {
                    return;
                }
                let base_font = name(cx.pdf, self.dict, b"BaseFont").unwrap_or_default();
                let base = match name(cx.pdf, self.dict, b"Subtype") {
                    _ if base_font.ends_with(b"Symbol") => Base::Symbol,
                    Some(b"TrueType") => Base::WinAnsi,
                    _ => Base::Standard,
                };
                for (slot, c) in table.iter_mut().zip(base.table()) {
                    if slot.is_none() && !self.signs {
                        *slot = Mapped::char(c);
                    }
                }
            }
            Coding::Composite(composite) => {
                composite.program = program::Composite::load(composite.descendant, cx);
            }
        }
    }

    /// A text longer than one character.
    pub(super) fn string(&self, at: usize) -> &str {
        self.strings.get(at).map_or("", |s| s)
    }
}

impl Coding<'_> {
    fn empty() -> Self {
        Self::Simple { table: Box::new([Mapped::NONE; 256]), widths: Box::new([0.0; 256]) }
    }
}

fn to_unicode<'d>(dict: &'d Dictionary, strings: &mut Vec<Box<str>>, cx: &mut Context<'_, 'd>) -> Option<ToUnicode> {
    let map = match get(cx.pdf, dict, b"ToUnicode")? {
        Object::Stream(stream) => {
            let source = data(cx.pdf, stream, cx.budget).0;
            if !cx.maps.read_source(source.len()) {
                return None;
            }
            ToUnicode::parse(&source, strings, cx.maps)
        }
        Object::Name(name) if name.starts_with(b"Identity") => ToUnicode::identity(),
        _ => return None,
    };
    (!map.is_empty()).then_some(map)
}

/// The text of a glyph named in `/Differences`. Names that only number their glyphs (`g41`, `C0065`) often are the
/// code of the character: `G41` in hexadecimal, `c65` in decimal.
fn named_glyph(name: &str, code: usize, strings: &mut Vec<Box<str>>) -> Mapped {
    if let Some(text) = glyph_text(name) {
        return Mapped::text(&text, strings);
    }
    let mut chars = name.chars();
    let letter = chars.next();
    let digits = chars.as_str();
    let value = match (letter, digits.len()) {
        (Some('G' | 'g'), 2) => u32::from_str_radix(digits, 16).ok(),
        (Some('C' | 'c' | 'B'), 2..=4) => digits.parse().ok(),
        _ => None,
    };
    // Only if it says the same as the code does: then the font keeps to some encoding.
    let value = value.filter(|v| usize::try_from(*v) == Ok(code) && (0x20..0x7F).contains(v));
    value.and_then(char::from_u32).map_or(Mapped::NONE, Mapped::char)
}

impl Composite<'_> {
    /// The first code of `bytes`: the code, its length, its CID.
    fn code(&self, bytes: &[u8]) -> (u32, usize, u32) {
        let at = |i: usize| u32::from(bytes.get(i).copied().unwrap_or(0));
        let pair = at(0) << 8 | at(1);
        let Some(cmap) = &self.cmap else {
            return (pair, 2, pair);
        };
        let mut code = 0;
        for length in 1u8..=4 {
            let index = usize::from(length).saturating_sub(1);
            if index >= bytes.len() {
                break;
            }
            code = code << 8 | at(index);
            if let Some(cid) = cmap.lookup_cid_code(code, length) {
                return (code, usize::from(length), cid);
            }
        }
        if self.unicode_codes || at(0) >= 0x80 { (pair, 2, 0) } else { (at(0), 1, 0) }
    }

    fn text(&self, code: u32, cid: u32, strings: &mut Vec<Box<str>>) -> Mapped {
        if self.unicode_codes {
            let c = match code {
                // A surrogate pair read as one code of four bytes.
                0xD800_0000.. => {
                    let units = [code >> 16, code & 0xFFFF].map(|u| u16::try_from(u).unwrap_or(0));
                    char::decode_utf16(units).next().and_then(Result::ok)
                }
                _ => char::from_u32(code),
            };
            return c.map_or(Mapped::NONE, Mapped::char);
        }
        let text = self.collection.as_ref().map_or(Mapped::NONE, |map| bf(map, cid, strings));
        if text.is_none() { self.program.get(cid) } else { text }
    }
}

/// Widths of a composite font by CID (section 9.7.4.3).
struct CidWidths {
    default: f32,
    /// First and last CID and where their widths start; one width stands for a whole range if `same`.
    runs: Vec<(u32, u32, usize, bool)>,
    values: Vec<f32>,
}

impl CidWidths {
    #[allow(clippy::arithmetic_side_effects, reason = "values are added, and there are some")]
    fn load(descendant: &Dictionary, pdf: &Pdf) -> Self {
        let default = number(pdf, descendant, b"DW").unwrap_or(1000.0);
        let (mut runs, mut values) = (Vec::new(), Vec::new());
        let mut items = elements(pdf, descendant, b"W").iter().map(|o| resolve(pdf, o));
        let cid = |o: &Object| o.as_i64().ok().and_then(|n| u32::try_from(n).ok());
        while let (Some(first), Some(second)) = (items.next(), items.next()) {
            let Some(first) = as_number(first).and_then(|_| cid(first)) else {
                continue;
            };
            let at = values.len();
            match second {
                Object::Array(list) => {
                    values.extend(list.iter().map(|o| as_number(resolve(pdf, o)).unwrap_or(default)));
                    let count = u32::try_from(values.len() - at).unwrap_or(0);
                    if count > 0 {
                        runs.push((first, first.saturating_add(count - 1), at, false));
                    }
                }
                last => {
                    let width = items.next().and_then(as_number).unwrap_or(default);
                    values.push(width);
                    runs.push((first, cid(last).unwrap_or(first), at, true));
                }
            }
        }
        runs.sort_by_key(|run| run.0);
        Self { default, runs, values }
    }

    #[allow(clippy::arithmetic_side_effects, reason = "the run that was found starts at the code or in front of it")]
    fn get(&self, cid: u32) -> f32 {
        let upto = self.runs.partition_point(|run| run.0 <= cid);
        let run = upto.checked_sub(1).and_then(|i| self.runs.get(i)).filter(|run| cid <= run.1);
        let width = run.and_then(|(first, _, at, same)| {
            let step = if *same { 0 } else { (cid - first) as usize };
            self.values.get(at + step)
        });
        width.copied().unwrap_or(self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, page, stream, text};
    use crate::blob::Reason;

    fn shown(string: &str, fonts: &[&str]) -> String {
        text(&page(&format!("BT /F 12 Tf {string} Tj ET"), "/Font << /F 5 0 R >>", fonts))
    }

    #[test]
    fn differences_win_over_the_base_encoding_and_the_map_over_both() {
        let font = "<< /Type /Font /Subtype /Type1 /BaseFont /X /Encoding << /BaseEncoding /WinAnsiEncoding \
                    /Differences [1 /two /uni0031 /Euro 67 /C0067] >> >>";
        assert_eq!(shown("<010203414243>", &[font]), "21€ABC\n");
        let mapped = font.replace("/BaseFont", "/ToUnicode 6 0 R /BaseFont");
        let map = stream("", "1 beginbfchar <41> <005A> endbfchar");
        assert_eq!(shown("<010203414243>", &[&mapped, &map]), "21€ZBC\n");
    }

    #[test]
    fn composite_fonts_go_through_maps_and_collections() {
        let descendant = |ordering: &str| {
            format!(
                "<< /Type /Font /Subtype /CIDFontType0 /CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) >> >>"
            )
        };
        let font = |encoding: &str| {
            format!("<< /Type /Font /Subtype /Type0 /Encoding /{encoding} /DescendantFonts [6 0 R] >>")
        };
        assert_eq!(shown("<93FA967B41>", &[&font("90ms-RKSJ-H"), &descendant("Japan1")]), "日本A\n");
        assert_eq!(shown("<65E5672C>", &[&font("UniJIS-UTF16-H"), &descendant("Japan1")]), "日本\n");
        let identity = font("Identity-H").replace("/Encoding", "/ToUnicode /Identity-H /Encoding");
        assert_eq!(shown("<00410042>", &[&identity, &descendant("Identity")]), "AB\n");
    }

    #[test]
    fn vertical_lines_run_down() {
        let font = "<< /Type /Font /Subtype /Type0 /Encoding /UniJIS-UTF16-V /DescendantFonts [<< /Subtype /CIDFontType0 >>] >>";
        let content = "BT /F 12 Tf 100 700 Td <65E5672C> Tj 0 -24 Td <8A9E> Tj ET";
        assert_eq!(text(&page(content, "/Font << /F 5 0 R >>", &[font])), "日本語\n");
    }

    #[test]
    fn a_font_without_any_map_leaves_a_gap() {
        let font =
            "<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< /Subtype /CIDFontType2 >>] >>";
        let content = format!("BT /F 12 Tf <{}> Tj ET", "0012".repeat(30));
        let out = document(&page(&content, "/Font << /F 5 0 R >>", &[font]));
        assert_eq!(out.gaps.iter().map(|g| g.reason).collect::<Vec<_>>(), [Reason::NoText]);
    }
}
