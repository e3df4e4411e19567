//! From bytes to objects: damaged files are repaired as far as they can be, protected ones are told apart.
//! ISO 32000-2 sections 7.5 (file structure) and 7.6 (encryption).

use lopdf::xref::XrefRecovery;
use lopdf::{Dictionary, Document as Pdf, LoadOptions, Object};

use super::objects::{DECODED_BYTES_MAX, as_dict, resolve};
use crate::blob::{Budget, Gap, Reason};
use crate::document::Document;

/// Bytes at the end of a file in which its end mark is looked for.
const TAIL_BYTES: usize = 4096;

/// Loads a file. What is wrong with it is left as gaps; `None` if nothing can be read from it.
pub(super) fn load(bytes: &[u8], budget: &Budget, out: &mut Document<'_>) -> Option<Pdf> {
    let pdf = match attempt(bytes, budget, false) {
        Ok(pdf) if has_pages(&pdf) || pdf.trailer.has(b"Encrypt") => pdf,
        first => {
            let error = first.as_ref().err().map_or_else(|| "no pages".to_owned(), ToString::to_string);
            if let Err(reason) = budget.time() {
                out.gaps.push(Gap::new(reason, "", "objects not read"));
                return first.ok();
            }
            let rebuilt = attempt(&completed(bytes), budget, true).ok();
            // Without its header a file is all there.
            let whole = rebuilt.as_ref().is_some_and(has_pages) && ends_well(bytes) && !has_header(bytes);
            if !whole {
                out.gaps.push(Gap::new(Reason::Corrupt, "", error));
            }
            return rebuilt.or(first.ok());
        }
    };
    out.properties.encrypted = pdf.encryption_state.is_some();
    if pdf.trailer.has(b"Encrypt") {
        out.gaps.push(protection(&pdf));
    } else if pdf.xref_recovery == Some(XrefRecovery::Reconstructed) && !ends_well(bytes) {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "no end mark: the end of the file is missing"));
    }
    Some(pdf)
}

fn attempt(bytes: &[u8], budget: &Budget, force_reconstruct: bool) -> lopdf::Result<Pdf> {
    let left = budget.limits().unpacked_bytes_max.saturating_sub(budget.unpacked_bytes()).min(DECODED_BYTES_MAX);
    let options =
        LoadOptions { max_decompressed_size: usize::try_from(left).ok(), force_reconstruct, ..LoadOptions::default() };
    Pdf::load_mem_with_options(bytes, options)
}

fn has_pages(pdf: &Pdf) -> bool {
    !super::pages::pages(pdf).is_empty()
}

fn has_header(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"%PDF-").is_some()
}

fn ends_well(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(TAIL_BYTES)..).unwrap_or_default();
    memchr::memmem::find(tail, b"%%EOF").is_some()
}

/// The file with a header, with its last object closed, and with a catalog of no pages and a trailer behind it if it
/// has none, so that scanning finds every object; pages are then found by their type.
fn completed(bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(bytes.len() + 256);
    if !has_header(bytes) {
        file.extend_from_slice(b"%PDF-1.7\n");
    }
    file.extend_from_slice(bytes);
    let last = |what: &[u8]| memchr::memmem::rfind(bytes, what);
    // `endstream` ends in `stream` too, so an open stream shows as one that stands elsewhere.
    if last(b"stream") != last(b"endstream").map(|at| at + 3) {
        file.extend_from_slice(b"\nendstream\nendobj\n");
    }
    let catalog = memchr::memmem::find(bytes, b"/Catalog").is_some();
    let trailer = memchr::memmem::find(bytes, b"trailer").is_some();
    if !catalog || !trailer {
        // Object numbers that nobody uses.
        file.extend_from_slice(
            b"\n8388606 0 obj\n<</Type/Catalog/Pages 8388605 0 R>>\nendobj\n\
              8388605 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n\
              trailer\n<</Size 8388607/Root 8388606 0 R>>\nstartxref\n0\n%%EOF\n",
        );
    }
    file
}

/// The gap that an encryption which could not be undone leaves.
fn protection(pdf: &Pdf) -> Gap {
    let dict = pdf.trailer.get(b"Encrypt").ok().and_then(|e| as_dict(resolve(pdf, e)));
    let handler = dict.and_then(|d: &Dictionary| d.get(b"Filter").ok()).and_then(|f| match f {
        Object::Name(name) => Some(name.as_slice()),
        _ => None,
    });
    match handler {
        Some(b"Standard") => Gap::new(Reason::PasswordProtected, "", "needs a password to open"),
        Some(b"MicrosoftIRMServices" | b"MicrosoftIRMService") => {
            Gap::new(Reason::RightsProtected, "", "Microsoft rights management")
        }
        Some(other) => Gap::new(Reason::Encrypted, "", format!("security handler {}", handler_name(other))),
        None => Gap::new(Reason::Encrypted, "", "unknown security handler"),
    }
}

/// A name from the file, cut and cleaned for a message.
fn handler_name(name: &[u8]) -> String {
    name.iter().take(40).filter(|b| b.is_ascii_graphic()).map(|b| char::from(*b)).collect()
}
