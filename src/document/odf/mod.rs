//! OpenDocument (OASIS ODF 1.3 parts 2 and 3, ISO/IEC 26300; OpenOffice.org 1.x is read the same way): texts, sheets,
//! presentations, drawings, as packages and as flat XML.
//!
//! The content comes first, in its order; then headers and footers of master pages, objects inside, macros, metadata.
//! Members that are none of these are files of their own. Settings and pictures of what was read hold no text.

mod body;
mod manifest;
mod meta;
mod styles;
mod table;
mod words;

use body::Body;
use styles::Styles;

use super::markup::{self, Event, Xml};
use super::members::Members;
use super::{Area, Document, Options};
use crate::blob::{Aspect, Budget, Coverage, Gap, Kind, Reason};
use crate::container::zip::Archive;

/// What is read of documents of `kind`.
pub fn coverage(kind: Kind) -> Coverage {
    use Aspect::*;
    let (read, source): (&[Aspect], _) = match kind {
        Kind::Ods => (
            &[Body, Headers, Comments, Hidden, Changes, Drawings, Metadata, Embedded, Macros, Labels],
            "ODF 1.3 part 3, clause 9 (tables)",
        ),
        Kind::Odp => {
            (&[Body, Notes, Comments, Hidden, Drawings, Metadata, Embedded], "ODF 1.3 part 3, clause 10 (graphics)")
        }
        Kind::Odg => (&[Body, Drawings, Metadata, Embedded], "ODF 1.3 part 3, clause 10 (graphics)"),
        _ => (
            &[
                Body, Headers, Notes, Comments, Hidden, Changes, Drawings, Forms, Metadata, Embedded, Macros, Labels,
                Passwords,
            ],
            "ODF 1.3 part 3, clauses 4 to 7 (text)",
        ),
    };
    Coverage { read, gap: &[], source }
}

/// The kind of document with this media type.
pub fn kind_of_media(media: &str) -> Option<Kind> {
    let name = media.trim().to_ascii_lowercase();
    let name = name
        .strip_prefix("application/vnd.oasis.opendocument.")
        .or_else(|| name.strip_prefix("application/vnd.sun.xml."))?;
    Some(if name.starts_with("spreadsheet") || name.starts_with("calc") {
        Kind::Ods
    } else if name.starts_with("presentation") || name.starts_with("impress") {
        Kind::Odp
    } else if name.starts_with("graphics") || name.starts_with("draw") || name.starts_with("image") {
        Kind::Odg
    } else {
        Kind::Odt
    })
}

/// The kind of a package that lost its first member: by its manifest, or by the root of its content.
pub fn kind(archive: &mut Archive<'_>, budget: &mut Budget) -> Option<Kind> {
    let mut read = |name: &str| {
        let entry = archive.find(name).cloned()?;
        let mut bytes = Vec::new();
        let _ = archive.read(&entry, budget, &mut bytes);
        Some(markup::decode(&bytes).0.into_owned())
    };
    let manifest = read("META-INF/manifest.xml")?;
    let mut xml = Xml::new(&manifest);
    while let Some(event) = xml.next() {
        if let Event::Start(tag) = event
            && tag.attribute("full-path").is_some_and(|path| path == "/")
        {
            return kind_of_media(&tag.attribute("media-type")?);
        }
    }
    let content = read("content.xml")?;
    memchr::memmem::find(content.as_bytes(), b"office:document-content").map(|_| Kind::Odt)
}

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(kind: Kind, bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let mut own = Document::<'static>::default();
    if Kind::of(bytes) == Kind::Xml {
        flat(kind, bytes, options, budget, &mut own);
    } else {
        package(kind, bytes, options, budget, &mut own);
    }
    *out = own;
}

/// One XML file with everything in it (ODF 1.3 part 3, 3.1.2: `office:document`).
fn flat(kind: Kind, bytes: &[u8], options: &Options, budget: &mut Budget, out: &mut Document<'static>) {
    let (text, whole) = markup::decode(bytes);
    if options.text {
        let mut styles = Styles::default();
        styles.read(&mut Xml::new(&text));
        part(&text, "", &styles, (kind, Area::Body), budget, out);
        if !whole {
            out.gaps.push(Gap::new(Reason::Corrupt, "", "bytes that are no characters"));
        }
    }
    meta::read(&mut Xml::new(&text), options.text, out);
}

