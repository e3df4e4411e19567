//! ZIP archives (PKWARE APPNOTE 6.3.10), with random access for packages and in order for archives.
//!
//! The directory is the normal path (by the `zip` crate). Nothing it says is taken on trust: data is unpacked up to its
//! own end marker whatever the declared sizes, an encryption bit counts only if the data does not unpack, and bytes that
//! belong to no listed member are searched for local headers. So what any other reader could see in an archive is seen
//! here; where readers would differ, an [`Oddity`] says so.

mod local;
mod method;
mod oddity;
mod unseal;

use std::collections::HashSet;
use std::io::Cursor;

use flate2::Crc;

pub use oddity::Oddity;

use super::crypto::WinZipAes;
use super::inflate::Inflater;
use super::{Error, codec};
use crate::blob::{Budget, Kind, Passwords, ReadEnd, Reason};
use local::Local;

/// An opened archive.
pub struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
    oddities: Vec<Oddity>,
    comment: Vec<u8>,
    /// Bytes that belong to no member and are something.
    strays: Vec<&'a [u8]>,
    /// Reused from member to member.
    inflater: Inflater<'a>,
    passwords: Passwords,
    /// The password that opened the last member: the others mostly have the same.
    key: Option<Vec<u8>>,
    /// Packed bytes of the members read so far.
    packed_bytes: usize,
}

/// One member of an archive, as the archive describes it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name, `/` between folders; undecodable bytes replaced.
    pub name: String,
    /// Bytes it takes up in the archive, as declared.
    pub packed_bytes_hint: u64,
    /// Bytes it unpacks to, as declared.
    pub unpacked_bytes_hint: u64,
    /// Whether it says that it is encrypted.
    pub encrypted: bool,
    /// Whether it is a folder.
    pub folder: bool,
    crc: u32,
    /// The method of the directory, then the one of the local header.
    methods: [u16; 2],
    start: usize,
    data: usize,
    /// Where its data ends at most, if it does not say itself.
    end: usize,
    listed: bool,
    flags: u16,
    time: u16,
    aes: Option<WinZipAes>,
}

impl Entry {
    /// Where its data starts in the archive: members with the same data have the same place.
    pub fn place(&self) -> usize {
        self.data
    }

    /// Its compression method (APPNOTE 4.4.5), as declared.
    pub fn method(&self) -> u16 {
        self.methods[0]
    }
}

/// Times that the bytes of an archive are unpacked at most. Members that lie side by side are unpacked once, and
/// readers of packages may come back to one; those that lie in each other would make the work quadratic.
const PASSES_MAX: usize = 16;
/// Packed bytes that are never too many.
const PACKED_BYTES_FREE: usize = 64 << 10;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const AES: u16 = 99;

/// Bytes between members that are no sign of anything: a descriptor with 64-bit sizes.
const DESCRIPTOR_BYTES: usize = 24;

