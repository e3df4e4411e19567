//! Visio drawings (MS-VSDX): pages in the order of the drawing, masters, comments. Text stands in `Text` elements; of
//! the cells only labels and values of shape data, hyperlinks and string cells of users are words. `.vdx` (Visio 2003
//! XML) has the same elements in one file.

use super::Reader;
use crate::blob::{Budget, Reason};
use crate::document::markup::{Event, Tag, Xml, local};
use crate::document::{Area, Text, Unit};

/// Elements between two looks at the clock.
const EVENTS_PER_CHECK: u32 = 4096;
/// Sections of cells that hold words.
const SECTIONS: &[&str] = &["Property", "Hyperlink", "Annotation", "Reviewer", "Layer", "User"];
/// Cells that hold words in them.
const CELLS: &[&str] =
    &["Label", "Value", "Prompt", "Description", "Address", "SubAddress", "ExtraInfo", "Comment", "Name", "Text"];

/// Reads the pages; masters, comments and the like are left to [`super::parts`].
pub(super) fn read(reader: &mut Reader<'_, '_, '_>) {
    let Some(main) = reader.package.main() else { return };
    for key in reader.related(&main, |kind| kind == "pages") {
        let mut pages = Vec::new();
        for part in reader.package.find(&key) {
            reader.part(part, |reader, xml| {
                let start = xml.clone();
                while let Some(event) = xml.next() {
                    match event {
                        Event::Start(tag) if tag.name == "Page" => {
                            pages.push((tag.attribute("Name").unwrap_or_default().into_owned(), None));
                        }
                        Event::Start(tag) if tag.name == "Rel" => {
                            if let Some((_, id)) = pages.last_mut() {
                                *id = tag.prefixed("id").map(|id| id.into_owned());
                            }
                        }
                        _ => {}
                    }
                }
                let mut sheet = start;
                walk(&mut sheet, Area::Body, &mut reader.out.text, reader.budget)
            });
        }
        let targets = reader.package.targets(&key);
        let order: Vec<_> = pages
            .into_iter()
            .map(|(name, id)| (name, id.and_then(|id| targets.get(id.as_str()).map(|key| (*key).to_owned()))))
            .collect();
        for (number, (name, target)) in (1..).zip(order) {
            reader.out.text.set_unit(Unit::Page(number));
            reader.out.text.aside(Area::Metadata, &name);
            for part in target.map(|key| reader.package.find(&key)).unwrap_or_default() {
                reader.part(part, |reader, xml| walk(xml, Area::Body, &mut reader.out.text, reader.budget));
            }
            reader.out.text.set_unit(Unit::None);
        }
    }
}

/// Reads any part of a drawing for its words; texts of shapes belong to `area`.
pub(super) fn walk(xml: &mut Xml<'_>, area: Area, text: &mut Text<'_>, budget: &Budget) -> Result<(), Reason> {
    let mut cells = Cells::default();
    let mut events = 0u32;
    while let Some(event) = xml.next() {
        events = events.wrapping_add(1);
        if events.is_multiple_of(EVENTS_PER_CHECK) {
            budget.time()?;
        }
        match event {
            Event::Start(tag) => match tag.name {
                "Text" => text.aside(area, &shape_text(xml)),
                "CommentEntry" => text.aside(Area::Comment, &shape_text(xml)),
                "AuthorEntry" => text.aside(Area::Metadata, &tag.attribute("Name").unwrap_or_default()),
                "Master" => master(&tag, text),
                "Section" => cells.section = tag.attribute("N").unwrap_or_default().into_owned(),
                "Row" => cells.row = tag.attribute("N").unwrap_or_default().into_owned(),
                "Cell" => cells.take(&tag),
                // Visio 2003 XML: a section is an element, a cell one with text in it.
                "Prop" | "Hyperlink" | "Annotation" | "Reviewer" | "Layer" | "User" => {
                    cells.section = if tag.name == "Prop" { "Property".to_owned() } else { tag.name.to_owned() };
                    cells.old = true;
                }
                "Data1" | "Data2" | "Data3" => text.aside(Area::Metadata, &xml.text()),
                name if cells.old && CELLS.contains(&name) => {
                    let name = tag.name;
                    let value = xml.text();
                    cells.put(name, &value);
                }
                _ => {}
            },
            Event::End { name, .. } => match name {
                "Row" | "Prop" | "Hyperlink" | "Annotation" | "Reviewer" | "Layer" | "User" => {
                    cells.tell(text);
                    cells.old = false;
                }
                "Section" => cells.section.clear(),
                _ => {}
            },
            Event::Comment(words) => text.aside(Area::Comment, words),
            _ => {}
        }
    }
    Ok(())
}

/// A master: what it is called and what it prompts.
fn master(tag: &Tag<'_>, text: &mut Text<'_>) {
    let name = tag.attribute("Name").or_else(|| tag.attribute("NameU"));
    text.aside(Area::Metadata, &name.unwrap_or_default());
    text.aside(Area::Metadata, &tag.attribute("Prompt").unwrap_or_default());
}

/// The characters of an element and all elements in it: marks of format stand between them and hold none.
fn shape_text(xml: &mut Xml<'_>) -> String {
    let inside = xml.inner();
    let mut text = String::new();
    let mut inner = Xml::new(inside);
    while let Some(event) = inner.next() {
        if let Event::Text(chars) = event {
            text.push_str(&chars.decode());
        }
    }
    text.retain(|c| c == '\n' || c == '\t' || !c.is_control());
    text
}

/// The cells of one row that hold words.
#[derive(Default)]
struct Cells {
    section: String,
    row: String,
    label: String,
    value: String,
    others: Vec<String>,
    old: bool,
}

impl Cells {
    fn take(&mut self, tag: &Tag<'_>) {
        if !SECTIONS.contains(&self.section.as_str()) {
            return;
        }
        let mut name = None;
        let (mut value, mut unit) = (None, "");
        for (attribute, raw) in tag.attributes() {
            match local(attribute) {
                "N" => name = Some(raw),
                "V" => value = Some(crate::document::markup::unescape(raw)),
                "U" => unit = raw,
                _ => {}
            }
        }
        let (Some(name), Some(value)) = (name, value) else { return };
        // Numbers, colours and places of users' own cells are no words, nor are the settings of containers.
        let number = value.parse::<f64>().is_ok() || value.starts_with('#');
        let own = self.section == "User";
        let quiet = own && (unit != "STR" || number || name != "Value" || self.row.starts_with("msv"));
        if CELLS.contains(&name) && !quiet {
            self.put(name, &value);
        }
    }

    fn put(&mut self, name: &str, value: &str) {
        let value = value.trim();
        match name {
            _ if value.is_empty() => {}
            "Label" => value.clone_into(&mut self.label),
            "Value" => value.clone_into(&mut self.value),
            _ => self.others.push(value.to_owned()),
        }
    }

    fn tell(&mut self, text: &mut Text<'_>) {
        let value = std::mem::take(&mut self.value);
        let label = std::mem::take(&mut self.label);
        let row = std::mem::take(&mut self.row);
        let property = self.section == "Property";
        let label = if label.is_empty() && property && !row.starts_with("Row_") { row } else { label };
        let area = if self.section == "Annotation" { Area::Comment } else { Area::Metadata };
        match (label.is_empty(), value.is_empty()) {
            (false, false) => text.aside(area, &format!("{label}: {value}")),
            (false, true) => text.aside(area, &label),
            (true, _) => text.aside(area, &value),
        }
        for other in std::mem::take(&mut self.others) {
            text.aside(area, &other);
        }
    }
}
