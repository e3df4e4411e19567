//! Embedded files, ISO 32000-2 sections 7.11 and 7.6.7 (encrypted payloads).

use std::collections::HashSet;

use lopdf::{Dictionary, Document as Pdf, Object};

use super::info::name_tree;
use super::objects::{as_dict, data, dict, elements, get, name, resolve, text};
use crate::blob::{Budget, Gap, Reason};
use crate::document::{Area, Document, Embedded, Options};

/// Deposits every embedded file: of the name tree, associated ones, those of annotations, and any other that some
/// object of the file describes. Without text only the gaps of encrypted payloads.
pub(super) fn read(pdf: &Pdf, options: &Options, budget: &mut Budget, out: &mut Document<'_>) {
    let mut found: Vec<&Dictionary> = Vec::new();
    if let Ok(catalog) = pdf.catalog() {
        let tree = dict(pdf, catalog, b"Names").and_then(|names| dict(pdf, names, b"EmbeddedFiles"));
        if let Some(tree) = tree {
            name_tree(pdf, tree, &mut |value| found.extend(as_dict(value)));
        }
        found.extend(elements(pdf, catalog, b"AF").iter().filter_map(|f| as_dict(resolve(pdf, f))));
    }
    for holder in pdf.objects.values().filter_map(as_dict) {
        if holder.has(b"EF") {
            found.push(holder);
        }
        found.extend(dict(pdf, holder, b"FS"));
    }
    let mut seen = HashSet::new();
    for file in found {
        let Some(Object::Stream(stream)) = dict(pdf, file, b"EF")
            .and_then(|ef| [&b"UF"[..], b"F", b"Unix", b"Mac", b"DOS"].iter().find_map(|key| get(pdf, ef, key)))
        else {
            continue;
        };
        if !seen.insert(std::ptr::from_ref(stream).addr()) {
            continue;
        }
        let title = title(pdf, file, seen.len(), budget);
        if let Some(gap) = payload(pdf, file, &title) {
            out.gaps.push(gap);
            continue;
        }
        if !options.text {
            continue;
        }
        out.text.aside(Area::Filename, &title);
        if let Some(description) = text(pdf, file, b"Desc", budget) {
            out.text.aside(Area::Metadata, &description);
        }
        if let Err(reason) = budget.member() {
            out.gaps.push(Gap::new(reason, "", "attachments not read"));
            return;
        }
        let (bytes, end) = data(pdf, stream, budget);
        if let Some(reason) = end {
            out.gaps.push(Gap::new(reason, title.clone(), "attachment not read to its end"));
        }
        out.embedded.push(Embedded { name: title, bytes: bytes.into_owned() });
    }
}

fn title(pdf: &Pdf, file: &Dictionary, number: usize, budget: &mut Budget) -> String {
    let title = [&b"UF"[..], b"F", b"Unix", b"Mac", b"DOS"].iter().find_map(|key| text(pdf, file, key, budget));
    title.unwrap_or_else(|| format!("attachment {number}"))
}

/// The gap of an encrypted payload that this document only wraps.
fn payload(pdf: &Pdf, file: &Dictionary, title: &str) -> Option<Gap> {
    let payload = dict(pdf, file, b"EncryptedPayload");
    if payload.is_none() && name(pdf, file, b"AFRelationship") != Some(b"EncryptedPayload") {
        return None;
    }
    let kind = payload.and_then(|p| name(pdf, p, b"Subtype")).unwrap_or_default();
    Some(if kind.starts_with(b"MicrosoftIRMServices") || title.starts_with("MicrosoftIRMServices") {
        Gap::new(Reason::RightsProtected, title, "wraps a document under Microsoft rights management")
    } else {
        Gap::new(Reason::Encrypted, title, "wraps an encrypted document")
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, file, stream};
    use super::*;

    #[test]
    fn embedded_files_are_found_in_three_places_and_kept_once() {
        let payload = stream("/Type /EmbeddedFile", "SSN 219-09-9999");
        let other = stream("/Type /EmbeddedFile", "x");
        let out = document(&file(&[
            "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >> >>",
            "<< /Type /Pages /Kids [3 0 R] >>",
            "<< /Type /Page /Annots [<< /Subtype /FileAttachment /FS 6 0 R >>] >>",
            "<< /Type /Filespec /UF (a.txt) /EF << /F 5 0 R >> /Desc (staff) >>",
            &payload,
            "<< /Type /Filespec /F (b.txt) /EF << /F 7 0 R >> >>",
            &other,
        ]));
        let found: Vec<_> = out.embedded.iter().map(|e| (e.name.as_str(), e.bytes.len())).collect();
        assert_eq!(found, [("a.txt", 15), ("b.txt", 1)]);
        assert!(out.text.as_str().contains("staff"));
    }

    #[test]
    fn an_encrypted_payload_is_a_gap() {
        let payload = stream("/Type /EmbeddedFile", "%PDF-1.7");
        let out = document(&file(&[
            "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] >>",
            "<< /Type /Pages /Kids [3 0 R] >>",
            "<< /Type /Page >>",
            "<< /Type /Filespec /UF (MicrosoftIRMServices Protected PDF.pdf) /AFRelationship /EncryptedPayload \
             /EncryptedPayload << /Subtype /MicrosoftIRMServices /Version 2 >> /EF << /F 5 0 R >> >>",
            &payload,
        ]));
        assert_eq!(out.gaps.iter().map(|g| g.reason).collect::<Vec<_>>(), [Reason::RightsProtected]);
        assert!(out.embedded.is_empty());
    }
}
