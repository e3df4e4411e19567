//! Office Open XML packages: Word, Excel and PowerPoint (ECMA-376 part 1; part 2 for the package, part 4 for what is
//! transitional; ISO/IEC 29500 strict is read the same way).
//!
//! The main flow (body, sheets, slides) is read in reading order. Then every other part is read by what its
//! relationship, its content type or its place says it is, referenced or not: text that no application shows is text
//! that leaves the house all the same. Passed over are only parts that hold none: styles, themes, fonts, pictures.

mod date_format;
mod number_format;
mod package;
mod parts;
mod properties;
mod sheet;
mod slide;
mod story;
mod workbook;
mod xml;

use package::Package;
use story::Manner;
use xml::Xml;

use super::{Document, Options};
use crate::blob::{Budget, Gap, Kind, Reason};
use crate::container::zip::Archive;

/// What kind of office package an archive is, by its content types and its main relationship; `None` for any other
/// archive. Names of members decide nothing but where those two are.
pub fn kind(archive: &mut Archive<'_>, budget: &mut Budget) -> Option<Kind> {
    let mut bytes = Vec::new();
    let texts = ["[Content_Types].xml", "_rels/.rels"].map(|name| {
        let entry = archive.find(name).cloned()?;
        bytes.clear();
        let _ = archive.read(&entry, budget, &mut bytes);
        Some(xml::decode(&bytes).0.into_owned())
    });
    let [types, relationships] = texts;
    let relationships = relationships.unwrap_or_default();
    match types {
        Some(types) => package::main_of(&types, &relationships),
        // Without content types no application opens it, but what it was is plain.
        None => package::main_by_place(&relationships, archive.entries()),
    }
}

/// The kind of package whose main part has this content type (lower case).
fn main_kind(content_type: &str) -> Option<Kind> {
    let is_main = content_type.ends_with("main+xml") || content_type.ends_with("sheet.binary.macroenabled.main");
    if !is_main {
        return None;
    }
    let family = |words: &[&str]| words.iter().any(|word| content_type.contains(word));
    if content_type.contains("sheet.binary.") {
        Some(Kind::Xlsb)
    } else if family(&["wordprocessingml", "ms-word"]) {
        Some(Kind::Docx)
    } else if family(&["spreadsheetml", "ms-excel"]) {
        Some(Kind::Xlsx)
    } else if family(&["presentationml", "ms-powerpoint"]) {
        Some(Kind::Pptx)
    } else {
        family(&["ms-visio"]).then_some(Kind::Vsdx)
    }
}

/// Reads a package into `out`: text, embedded files, properties; what cannot be read becomes gaps.
pub fn read(kind: Kind, bytes: &[u8], options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
    let archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(error) => {
            return out.gaps.push(Gap::new(Reason::Corrupt, "", error.to_string()));
        }
    };
    let package = Package::open(archive, options.text, budget, &mut out.gaps);
    let (buffer, book) = (Vec::new(), workbook::Book::default());
    let mut reader = Reader { kind, package, budget, out, text: options.text, buffer, pictures: 0, book };
    properties::labels(&mut reader);
    if !options.text {
        return properties::custom(&mut reader);
    }
    if reader.package.main().is_none() {
        reader.out.gaps.push(Gap::new(Reason::Corrupt, "", "the main part is missing"));
    }
    match kind {
        Kind::Xlsx => workbook::read(&mut reader),
        Kind::Pptx => slide::read(&mut reader),
        _ => {
            let main = reader.package.main().unwrap_or_default();
            reader.stories(&main, Manner::of(super::Area::Body));
        }
    }
    parts::read_rest(&mut reader);
    workbook::unused_strings(&mut reader);
    properties::custom(&mut reader);
    reader.external_targets();
    if reader.pictures > 0 && reader.shows_no_text() {
        let detail = format!("{} pictures and no text", reader.pictures);
        reader.out.gaps.push(Gap::new(Reason::ImageOnly, "", detail));
    }
}

/// What is at hand while one package is read.
struct Reader<'r, 'a, 'd> {
    kind: Kind,
    package: Package<'a>,
    budget: &'r mut Budget,
    out: &'r mut Document<'d>,
    /// Whether text is wanted, or only labels.
    text: bool,
    /// Unpacked bytes of the part being read, kept from part to part.
    buffer: Vec<u8>,
    pictures: usize,
    book: workbook::Book,
}

impl Reader<'_, '_, '_> {
    /// Unpacks a part and has `read` walk it. What goes wrong is a gap at the part.
    fn part(&mut self, part: usize, read: impl FnOnce(&mut Self, &mut Xml<'_>) -> Result<(), Reason>) {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        self.package.read(part, self.budget, &mut self.out.gaps, &mut bytes);
        let (text, whole) = xml::decode(&bytes);
        let mut xml = Xml::new(&text);
        let end = read(self, &mut xml);
        let name = self.package.name(part);
        if let Err(reason) = end {
            self.out.gaps.push(Gap::new(reason, name, ""));
        } else if xml.fault() && !name.to_ascii_lowercase().ends_with(".vml") {
            self.out.gaps.push(Gap::new(Reason::Corrupt, name, "not well-formed XML"));
        } else if !whole {
            self.out.gaps.push(Gap::new(Reason::Corrupt, name, "bytes that are no characters"));
        }
        self.buffer = bytes;
    }

    /// Reads every unread part of this name as running text.
    fn stories(&mut self, key: &str, manner: Manner) {
        for part in self.package.find(key) {
            self.part(part, |reader, xml| story::read(xml, manner, &mut reader.out.text, reader.budget));
        }
    }

    /// Parts that `source` points at with a relationship whose kind passes.
    fn related(&self, source: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let related = self.package.relationships(source).iter();
        related.filter(|r| !r.external && wanted(&r.kind)).map(|r| r.target.clone()).collect()
    }

    /// Link targets and other external references of all parts, each once.
    fn external_targets(&mut self) {
        let mut targets: Vec<&str> = self.package.external_targets().map(|r| r.target.as_str()).collect();
        targets.sort_unstable();
        targets.dedup();
        for target in targets {
            self.out.text.aside(super::Area::Metadata, target);
        }
    }

    /// Whether nothing was found outside of properties and the like.
    fn shows_no_text(&self) -> bool {
        let text = self.out.text.as_str();
        let mut pieces = self.out.text.pieces();
        !pieces.any(|(range, at)| {
            at.area != super::Area::Metadata
                && text.get(range).is_some_and(|t| t.contains(|c: char| c.is_alphanumeric()))
        })
    }
}
