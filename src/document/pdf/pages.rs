//! The pages of a document, ISO 32000-2 sections 7.7.3 and 7.8.

use std::borrow::Cow;
use std::collections::HashSet;

use lopdf::{Dictionary, Document as Pdf, Object, ObjectId};

use super::info;
use super::interactive::Interactive;
use super::objects::{DECODED_BYTES_MAX, as_dict, data, dict, elements, get, resolve};
use super::picture;
use super::unused;
use super::walk::{Seen, Walker};
use crate::blob::{Budget, Gap, Reason};
use crate::document::{Document, Ocr, Unit};

/// Pages of one document. The longest honest files have tens of thousands.
const PAGES_MAX: usize = 500_000;
/// Nesting of the page tree.
const TREE_DEPTH_MAX: usize = 64;
/// Curves on a page without text or image that may well be letters drawn as outlines.
const OUTLINE_CURVES_MIN: usize = 400;
/// Unmapped glyphs that are worth a gap: at least this many, and one in [`UNMAPPED_SHARE`].
const UNMAPPED_MIN: u64 = 20;
const UNMAPPED_SHARE: u64 = 10;

/// A page: its dictionary and the resources it has or inherits.
pub(super) struct Page<'d> {
    pub(super) dict: &'d Dictionary,
    pub(super) resources: Option<&'d Dictionary>,
}

/// All pages, in order.
pub(super) fn pages(pdf: &Pdf) -> Vec<Page<'_>> {
    let mut pages = Vec::new();
    let mut seen = HashSet::new();
    if let Some(root) = pdf.catalog().ok().and_then(|catalog| dict(pdf, catalog, b"Pages")) {
        collect(pdf, root, None, 0, &mut seen, &mut pages);
    }
    if pages.is_empty() {
        // No page tree to speak of: every page object there is.
        let all = pdf.objects.values().filter_map(as_dict).filter(|d| d.has_type(b"Page"));
        pages.extend(all.map(|dict| Page { dict, resources: inherited(pdf, dict) }));
    }
    pages
}

#[allow(clippy::arithmetic_side_effects, reason = "held against a limit on the way in")]
fn collect<'d>(
    pdf: &'d Pdf,
    node: &'d Dictionary,
    resources: Option<&'d Dictionary>,
    depth: usize,
    seen: &mut HashSet<usize>,
    pages: &mut Vec<Page<'d>>,
) {
    if depth > TREE_DEPTH_MAX || pages.len() >= PAGES_MAX || !seen.insert(std::ptr::from_ref(node).addr()) {
        return;
    }
    let resources = dict(pdf, node, b"Resources").or(resources);
    match get(pdf, node, b"Kids") {
        Some(Object::Array(kids)) if !node.has_type(b"Page") => {
            for kid in kids.iter().filter_map(|kid| as_dict(resolve(pdf, kid))) {
                collect(pdf, kid, resources, depth + 1, seen, pages);
            }
        }
        _ if node.has_type(b"Pages") => {}
        _ => pages.push(Page { dict: node, resources }),
    }
}

fn inherited<'d>(pdf: &'d Pdf, page: &'d Dictionary) -> Option<&'d Dictionary> {
    let mut node = page;
    for _ in 0..TREE_DEPTH_MAX {
        if let Some(resources) = dict(pdf, node, b"Resources") {
            return Some(resources);
        }
        node = dict(pdf, node, b"Parent")?;
    }
    None
}

/// The objects that hold the content of a page.
pub(super) fn content_ids(pdf: &Pdf, page: &Dictionary) -> Vec<ObjectId> {
    let ids = |parts: &[Object]| parts.iter().filter_map(|part| part.as_reference().ok()).collect();
    match page.get(b"Contents") {
        Ok(part @ Object::Reference(id)) => match resolve(pdf, part) {
            Object::Array(parts) => ids(parts),
            _ => vec![*id],
        },
        Ok(Object::Array(parts)) => ids(parts),
        _ => Vec::new(),
    }
}

