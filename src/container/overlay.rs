//! What stands in a file beside the thing that its kind is: bytes behind the logical end of a picture, a program or a
//! compound file, bytes in front of a package, an archive at the end of anything. Readers of the kind pass such bytes
//! over; they are parts of their own.
//!
//! Costs next to nothing for a file that has none of it: ends are told by walking headers, and only programs and blobs of
//! no known kind are searched.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]

mod end;

pub use end::missing as missing_end;

use std::ops::Range;

use super::{cab, crypto, rar, zip};
use crate::blob::{Family, Kind};

/// A stretch of bytes beside the thing itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// What it is called: where it stands, in brackets.
    pub name: &'static str,
    /// Where it is.
    pub range: Range<usize>,
}

/// Bytes that are no sign of anything: what tools leave behind the end of a picture.
const BYTES_MIN: usize = 12;

/// The stretches of `bytes`, which are of `kind`, that its reader does not look at.
pub fn overlays(kind: Kind, bytes: &[u8]) -> Vec<Overlay> {
    let mut found = Vec::new();
    if let Some(front) = front(kind, bytes).and_then(|end| trimmed(bytes, 0..end)) {
        found.push(Overlay { name: "(in front)", range: front });
    }
    // A program has its archive in its resources, or behind it with some lines for its unpacker.
    if matches!(kind, Kind::Executable | Kind::Unknown) {
        found.extend(archives(bytes, 1));
    }
    if found.is_empty()
        && let Some(end) = end::end(kind, bytes)
        && let Some(range) = trimmed(bytes, end..bytes.len())
    {
        found.push(Overlay { name: "(appended)", range });
    }
    if found.is_empty()
        && let Some(start) = zip_at_end(kind, bytes)
    {
        found.push(Overlay { name: "(appended)", range: start..bytes.len() });
    }
    found
}

/// A range from its first byte that is neither zero nor white space, if there is something in it. Its end stays: records
/// at the end of an archive may end in zeros.
fn trimmed(bytes: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let held = bytes.get(range.clone())?;
    let fills = |b: &&u8| matches!(**b, 0 | b' ' | b'\t' | b'\r' | b'\n');
    let start = held.iter().take_while(fills).count();
    let end = held.len() - held.get(start..)?.iter().rev().take_while(fills).count();
    (end >= start + BYTES_MIN).then(|| range.start + start..range.end)
}

/// Where the thing itself starts, if that is not at the start of the bytes.
fn front(kind: Kind, bytes: &[u8]) -> Option<usize> {
    /// Bytes in front of a PDF header that readers put up with.
    const PDF_HEAD_BYTES: usize = 1024;
    match kind {
        Kind::Pdf if !bytes.starts_with(b"%PDF-") => {
            let head = bytes.get(..PDF_HEAD_BYTES).unwrap_or(bytes);
            memchr::memmem::find(head, b"%PDF-")
        }
        // Bytes in front may begin with `PK`, too: only the members tell where the archive begins.
        _ if is_zip(kind) => zip::Archive::open(bytes).ok()?.first().filter(|start| *start > 0),
        _ => None,
    }
}

fn is_zip(kind: Kind) -> bool {
    kind == Kind::Zip || kind.is_package()
}

/// Where a zip archive at the very end of something else starts.
fn zip_at_end(kind: Kind, bytes: &[u8]) -> Option<usize> {
    // Containers show all that they hold; what compound files, notebooks and databases hold may be a zip that comes last.
    // The reader of RTF gives what stands behind its end.
    let is_flat = bytes.trim_ascii_start().starts_with(b"<");
    let elsewhere = matches!(kind.family(), Family::Container | Family::Empty) || is_zip(kind) && !is_flat;
    if elsewhere || kind.is_ole() || matches!(kind, Kind::Pdf | Kind::Sqlite | Kind::OneNote | Kind::Rtf) {
        return None;
    }
    if !zip::is_appended(bytes) {
        return None;
    }
    zip::Archive::open(bytes).ok()?.start().filter(|start| *start > 0)
}

/// Archives of other kinds than zip inside of a program, by their signatures and headers.
fn archives(bytes: &[u8], from: usize) -> Vec<Overlay> {
    /// Archives of one program.
    const COUNT_MAX: usize = 8;
    /// Places of one signature that are looked at: programs for archives have the signatures in their code.
    const PLACES_MAX: usize = 64;
    let rest = bytes.get(from..).unwrap_or_default();
    let mut found: Vec<Overlay> = Vec::new();
    /// Tells the length of the archive that some bytes start with, if it is one.
    type Length = fn(&[u8]) -> Option<usize>;
    let kinds: [(&[u8], Length); 3] =
        [(b"7z\xBC\xAF\x27\x1C", seven_zip), (b"Rar!\x1A\x07", rar::length), (b"MSCF\0\0\0\0", cab::length)];
    for (signature, length) in kinds {
        for at in memchr::memmem::find_iter(rest, signature).take(PLACES_MAX) {
            let start = from + at;
            let known = found.iter().any(|other| other.range.contains(&start));
            let Some(length) = bytes.get(start..).and_then(length).filter(|_| !known) else { continue };
            let end = start.saturating_add(length).min(bytes.len());
            found.push(Overlay { name: "(appended)", range: start..end });
            if found.len() >= COUNT_MAX {
                return found;
            }
        }
    }
    found.sort_by_key(|overlay| overlay.range.start);
    found
}

