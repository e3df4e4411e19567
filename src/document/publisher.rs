//! Publisher documents, 98 to 2010. The text of all boxes stands in one stream of chunks, `Quill/QuillSub/CONTENTS`,
//! story after story; drawings are those of MS-ODRAW. Microsoft has not published the format: chunks and their lists
//! are as in libmspub and Apache POI's description of it.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions that were read at, and lengths that were added up with a check"
)]

use super::{Area, Document, Embedded, Options, carve, office_art, ole};
use crate::blob::le::{u16_at, u32_at};
use crate::blob::{Aspect, Budget, Coverage, Gap, Reason};
use crate::container::cfb::File;

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Drawings, Aspect::Metadata, Aspect::Embedded, Aspect::Labels],
    gap: &[Aspect::Pictures],
    source: "no specification is public; chunks of Quill as libmspub and POI know them; MS-ODRAW; MS-OLEPS",
};

/// The stream with the text.
const TEXT: &str = "Quill/QuillSub/CONTENTS";
/// The stream with the drawings.
const DRAWINGS: &str = "Escher/EscherStm";
/// The stream with their pictures.
const PICTURES: &str = "Escher/EscherDelayStm";

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let Some(mut file) = File::open(bytes) else {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "tables of the compound file are damaged, text was carved"));
        if options.text {
            out.text = carve::carve(bytes);
        }
        return;
    };
    out.gaps.extend(file.damage());
    if options.text {
        let mut stream = |name: &str, out: &mut Document<'_>| {
            let mut bytes = Vec::new();
            if let Err(reason) = file.read(name, budget, &mut bytes) {
                out.gaps.push(Gap::new(reason, name, "stream is damaged, read up to there"));
            }
            bytes
        };
        let text = stream(TEXT, out);
        match Chunks::read(&text) {
            Some(chunks) => chunks.write(&text, out),
            None => {
                out.text = carve::carve(&text);
                out.gaps.push(Gap::new(Reason::Corrupt, TEXT, "no list of chunks, text was carved"));
            }
        }
        let drawings = stream(DRAWINGS, out);
        let mut told = Vec::new();
        office_art::words(&drawings, &mut |words| told.push(words.to_owned()));
        told.dedup();
        for words in told {
            out.text.aside(Area::Metadata, &words);
        }
        let stored = stream(PICTURES, out);
        for (i, picture) in files(&stored).into_iter().enumerate() {
            out.embedded.push(Embedded { name: format!("picture {}", i + 1), bytes: picture.to_vec() });
        }
    }
    ole::properties(&mut file, options.text, budget, out);
    if options.text {
        ole::rest(&mut file, &is_own, budget, out);
    }
}

/// Whether the stream at `path` has been read, or is about the layout.
fn is_own(path: &str) -> bool {
    const OWN: &[&str] = &[TEXT, DRAWINGS, PICTURES, "Contents", "\u{3}Internal", "Envelope"];
    OWN.iter().any(|own| own.eq_ignore_ascii_case(path))
}

/// Pictures in a stream of records one after the other.
fn files(bytes: &[u8]) -> Vec<&[u8]> {
    const STARTS: [&[u8]; 5] = [b"\x89PNG\r\n", b"\xFF\xD8\xFF", b"II*\0", b"MM\0*", b"GIF8"];
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(header) = office_art::Header::of(rest) {
        let body = rest.get(8..).unwrap_or_default();
        let body = body.get(..header.length).unwrap_or(body);
        let start =
            (0..body.len().min(40)).find(|at| STARTS.iter().any(|s| body.get(*at..).is_some_and(|b| b.starts_with(s))));
        out.extend(start.and_then(|start| body.get(start..)));
        rest = rest.get(8 + body.len()..).unwrap_or_default();
    }
    out
}

/// A chunk of the stream.
struct Chunk {
    name: [u8; 4],
    from: usize,
    to: usize,
}

/// Chunks of a stream that starts with `CHNK`: Publisher's, and that of Works 6 and later.
pub(super) struct Chunks(Vec<Chunk>);

/// Lists of chunks that are followed; a list names the next one.
const LISTS_MAX: usize = 256;

impl Chunks {
    /// Reads the lists. `None` if there are none.
    pub(super) fn read(stream: &[u8]) -> Option<Self> {
        if !stream.starts_with(b"CHNK") {
            return None;
        }
        let mut chunks = Vec::new();
        let mut list = 0x18;
        for _ in 0..LISTS_MAX {
            let Some(count) = u16_at(stream, list + 2) else { break };
            for i in 0..usize::from(count) {
                let at = list + 8 + i * 24;
                // The length of the entry itself.
                if u16_at(stream, at) != Some(24) {
                    break;
                }
                let Some(name) = stream.get(at + 2..).and_then(|name| name.first_chunk()) else { break };
                let (Some(from), Some(length)) = (u32_at(stream, at + 16), u32_at(stream, at + 20)) else { break };
                let from = (from as usize).min(stream.len());
                let to = from.saturating_add(length as usize).min(stream.len());
                chunks.push(Chunk { name: *name, from, to });
            }
            match u32_at(stream, list + 4) {
                Some(next) if next as usize > list && (next as usize) < stream.len() => list = next as usize,
                _ => break,
            }
        }
        (!chunks.is_empty()).then_some(Self(chunks))
    }

