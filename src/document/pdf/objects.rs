//! Reading values out of the object graph, ISO 32000-2 section 7.3, and decoding streams, section 7.4.
//!
//! Every getter resolves references and answers `None` for what is missing or of the wrong type: a damaged entry
//! costs its own value, never the document.

use std::borrow::Cow;

use lopdf::{Dictionary, Document as Pdf, Object, Stream};

use super::encoding;
use crate::blob::{Budget, ReadEnd, Reason};
use crate::container::Inflater;

/// Bytes that one stream may decode to. 128 MiB: scanned books have larger files, but their bytes are pictures, which
/// are not decoded.
pub(super) const DECODED_BYTES_MAX: u64 = 128 << 20;
/// Bytes that a stream may decode to if there is a further filter: two honest filters shrink text, they do not blow it
/// up twice.
const BETWEEN_BYTES_MAX: usize = 32 << 20;

/// Follows references to the object itself; a dangling one is null.
pub(super) fn resolve<'d>(pdf: &'d Pdf, object: &'d Object) -> &'d Object {
    pdf.dereference(object).map_or(&Object::Null, |(_, object)| object)
}

/// The value of `key`, resolved.
pub(super) fn get<'d>(pdf: &'d Pdf, dict: &'d Dictionary, key: &[u8]) -> Option<&'d Object> {
    let object = resolve(pdf, dict.get(key).ok()?);
    (!object.is_null()).then_some(object)
}

/// An object as a dictionary; a stream stands for its own.
pub(super) fn as_dict(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dict) => Some(dict),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// The dictionary at `key`.
pub(super) fn dict<'d>(pdf: &'d Pdf, parent: &'d Dictionary, key: &[u8]) -> Option<&'d Dictionary> {
    get(pdf, parent, key).and_then(as_dict)
}

/// The elements at `key`; a single object that is no array stands for an array of itself.
pub(super) fn elements<'d>(pdf: &'d Pdf, parent: &'d Dictionary, key: &[u8]) -> &'d [Object] {
    match get(pdf, parent, key) {
        Some(Object::Array(array)) => array,
        Some(object) => std::slice::from_ref(object),
        None => &[],
    }
}

/// A number of either type.
pub(super) fn as_number(object: &Object) -> Option<f32> {
    match object {
        #[allow(clippy::cast_precision_loss, reason = "coordinates and widths: f32 is what they are kept in")]
        Object::Integer(n) => Some(*n as f32),
        Object::Real(n) => Some(*n),
        _ => None,
    }
}

/// The number at `key`.
pub(super) fn number(pdf: &Pdf, parent: &Dictionary, key: &[u8]) -> Option<f32> {
    get(pdf, parent, key).and_then(as_number)
}

/// The name at `key`.
pub(super) fn name<'d>(pdf: &'d Pdf, parent: &'d Dictionary, key: &[u8]) -> Option<&'d [u8]> {
    match get(pdf, parent, key)? {
        Object::Name(name) => Some(name),
        _ => None,
    }
}

/// The text string at `key` (section 7.9.2.2), decoded; a stream is decoded the same way.
pub(super) fn text(pdf: &Pdf, parent: &Dictionary, key: &[u8], budget: &mut Budget) -> Option<String> {
    text_of(pdf, get(pdf, parent, key)?, budget)
}

