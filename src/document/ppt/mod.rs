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
