//! Annotations and form fields, ISO 32000-2 sections 12.5, 12.7 and annex K (XFA).

use std::collections::HashSet;

use lopdf::{Dictionary, Document as Pdf, Object, Stream};

use super::objects::{as_dict, data, dict, elements, get, name, resolve, text, text_of};
use super::walk::Walker;
use super::{info, xml};
use crate::blob::Budget;
use crate::document::{Area, Document, markup};

/// Levels of the field tree.
const FIELD_DEPTH_MAX: usize = 32;
/// Offers of one choice field: a list of countries has 250.
const CHOICES_MAX: usize = 2_000;
/// Fields of one document.
const FIELDS_MAX: usize = 200_000;

/// Reads annotations and fields once each, wherever they are met.
#[derive(Default)]
pub(super) struct Interactive {
    /// Annotations and fields, by address.
    seen: HashSet<usize>,
    /// Actions of annotations, pages and the document.
    pub(super) actions: info::Actions,
}

impl Interactive {
    fn first_time(&mut self, dict: &Dictionary) -> bool {
        self.seen.insert(std::ptr::from_ref(dict).addr())
    }

    /// Appends what the annotations of a page say.
    pub(super) fn page<'d>(
        &mut self,
        page: &'d Dictionary,
        pdf: &'d Pdf,
        walker: &mut Walker<'d>,
        budget: &mut Budget,
        out: &mut Document<'_>,
    ) {
        for annotation in elements(pdf, page, b"Annots") {
            let Some(annotation) = as_dict(resolve(pdf, annotation)) else { continue };
            if budget.time().is_err() {
                return;
            }
            if !self.first_time(annotation) {
                continue;
            }
            self.actions.read(pdf, annotation, budget, out);
            let shown = match name(pdf, annotation, b"Subtype") {
                Some(b"Popup") => continue,
                Some(b"Widget") => self.field(annotation, pdf, budget, out),
                _ => comment(annotation, pdf, budget, out),
            };
            if let (false, Some(form)) = (shown, appearance(annotation, pdf)) {
                out.text.line();
                out.text.set_area(Area::Comment);
                walker.appearance(form, &mut out.text, budget);
                out.text.set_area(Area::Body);
            }
        }
    }

    /// Appends name and value of the field of a widget. Whether its appearance says nothing more.
    fn field(&mut self, widget: &Dictionary, pdf: &Pdf, budget: &mut Budget, out: &mut Document<'_>) -> bool {
        let (mut value, mut label, mut owner, mut signed) = (None, None, widget, false);
        let mut node = Some(widget);
        for _ in 0..FIELD_DEPTH_MAX {
            let Some(field) = node else { break };
            if value.is_none() {
                (value, owner) = (values(field, pdf, budget), field);
                signed = matches!(get(pdf, field, b"V"), Some(Object::Dictionary(_)));
            }
            label = label.or_else(|| text(pdf, field, b"TU", budget)).or_else(|| text(pdf, field, b"T", budget));
            node = dict(pdf, field, b"Parent");
        }
        let Some(value) = value else { return false };
        if std::ptr::eq(owner, widget) || self.first_time(owner) {
            entry(label, &value, out);
        }
        // What a signature shows is more than what its dictionary says.
        !signed
    }

    /// Appends fields that no page shows, and XFA packets.
    #[allow(clippy::arithmetic_side_effects, reason = "held against a limit on the way in")]
    pub(super) fn form(&mut self, pdf: &Pdf, budget: &mut Budget, out: &mut Document<'_>) {
        let Some(form) = pdf.catalog().ok().and_then(|catalog| dict(pdf, catalog, b"AcroForm")) else { return };
        let mut open: Vec<(&Dictionary, usize)> = Vec::new();
        let fields = |node, key: &[u8]| elements(pdf, node, key).iter().rev().filter_map(|f| as_dict(resolve(pdf, f)));
        open.extend(fields(form, b"Fields").map(|f| (f, 0)));
        while let Some((field, depth)) = open.pop() {
            if depth > FIELD_DEPTH_MAX || self.seen.len() > FIELDS_MAX || budget.time().is_err() {
                break;
            }
            if self.first_time(field)
                && let Some(value) = values(field, pdf, budget)
            {
                let label = text(pdf, field, b"TU", budget).or_else(|| text(pdf, field, b"T", budget));
                entry(label, &value, out);
            }
            open.extend(fields(field, b"Kids").map(|f| (f, depth + 1)));
        }
        xfa(form, pdf, budget, out);
    }
}

fn entry(label: Option<String>, value: &str, out: &mut Document<'_>) {
    out.text.line();
    if let Some(label) = label {
        out.text.push(label.trim());
        out.text.push(": ");
    }
    out.text.push(value.trim_end());
    out.text.push("\n");
}

/// The values of one field, a line each: current, and default if it differs.
fn values(field: &Dictionary, pdf: &Pdf, budget: &mut Budget) -> Option<String> {
    let rich = |budget: &mut Budget| text(pdf, field, b"RV", budget).map(|xml| xml::rich_text(&xml));
    let value = value(field, b"V", pdf, budget).or_else(|| rich(budget));
    let default = self::value(field, b"DV", pdf, budget);
    let value = match (value, default) {
        (Some(value), Some(default)) if value != default => Some(format!("{value}\n{default}")),
        (value, default) => value.or(default),
    };
    let choices = choices(field, pdf, budget);
    if choices.is_empty() { value } else { Some(format!("{}\n{choices}", value.unwrap_or_default())) }
}