/// A text string or text stream, decoded.
pub(super) fn text_of(pdf: &Pdf, object: &Object, budget: &mut Budget) -> Option<String> {
    let text = match resolve(pdf, object) {
        Object::String(bytes, _) => encoding::text_string(bytes),
        Object::Stream(s) => encoding::text_string(&data(pdf, s, budget).0),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The decoded bytes of a stream, as far as they could be decoded, and the limit or damage that stopped it. Image data
/// (`/DCTDecode` and kin) is not decoded and comes out empty.
pub(super) fn data<'d>(pdf: &'d Pdf, stream: &'d Stream, budget: &mut Budget) -> (Cow<'d, [u8]>, Option<Reason>) {
    let filters = filters(pdf, &stream.dict);
    let (mut bytes, mut damage) = (Cow::Borrowed(stream.content.as_slice()), None);
    let mut rest = filters.iter();
    while let Some((filter, parameters)) = rest.next() {
        let (output, end) = match *filter {
            b"FlateDecode" | b"Fl" if predictor(pdf, *parameters) < 2 => inflate(&bytes, budget),
            b"Crypt" => continue,
            b"DCTDecode" | b"DCT" | b"JPXDecode" | b"JBIG2Decode" | b"CCITTFaxDecode" | b"CCF" => {
                return (Cow::Borrowed(&[]), None);
            }
            other => decode(pdf, other, *parameters, &bytes, budget),
        };
        damage = damage.or(end.filter(|reason| *reason == Reason::Corrupt));
        if end.is_some() && damage.is_none() {
            return (Cow::Owned(output), end);
        }
        bytes = Cow::Owned(output);
        if rest.len() > 0 && bytes.len() > BETWEEN_BYTES_MAX {
            return (Cow::Borrowed(&[]), Some(Reason::ExpandedTooLarge));
        }
    }
    (bytes, damage)
}

/// A filter: its name and its parameters.
pub(super) type Filter<'d> = (&'d [u8], Option<&'d Dictionary>);

/// A picture as it is stored: everything is decoded but the filter that only pictures have, which is given with its
/// parameters.
pub(super) fn picture<'d>(
    pdf: &'d Pdf,
    stream: &'d Stream,
    budget: &mut Budget,
) -> Result<(Vec<u8>, Option<Filter<'d>>), Reason> {
    let mut bytes = Cow::Borrowed(stream.content.as_slice());
    for (filter, parameters) in filters(pdf, &stream.dict) {
        let (output, end) = match filter {
            b"Crypt" => continue,
            b"DCTDecode" | b"DCT" | b"JPXDecode" | b"JBIG2Decode" | b"CCITTFaxDecode" | b"CCF" => {
                return Ok((bytes.into_owned(), Some((filter, parameters))));
            }
            b"FlateDecode" | b"Fl" if predictor(pdf, parameters) < 2 => inflate(&bytes, budget),
            other => decode(pdf, other, parameters, &bytes, budget),
        };
        match end {
            Some(reason) if reason != Reason::Corrupt => return Err(reason),
            _ => bytes = Cow::Owned(output),
        }
    }
    Ok((bytes.into_owned(), None))
}

/// Filters of a stream, in decoding order, each with its parameters. More than a handful are nobody's: the rest is
/// dropped.
fn filters<'d>(pdf: &'d Pdf, dict: &'d Dictionary) -> Vec<Filter<'d>> {
    let or = |long: &[u8], short: &[u8]| {
        let found = elements(pdf, dict, long);
        if found.is_empty() { elements(pdf, dict, short) } else { found }
    };
    let parameters = or(b"DecodeParms", b"DP");
    let named = or(b"Filter", b"F").iter().take(8).enumerate();
    let named = named.filter_map(|(i, filter)| match resolve(pdf, filter) {
        Object::Name(name) => Some((name.as_slice(), parameters.get(i).and_then(|p| as_dict(resolve(pdf, p))))),
        _ => None,
    });
    named.collect()
}

fn predictor(pdf: &Pdf, parameters: Option<&Dictionary>) -> i64 {
    let value = parameters.and_then(|p| get(pdf, p, b"Predictor"));
    value.and_then(|p| p.as_i64().ok()).unwrap_or(1)
}

