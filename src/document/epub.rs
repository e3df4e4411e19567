//! EPUB (W3C EPUB 3.3; IDPF OPF 2.0.1): the documents of the spine in reading order, then those beside it, metadata of
//! the package, titles of the contents that no document has. What is neither is a file of its own.

use std::collections::{HashMap, HashSet};

use super::markup::{self, Event, Xml};
use super::members::Members;
use super::{Area, Document, Options, percent, plain};
use crate::blob::{Aspect, Budget, Coverage, Gap, Kind, Reason};

/// What is read of it.
pub const COVERAGE: Coverage = Coverage {
    read: &[Aspect::Body, Aspect::Comments, Aspect::Hidden, Aspect::Metadata, Aspect::Embedded],
    gap: &[],
    source: "W3C EPUB 3.3; OPF 2.0.1",
};

/// Elements of the metadata that the software fills in.
const QUIET: &[&str] = &["language", "format", "modified"];
/// Algorithms that keep fonts from being copied (EPUB 3.3, 4.3): they hide no text.
const OBFUSCATION: &[&str] = &["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Reads a document into `out`; what cannot be read becomes gaps.
pub fn read<'a>(bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let Some(members) = Members::open(bytes, &mut out.gaps) else { return };
    let mut book = Book { members, sealed: HashSet::new(), titles: Vec::new() };
    book.read_seals(budget, out);
    let packages = book.packages(budget, out);
    if packages.is_empty() {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "the package document is missing"));
    }
    for name in packages {
        book.package(&name, options, budget, out);
    }
    if options.text {
        book.tell_titles(out);
        book.pass_over();
        book.members.rest(budget, out);
    }
}

struct Book<'a> {
    members: Members<'a>,
    /// Members that are encrypted.
    sealed: HashSet<String>,
    /// Titles of the contents.
    titles: Vec<String>,
}

/// An entry of the manifest.
struct Item {
    path: String,
    media: String,
    contents: bool,
}

