//! PDF, ISO 32000-2 read leniently.
//!
//! `lopdf` gives objects, cross-references, decryption; the text walk is ours: [`walk`] interprets content streams,
//! [`font`] turns codes into text, [`layout`] turns placed glyphs into lines.

mod attach;
mod bidi;
mod cff;
mod cmap;
mod columns;
mod comb;
mod encoding;
mod font;
mod history;
mod info;
mod interactive;
mod layout;
mod lex;
mod load;
mod marked;
mod objects;
mod operands;
mod pages;
mod picture;
mod program;
mod sfnt;
mod state;
mod unused;
mod walk;
mod xml;

use super::{Document, Options};
use crate::blob::{Aspect, Budget, Coverage};

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: {
        use Aspect::*;
        &[Body, Comments, Hidden, Changes, Forms, Metadata, Names, Embedded, Macros, Labels, Passwords]
    },
    gap: &[Aspect::Pictures],
    source: "ISO 32000-2",
};

/// Reads a PDF: text of pages, annotations and form fields, metadata, attachments.
pub fn read(bytes: &[u8], options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
    let Some(pdf) = load::load(bytes, &options.passwords, budget, out) else { return };
    info::properties(&pdf, budget, out);
    if options.text {
        pages::read(&pdf, options.ocr.as_deref(), budget, out);
        info::properties_text(out);
    }
    if !load::is_unmasked(&pdf) {
        attach::read(&pdf, options, budget, out);
    }
    if options.text {
        history::read(&pdf, bytes, budget, out);
        history::behind(bytes, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{Limits, Reason};

    /// A file of these objects, numbered from 1; object 1 is the catalog. Without a cross-reference table: it is found
    /// by scanning.
    pub(super) fn file(objects: &[&str]) -> Vec<u8> {
        let mut file = String::from("%PDF-1.7\n");
        for (number, object) in objects.iter().enumerate() {
            file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
        }
        file.push_str("trailer\n<< /Root 1 0 R /Info << /Title (Plan) >> >>\nstartxref\n0\n%%EOF\n");
        file.into_bytes()
    }

    /// A stream object.
    pub(super) fn stream(dict: &str, content: &str) -> String {
        format!("<< {dict} /Length {} >>\nstream\n{content}\nendstream", content.len())
    }

    /// A file of one page with this content, its resources, and further objects from number 5.
    pub(super) fn page(content: &str, resources: &str, more: &[&str]) -> Vec<u8> {
        let page = format!("<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << {resources} >> >>");
        let content = stream("", content);
        let mut objects =
            vec!["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", &page, &content];
        objects.extend(more);
        file(&objects)
    }

    pub(super) fn document(bytes: &[u8]) -> Document<'static> {
        let mut out = Document::default();
        read(bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
        out
    }

    pub(super) fn text(bytes: &[u8]) -> String {
        document(bytes).text.as_str().replace("Title: Plan\n", "")
    }

    #[test]
    fn without_text_there_are_only_properties() {
        let (mut out, options) = (Document::default(), Options { text: false, ..Options::default() });
        read(&page("BT (x) Tj ET", "", &[]), &options, &mut Budget::new(&Limits::default()), &mut out);
        assert_eq!(out.properties.custom, [("Title".to_owned(), "Plan".to_owned())]);
        assert!(out.text.is_empty() && out.gaps.is_empty());
    }

    #[test]
    fn any_cut_of_a_file_is_read_without_panic() {
        let file = page("BT /F 12 Tf 72 720 Td (SSN: 219-09-9999) Tj ET", "/Font << /F << /Type /Font >> >>", &[]);
        let mut read = 0;
        for end in 0..file.len() {
            let out = document(file.get(..end).unwrap());
            read += usize::from(out.text.as_str().contains("219-09-9999"));
            assert!(end + 8 > file.len() || out.gaps.iter().any(|g| g.reason == Reason::Corrupt), "{end}");
        }
        assert!(read > 50, "{read}");
    }
}
