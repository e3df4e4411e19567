//! Pictures, sound and film: what is written beside the pixels is read, drawings made of records are read as text,
//! and pixels are for whoever recognises characters ([`Ocr`](super::Ocr)).
//!
//! Read are XMP packets (ISO 16684-1), Exif and its forerunners (Exif 2.32, TIFF 6.0), IPTC-IIM 4.2, the text chunks and
//! comments of each format. Numbers of cameras, places and times are not: nothing is looked for in them that digits by
//! chance would not be found in, too.

mod bitmap;
mod exif;
mod gif;
mod iptc;
mod jpeg;
mod media;
mod metafile;
mod png;
mod xmp;

use super::{Area, Document, Options};
use crate::blob::{Aspect, Budget, Coverage, Gap, Kind, Reason};

/// What is read of pictures, sound and film of `kind`.
pub fn coverage(kind: Kind) -> Coverage {
    use Aspect::*;
    let (read, gap, source): (&[Aspect], &[Aspect], _) = match kind {
        Kind::Emf => (&[Body, Metadata], &[Pictures], "MS-EMF 2.3.5, MS-EMFPLUS 2.3.4, MS-WMF 2.3.3 (drawn text)"),
        Kind::Audio | Kind::Video => (&[Metadata], &[Body], "ID3, RIFF and QuickTime (tags)"),
        _ => (&[Metadata, Labels], &[Pictures], "XMP (ISO 16684-1), Exif 2.32, IPTC-IIM 4.2, text chunks, comments"),
    };
    Coverage { read, gap, source }
}

/// Reads a picture of `kind` into `out`; what cannot be read becomes gaps.
pub fn read<'a>(kind: Kind, bytes: &'a [u8], options: &Options, budget: &mut Budget, out: &mut Document<'a>) {
    let mut found = Found::default();
    let mut has_pixels = true;
    match kind {
        Kind::Png => png::read(bytes, budget, &mut found, &mut out.gaps),
        Kind::Jpeg => jpeg::read(bytes, &mut found),
        Kind::Gif => gif::read(bytes, &mut found),
        Kind::Tiff => exif::read(bytes, &mut found),
        Kind::Webp => bitmap::webp(bytes, &mut found),
        Kind::Psd => bitmap::psd(bytes, &mut found),
        Kind::Heif | Kind::Jp2 | Kind::Djvu | Kind::Bmp | Kind::Icon => bitmap::packets(bytes, &mut found),
        Kind::Emf => {
            let drawing = metafile::read(bytes, budget, &mut found);
            has_pixels = drawing.has_bitmaps;
            if options.text {
                out.text.push(&drawing.text);
                out.text.line();
            }
            if drawing.is_damaged {
                out.gaps.push(Gap::new(Reason::Corrupt, "", "records of the drawing are damaged"));
            }
        }
        _ => {
            media::read(bytes, &mut found);
            has_pixels = false;
            out.gaps.push(Gap::new(Reason::UnsupportedType, "", "sound and film are not read"));
        }
    }
    for packet in found.packets {
        if options.text {
            xmp::texts(&packet, &mut found.texts);
        }
        out.properties.xmp.push(packet);
    }
    if !options.text {
        if has_pixels {
            out.gaps.push(Gap::new(Reason::ImageOnly, "", "pictures are not read"));
        }
        return;
    }
    if has_pixels {
        pixels(kind, bytes, options, budget, out);
    }
    // Programs write the same title in three places.
    let mut told = std::collections::HashSet::new();
    for text in &found.texts {
        let clean = clean(text);
        if told.insert(clean.clone()) {
            out.text.aside(Area::Metadata, &clean);
        }
    }
}

/// The text in the pixels, from whoever can read it.
fn pixels(kind: Kind, bytes: &[u8], options: &Options, budget: &Budget, out: &mut Document<'_>) {
    match &options.ocr {
        Some(ocr) => match ocr.read(kind, bytes, budget) {
            Ok(text) => {
                out.text.push(&text);
                out.text.line();
            }
            Err((reason, detail)) => out.gaps.push(Gap::new(reason, "", detail)),
        },
        None => out.gaps.push(Gap::new(Reason::ImageOnly, "", "pictures are not read")),
    }
}

/// Texts found beside the pixels.
#[derive(Debug, Default)]
struct Found {
    /// What somebody or some program wrote.
    texts: Vec<String>,
    /// XMP packets.
    packets: Vec<String>,
}

/// Packets and texts of one file that are kept: honest files have a handful.
const FOUND_MAX: usize = 1 << 14;

impl Found {
    fn text(&mut self, text: &str) {
        if !text.trim().is_empty() && self.texts.len() < FOUND_MAX {
            self.texts.push(text.to_owned());
        }
    }

    /// Text of one byte a character: UTF-8 if it is that, else Latin letters of Windows.
    fn bytes(&mut self, bytes: &[u8]) {
        self.text(&narrow(bytes));
    }

    fn packet(&mut self, bytes: &[u8]) {
        if self.packets.len() < FOUND_MAX && !bytes.trim_ascii().is_empty() {
            self.packets.push(super::plain::decode(bytes).text.into_owned());
        }
    }
}

/// Text of unknown encoding up to a zero.
fn narrow(bytes: &[u8]) -> String {
    let bytes = bytes.split(|b| *b == 0).next().unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Text in UTF-16, low byte first unless a mark says otherwise, up to a zero.
fn wide(bytes: &[u8]) -> String {
    let (bytes, big) = match bytes {
        [0xFE, 0xFF, rest @ ..] => (rest, true),
        [0xFF, 0xFE, rest @ ..] => (rest, false),
        _ => (bytes, false),
    };
    let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
    let units = units.map(|pair| if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) });
    char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Text without control characters.
fn clean(text: &str) -> String {
    let line = text.replace("\r\n", "\n").replace('\r', "\n");
    line.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests;