/// Walks one XML part for its text.
fn part(
    xml: &str,
    name: &str,
    styles: &Styles,
    (kind, area): (Kind, Area),
    budget: &Budget,
    out: &mut Document<'static>,
) {
    let mut xml = Xml::new(xml);
    let mut body = Body::new(&mut out.text, &mut out.embedded, styles, kind == Kind::Odp, budget);
    let end = body.read(&mut xml, area);
    if let Err(reason) = end {
        out.gaps.push(Gap::new(reason, name, "read in part"));
    } else if let Some(flaw) = xml.flaw() {
        out.gaps.push(Gap::new(Reason::Corrupt, name, format!("XML is not well-formed: {flaw}")));
    }
}

fn package(kind: Kind, bytes: &[u8], options: &Options, budget: &mut Budget, out: &mut Document<'static>) {
    let Some(members) = Members::open(bytes, &mut out.gaps) else { return };
    let mut package = Package { kind, members, manifest: manifest::Manifest::default(), told: false, password: None };
    package.open_manifest(budget, out);
    if options.text {
        package.documents(options, budget, out);
    }
    if let Some(xml) = package.xml("meta.xml", options, budget, out) {
        meta::read(&mut Xml::new(&xml), options.text, out);
    }
    if options.text {
        package.macros(options, budget, out);
        package.pass_over();
        package.encrypted_rest(options, budget, out);
        package.members.rest(budget, out);
    }
}

struct Package<'a> {
    kind: Kind,
    members: Members<'a>,
    manifest: manifest::Manifest,
    /// The gap of encryption is told: no password opens it.
    told: bool,
    /// The password that opened the first member.
    password: Option<String>,
}