impl<'a> Archive<'a> {
    /// Opens the archive in `bytes`: by its directory, and by its local headers where the directory is missing or
    /// keeps silent.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut archive = Self {
            bytes,
            entries: Vec::new(),
            oddities: Vec::new(),
            comment: Vec::new(),
            strays: Vec::new(),
            inflater: Inflater::new(),
            passwords: Passwords::default(),
            key: None,
            packed_bytes: 0,
        };
        let directory = archive.read_directory();
        if directory.is_none() {
            archive.oddities.push(Oddity::new("", "no directory, members were found by their headers"));
        }
        archive.find_unlisted(directory.unwrap_or(bytes.len()));
        if archive.entries.is_empty() && directory.is_none() {
            return Err(Error::NoMembers);
        }
        Ok(archive)
    }

    /// Passwords to try on encrypted members.
    pub fn set_passwords(&mut self, passwords: &Passwords) {
        self.passwords = passwords.clone();
    }

    /// Members: those of the directory in its order, then those it keeps silent about.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where the first member that the directory lists starts.
    pub fn start(&self) -> Option<usize> {
        self.entries.iter().filter(|entry| entry.listed).map(|entry| entry.start).min()
    }

    /// Where the first member starts, listed or not.
    pub fn first(&self) -> Option<usize> {
        self.entries.iter().map(|entry| entry.start).min()
    }

    /// The member with this name; part names of packages compare without regard to ASCII case (ECMA-376 part 2, 6.2.2).
    pub fn find(&self, name: &str) -> Option<&Entry> {
        let name = name.trim_start_matches('/');
        self.entries.iter().find(|e| e.name.trim_start_matches('/').eq_ignore_ascii_case(name))
    }

    /// What is odd about the archive, as far as it was read.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// Comments of the archive and its members, one a line, as stored.
    pub fn comment(&self) -> &[u8] {
        &self.comment
    }

    /// Bytes between and behind the members that belong to none and are of a kind: somebody put them there.
    pub fn strays(&self) -> Vec<&'a [u8]> {
        self.strays.clone()
    }

    /// Appends the unpacked bytes of a member to `out`. What was read before a limit or a fault is kept.
    pub fn read(&mut self, entry: &Entry, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
        budget.member()?;
        let packed_bytes = entry.end.min(self.bytes.len()).saturating_sub(entry.data);
        self.packed_bytes = self.packed_bytes.saturating_add(packed_bytes);
        if self.packed_bytes > self.bytes.len().saturating_mul(PASSES_MAX).saturating_add(PACKED_BYTES_FREE) {
            return Err(Reason::ExpandedTooLarge);
        }
        if entry.encrypted && entry.methods.contains(&AES) {
            return self.unseal(entry, budget, out);
        }
        let before = out.len();
        let stored = self.bytes.get(entry.data..entry.end.min(self.bytes.len())).unwrap_or_default();
        let deflated = entry.methods.contains(&DEFLATED);
        let packed = entry.methods.iter().copied().find(|method| codec::is_zip_method(*method));
        let known = deflated || packed.is_some() || entry.methods.contains(&STORED);
        let plainly_stored = entry.methods != [DEFLATED; 2] && checksum(stored) == entry.crc;
        if (deflated || !known) && !plainly_stored {
            let read = self.inflate(entry, budget, out);
            let inflated = out.get(before..).unwrap_or_default();
            let right = checksum(inflated) == entry.crc;
            let proven = right && !inflated.is_empty();
            match read {
                // Something encrypted may inflate by chance, but not to the right checksum.
                Ok(()) if (known && !entry.encrypted) || proven => {
                    self.misnamed(entry, known);
                    return self.checked(entry, right);
                }
                Err(reason) if known && !entry.encrypted && reason != Reason::Corrupt => return Err(reason),
                Err(Reason::Corrupt) if entry.methods == [DEFLATED; 2] && !entry.encrypted => {
                    return Err(Reason::Corrupt);
                }
                Ok(()) | Err(_) => out.truncate(before),
            }
        }
        if let Some(method) = packed.filter(|_| !entry.encrypted && !plainly_stored) {
            method::unpack(method, stored, entry, budget, out)?;
            let right = checksum(out.get(before..).unwrap_or_default()) == entry.crc;
            return self.checked(entry, right);
        }
        let read = budget.read(&mut &*stored, stored.len() as u64, out);
        let right = checksum(out.get(before..).unwrap_or_default()) == entry.crc;
        if entry.encrypted && !right {
            out.truncate(before);
            return self.unseal(entry, budget, out);
        }
        if !known && !right {
            // Raw data of a method nobody knows may still be readable; that of a known one is not.
            if is_known_method(entry.methods[0]) {
                out.truncate(before);
            }
            return Err(Reason::UnsupportedType);
        }
        match read {
            ReadEnd::Whole if self.bytes.len() < entry.end => Err(Reason::Corrupt),
            ReadEnd::Whole => {
                self.misnamed(entry, known);
                self.checked(entry, right)
            }
            ReadEnd::Limit(reason) => Err(reason),
            ReadEnd::Failed(_) => Err(Reason::Corrupt),
        }
    }

    /// The kind of package the archive is, if it is one of those that frisk unpacks like any archive: OpenDocument and
    /// EPUB say so in their first member, Visio drawings and binary workbooks by the names of their parts.
    pub fn package_kind(&self) -> Option<Kind> {
        if let Some(entry) = self.find("mimetype") {
            let data = self.bytes.get(entry.data..).unwrap_or_default();
            let inflated;
            let media = match entry.methods[0] {
                STORED => data.get(..64).unwrap_or(data),
                _ => {
                    let mut inflater = Inflater::new();
                    inflater.start(data);
                    inflated = inflater.peek(64);
                    &inflated
                }
            };
            if media.starts_with(b"application/epub+zip") {
                return Some(Kind::Epub);
            }
            if let Some(kind) = opendocument(media) {
                return Some(kind);
            }
        }
        if self.find("visio/document.xml").is_some() {
            return Some(Kind::Vsdx);
        }
        self.find("xl/workbook.bin").map(|_| Kind::Xlsb)
    }

    /// Takes the members of the directory and says where that starts. `None`: there is none that can be read.
    #[allow(clippy::arithmetic_side_effects, reason = "members of the archive are counted")]
    fn read_directory(&mut self) -> Option<usize> {
        let mut zip = open_directory(self.bytes)?;
        let start = usize::try_from(zip.central_directory_start()).ok();
        self.comment = zip.comment().to_vec();
        let mut faults = 0;
        for index in 0..zip.len() {
            let Ok(file) = zip.by_index_raw(index) else {
                faults += 1;
                continue;
            };
            let start = usize::try_from(file.header_start()).unwrap_or(usize::MAX);
            let Some(data) = file.data_start().and_then(|at| usize::try_from(at).ok()) else { continue };
            let length = usize::try_from(file.compressed_size()).unwrap_or(usize::MAX);
            let flags = u16::from(file.encrypted());
            let entry = Entry {
                name: local::decode_name(file.name_raw(), 0),
                packed_bytes_hint: file.compressed_size(),
                unpacked_bytes_hint: file.size(),
                encrypted: flags == 1,
                folder: file.is_dir(),
                crc: file.crc32(),
                methods: [method_number(file.compression()); 2],
                start,
                data,
                end: data.saturating_add(length),
                listed: true,
                flags,
                time: 0,
                aes: file.extra_data().and_then(|extra| WinZipAes::find(&extra)),
            };
            if !file.comment().is_empty() {
                self.comment.push(b'\n');
                self.comment.extend_from_slice(file.comment().as_bytes());
            }
            self.compare(entry);
        }
        if faults > 0 {
            self.oddities.push(Oddity::new("", format!("{faults} members of the directory lead nowhere")));
        }
        start.or(Some(self.bytes.len()))
    }

    /// Takes a member of the directory, and what its local header says differently.
    fn compare(&mut self, mut entry: Entry) {
        match local::at(self.bytes, entry.start) {
            Some(local) => {
                (entry.flags, entry.time, entry.aes) = (local.flags, local.time, entry.aes.or(local.aes));
                if local.method != entry.methods[0] && entry.methods[0] != AES {
                    entry.methods[1] = local.method;
                    self.oddities
                        .push(Oddity::contradiction(&entry.name, "directory and header name different methods"));
                }
                if local.encrypted() != entry.encrypted {
                    entry.encrypted = true;
                    self.oddities
                        .push(Oddity::contradiction(&entry.name, "directory and header differ about encryption"));
                }
                if local.name != entry.name {
                    self.comment.push(b'\n');
                    self.comment.extend_from_slice(local.name.as_bytes());
                    self.oddities.push(Oddity::contradiction(&entry.name, "directory and header name different names"));
                }
            }
            None => self.oddities.push(Oddity::contradiction(&entry.name, "no header where the directory says")),
        }
        if entry.end > self.bytes.len() {
            self.oddities.push(Oddity::new(&entry.name, "size reaches beyond the end"));
        }
        self.entries.push(entry);
    }

    /// Looks for members in all bytes that belong to no listed one, and gives stored members whose declared size is
    /// too small the bytes behind them.
    fn find_unlisted(&mut self, directory: usize) {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_unstable_by_key(|i| self.entries.get(*i).map(|e| (e.start, e.end)));
        let mut found = Vec::new();
        let mut covered = 0;
        let mut previous: Option<usize> = None;
        for index in order.into_iter().map(Some).chain([None]) {
            let start =
                index.and_then(|i| self.entries.get(i)).map_or(self.bytes.len(), |e| e.start.min(self.bytes.len()));
            if start > covered {
                let hidden = local::scan(self.bytes, covered, start);
                let first = hidden.first().map_or(start, |(local, _)| local.start);
                self.stretch(previous, covered, first);
                self.stray(covered, first, directory);
                found.extend(hidden);
            }
            let Some(entry) = index.and_then(|i| self.entries.get(i)) else { break };
            if entry.end > covered {
                (covered, previous) = (entry.end, index);
            }
        }
        let listed = !self.entries.is_empty();
        for (local, end) in found {
            self.add_unlisted(&local, end, listed);
        }
    }

    /// A stored member followed by bytes that are nobody's up to the next header has lied about its size.
    #[allow(clippy::arithmetic_side_effects, reason = "positions inside one slice: no sum of two exceeds usize::MAX")]
    fn stretch(&mut self, member: Option<usize>, from: usize, to: usize) {
        let bytes = self.bytes.get(from..to).unwrap_or_default();
        let end = local::next_signature(bytes).into_iter().chain(memchr::memmem::find(bytes, b"PK\x07\x08")).min();
        let end = end.unwrap_or(bytes.len());
        let Some(entry) = member.and_then(|i| self.entries.get_mut(i)) else { return };
        let stray = bytes.get(..end).unwrap_or_default();
        let something = stray.iter().filter(|b| **b != 0).count() > DESCRIPTOR_BYTES;
        if something && entry.methods.contains(&STORED) && !entry.encrypted && entry.end == from {
            entry.end = from + end;
            self.oddities.push(Oddity::contradiction(&entry.name, "declared size is smaller than the data"));
        }
    }

    /// Bytes in front of the directory or behind the end record that are something.
    #[allow(
        clippy::arithmetic_side_effects,
        reason = "a position that was found, and a length of sixteen bits behind it"
    )]
    fn stray(&mut self, from: usize, to: usize, directory: usize) {
        let in_front = from..to.min(directory);
        let behind = local::last_end(self.bytes.get(from..to).unwrap_or_default()).map(|at| {
            let at = from + at;
            let comment =
                self.bytes.get(at + 20..at + 22).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes);
            at + 22 + usize::from(comment)..to
        });
        for range in [Some(in_front).filter(|range| range.start > 0), behind].into_iter().flatten() {
            let bytes = self.bytes.get(range).unwrap_or_default();
            let something = bytes.iter().filter(|b| **b != 0).count() > DESCRIPTOR_BYTES;
            if something && !bytes.starts_with(b"PK") && Kind::of(bytes) != Kind::Unknown {
                self.strays.push(bytes);
            }
        }
    }

    #[allow(clippy::arithmetic_side_effects, reason = "data ends behind its start or at it")]
    fn add_unlisted(&mut self, local: &Local, end: usize, odd: bool) {
        if odd {
            let twice = self.entries.iter().any(|e| e.listed && e.name == local.name);
            let what = if twice { "duplicate name, not in the directory" } else { "not in the directory" };
            self.oddities.push(Oddity::new(&local.name, what));
        }
        self.entries.push(Entry {
            folder: local.name.ends_with('/') && end == local.data,
            name: local.name.clone(),
            packed_bytes_hint: (end - local.data) as u64,
            unpacked_bytes_hint: local.unpacked_bytes_hint,
            encrypted: local.encrypted(),
            crc: local.crc,
            methods: [local.method; 2],
            start: local.start,
            data: local.data,
            end,
            listed: false,
            flags: local.flags,
            time: local.time,
            aes: local.aes,
        });
    }

    /// Inflates a member up to the end marker of its data.
    fn inflate(&mut self, entry: &Entry, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
        let data = self.bytes.get(entry.data..).unwrap_or_default();
        self.inflater.start_with_hint(data, entry.unpacked_bytes_hint);
        match self.inflater.inflate(budget, out) {
            ReadEnd::Whole => {
                let end = entry.data.saturating_add(self.inflater.consumed());
                let plain = entry.methods.contains(&DEFLATED) && !entry.encrypted;
                if plain && end > entry.end {
                    self.oddities.push(Oddity::contradiction(&entry.name, "declared size is smaller than the data"));
                } else if plain && end < entry.end {
                    self.left_over(entry, end);
                }
                Ok(())
            }
            ReadEnd::Limit(reason) => Err(reason),
            ReadEnd::Failed(_) => Err(Reason::Corrupt),
        }
    }

    /// The data of a member ended before its declared end: what is behind may be members.
    fn left_over(&mut self, entry: &Entry, from: usize) {
        let to = entry.end.min(self.bytes.len());
        let hidden: Vec<_> = local::scan(self.bytes, from, to);
        let known: HashSet<usize> = self.entries.iter().map(|e| e.start).collect();
        for (local, end) in hidden.into_iter().filter(|(local, _)| !known.contains(&local.start)) {
            self.add_unlisted(&local, end, true);
        }
    }

    /// Notes a member that names a method nobody knows and was readable all the same.
    fn misnamed(&mut self, entry: &Entry, known: bool) {
        if !known {
            let what = format!("names compression method {}, the data was read without it", entry.method());
            self.oddities.push(Oddity::new(&entry.name, what));
        }
    }

    /// Notes a wrong checksum; the data is what it is.
    fn checked(&mut self, entry: &Entry, right: bool) -> Result<(), Reason> {
        // Members found by their headers may tell it behind the data.
        if !right && (entry.listed || entry.crc != 0) {
            self.oddities.push(Oddity::new(&entry.name, "checksum is wrong, the data was read"));
        }
        if right && entry.encrypted {
            self.oddities.push(Oddity::new(&entry.name, "says it is encrypted and is not"));
        }
        Ok(())
    }
}

