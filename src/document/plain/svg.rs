//! SVG (W3C SVG 1.1 and 2): the words of a drawing. A `text` element is a line, its spans are joined; titles,
//! descriptions, scripts, metadata and links are metadata; pictures and files in `data:` addresses are files.

use super::data_uri;
use crate::blob::{Budget, Gap, Reason};
use crate::document::markup::{Event, Tag, Xml, local, unescape};
use crate::document::{Area, Document};

/// Elements between two looks at the clock.
const EVENTS_PER_CHECK: u32 = 4096;
/// Attributes that hold words.
const WORDS: &[&str] = &["aria-label", "aria-description", "label", "title", "alt"];
/// Elements that break a line in drawings that hold HTML.
const BLOCKS: &[&str] = &["p", "div", "br", "li", "td", "th", "tr", "h1", "h2", "h3", "flowPara"];

/// Reads a drawing.
#[allow(clippy::arithmetic_side_effects, reason = "elements are counted, and only those taken off that were")]
pub fn read(source: &str, budget: &mut Budget) -> Document<'static> {
    let mut out = Document::default();
    let mut xml = Xml::new(source);
    let mut open: Vec<(&str, bool)> = Vec::new();
    let mut line = String::new();
    let mut events = 0u32;
    let mut hidden = 0usize;
    while let Some(event) = xml.next() {
        events = events.wrapping_add(1);
        if events.is_multiple_of(EVENTS_PER_CHECK)
            && let Err(reason) = budget.time()
        {
            out.gaps.push(Gap::new(reason, "", "read in part"));
            break;
        }
        match event {
            Event::Start(tag) => {
                attributes(&tag, &mut out);
                let hides = is_hidden(&tag);
                hidden += usize::from(hides);
                if matches!(tag.name, "text" | "flowRoot") || BLOCKS.contains(&tag.name) {
                    flush(&mut line, hidden > 0, &mut out);
                } else if tag.name == "tspan" && moves(&tag) && !line.is_empty() {
                    // A span with a place of its own is a line of its own, or a word further on.
                    line.push(' ');
                }
                open.push((tag.name, hides));
            }
            Event::End { name, .. } => {
                let partner = open.iter().rev().take(64).position(|(open, _)| *open == name);
                let gone = partner.map_or(0, |partner| partner + 1);
                let kept = open.len().saturating_sub(gone);
                if matches!(name, "text" | "flowRoot") || BLOCKS.contains(&name) {
                    flush(&mut line, hidden > 0, &mut out);
                }
                hidden -= open.iter().skip(kept).filter(|(_, hides)| *hides).count();
                open.truncate(kept);
            }
            Event::Text(chars) => {
                let words = chars.decode();
                let around = |name: &str| open.iter().rev().take(16).any(|(open, _)| *open == name);
                match open.last().map_or("", |(name, _)| *name) {
                    "style" => {}
                    "title" | "desc" | "script" => out.text.aside(Area::Metadata, &words),
                    _ if around("text") || around("foreignObject") || around("flowRoot") => line.push_str(&words),
                    _ if !chars.is_blank() => out.text.aside(Area::Metadata, &words),
                    _ => {}
                }
            }
            Event::Comment(words) => out.text.aside(Area::Comment, words),
            Event::Doctype(words) if words.contains("<!ENTITY") => out.text.aside(Area::Metadata, words),
            Event::Instruction(_) | Event::Doctype(_) => {}
        }
    }
    flush(&mut line, hidden > 0, &mut out);
    if let Some(flaw) = xml.flaw() {
        out.gaps.push(Gap::new(Reason::Corrupt, "", format!("XML is not well-formed: {flaw}")));
    }
    out
}

/// Ends the line: white space in it counts as one blank.
fn flush(line: &mut String, hidden: bool, out: &mut Document<'_>) {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    out.text.aside(if hidden { Area::Hidden } else { Area::Body }, &words.join(" "));
    line.clear();
}

/// Whether a span says where it stands across the line.
fn moves(tag: &Tag<'_>) -> bool {
    tag.attributes().any(|(name, value)| {
        // One place for each letter moves letters, not the span.
        let letters = value.contains([' ', ',']);
        (matches!(name, "x" | "y" | "dy") && !letters) && value != "0"
    })
}

fn is_hidden(tag: &Tag<'_>) -> bool {
    tag.attributes().any(|(name, value)| match name {
        "display" => value == "none",
        "visibility" => value == "hidden" || value == "collapse",
        "style" => value.replace(' ', "").contains("display:none"),
        _ => false,
    })
}

#[allow(clippy::arithmetic_side_effects, reason = "one more than what a list in memory holds")]
fn attributes(tag: &Tag<'_>, out: &mut Document<'_>) {
    for (name, value) in tag.attributes() {
        match local(name) {
            "href" | "src" => {
                let address = unescape(value);
                match data_uri::decode(&address, out.embedded.len() + 1) {
                    Some(part) => out.embedded.push(part),
                    None if !address.starts_with('#') && !address.starts_with("data:") => {
                        out.text.aside(Area::Metadata, &address);
                    }
                    None => {}
                }
            }
            name if WORDS.contains(&name) || name.starts_with("data-") => {
                out.text.aside(Area::Metadata, &unescape(value));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    #[test]
    fn spans_are_joined_and_paths_are_no_text() {
        let svg = "<svg xmlns='x'><title>T1</title><path d='M0 0 L4111 1111'/><text x='1'>SSN: 536<tspan fill='red'>-22-</tspan>8467</text>\
                   <text><tspan x='1' y='2'>one</tspan><tspan x='1' y='3'>two</tspan></text><g display='none'><text>H1</text></g>\
                   <image xlink:href='data:text/plain;base64,U1NOOiA1MzYtMjI='/></svg>";
        let out = read(svg, &mut Budget::new(&Limits::default()));
        assert_eq!(out.text.as_str(), "T1\nSSN: 536-22-8467\none two\nH1\n");
        assert_eq!(out.text.location(out.text.as_str().find("H1").unwrap()).area, Area::Hidden);
        assert_eq!((out.embedded.len(), out.gaps.len()), (1, 0));
    }
}
