//! From bytes to objects: damaged files are repaired as far as they can be, protected ones are told apart.
//! ISO 32000-2 sections 7.5 (file structure) and 7.6 (encryption).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one slice, sizes from the longest stream to the shortest, and sums in 64 bits"
)]

use std::io::Read;

use flate2::read::ZlibDecoder;
use lopdf::xref::XrefRecovery;
use lopdf::{Dictionary, Document as Pdf, LoadOptions, Object, ObjectId, Stream};

use super::objects::{as_dict, resolve};
use crate::blob::{Budget, Gap, Passwords, Reason};
use crate::document::Document;

/// Bytes at the end of a file in which its end mark is looked for.
const TAIL_BYTES: usize = 4096;

/// Bytes that all object and cross-reference streams of a file may unpack to, each kind for itself: `lopdf` reads them
/// all at once, and objects take ten times the memory. The largest honest files we know have 20 MB of them.
const OBJECT_BYTES_MAX: u64 = 96 << 20;
/// Packed bytes of such streams below which they are not looked at: deflate packs at most 1:1,032.
const OBJECT_BYTES_FREE: usize = 512;
/// Tokens in object streams: one costs up to 600 bytes of memory. Honest streams have one in five bytes and are packed
/// to a tenth, which is two for each packed byte.
const TOKENS_FREE: u64 = 100_000;
const TOKENS_PER_BYTE: u64 = 4;
/// Bytes of cross-reference streams; a row has three or more and costs 270. There is a row for each object, which takes
/// more room in the file than its row does.
const ROWS_FREE_BYTES: u64 = 512 << 10;
const ROWS_PER_BYTE: u64 = 4;

/// Objects of a file that are many: one takes about a kilobyte.
const OBJECTS_MANY: usize = 100_000;

/// Loads a file. What is wrong with it is left as gaps; `None` if nothing can be read from it.
pub(super) fn load(bytes: &[u8], passwords: &Passwords, budget: &Budget, out: &mut Document<'_>) -> Option<Pdf> {
    if let Err(reason) = weigh_streams(bytes, b"/ObjStm", budget).and_then(|()| weigh_streams(bytes, b"/XRef", budget))
    {
        out.gaps.push(Gap::new(reason, "", "object streams"));
        return None;
    }
    let cut = |pdf: &Pdf| pdf.xref_recovery == Some(XrefRecovery::Reconstructed) && has_open_stream(bytes);
    let pdf = match attempt(bytes, budget, false, None) {
        Ok(pdf) if has_pages(&pdf) && !cut(&pdf) || pdf.trailer.has(b"Encrypt") => pdf,
        first => {
            let error = first.as_ref().map_or_else(ToString::to_string, |_| "the page tree is damaged".to_owned());
            if let Err(reason) = budget.time() {
                out.gaps.push(Gap::new(reason, "", "objects not read"));
                return first.ok();
            }
            let rebuilt = attempt(&completed(bytes), budget, true, None).ok();
            // Without its header a file is all there.
            if !rebuilt.as_ref().is_some_and(has_pages) || !ends_well(bytes) || has_header(bytes) {
                out.gaps.push(Gap::new(Reason::Corrupt, "", error));
            }
            if is_standard_encrypted(bytes) && rebuilt.as_ref().is_none_or(|pdf| pdf.encryption_state.is_none()) {
                // Without its trailer there is no key, and what can be found of it is cipher text.
                out.gaps.push(Gap::new(Reason::PasswordProtected, "", "encrypted, and damaged"));
                return None;
            }
            let mut pdf = rebuilt.or(first.ok());
            if let Some(pdf) = &mut pdf {
                restore_contents(pdf, bytes);
            }
            return pdf;
        }
    };
    let mut pdf = pdf;
    if pdf.trailer.has(b"Encrypt")
        && let Some(opened) = unlocked(&pdf, bytes, passwords, budget)
    {
        out.properties.password = true;
        pdf = opened;
    }
    complete_streams(&mut pdf, bytes);
    restore_contents(&mut pdf, bytes);
    out.properties.encrypted = pdf.encryption_state.is_some();
    if pdf.trailer.has(b"Encrypt") {
        out.gaps.push(protection(&pdf));
        return Some(in_the_clear(&pdf, bytes, budget, out).unwrap_or(pdf));
    } else if !ends_well(bytes) {
        out.gaps.push(Gap::new(Reason::Corrupt, "", "no end mark: the end of the file is missing"));
    }
    Some(pdf)
}

