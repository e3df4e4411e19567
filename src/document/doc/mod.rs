//! Word documents in compound files: Word 97 to 2007 (MS-DOC), Word 6 and 95; Word 2 and before without one.
//!
//! The file information block says where the tables are; the piece table says which bytes are the text. Everything that
//! has text has it in there, one story after the other: the main text, notes, headers, comments, text boxes.

mod bytes;
mod characters;
mod decrypt;
mod drawings;
mod earlier;
mod encoding;
mod fib;
mod fields;
mod formatting;
mod forms;
mod pieces;
mod story;
mod strings;

use std::ops::Range;

use super::{Area, Document, Embedded, Options, carve, ole};
use crate::blob::{Aspect, Budget, Coverage, Gap, Reason};
use crate::container::cfb::{self, File};
use bytes::u32_at;
use characters::Source;
use decrypt::Key;
use drawings::Drawings;
use encoding::Encodings;
use fib::{Fib, Story, Table, Version};
use formatting::Formatting;
use pieces::Pieces;
use story::Writer;

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[
        Aspect::Body,
        Aspect::Headers,
        Aspect::Notes,
        Aspect::Comments,
        Aspect::Hidden,
        Aspect::Changes,
        Aspect::Drawings,
        Aspect::Forms,
        Aspect::Metadata,
        Aspect::Embedded,
        Aspect::Macros,
        Aspect::Labels,
        Aspect::Passwords,
    ],
    gap: &[Aspect::Pictures],
    source: "MS-DOC; MS-OFFCRYPTO 2.3.6, 2.3.7; MS-OVBA; MS-OLEPS; Word 6 and 2 by their own layouts",
};

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let Some(mut file) = File::open(bytes) else {
        if options.text {
            bare(bytes, budget, out);
        }
        return;
    };
    out.gaps.extend(file.damage());
    if options.text {
        compound(&mut file, options, budget, out);
    }
    if let Some(reason @ Reason::RightsProtected) = cfb::protection(bytes) {
        out.gaps.push(Gap::new(reason, "", "the document is encrypted"));
    }
    ole::properties(&mut file, options.text, budget, out);
    if options.text {
        ole::rest(&mut file, &is_own, budget, out);
    }
}

/// Whether the stream at `path` has been read with the text.
fn is_own(path: &str) -> bool {
    ["WordDocument", "0Table", "1Table", "Data"].iter().any(|own| own.eq_ignore_ascii_case(path))
}

/// A file that is no compound file: an older one, or what is left of one.
fn bare(bytes: &[u8], budget: &mut Budget, out: &mut Document<'_>) {
    match Fib::read(bytes, 0).filter(|fib| fib.version < Version::Word97) {
        Some(fib) if fib.encrypted => {
            out.gaps.push(Gap::new(Reason::PasswordProtected, "", "the document is encrypted"));
        }
        Some(fib) => document(&Streams { fib, main: bytes, table: bytes, data: bytes }, budget, out),
        None => {
            out.text = carve::carve(bytes);
            out.gaps.push(Gap::new(Reason::Corrupt, "", "tables of the compound file are damaged, text was carved"));
        }
    }
}

fn compound(file: &mut File<'_>, options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
    let mut stream = |name: &str, out: &mut Document<'_>| {
        let mut bytes = Vec::new();
        if let Err(reason) = file.read(name, budget, &mut bytes) {
            out.gaps.push(Gap::new(reason, name, "stream is damaged, read up to there"));
        }
        bytes
    };
    let mut main = stream("WordDocument", out);
    let Some(mut fib) = Fib::read(&main, 0) else {
        out.text = carve::carve(&main);
        return out.gaps.push(Gap::new(Reason::Corrupt, "WordDocument", "no file information block, text was carved"));
    };
    if fib.version < Version::Word97 {
        if fib.encrypted {
            return out.gaps.push(Gap::new(Reason::PasswordProtected, "", "the document is encrypted"));
        }
        return document(&Streams { fib, main: &main, table: &main, data: &main }, budget, out);
    }
    let names = if fib.second_table { ["1Table", "0Table"] } else { ["0Table", "1Table"] };
    let [mut table, other] = names.map(|name| stream(name, out));
    if table.is_empty() {
        table = other;
    }
    let mut data = stream("Data", out);
    if fib.encrypted {
        let Some(key) = Key::open(&fib, &table, &options.passwords) else {
            return out.gaps.push(Gap::new(Reason::PasswordProtected, "", "the document is encrypted"));
        };
        key.main(&mut main);
        key.table(&fib, &mut table);
        key.stream(&mut data, 0);
        out.properties.encrypted = true;
        out.properties.password = !key.is_default();
        let Some(opened) = Fib::read(&main, 0) else { return };
        fib = opened;
    }
    document(&Streams { fib, main: &main, table: &table, data: &data }, budget, out);
}

