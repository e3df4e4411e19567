//! CMaps: codes to text (`/ToUnicode`, ISO 32000-2 section 9.10.3) and codes to CIDs (section 9.7.5).
//!
//! ToUnicode maps are read here, leniently: a damaged entry costs itself, not the map. Predefined and embedded CMaps
//! for CIDs, and the maps from CIDs to Unicode of Adobe's character collections, are read by `hayro-cmap`.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily};

use super::lex::{Lexer, Token};

/// The text of a code: nothing, one character, or the index of a longer string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mapped(u32);

/// What a [`Mapped`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    None,
    Char(char),
    /// Index into the strings of the font.
    String(usize),
}

impl Mapped {
    /// No text is known.
    pub(super) const NONE: Self = Self(0);
    /// Known to be without text: a control character, which is not shown.
    pub(super) const SILENT: Self = Self(1);
    const STRING: u32 = 1 << 31;

    /// One character. U+0000 and U+FFFD say that the writer of the file knew none.
    pub(super) fn char(c: char) -> Self {
        if c == '\u{FFFD}' { Self::NONE } else { Self(u32::from(c)) }
    }

    /// Any text; longer ones are kept in `strings`.
    pub(super) fn text(text: &str, strings: &mut Vec<Box<str>>) -> Self {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (None, _) => Self::NONE,
            (Some(c), None) => Self::char(c),
            _ => {
                let at = u32::try_from(strings.len()).unwrap_or(0);
                strings.push(text.into());
                Self(at | Self::STRING)
            }
        }
    }

    /// What it holds.
    pub(super) fn value(self) -> Value {
        match self.0 {
            0 => Value::None,
            n if n & Self::STRING != 0 => Value::String((n & !Self::STRING) as usize),
            n => char::from_u32(n).map_or(Value::None, Value::Char),
        }
    }

    /// Whether no text is known.
    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }
}

#[derive(Clone, Copy, Debug)]
struct Run {
    first: u32,
    last: u32,
    /// Of the first code; single characters count up from there.
    value: Mapped,
}

/// A `/ToUnicode` map.
#[derive(Debug, Default)]
pub(super) struct ToUnicode {
    runs: Vec<Run>,
    /// The code is UTF-16 itself (`/Identity-H` in place of a map).
    identity: bool,
    base: Option<Rc<CMap>>,
}

/// Entries of one map that are kept: a code has at most 65,536 values in practice.
const RUNS_MAX: usize = 1 << 17;

impl ToUnicode {
    /// A map that says: the code is the character.
    pub(super) fn identity() -> Self {
        Self { identity: true, ..Self::default() }
    }

    /// Reads a map; long texts go to `strings`.
    pub(super) fn parse(source: &[u8], strings: &mut Vec<Box<str>>, maps: &mut Maps) -> Self {
        let mut map = Self::default();
        let mut lexer = Lexer::new(source);
        let mut name: Option<Range<usize>> = None;
        while let Some(token) = lexer.token() {
            match token {
                Token::Name(range) => {
                    name = Some(range);
                    continue;
                }
                Token::Keyword(range) => match lexer.keyword(range) {
                    b"beginbfchar" => map.chars(&mut lexer, strings),
                    b"beginbfrange" => map.ranges(&mut lexer, strings),
                    b"usecmap" => map.base = name.take().and_then(|n| maps.predefined(lexer.bytes(&n))),
                    _ => {}
                },
                _ => {}
            }
            lexer.scratch.clear();
            name = None;
        }
        map.runs.sort_by_key(|run| run.first);
        map
    }

    fn chars(&mut self, lexer: &mut Lexer<'_>, strings: &mut Vec<Box<str>>) {
        while self.runs.len() < RUNS_MAX {
            lexer.scratch.clear();
            let Some(code) = code(lexer) else { return };
            let Some(value) = value(lexer, strings) else {
                return;
            };
            self.runs.push(Run { first: code, last: code, value });
        }
    }

    fn ranges(&mut self, lexer: &mut Lexer<'_>, strings: &mut Vec<Box<str>>) {
        while self.runs.len() < RUNS_MAX {
            lexer.scratch.clear();
            let (Some(first), Some(last)) = (code(lexer), code(lexer)) else {
                return;
            };
            match lexer.token() {
                Some(Token::Text(range)) => {
                    let text = utf16(lexer.bytes(&range));
                    if text.is_empty() && first < last && !range.is_empty() {
                        // Starts at U+0000: the rest counts up from there.
                        let value = Mapped::char('\u{1}');
                        self.runs.push(Run { first: first.saturating_add(1), last, value });
                    } else {
                        self.range(first, last, &text, strings);
                    }
                }
                Some(Token::ArrayStart) => {
                    let mut at = first;
                    while let Some(Token::Text(range)) = lexer.token() {
                        let value = Mapped::text(&utf16(lexer.bytes(&range)), strings);
                        self.runs.push(Run { first: at, last: at, value });
                        at = at.saturating_add(1);
                        lexer.scratch.clear();
                    }
                }
                _ => return,
            }
        }
    }

