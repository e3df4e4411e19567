//! Texts in XMP packets (ISO 16684-1): what somebody wrote, not what programs noted of themselves.

use crate::document::markup::{Event, Xml, local, unescape};

/// Names of properties whose values programs write: numbers, times, identifiers, histories, colours, formats.
const SILENT: &[&str] = &[
    "CreatorTool",
    "CreateDate",
    "ModifyDate",
    "MetadataDate",
    "DocumentID",
    "InstanceID",
    "OriginalDocumentID",
    "format",
    "action",
    "instanceID",
    "when",
    "softwareAgent",
    "changed",
    "parameters",
    "ColorMode",
    "ICCProfile",
    "Orientation",
    "XResolution",
    "YResolution",
    "ResolutionUnit",
    "ColorSpace",
    "PixelXDimension",
    "PixelYDimension",
    "ExifVersion",
    "FlashpixVersion",
    "documentID",
    "originalDocumentID",
    "about",
    "lang",
    "parseType",
    "resource",
    "xmptk",
    "Producer",
    "DateCreated",
    "image",
    "Thumbnails",
    "History",
    "DerivedFrom",
    "Ingredients",
    "Pantry",
    "DocumentAncestors",
    "Marked",
    "NativeDigest",
    "LegacyIPTCDigest",
    "date",
    "type",
];

/// Appends the texts of `packet`: values of elements and of attributes.
pub(super) fn texts(packet: &str, out: &mut Vec<String>) {
    let mut xml = Xml::new(packet.trim_start_matches('\u{feff}'));
    let mut open: Vec<bool> = Vec::new();
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => {
                let silent = open.last() == Some(&true) || SILENT.contains(&tag.name);
                if !silent && tag.name != "xmpmeta" {
                    for (name, raw) in tag.attributes() {
                        let value = unescape(raw);
                        let is_space = name == "xmlns" || name.starts_with("xmlns:");
                        if !is_space && !SILENT.contains(&local(name)) && is_written(&value) {
                            out.push(value.into_owned());
                        }
                    }
                }
                open.push(silent);
            }
            Event::End { .. } => drop(open.pop()),
            Event::Text(text) if open.last() == Some(&false) && is_written(&text.decode()) => {
                out.push(text.decode().into_owned());
            }
            _ => {}
        }
    }
}

/// Whether a value is text, and no number or time.
fn is_written(value: &str) -> bool {
    let value = value.trim();
    value.chars().filter(|c| !c.is_whitespace()).count() > 1
        && value.chars().any(char::is_alphanumeric)
        && !matches!(value, "True" | "False" | "true" | "false")
}
