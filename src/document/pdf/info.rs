//! What a document says about itself: information dictionary, XMP, outlines, scripts, alternative texts.
//! ISO 32000-2 sections 14.3, 12.3.3, 12.6 and 14.9.

use std::collections::HashSet;

use lopdf::{Dictionary, Document as Pdf, Object};

use super::objects::{as_dict, data, dict, elements, get, name, resolve, text, text_of};
use super::{encoding, xml};
use crate::blob::Budget;
use crate::document::{Area, Document, markup};

/// Entries of outlines and name trees that are read.
const ENTRIES_MAX: usize = 200_000;
/// Metadata streams that are read; a document has one of its own, images may have more.
const PACKETS_MAX: usize = 16;
/// Nesting of name trees and chains of actions.
const DEPTH_MAX: usize = 32;
/// Deposits what labels are read from, raw.
pub(super) fn properties(pdf: &Pdf, budget: &mut Budget, out: &mut Document<'_>) {
    // Some writers point at the page tree.
    if let Some(info) = dict(pdf, &pdf.trailer, b"Info").filter(|info| !info.has(b"Kids")) {
        for (key, value) in info {
            let value = match resolve(pdf, value) {
                Object::Boolean(b) => b.to_string(),
                Object::Integer(n) => n.to_string(),
                Object::Name(name) => encoding::text_string(name),
                other => text_of(pdf, other, budget).unwrap_or_default(),
            };
            out.properties.custom.push((encoding::text_string(key), value));
        }
    }
    let own = pdf.catalog().ok().and_then(|catalog| get(pdf, catalog, b"Metadata"));
    let is_packet = |o: &&Object| as_dict(o).is_some_and(|d| d.has_type(b"Metadata"));
    let packets: Vec<&Object> = match own {
        Some(own) => vec![own],
        None => pdf.objects.values().filter(is_packet).take(PACKETS_MAX).collect(),
    };
    for packet in packets {
        if let Object::Stream(stream) = packet {
            let packet = markup::decode(&data(pdf, stream, budget).0).0.into_owned();
            if !packet.is_empty() {
                out.properties.xmp.push(packet);
            }
        }
    }
}

/// Appends properties as text, without dates and states; those of labels are read as labels.
pub(super) fn properties_text(out: &mut Document<'_>) {
    let mut known = HashSet::new();
    let mut lines = Vec::new();
    for (key, value) in &out.properties.custom {
        let is_date = value.strip_prefix("D:").is_some_and(|date| date.starts_with(|c: char| c.is_ascii_digit()));
        if !is_date && key != "Trapped" && !key.starts_with("MSIP_Label_") && known.insert(value.trim().to_owned()) {
            lines.push(format!("{key}: {value}"));
        }
    }
    for packet in &out.properties.xmp {
        for line in xml::xmp_text(packet).lines().map(str::trim) {
            let escaped = line.starts_with("\\376\\377").then(|| encoding::text_string(&unescaped(line)));
            let line = escaped.as_deref().unwrap_or(line);
            if !IDENTIFIERS.iter().any(|scheme| line.starts_with(scheme)) && known.insert(line.to_owned()) {
                lines.push(line.to_owned());
            }
        }
    }
    for line in lines {
        out.text.aside(Area::Metadata, &line);
    }
}

/// How values of XMP begin that only programs read.
const IDENTIFIERS: [&str; 5] = ["uuid:", "xmp.did:", "xmp.iid:", "xmp.id:", "adobe:docid:"];

/// A literal string as it stands in a PDF (7.3.4.2), which some writers put into their XMP: three digits behind a
/// backslash are a byte.
#[allow(clippy::arithmetic_side_effects, reason = "digits from the start of their range")]
fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..3).filter(|digits| *first == b'\\' && digits.iter().all(|d| (b'0'..b'8').contains(d)));
        match code {
            Some(digits) => {
                out.push(digits.iter().fold(0, |code: u8, digit| code << 3 | (digit - b'0')));
                rest = behind.get(3..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = behind;
            }
        }
    }
    out
}

/// Appends outlines, scripts and destinations of the whole document, and alternative texts.
pub(super) fn catalog_text(pdf: &Pdf, actions: &mut Actions, budget: &mut Budget, out: &mut Document<'_>) {
    let Ok(catalog) = pdf.catalog() else { return };
    if let Some(first) = dict(pdf, catalog, b"Outlines").and_then(|o| dict(pdf, o, b"First")) {
        outlines(pdf, first, actions, budget, out);
    }
    actions.read(pdf, catalog, budget, out);
    if let Some(scripts) = dict(pdf, catalog, b"Names").and_then(|names| dict(pdf, names, b"JavaScript")) {
        name_tree(pdf, scripts, &mut |value| {
            if let Some(script) = as_dict(value) {
                actions.action(pdf, script, 0, budget, out);
            }
        });
    }
    alternatives(pdf, budget, out);
}

fn outlines<'d>(
    pdf: &'d Pdf,
    first: &'d Dictionary,
    actions: &mut Actions,
    budget: &mut Budget,
    out: &mut Document<'_>,
) {
    let mut open = vec![first];
    let mut seen = HashSet::new();
    while let Some(item) = open.pop() {
        if !seen.insert(std::ptr::from_ref(item).addr()) || seen.len() > ENTRIES_MAX {
            continue;
        }
        if let Some(title) = text(pdf, item, b"Title", budget) {
            out.text.aside(Area::Metadata, &title);
        }
        actions.read(pdf, item, budget, out);
        open.extend(dict(pdf, item, b"Next"));
        open.extend(dict(pdf, item, b"First"));
    }
}

