//! Reading: a part gives text with locations, and gaps for what could not be read.
//!
//! `document/` never fails and never decides: what cannot be read is a [`Gap`], and a policy says what that is worth.
#![warn(clippy::indexing_slicing)]
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod base64;
mod carve;
mod code_page;
mod doc;
mod epub;
mod image;
mod mail;
pub mod markup;
mod members;
mod msg;
mod odf;
mod office_art;
mod ole;
mod onenote;
pub mod ooxml;
mod opaque;
pub mod pdf;
mod percent;
pub mod plain;
mod plist;
mod ppt;
mod publisher;
mod rtf;
mod spreadsheet;
mod spreadsheetml;
mod sqlite;
mod summary;
mod text;
mod tnef;
mod vba;
mod visio;
mod vocabulary;
mod wordperfect;
mod xls;

pub use carve::carve;
pub use text::{Area, Cell, Delimited, Location, Offsets, Position, Text, Unit};

use std::sync::Arc;

use crate::blob::{Budget, Coverage, Family, Gap, Kind, Passwords, Reason, Suspicion};

/// What to read from a document.
#[derive(Clone)]
pub struct Options {
    /// Read text and embedded files; `false` = only what labels and protection need (much cheaper).
    pub text: bool,
    /// Passwords to try on what is encrypted.
    pub passwords: Passwords,
    /// Encodings inside encodings that are undone in text: base64 and the like. 0 = none.
    pub decode: u32,
    /// Reads the text in pictures; none = pictures are gaps.
    pub ocr: Option<Arc<dyn Ocr>>,
}

/// Optical character recognition, brought by the caller: the library runs no programs.
pub trait Ocr: Send + Sync {
    /// The text in a picture of `kind`. May take until the budget's time is up.
    ///
    /// # Errors
    /// Why it could not be read: the gap, with one short sentence for a person.
    fn read(&self, kind: Kind, picture: &[u8], budget: &Budget) -> Result<String, (Reason, String)>;
}

impl Default for Options {
    fn default() -> Self {
        Self { text: true, passwords: Passwords::default(), decode: 1, ocr: None }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Options");
        shown.field("text", &self.text).field("passwords", &self.passwords).field("ocr", &self.ocr.is_some()).finish()
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
    /// The same file without its encryption, to be read in its place.
    pub decrypted: Option<Vec<u8>>,
    /// Signs that something was meant not to be seen; hidden text is told by its area.
    pub suspicions: Vec<Suspicion>,
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
    /// Whether the document is readable but encrypted (a PDF with an empty user password, a workbook with the one that
    /// Excel uses of itself).
    pub encrypted: bool,
    /// Whether it needs a password, and one that was given has opened it.
    pub password: bool,
}

/// What `bytes` are, packages told apart by what is in them.
pub fn kind(bytes: &[u8], budget: &mut Budget) -> Kind {
    let kind = match Kind::of(bytes) {
        // Opened once, below.
        Kind::Zip => Kind::Zip,
        kind => crate::container::kind_inside(kind, bytes),
    };
    if kind == Kind::Xml {
        return vocabulary::kind(bytes).unwrap_or(kind);
    }
    if kind != Kind::Zip {
        return kind;
    }
    let Ok(mut zip) = crate::container::zip::Archive::open(bytes) else { return kind };
    let package = zip.package_kind().or_else(|| ooxml::kind(&mut zip, budget));
    package.or_else(|| odf::kind(&mut zip, budget)).unwrap_or(kind)
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
                Kind::Docx | Kind::Xlsx | Kind::Xlsb | Kind::Pptx | Kind::Vsdx => {
                    ooxml::read(kind, bytes, options, budget, &mut out)
                }
                Kind::WordXml | Kind::FlatOpc | Kind::Vdx => ooxml::read_xml(kind, bytes, options, budget, &mut out),
                Kind::SheetXml => spreadsheetml::read(bytes, options, budget, &mut out),
                Kind::Pdf => {
                    pdf::read(bytes, options, budget, &mut out);
                    plain::mark_columns(&mut out.text);
                }
                Kind::Doc => doc::read(bytes, options, budget, &mut out),
                Kind::Xls => xls::read(bytes, options, budget, &mut out),
                Kind::Ppt => ppt::read(bytes, options, budget, &mut out),
                Kind::Pub => publisher::read(bytes, options, budget, &mut out),
                Kind::Vsd => visio::read(bytes, options, budget, &mut out),
                Kind::Vba => vba::read_file(bytes, options, budget, &mut out),
                Kind::Msg => msg::read(bytes, options, budget, &mut out),
                Kind::Mail => mail::read(bytes, options, budget, &mut out),
                Kind::Tnef => tnef::read(bytes, options, budget, &mut out),
                Kind::Rtf => rtf::read(bytes, options, budget, &mut out),
                Kind::Odt | Kind::Ods | Kind::Odp | Kind::Odg => odf::read(kind, bytes, options, budget, &mut out),
                Kind::Epub => epub::read(bytes, options, budget, &mut out),
                Kind::OneNote => onenote::read(bytes, options, budget, &mut out),
                Kind::Sqlite => sqlite::read(bytes, options, budget, &mut out),
                Kind::Plist => plist::read(bytes, options, budget, &mut out),
                kind => out = opaque::read(kind, bytes, options, budget),
            }
            out
        }
        Family::Media => {
            let mut out = Document::default();
            image::read(kind, bytes, options, budget, &mut out);
            out
        }
        Family::Sealed | Family::Opaque => opaque::read(kind, bytes, options, budget),
    }
}