/// Length of a 7z archive, if its first header is right.
fn seven_zip(bytes: &[u8]) -> Option<usize> {
    let told = bytes.get(8..12)?.try_into().ok().map(u32::from_le_bytes)?;
    let start = bytes.get(12..32)?;
    let long = |at: usize| start.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
    let length = long(0)?.checked_add(long(8)?)?.checked_add(32)?;
    (told == crypto::crc32(start)).then(|| usize::try_from(length).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        let kind = crate::container::kind(bytes);
        let shown = |overlay: Overlay| (overlay.name, bytes[overlay.range].to_vec());
        overlays(kind, bytes).into_iter().map(shown).collect()
    }

    fn png() -> Vec<u8> {
        let mut out = b"\x89PNG\r\n\x1A\n".to_vec();
        for (name, data) in [(b"IHDR", &[0u8; 13][..]), (b"IDAT", b"IEND and such"), (b"IEND", b"")] {
            out.extend((data.len() as u32).to_be_bytes());
            out.extend(name);
            out.extend(data);
            out.extend([0; 4]);
        }
        out
    }

    fn jpeg() -> Vec<u8> {
        let mut out = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
        out.extend(b"\xFF\xE1\0\x0AExif\0\0\xFF\xD9");
        out.extend(b"\xFF\xDA\0\x02abc\xFF\0def\xFF\xD0ghi\xFF\xD9");
        out
    }

    fn gif() -> Vec<u8> {
        let mut out = b"GIF89a\x01\0\x01\0\x80\0\0".to_vec();
        out.extend([0; 6]);
        out.extend(b"\x21\xFE\x05hello\0\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x4C\x01\0\x3B");
        out
    }

    #[test]
    fn text_in_front_of_an_archive_is_told_whatever_it_begins_with() {
        let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("a.txt", ::zip::write::SimpleFileOptions::default()).unwrap();
        let archive = writer.finish().unwrap().into_inner();
        assert!(of(&archive).is_empty());
        for front in ["some text in front", "PK is how this begins", "PK\x05\x06 and more of it"] {
            let bytes = [front.as_bytes(), &archive].concat();
            assert_eq!(of(&bytes), [("(in front)", front.as_bytes().to_vec())], "{front}");
        }
    }

    #[test]
    fn pictures_end_where_they_end() {
        let text = b"Card 4111 1111 1111 1111, behind the picture";
        for picture in [png(), jpeg(), gif()] {
            assert_eq!(of(&picture), []);
            assert_eq!(of(&[&picture[..], &[0; 300], b"\r\n"].concat()), []);
            assert_eq!(of(&[&picture[..], text].concat()), [("(appended)", text.to_vec())]);
            for length in 0..picture.len() {
                assert_eq!(of(&picture[..length]), []);
            }
        }
        // Pictures of several frames are several files one behind the other.
        assert_eq!(of(&[jpeg(), jpeg()].concat()), []);
    }

    #[test]
    fn programs_carry_archives() {
        let mut header = vec![0u8; 20];
        header[8] = 5;
        let mut archive = b"7z\xBC\xAF\x27\x1C\0\x04".to_vec();
        archive.extend(crypto::crc32(&header).to_le_bytes());
        archive.extend(&header);
        archive.extend(b"12345");
        let program =
            [b"\x7FELF\x02\x01\x01\0".to_vec(), b"7z\xBC\xAF\x27\x1C and code".to_vec(), vec![0; 600]].concat();
        assert_eq!(of(&program), []);
        assert_eq!(of(&[program, archive.clone(), vec![0; 3]].concat()), [("(appended)", archive)]);
    }

    #[test]
    fn a_7z_archive_ends_behind_their_end_header() {
        let mut header = vec![0u8; 20];
        (header[0], header[8]) = (3, 5);
        let mut archive = b"7z\xBC\xAF\x27\x1C\0\x04".to_vec();
        archive.extend(crypto::crc32(&header).to_le_bytes());
        archive.extend(&header);
        archive.extend(b"packed__");
        let text = b"Card 4111 1111 1111 1111, behind the archive";
        assert_eq!(of(&archive), []);
        assert_eq!(of(&[&archive[..], text].concat()), [("(appended)", text.to_vec())]);
        assert_eq!(of(&archive[..36]), []);
    }

    #[test]
    fn text_in_front_of_a_zip_is_shown() {
        let mut zip = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("a.txt", ::zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, b"Card").unwrap();
        let zip = zip.finish().unwrap().into_inner();
        let text = b"Card 4111 1111 1111 1111, in front of it";
        assert_eq!(of(&zip), []);
        assert_eq!(of(&[text, &zip[..]].concat()), [("(in front)", text.to_vec())]);
        assert_eq!(of(&[&png()[..], &zip[..]].concat()), [("(appended)", zip.clone())]);
        assert_eq!(of(&[&b"\x7FELF\x02\x01\x01\0 and code \x01\x02"[..], &zip[..]].concat()), [("(appended)", zip)]);
    }
}
