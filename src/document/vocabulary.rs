//! Vocabularies of XML that have a reader of their own, told by the root element.

use super::markup::{self, Event, Xml};
use super::odf;
use crate::blob::Kind;

/// Bytes in which the root element must start and end. Flat documents declare some 40 namespaces in it.
const HEAD_BYTES: usize = 16 << 10;

/// The kind of an XML file whose vocabulary is known.
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let (head, _) = markup::decode(head);
    let mut xml = Xml::new(&head);
    let root = loop {
        match xml.next()? {
            Event::Start(tag) => break tag,
            Event::Text(chars) if !chars.is_blank() => return None,
            _ => {}
        }
    };
    match root.name {
        "document" => odf::kind_of_media(&root.attribute("mimetype")?),
        _ => None,
    }
}