/// What a choice field offers, a line each.
fn choices(field: &Dictionary, pdf: &Pdf, budget: &mut Budget) -> String {
    let mut lines = String::new();
    for choice in elements(pdf, field, b"Opt").iter().take(CHOICES_MAX) {
        let shown = match resolve(pdf, choice) {
            Object::Array(pair) => pair.last().and_then(|shown| text_of(pdf, shown, budget)),
            other => text_of(pdf, other, budget),
        };
        if let Some(shown) = shown {
            lines.push_str(shown.trim());
            lines.push('\n');
        }
    }
    lines
}

fn value(field: &Dictionary, key: &[u8], pdf: &Pdf, budget: &mut Budget) -> Option<String> {
    let value = match get(pdf, field, key)? {
        Object::Name(name) => {
            let state = super::encoding::text_string(name);
            (state != "Off").then_some(state)?
        }
        Object::Array(choices) => {
            let choices: Vec<String> = choices.iter().filter_map(|c| text_of(pdf, c, budget)).collect();
            choices.join("\n")
        }
        Object::Dictionary(signature) => {
            let keys = [&b"Name"[..], b"Reason", b"Location", b"ContactInfo"];
            let parts: Vec<String> = keys.iter().filter_map(|key| text(pdf, signature, key, budget)).collect();
            parts.join("\n")
        }
        other => text_of(pdf, other, budget)?,
    };
    (!value.trim().is_empty()).then_some(value)
}

/// Appends the text of an annotation. Whether there was any content.
fn comment(annotation: &Dictionary, pdf: &Pdf, budget: &mut Budget, out: &mut Document<'_>) -> bool {
    for key in [&b"T"[..], b"Subj", b"OverlayText"] {
        if let Some(text) = text(pdf, annotation, key, budget) {
            out.text.aside(Area::Comment, &text);
        }
    }
    let contents = text(pdf, annotation, b"Contents", budget);
    let rich = text(pdf, annotation, b"RC", budget).map(|xml| xml::rich_text(&xml));
    let squeezed = |text: &Option<String>| text.as_ref().map(|t| t.split_whitespace().collect::<String>());
    if let Some(contents) = &contents {
        out.text.aside(Area::Comment, contents);
    }
    if let Some(rich) = rich.as_ref().filter(|_| squeezed(&rich) != squeezed(&contents)) {
        out.text.aside(Area::Comment, rich);
    }
    contents.is_some() || rich.is_some()
}

/// The normal appearance, if there is one for all states.
fn appearance<'d>(annotation: &'d Dictionary, pdf: &'d Pdf) -> Option<&'d Stream> {
    match get(pdf, dict(pdf, annotation, b"AP")?, b"N")? {
        Object::Stream(form) => Some(form),
        _ => None,
    }
}

/// Appends the text of XFA packets: form data and templates, not configuration.
fn xfa(form: &Dictionary, pdf: &Pdf, budget: &mut Budget, out: &mut Document<'_>) {
    let mut packet = String::new();
    for part in elements(pdf, form, b"XFA") {
        match resolve(pdf, part) {
            Object::String(name, _) => packet = super::encoding::text_string(name),
            Object::Stream(stream)
                if !matches!(packet.as_str(), "config" | "localeSet" | "connectionSet" | "xmpmeta") =>
            {
                let source = markup::decode(&data(pdf, stream, budget).0).0.into_owned();
                let skipped = |name: &[u8]| matches!(name, b"config" | b"localeSet" | b"connectionSet" | b"image");
                let text = xml::text(&source, |name| matches!(name, b"span" | b"b" | b"i"), skipped);
                out.text.aside(Area::Body, &text);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, file, stream};
    use super::*;

    #[test]
    fn fields_and_comments_are_read_once_with_their_page() {
        let xfa = stream("", "<xfa:data><ssn>219-09-9999</ssn><localeSet>January</localeSet></xfa:data>");
        let look = stream("/Type /XObject /Subtype /Form", "BT (Stamped) Tj ET");
        let out = document(&file(&[
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R] /XFA [(datasets) 8 0 R] >> >>",
            "<< /Type /Pages /Kids [3 0 R] >>",
            "<< /Type /Page /Annots [5 0 R 7 0 R 9 0 R 11 0 R] >>",
            "<< /FT /Tx /T (card) /TU (Card number) /V (4111 1111) /Kids [5 0 R] >>",
            "<< /Type /Annot /Subtype /Widget /Parent 4 0 R >>",
            "<< /FT /Ch /T (land) /V (A) /Opt [[(A) (Austria)] (B)] >>",
            "<< /Type /Annot /Subtype /Text /Contents (see me) /RC (<body><p>see <b>me</b></p></body>) /T (Ann) >>",
            &xfa,
            "<< /Type /Annot /Subtype /Stamp /AP << /N 10 0 R >> >>",
            &look,
            "<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://example.com/?ssn=1) >> >>",
        ]));
        let text = out.text.as_str();
        let expected = "Card number: 4111 1111\nAnn\nsee me\nStamped\nhttps://example.com/?ssn=1\n\
                        land: A\nAustria\nB\n219-09-9999\nTitle: Plan\n";
        assert_eq!(text, expected);
        let at = |what: &str| out.text.location(text.find(what).unwrap());
        assert_eq!((at("4111").page, at("see me").area), (Some(1), Area::Comment));
        assert_eq!(at("https").area, Area::Metadata);
    }
}
