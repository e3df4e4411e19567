//! The bytes of one file, and whether they stayed the same.

use std::fs::{File, Metadata};
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use crate::blob::{Budget, Gap, Limits, ReadEnd, Reason};
use crate::share::volumes;
use crate::share::walk::failed;

/// Bytes from which on a file is mapped instead of read. 16 MiB is our choice: below it reading is as fast, and a file
/// that shrinks meanwhile is a short read instead of a fault.
pub const MAP_BYTES_MIN: u64 = 16 << 20;

/// How a large file is mapped. The library itself maps nothing, for that takes `unsafe`.
pub type Map<'f> = &'f (dyn Fn(&File) -> io::Result<Box<dyn Deref<Target = [u8]>>> + Sync);

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
    Mapped(Box<dyn Deref<Target = [u8]>>),
}

impl Opened {
    /// Opens a regular file and gets at its bytes, inside the limits.
    ///
    /// # Errors
    /// Why it could not be opened or is not to be.
    pub fn open(path: &Path, limits: &Limits, map: Map<'_>) -> Result<Self, Gap> {
        #[allow(clippy::disallowed_methods, reason = "share/ is where files are opened")]
        let mut file = File::open(path).map_err(|error| failed(&error))?;
        let before = file.metadata().map_err(|error| failed(&error))?;
        if !before.is_file() {
            return Err(Gap::new(Reason::SpecialFile, "", ""));
        }
        let size = before.len();
        if size > limits.file_bytes_max {
            let detail = format!("{size} bytes, the limit is {}", limits.file_bytes_max);
            return Err(Gap::new(Reason::TooLarge, "", detail));
        }
        if let Some(first) = volumes::first_of(path) {
            let first = first.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(Gap::new(Reason::Excluded, "", format!("a volume of {first}, examined with it")));
        }
        let volumes = volumes::of(path);
        if size >= MAP_BYTES_MIN && volumes.is_empty() {
            let mapped = map(&file).map_err(|error| failed(&error))?;
            return Ok(Self { file, before, bytes: Bytes::Mapped(mapped), gaps: Vec::new() });
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
        join(path, &volumes, &mut bytes, &mut gaps, &spool);
        let mut opened = Self { file, before, bytes: Bytes::Read(bytes), gaps };
        opened.note_change();
        Ok(opened)
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Read(bytes) => bytes,
            Bytes::Mapped(mapped) => mapped,
        }
    }

    /// What is known of it now that it is open.
    pub fn metadata(&self) -> &Metadata {
        &self.before
    }

    /// Notes a gap if size or time of change are not what they were, and says whether it is a new one.
    pub fn note_change(&mut self) -> bool {
        let same = self
            .file
            .metadata()
            .is_ok_and(|now| now.len() == self.before.len() && now.modified().ok() == self.before.modified().ok());
        let known = self.gaps.iter().any(|gap| gap.reason == Reason::ChangedDuringScan);
        if same || known {
            return false;
        }
        self.gaps.push(Gap::new(Reason::ChangedDuringScan, "", ""));
        true
    }
}

/// Puts the other volumes of a split archive around `bytes`, which are those of `path`.
fn join(path: &Path, volumes: &[PathBuf], bytes: &mut Vec<u8>, gaps: &mut Vec<Gap>, limits: &Limits) {
    if volumes.is_empty() {
        return;
    }
    let own = std::mem::take(bytes);
    for volume in volumes {
        if volume == path {
            bytes.extend_from_slice(&own);
            continue;
        }
        let name = volume.file_name().unwrap_or_default().to_string_lossy();
        #[allow(clippy::disallowed_methods, reason = "share/ is where files are opened")]
        let opened = File::open(volume);
        let end = opened.map(|mut file| Budget::new(limits).read(&mut file, u64::MAX, bytes));
        match end {
            Ok(ReadEnd::Whole) => {}
            Ok(ReadEnd::Limit(reason)) => gaps.push(Gap::new(reason, name, "volume")),
            Ok(ReadEnd::Failed(error)) | Err(error) => gaps.push(Gap { place: name.into(), ..failed(&error) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn no_map(_: &File) -> io::Result<Box<dyn Deref<Target = [u8]>>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[test]
    fn a_file_that_grows_says_so_once() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"before").unwrap();
        let mut opened = Opened::open(file.path(), &Limits::default(), &no_map).ok().unwrap();
        assert!(opened.bytes() == b"before" && !opened.note_change());
        file.write_all(b" and after").unwrap();
        assert!(opened.note_change() && !opened.note_change());
        assert_eq!(opened.gaps, [Gap::new(Reason::ChangedDuringScan, "", "")]);
    }

    #[test]
    fn volumes_are_read_as_one_file() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a.zip.001", "first "), ("a.zip.002", "second "), ("a.zip.003", "third")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let open = |name: &str| Opened::open(&folder.path().join(name), &Limits::default(), &no_map);
        assert_eq!(open("a.zip.001").ok().unwrap().bytes(), b"first second third");
        let gap = open("a.zip.002").err().unwrap();
        assert_eq!((gap.reason, gap.detail.as_str()), (Reason::Excluded, "a volume of a.zip.001, examined with it"));
    }

    #[test]
    fn what_cannot_be_opened_has_a_reason() {
        let open = |path: &Path, limits: &Limits| Opened::open(path, limits, &no_map).err().map(|gap| gap.reason);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f");
        assert_eq!(open(&file, &Limits::default()), Some(Reason::NotFound));
        assert_eq!(open(folder.path(), &Limits::default()), Some(Reason::SpecialFile));
        std::fs::write(&file, "four").unwrap();
        assert_eq!(open(&file, &Limits { file_bytes_max: 3, ..Limits::default() }), Some(Reason::TooLarge));
        assert_eq!(open(&file, &Limits { file_bytes_max: 4, ..Limits::default() }), None);
        File::options().write(true).open(&file).unwrap().set_len(MAP_BYTES_MIN).unwrap();
        assert_eq!(open(&file, &Limits::default()), Some(Reason::ReadError), "large files are mapped");
    }
}
