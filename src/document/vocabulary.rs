//! Vocabularies of XML that have a reader of their own, told by the root element.

use super::markup::{self, Event, Tag, Xml};
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
        "wordDocument" => Some(Kind::WordXml),
        "Workbook" if declares(&root, "urn:schemas-microsoft-com:office:spreadsheet") => Some(Kind::SheetXml),
        "package" if declares(&root, "http://schemas.microsoft.com/office/2006/xmlPackage") => Some(Kind::FlatOpc),
        "VisioDocument" => Some(Kind::Vdx),
        "plist" => Some(Kind::Plist),
        "svg" => Some(Kind::Svg),
        _ => None,
    }
}

/// Whether a tag declares a namespace.
fn declares(tag: &Tag<'_>, namespace: &str) -> bool {
    tag.attributes().any(|(name, value)| name.starts_with("xmlns") && value == namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_tells_the_vocabulary() {
        let kind = |xml: &str| kind(xml.as_bytes());
        let flat = "<?xml version='1.0'?><!-- x --><office:document xmlns:office='y' office:mimetype='application/vnd.oasis.opendocument.presentation'>";
        assert_eq!(kind(flat), Some(Kind::Odp));
        assert_eq!(kind("<w:wordDocument xmlns:w='x'>"), Some(Kind::WordXml));
        assert_eq!(kind("<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>"), Some(Kind::SheetXml));
        assert_eq!(kind("<Workbook xmlns='urn:mine'>"), None);
        assert_eq!(kind("<svg/>"), Some(Kind::Svg));
        assert_eq!(kind("words <svg/>"), None);
        assert_eq!(kind("<document>"), None);
    }
}
