//! OLE compound files (MS-CFB): what kind of document one is, how it is protected, and its streams as parts.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Cursor, Read};
use std::path::Path;

use super::{Part, Visit, ends_all, salvage};
use crate::blob::{Budget, Gap, Kind, ReadEnd, Reason};

/// An opened compound file.
type Compound<'a> = ::cfb::CompoundFile<Cursor<Cow<'a, [u8]>>>;

/// An opened compound file: its streams by their paths (`/` between storages, none in front).
pub struct File<'a> {
    compound: Compound<'a>,
    bytes: &'a [u8],
    /// Streams of a damaged file that are not whole.
    cut: HashSet<String>,
    /// Whether there is less of the file than there was.
    incomplete: bool,
}

/// A stream of a compound file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its path, `/` between storages.
    pub path: String,
    /// Its length as declared.
    pub length: u64,
}

impl Stream {
    /// The storage that it stands in (`""` = the root) and its own name.
    pub fn split(&self) -> (&str, &str) {
        self.path.rsplit_once('/').unwrap_or(("", &self.path))
    }
}

impl<'a> File<'a> {
    /// Opens a compound file; `None` if its tables are damaged beyond use. Of a damaged one, whatever can be followed is
    /// there.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let Opened { compound, cut, incomplete } = open_any(bytes)?;
        Some(Self { compound, bytes, cut, incomplete })
    }

    /// What is not there although the file once had it: streams that are cut to nothing, or whose part of the directory
    /// is gone, are not in [`File::streams`] and cannot be told by name.
    pub fn damage(&self) -> Option<Gap> {
        let more = self.compound.walk().nth(STREAMS_MAX).is_some();
        let more = more.then(|| Gap::new(Reason::MembersExceeded, "", "more streams than are listed"));
        self.incomplete.then(incomplete).or(more)
    }

    /// Whether there is a stream or storage at `path`. Names are compared without case.
    pub fn has(&self, path: &str) -> bool {
        self.compound.exists(Path::new(path))
    }

    /// The streams that hold bytes, in the order of the directory tree.
    pub fn streams(&self) -> Vec<Stream> {
        let entries = self.compound.walk().take(STREAMS_MAX).filter(|entry| entry.is_stream() && !entry.is_empty());
        entries.map(|entry| Stream { path: path_of(entry.path()), length: entry.len() }).collect()
    }

    /// Appends the stream at `path` to `out`. Nothing if there is none; on damage, what could be read is there.
    ///
    /// # Errors
    /// [`Reason::Corrupt`] for a damaged chain of sectors, or the limit that stopped it.
    pub fn read(&mut self, path: &str, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
        let path = Path::new(path);
        if !self.compound.is_stream(path) {
            return Ok(());
        }
        let length = self.compound.entry(path).map_or(0, |entry| entry.len());
        read_stream(&mut self.compound, path, length, self.bytes, budget, out)?;
        let cut = !self.cut.is_empty() && self.cut.iter().any(|other| other.eq_ignore_ascii_case(&path_of(path)));
        if cut { Err(Reason::Corrupt) } else { Ok(()) }
    }

    /// The storage at `path` as a compound file of its own, as an embedded object was before it was embedded.
    /// Damaged streams are cut where the damage is.
    ///
    /// # Errors
    /// The limit that stopped it.
    pub fn extract(&mut self, path: &str, budget: &mut Budget) -> Result<Vec<u8>, Reason> {
        let inside = format!("{path}/");
        let damaged = |_| Reason::Corrupt;
        let entries = self.compound.walk_storage(path).map_err(damaged)?.take(STREAMS_MAX);
        let streams: Vec<String> = entries.filter(|entry| entry.is_stream()).map(|e| path_of(e.path())).collect();
        let mut copy = ::cfb::CompoundFile::create(Cursor::new(Vec::new())).map_err(damaged)?;
        let mut bytes = Vec::new();
        for stream in streams {
            let Some(name) = stream.strip_prefix(&inside) else { continue };
            if let Some((storage, _)) = name.rsplit_once('/') {
                copy.create_storage_all(storage).map_err(damaged)?;
            }
            bytes.clear();
            match self.read(&stream, budget, &mut bytes) {
                Err(reason) if ends_all(reason) => return Err(reason),
                _ => {}
            }
            let Ok(mut written) = copy.create_stream(name) else { continue };
            std::io::Write::write_all(&mut written, &bytes).map_err(damaged)?;
        }
        copy.flush().map_err(damaged)?;
        Ok(copy.into_inner().into_inner())
    }
}

