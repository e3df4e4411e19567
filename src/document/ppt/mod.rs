//! PowerPoint 97 to 2003 presentations (MS-PPT): slides in the order of the show, each with its notes and comments,
//! then what stands on masters, in lists of the document and in earlier states that the file still holds. Section
//! numbers are those of MS-PPT.

mod persist;
mod records;
mod shapes;
mod show;

use std::io::Read as _;

use super::{Area, Document, Embedded, Options, carve, ole};
use crate::blob::{Aspect, Budget, Coverage, Gap, ReadEnd, Reason};
use crate::container::cfb::File;

/// What is read of it.
pub const COVERAGE: Coverage = {
    use Aspect::*;
    Coverage {
        read: &[
            Body, Headers, Notes, Comments, Hidden, Changes, Drawings, Metadata, Embedded, Macros, Labels, Passwords,
        ],
        gap: &[Pictures],
        source: "MS-PPT",
    }
};

/// The stream of everything but pictures.
const DOCUMENT: &str = "PowerPoint Document";
/// The stream that says where the newest state is.
const CURRENT_USER: &str = "Current User";
/// Storage of the newer version, in files for two versions; it is a presentation of its own.
const DUAL: &str = "PP97_DUALSTORAGE";

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let Some(mut file) = File::open(bytes) else {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "tables of the compound file are damaged"));
        if options.text {
            out.text = carve(bytes);
        }
        return;
    };
    out.gaps.extend(file.damage());
    let (mut stream, mut user) = (Vec::new(), Vec::new());
    for (name, into) in [(DOCUMENT, &mut stream), (CURRENT_USER, &mut user)] {
        if let Err(reason) = file.read(name, budget, into) {
            out.gaps.push(Gap::new(reason, name, ""));
        }
    }
    // In a file for two versions, the stream of the older one says the same in another way.
    if !file.has(DUAL) {
        document(&mut stream, &user, options, budget, out);
    }
    ole::properties(&mut file, options.text, budget, out);
    if options.text {
        let own = |path: &str| {
            let silent = ["Pictures", "Header", "EncryptedSummary"];
            [DOCUMENT, CURRENT_USER].into_iter().chain(silent).any(|name| path.eq_ignore_ascii_case(name))
        };
        ole::rest(&mut file, &own, budget, out);
        let pictures = file.streams().iter().filter(|stream| stream.path.eq_ignore_ascii_case("Pictures")).count();
        ole::pictures(pictures, out);
    }
}

/// Reads the stream of the document.
#[allow(clippy::arithmetic_side_effects, reason = "a position in a list")]
fn document(stream: &mut [u8], user: &[u8], options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
    let mut edits = persist::Edits::of(stream, user);
    match edits.decrypt(stream, &options.passwords) {
        Ok(None) => {}
        Ok(Some(is_default)) => {
            out.properties.encrypted = true;
            out.properties.password |= !is_default;
            if options.text {
                edits = persist::Edits::of(stream, user);
            }
        }
        Err(reason) => {
            return out.gaps.push(Gap::new(reason, DOCUMENT, "the presentation is encrypted"));
        }
    }
    if !options.text {
        return;
    }
    if let Some(name) = persist::user_name(user) {
        out.text.aside(Area::Metadata, &name);
    }
    if !edits.is_readable() {
        // PowerPoint 95 and older, or damage: neither has these records.
        let text = carve(stream);
        for line in text.as_str().lines() {
            out.text.aside(Area::Body, line);
        }
        let detail = "no records of this version, printable text was carved";
        return out.gaps.push(Gap::new(Reason::UnsupportedType, DOCUMENT, detail));
    }
    let objects = show::read(stream, &edits, budget, out);
    for (number, (is_packed, object)) in objects.into_iter().enumerate() {
        let name = format!("object {}", number + 1);
        if !is_packed {
            out.embedded.push(Embedded { name, bytes: object.to_vec() });
            continue;
        }
        // The size it unpacks to, then a zlib stream (2.10.35).
        let packed = object.get(4..).unwrap_or_default();
        let mut unpacked = Vec::new();
        let mut reader = flate2::read::ZlibDecoder::new(packed).take(u64::MAX);
        match budget.read(&mut reader, packed.len() as u64, &mut unpacked) {
            ReadEnd::Whole => {}
            ReadEnd::Limit(reason) => out.gaps.push(Gap::new(reason, name.as_str(), "embedded object")),
            ReadEnd::Failed(_) => out.gaps.push(Gap::new(Reason::Corrupt, name.as_str(), "embedded object")),
        }
        if !unpacked.is_empty() {
            out.embedded.push(Embedded { name, bytes: unpacked });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn record(kind: u16, version: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![version, 0];
        out.extend(kind.to_le_bytes());
        out.extend((body.len() as u32).to_le_bytes());
        out.extend(body);
        out
    }

    /// A document of one slide, and an earlier state of it.
    fn stream() -> Vec<u8> {
        let slide = |text: &[u8]| {
            let shape = record(0xF004, 15, &record(0xF00D, 15, &record(0x0FA8, 0, text)));
            record(0x03EE, 15, &record(0x040C, 15, &record(0xF002, 15, &shape)))
        };
        let entry = record(0x03F3, 0, &[&[2, 0, 0, 0][..], &[0; 16]].concat());
        let mut out = record(0x03E8, 15, &record(0x0FF0, 15, &entry));
        out.extend(slide(b"Card 4111"));
        let place = out.len() as u32;
        out.extend(slide(b"Card 4222"));
        let directory = out.len() as u32;
        let places = [1 << 20 | 1, 0, 1 << 20 | 2, place].map(u32::to_le_bytes).concat();
        out.extend(record(0x1772, 0, &places));
        out.extend(record(0x0FF5, 0, &[0, 0, 0, directory, 1, 3, 1].map(u32::to_le_bytes).concat()));
        out
    }

    fn told(bytes: &[u8]) -> Document<'static> {
        let mut out = Document::default();
        let options = Options { text: true, ..Options::default() };
        document(&mut bytes.to_vec(), b"", &options, &mut Budget::new(&Limits::default()), &mut out);
        out
    }

    #[test]
    fn the_newest_state_comes_first_and_earlier_ones_are_told_apart() {
        let out = told(&stream());
        assert_eq!((out.text.as_str(), out.gaps.len()), ("Card 4222\nCard 4111\n", 0));
        let at = |words: &str| out.text.location(out.text.as_str().find(words).unwrap());
        assert_eq!((at("4222").slide, at("4222").area), (Some(1), Area::Body));
        assert_eq!((at("4111").slide, at("4111").area), (None, Area::TrackedChange));
    }

    #[test]
    fn damage_neither_hangs_nor_grows() {
        let whole = stream();
        for end in 0..whole.len() {
            told(&whole[..end]);
        }
        let mut state = 7_u32;
        for _ in 0..3000 {
            let mut bytes = whole.clone();
            for _ in 0..4 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = state as u8;
            }
            assert!(told(&bytes).text.len() < 8 * bytes.len());
        }
    }
}