/// Whether the streams of a file that `lopdf` reads at once unpack to a bearable size. Nothing is kept of what is
/// unpacked.
fn weigh_streams(bytes: &[u8], kind: &[u8], budget: &Budget) -> Result<(), Reason> {
    /// Bytes of a dictionary on each side of its type.
    const DICT_BYTES: usize = 512;
    let is_rows = kind == b"/XRef";
    let mut streams: Vec<&[u8]> = Vec::new();
    for at in memchr::memmem::find_iter(bytes, kind) {
        let head = bytes.get(at..at.saturating_add(DICT_BYTES).min(bytes.len())).unwrap_or_default();
        let Some(keyword) = memchr::memmem::find(head, b"stream") else { continue };
        let before = bytes.get(at.saturating_sub(DICT_BYTES)..at).unwrap_or_default();
        let before = memchr::memmem::rfind(before, b" obj").and_then(|obj| before.get(obj..)).unwrap_or(before);
        let dict = [before, head.get(..keyword).unwrap_or_default()];
        let flates: usize = dict.iter().map(|part| memchr::memmem::find_iter(part, b"FlateDecode").count()).sum();
        if flates > 1 {
            // Packed twice: nobody does that but to hide the size.
            return Err(Reason::ExpandedTooLarge);
        }
        let rest = bytes.get(at + keyword + 6..).unwrap_or_default();
        let start = rest.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(rest.len());
        streams.push(rest.get(start..).unwrap_or_default());
    }
    streams.sort_by_key(|s| std::cmp::Reverse(s.len()));
    let ends = streams.iter().skip(1).map(|next| next.len()).chain([0]);
    let sizes: Vec<(&[u8], usize)> = streams.iter().zip(ends).map(|(s, end)| (*s, s.len() - end)).collect();
    if sizes.iter().map(|(_, size)| *size).sum::<usize>() < OBJECT_BYTES_FREE {
        return Ok(());
    }
    let rows_max = ROWS_FREE_BYTES + ROWS_PER_BYTE * bytes.len() as u64;
    let bytes_max = if is_rows { OBJECT_BYTES_MAX.min(rows_max) } else { OBJECT_BYTES_MAX };
    let (mut total, mut packed, mut tokens, mut buffer) = (0u64, 0, 0, vec![0; 16 << 10]);
    for (stream, size) in sizes {
        budget.time()?;
        let mut decoder = ZlibDecoder::new(stream.get(..size).unwrap_or_default());
        while let Ok(got @ 1..) = decoder.read(&mut buffer) {
            total += got as u64;
            tokens += if is_rows { 0 } else { tokens_in(buffer.get(..got).unwrap_or_default()) };
            let tokens_max = TOKENS_FREE + TOKENS_PER_BYTE * (packed + decoder.total_in());
            if total > bytes_max || tokens > tokens_max {
                return Err(Reason::ExpandedTooLarge);
            }
        }
        packed += decoder.total_in();
    }
    Ok(())
}

/// How many objects `text` may become: what starts a token, a name, a string or an array.
fn tokens_in(text: &[u8]) -> u64 {
    let mut before = b' ';
    let mut tokens = 0;
    for byte in text {
        let starts = match byte {
            b'[' | b'<' | b'(' | b'/' => true,
            byte => before.is_ascii_whitespace() && !byte.is_ascii_whitespace(),
        };
        tokens += u64::from(starts);
        before = *byte;
    }
    tokens
}

fn attempt(bytes: &[u8], budget: &Budget, force_reconstruct: bool, password: Option<&str>) -> lopdf::Result<Pdf> {
    let left = budget.limits().unpacked_bytes_max.saturating_sub(budget.unpacked_bytes()).min(OBJECT_BYTES_MAX);
    let max_decompressed_size = usize::try_from(left).ok();
    let password = password.map(str::to_owned);
    let filter: Option<lopdf::FilterFunc> = has_many_objects(bytes).then_some(shrink);
    let options = LoadOptions { max_decompressed_size, force_reconstruct, password, filter, ..LoadOptions::default() };
    Pdf::load_mem_with_options(bytes, options)
}

/// Whether the objects of a file take so much memory that it pays to look at each of them. `lopdf` makes no second
/// attempt of its own at a page tree that it did not find when somebody else sees the objects; ours comes later.
fn has_many_objects(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b" obj").nth(OBJECTS_MANY).is_some()
}