/// Whether a storage that holds a stream of this name is a document of its own: an embedded object.
pub fn is_main_stream(name: &str) -> bool {
    const MAIN: &[&str] = &[
        "WordDocument",
        "Workbook",
        "Book",
        "PowerPoint Document",
        "VisioDocument",
        "Quill",
        "EncryptedPackage",
        "__properties_version1.0",
    ];
    MAIN.iter().any(|main| main.eq_ignore_ascii_case(name))
}

/// Streams of one file that are listed; their directory entries take up 128 bytes each.
const STREAMS_MAX: usize = 1 << 16;

/// A path as [`File`] takes and gives it.
fn path_of(path: &Path) -> String {
    path.to_string_lossy().trim_start_matches('/').to_owned()
}

/// What `bytes` are, by the names of their streams.
pub fn kind(bytes: &[u8]) -> Kind {
    let Some(compound) = open(bytes) else { return by_names(bytes) };
    let has = |names: &[&str]| names.iter().any(|name| compound.exists(Path::new(name)));
    if has(&["EncryptedPackage", "\u{9}DRMContent"]) {
        Kind::SealedOffice
    } else if has(&["__properties_version1.0", "__nameid_version1.0"]) {
        Kind::Msg
    } else if has(&["WordDocument"]) {
        Kind::Doc
    } else if has(&["Workbook", "Book"]) {
        Kind::Xls
    } else if has(&["PowerPoint Document", "PP97_DUALSTORAGE", "PP40"]) {
        Kind::Ppt
    } else if has(&["VisioDocument"]) {
        Kind::Vsd
    } else if has(&["Quill"]) {
        Kind::Pub
    } else if has(&["VBA/dir", "_VBA_PROJECT_CUR/VBA/dir", "Macros/VBA/dir"]) {
        Kind::Vba
    } else {
        Kind::Ole
    }
}

/// The kind of a damaged compound file: names of streams are UTF-16 in its directory, which may have survived.
fn by_names(bytes: &[u8]) -> Kind {
    for (name, kind) in [("WordDocument", Kind::Doc), ("Workbook", Kind::Xls), ("PowerPoint Document", Kind::Ppt)] {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        if memchr::memmem::find(bytes, &wide).is_some() {
            return kind;
        }
    }
    Kind::Ole
}

fn open(bytes: &[u8]) -> Option<Compound<'_>> {
    Some(open_any(bytes)?.compound)
}

/// A file, or what could be put together of it.
struct Opened<'a> {
    compound: Compound<'a>,
    /// Streams that are not whole.
    cut: HashSet<String>,
    incomplete: bool,
}

fn open_any(bytes: &[u8]) -> Option<Opened<'_>> {
    if let Ok(compound) = ::cfb::CompoundFile::open(Cursor::new(Cow::Borrowed(bytes))) {
        return Some(Opened { compound, cut: HashSet::new(), incomplete: false });
    }
    let salvaged = salvage::salvage(bytes)?;
    let compound = ::cfb::CompoundFile::open(Cursor::new(Cow::Owned(salvaged.bytes))).ok()?;
    Some(Opened { compound, cut: salvaged.cut, incomplete: salvaged.incomplete })
}

fn incomplete() -> Gap {
    Gap::new(Reason::Corrupt, "", "parts of the compound file are missing")
}

/// What keeps a document in a compound file shut, if anything does.
pub fn protection(bytes: &[u8]) -> Option<Reason> {
    let mut compound = open(bytes)?;
    let exists = |compound: &Compound<'_>, name: &str| compound.exists(Path::new(name));
    let spaces = "\u{6}DataSpaces/DataSpaceInfo";
    let managed = ["DRMEncryptedDataSpace", "\u{9}DRMDataSpace", "\u{9}LZXDRMDataSpace"];
    if managed.iter().any(|name| exists(&compound, &format!("{spaces}/{name}"))) || exists(&compound, "\u{9}DRMContent")
    {
        return Some(Reason::RightsProtected);
    }
    let encrypted = exists(&compound, "EncryptedPackage")
        || is_encrypted_doc(&head(&mut compound, "WordDocument", 32))
        || is_encrypted_xls(&head(&mut compound, "Workbook", 4096))
        || is_encrypted_xls(&head(&mut compound, "Book", 4096))
        || is_encrypted_ppt(&head(&mut compound, "Current User", 32));
    encrypted.then_some(Reason::PasswordProtected)
}

/// A small stream, whole: the first one of that name, in whatever storage it stands.
pub fn stream(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    /// Bytes of a stream that are read without a budget.
    const STREAM_BYTES_MAX: u64 = 1 << 20;
    let mut compound = open(bytes)?;
    let path = compound.walk().find(|entry| entry.is_stream() && entry.name() == name)?.path().to_owned();
    Some(head(&mut compound, path, STREAM_BYTES_MAX)).filter(|stream| !stream.is_empty())
}

