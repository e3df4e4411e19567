//! Packages as one XML file (Flat OPC, `pkg:package` of Office 2007 and later): made into a package again, so that
//! parts are read as everywhere else.

use flate2::Crc;

use crate::document::base64;
use crate::document::markup::{Event, Xml};

/// The package that an XML file is: an archive of stored members, with the content types that the file gives; and what
/// is wrong with the XML.
pub(super) fn package(source: &str) -> (Vec<u8>, Option<&'static str>) {
    let mut archive = Writer::default();
    let mut types = String::from("<Types>");
    let mut xml = Xml::new(source);
    let mut name = String::new();
    while let Some(event) = xml.next() {
        let Event::Start(tag) = event else { continue };
        match tag.name {
            "part" if tag.qualified != "part" || tag.attribute("contentType").is_some() => {
                let path = tag.attributes().find(|(key, _)| crate::document::markup::local(key) == "name");
                let path = path.map_or("", |(_, path)| path);
                let media = tag.attributes().find(|(key, _)| crate::document::markup::local(key) == "contentType");
                // As written: both are attribute values there and here.
                let media = media.map_or("", |(_, media)| media).replace('"', "&quot;");
                types.push_str(&format!("<Override PartName=\"{path}\" ContentType=\"{media}\"/>").replace('\0', ""));
                name = crate::document::markup::unescape(path).trim_start_matches('/').to_owned();
            }
            "xmlData" => archive.add(&name, xml.inner().as_bytes()),
            "binaryData" => archive.add(&name, &base64::decode(xml.inner().as_bytes())),
            _ => {}
        }
    }
    types.push_str("</Types>");
    archive.add("[Content_Types].xml", types.as_bytes());
    (archive.finish(), xml.flaw())
}

/// An archive being written (APPNOTE 4.3): nothing is packed.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    members: u16,
}

impl Writer {
    fn add(&mut self, name: &str, data: &[u8]) {
        let (Ok(start), Ok(length)) = (u32::try_from(self.bytes.len()), u32::try_from(data.len())) else { return };
        let Ok(name_length) = u16::try_from(name.len()) else { return };
        let mut crc = Crc::new();
        crc.update(data);
        // Version 2.0, names in UTF-8, stored, 1 January 1980.
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 33, 0];
        for value in [crc.sum(), length, length] {
            common.extend(value.to_le_bytes());
        }
        common.extend(name_length.to_le_bytes());
        common.extend([0, 0]);
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&common);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(data);
        self.directory.extend(b"PK\x01\x02\x14\0");
        self.directory.extend(&common);
        self.directory.extend([0; 10]);
        self.directory.extend(start.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.members = self.members.saturating_add(1);
    }

    fn finish(mut self) -> Vec<u8> {
        let start = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let length = u32::try_from(self.directory.len()).unwrap_or(u32::MAX);
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        for value in [self.members, self.members] {
            self.bytes.extend(value.to_le_bytes());
        }
        for value in [length, start] {
            self.bytes.extend(value.to_le_bytes());
        }
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{Budget, Limits};
    use crate::container::zip::Archive;

    #[test]
    fn parts_become_members() {
        let source = "<pkg:package><pkg:part pkg:name=\"/a/b.xml\" pkg:contentType=\"x/y\"><pkg:xmlData><t>1</t>\
                      </pkg:xmlData></pkg:part><pkg:part pkg:name=\"/c.bin\"><pkg:binaryData>QUJD</pkg:binaryData></pkg:part></pkg:package>";
        let (bytes, flaw) = package(source);
        assert_eq!(flaw, None);
        let mut archive = Archive::open(&bytes).unwrap();
        let mut budget = Budget::new(&Limits::default());
        let mut read = |name: &str| {
            let entry = archive.find(name).cloned().unwrap();
            let mut out = Vec::new();
            archive.read(&entry, &mut budget, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!((read("a/b.xml"), read("c.bin")), ("<t>1</t>".to_owned(), "ABC".to_owned()));
        assert!(read("[Content_Types].xml").contains("PartName=\"/a/b.xml\" ContentType=\"x/y\""));
        assert!(archive.oddities().is_empty());
    }
}
