//! Objects in RTF: the OLE 1.0 stream in `\objdata` (MS-OLEDS 2.2), pictures, and the store of custom XML.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "a few bytes more than what is in memory, and lengths that have a limit"
)]

use crate::blob::{Budget, Gap, Kind, Reason};
use crate::container::cfb;
use crate::document::{Area, Document, Embedded};

/// Bytes in front of a compound file in object data that lies about itself.
const HEAD_BYTES: usize = 4096;
/// Signature of compound files.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// What a `\pict` says of its data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Picture {
    /// PNG, JPEG, EMF, WMF: files as they are.
    #[default]
    File,
    /// `\dibitmap`: a bitmap without the header of its file.
    Bitmap,
    /// `\macpict`, `\wbitmap`, `\pmmetafile`: formats that nothing reads.
    Old,
}

/// Gives the picture in `data` as an embedded file.
pub(super) fn picture(kind: Picture, data: Vec<u8>, number: u32, out: &mut Document<'_>) {
    let extension = match Kind::of(&data) {
        Kind::Png => "png",
        Kind::Jpeg => "jpg",
        Kind::Gif => "gif",
        Kind::Tiff => "tif",
        Kind::Emf if data.get(40..44) == Some(b" EMF") => "emf",
        Kind::Emf => "wmf",
        _ => "bin",
    };
    let name = format!("picture{number}.{extension}");
    match kind {
        Picture::File => out.embedded.push(Embedded { name, bytes: data }),
        Picture::Bitmap => {
            let header = data.first().copied().unwrap_or(40);
            let mut bytes = b"BM".to_vec();
            bytes.extend(u32::try_from(data.len() + 14).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend([0; 4]);
            bytes.extend(u32::from(header).saturating_add(14).to_le_bytes());
            bytes.extend(data);
            out.embedded.push(Embedded { name: format!("picture{number}.bmp"), bytes });
        }
        Picture::Old => out.gaps.push(Gap::new(Reason::ImageOnly, name, "pictures are not read")),
    }
}

/// Gives what is in the object in `data` as embedded files; what it links to becomes text.
pub(super) fn object(data: &[u8], number: u32, out: &mut Document<'_>, notes: &mut Vec<(Area, String)>) {
    let name = format!("object{number}");
    if let Some(object) = parse(data) {
        if !object.link.trim().is_empty() {
            notes.push((Area::Metadata, object.link));
        }
        let Some(native) = object.native.filter(|native| !native.is_empty()) else { return };
        if object.class.eq_ignore_ascii_case("Package") {
            // As in a stream of its own, but for the length in front.
            let stream = [&[0; 4], native].concat();
            if let Some((name, payload)) = cfb::native(&stream) {
                out.embedded.push(Embedded { name, bytes: payload.to_vec() });
                return;
            }
        }
        out.embedded.push(Embedded { name, bytes: native.to_vec() });
        return;
    }
    let head = data.get(..HEAD_BYTES).unwrap_or(data);
    let start = memchr::memmem::find(head, COMPOUND).unwrap_or(0);
    let bytes = data.get(start..).unwrap_or_default().to_vec();
    if !bytes.is_empty() {
        out.embedded.push(Embedded { name, bytes });
    }
}

/// An OLE 1.0 object.
struct Object<'a> {
    class: String,
    /// What a linked object links to.
    link: String,
    native: Option<&'a [u8]>,
}

/// ObjectHeader and what follows it (MS-OLEDS 2.2.4 to 2.2.6).
fn parse(data: &[u8]) -> Option<Object<'_>> {
    let number = |at: usize| data.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes);
    let mut at = 8;
    let mut text = || {
        let length = usize::try_from(number(at)?).ok().filter(|length| *length <= HEAD_BYTES)?;
        let bytes = data.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some((bytes.strip_suffix(b"\0").unwrap_or(bytes), at))
    };
    let format = number(4)?;
    let ((class, _), (topic, _), (_item, at)) = (text()?, text()?, text()?);
    let decoded = |bytes: &[u8]| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
    let class = decoded(class);
    match format {
        1 => Some(Object { class, link: decoded(topic), native: None }),
        2 => {
            let length = usize::try_from(number(at)?).ok()?;
            let rest = data.get(at + 4..)?;
            Some(Object { class, link: String::new(), native: Some(rest.get(..length).unwrap_or(rest)) })
        }
        _ => None,
    }
}

