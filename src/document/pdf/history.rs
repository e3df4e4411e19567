//! What is in the file beside the document: pages as they were before incremental updates (ISO 32000-2 section 7.5.6),
//! and bytes behind its end.

use std::collections::HashSet;

use lopdf::{Document as Pdf, Object};

use super::load;
use super::objects::{elements, resolve};
use super::pages::{Page, content, pages};
use super::unused;
use super::walk::Walker;
use crate::blob::{Budget, Gap, Kind, Reason};
use crate::document::{Area, Document, Embedded};

/// Revisions before the last one that are looked at, newest first.
const REVISIONS_MAX: usize = 16;
/// Bytes behind the end that are no sign of anything.
const BEHIND_BYTES: usize = 24;
/// The mark at the end of every revision.
const END: &[u8] = b"%%EOF";

/// Reads pages whose content an update replaced: it is not shown any more, and still there.
#[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
pub(super) fn read(pdf: &Pdf, bytes: &[u8], budget: &mut Budget, out: &mut Document<'_>) {
    if pdf.encryption_state.is_some() || load::is_unmasked(pdf) || pdf.trailer.has(b"Encrypt") {
        return;
    }
    let mut ends: Vec<usize> = memchr::memmem::rfind_iter(bytes, END).take(REVISIONS_MAX + 1).collect();
    ends.dedup();
    if ends.len() < 2 {
        // Nothing was ever updated.
        return;
    }
    let mut told: HashSet<String> = HashSet::new();
    let mut seen: HashSet<Vec<u8>> = HashSet::new();
    for page in pages(pdf) {
        seen.extend(streams(pdf, &page).map(<[u8]>::to_vec));
    }
    if ends.len() > REVISIONS_MAX {
        out.gaps.push(Gap::new(Reason::MembersExceeded, "", "more earlier revisions than are read"));
    }
    for end in ends.into_iter().skip(1).take(REVISIONS_MAX - 1) {
        if let Err(reason) = budget.time() {
            return out.gaps.push(Gap::new(reason, "", "earlier revisions not read"));
        }
        // The first part of a linearized file ends like a revision and is none.
        let Some(old) = bytes.get(..end + END.len()).and_then(|old| load::revision(old, budget)) else { continue };
        let mut walker = Walker::new(&old);
        let position = out.text.position();
        out.text.set_area(Area::Hidden);
        for page in pages(&old) {
            let known = streams(&old, &page).all(|stream| seen.contains(stream));
            if !known {
                seen.extend(streams(&old, &page).map(<[u8]>::to_vec));
                let (content, _) = content(&old, page.dict, budget);
                walker.page(&content, page.resources, &mut out.text, budget);
            }
        }
        for (id, object) in old.objects.iter().filter(|(_, object)| !matches!(object, Object::Stream(_))) {
            let now = pdf.objects.get(id);
            if now == Some(object) {
                continue;
            }
            let (mut before, mut after) = (Vec::new(), Vec::new());
            unused::strings(object, 0, &mut before);
            now.into_iter().for_each(|now| unused::strings(now, 0, &mut after));
            for words in before.into_iter().filter(|words| !after.contains(words)) {
                if told.insert(words.clone()) {
                    out.text.aside(Area::Hidden, &words);
                }
            }
        }
        out.text.line();
        out.text.set_position(position);
    }
}

/// The content streams of a page, as they are stored.
fn streams<'d>(pdf: &'d Pdf, page: &Page<'d>) -> impl Iterator<Item = &'d [u8]> + use<'d> {
    elements(pdf, page.dict, b"Contents").iter().filter_map(|part| match resolve(pdf, part) {
        Object::Stream(stream) => Some(stream.content.as_slice()),
        _ => None,
    })
}

/// Deposits what stands behind the end of the file and is of a kind: somebody put it there.
#[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
pub(super) fn behind(bytes: &[u8], out: &mut Document<'_>) {
    let Some(end) = memchr::memmem::rfind(bytes, END) else { return };
    let rest = bytes.get(end + END.len()..).unwrap_or_default();
    let start = rest.iter().position(|b| !b.is_ascii_whitespace() && *b != 0).unwrap_or(rest.len());
    let rest = rest.get(start..).unwrap_or_default();
    let something = rest.iter().filter(|b| **b != 0).count() > BEHIND_BYTES;
    if something && Kind::of(rest) != Kind::Unknown {
        out.embedded.push(Embedded { name: "(behind the end)".to_owned(), bytes: rest.to_vec() });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, page, stream};
    use super::*;

    #[test]
    fn replaced_content_is_read_as_hidden_and_what_did_not_change_is_read_once() {
        let mut file = page("BT (SSN 219-09-9999) Tj ET", "", &[]);
        file.extend(
            format!(
                "4 0 obj\n{}\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n",
                stream("", "BT (new) Tj ET")
            )
            .bytes(),
        );
        let out = document(&file);
        assert!(out.text.as_str().starts_with("new\n"), "{}", out.text.as_str());
        let at = out.text.as_str().find("219-09-9999").unwrap();
        assert_eq!(out.text.location(at).area, Area::Hidden);
        let mut same = page("BT (once) Tj ET", "", &[]);
        same.extend(b"9 0 obj\n<< >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n");
        assert_eq!(document(&same).text.as_str().matches("once").count(), 1);
    }

    #[test]
    fn words_that_an_update_replaced_are_hidden_text() {
        let mut file = page("BT (x) Tj ET", "", &["<< /Type /Annot /Contents (first words) >>"]);
        file.extend(b"5 0 obj\n<< /Type /Annot /Contents (other words) >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n");
        let out = document(&file);
        let at = out.text.as_str().find("first words").unwrap_or_else(|| panic!("{}", out.text.as_str()));
        assert_eq!(out.text.location(at).area, Area::Hidden);
    }

    #[test]
    fn a_file_behind_the_end_is_deposited() {
        let mut file = page("BT (x) Tj ET", "", &[]);
        assert!(document(&file).embedded.is_empty());
        file.extend(b"\nCard number 4539 5787 6362 1486, and so on.\n");
        assert_eq!(document(&file).embedded.len(), 1);
    }
}