    /// Writes the text story by story, and the targets of links.
    pub(super) fn write(&self, stream: &[u8], out: &mut Document<'_>) {
        let mut done = 0;
        let mut order: Vec<&Chunk> = self.0.iter().filter(|chunk| chunk.name == *b"TEXT").collect();
        order.sort_by_key(|chunk| chunk.from);
        let lengths = self.story_lengths(stream);
        for chunk in order {
            // Each byte once, whatever the lists say.
            let text = stream.get(chunk.from.max(done)..chunk.to).unwrap_or_default();
            done = done.max(chunk.to);
            write_text(text, &lengths, out);
        }
        let mut done = 0;
        for chunk in self.0.iter().filter(|chunk| chunk.name == *b"TOKN") {
            let tokens = stream.get(chunk.from.max(done)..chunk.to).unwrap_or_default();
            done = done.max(chunk.to);
            for words in prefixed(tokens) {
                out.text.aside(Area::Metadata, &words);
            }
        }
    }

    /// Characters of each story.
    fn story_lengths(&self, stream: &[u8]) -> Vec<usize> {
        let Some(chunk) = self.0.iter().find(|chunk| chunk.name == *b"STRS") else { return Vec::new() };
        let list = stream.get(chunk.from..chunk.to).unwrap_or_default();
        let count = u32_at(list, 0).unwrap_or(0) as usize;
        let lengths = list.get(12..).unwrap_or_default().chunks_exact(4).take(count);
        lengths.filter_map(|length| Some(u32_at(length, 0)? as usize)).collect()
    }
}

fn write_text(text: &[u8], lengths: &[usize], out: &mut Document<'_>) {
    // Lengths that are not those of the text would cut values in two.
    let sum = lengths.iter().fold(0usize, |sum, length| sum.saturating_add(*length));
    let lengths = if sum == text.len() / 2 { lengths } else { &[] };
    let mut at = 0;
    let mut ends = lengths.iter().map(|length| {
        at += length;
        at
    });
    let mut end = ends.next();
    let mut line = String::new();
    let units = text.chunks_exact(2).filter_map(|pair| u16_at(pair, 0));
    let mut units_seen = 0;
    for c in char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')) {
        match c {
            '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{e}' => line.push('\n'),
            '\t' => line.push('\t'),
            '\u{1e}' => line.push('-'),
            c if c.is_control() || matches!(c, '\u{AD}' | '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}') => {}
            c => line.push(c),
        }
        units_seen += c.len_utf16();
        while end.is_some_and(|end| end <= units_seen) {
            if !line.ends_with('\n') {
                line.push('\n');
            }
            end = ends.next();
        }
        if line.ends_with('\n') {
            if !line.trim().is_empty() {
                out.text.push(&line);
            }
            line.clear();
        }
    }
    out.text.push(&line);
    out.text.line();
}

/// Texts in UTF-16 with their length in front, as they stand between numbers.
fn prefixed(bytes: &[u8]) -> Vec<String> {
    /// Characters that are a text and no chance.
    const LENGTHS: std::ops::RangeInclusive<usize> = 4..=2048;
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(length) = u16_at(bytes, at).map(usize::from) {
        let words = bytes.get(at + 2..at + 2 + length * 2).filter(|_| LENGTHS.contains(&length)).and_then(|words| {
            let units = words.chunks_exact(2).filter_map(|pair| u16_at(pair, 0));
            let words: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
            let plain = words.chars().filter(|c| c.is_ascii()).count();
            (!words.contains(char::is_control) && plain * 2 >= length).then_some(words)
        });
        at += 2;
        if let Some(words) = words {
            at += length * 2;
            if !out.contains(&words) || out.len() > 256 {
                out.push(words);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// A stream of chunks.
    fn stream(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
        let mut out = b"CHNKINK ".to_vec();
        out.resize(0x18, 0);
        out.extend([0xF8, 1, chunks.len() as u8, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        let mut at = 0x20 + chunks.len() * 24;
        for (name, body) in chunks {
            out.extend([0x18, 0]);
            out.extend(*name);
            out.extend([0; 6]);
            out.extend(*name);
            out.extend((at as u32).to_le_bytes());
            out.extend((body.len() as u32).to_le_bytes());
            at += body.len();
        }
        chunks.iter().for_each(|(_, body)| out.extend(body));
        out
    }

    #[test]
    fn stories_are_lines_and_links_are_told() {
        let mut stories = vec![2, 0, 0, 0, 8, 0, 0, 0, 0xFF, 0, 0, 0];
        stories.extend([9, 0, 0, 0, 5, 0, 0, 0]);
        let link = "http://a.test/";
        let mut tokens = vec![4, 0, 0, 0, 9, 9, link.len() as u8, 0];
        tokens.extend(wide(link));
        let good = stream(&[(b"TEXT", wide("Card 4111next\r")), (b"STRS", stories), (b"TOKN", tokens)]);
        let mut out = Document::default();
        Chunks::read(&good).unwrap().write(&good, &mut out);
        assert_eq!(out.text.as_str(), "Card 4111\nnext\nhttp://a.test/\n");
        for at in 0..good.len() {
            let mut bent = good.clone();
            bent[at] = 0xFF;
            for bytes in [&bent[..], &good[..at]] {
                let mut out = Document::default();
                if let Some(chunks) = Chunks::read(bytes) {
                    chunks.write(bytes, &mut out);
                }
                assert!(out.text.len() <= bytes.len() * 3);
            }
        }
    }

    #[test]
    fn a_damaged_file_is_carved() {
        let mut out = Document::default();
        let mut budget = Budget::new(&Limits::default());
        read(b"\xD0\xCF\x11\xE0 Card 4111 1111", &Options::default(), &mut budget, &mut out);
        assert!(out.text.as_str().contains("4111 1111"));
        assert_eq!(out.gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(), [Reason::Corrupt]);
    }
}
