//! Metadata (ODF 1.3 part 3, clause 4.3): what people typed becomes text, what they defined goes where labels are read.

use crate::document::markup::{Event, Xml};
use crate::document::{Area, Document};

/// Elements that the software fills in.
const QUIET: &[&str] = &[
    "generator",
    "creation-date",
    "date",
    "print-date",
    "editing-cycles",
    "editing-duration",
    "language",
    "hyperlink-behaviour",
    "document-statistic",
];

/// Reads `office:meta`; text only where it is wanted.
pub(super) fn read(xml: &mut Xml<'_>, text: bool, out: &mut Document<'_>) {
    let (mut name, mut value) = ("", String::new());
    let mut defined: Option<String> = None;
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => {
                (name, value) = (tag.name, String::new());
                if matches!(name, "body" | "styles" | "automatic-styles" | "settings" | "scripts" | "master-styles") {
                    xml.skip();
                }
                defined = (name == "user-defined").then(|| tag.attribute("name").unwrap_or_default().into_owned());
                if text && name == "template" {
                    for attribute in ["title", "href"] {
                        out.text.aside(Area::Metadata, &tag.attribute(attribute).unwrap_or_default());
                    }
                }
            }
            Event::Text(chars) => value.push_str(&chars.decode()),
            Event::End { name: ended, .. } => {
                let words = std::mem::take(&mut value);
                let words = words.trim();
                if ended != name || (words.is_empty() && defined.is_none()) || QUIET.contains(&name) {
                    continue;
                }
                match defined.take() {
                    Some(defined) => {
                        let line = if words.is_empty() { defined.clone() } else { format!("{defined}: {words}") };
                        // Old writers give four of them empty to every document.
                        if text && (!words.is_empty() || !defined.starts_with("Info ")) {
                            out.text.aside(Area::Metadata, &line);
                        }
                        out.properties.custom.push((defined, words.to_owned()));
                    }
                    None if text => out.text.aside(Area::Metadata, words),
                    None => {}
                }
            }
            Event::Comment(_) | Event::Instruction(_) | Event::Doctype(_) => {}
        }
    }
}
