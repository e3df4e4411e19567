//! Pictures of a page as files of their own, for optical character recognition. ISO 32000-2 sections 7.4.6 to 7.4.9
//! and 8.9.5.
//!
//! JPEG and JPEG 2000 are files as they are; fax data gets the header of a TIFF file around it; samples become a PNG
//! file. JBIG2 is not read: its files have parts that a PDF leaves out.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "pictures of at most eighty million pixels of at most eight bytes; depth is held against a limit"
)]

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};
use lopdf::{Dictionary, Document as Pdf, Object, Stream};

use super::objects::{as_dict, as_number, elements, get, number, picture, resolve};
use crate::blob::{Budget, Kind, Reason};

/// Samples of a picture that is recognised: a page of A3 with 600 dots an inch has 70 million.
const PIXELS_MAX: usize = 80_000_000;
/// Pictures with fewer pixels on a side are rules, bullets and patterns.
const SIDE_MIN: usize = 24;

/// A picture as a file of some kind.
pub(super) type File = (Kind, Vec<u8>);
/// Why it cannot be one, with a sentence for a person.
pub(super) type Refused = (Reason, &'static str);

/// A picture as a file, `None` if it is too small to hold text.
///
/// # Errors
/// Why it cannot be one, with a sentence for a person.
pub(super) fn file(pdf: &Pdf, stream: &Stream, budget: &mut Budget) -> Result<Option<File>, Refused> {
    let size = |long: &[u8], short: &[u8]| {
        let value = number(pdf, &stream.dict, long).or_else(|| number(pdf, &stream.dict, short));
        value.filter(|value| (0.0..1e6).contains(value)).map_or(0, |value| value as usize)
    };
    let (width, height) = (size(b"Width", b"W"), size(b"Height", b"H"));
    if width < SIDE_MIN || height < SIDE_MIN {
        return Ok(None);
    }
    if width.saturating_mul(height) > PIXELS_MAX {
        return Err((Reason::ImageOnly, "a picture is too large to be recognised"));
    }
    let (bytes, filter) = picture(pdf, stream, budget).map_err(|reason| (reason, "a picture unpacks to too much"))?;
    let image = Image { pdf, dict: &stream.dict, width, height };
    match filter {
        Some((b"DCTDecode" | b"DCT", _)) => Ok(Some((Kind::Jpeg, bytes))),
        Some((b"JPXDecode", _)) => Ok(Some((Kind::Jp2, bytes))),
        Some((b"CCITTFaxDecode" | b"CCF", parameters)) => Ok(Some((Kind::Tiff, image.fax(parameters, &bytes)))),
        Some(_) => Err((Reason::ImageOnly, "a picture is packed with JBIG2, which is not read")),
        None => {
            let png = image.png(&bytes).ok_or((Reason::ImageOnly, "a picture has a colour space that is not known"))?;
            Ok(Some((Kind::Png, png)))
        }
    }
}

struct Image<'d> {
    pdf: &'d Pdf,
    dict: &'d Dictionary,
    width: usize,
    height: usize,
}

/// What the samples of a pixel mean.
enum Space {
    /// One sample: dark to light, or light to dark.
    Gray {
        inverted: bool,
    },
    Rgb,
    Cmyk,
    /// One sample: the number of a colour, each of three bytes.
    Palette(Vec<[u8; 3]>),
}