/// The streams of a document, decrypted.
struct Streams<'s> {
    fib: Fib,
    main: &'s [u8],
    table: &'s [u8],
    data: &'s [u8],
}

fn document(streams: &Streams<'_>, budget: &mut Budget, out: &mut Document<'_>) {
    part(streams, budget, out);
    // The AutoText entries of a template are a document of their own behind it.
    let next = usize::from(streams.fib.next) * formatting::PAGE;
    if next > 0
        && let Some(fib) = Fib::read(streams.main, next)
    {
        part(&Streams { fib, ..*streams }, budget, out);
    }
}

/// Reads one document.
#[allow(clippy::arithmetic_side_effects, reason = "a position in a list")]
fn part(streams: &Streams<'_>, budget: &mut Budget, out: &mut Document<'_>) {
    let Streams { fib, main, table, data } = streams;
    let pieces = Pieces::read(fib, main, table);
    let formatting = Formatting::read(fib, main, table, data, budget);
    let encodings = Encodings::read(fib, table);
    if pieces.damaged {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "the piece table is damaged"));
    }
    let mut source = Source::new(fib, main, data, &pieces, &formatting, &encodings);
    let mut writer = Writer::new(&mut out.text, !formatting.paragraphs.is_empty());
    let mut stopped = None;
    for (area, range) in stories(fib, table, pieces.characters()) {
        writer.begin(area);
        stopped = source.read(range, &mut writer, budget).err();
        writer.end();
        if stopped.is_some() {
            break;
        }
    }
    if let Some(reason) = stopped {
        return out.gaps.push(Gap::new(reason, "", "stopped in the text"));
    }
    let places = std::mem::take(&mut source.pictures);
    for words in earlier::read(fib, main, &pieces, &formatting) {
        out.text.aside(Area::TrackedChange, &words);
    }
    let drawings = Drawings::read(fib, main, table, data, &places);
    for words in drawings.words.iter().chain(&strings::told(fib, table, &encodings)) {
        out.text.aside(Area::Metadata, words);
    }
    for (i, picture) in drawings.pictures.iter().enumerate() {
        if let Err(reason) = budget.unpack(picture.len() as u64) {
            out.gaps.push(Gap::new(reason, "", "stopped in the pictures"));
            break;
        }
        out.embedded.push(Embedded { name: format!("picture {}", i + 1), bytes: picture.to_vec() });
    }
}

/// Which characters belong to which story, `count` of them in all.
fn stories(fib: &Fib, table: &[u8], count: u32) -> Vec<(Area, Range<u32>)> {
    let mut out = Vec::new();
    let mut at = 0u32;
    for (story, length) in Story::ALL.iter().zip(fib.counts) {
        let range = at.min(count)..at.saturating_add(length).min(count);
        at = range.end;
        let area = match story {
            Story::Main | Story::Macros | Story::TextBoxes => Area::Body,
            Story::Footnotes | Story::Endnotes => Area::Footnote,
            Story::Headers if fib.version == Version::Word97 => {
                out.extend(header_parts(fib, table, range));
                continue;
            }
            Story::Headers | Story::HeaderTextBoxes => Area::Header,
            Story::Comments => Area::Comment,
        };
        if !range.is_empty() {
            out.push((area, range));
        }
    }
    // Nothing that the counts leave out is left out.
    if at < count {
        out.push((Area::Body, at..count));
    }
    out
}