/// What is read of documents of `kind`: a row of the coverage matrix. `None` for containers.
pub fn coverage(kind: Kind) -> Option<Coverage> {
    Some(match kind {
        Kind::Docx | Kind::Xlsx | Kind::Xlsb | Kind::Pptx | Kind::Vsdx => ooxml::coverage(kind),
        Kind::WordXml | Kind::FlatOpc | Kind::Vdx => ooxml::coverage(kind),
        Kind::SheetXml => spreadsheetml::COVERAGE,
        Kind::Pdf => pdf::COVERAGE,
        Kind::Doc => doc::COVERAGE,
        Kind::Xls => xls::COVERAGE,
        Kind::Ppt => ppt::COVERAGE,
        Kind::Pub => publisher::COVERAGE,
        Kind::Vsd => visio::COVERAGE,
        Kind::Msg => msg::COVERAGE,
        Kind::Mail => mail::COVERAGE,
        Kind::Tnef => tnef::COVERAGE,
        Kind::Rtf => rtf::COVERAGE,
        Kind::Odt | Kind::Ods | Kind::Odp | Kind::Odg => odf::coverage(kind),
        Kind::Epub => epub::COVERAGE,
        Kind::OneNote => onenote::COVERAGE,
        Kind::Sqlite => sqlite::COVERAGE,
        Kind::Plist => plist::COVERAGE,
        Kind::SealedOffice => opaque::SEALED_OFFICE,
        Kind::Vba => vba::COVERAGE,
        kind => match kind.family() {
            Family::Empty | Family::Container => return None,
            Family::Text => plain::coverage(kind),
            Family::Media => image::coverage(kind),
            Family::Document | Family::Sealed | Family::Opaque => Coverage::CARVED,
        },
    })
}

impl Document<'_> {
    /// Whether it has text besides properties and the like.
    pub fn shows_text(&self) -> bool {
        let text = self.text.as_str();
        let says = |(range, at): (std::ops::Range<usize>, Location)| {
            at.area != Area::Metadata && text.get(range).is_some_and(|t| t.contains(|c: char| c.is_alphanumeric()))
        };
        self.text.pieces().any(says)
    }

    /// A document of which nothing could be read.
    fn with_gap(reason: Reason, detail: &str) -> Self {
        Self { gaps: vec![Gap::new(reason, "", detail)], ..Self::default() }
    }
}