/// Gives back the room that a dictionary keeps for entries to come: five times what one with one entry needs.
fn shrink(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    match object {
        Object::Dictionary(dict) => dict.as_hashmap_mut().shrink_to_fit(),
        Object::Array(array) => array.shrink_to_fit(),
        // Not in an object stream, whose objects alone are taken from what is returned.
        Object::Stream(_) => return Some((id, Object::Null)),
        _ => {}
    }
    Some((id, object.clone()))
}

/// The file opened by the first of `passwords` that is its owner's or its user's.
fn unlocked(pdf: &Pdf, bytes: &[u8], passwords: &Passwords, budget: &Budget) -> Option<Pdf> {
    let fits = |password: &&str| budget.time().is_ok() && pdf.authenticate_password(password).is_ok();
    let password = passwords.iter().find(fits)?;
    attempt(bytes, budget, false, Some(password)).ok().filter(|pdf| !pdf.trailer.has(b"Encrypt"))
}

fn has_pages(pdf: &Pdf) -> bool {
    !super::pages::pages(pdf).is_empty()
}

fn has_header(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"%PDF-").is_some()
}

///
/// The mark of an earlier revision does not count: an update that was cut off begins behind it.
fn ends_well(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(TAIL_BYTES)..).unwrap_or_default();
    let Some(behind) = memchr::memmem::rfind(tail, b"%%EOF").and_then(|at| tail.get(at..)) else { return false };
    let begins = b"xref".starts_with(behind.strip_prefix(b"%%EOF").unwrap_or_default().trim_ascii());
    let blank = behind.trim_ascii_end().len() == b"%%EOF".len();
    let has = |word: &[u8]| memchr::memmem::find(behind, word).is_some();
    blank || !(begins || has(b" obj") || has(b"xref") || has(b"trailer"))
}

/// Whether the standard handler has encrypted a file, as far as that can be seen without its trailer.
fn is_standard_encrypted(bytes: &[u8]) -> bool {
    let has = |what: &[u8]| memchr::memmem::find(bytes, what).is_some();
    has(b"/Filter/Standard") || has(b"/Filter /Standard")
}

/// Whether a file ends inside a stream.
fn has_open_stream(bytes: &[u8]) -> bool {
    let last = |what: &[u8]| memchr::memmem::rfind(bytes, what);
    // `endstream` ends in `stream` too, so an open stream shows as one that stands elsewhere.
    last(b"stream") != last(b"endstream").map(|at| at + 3)
}

/// The file with a header, with its last object closed, and with a catalog of no pages and a trailer behind it if it
/// has no catalog, so that scanning finds every object; pages are then found by their type.
fn completed(bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(bytes.len() + 256);
    if !has_header(bytes) {
        file.extend_from_slice(b"%PDF-1.7\n");
    }
    file.extend_from_slice(bytes);
    if has_open_stream(bytes) {
        file.extend_from_slice(b"\nendstream\nendobj\n");
    }
    if memchr::memmem::find(bytes, b"/Catalog").is_none() {
        // Object numbers that nobody uses.
        file.extend_from_slice(
            b"\n8388606 0 obj\n<</Type/Catalog/Pages 8388605 0 R>>\nendobj\n\
              8388605 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n\
              trailer\n<</Size 8388607/Root 8388606 0 R>>\nstartxref\n0\n%%EOF\n",
        );
    }
    file
}

/// Gives streams without a length their data, up to `endstream`.
fn complete_streams(pdf: &mut Pdf, bytes: &[u8]) {
    if pdf.encryption_state.is_some() {
        return;
    }
    let shift = memchr::memmem::find(bytes, b"%PDF-").unwrap_or(0);
    // Bytes that may still be searched, so that many such streams do not cost the square of the file.
    let mut left = bytes.len().saturating_mul(4);
    for object in pdf.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        let Some(start) = stream.start_position.filter(|_| stream.content.is_empty()) else { continue };
        let rest = bytes.get(start.saturating_add(shift)..).unwrap_or_default();
        let rest = rest.get(..rest.len().min(left)).unwrap_or_default();
        let end = memchr::memmem::find(rest, b"endstream");
        left -= end.unwrap_or(rest.len());
        if let Some(end) = end.filter(|end| *end > 2) {
            stream.content = rest.get(..end).unwrap_or_default().to_vec();
        }
    }
}