    /// One range. A longer text counts up in its last character.
    fn range(&mut self, first: u32, last: u32, text: &str, strings: &mut Vec<Box<str>>) {
        let value = Mapped::text(text, strings);
        let last = last.max(first);
        if !matches!(value.value(), Value::String(_)) || first == last {
            self.runs.push(Run { first, last, value });
            return;
        }
        let Some((at, end)) = text.char_indices().next_back() else {
            return;
        };
        for (step, code) in (first..=last).take(256).enumerate() {
            let next = u32::try_from(step).ok().and_then(|s| char::from_u32(u32::from(end).saturating_add(s)));
            let Some(next) = next else { return };
            let text = format!("{}{next}", text.get(..at).unwrap_or_default());
            self.runs.push(Run { first: code, last: code, value: Mapped::text(&text, strings) });
        }
    }

    /// The text of a code.
    pub(super) fn get(&self, code: u32, strings: &mut Vec<Box<str>>) -> Mapped {
        if self.identity {
            return char::from_u32(code).map_or(Mapped::NONE, Mapped::char);
        }
        let upto = self.runs.partition_point(|run| run.first <= code);
        // Ranges may overlap: the nearest that covers the code.
        let near = self.runs.get(upto.saturating_sub(4)..upto).unwrap_or_default();
        if let Some(run) = near.iter().rev().find(|run| run.last >= code) {
            return match run.value.value() {
                Value::Char(c) if code > run.first => {
                    let next = u32::from(c).saturating_add(code.saturating_sub(run.first));
                    char::from_u32(next).map_or(Mapped::NONE, Mapped::char)
                }
                _ => run.value,
            };
        }
        self.base.as_ref().map_or(Mapped::NONE, |base| bf(base, code, strings))
    }

    /// Whether nothing is mapped.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty() && !self.identity && self.base.is_none()
    }
}