impl Book<'_> {
    fn xml(&mut self, name: &str, budget: &mut Budget, out: &mut Document<'_>) -> Option<String> {
        let member = self.members.find(name)?;
        let bytes = self.members.read(member, budget, &mut out.gaps);
        Some(markup::decode(&bytes).0.into_owned())
    }

    /// `META-INF/encryption.xml`: members that only rights management opens.
    fn read_seals(&mut self, budget: &mut Budget, out: &mut Document<'_>) {
        let Some(xml) = self.xml("META-INF/encryption.xml", budget, out) else { return };
        let mut xml = Xml::new(&xml);
        let mut hides = true;
        while let Some(event) = xml.next() {
            let Event::Start(tag) = event else { continue };
            match tag.name {
                "EncryptedData" => hides = true,
                "EncryptionMethod" => {
                    let algorithm = tag.attribute("Algorithm").unwrap_or_default();
                    hides = hides && !OBFUSCATION.contains(&algorithm.as_ref());
                }
                "CipherReference" => {
                    let path = percent::text(&tag.attribute("URI").unwrap_or_default());
                    let path = path.trim_start_matches('/').to_owned();
                    if let Some(member) = self.members.find(&path) {
                        self.members.set_done(member);
                        if hides {
                            out.gaps.push(Gap::new(Reason::RightsProtected, &path, "encrypted member"));
                        }
                    }
                    self.sealed.insert(path);
                }
                _ => {}
            }
        }
    }

    /// Names of the package documents: by the container file, else by their extension.
    fn packages(&mut self, budget: &mut Budget, out: &mut Document<'_>) -> Vec<String> {
        let mut names = Vec::new();
        if let Some(container) = self.xml("META-INF/container.xml", budget, out) {
            let mut xml = Xml::new(&container);
            while let Some(event) = xml.next() {
                if let Event::Start(tag) = event
                    && tag.name == "rootfile"
                    && let Some(path) = tag.attribute("full-path")
                {
                    names.push(path.into_owned());
                }
            }
        }
        names.retain(|name| self.members.find(name).is_some());
        if names.is_empty() {
            let found = self.members.names().filter(|(_, name)| name.to_ascii_lowercase().ends_with(".opf"));
            names = found.map(|(_, name)| name.to_owned()).collect();
        }
        names
    }

    fn package(&mut self, name: &str, options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
        let Some(source) = self.xml(name, budget, out) else { return };
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let (mut items, mut order, mut spine) = (HashMap::new(), Vec::new(), Vec::new());
        let mut xml = Xml::new(&source);
        let mut value = String::new();
        let mut title = None;
        let mut inside = false;
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => {
                    value.clear();
                    match tag.name {
                        "metadata" => inside = true,
                        "item" => {
                            let id = tag.attribute("id").unwrap_or_default().into_owned();
                            let properties = tag.attribute("properties").unwrap_or_default();
                            let media = tag.attribute("media-type").unwrap_or_default().to_ascii_lowercase();
                            let contents = media.contains("dtbncx") || properties.split(' ').any(|word| word == "nav");
                            let path = resolve(&folder, &tag.attribute("href").unwrap_or_default());
                            order.push(id.clone());
                            items.entry(id).or_insert(Item { path, media, contents });
                        }
                        "itemref" => spine.push(tag.attribute("idref").unwrap_or_default().into_owned()),
                        "meta" if inside => {
                            let name = tag.attribute("name").map(|name| name.into_owned());
                            let quiet = tag.attribute("property").is_some_and(|p| p.starts_with("dcterms:modified"));
                            title = tag.attribute("property").filter(|_| !quiet).map(|property| property.into_owned());
                            if let (Some(name), Some(content)) = (name, tag.attribute("content")) {
                                property(&name, &content, options.text, out);
                            }
                        }
                        "reference" => self.titles.push(tag.attribute("title").unwrap_or_default().into_owned()),
                        _ => title = None,
                    }
                }
                Event::Text(chars) => value.push_str(&chars.decode()),
                Event::End { name: "metadata", .. } => inside = false,
                Event::End { name, .. } if inside => {
                    let words = std::mem::take(&mut value);
                    match title.take() {
                        Some(name) => property(&name, &words, options.text, out),
                        None if options.text && !QUIET.contains(&name) => out.text.aside(Area::Metadata, &words),
                        None => {}
                    }
                }
                Event::Comment(words) if options.text => out.text.aside(Area::Comment, words),
                _ => {}
            }
        }
        if xml.flaw().is_some() {
            out.gaps.push(Gap::new(Reason::Corrupt, name, "not well-formed XML"));
        }
        if !options.text {
            return;
        }
        // The spine first, then documents that nobody is led to.
        let led_to: HashSet<&String> = spine.iter().collect();
        for id in spine.iter().chain(&order) {
            if let Some(item) = items.get(id) {
                self.document(item, led_to.contains(id), budget, out);
            }
        }
    }

    fn document(&mut self, item: &Item, in_spine: bool, budget: &mut Budget, out: &mut Document<'_>) {
        let Some(member) = self.members.find(&item.path) else { return };
        let kind = match item.media.as_str() {
            media if media.contains("html") || media.contains("x-dtbook") || media.contains("oeb1-document") => {
                Kind::Html
            }
            media if media.contains("dtbncx") => Kind::Xml,
            media if media.contains("svg") && in_spine => Kind::Xml,
            "text/css" => return self.members.set_done(member),
            _ => return,
        };
        let bytes = self.members.read(member, budget, &mut out.gaps);
        if item.media.contains("dtbncx") {
            return self.labels(&markup::decode(&bytes).0);
        }
        let read = plain::read(kind, &bytes, budget);
        let name = self.members.name(member).to_owned();
        out.gaps.extend(read.gaps.into_iter().map(|gap| Gap { place: name.clone(), ..gap }));
        out.embedded.extend(read.embedded);
        if item.contents && !in_spine {
            self.titles.extend(read.text.as_str().lines().map(str::to_owned));
        } else {
            out.text.line();
            out.text.append(read.text);
            out.text.line();
        }
    }

    /// Titles of an NCX (`text` elements).
    fn labels(&mut self, source: &str) {
        let mut xml = Xml::new(source);
        while let Some(event) = xml.next() {
            if let Event::Start(tag) = event
                && tag.name == "text"
            {
                self.titles.push(xml.text().into_owned());
            }
        }
    }

    /// Tells titles that no line of the documents is.
    fn tell_titles(&mut self, out: &mut Document<'_>) {
        let one = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut lines: HashSet<String> = out.text.as_str().lines().map(one).collect();
        for title in std::mem::take(&mut self.titles) {
            let title = one(&title);
            if !title.is_empty() && !lines.contains(&title) {
                out.text.aside(Area::Metadata, &title);
                lines.insert(title);
            }
        }
    }

    /// Members that hold no text: the media type, fonts, styles.
    fn pass_over(&mut self) {
        let quiet = |name: &str| {
            let name = name.to_ascii_lowercase();
            let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            name == "mimetype" || matches!(extension, "ttf" | "otf" | "woff" | "woff2" | "css")
        };
        let quiet: Vec<usize> = self.members.names().filter(|(_, name)| quiet(name)).map(|(i, _)| i).collect();
        quiet.into_iter().for_each(|member| self.members.set_done(member));
    }
}

/// A named property: text, and where labels are read.
fn property(name: &str, value: &str, text: bool, out: &mut Document<'_>) {
    let value = value.trim();
    // What software keeps there for itself has a prefix of its own; the cover is the id of a picture.
    let quiet = name == "cover" || name.starts_with("rendition:") || name.starts_with("calibre:");
    if value.is_empty() || quiet {
        return;
    }
    if text {
        out.text.aside(Area::Metadata, &format!("{name}: {value}"));
    }
    out.properties.custom.push((name.to_owned(), value.to_owned()));
}

/// The member that a reference leads to, seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = percent::text(target.split('#').next().unwrap_or_default());
    let mut path: Vec<&str> = folder.split('/').filter(|_| !target.starts_with('/')).collect();
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(path.pop()),
            segment => path.push(segment),
        }
    }
    path.retain(|segment| !segment.is_empty());
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_seen_from_their_folder() {
        assert_eq!(resolve("OEBPS/text", "../a%20b.xhtml#c"), "OEBPS/a b.xhtml");
        assert_eq!(resolve("", "x.xhtml"), "x.xhtml");
        assert_eq!(resolve("OEBPS", "/x.xhtml"), "x.xhtml");
    }
}
