//! Document properties (ECMA-376 part 1, 22.2 and 22.3; part 2, clause 8) and sensitivity labels
//! (MS-OFFCRYPTO 2.6: the `labelList` part).

use super::Reader;
use crate::blob::Reason;
use crate::document::markup::{Event, Xml};
use crate::document::{Area, Text};

/// Bytes of a label part that are read. 1 MB: what readers of the format refuse beyond, a real one has under 2 KB.
const LABEL_BYTES_MAX: usize = 1 << 20;

/// Keeps the XML of every label part, found by its relationship alone.
pub(super) fn labels(reader: &mut Reader<'_, '_, '_>) {
    for key in reader.related("", |kind| kind == "classificationlabels") {
        for part in reader.package.find(&key) {
            reader.part(part, |reader, xml| {
                if xml.source().len() > LABEL_BYTES_MAX {
                    return Err(Reason::TooLarge);
                }
                reader.out.properties.label_info.push(xml.source().to_owned());
                Ok(())
            });
        }
    }
}

/// Reads custom properties, and where text is wanted core and extended ones.
pub(super) fn custom(reader: &mut Reader<'_, '_, '_>) {
    for key in reader.related("", |kind| kind == "custom-properties") {
        for part in reader.package.find(&key) {
            reader.part(part, |reader, xml| {
                custom_properties(reader, xml, true);
                Ok(())
            });
        }
    }
    if !reader.text {
        return;
    }
    for part in 0..reader.package.len() {
        let key = reader.package.key(part);
        let (pointed_at, content_type) = (reader.package.pointed_at(key), reader.package.content_type(key));
        let is = |name: &str| pointed_at == name || content_type.ends_with(&format!(".{name}+xml"));
        if reader.package.is_done(part) {
            continue;
        } else if is("custom-properties") {
            // No relationship leads here: text, but nothing to believe a label of.
            reader.part(part, |reader, xml| {
                custom_properties(reader, xml, false);
                Ok(())
            });
        } else if is("core-properties") || is("extended-properties") {
            reader.part(part, |reader, xml| {
                values(&mut reader.out.text, xml);
                Ok(())
            });
        }
    }
}

fn custom_properties(reader: &mut Reader<'_, '_, '_>, xml: &mut Xml<'_>, keep: bool) {
    let mut property: Option<(String, String)> = None;
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) if tag.name == "property" => {
                property = Some((tag.attribute("name").unwrap_or_default().into_owned(), String::new()));
            }
            Event::Text(chars) => {
                if let Some((_, value)) = &mut property {
                    value.push_str(&chars.decode());
                }
            }
            Event::End { name, .. } => {
                if name == "property"
                    && let Some((name, value)) = property.take()
                {
                    let value = value.trim();
                    if reader.text {
                        reader.out.text.aside(Area::Metadata, &format!("{name}: {value}"));
                    }
                    if keep {
                        reader.out.properties.custom.push((name, value.to_owned()));
                    }
                }
            }
            _ => {}
        }
    }
}

/// The values of core or extended properties that are words: no counts, versions, switches and times.
fn values(text: &mut Text<'_>, xml: &mut Xml<'_>) {
    while let Some(event) = xml.next() {
        let Event::Text(chars) = event else { continue };
        let value = chars.decode();
        let value = value.trim();
        let is_count = value.len() <= 6 && value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let is_time = value.len() >= 19 && value.get(10..11) == Some("T") && value.ends_with('Z');
        if !is_count && !is_time && !matches!(value, "true" | "false") {
            text.aside(Area::Metadata, value);
        }
    }
}
