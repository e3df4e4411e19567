//! What stands in a paragraph without being part of it: older forms of the same words, text boxes, ruby text.

use super::{NESTING_MAX, Story};
use crate::document::markup::{Event, Xml};

impl<'x> Story<'_, '_, 'x> {
    /// `mc:Fallback`: mostly the same words in an older form (ECMA-376 part 3, 7.6). Passed over if it is so.
    pub(super) fn fallback(&mut self, xml: &mut Xml<'x>) {
        /// Alternatives inside alternatives that are compared; each costs a look at all that it holds.
        const COMPARED_MAX: usize = 8;
        let Some((emitted, from)) = self.alternatives.last().copied() else { return };
        if self.emitted == emitted || self.alternatives.len() > COMPARED_MAX {
            return;
        }
        let choice = xml.source().get(from..xml.at()).unwrap_or_default();
        let before = xml.clone();
        let fallback = words(xml.inner());
        if !words(choice).contains(&fallback) {
            *xml = before;
        }
    }

    pub(super) fn text_box(&mut self, name: &str, xml: &mut Xml<'x>, depth: u32) {
        let inside_paragraph = self.paragraph.is_some() && depth < NESTING_MAX;
        if !inside_paragraph {
            return;
        }
        let inside = xml.inner();
        if holds_text(inside) {
            self.emitted = self.emitted.saturating_add(usize::from(name != "rt"));
            self.boxes.push(inside);
        }
    }

    pub(super) fn read_box(&mut self, inside: &'x str, depth: u32) {
        let (tables, alternatives) = (self.tables.len(), self.alternatives.len());
        let (inserting, deleting) = (std::mem::take(&mut self.inserting), std::mem::take(&mut self.deleting));
        let (area, skip_text) = (self.area, self.skip_text);
        let position = self.text.position();
        self.run(&mut Xml::new(inside), depth);
        self.end_paragraph(depth);
        self.text.set_position(position);
        (self.area, self.skip_text) = (area, skip_text);
        (self.inserting, self.deleting) = (inserting, deleting);
        self.tables.truncate(tables);
        self.alternatives.truncate(alternatives);
    }
}

/// All character data of `xml` without white space.
fn words(xml: &str) -> String {
    let mut xml = Xml::new(xml);
    let mut out = String::new();
    while let Some(event) = xml.next() {
        if let Event::Text(chars) = event {
            out.extend(chars.decode().split_whitespace());
        }
    }
    out
}

/// Whether there are characters in any text element of `xml`.
fn holds_text(xml: &str) -> bool {
    let mut xml = Xml::new(xml);
    while let Some(event) = xml.next() {
        if let Event::Start(tag) = event
            && matches!(tag.name, "t" | "delText" | "instrText" | "sym" | "textpath" | "docPr" | "cNvPr")
            && (tag.name.len() > 3 || tag.name == "sym" || !xml.text().trim().is_empty())
        {
            return true;
        }
    }
    false
}
