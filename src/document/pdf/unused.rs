//! Objects that nothing leads to: pages that were taken out of the page tree, content that no page shows.

use std::collections::HashSet;

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, Stream};

use super::encoding::text_string;
use super::objects::{as_dict, data, dict, name};
use super::pages::{Page, content};
use super::walk::Walker;
use crate::blob::{Budget, Gap, Reason};
use crate::document::{Area, Document};

/// Reads what no way from the trailer leads to, as hidden text; `all` = whatever looks like content, of a file that is
/// damaged so far that no page leads to any. Content without resources of its own is written in the fonts of `page`.
pub(super) fn read<'d>(
    pdf: &'d Pdf,
    page: Option<&Page<'d>>,
    walker: &mut Walker<'d>,
    all: bool,
    budget: &mut Budget,
    out: &mut Document<'_>,
) {
    let reached = if all { HashSet::new() } else { reachable(pdf) };
    let position = out.text.position();
    if !all {
        out.text.set_area(Area::Hidden);
    }
    let lost = || pdf.objects.iter().filter(|(id, _)| !reached.contains(id)).map(|(_, object)| object);
    let pages = lost().filter_map(as_dict).filter(|dict| !all && dict.has_type(b"Page"));
    let mut shown: HashSet<*const Stream> = HashSet::new();
    for dict in pages {
        if let Err(reason) = budget.time() {
            out.gaps.push(Gap::new(reason, "", "unused objects not read"));
            break;
        }
        let own = super::objects::dict(pdf, dict, b"Resources").or(page.and_then(|page| page.resources));
        let (content, _) = content(pdf, dict, budget);
        walker.page(&content, own, &mut out.text, budget);
        shown.extend(super::objects::elements(pdf, dict, b"Contents").iter().filter_map(|part| {
            match super::objects::resolve(pdf, part) {
                Object::Stream(stream) => Some(std::ptr::from_ref(stream)),
                _ => None,
            }
        }));
    }
    for object in lost() {
        let Object::Stream(stream) = object else { continue };
        if shown.contains(&std::ptr::from_ref(stream)) || !may_be_content(pdf, &stream.dict) || budget.time().is_err() {
            continue;
        }
        let content = data(pdf, stream, budget).0;
        let has = |what: &[u8]| memchr::memmem::find(&content, what).is_some();
        if has(b"BT") && (has(b"Tj") || has(b"TJ")) {
            let own = dict(pdf, &stream.dict, b"Resources").or(page.filter(|_| !all).and_then(|page| page.resources));
            walker.page(&content, own, &mut out.text, budget);
        }
    }
    if !all {
        let mut told = Vec::new();
        lost().filter(|object| !matches!(object, Object::Stream(_))).for_each(|object| strings(object, 0, &mut told));
        told.iter().for_each(|words| out.text.aside(Area::Hidden, words));
        out.text.line();
        out.text.set_position(position);
        let damage = walker.stopped.take();
        if let Some(reason) = damage.filter(|reason| matches!(reason, Reason::Timeout | Reason::ExpandedTooLarge)) {
            out.gaps.push(Gap::new(reason, "", "unused objects not read"));
        }
        walker.damage = None;
    }
}

/// Texts in an object: what a note, a field or the properties say. Identifiers and other bytes are no text.
pub(super) fn strings(object: &Object, depth: u32, out: &mut Vec<String>) {
    /// Arrays and dictionaries inside each other.
    const DEPTH_MAX: u32 = 8;
    /// Texts of one file.
    const STRINGS_MAX: usize = 2000;
    /// Letters and digits of one.
    const LETTERS_MIN: usize = 6;
    if depth > DEPTH_MAX || out.len() >= STRINGS_MAX {
        return;
    }
    let deeper = depth.saturating_add(1);
    match object {
        Object::String(bytes, _) => {
            let words = text_string(bytes);
            let letters = words.chars().filter(|c| c.is_alphanumeric()).count();
            let plain =
                !words.contains(|c: char| c.is_control() && !c.is_whitespace() || c == char::REPLACEMENT_CHARACTER);
            // Dates (7.9.4) change with every revision.
            let date = words.strip_prefix("D:").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            if letters >= LETTERS_MIN && plain && !date && !out.contains(&words) {
                out.push(words);
            }
        }
        Object::Array(array) => array.iter().for_each(|object| strings(object, deeper, out)),
        Object::Dictionary(dict) => dict.iter().for_each(|(_, object)| strings(object, deeper, out)),
        _ => {}
    }
}

/// Whether a stream is of no other kind: no font, picture, metadata or stream of objects.
fn may_be_content(pdf: &Pdf, dict: &Dictionary) -> bool {
    let typed = dict.has(b"Type") || dict.has(b"Length1");
    let form = matches!(name(pdf, dict, b"Subtype"), None | Some(b"Form"));
    (!typed || dict.has_type(b"XObject")) && form
}

/// Every object that the trailer leads to.
fn reachable(pdf: &Pdf) -> HashSet<ObjectId> {
    let mut seen = HashSet::new();
    let mut open: Vec<&Object> = pdf.trailer.iter().map(|(_, value)| value).collect();
    while let Some(object) = open.pop() {
        match object {
            Object::Reference(id) if seen.insert(*id) => open.extend(pdf.objects.get(id)),
            Object::Array(array) => open.extend(array),
            Object::Dictionary(dict) => open.extend(dict.iter().map(|(_, value)| value)),
            Object::Stream(stream) => open.extend(stream.dict.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, page, stream};
    use crate::document::Area;

    #[test]
    fn pages_and_content_that_nothing_leads_to_are_hidden_text() {
        let content = stream("", "BT /F 12 Tf 72 700 Td (SSN 219-09-9999) Tj ET");
        let spare = stream("", "BT /F 12 Tf 72 700 Td (spare words) Tj ET");
        let lost = "<< /Type /Page /Parent 2 0 R /Contents 6 0 R /Resources << /Font << /F << /Type /Font >> >> >> >>";
        let font = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
        let note = "<< /Type /Annot /Subtype /Text /Contents (a note that was taken away) /M (D:20240305123456) >>";
        let out = document(&page("BT /F 12 Tf 72 720 Td (shown) Tj ET", font, &[lost, &content, &spare, note]));
        let text = out.text.as_str();
        assert!(!text.contains("20240305"));
        for words in ["219-09-9999", "spare words", "a note that was taken away"] {
            let at = text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
            assert_eq!(out.text.location(at).area, Area::Hidden);
        }
        assert_eq!((text.matches("219-09").count(), out.gaps.len()), (1, 0));
    }
}