/// The first bytes of a stream.
fn head(compound: &mut Compound<'_>, path: impl AsRef<Path>, length: u64) -> Vec<u8> {
    let Ok(stream) = compound.open_stream(path) else { return Vec::new() };
    let mut out = Vec::new();
    let mut reader = stream.take(length);
    let mut step = [0; 512];
    while let Ok(got @ 1..) = reader.read(&mut step) {
        out.extend_from_slice(step.get(..got).unwrap_or_default());
    }
    out
}

/// Bit fEncrypted of the file information block (MS-DOC 2.5.2).
fn is_encrypted_doc(fib: &[u8]) -> bool {
    matches!(fib.get(..2), Some([0xEC | 0xDC, 0xA5])) && fib.get(0x0B).is_some_and(|flags| flags & 1 == 1)
}

/// A FilePass record among the first ones (MS-XLS 2.4.117).
fn is_encrypted_xls(stream: &[u8]) -> bool {
    let mut rest = stream;
    while let [a, b, c, d, body @ ..] = rest {
        let (record, length) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
        match record {
            0x2F => return true,
            // Records of the start of a workbook that may come first: BOF, write access, code page and such.
            0x85 => return false,
            _ => rest = body.get(usize::from(length)..).unwrap_or_default(),
        }
    }
    false
}

/// The token of an encrypted document in the current user atom (MS-PPT 2.3.2).
fn is_encrypted_ppt(stream: &[u8]) -> bool {
    stream.get(12..16) == Some(&[0xDF, 0xC4, 0xD1, 0xF3])
}

/// Shows every stream of the compound file in `bytes`, files packed into streams as such.
#[allow(clippy::arithmetic_side_effects, reason = "a position in a list")]
pub fn unpack(bytes: &[u8], budget: &mut Budget, gaps: &mut Vec<Gap>, visit: &mut Visit<'_>) {
    let Some(Opened { mut compound, cut, incomplete: is_incomplete }) = open_any(bytes) else {
        gaps.push(Gap::new(Reason::Corrupt, "", "tables of the compound file are damaged"));
        return visit(Part { name: "(everything)", bytes }, budget);
    };
    gaps.extend(is_incomplete.then(incomplete));
    if compound.walk().nth(STREAMS_MAX).is_some() {
        gaps.push(Gap::new(Reason::MembersExceeded, "", "more streams than are listed"));
    }
    let streams: Vec<_> = compound
        .walk()
        .take(STREAMS_MAX)
        .filter(|entry| entry.is_stream() && !entry.is_empty())
        .map(|entry| (entry.path().to_path_buf(), entry.len()))
        .collect();
    let mut buffer = Vec::new();
    for (index, (path, length)) in streams.iter().enumerate() {
        let name = path.to_string_lossy().trim_start_matches('/').replace(char::is_control, "");
        buffer.clear();
        let read = budget.member().and_then(|()| read_stream(&mut compound, path, *length, bytes, budget, &mut buffer));
        if !buffer.is_empty() {
            show(&name, &buffer, budget, visit);
        }
        let read = if cut.contains(&path_of(path)) { read.and(Err(Reason::Corrupt)) } else { read };
        match read {
            Ok(()) => {}
            Err(reason) if ends_all(reason) => {
                gaps.push(Gap::new(reason, name, format!("stopped at stream {} of {}", index + 1, streams.len())));
                return;
            }
            Err(reason) => gaps.push(Gap::new(reason, name, "stream is damaged, read up to there")),
        }
    }
}

fn read_stream(
    compound: &mut Compound<'_>,
    path: &Path,
    length: u64,
    bytes: &[u8],
    budget: &mut Budget,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    let stream = compound.open_stream(path).map_err(|_| Reason::Corrupt)?;
    // A stream is never larger than its file; a chain of sectors that is a ring would make it so.
    let most = bytes.len() as u64;
    let mut stream = stream.take(most);
    match budget.read(&mut stream, most, out) {
        ReadEnd::Whole if length > most => Err(Reason::Corrupt),
        ReadEnd::Whole => Ok(()),
        ReadEnd::Limit(reason) => Err(reason),
        ReadEnd::Failed(_) => Err(Reason::Corrupt),
    }
}

/// Shows one stream; a packed file is shown in its place.
fn show(name: &str, bytes: &[u8], budget: &mut Budget, visit: &mut Visit<'_>) {
    let short = name.rsplit('/').next().unwrap_or(name);
    if short.eq_ignore_ascii_case("Ole10Native")
        && let Some((file, payload)) = native(bytes)
    {
        return visit(Part { name: &file, bytes: payload }, budget);
    }
    visit(Part { name, bytes }, budget);
}