/// The content of a page: its streams, joined by line ends.
pub(super) fn content<'d>(pdf: &'d Pdf, page: &'d Dictionary, budget: &mut Budget) -> (Cow<'d, [u8]>, Option<Reason>) {
    let (mut content, mut damage) = (Cow::Borrowed(&[][..]), None);
    if content_ids(pdf, page).iter().any(|id| !pdf.objects.contains_key(id)) {
        // The object is damaged beyond what could be restored.
        damage = Some(Reason::Corrupt);
    }
    for part in elements(pdf, page, b"Contents") {
        let Object::Stream(stream) = resolve(pdf, part) else {
            continue;
        };
        let (bytes, end) = data(pdf, stream, budget);
        if content.is_empty() {
            content = bytes;
        } else {
            if content.len() as u64 > DECODED_BYTES_MAX {
                return (content, Some(Reason::ExpandedTooLarge));
            }
            let content = content.to_mut();
            content.push(b'\n');
            content.extend_from_slice(&bytes);
        }
        if end.is_some() {
            damage = damage.or(end);
            if end != Some(Reason::Corrupt) {
                break;
            }
        }
    }
    (content, damage)
}

/// Reads the text of all pages; that of pages which are only pictures with `ocr`.
#[allow(clippy::arithmetic_side_effects, reason = "glyphs of a file in memory, counted in 64 bits")]
pub(super) fn read(pdf: &Pdf, ocr: Option<&dyn Ocr>, budget: &mut Budget, out: &mut Document<'_>) {
    let mut walker = Walker::new(pdf);
    let mut interactive = Interactive::default();
    let (mut image_only, mut outlines) = (Vec::new(), Vec::new());
    for (number, page) in (1u32..).zip(pages(pdf)) {
        out.text.set_unit(Unit::Page(number));
        let (content, end) = content(pdf, page.dict, budget);
        let seen = walker.page(&content, page.resources, &mut out.text, budget);
        interactive.page(page.dict, pdf, &mut walker, budget, out);
        interactive.actions.read(pdf, page.dict, budget, out);
        if seen.letters == 0 && seen.images > 0 {
            match ocr {
                Some(ocr) => recognise(pdf, number, seen, &walker, ocr, budget, out),
                None => image_only.push(number),
            }
        } else if seen.letters == 0 && seen.curves >= OUTLINE_CURVES_MIN {
            outlines.push(number);
        }
        let damage = walker.damage.take();
        if let Some(reason) = end.or(walker.stopped.take()).or(budget.time().err()).or(damage) {
            out.gaps.push(Gap::new(reason, format!("page {number}"), "content not read to its end"));
            if matches!(reason, Reason::Timeout | Reason::ExpandedTooLarge) {
                break;
            }
        }
    }
    out.text.set_unit(Unit::None);
    let all = out.text.is_empty();
    unused::read(pdf, pages(pdf).first(), &mut walker, all, budget, out);
    interactive.form(pdf, budget, out);
    info::catalog_text(pdf, &mut interactive.actions, budget, out);
    if !image_only.is_empty() {
        out.gaps.push(Gap::new(Reason::ImageOnly, place(&image_only), "images and no text"));
    }
    if !outlines.is_empty() {
        out.gaps.push(Gap::new(Reason::NoText, place(&outlines), "drawings and no text"));
    }
    if walker.unmapped >= UNMAPPED_MIN && walker.unmapped * UNMAPPED_SHARE >= walker.glyphs {
        let detail = format!("font without Unicode map: {} of {} glyphs", walker.unmapped, walker.glyphs);
        out.gaps.push(Gap::new(Reason::NoText, "", detail));
    }
}