/// Custom XML of the document: a compound file of streams of XML.
pub(super) fn store(data: &[u8], budget: &mut Budget, out: &mut Document<'_>) {
    let start = memchr::memmem::find(data.get(..HEAD_BYTES).unwrap_or(data), COMPOUND);
    let Some(bytes) = start.and_then(|start| data.get(start..)) else { return };
    let Some(mut file) = cfb::File::open(bytes) else {
        return out.gaps.push(Gap::new(Reason::Corrupt, "datastore", "tables of the compound file are damaged"));
    };
    out.gaps.extend(file.damage());
    for stream in file.streams() {
        let mut bytes = Vec::new();
        if let Err(reason) = file.read(&stream.path, budget, &mut bytes) {
            out.gaps.push(Gap::new(reason, "datastore", ""));
        }
        // Word writes an empty list of sources into every document, and properties that name a schema.
        let (_, name) = stream.split();
        let is_empty = memchr::memmem::find(&bytes, b"<b:Sources").is_some()
            && memchr::memmem::find(&bytes, b"<b:Source>").is_none();
        if !is_empty && !name.eq_ignore_ascii_case("Properties") && !bytes.is_empty() {
            let name = format!("datastore/{}", crate::document::ole::printable(&stream.path));
            out.embedded.push(Embedded { name, bytes });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len() + 1).unwrap();
        [&length.to_le_bytes()[..], text.as_bytes(), b"\0"].concat()
    }

    fn data(class: &str, topic: &str, format: u32, rest: &[u8]) -> Vec<u8> {
        let head = [0x0501u32.to_le_bytes(), format.to_le_bytes()].concat();
        [&head[..], &text(class), &text(topic), &text(""), rest].concat()
    }

    #[test]
    fn embedded_and_linked_objects() {
        let mut out = Document::default();
        let mut notes = Vec::new();
        let package = b"\x02\0note.txt\0C:\\note.txt\0\0\0\x03\0\x04\0\0\0abc\0\x09\0\0\0Card 4111";
        let native = [&u32::try_from(package.len()).unwrap().to_le_bytes()[..], package, b"drawn"].concat();
        object(&data("Package", "", 2, &native), 1, &mut out, &mut notes);
        object(&data("Word.Document.8", "", 2, b"\x03\0\0\0abcdef"), 2, &mut out, &mut notes);
        object(&data("Excel", "C:\\secret.xls", 1, b""), 3, &mut out, &mut notes);
        object(b"\x01junk\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest", 4, &mut out, &mut notes);
        let seen: Vec<_> = out.embedded.iter().map(|e| (e.name.as_str(), e.bytes.as_slice())).collect();
        let compound = [COMPOUND, b"rest"].concat();
        let wanted: [(&str, &[u8]); 3] = [("note.txt", b"Card 4111"), ("object2", b"abc"), ("object4", &compound)];
        assert_eq!(seen, wanted);
        assert_eq!(notes, [(Area::Metadata, "C:\\secret.xls".to_owned())]);
    }

    #[test]
    fn lying_lengths_end_at_the_end() {
        let mut out = Document::default();
        for cut in 0..60 {
            let whole = data("A", "B", 2, b"\xff\xff\xff\x7fabc");
            object(whole.get(..cut).unwrap_or(&whole), 1, &mut out, &mut Vec::new());
        }
        assert!(out.embedded.iter().all(|e| e.bytes.len() < 60));
    }
}