fn code(lexer: &mut Lexer<'_>) -> Option<u32> {
    match lexer.token()? {
        Token::Text(range) => {
            let bytes = lexer.bytes(&range);
            let tail = bytes.get(bytes.len().saturating_sub(4)..).unwrap_or_default();
            Some(tail.iter().fold(0, |code, b| code << 8 | u32::from(*b)))
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Token::Number(n) => Some(n as u32),
        _ => None,
    }
}

fn value(lexer: &mut Lexer<'_>, strings: &mut Vec<Box<str>>) -> Option<Mapped> {
    match lexer.token()? {
        // An empty text is a statement: the glyph is part of another's.
        Token::Text(range) if range.is_empty() => Some(Mapped::SILENT),
        Token::Text(range) => Some(Mapped::text(&utf16(lexer.bytes(&range)), strings)),
        Token::Name(range) => {
            let name = String::from_utf8_lossy(lexer.bytes(&range)).into_owned();
            Some(super::encoding::glyph_text(&name).map_or(Mapped::NONE, |text| Mapped::text(&text, strings)))
        }
        _ => None,
    }
}

/// UTF-16BE; a single byte is a character, NULs are nothing.
fn utf16(bytes: &[u8]) -> String {
    if let [byte] = bytes {
        return if *byte == 0 { String::new() } else { char::from(*byte).to_string() };
    }
    let pair = |p: &[u8]| u16::from_be_bytes([p.first().copied().unwrap_or(0), p.get(1).copied().unwrap_or(0)]);
    let units = bytes.chunks_exact(2).map(pair);
    char::decode_utf16(units).filter_map(Result::ok).filter(|c| *c != '\0').take(64).collect()
}

/// The text a CMap gives for a code (or a CID).
pub(super) fn bf(map: &CMap, code: u32, strings: &mut Vec<Box<str>>) -> Mapped {
    match map.lookup_bf_string(code) {
        Some(BfString::Char(c)) => Mapped::char(c),
        Some(BfString::String(text)) => Mapped::text(&text, strings),
        None => Mapped::NONE,
    }
}

/// Bytes of CMaps written in one file that are read, together: those of large CJK fonts have 200 KB.
const SOURCE_BYTES_MAX: usize = 64 << 20;
/// Font programs of one file that are asked for characters.
const PROGRAMS_MAX: usize = 1_000;

/// CMaps of one document, each read once, and what fonts may still cost.
pub(super) struct Maps {
    predefined: HashMap<Vec<u8>, Option<Rc<CMap>>>,
    /// By the address of their stream.
    embedded: HashMap<usize, Option<Rc<CMap>>>,
    source_bytes_left: usize,
    programs_left: usize,
}

impl Default for Maps {
    fn default() -> Self {
        Self {
            predefined: HashMap::new(),
            embedded: HashMap::new(),
            source_bytes_left: SOURCE_BYTES_MAX,
            programs_left: PROGRAMS_MAX,
        }
    }
}

impl Maps {
    /// Asks whether a map of this size may be read.
    pub(super) fn read_source(&mut self, bytes: usize) -> bool {
        let left = self.source_bytes_left.checked_sub(bytes);
        self.source_bytes_left = left.unwrap_or(0);
        left.is_some()
    }

    /// Asks whether one more font program may be read.
    pub(super) fn ask_program(&mut self) -> bool {
        let left = self.programs_left.checked_sub(1);
        self.programs_left = left.unwrap_or(0);
        left.is_some()
    }

    /// A CMap written in the file, given the address of its stream and a way to its bytes.
    pub(super) fn embedded<B: AsRef<[u8]>>(&mut self, key: usize, source: impl FnOnce() -> B) -> Option<Rc<CMap>> {
        if let Some(known) = self.embedded.get(&key) {
            return known.clone();
        }
        let source = source();
        let map = self.read_source(source.as_ref().len());
        let map = map.then(|| CMap::parse(source.as_ref(), hayro_cmap::load_embedded)).flatten().map(Rc::new);
        self.embedded.insert(key, map.clone());
        map
    }

    /// The predefined CMap of a name.
    pub(super) fn predefined(&mut self, name: &[u8]) -> Option<Rc<CMap>> {
        if let Some(known) = self.predefined.get(name) {
            return known.clone();
        }
        let map = match name {
            b"Identity-H" => Some(CMap::identity_h()),
            b"Identity-V" => Some(CMap::identity_v()),
            _ => hayro_cmap::load_embedded(CMapName::from_bytes(name))
                .and_then(|data| CMap::parse(data, hayro_cmap::load_embedded)),
        };
        let map = map.map(Rc::new);
        self.predefined.insert(name.to_vec(), map.clone());
        map
    }

    /// The map from CIDs to Unicode of a character collection.
    pub(super) fn collection(&mut self, registry: &[u8], ordering: &[u8]) -> Option<Rc<CMap>> {
        let name = CidFamily::from_registry_ordering(registry, ordering).ucs2_cmap()?;
        self.predefined(name.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &[u8], codes: &[u32]) -> String {
        let mut strings = Vec::new();
        let map = ToUnicode::parse(source, &mut strings, &mut Maps::default());
        let mut out = String::new();
        for code in codes {
            match map.get(*code, &mut strings).value() {
                Value::None => out.push('?'),
                Value::Char(c) => out.push(c),
                Value::String(at) => out.push_str(strings.get(at).unwrap()),
            }
        }
        out
    }

    #[test]
    fn chars_ranges_arrays_and_ligatures() {
        let source = b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <00> <FF> endcodespacerange
            2 beginbfchar <01> <0041> <02> <006600660069> endbfchar
            3 beginbfrange <30> <7F> <0000> <10> <12> <0061> <0020> <0022> [<0030> <31> <D83DDE00>] endbfrange end";
        assert_eq!(read(source, &[1, 2, 0x10, 0x12, 0x20, 0x21, 0x22, 0x13, 0x71]), "Affiac01😀?A");
    }

    #[test]
    fn damage_costs_an_entry_and_not_the_map() {
        let source = b"beginbfchar <01> <0041> <02> endbfchar beginbfrange <03> <04> oops beginbfchar <05> <0042>";
        assert_eq!(read(source, &[1, 2, 3, 5]), "A??B");
    }

    #[test]
    fn predefined_maps_go_to_unicode_through_cids() {
        let mut maps = Maps::default();
        let encoding = maps.predefined(b"90ms-RKSJ-H").unwrap();
        let unicode = maps.collection(b"Adobe", b"Japan1").unwrap();
        let cid = encoding.lookup_cid_code(0x93FA, 2).unwrap();
        assert_eq!(bf(&unicode, cid, &mut Vec::new()).value(), Value::Char('日'));
        assert!(maps.predefined(b"No-Such").is_none());
    }
}
