//! The bytes of one file, and whether they stayed the same.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::ops::Deref;
use std::sync::OnceLock;

use crate::blob::{Budget, Family, Gap, Kind, Large, Limits, ReadEnd, Reason, Source};
use crate::share::path::{FilePath, failed};
use crate::share::volumes;

/// Bytes from which on a file is mapped instead of read. 16 MiB is our choice: below it reading is as fast, and a file
/// that shrinks meanwhile is a short read instead of a fault.
pub const MAP_BYTES_MIN: u64 = 16 << 20;

/// Bytes that tell whether a volume is a file of its own; signatures stand in the first 34 KiB.
const HEAD_BYTES: u64 = 64 << 10;

/// All bytes of a large file.
pub type Mapped = Box<dyn Deref<Target = [u8]> + Send + Sync>;

/// How a large file is mapped. The library itself maps nothing, for that takes `unsafe`.
pub type Map = fn(&File) -> io::Result<Mapped>;

/// A file that was opened.
pub struct Opened {
    file: File,
    before: Metadata,
    bytes: Bytes,
    /// What is already known not to be examined.
    pub gaps: Vec<Gap>,
}

enum Bytes {
    Read(Vec<u8>),
    /// Not read yet: it may be one that is read in windows.
    Large {
        size: u64,
        map: Map,
        mapped: OnceLock<io::Result<Mapped>>,
    },
}

impl Opened {
    /// Opens a regular file and gets at its bytes, inside the limits.
    ///
    /// # Errors
    /// Why it could not be opened or is not to be.
    pub fn open(place: &FilePath, limits: &Limits, map: Map) -> Result<Self, Gap> {
        let mut file = place.open()?;
        let before = file.metadata().map_err(|error| failed(&error))?;
        let size = before.len();
        if size > limits.file_bytes_max {
            let detail = format!("{size} bytes, the limit is {}", limits.file_bytes_max);
            return Err(Gap::new(Reason::TooLarge, "", detail));
        }
        if let Some(first) = volumes::first_of(place)
            && is_a_piece(&mut file, &first)
        {
            let first = first.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(Gap::new(Reason::Excluded, "", format!("a volume of {first}, examined with it")));
        }
        let volumes = volumes::of(place);
        if size >= MAP_BYTES_MIN && volumes.is_empty() {
            let bytes = Bytes::Large { size, map, mapped: OnceLock::new() };
            return Ok(Self { file, before, bytes, gaps: Vec::new() });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        let mut gaps = Vec::new();
        let spool = Limits { unpacked_bytes_max: limits.file_bytes_max, ratio_max: u64::MAX, ..limits.clone() };
        match Budget::new(&spool).read(&mut file, u64::MAX, &mut bytes) {
            ReadEnd::Whole => {}
            ReadEnd::Limit(Reason::ExpandedTooLarge) => gaps.push(Gap::new(Reason::TooLarge, "", "it grew while read")),
            ReadEnd::Limit(reason) => gaps.push(Gap::new(reason, "", "")),
            ReadEnd::Failed(error) if bytes.is_empty() => return Err(failed(&error)),
            ReadEnd::Failed(error) => gaps.push(failed(&error)),
        }
        join(place, &volumes, &mut bytes, &mut gaps, &spool);
        let mut opened = Self { file, before, bytes: Bytes::Read(bytes), gaps };
        let change = opened.change();
        opened.gaps.extend(change);
        Ok(opened)
    }

    /// Where its bytes come from.
    pub fn source(&self) -> Source<'_> {
        match &self.bytes {
            Bytes::Read(bytes) => Source::Slice(bytes),
            Bytes::Large { .. } => Source::Large(self),
        }
    }

    /// What is known of it now that it is open.
    pub fn metadata(&self) -> &Metadata {
        &self.before
    }

    /// The gap, if size or time of change are not what they were, and it is not among its gaps yet.
    pub fn change(&self) -> Option<Gap> {
        let known = self.gaps.iter().any(|gap| gap.reason == Reason::ChangedDuringScan);
        let changed = !known && !is_same(&self.file, &self.before);
        changed.then(|| Gap::new(Reason::ChangedDuringScan, "", ""))
    }
}