impl Package<'_> {
    fn open_manifest(&mut self, budget: &mut Budget, out: &mut Document<'static>) {
        if let Some(member) = self.members.find("META-INF/manifest.xml") {
            let bytes = self.members.read(member, budget, &mut out.gaps);
            self.manifest = manifest::Manifest::read(&markup::decode(&bytes).0);
        }
    }

    /// The bytes of a member, decrypted if they are encrypted.
    fn bytes(&mut self, member: usize, options: &Options, budget: &mut Budget, out: &mut Document<'static>) -> Vec<u8> {
        let bytes = self.members.read(member, budget, &mut out.gaps);
        let name = self.members.name(member);
        let Some(seal) = self.manifest.seal(name) else { return bytes };
        if self.told {
            return Vec::new();
        }
        match seal.open(&bytes, &options.passwords, &mut self.password, budget) {
            Ok(bytes) => bytes,
            Err(reason) => {
                if !std::mem::replace(&mut self.told, true) {
                    out.gaps.push(Gap::new(reason, "", "the document is encrypted"));
                }
                Vec::new()
            }
        }
    }

    /// The characters of a member, if it is there.
    fn xml(
        &mut self,
        name: &str,
        options: &Options,
        budget: &mut Budget,
        out: &mut Document<'static>,
    ) -> Option<String> {
        let member = self.members.find(name)?;
        let bytes = self.bytes(member, options, budget, out);
        let (text, whole) = markup::decode(&bytes);
        if !whole {
            out.gaps.push(Gap::new(Reason::Corrupt, name, "bytes that are no characters"));
        }
        (!text.is_empty()).then(|| text.into_owned())
    }

    /// Reads the document, then the objects in it: folders with a content of their own.
    fn documents(&mut self, options: &Options, budget: &mut Budget, out: &mut Document<'static>) {
        let mut folders: Vec<String> = Vec::new();
        for (_, name) in self.members.names() {
            if let Some(folder) = name.strip_suffix("content.xml")
                && (folder.is_empty() || folder.ends_with('/'))
                && !folders.iter().any(|known| known == folder)
            {
                folders.push(folder.to_owned());
            }
        }
        folders.sort_by_key(|folder| !folder.is_empty());
        if folders.first().is_none_or(|folder| !folder.is_empty()) && !self.manifest.is_sealed() {
            out.gaps.push(Gap::new(Reason::Corrupt, "", "the content is missing"));
        }
        for folder in folders {
            let name = |file: &str| format!("{folder}{file}");
            let content = self.xml(&name("content.xml"), options, budget, out);
            let looks = self.xml(&name("styles.xml"), options, budget, out);
            let mut styles = Styles::default();
            for xml in [&looks, &content].into_iter().flatten() {
                styles.read(&mut Xml::new(xml));
            }
            let area = if folder.is_empty() { Area::Body } else { Area::Embedded };
            if let Some(xml) = &content {
                part(xml, &name("content.xml"), &styles, (self.kind, area), budget, out);
            }
            if let Some(xml) = &looks {
                part(xml, &name("styles.xml"), &styles, (self.kind, Area::Header), budget, out);
            }
            if let Some(picture) = folder.strip_suffix('/').filter(|_| content.is_some()) {
                if let Some(member) = self.members.find(&format!("ObjectReplacements/{picture}")) {
                    self.members.set_done(member);
                }
                if let Some(member) = self.members.find(&name("meta.xml"))
                    && let Some(xml) = self.xml(self.members.name(member).to_owned().as_str(), options, budget, out)
                {
                    let mut own = Document::default();
                    std::mem::swap(&mut own.text, &mut out.text);
                    meta::read(&mut Xml::new(&xml), true, &mut own);
                    std::mem::swap(&mut own.text, &mut out.text);
                }
            }
        }
    }

    /// Source text of Basic (ODF 1.3 part 3, 3.13 leaves its form to the application: `script:module`).
    fn macros(&mut self, options: &Options, budget: &mut Budget, out: &mut Document<'static>) {
        let modules: Vec<String> = self.members.names().map(|(_, name)| name.to_owned()).collect();
        for name in modules {
            let lower = name.to_ascii_lowercase();
            if !lower.starts_with("basic/") || !lower.ends_with(".xml") {
                continue;
            }
            let Some(xml) = self.xml(&name, options, budget, out) else { continue };
            let mut xml = Xml::new(&xml);
            let mut source = String::new();
            while let Some(event) = xml.next() {
                if let Event::Text(chars) = event {
                    source.push_str(&chars.decode());
                }
            }
            out.text.aside(Area::Metadata, &source);
            if let Some(flaw) = xml.flaw() {
                out.gaps.push(Gap::new(Reason::Corrupt, name, format!("XML is not well-formed: {flaw}")));
            }
        }
    }

    /// Marks members that hold no text, or that repeat what was read.
    fn pass_over(&mut self) {
        let quiet = |name: &str| {
            let lower = name.to_ascii_lowercase();
            matches!(lower.as_str(), "mimetype" | "settings.xml" | "manifest.rdf" | "layout-cache")
                || lower.ends_with("/settings.xml")
                || lower.starts_with("configurations2/")
                || matches!(lower.as_str(), "thumbnails/thumbnail.png" | "dialogs/dialog-lc.xml")
        };
        let quiet: Vec<usize> = self.members.names().filter(|(_, name)| quiet(name)).map(|(i, _)| i).collect();
        quiet.into_iter().for_each(|member| self.members.set_done(member));
    }

    /// Members that are encrypted and not XML of the document: pictures, objects, a whole package.
    fn encrypted_rest(&mut self, options: &Options, budget: &mut Budget, out: &mut Document<'static>) {
        let sealed =
            self.members.names().filter(|(i, name)| !self.members.is_done(*i) && self.manifest.seal(name).is_some());
        let sealed: Vec<(usize, String)> = sealed.map(|(i, name)| (i, name.to_owned())).collect();
        for (member, name) in sealed {
            let bytes = self.bytes(member, options, budget, out);
            if name == "encrypted-package" && !bytes.is_empty() {
                out.decrypted = Some(bytes);
            } else if !bytes.is_empty() {
                out.embedded.push(super::Embedded { name, bytes });
            }
        }
    }
}