/// Reads the pictures of a page that has nothing else.
fn recognise(
    pdf: &Pdf,
    number: u32,
    seen: Seen,
    walker: &Walker<'_>,
    ocr: &dyn Ocr,
    budget: &mut Budget,
    out: &mut Document<'_>,
) {
    let place = format!("page {number}");
    if seen.inline_images > 0 {
        out.gaps.push(Gap::new(Reason::ImageOnly, &*place, "pictures written into the content are not recognised"));
    }
    for stream in &walker.images {
        let read = picture::file(pdf, stream, budget).map_err(|(reason, detail)| (reason, detail.to_owned()));
        let read = read.and_then(|file| file.map(|(kind, bytes)| ocr.read(kind, &bytes, budget)).transpose());
        match read {
            Ok(Some(text)) => {
                out.text.push(&text);
                out.text.line();
            }
            Ok(None) => {}
            Err((reason, detail)) => {
                let gap = Gap::new(reason, &*place, detail);
                if !out.gaps.contains(&gap) {
                    out.gaps.push(gap);
                }
                if budget.time().is_err() {
                    return;
                }
            }
        }
    }
}

/// Page numbers in short: `page 3`, `pages 1-3, 7`.
#[allow(clippy::arithmetic_side_effects, reason = "page numbers have a limit")]
fn place(numbers: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for n in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *n => *last = *n,
            _ => ranges.push((*n, *n)),
        }
    }
    let shown: Vec<String> = ranges
        .iter()
        .take(50)
        .map(|(first, last)| if first == last { format!("{first}") } else { format!("{first}-{last}") })
        .collect();
    let more = if ranges.len() > 50 { ", …" } else { "" };
    format!("{} {}{more}", if numbers.len() == 1 { "page" } else { "pages" }, shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, file, stream};
    use super::*;
    use crate::document::Options;

    #[test]
    fn pages_of_pictures_leave_one_gap() {
        let picture = stream("/Type /XObject /Subtype /Image /Filter /DCTDecode", "xx");
        let content = stream("", "/I Do");
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [5 0 R 6 0 R 7 0 R] /Resources << /XObject << /I 3 0 R >> >> >>",
            &picture,
            &content,
        ];
        objects.extend(["<< /Type /Page /Parent 2 0 R /Contents [4 0 R 4 0 R] >>"; 3]);
        let out = document(&file(&objects));
        assert_eq!(out.gaps, [Gap::new(Reason::ImageOnly, "pages 1-3", "images and no text")]);
    }

    #[test]
    fn pages_of_pictures_are_recognised() {
        struct Reader;
        impl Ocr for Reader {
            fn read(&self, kind: crate::blob::Kind, picture: &[u8], _: &Budget) -> Result<String, (Reason, String)> {
                assert_eq!((kind, picture), (crate::blob::Kind::Jpeg, &b"xx"[..]));
                Ok("SSN 219-09-9999".to_owned())
            }
        }
        let picture = |filter: &str| {
            stream(&format!("/Type /XObject /Subtype /Image /Width 99 /Height 99 /Filter /{filter}"), "xx")
        };
        let options = Options { ocr: Some(std::sync::Arc::new(Reader)), ..Options::default() };
        let read = |filter| {
            let file = super::super::tests::page("/I Do /I Do", "/XObject << /I 5 0 R >>", &[&picture(filter)]);
            let mut out = Document::default();
            super::super::read(&file, &options, &mut Budget::new(&crate::blob::Limits::default()), &mut out);
            out
        };
        let out = read("DCTDecode");
        assert!(out.text.as_str().starts_with("SSN 219-09-9999\n") && out.gaps.is_empty());
        assert_eq!(out.text.position_at(0).unit, Unit::Page(1));
        assert_eq!(read("JBIG2Decode").gaps.first().map(|gap| gap.reason), Some(Reason::ImageOnly));
    }

    #[test]
    fn a_ring_in_the_page_tree_ends() {
        let content = stream("", "BT (once) Tj ET");
        let out = document(&file(&[
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R 2 0 R 3 0 R] >>",
            "<< /Type /Page /Contents 4 0 R >>",
            &content,
        ]));
        assert_eq!(out.text.as_str(), "once\nTitle: Plan\n");
    }

    #[test]
    fn places_are_short() {
        assert_eq!(place(&[3]), "page 3");
        assert_eq!(place(&[1, 2, 3, 7]), "pages 1-3, 7");
    }
}