/// Inflates zlib data, keeping what came out before any damage. Header and checksum do not count: some are broken.
pub(super) fn inflate(input: &[u8], budget: &mut Budget) -> (Vec<u8>, Option<Reason>) {
    let mut out = Vec::new();
    // A line end between `stream` and the data is sometimes one too many.
    let start = input.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(0);
    let input = input.get(start..).unwrap_or_default();
    let mut inflater = Inflater::new();
    // Content packs to a third or a sixth.
    inflater.start_with_hint(input.get(2..).unwrap_or_default(), (input.len() as u64).saturating_mul(4));
    let most = usize::try_from(DECODED_BYTES_MAX).unwrap_or(usize::MAX);
    let end = match inflater.inflate_within(most, budget, &mut out) {
        ReadEnd::Whole => None,
        // Too much for its packed size is too much: no page behind it is read.
        ReadEnd::Limit(Reason::RatioExceeded) => Some(Reason::ExpandedTooLarge),
        ReadEnd::Limit(reason) => Some(reason),
        // Flushed and never ended: everything is there.
        ReadEnd::Failed(_) if input.trim_ascii_end().ends_with(&[0, 0, 0xFF, 0xFF]) => None,
        ReadEnd::Failed(_) => Some(Reason::Corrupt),
    };
    (out, end)
}

/// One filter by `lopdf`: everything but plain Flate.
fn decode(
    pdf: &Pdf,
    filter: &[u8],
    parameters: Option<&Dictionary>,
    input: &[u8],
    budget: &mut Budget,
) -> (Vec<u8>, Option<Reason>) {
    let long: &[u8] = match filter {
        b"Fl" => b"FlateDecode",
        b"LZW" => b"LZWDecode",
        b"A85" => b"ASCII85Decode",
        b"AHx" => b"ASCIIHexDecode",
        b"RL" => b"RunLengthDecode",
        other => other,
    };
    let mut dict = Dictionary::new();
    dict.set("Filter", Object::Name(long.to_vec()));
    if let Some(parameters) = parameters {
        let resolved = parameters.iter().map(|(key, value)| (key.clone(), resolve(pdf, value).clone()));
        dict.set("DecodeParms", Object::Dictionary(resolved.collect()));
    }
    let left = budget.limits().unpacked_bytes_max.saturating_sub(budget.unpacked_bytes());
    let most = left.min(DECODED_BYTES_MAX);
    let stream = Stream::new(dict, input.to_vec());
    match stream.decompressed_content_with_limit(usize::try_from(most).unwrap_or(usize::MAX)) {
        Ok(out) => match budget.unpack(out.len() as u64) {
            Ok(()) => (out, None),
            Err(reason) => (out, Some(reason)),
        },
        Err(lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => {
            (Vec::new(), Some(Reason::ExpandedTooLarge))
        }
        Err(_) => (Vec::new(), Some(Reason::Corrupt)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    fn stream(filters: &[&str], content: &[u8]) -> Stream {
        let mut dict = Dictionary::new();
        dict.set("Filter", filters.iter().map(|f| Object::from(*f)).collect::<Vec<_>>());
        Stream::new(dict, content.to_vec())
    }

    #[test]
    fn chains_of_filters_are_decoded_and_images_are_not() {
        let (pdf, mut budget) = (Pdf::new(), Budget::new(&Limits::default()));
        let hex = stream(&["AHx", "Crypt"], b"48 65 6C 6C 6F>");
        assert_eq!(&*data(&pdf, &hex, &mut budget).0, b"Hello");
        assert!(data(&pdf, &stream(&["DCTDecode"], b"xx"), &mut budget).0.is_empty());
    }

    #[test]
    fn damaged_flate_gives_what_came_before_the_damage() {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::none());
        std::io::Write::write_all(&mut encoder, &b"0123456789".repeat(20_000)).unwrap();
        let mut packed = encoder.finish().unwrap();
        packed.truncate(150_000);
        let (pdf, stream) = (Pdf::new(), stream(&["FlateDecode"], &packed));
        let (out, end) = data(&pdf, &stream, &mut Budget::new(&Limits::default()));
        assert!(out.len() > 60_000 && end == Some(Reason::Corrupt), "{} {end:?}", out.len());
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut encoder, &vec![b' '; 4 << 20]).unwrap();
        let bomb = stream(&["FlateDecode"], &encoder.finish().unwrap());
        let mut budget = Budget::new(&Limits { unpacked_bytes_max: 1 << 20, ..Limits::default() });
        assert_eq!(data(&Pdf::new(), &bomb, &mut budget).1, Some(Reason::ExpandedTooLarge));
    }
}
