//! Reading: a part gives text with locations, and gaps for what could not be read.
//!
//! `document/` never fails and never decides: what cannot be read is a [`Gap`], and a policy says what that is worth.
#![warn(clippy::indexing_slicing)]

mod carve;
pub mod markup;
pub mod ooxml;
mod opaque;
pub mod pdf;
pub mod plain;
mod summary;
mod text;

pub use carve::carve;
pub use text::{Area, Cell, Delimited, Location, Offsets, Position, Text, Unit};

use crate::blob::{Budget, Family, Gap, Kind, Reason};

/// What to read from a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Read text and embedded files; `false` = only what labels and protection need (much cheaper).
    pub text: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { text: true }
    }
}

/// What was read from one document, and what was read past.
#[derive(Debug, Default)]
pub struct Document<'a> {
    /// Text in reading order, with its locations.
    pub text: Text<'a>,
    /// What could not be read. Places are inside this document.
    pub gaps: Vec<Gap>,
    /// Files carried inside, to be scanned as blobs of their own.
    pub embedded: Vec<Embedded>,
    /// What `label/` reads labels from.
    pub properties: Properties,
}

/// A file carried inside a document: an OLE object, a package, an attachment.
#[derive(Debug)]
pub struct Embedded {
    /// Path inside the document (`word/embeddings/oleObject1.bin`, an attachment's name).
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Metadata of a document, as `label/` wants it: nothing is interpreted here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// Name and value of custom document properties (OOXML `docProps/custom.xml`, PDF `/Info`), in file order.
    pub custom: Vec<(String, String)>,
    /// XML of each MIP `labelList` part.
    pub label_info: Vec<String>,
    /// XMP packets.
    pub xmp: Vec<String>,
    /// Whether the document is readable but encrypted (a PDF with an empty user password).
    pub encrypted: bool,
}

/// What `bytes` are, packages told apart by what is in them.
pub fn kind(bytes: &[u8], budget: &mut Budget) -> Kind {
    let kind = crate::container::kind(bytes);
    if kind != Kind::Zip {
        return kind;
    }
    let package = crate::container::zip::Archive::open(bytes).ok().and_then(|mut zip| ooxml::kind(&mut zip, budget));
    package.unwrap_or(kind)
}

/// Reads `bytes` of `kind`. Kinds without a reader give a document with a gap.
pub fn read<'a>(kind: Kind, bytes: &'a [u8], options: &Options, budget: &mut Budget) -> Document<'a> {
    match kind.family() {
        Family::Empty | Family::Container => Document::default(),
        Family::Text if options.text => plain::read(kind, bytes, budget),
        Family::Text => Document::default(),
        Family::Document => {
            let mut out = Document::default();
            match kind {
                Kind::Docx | Kind::Xlsx | Kind::Pptx => ooxml::read(kind, bytes, options, budget, &mut out),
                Kind::Pdf => {
                    pdf::read(bytes, options, budget, &mut out);
                    plain::mark_columns(&mut out.text);
                }
                _ => out.gaps.push(Gap::new(Reason::UnsupportedType, "", "no reader for this type yet")),
            }
            out
        }
        Family::Media | Family::Sealed | Family::Opaque => opaque::read(kind, bytes, options, budget),
    }
}

impl Document<'_> {
    /// A document of which nothing could be read.
    fn with_gap(reason: Reason, detail: &str) -> Self {
        Self { gaps: vec![Gap::new(reason, "", detail)], ..Self::default() }
    }
}