/// Headers and footers of each section, six a section, behind six separators of notes (MS-DOC 2.3.2).
fn header_parts(fib: &Fib, table: &[u8], story: Range<u32>) -> Vec<(Area, Range<u32>)> {
    let list = fib.table(Table::HeaderParts, table);
    let mut out = Vec::new();
    let mut at = story.start;
    for (i, end) in list.chunks_exact(4).skip(1).filter_map(|end| u32_at(end, 0)).enumerate() {
        let end = story.start.saturating_add(end).min(story.end);
        if end > at {
            let area = if i >= 6 && matches!(i % 6, 2 | 3 | 5) { Area::Footer } else { Area::Header };
            out.push((area, at..end));
            at = end;
        }
    }
    if at < story.end {
        out.push((Area::Header, at..story.end));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    /// Main and table stream of a document whose text is one piece.
    fn streams(text: &str, count: u32) -> (Vec<u8>, Vec<u8>) {
        let mut main = vec![0; 0x400];
        let mut put = |at: usize, bytes: &[u8]| main[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &[0xEC, 0xA5, 0xC1, 0]);
        put(0x0A, &[0, 2]);
        put(0x18, &0x400u32.to_le_bytes());
        put(0x1C, &(0x400 + text.len() as u32).to_le_bytes());
        put(0x20, &[14, 0]);
        put(0x3E, &[22, 0]);
        put(0x4C, &count.to_le_bytes());
        put(0x98, &[93, 0]);
        let mut table = vec![2, 16, 0, 0, 0, 0, 0, 0, 0];
        table.extend((text.len() as u32).to_le_bytes());
        table.extend([0, 0]);
        table.extend(((0x400u32 * 2) | 0x4000_0000).to_le_bytes());
        table.extend([0, 0]);
        put(0x9A + 33 * 8 + 4, &(table.len() as u32).to_le_bytes());
        main.extend(text.bytes());
        (main, table)
    }

    fn told(main: &[u8], table: &[u8]) -> Document<'static> {
        let mut out = Document::default();
        if let Some(fib) = Fib::read(main, 0) {
            let mut budget = Budget::new(&Limits::default());
            let streams = Streams { fib, main, table, data: main };
            document(&streams, &mut budget, &mut out);
        }
        out
    }

    #[test]
    fn marks_and_fields_are_no_text() {
        let text =
            "A\x02 note\r\x13 PAGE \x14\x37\x15 of \x13 HYPERLINK \"x.test\" \x14here\x15\x0Bnext\x1Eline\x1F\rend";
        let out = told(&streams(text, text.len() as u32).0, &streams(text, text.len() as u32).1);
        assert_eq!(out.text.as_str(), "A note\n7 of here\nnext-line\nHYPERLINK \"x.test\"\nend\n");
        assert_eq!(out.gaps, []);
    }

    #[test]
    fn cells_without_formatting_are_told_by_their_marks() {
        let (main, table) = streams("a\x07b\x07\x07c\x07d\x07\x07after\r", 16);
        assert_eq!(told(&main, &table).text.as_str(), "a\tb\t\nc\td\t\nafter\n");
    }

    #[test]
    fn no_damage_makes_it_panic_or_grow() {
        let text = "Card 4111\r\x13 FIELD \x14x\x15 \x07\x07 and on\r".repeat(20);
        let (main, table) = streams(&text, text.len() as u32);
        let mut state = 11u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize
        };
        for round in 0..3000 {
            let (mut main, mut table) = (main.clone(), table.clone());
            for _ in 0..round % 5 + 1 {
                let at = next() % 0x400;
                main[at] = next() as u8;
                let at = next() % table.len();
                table[at] = next() as u8;
            }
            main.truncate(if round % 3 == 0 { next() % main.len() } else { main.len() });
            let out = told(&main, &table);
            assert!(out.text.len() <= main.len() * 12, "{} of {}", out.text.len(), main.len());
        }
    }

    #[test]
    fn older_files_stand_alone() {
        let mut bytes = vec![0; 0x180];
        bytes[..4].copy_from_slice(&[0xDB, 0xA5, 0x2D, 0]);
        bytes.extend(b"Card 4111\rnext\r");
        let end = bytes.len() as u32;
        bytes[0x18..0x1C].copy_from_slice(&0x180u32.to_le_bytes());
        bytes[0x1C..0x20].copy_from_slice(&end.to_le_bytes());
        let mut out = Document::default();
        read(&bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
        assert_eq!((out.text.as_str(), out.gaps.len()), ("Card 4111\nnext\n", 0));
    }
}