/// Gives pages the content that is in the file although its object could not be parsed: a length below zero, no
/// `endstream`.
fn restore_contents(pdf: &mut Pdf, bytes: &[u8]) {
    if pdf.encryption_state.is_some() || pdf.trailer.has(b"Encrypt") {
        return;
    }
    let lost: Vec<ObjectId> = super::pages::pages(pdf)
        .iter()
        .flat_map(|page| super::pages::content_ids(pdf, page.dict))
        .filter(|id| match pdf.objects.get(id) {
            Some(Object::Stream(stream)) => stream.content.is_empty(),
            Some(Object::Array(_) | Object::Reference(_)) => false,
            _ => true,
        })
        .collect();
    /// Objects that are restored: each costs a pass over the file.
    const LOST_MAX: usize = 64;
    for id in lost.into_iter().take(LOST_MAX) {
        if let Some(stream) = raw_stream(bytes, id) {
            pdf.objects.insert(id, Object::Stream(stream));
        }
    }
}

/// The stream object `id` as it stands in the file, cut out by its keywords.
fn raw_stream(bytes: &[u8], id: ObjectId) -> Option<Stream> {
    /// Bytes that its dictionary may have.
    const DICT_BYTES_MAX: usize = 4096;
    const FILTERS: [&str; 5] = ["FlateDecode", "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode"];
    let name = format!("{} {} obj", id.0, id.1);
    let start = memchr::memmem::rfind_iter(bytes, name.as_bytes())
        .find(|at| at.checked_sub(1).and_then(|i| bytes.get(i)).is_none_or(|b| !b.is_ascii_digit()))?;
    let rest = bytes.get(start + name.len()..)?;
    let head = rest.get(..DICT_BYTES_MAX.min(rest.len()))?;
    let keyword = memchr::memmem::find(head, b"stream")?;
    let written = head.get(..keyword)?;
    let data = rest.get(keyword + 6..)?;
    let data = data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n")).unwrap_or(data);
    let end = [&b"endstream"[..], b"endobj"].iter().filter_map(|mark| memchr::memmem::find(data, mark)).min();
    let mut filters: Vec<(usize, &str)> = FILTERS
        .iter()
        .filter_map(|filter| Some((memchr::memmem::find(written, filter.as_bytes())?, *filter)))
        .collect();
    filters.sort_unstable();
    let mut dict = Dictionary::new();
    dict.set("Filter", filters.into_iter().map(|(_, filter)| Object::from(filter)).collect::<Vec<_>>());
    Some(Stream::new(dict, data.get(..end.unwrap_or(data.len()))?.to_vec()))
}

/// An earlier revision of a file: `bytes` end where it did.
pub(super) fn revision(bytes: &[u8], budget: &Budget) -> Option<Pdf> {
    let mut pdf = attempt(bytes, budget, false, None).ok()?;
    complete_streams(&mut pdf, bytes);
    Some(pdf)
}

/// The gap that an encryption which could not be undone leaves.
fn protection(pdf: &Pdf) -> Gap {
    let dict = pdf.trailer.get(b"Encrypt").ok().and_then(|e| as_dict(resolve(pdf, e)));
    let handler = dict.and_then(|d: &Dictionary| d.get(b"Filter").ok()).and_then(|f| match f {
        Object::Name(name) => Some(name.as_slice()),
        _ => None,
    });
    match handler {
        Some(b"Standard") => Gap::new(Reason::PasswordProtected, "", "needs a password to open"),
        Some(b"MicrosoftIRMServices" | b"MicrosoftIRMService") => {
            Gap::new(Reason::RightsProtected, "", "Microsoft rights management")
        }
        Some(other) => Gap::new(Reason::Encrypted, "", format!("security handler {}", handler_name(other))),
        None => Gap::new(Reason::Encrypted, "", "unknown security handler"),
    }
}

/// Whether a file was loaded as if it were not encrypted: its attachments still are.
pub(super) fn is_unmasked(pdf: &Pdf) -> bool {
    pdf.trailer.has(UNMASKED)
}

/// The trailer key that stands in for `/Encrypt` there.
const UNMASKED: &[u8] = b"NoCrypt";