/// Name and bytes of the file in an Ole10Native stream (the package that the shell wraps files in).
#[allow(clippy::arithmetic_side_effects, reason = "positions behind what was found in the bytes")]
pub fn native(bytes: &[u8]) -> Option<(String, &[u8])> {
    /// Bytes that a name may have.
    const NAME_BYTES_MAX: usize = 1024;
    let size = |at: usize| {
        let bytes: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    let text = |at: usize| {
        let rest = bytes.get(at..)?;
        let end = memchr::memchr(0, rest.get(..NAME_BYTES_MAX).unwrap_or(rest))?;
        Some((rest.get(..end)?, at + end + 1))
    };
    let label = (text(6)?, ());
    let ((label, at), ()) = label;
    let (_, at) = text(at)?;
    // Two words, a length and a temporary path, then the data.
    let path_bytes = size(at + 4)?;
    let at = (at + 8).checked_add(path_bytes)?;
    let length = size(at)?;
    let payload = bytes.get(at + 4..).filter(|rest| !rest.is_empty())?;
    let payload = payload.get(..length).unwrap_or(payload);
    Some((String::from_utf8_lossy(label).into_owned(), payload))
}

/// A compound file of these streams, with the storages that their paths name.
#[cfg(test)]
pub(crate) fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ::cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        if let Some(folder) = Path::new(name).parent() {
            out.create_storage_all(folder).unwrap();
        }
        std::io::Write::write_all(&mut out.create_stream(name).unwrap(), bytes).unwrap();
    }
    out.into_inner().into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Gap>) {
        crate::container::parts_of(unpack, bytes)
    }

    #[test]
    fn kinds_and_protection_are_told_by_streams() {
        let encrypted_doc = [&[0xEC, 0xA5][..], &[0; 9], &[0x01], &[0; 20]].concat();
        let xls = b"\x09\x08\x04\0\0\x06\x05\0\x2F\0\x02\0\0\0";
        for (streams, expected, shut) in [
            (vec![("WordDocument", &encrypted_doc[..])], Kind::Doc, Some(Reason::PasswordProtected)),
            (vec![("WordDocument", &[0xEC, 0xA5, 0, 0][..])], Kind::Doc, None),
            (vec![("Workbook", &xls[..])], Kind::Xls, Some(Reason::PasswordProtected)),
            (vec![("Workbook", &xls[..8])], Kind::Xls, None),
            (vec![("__properties_version1.0", &b"x"[..])], Kind::Msg, None),
            (vec![("EncryptedPackage", &b"x"[..])], Kind::SealedOffice, Some(Reason::PasswordProtected)),
            (
                vec![
                    ("EncryptedPackage", &b"x"[..]),
                    ("\u{6}DataSpaces/DataSpaceInfo/DRMEncryptedDataSpace", &b"x"[..]),
                ],
                Kind::SealedOffice,
                Some(Reason::RightsProtected),
            ),
            (vec![("a", &b"x"[..])], Kind::Ole, None),
        ] {
            let bytes = compound(&streams);
            assert_eq!((kind(&bytes), protection(&bytes)), (expected, shut), "{streams:?}");
        }
    }

    #[test]
    fn packed_files_are_parts() {
        let mut stream = vec![0, 0, 0, 0, 2, 0];
        stream.extend(b"note.txt\0C:\\note.txt\0\0\0\x03\0\x04\0\0\0abc\0\x09\0\0\0Card 4111trailer");
        let (found, gaps) = parts(&compound(&[("\u{1}Ole10Native", &stream), ("x/CONTENTS", b"%PDF-")]));
        assert!(found.contains(&("note.txt".to_owned(), b"Card 4111".to_vec())), "{found:?}");
        assert!(found.contains(&("x/CONTENTS".to_owned(), b"%PDF-".to_vec())));
        assert_eq!(gaps, []);
    }

    #[test]
    fn damage_neither_hangs_nor_hides() {
        let good = compound(&[("a", &b"Card 4111 ".repeat(2000)), ("b/c", b"small")]);
        let mut state = 7u32;
        for _ in 0..400 {
            let mut bytes = good.clone();
            for _ in 0..6 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % bytes.len();
                bytes[at] = state as u8;
            }
            let _ = (kind(&bytes), protection(&bytes));
            let (found, _) = parts(&bytes);
            let all: usize = found.iter().map(|(_, bytes)| bytes.len()).sum();
            assert!(all <= bytes.len() * (found.len() + 1));
        }
        let (found, gaps) = parts(&good[..700]);
        assert!(!found.is_empty() && !gaps.is_empty());
    }
}
