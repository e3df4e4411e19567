//! PDF, ISO 32000-2 read leniently.
//!
//! `lopdf` gives objects, cross-references, decryption; the text walk is ours: [`walk`] interprets content streams,
//! [`font`] turns codes into text, [`layout`] turns placed glyphs into lines.

mod attach;
mod cff;
mod cmap;
mod encoding;
mod font;
mod info;
mod interactive;
mod layout;
mod lex;
mod load;
mod objects;
mod pages;
mod program;
mod sfnt;
mod walk;
mod xml;

use super::{Document, Options};
use crate::blob::Budget;

/// Reads a PDF: text of pages, annotations and form fields, metadata, attachments.
pub fn read(bytes: &[u8], options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
    let Some(pdf) = load::load(bytes, budget, out) else { return };
    info::properties(&pdf, budget, out);
    if pdf.trailer.has(b"Encrypt") {
        info::packets_in_the_open(bytes, out);
    }
    if options.text {
        pages::read(&pdf, budget, out);
        info::catalog_text(&pdf, budget, out);
        info::properties_text(out);
    }
    attach::read(&pdf, options, budget, out);
}