/// What is not encrypted in an encrypted file: everything but attachments (`/EFF` alone), given back to be read; or
/// metadata (`/EncryptMetadata false`), deposited.
fn in_the_clear(pdf: &Pdf, bytes: &[u8], budget: &Budget, out: &mut Document<'_>) -> Option<Pdf> {
    let dict = as_dict(resolve(pdf, pdf.trailer.get(b"Encrypt").ok()?))?;
    let crypt_filters = dict.get(b"V").and_then(Object::as_i64).is_ok_and(|v| v >= 4);
    let identity = |key: &[u8]| !matches!(dict.get(key), Ok(Object::Name(name)) if name != b"Identity");
    let all = crypt_filters && identity(b"StmF") && identity(b"StrF");
    let metadata = matches!(dict.get(b"EncryptMetadata"), Ok(Object::Boolean(false)));
    if !all && !metadata {
        return None;
    }
    let mut unmasked = bytes.to_vec();
    for at in memchr::memmem::find_iter(bytes, b"/Encrypt") {
        let after = bytes.get(at + 8).copied().unwrap_or(b' ');
        if !after.is_ascii_alphabetic()
            && let Some(key) = unmasked.get_mut(at + 1..at + 8)
        {
            key.copy_from_slice(UNMASKED);
        }
    }
    let unmasked = attempt(&unmasked, budget, false, None).ok()?;
    if all {
        return Some(unmasked);
    }
    let mut found = Document::default();
    super::info::properties(&unmasked, &mut Budget::new(budget.limits()), &mut found);
    let packets = found.properties.xmp.into_iter();
    out.properties.xmp.extend(packets.filter(|p| p.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r']).starts_with('<')));
    None
}

/// A name from the file, cut and cleaned for a message.
fn handler_name(name: &[u8]) -> String {
    name.iter().take(40).filter(|b| b.is_ascii_graphic()).map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, page};
    use super::*;

    fn encrypted(dict: &str) -> Document<'static> {
        let file = String::from_utf8(page("BT (in the clear) Tj ET", "", &[dict])).unwrap();
        document(file.replace("/Root 1 0 R", "/Root 1 0 R /Encrypt 5 0 R").as_bytes())
    }

    #[test]
    fn each_protection_has_its_reason() {
        let handlers = [
            ("/Filter /Standard /V 1 /R 2 /O (x) /U (x) /P 0", Reason::PasswordProtected),
            ("/Filter /MicrosoftIRMServices", Reason::RightsProtected),
            ("/Filter /Entrust.PPKEF", Reason::Encrypted),
        ];
        for (dict, reason) in handlers {
            let out = encrypted(&format!("<< {dict} >>"));
            assert_eq!(out.gaps.iter().map(|g| g.reason).collect::<Vec<_>>(), [reason], "{dict}");
            assert!(!out.text.as_str().contains("clear"), "{dict}");
        }
    }

    #[test]
    fn pages_are_read_where_only_attachments_are_encrypted() {
        let out = encrypted("<< /Filter /Standard /V 4 /R 4 /O (x) /U (x) /P 0 /StmF /Identity /EFF /StdCF >>");
        assert_eq!(out.gaps.iter().map(|g| g.reason).collect::<Vec<_>>(), [Reason::PasswordProtected]);
        assert!(out.text.as_str().starts_with("in the clear\n"));
    }

    #[test]
    fn content_that_does_not_parse_is_found_by_its_keywords_or_missed() {
        let whole = String::from_utf8(page("BT (219-09-9999) Tj ET", "", &[])).unwrap();
        for (from, to) in [("/Length 22", "/Length -1"), ("\nendstream", ""), ("/Length 22", "/Length 22 /X")] {
            let out = document(whole.replace(from, to).as_bytes());
            assert!(out.text.as_str().starts_with("219-09-9999\n"), "{to}: {}", out.text.as_str());
        }
        let out = document(whole.replace("4 0 obj", "7 0 obj").replace("BT ", "").as_bytes());
        assert_eq!(out.gaps.iter().map(|g| g.reason).collect::<Vec<_>>(), [Reason::Corrupt]);
    }

    #[test]
    fn damaged_files_give_what_is_left() {
        let whole = page("BT (219-09-9999) Tj ET", "", &[]);
        let at = memchr::memmem::find(&whole, b"trailer").unwrap();
        for (kept, gaps) in [(9..whole.len(), 0), (0..at, 1), (0..at - 18, 1)] {
            let out = document(whole.get(kept.clone()).unwrap());
            assert!(out.text.as_str().starts_with("219-09-9999\n"), "{kept:?}");
            assert_eq!(out.gaps.len(), gaps, "{:?}", out.gaps);
        }
        assert_eq!(document(b"not one").gaps.len(), 1);
    }
}