/// Texts of actions (section 12.6), each once: link targets, scripts, files.
#[derive(Default)]
pub(super) struct Actions {
    known: HashSet<String>,
    /// Actions read, by address.
    seen: HashSet<usize>,
}

impl Actions {
    /// Appends what the actions of an object say: `/A`, `/PA`, `/OpenAction` and the additional ones in `/AA`.
    pub(super) fn read(&mut self, pdf: &Pdf, holder: &Dictionary, budget: &mut Budget, out: &mut Document<'_>) {
        for key in [&b"A"[..], b"PA", b"OpenAction"] {
            if let Some(found) = dict(pdf, holder, key) {
                self.action(pdf, found, 0, budget, out);
            }
        }
        for (_, found) in dict(pdf, holder, b"AA").into_iter().flatten() {
            if let Some(found) = as_dict(resolve(pdf, found)) {
                self.action(pdf, found, 0, budget, out);
            }
        }
    }

    #[allow(clippy::arithmetic_side_effects, reason = "held against a limit on the way in")]
    fn action(&mut self, pdf: &Pdf, action: &Dictionary, depth: usize, budget: &mut Budget, out: &mut Document<'_>) {
        if depth > DEPTH_MAX || self.known.len() > ENTRIES_MAX || !self.seen.insert(std::ptr::from_ref(action).addr()) {
            return;
        }
        let key: &[u8] = match name(pdf, action, b"S") {
            Some(b"URI") => b"URI",
            Some(b"JavaScript" | b"Rendition") => b"JS",
            Some(b"Launch" | b"GoToR" | b"SubmitForm" | b"ImportData" | b"GoToE") => b"F",
            _ => b"",
        };
        let target = match get(pdf, action, key) {
            Some(Object::Dictionary(file)) => text(pdf, file, b"UF", budget).or_else(|| text(pdf, file, b"F", budget)),
            Some(other) => text_of(pdf, other, budget),
            None => None,
        };
        if let Some(target) = target.filter(|t| !is_stock_script(t))
            && self.known.insert(target.clone())
        {
            out.text.aside(Area::Metadata, &target);
        }
        for next in elements(pdf, action, b"Next").iter() {
            if let Some(next) = as_dict(resolve(pdf, next)) {
                self.action(pdf, next, depth + 1, budget, out);
            }
        }
    }
}

/// The calls that form editors write to format numbers and dates: `AFNumber_Format(2, 0, …)`.
fn is_stock_script(script: &str) -> bool {
    let call = script.trim_start();
    call.starts_with("AF") && call.len() < 200 && call.contains("_") && call.contains('(') && !call.contains('\n')
}

/// Alternative texts, replacement texts and expansions of structure elements.
fn alternatives(pdf: &Pdf, budget: &mut Budget, out: &mut Document<'_>) {
    let mut known = HashSet::new();
    for dict in pdf.objects.values().filter_map(|o| o.as_dict().ok()) {
        if !dict.has(b"S") {
            continue;
        }
        for key in [&b"Alt"[..], b"ActualText", b"E"] {
            let Some(text) = dict.has(key).then(|| text(pdf, dict, key, budget)).flatten() else { continue };
            // Single characters and such stand for glyphs of the page, which were read there.
            if text.trim().len() > 3 && known.insert(text.clone()) {
                out.text.aside(Area::Metadata, &text);
            }
        }
    }
}

/// Calls `each` with every value of a name tree (section 7.9.6).
#[allow(clippy::arithmetic_side_effects, reason = "held against a limit")]
pub(super) fn name_tree<'d>(pdf: &'d Pdf, root: &'d Dictionary, each: &mut dyn FnMut(&'d Object)) {
    let mut open = vec![root];
    let mut seen = HashSet::new();
    let mut entries = 0usize;
    while let Some(node) = open.pop() {
        if !seen.insert(std::ptr::from_ref(node).addr()) || entries > ENTRIES_MAX {
            continue;
        }
        for pair in elements(pdf, node, b"Names").chunks(2) {
            if let [_, value] = pair {
                entries += 1;
                each(resolve(pdf, value));
            }
        }
        let kids = elements(pdf, node, b"Kids").iter().rev();
        open.extend(kids.filter_map(|kid| as_dict(resolve(pdf, kid))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, file, stream};
    use super::*;

    #[test]
    fn strings_with_escaped_bytes_are_read() {
        assert_eq!(encoding::text_string(&unescaped("\\376\\377\\000M\\000i")), "Mi");
        assert_eq!(unescaped("a\\8\\37"), b"a\\8\\37");
    }

    #[test]
    fn outlines_scripts_alternatives_and_packets_are_metadata() {
        let xmp = stream("/Type /Metadata /Subtype /XML", "<x:xmpmeta><dc:title>Larkspur</dc:title></x:xmpmeta>");
        let out = document(&file(&[
            "<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R /Outlines << /First 5 0 R >> /OpenAction 7 0 R \
             /Names << /JavaScript << /Kids [8 0 R] >> >> >>",
            "<< /Type /Pages /Kids [3 0 R] >>",
            "<< /Type /Page >>",
            &xmp,
            "<< /Title (Chapter) /Next 5 0 R /First 6 0 R >>",
            "<< /Title <FEFF00D6> /A 7 0 R >>",
            "<< /S /URI /URI (http://a) /Next [7 0 R << /S /Launch /F << /UF (b.exe) >> >>] >>",
            "<< /Names [(n) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >>",
            "<< /Type /StructElem /S /Figure /Alt (A badge) >>",
        ]));
        let expected = "Chapter\nÖ\nhttp://a\nb.exe\napp.alert(1)\nA badge\nTitle: Plan\nLarkspur\n";
        assert_eq!(out.text.as_str(), expected);
        assert_eq!(out.properties.xmp.len(), 1);
    }
}