/// The kind of the archive in `bytes`: a package or just a zip.
pub fn kind(bytes: &[u8]) -> Kind {
    Archive::open(bytes).ok().and_then(|archive| archive.package_kind()).unwrap_or(Kind::Zip)
}

/// Whether a zip archive is appended to bytes of another kind: a self-extracting program, a picture, a PDF.
pub fn is_appended(bytes: &[u8]) -> bool {
    /// The end record and the longest comment behind it.
    const TAIL_BYTES: usize = 22 + 0xFFFF;
    let tail = bytes.get(bytes.len().saturating_sub(TAIL_BYTES)..).unwrap_or_default();
    let end = local::last_end(tail);
    end.is_some() && open_directory(bytes).is_some_and(|zip| !zip.is_empty())
}

/// The directory of the archive. Bytes behind the end record make the crate give up; they are cut off then.
#[allow(clippy::arithmetic_side_effects, reason = "a position that was found, and a length of sixteen bits behind it")]
fn open_directory(bytes: &[u8]) -> Option<zip::ZipArchive<Cursor<&[u8]>>> {
    /// End records tried, from the last one.
    const TRIES: usize = 8;
    if let Ok(zip) = zip::ZipArchive::new(Cursor::new(bytes)) {
        return Some(zip);
    }
    let mut end = bytes.len();
    for _ in 0..TRIES {
        let at = local::last_end(bytes.get(..end)?)?;
        let comment = bytes.get(at + 20..at + 22).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes);
        let whole = bytes.get(..at + 22 + usize::from(comment)).or_else(|| bytes.get(..at + 22));
        if let Some(Ok(zip)) = whole.map(|bytes| zip::ZipArchive::new(Cursor::new(bytes))) {
            return Some(zip);
        }
        end = at;
    }
    None
}

