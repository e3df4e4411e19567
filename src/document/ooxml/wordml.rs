//! WordprocessingML of Word 2003 (Microsoft Office 2003 XML reference schemas): the words of a document and of all that
//! stands beside it in one XML file. Its elements are those of ECMA-376 but for a few, which are made into those first.

use super::story::{self, Manner};
use crate::blob::{Budget, Gap, Reason};
use crate::document::markup::{Event, Xml, unescape};
use crate::document::{Area, Document, Embedded, base64};

/// Reads a document into `out`.
pub(super) fn read(source: &str, text: bool, budget: &mut Budget, out: &mut Document<'_>) {
    let Rewritten { body, beside, words, flaw } = rewrite(source, text, out);
    if !text {
        return;
    }
    for (area, source) in std::iter::once((Area::Body, body.as_str())).chain(beside) {
        out.text.set_area(area);
        if let Err(reason) = story::read(&mut Xml::new(source), Manner::of(area), &mut out.text, budget) {
            out.gaps.push(Gap::new(reason, "", "read in part"));
            break;
        }
    }
    out.text.set_area(Area::Body);
    words.iter().for_each(|words| out.text.aside(Area::Metadata, words));
    if let Some(flaw) = flaw {
        out.gaps.push(Gap::new(Reason::Corrupt, "", format!("XML is not well-formed: {flaw}")));
    }
}

/// A document taken apart.
#[derive(Default)]
struct Rewritten<'x> {
    /// The main text, in elements of ECMA-376.
    body: String,
    /// Headers, notes and comments.
    beside: Vec<(Area, &'x str)>,
    /// Link targets, authors, values of properties.
    words: Vec<String>,
    flaw: Option<&'static str>,
}

fn rewrite<'x>(source: &'x str, text: bool, out: &mut Document<'_>) -> Rewritten<'x> {
    let mut parts = Rewritten::default();
    let mut xml = Xml::new(source);
    let mut annotations: Vec<&'static str> = Vec::new();
    loop {
        let before = xml.at();
        let Some(event) = xml.next() else { break };
        let raw = source.get(before..xml.at()).unwrap_or_default();
        match event {
            Event::Start(tag) => match tag.name {
                "binData" => {
                    let name = tag.attribute("name").unwrap_or_default().replace("wordml://", "");
                    let bytes = base64::decode(xml.inner().as_bytes());
                    if text && !bytes.is_empty() {
                        out.embedded.push(Embedded { name, bytes });
                    }
                }
                "hdr" => parts.beside.push((Area::Header, xml.inner())),
                "ftr" => parts.beside.push((Area::Footer, xml.inner())),
                "footnote" | "endnote" => parts.beside.push((Area::Footnote, xml.inner())),
                "annotation" => {
                    let kind = tag.attribute("type").unwrap_or_default();
                    let name = match kind.as_ref() {
                        "Word.Insertion" => "ins",
                        "Word.Deletion" => "del",
                        "Word.Comment" => {
                            let author = tag.attribute("author").unwrap_or_default().into_owned();
                            if !parts.words.iter().rev().take(16).any(|known| *known == author) {
                                parts.words.push(author);
                            }
                            parts.beside.push((Area::Comment, xml.inner()));
                            continue;
                        }
                        "Word.Bookmark.Start" => {
                            let name = tag.attribute("name").unwrap_or_default();
                            if !name.starts_with('_') {
                                parts.words.push(name.into_owned());
                            }
                            ""
                        }
                        _ => "",
                    };
                    annotations.push(name);
                    if !name.is_empty() {
                        parts.body.push_str(&format!("<w:{name}>"));
                    }
                }
                "hlink" => {
                    parts.words.push(tag.attribute("dest").unwrap_or_default().into_owned());
                    parts.body.push_str(raw);
                }
                "docVar" => parts.words.push(tag.attribute("val").unwrap_or_default().into_owned()),
                "DocumentProperties" => properties(xml.inner(), false, &mut parts, out),
                "CustomDocumentProperties" => properties(xml.inner(), true, &mut parts, out),
                "styles" | "fonts" | "lists" | "shapeDefaults" => xml.skip(),
                _ => parts.body.push_str(raw),
            },
            Event::End { name: "annotation", .. } => {
                let name = annotations.pop().unwrap_or_default();
                if !name.is_empty() {
                    parts.body.push_str(&format!("</w:{name}>"));
                }
            }
            Event::Comment(words) => parts.words.push(words.to_owned()),
            _ => parts.body.push_str(raw),
        }
    }
    parts.flaw = xml.flaw();
    parts
}

/// Properties: every element is one, and says so by its name.
fn properties(inside: &str, custom: bool, parts: &mut Rewritten<'_>, out: &mut Document<'_>) {
    let mut xml = Xml::new(inside);
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        let value = xml.text();
        let value = value.trim();
        if custom {
            // `_x0020_` stands for what no name of an element may have.
            let name = unescape(tag.name).replace("_x0020_", " ");
            parts.words.push(format!("{name}: {value}"));
            out.properties.custom.push((name, value.to_owned()));
        } else if value.len() > 1 && !is_count_or_time(value) {
            parts.words.push(value.to_owned());
        }
    }
}

/// Whether a property is one that the software counts.
fn is_count_or_time(value: &str) -> bool {
    let count = value.len() <= 8 && value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    count || (value.ends_with('Z') && value.get(10..11) == Some("T"))
}
