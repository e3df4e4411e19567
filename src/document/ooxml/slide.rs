//! PresentationML: slides in the order of the presentation, each with its notes and comments
//! (ECMA-376 part 1, clause 19).

use super::Reader;
use super::parts;
use super::story::{self, Manner};
use crate::document::markup::{Event, Xml};
use crate::document::{Area, Unit};

/// Reads the slides of a presentation; layouts, masters and the like are left to [`parts`].
#[allow(clippy::arithmetic_side_effects, reason = "slides in a list are counted")]
pub(super) fn read(reader: &mut Reader<'_, '_, '_>) {
    let Some(main) = reader.package.main() else {
        return;
    };
    let mut ids = Vec::new();
    for part in reader.package.find(&main) {
        reader.part(part, |reader, xml| {
            while let Some(event) = xml.next() {
                if let Event::Start(tag) = event
                    && tag.name == "sldId"
                    && let Some(id) = tag.prefixed("id")
                {
                    ids.push(id.into_owned());
                } else if let Event::Start(tag) = event
                    && tag.name == "section"
                    && let Some(name) = tag.attribute("name")
                {
                    reader.out.text.aside(Area::Metadata, &name);
                }
            }
            Ok(())
        });
    }
    let targets = reader.package.targets(&main);
    let slides: Vec<_> = ids.iter().filter_map(|id| targets.get(id.as_str()).map(|key| (*key).to_owned())).collect();
    let mut number = 0;
    for key in slides {
        number += 1;
        reader.out.text.set_unit(Unit::Slide(number));
        slide(reader, &key);
        reader.out.text.set_unit(Unit::None);
    }
}

/// Reads one slide and what belongs to it.
fn slide(reader: &mut Reader<'_, '_, '_>, key: &str) {
    for part in reader.package.find(key) {
        reader.part(part, |reader, xml| {
            let area = if is_hidden(xml) { Area::Hidden } else { Area::Body };
            story::read(xml, Manner::of(area), &mut reader.out.text, reader.budget)
        });
    }
    let belongs = |kind: &str| matches!(kind, "notesslide" | "comments" | "chart" | "chartex" | "diagramdata" | "tags");
    for related in reader.related(key, belongs) {
        for part in reader.package.find(&related) {
            parts::read(reader, part);
        }
    }
}

/// Whether the slide is left out of the show (`p:sld/@show`, 19.3.1.38).
pub(super) fn is_hidden(xml: &Xml<'_>) -> bool {
    let mut xml = xml.clone();
    while let Some(event) = xml.next() {
        if let Event::Start(tag) = event {
            return tag.attribute("show").is_some_and(|show| matches!(show.as_ref(), "0" | "false" | "off"));
        }
    }
    false
}