impl Large for Opened {
    fn size(&self) -> u64 {
        match &self.bytes {
            Bytes::Read(bytes) => bytes.len() as u64,
            Bytes::Large { size, .. } => *size,
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.bytes {
            Bytes::Read(bytes) => Large::read_at(&bytes.as_slice(), offset, buffer),
            // What was appended meanwhile is not looked at.
            Bytes::Large { size, .. } => {
                let left = usize::try_from(size.saturating_sub(offset)).unwrap_or(usize::MAX);
                let count = left.min(buffer.len());
                read_at(&self.file, offset, buffer.get_mut(..count).unwrap_or_default())
            }
        }
    }

    fn whole(&self) -> io::Result<&[u8]> {
        match &self.bytes {
            Bytes::Read(bytes) => Ok(bytes),
            Bytes::Large { map, mapped, .. } => match mapped.get_or_init(|| map(&self.file)) {
                Ok(mapped) => Ok(mapped),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            },
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(not(any(unix, windows)))]
fn read_at(mut file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    file.seek(io::SeekFrom::Start(offset))?;
    file.read(buffer)
}

/// Whether a volume can only be read behind the one before it: it is nothing of its own, or text that goes on. A file
/// that is merely called like a volume is examined for itself.
fn is_a_piece(volume: &mut File, first: &FilePath) -> bool {
    let kind = |file: &mut File| {
        let mut head = Vec::new();
        let read = Budget::new(&Limits::default()).read(&mut file.take(HEAD_BYTES), u64::MAX, &mut head);
        matches!(read, ReadEnd::Whole).then(|| Kind::of(&head))
    };
    let own = kind(volume);
    let back = volume.rewind();
    match own {
        Some(Kind::Unknown) => back.is_ok(),
        Some(own) if own.family() == Family::Text => first.open().is_ok_and(|mut first| kind(&mut first) == Some(own)),
        _ => false,
    }
}

/// Puts the other volumes of a split archive around `bytes`, which are those of `place`.
fn join(place: &FilePath, volumes: &[FilePath], bytes: &mut Vec<u8>, gaps: &mut Vec<Gap>, limits: &Limits) {
    if volumes.is_empty() {
        return;
    }
    let own = std::mem::take(bytes);
    for volume in volumes {
        if volume.path() == place.path() {
            bytes.extend_from_slice(&own);
            continue;
        }
        let name = volume.path().file_name().unwrap_or_default().to_string_lossy();
        if let Err(gap) = append(volume, bytes, limits) {
            gaps.push(Gap { place: name.into(), ..gap });
        }
    }
}

/// Appends a volume.
fn append(volume: &FilePath, bytes: &mut Vec<u8>, limits: &Limits) -> Result<(), Gap> {
    let mut file = volume.open()?;
    let before = file.metadata().map_err(|error| failed(&error))?;
    match Budget::new(limits).read(&mut file, u64::MAX, bytes) {
        ReadEnd::Whole if is_same(&file, &before) => Ok(()),
        ReadEnd::Whole => Err(Gap::new(Reason::ChangedDuringScan, "", "")),
        ReadEnd::Limit(reason) => Err(Gap::new(reason, "", "volume")),
        ReadEnd::Failed(error) => Err(failed(&error)),
    }
}

/// Whether a file has the size and the time of change that it had.
fn is_same(file: &File, before: &Metadata) -> bool {
    file.metadata().is_ok_and(|now| now.len() == before.len() && now.modified().ok() == before.modified().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::path::Path;

    fn no_map(_: &File) -> io::Result<Mapped> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[test]
    fn a_file_that_grows_says_so_once() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"before").unwrap();
        let mut opened = Opened::open(&FilePath::named(file.path()), &Limits::default(), no_map).ok().unwrap();
        assert!(opened.whole().unwrap() == b"before" && opened.change().is_none());
        file.write_all(b" and after").unwrap();
        opened.gaps.extend(opened.change());
        assert_eq!(opened.gaps, [Gap::new(Reason::ChangedDuringScan, "", "")]);
        assert_eq!(opened.change(), None, "it is known");
    }

    #[test]
    fn volumes_are_read_as_one_file() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a.zip.001", "first "), ("a.zip.002", "second "), ("a.zip.003", "third")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let open = |name: &str| Opened::open(&FilePath::named(folder.path().join(name)), &Limits::default(), no_map);
        assert_eq!(open("a.zip.001").ok().unwrap().whole().unwrap(), b"first second third");
        let gap = open("a.zip.002").err().unwrap();
        assert_eq!((gap.reason, gap.detail.as_str()), (Reason::Excluded, "a volume of a.zip.001, examined with it"));
    }

    #[test]
    fn what_cannot_be_opened_has_a_reason() {
        let open = |path: &Path, limits: &Limits| {
            Opened::open(&FilePath::named(path), limits, no_map).err().map(|gap| gap.reason)
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f");
        assert_eq!(open(&file, &Limits::default()), Some(Reason::NotFound));
        assert_eq!(open(folder.path(), &Limits::default()), Some(Reason::SpecialFile));
        std::fs::write(&file, "four").unwrap();
        assert_eq!(open(&file, &Limits { file_bytes_max: 3, ..Limits::default() }), Some(Reason::TooLarge));
        assert_eq!(open(&file, &Limits { file_bytes_max: 4, ..Limits::default() }), None);
        File::options().write(true).open(&file).unwrap().set_len(MAP_BYTES_MIN).unwrap();
        let large = Opened::open(&FilePath::named(&file), &Limits::default(), no_map).ok().unwrap();
        assert_eq!(large.whole().unwrap_err().kind(), io::ErrorKind::Unsupported, "large files are mapped");
        let mut bytes = [1; 8];
        assert_eq!((large.read_at(2, &mut bytes).unwrap(), &bytes), (8, b"ur\0\0\0\0\0\0"), "or read in windows");
        assert_eq!(large.read_at(MAP_BYTES_MIN - 3, &mut bytes).unwrap(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn what_took_the_place_of_a_file_is_neither_followed_nor_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("sub")).unwrap();
        std::fs::write(at("sub/f"), "text").unwrap();
        std::os::unix::fs::symlink("sub", at("folder-link")).unwrap();
        std::os::unix::fs::symlink("sub/f", at("link")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let root = FilePath::named(folder.path());
        let open = |place: &FilePath| match Opened::open(place, &Limits::default(), no_map) {
            Ok(opened) => Ok(opened.whole().unwrap().to_vec()),
            Err(gap) => Err(gap.reason),
        };
        let below = |name: &str| open(&root.below(name.as_ref()));
        assert_eq!(below("sub/f"), Ok(b"text".to_vec()));
        assert_eq!((below("link"), below("folder-link/f")), (Err(Reason::Symlink), Err(Reason::Symlink)));
        assert_eq!((below("pipe"), below("socket")), (Err(Reason::SpecialFile), Err(Reason::SpecialFile)));
        // What the caller named may be a link; the last part of a path in a list may not.
        assert_eq!(open(&FilePath::named(at("link"))), Ok(b"text".to_vec()));
        assert_eq!(open(&FilePath::listed(at("link"))), Err(Reason::Symlink));
        assert_eq!(open(&FilePath::listed(at("folder-link/f"))), Ok(b"text".to_vec()));
        assert_eq!(open(&FilePath::named(at("pipe"))), Err(Reason::SpecialFile));
    }

    #[test]
    fn a_file_that_is_called_like_a_volume_is_examined_for_itself() {
        let folder = tempfile::tempdir().unwrap();
        let noise: Vec<u8> = (0..=255).cycle().take(3000).collect();
        let volumes: [(&str, &[u8]); 4] = [
            ("a.001", b"text"),
            ("a.002", b"PK\x05\x06 and so on"),
            ("b.001", &noise),
            ("b.002", b"plain text, readable"),
        ];
        for (name, bytes) in volumes {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            let opened = Opened::open(&FilePath::named(folder.path().join(name)), &Limits::default(), no_map);
            assert!(opened.ok().unwrap().whole().unwrap().ends_with(bytes), "{name}");
        }
    }
}