impl Space {
    fn samples(&self) -> usize {
        match self {
            Self::Gray { .. } | Self::Palette(_) => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

impl Image<'_> {
    /// Whether `/Decode` turns light into dark.
    fn is_inverted(&self) -> bool {
        let decode = elements(self.pdf, self.dict, b"Decode");
        let decode = if decode.is_empty() { elements(self.pdf, self.dict, b"D") } else { decode };
        decode.first().and_then(|first| as_number(resolve(self.pdf, first))).is_some_and(|first| first > 0.5)
    }

    /// Fax data (7.4.6) with the header of a TIFF file (TIFF 6.0, sections 10 and 11).
    fn fax(&self, parameters: Option<&Dictionary>, data: &[u8]) -> Vec<u8> {
        let value = |key: &[u8]| parameters.and_then(|p| number(self.pdf, p, key));
        let is_set = |key: &[u8]| {
            let object = parameters.and_then(|p| get(self.pdf, p, key));
            matches!(object, Some(Object::Boolean(true)))
        };
        let k = value(b"K").unwrap_or(0.0);
        let columns = value(b"Columns").filter(|c| (1.0..1e6).contains(c)).map_or(1728, |c| c as u32);
        let compression: u32 = if k < 0.0 { 4 } else { 3 };
        // Two-dimensional lines, and lines that end at whole bytes.
        let options = u32::from(k > 0.0) | if is_set(b"EncodedByteAlign") { 4 } else { 0 };
        // White is zero in a fax; a mask paints where a sample is zero, which is black as well.
        let photometric = u32::from(is_set(b"BlackIs1") != self.is_inverted());
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        const SHORT: u16 = 3;
        const LONG: u16 = 4;
        let fields: [(u16, u16, u32); 10] = [
            (256, LONG, columns),
            (257, LONG, self.height as u32),
            (258, SHORT, 1),
            (259, SHORT, compression),
            (262, SHORT, photometric),
            (273, LONG, 8),
            (277, SHORT, 1),
            (278, LONG, self.height as u32),
            (279, LONG, length),
            (if compression == 4 { 293 } else { 292 }, LONG, if compression == 4 { 0 } else { options }),
        ];
        let mut file = b"II*\0".to_vec();
        let directory = data.len().next_multiple_of(2) + 8;
        file.extend(u32::try_from(directory).unwrap_or(u32::MAX).to_le_bytes());
        file.extend_from_slice(data);
        file.resize(directory, 0);
        file.extend((fields.len() as u16).to_le_bytes());
        for (tag, kind, value) in fields {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(1u32.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        file.extend([0; 4]);
        file
    }

    /// Samples as a PNG file (ISO/IEC 15948) of 8 bits, gray or in colours. Missing samples are white.
    fn png(&self, data: &[u8]) -> Option<Vec<u8>> {
        let mask = matches!(
            get(self.pdf, self.dict, b"ImageMask").or(get(self.pdf, self.dict, b"IM")),
            Some(Object::Boolean(true))
        );
        let bits = number(self.pdf, self.dict, b"BitsPerComponent").or(number(self.pdf, self.dict, b"BPC"));
        let bits = if mask { 1 } else { bits.map_or(8, |bits| bits as usize) };
        if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
            return None;
        }
        let space = if mask { Space::Gray { inverted: false } } else { self.space()? };
        let inverted = self.is_inverted() != matches!(space, Space::Gray { inverted: true });
        let count = space.samples();
        let colours = if matches!(space, Space::Gray { .. }) { 1 } else { 3 };
        let row_bytes = (self.width * count * bits).div_ceil(8);
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
        let mut row = Vec::with_capacity(1 + self.width * colours);
        let mut pixel = [0u8; 4];
        for y in 0..self.height {
            row.clear();
            row.push(0);
            let line = data.get(y * row_bytes..).unwrap_or_default();
            for x in 0..self.width {
                for (part, sample) in pixel.iter_mut().take(count).enumerate() {
                    *sample = sample_at(line, x * count + part, bits, matches!(space, Space::Palette(_)));
                }
                let [a, b, c, k] = pixel;
                match &space {
                    Space::Gray { .. } => row.push(if inverted { !a } else { a }),
                    Space::Rgb if inverted => row.extend([!a, !b, !c]),
                    Space::Rgb => row.extend([a, b, c]),
                    Space::Cmyk => {
                        let mix = |ink: u8| (u16::from(!ink) * u16::from(!k) / 255) as u8;
                        row.extend([mix(a), mix(b), mix(c)]);
                    }
                    Space::Palette(colours) => row.extend(colours.get(usize::from(a)).unwrap_or(&[255; 3])),
                }
            }
            packer.write_all(&row).ok()?;
        }
        let packed = packer.finish().ok()?;
        let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
        let mut head = Vec::new();
        head.extend((self.width as u32).to_be_bytes());
        head.extend((self.height as u32).to_be_bytes());
        head.extend([8, if colours == 1 { 0 } else { 2 }, 0, 0, 0]);
        chunk(b"IHDR", &head, &mut file);
        chunk(b"IDAT", &packed, &mut file);
        chunk(b"IEND", &[], &mut file);
        Some(file)
    }

    /// The colour space (8.6).
    fn space(&self) -> Option<Space> {
        let space = get(self.pdf, self.dict, b"ColorSpace").or(get(self.pdf, self.dict, b"CS"));
        self.space_of(space?, 0)
    }

    fn space_of(&self, space: &Object, depth: usize) -> Option<Space> {
        /// Spaces inside spaces; two are as far as honest ones go.
        const DEPTH_MAX: usize = 4;
        if depth > DEPTH_MAX {
            return None;
        }
        let (name, rest): (&[u8], &[Object]) = match space {
            Object::Name(name) => (name, &[]),
            Object::Array(array) => match array.split_first() {
                Some((first, rest)) => match resolve(self.pdf, first) {
                    Object::Name(name) => (name, rest),
                    _ => return None,
                },
                None => return None,
            },
            _ => return None,
        };
        let inner = |at: usize| rest.get(at).map(|object| resolve(self.pdf, object));
        Some(match name {
            b"DeviceGray" | b"CalGray" | b"G" => Space::Gray { inverted: false },
            b"DeviceRGB" | b"CalRGB" | b"RGB" | b"Lab" => Space::Rgb,
            b"DeviceCMYK" | b"CMYK" => Space::Cmyk,
            // More ink is darker.
            b"Separation" => Space::Gray { inverted: true },
            b"ICCBased" => match number(self.pdf, as_dict(inner(0)?)?, b"N")? as usize {
                1 => Space::Gray { inverted: false },
                3 => Space::Rgb,
                4 => Space::Cmyk,
                _ => return None,
            },
            b"Indexed" | b"I" => {
                let base = self.space_of(inner(0)?, depth + 1)?;
                let table = match inner(2)? {
                    Object::String(table, _) => table.clone(),
                    Object::Stream(stream) => stream.get_plain_content().ok()?,
                    _ => return None,
                };
                let colour = |entry: &[u8]| match (&base, entry) {
                    (Space::Gray { inverted }, [gray]) => [if *inverted { !gray } else { *gray }; 3],
                    (Space::Rgb, [r, g, b]) => [*r, *g, *b],
                    (Space::Cmyk, [c, m, y, k]) => [c, m, y].map(|ink| (u16::from(!ink) * u16::from(!k) / 255) as u8),
                    _ => [255; 3],
                };
                Space::Palette(table.chunks(base.samples()).take(256).map(colour).collect())
            }
            _ => return None,
        })
    }
}

/// The sample of that number on a line, as eight bits; as it is if it is the number of a colour.
fn sample_at(line: &[u8], number: usize, bits: usize, is_index: bool) -> u8 {
    let at = number * bits / 8;
    let Some(byte) = line.get(at).copied() else { return if is_index { 0 } else { 255 } };
    if bits >= 8 {
        return byte;
    }
    let shift = 8 - bits - number * bits % 8;
    let most = (1u8 << bits) - 1;
    let value = byte >> shift & most;
    if is_index { value } else { value * (255 / most) }
}

fn chunk(name: &[u8; 4], data: &[u8], file: &mut Vec<u8>) {
    let mut crc = Crc::new();
    crc.update(name);
    crc.update(data);
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend_from_slice(name);
    file.extend_from_slice(data);
    file.extend(crc.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn stream(fields: &[(&str, Object)], content: &[u8]) -> Stream {
        let mut dict = Dictionary::new();
        for (key, value) in [("Width", 32.into()), ("Height", 24.into())].iter().chain(fields) {
            dict.set(*key, value.clone());
        }
        Stream::new(dict, content.to_vec())
    }

    fn read(stream: &Stream) -> Result<Option<File>, Refused> {
        file(&Pdf::new(), stream, &mut Budget::new(&Limits::default()))
    }

    /// The first pixels of a PNG file.
    fn pixels(png: &[u8]) -> Vec<u8> {
        let at = memchr::memmem::find(png, b"IDAT").unwrap() + 4;
        let mut out = vec![0; 7];
        std::io::Read::read_exact(&mut flate2::read::ZlibDecoder::new(&png[at..]), &mut out).unwrap();
        out[1..].to_vec()
    }

    #[test]
    fn pictures_become_files() {
        let gray = stream(&[("ColorSpace", "DeviceGray".into()), ("BitsPerComponent", 1.into())], &[0b1010_0000; 96]);
        let (kind, png) = read(&gray).unwrap().unwrap();
        assert_eq!((kind, pixels(&png)), (Kind::Png, vec![255, 0, 255, 0, 0, 0]));
        let table = Object::string_literal(vec![1, 2, 3, 4, 5, 6]);
        let indexed = Object::Array(vec!["Indexed".into(), "DeviceRGB".into(), 1.into(), table]);
        let palette = stream(&[("ColorSpace", indexed), ("BitsPerComponent", 8.into())], &[1, 0, 9]);
        assert_eq!(pixels(&read(&palette).unwrap().unwrap().1), [4, 5, 6, 1, 2, 3]);
        let cmyk = stream(&[("ColorSpace", "DeviceCMYK".into())], &[0, 0, 0, 255, 0, 0, 0, 0]);
        assert_eq!(pixels(&read(&cmyk).unwrap().unwrap().1), [0, 0, 0, 255, 255, 255]);
        let jpeg = stream(&[("Filter", "DCTDecode".into())], b"\xFF\xD8\xFF");
        assert_eq!(read(&jpeg).unwrap().unwrap(), (Kind::Jpeg, b"\xFF\xD8\xFF".to_vec()));
        let fax = stream(&[("Filter", "CCITTFaxDecode".into())], b"fax");
        let (kind, tiff) = read(&fax).unwrap().unwrap();
        assert!(kind == Kind::Tiff && Kind::of(&tiff) == Kind::Tiff);
    }

    #[test]
    fn what_cannot_be_a_file_says_so() {
        assert!(read(&stream(&[("Filter", "JBIG2Decode".into())], b"x")).is_err());
        assert!(read(&stream(&[("ColorSpace", "Pattern".into())], b"x")).is_err());
        assert!(read(&stream(&[("Width", 900_000.into()), ("Height", 900_000.into())], b"x")).is_err());
        assert!(matches!(read(&stream(&[("Width", 2.into())], b"x")), Ok(None)));
    }
}
