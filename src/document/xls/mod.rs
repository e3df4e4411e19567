//! Excel workbooks of BIFF records, versions 2 to 8 (MS-XLS; for the older layouts the Excel 5 SDK and what is known
//! of versions 2 to 4). Records are read in the order of the stream: sheets that the workbook does not list are read
//! too. Section numbers are those of MS-XLS.

mod book;
mod encryption;
mod globals;
mod link;
mod objects;
mod pivot;
mod records;
mod sheet;

pub(in crate::document) use records::clean;

use super::{Document, Options, carve, ole};
use crate::blob::{Aspect, Budget, Coverage, Gap, Reason};
use crate::container::cfb::File;

/// What is read of it.
pub const COVERAGE: Coverage = {
    use Aspect::*;
    Coverage {
        read: &[Body, Headers, Comments, Hidden, Drawings, Forms, Metadata, Embedded, Macros, Labels, Passwords],
        gap: &[Pictures],
        source: "MS-XLS; BIFF2 to BIFF7",
    }
};

/// Streams of workbooks. A file for two versions has both.
const STREAMS: [&str; 2] = ["Workbook", "Book"];

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    if !bytes.starts_with(b"\xD0\xCF") {
        if options.text {
            let mut told = book::Told::default();
            book::read(bytes, "", options, budget, out, &mut told);
        }
        return;
    }
    let Some(mut file) = File::open(bytes) else {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "tables of the compound file are damaged"));
        return recover(bytes, options, budget, out);
    };
    out.gaps.extend(file.damage());
    let mut told = book::Told::default();
    let mut met = false;
    for name in STREAMS {
        let mut stream = Vec::new();
        if let Err(reason) = file.read(name, budget, &mut stream) {
            out.gaps.push(Gap::new(reason, name, ""));
        }
        if stream.is_empty() {
            continue;
        }
        met = true;
        if options.text {
            book::read(&stream, name, options, budget, out, &mut told);
            told.again = true;
        } else {
            book::protection(&stream, name, options, out);
        }
    }
    if !met && out.gaps.is_empty() {
        // A length that is not true empties a stream; there are no workbooks without records.
        out.gaps.push(Gap::new(Reason::Corrupt, "", "the workbook is empty"));
    }
    if options.text {
        pivot::read(&mut file, budget, out, &mut told);
    }
    ole::properties(&mut file, options.text, budget, out);
    if options.text {
        let own =
            |path: &str| STREAMS.iter().any(|name| path.eq_ignore_ascii_case(name)) || path.starts_with(pivot::STORAGE);
        ole::rest(&mut file, &own, budget, out);
    }
}

/// Reads what is left of a damaged compound file: most streams lie in one piece, so records follow the first one.
fn recover<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let starts = [&b"\x09\x08\x10\0\0\x06\x05\0"[..], b"\x09\x08\x08\0\0\x05\x05\0"];
    let start = starts.iter().find_map(|start| memchr::memmem::find(bytes, start));
    match start.and_then(|start| bytes.get(start..)) {
        Some(stream) if options.text => book::read(stream, "", options, budget, out, &mut book::Told::default()),
        Some(stream) => book::protection(stream, "", options, out),
        None if options.text => out.text = carve(bytes),
        None => {}
    }
}

#[cfg(test)]
mod tests;