/// The kind of OpenDocument (or OpenOffice.org 1.x) package with this media type.
fn opendocument(media: &[u8]) -> Option<Kind> {
    let name = media
        .strip_prefix(b"application/vnd.oasis.opendocument.")
        .or_else(|| media.strip_prefix(b"application/vnd.sun.xml."))?;
    let is = |names: &[&[u8]]| names.iter().any(|start| name.starts_with(start));
    Some(match () {
        () if is(&[b"spreadsheet", b"calc"]) => Kind::Ods,
        () if is(&[b"presentation", b"impress"]) => Kind::Odp,
        () if is(&[b"graphics", b"draw", b"image"]) => Kind::Odg,
        () => Kind::Odt,
    })
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn method_number(method: zip::CompressionMethod) -> u16 {
    #[expect(deprecated, reason = "the crate has no other way to the number of a method it does not implement")]
    method.to_u16()
}

/// Methods that APPNOTE 4.4.5 defines.
fn is_known_method(method: u16) -> bool {
    matches!(method, 1..=6 | 9..=20 | 93..=99)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    #[test]
    fn the_same_bytes_are_not_unpacked_over_and_over() {
        let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
        let stored = ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Stored);
        zip.start_file("a.txt", stored).unwrap();
        std::io::Write::write_all(&mut zip, &[b'a'; 40_000]).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let mut archive = Archive::open(&bytes).unwrap();
        let entry = archive.entries().first().unwrap().clone();
        let mut budget = Budget::new(&Limits::default());
        let mut out = Vec::new();
        let ends: Vec<_> = (0..40).map(|_| archive.read(&entry, &mut budget, &mut out)).collect();
        assert!(ends.iter().take(PASSES_MAX).all(Result::is_ok));
        assert_eq!(ends.last(), Some(&Err(Reason::ExpandedTooLarge)));
        assert!(out.len() < bytes.len() * (PASSES_MAX + 3));
    }
}
