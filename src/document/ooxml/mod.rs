//! Office Open XML packages: Word, Excel and PowerPoint (ECMA-376 part 1; part 2 for the package, part 4 for what is
//! transitional; ISO/IEC 29500 strict is read the same way).
//!
//! The main flow (body, sheets, slides) is read in reading order. Then every other part is read by what its
//! relationship, its content type or its place says it is, referenced or not: text that no application shows is text
//! that leaves the house all the same. Passed over are only parts that hold none: styles, themes, fonts, pictures.

mod binary;
mod flat;
mod package;
mod parts;
mod properties;
mod quick;
mod sheet;
mod slide;
mod story;
mod visio;
mod wordml;
mod workbook;

use std::collections::HashSet;

use package::Package;
use story::Manner;

use super::markup::{self, Xml};
use super::{Document, Options};
use crate::blob::{Aspect, Budget, Coverage, Gap, Kind, Reason};
use crate::container::zip::Archive;

/// What kind of office package an archive is, by its content types and its main relationship; `None` for any other
/// archive. Names of members decide nothing but where those two are.
pub fn kind(archive: &mut Archive<'_>, budget: &mut Budget) -> Option<Kind> {
    let mut bytes = Vec::new();
    let texts = ["[Content_Types].xml", "_rels/.rels"].map(|name| {
        let entry = archive.find(name).cloned()?;
        bytes.clear();
        let _ = archive.read(&entry, budget, &mut bytes);
        Some(markup::decode(&bytes).0.into_owned())
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
    // A theme by itself (.thmx) is a presentation without slides.
    if content_type.ends_with("thememanager+xml") {
        return Some(Kind::Pptx);
    }
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

/// What is read of packages of `kind`.
pub fn coverage(kind: Kind) -> Coverage {
    use Aspect::*;
    if kind == Kind::Xlsb {
        return Coverage {
            read: &[Body, Headers, Comments, Hidden, Drawings, Forms, Metadata, Embedded, Macros, Labels],
            gap: &[Pictures],
            source: "MS-XLSB; ECMA-376 part 1 for drawings",
        };
    }
    let (read, source): (&[Aspect], _) = match kind {
        Kind::Xlsx => (
            &[Body, Headers, Comments, Hidden, Drawings, Forms, Metadata, Embedded, Macros, Labels],
            "ECMA-376 part 1, clause 18 (SpreadsheetML)",
        ),
        Kind::Pptx => (
            &[Body, Headers, Notes, Comments, Hidden, Drawings, Metadata, Embedded, Macros, Labels],
            "ECMA-376 part 1, clause 19 (PresentationML)",
        ),
        Kind::WordXml => (
            &[Body, Headers, Notes, Comments, Changes, Metadata, Embedded, Labels],
            "Microsoft Office 2003 XML reference schemas (WordprocessingML)",
        ),
        Kind::FlatOpc => (&[Body, Headers, Metadata, Embedded], "ECMA-376 part 2 (the package as `pkg:package`)"),
        Kind::Vdx => (&[Body, Metadata], "Microsoft Office 2003 XML reference schemas (DatadiagramML)"),
        Kind::Vsdx => {
            (&[Body, Comments, Metadata, Names, Embedded, Labels], "MS-VSDX; ECMA-376 part 2 for the package")
        }
        _ => (
            &[Body, Headers, Notes, Comments, Hidden, Changes, Drawings, Forms, Metadata, Embedded, Macros, Labels],
            "ECMA-376 part 1, clause 17 (WordprocessingML)",
        ),
    };
    let gap: &[Aspect] = match kind {
        Kind::WordXml | Kind::FlatOpc | Kind::Vdx | Kind::Vsdx => &[],
        _ => &[Pictures],
    };
    Coverage { read, gap, source }
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
    let (buffer, book, diagram_lines) = (Vec::new(), workbook::Book::default(), HashSet::new());
    let mut reader = Reader { kind, package, budget, out, text: options.text, buffer, diagram_lines, book };
    properties::labels(&mut reader);
    if !options.text {
        return properties::custom(&mut reader);
    }
    if reader.package.main().is_none() {
        reader.out.gaps.push(Gap::new(Reason::Corrupt, "", "the main part is missing"));
    }
    match kind {
        Kind::Xlsx | Kind::Xlsb => workbook::read(&mut reader),
        Kind::Pptx => slide::read(&mut reader),
        Kind::Vsdx => visio::read(&mut reader),
        _ => {
            let main = reader.package.main().unwrap_or_default();
            reader.stories(&main, Manner::of(super::Area::Body));
        }
    }
    parts::read_rest(&mut reader);
    workbook::unused_strings(&mut reader);
    properties::custom(&mut reader);
    reader.external_targets();
}

/// Reads an Office document that is one XML file: a package written flat, or one of the vocabularies of Office 2003.
pub fn read_xml(kind: Kind, bytes: &[u8], options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
    let (source, whole) = markup::decode(bytes);
    if !whole {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "bytes that are no characters"));
    }
    match kind {
        Kind::WordXml => wordml::read(&source, options.text, budget, out),
        Kind::Vdx if !options.text => {}
        Kind::Vdx => {
            let mut xml = Xml::new(&source);
            let end = visio::walk(&mut xml, super::Area::Body, &mut out.text, budget);
            if let Err(reason) = end {
                out.gaps.push(Gap::new(reason, "", "read in part"));
            } else if xml.flaw().is_some() {
                out.gaps.push(Gap::new(Reason::Corrupt, "", "not well-formed XML"));
            }
        }
        _ => {
            let (package, flaw) = flat::package(&source);
            if flaw.is_some() {
                out.gaps.push(Gap::new(Reason::Corrupt, "", "not well-formed XML"));
            }
            let main = Archive::open(&package).ok().and_then(|mut archive| self::kind(&mut archive, budget));
            read(main.unwrap_or(Kind::Docx), &package, options, budget, out);
        }
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
    /// Lines of diagrams, which their drawings repeat.
    diagram_lines: HashSet<String>,
    book: workbook::Book,
}

impl Reader<'_, '_, '_> {
    /// Unpacks a part and has `read` walk it. What goes wrong is a gap at the part.
    fn part(&mut self, part: usize, read: impl FnOnce(&mut Self, &mut Xml<'_>) -> Result<(), Reason>) {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.clear();
        self.package.read(part, self.budget, &mut self.out.gaps, &mut bytes);
        let (text, whole) = markup::decode(&bytes);
        let mut xml = Xml::new(&text);
        let end = read(self, &mut xml);
        let name = self.package.name(part);
        if let Err(reason) = end {
            self.out.gaps.push(Gap::new(reason, name, ""));
        } else if xml.flaw().is_some() && !name.to_ascii_lowercase().ends_with(".vml") {
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
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::blob::Limits;
    use crate::document::Area;

    const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    const SLIDES: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";

    fn relationships(of: &[(&str, &str, &str)]) -> Vec<u8> {
        let one = |(id, kind, target): &(&str, &str, &str)| {
            let mode = if target.contains(':') { " TargetMode=\"External\"" } else { "" };
            format!("<Relationship Id=\"{id}\" Type=\"http://x.test/{kind}\" Target=\"{target}\"{mode}/>")
        };
        format!("<Relationships>{}</Relationships>", of.iter().map(one).collect::<String>()).into_bytes()
    }

    fn package(main: (&str, &str), root: &[(&str, &str, &str)], parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let mut add = |name: &str, bytes: &[u8]| {
            zip.start_file(name, ::zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        };
        let types = format!("<Types><Override PartName=\"/{}\" ContentType=\"{}\"/></Types>", main.0, main.1);
        add("[Content_Types].xml", types.as_bytes());
        let root: Vec<_> = root.iter().copied().chain([("rId1", "officeDocument", main.0)]).collect();
        add("_rels/.rels", &relationships(&root));
        for (name, bytes) in parts {
            add(name, bytes);
        }
        zip.finish().unwrap().into_inner()
    }

    fn told(bytes: &[u8], text: bool) -> Document<'static> {
        let mut budget = Budget::new(&Limits::default());
        let kind = kind(&mut Archive::open(bytes).unwrap(), &mut budget).unwrap();
        let mut out = Document::default();
        read(kind, bytes, &Options { text, ..Options::default() }, &mut budget, &mut out);
        out
    }

    fn area(document: &Document<'_>, words: &str) -> Area {
        let at = document.text.as_str().find(words).unwrap_or_else(|| panic!("{words}: {}", document.text.as_str()));
        document.text.location(at).area
    }

    fn word(extra: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut parts = vec![
            ("odd/body.xml", b"<w:document><w:p><w:r><w:t>body text</w:t></w:r></w:p></w:document>".to_vec()),
            (
                "odd/_rels/body.xml.rels",
                relationships(&[("r2", "header", "../Up.xml"), ("r3", "hyperlink", "mailto:a@b.test")]),
            ),
            ("up.xml", b"\xFF\xFE".iter().copied().chain("<h><p><t>head</t></p></h>".encode_utf16().flat_map(u16::to_le_bytes)).collect()),
            ("props.xml", b"<Properties><property name=\"MSIP_Label_x_Enabled\"><vt:lpwstr>true</vt:lpwstr></property></Properties>".to_vec()),
            ("li.bin", b"<clbl:labelList/>".to_vec()),
            ("word/embeddings/o.bin", vec![1, 2, 3]),
            ("orphan.xml", b"<a><b>orphaned words</b></a>".to_vec()),
        ];
        parts.extend(extra.iter().cloned());
        let root = [("c", "custom-properties", "props.xml"), ("l", "classificationlabels", "/li.bin")];
        package(("odd/body.xml", WORD), &root, &parts)
    }

    #[test]
    fn a_document_with_odd_names_is_read_whole() {
        let out = told(&word(&[]), true);
        assert_eq!(out.gaps, []);
        assert_eq!((area(&out, "body text"), area(&out, "head")), (Area::Body, Area::Header));
        assert_eq!((area(&out, "orphaned"), area(&out, "mailto:")), (Area::Metadata, Area::Metadata));
        assert_eq!(out.embedded.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["word/embeddings/o.bin"]);
        assert_eq!(out.properties.label_info, ["<clbl:labelList/>"]);
        assert_eq!(out.properties.custom, [("MSIP_Label_x_Enabled".to_owned(), "true".to_owned())]);
        let labels = told(&word(&[]), false);
        assert_eq!(labels.properties, out.properties);
        assert!(labels.text.is_empty() && labels.embedded.is_empty());
    }

    #[test]
    fn damage_is_a_gap_at_its_part_and_loses_nothing_else() {
        let out = told(&word(&[("word/cut.xml", b"<w:p><w:t>before</w:t><w:t>in the cut".to_vec())]), true);
        assert_eq!(
            out.gaps.iter().map(|g| (g.reason, g.place.as_str())).collect::<Vec<_>>(),
            [(Reason::Corrupt, "word/cut.xml")]
        );
        assert!(out.text.as_str().contains("in the cut") && out.text.as_str().contains("body text"));
    }

    #[test]
    fn a_label_part_that_is_too_large_is_refused() {
        let large = [b"<a>".to_vec(), vec![b' '; (1 << 20) + 1]].concat();
        let parts = [("b.xml", b"<p/>".to_vec()), ("l.xml", large)];
        let out = told(&package(("b.xml", WORD), &[("l", "classificationlabels", "l.xml")], &parts), false);
        assert_eq!((out.gaps.len(), out.properties.label_info.len()), (1, 0));
    }

    #[test]
    fn a_workbook_tells_hidden_sheets_formats_comments_and_bombs_once() {
        let long = "x".repeat(5000);
        let cells: String = (1..500).map(|r| format!("<row r=\"{r}\"><c t=\"s\"><v>1</v></c></row>")).collect();
        let parts = [
            ("xl/w.xml", b"<workbook><sheets><sheet name=\"One\" sheetId=\"1\" r:id=\"a\"/><sheet name=\"Two\" state=\"veryHidden\" r:id=\"b\"/></sheets></workbook>".to_vec()),
            ("xl/_rels/w.xml.rels", relationships(&[("a", "worksheet", "s1.xml"), ("b", "worksheet", "s2.xml"), ("c", "sharedStrings", "sst.xml"), ("d", "styles", "st.xml")])),
            ("xl/sst.xml", format!("<sst><si><t>un</t><t>used</t></si><si><t>{long}</t></si></sst>").into_bytes()),
            ("xl/st.xml", b"<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"000-00-0000\"/></numFmts><cellXfs><xf/><xf numFmtId=\"200\"/></cellXfs></styleSheet>".to_vec()),
            ("xl/s1.xml", format!("<sheetData>{cells}</sheetData>").into_bytes()),
            ("xl/s2.xml", b"<sheetData><row r=\"3\"><c r=\"B3\" s=\"1\"><v>219099999</v></c></row></sheetData>".to_vec()),
            ("xl/_rels/s2.xml.rels", relationships(&[("a", "comments", "/xl/n.xml")])),
            ("xl/n.xml", b"<comments><commentList><comment ref=\"C4\"><text><r><t>no</t></r><r><t>te</t></r></text></comment></commentList></comments>".to_vec()),
        ];
        let out = told(&package(("xl/w.xml", SHEET), &[], &parts), true);
        assert_eq!(out.gaps, []);
        let location = |words: &str| out.text.location(out.text.as_str().find(words).unwrap());
        let ssn = location("219-09-9999  219099999");
        assert_eq!((ssn.area, ssn.sheet.as_deref(), ssn.cell.as_deref()), (Area::Hidden, Some("Two"), Some("B3")));
        let note = location("note");
        assert_eq!((note.area, note.sheet.as_deref(), note.cell.as_deref()), (Area::Comment, Some("Two"), Some("C4")));
        assert_eq!(area(&out, "unused"), Area::Metadata);
        assert_eq!(out.text.as_str().matches(&long).count(), 1);
    }

    #[test]
    fn slides_come_in_order_with_their_notes() {
        let slide = |t: &str, show: &str| {
            format!("<p:sld{show}><p:sp><p:txBody><a:p><a:r><a:t>{t}</a:t></a:r></a:p></p:txBody></p:sp></p:sld>")
                .into_bytes()
        };
        let layout = b"<l><p:sp><p:nvPr><p:ph type=\"body\"/></p:nvPr><p:txBody><a:p><a:r><a:t>Click</a:t></a:r></a:p></p:txBody></p:sp></l>".to_vec();
        let parts = [
            (
                "ppt/p.xml",
                b"<p><sldIdLst><sldId id=\"2\" r:id=\"b\"/><sldId id=\"1\" r:id=\"a\"/></sldIdLst></p>".to_vec(),
            ),
            ("ppt/_rels/p.xml.rels", relationships(&[("a", "slide", "s1.xml"), ("b", "slide", "s2.xml")])),
            ("ppt/s1.xml", slide("second", " show=\"0\"")),
            ("ppt/s2.xml", slide("first", "")),
            ("ppt/_rels/s2.xml.rels", relationships(&[("n", "notesSlide", "n.xml"), ("l", "slideLayout", "l.xml")])),
            ("ppt/n.xml", slide("spoken", "")),
            ("ppt/l.xml", layout),
        ];
        let out = told(&package(("ppt/p.xml", SLIDES), &[], &parts), true);
        assert_eq!(out.text.as_str(), "first\nspoken\nsecond\n");
        let at = |words: &str| out.text.location(out.text.as_str().find(words).unwrap());
        assert_eq!((at("spoken").area, at("spoken").slide), (Area::Notes, Some(1)));
        assert_eq!((at("second").area, at("second").slide), (Area::Hidden, Some(2)));
    }

    #[test]
    fn other_archives_are_none() {
        let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("word/notes.txt", ::zip::write::SimpleFileOptions::default()).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        assert_eq!(kind(&mut Archive::open(&bytes).unwrap(), &mut Budget::new(&Limits::default())), None);
        for (content_type, kind) in [
            ("application/vnd.ms-excel.sheet.binary.macroenabled.main", Some(Kind::Xlsb)),
            ("application/vnd.ms-visio.drawing.main+xml", Some(Kind::Vsdx)),
            ("application/vnd.ms-word.document.macroenabled.main+xml", Some(Kind::Docx)),
            ("application/vnd.ms-excel.addin.macroenabled.main+xml", Some(Kind::Xlsx)),
            ("application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml", Some(Kind::Pptx)),
            ("application/xml", None),
        ] {
            assert_eq!(main_kind(content_type), kind, "{content_type}");
        }
    }
}
