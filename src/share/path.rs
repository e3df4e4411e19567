//! Where a file is, and how it is opened: what stands in a folder may be exchanged between listing and opening.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::blob::{Gap, Reason};

/// Where a file is: a beginning that the caller named, whose links are followed, and what was found behind it, whose
/// links are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePath {
    path: PathBuf,
    named: usize,
}

impl FilePath {
    /// A path that the caller named: links are followed.
    pub fn named(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let named = path.components().count();
        Self { path, named }
    }

    /// A path of a list: the links in front of the file are followed, the file may be none.
    pub fn listed(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let named = path.components().count().saturating_sub(1);
        Self { path, named }
    }

    /// A path of which the first `named` components are the caller's.
    pub fn with_named(path: PathBuf, named: usize) -> Self {
        Self { path, named }
    }

    /// What is called `name` in this folder.
    pub fn below(&self, name: &OsStr) -> Self {
        Self { path: self.path.join(name), named: self.named }
    }

    /// What is called `name` in the same folder.
    pub fn beside(&self, name: &str) -> Self {
        Self {
            named: self.named.min(self.path.components().count().saturating_sub(1)),
            path: self.path.with_file_name(name),
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many components of the path are the caller's.
    pub fn components_named(&self) -> usize {
        self.named
    }

    /// What of its path the caller did not name; empty for what was named itself.
    pub fn inside(&self) -> PathBuf {
        self.path.components().skip(self.named).collect()
    }

    /// What is there, by its path alone: to be trusted only for telling what to open, and how.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn look(&self) -> io::Result<Metadata> {
        let looked = self.path.symlink_metadata();
        match looked {
            Err(error) if system::is_too_long(&error) => system::look(self),
            looked => looked,
        }
    }

    /// Whether a regular file is there, and no link to one.
    pub(super) fn is_file(&self) -> bool {
        self.look().is_ok_and(|found| found.is_file())
    }

    /// Opens a regular file for reading. Waits for nothing: neither for the other end of a pipe that took its place, nor
    /// for bytes of a file that has none yet.
    ///
    /// # Errors
    /// Why it could not be opened, or is not to be.
    pub fn open(&self) -> Result<File, Gap> {
        let file = system::file(self).map_err(|error| self.failed(&error))?;
        match file.metadata() {
            Ok(metadata) if metadata.is_file() => Ok(file),
            Ok(_) => Err(Gap::new(Reason::SpecialFile, "", "")),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Gives the names in a folder to `take`, in no order.
    ///
    /// # Errors
    /// Why they could not be read.
    pub(super) fn list(&self, take: &mut dyn FnMut(&OsStr)) -> Result<(), Gap> {
        system::list(self, take).map_err(|error| self.failed(&error))
    }

    /// The gap that an error of opening leaves.
    fn failed(&self, error: &io::Error) -> Gap {
        let found = self.path.components().count() > self.named;
        match system::kind(error) {
            Some(Reason::Symlink) if !found => failed(error),
            Some(reason) => Gap::new(reason, "", ""),
            None => failed(error),
        }
    }
}

/// The gap an error of the operating system leaves.
pub(super) fn failed(error: &io::Error) -> Gap {
    let reason = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Reason::NotFound,
        io::ErrorKind::PermissionDenied => Reason::Permission,
        _ => Reason::ReadError,
    };
    let detail = if reason == Reason::ReadError { error.to_string() } else { String::new() };
    Gap::new(reason, "", detail)
}

/// Linux opens folder after folder, by handles, and follows no link behind what was named. That also reaches what lies
/// deeper than the longest path.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use std::ffi::OsStr;
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};

    use rustix::fs::{CWD, Dir, Mode, OFlags, ResolveFlags, openat, openat2};
    use rustix::io::{Errno, retry_on_intr};

    use super::FilePath;
    use crate::blob::Reason;

    /// Bytes of a path that are looked up at once: half of what the kernel takes.
    const PIECE_BYTES: usize = 2048;

    const FOLDER_ON_THE_WAY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY);

    pub fn file(place: &FilePath) -> io::Result<File> {
        // A terminal in place of a file must not become ours.
        Ok(File::from(open(place, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?))
    }

    pub fn look(place: &FilePath) -> io::Result<Metadata> {
        // Links are opened themselves.
        File::from(open(place, OFlags::PATH)?).metadata()
    }

    pub fn list(place: &FilePath, take: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        for entry in Dir::new(open(place, OFlags::RDONLY | OFlags::DIRECTORY)?)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                take(OsStr::from_bytes(name));
            }
        }
        Ok(())
    }

    pub fn is_too_long(error: &io::Error) -> bool {
        Errno::from_io_error(error) == Some(Errno::NAMETOOLONG)
    }

    /// What errors mean that have no kind of their own in the standard library.
    pub fn kind(error: &io::Error) -> Option<Reason> {
        match Errno::from_io_error(error)? {
            Errno::LOOP => Some(Reason::Symlink),
            // A socket, or a device that nothing drives.
            Errno::NXIO | Errno::NODEV => Some(Reason::SpecialFile),
            _ => None,
        }
    }

    fn open(place: &FilePath, flags: OFlags) -> io::Result<OwnedFd> {
        let flags = flags | OFlags::CLOEXEC;
        let named: PathBuf = place.path.components().take(place.named).collect();
        let inside = place.inside();
        if inside.as_os_str().is_empty() {
            return Ok(retry_on_intr(|| openat(CWD, &place.path, flags, Mode::empty()))?);
        }
        let start = if named.as_os_str().is_empty() { Path::new(".") } else { &named };
        let start = retry_on_intr(|| openat(CWD, start, FOLDER_ON_THE_WAY | OFlags::CLOEXEC, Mode::empty()))?;
        let whole = |folder: &OwnedFd, piece: &Path, flags| {
            openat2(folder.as_fd(), piece, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS)
        };
        match along(&start, &inside, PIECE_BYTES, flags, &whole) {
            // The kernel is older than 5.6, or whoever confines this process does not know the call.
            Err(Errno::NOSYS | Errno::PERM) => {
                let single =
                    |folder: &OwnedFd, piece: &Path, flags| openat(folder.as_fd(), piece, flags, Mode::empty());
                Ok(along(&start, &inside, 0, flags, &single)?)
            }
            opened => Ok(opened?),
        }
    }

    /// Opens piece after piece of `path`, each of so many bytes or of one component; the last one with `flags`.
    fn along(
        start: &OwnedFd,
        path: &Path,
        piece_bytes: usize,
        flags: OFlags,
        open: &dyn Fn(&OwnedFd, &Path, OFlags) -> Result<OwnedFd, Errno>,
    ) -> Result<OwnedFd, Errno> {
        let mut folder: Option<OwnedFd> = None;
        let mut left = path.as_os_str().as_bytes();
        loop {
            let (piece, rest) = split(left, piece_bytes);
            let flags = if rest.is_empty() { flags } else { FOLDER_ON_THE_WAY | OFlags::CLOEXEC };
            let piece = Path::new(OsStr::from_bytes(piece));
            let opened = retry_on_intr(|| open(folder.as_ref().unwrap_or(start), piece, flags | OFlags::NOFOLLOW))?;
            if rest.is_empty() {
                return Ok(opened);
            }
            (folder, left) = (Some(opened), rest);
        }
    }

    /// The components that fit into so many bytes, one at least, and what is behind them.
    fn split(path: &[u8], bytes: usize) -> (&[u8], &[u8]) {
        if path.len() <= bytes {
            return (path, &[]);
        }
        let fits = path.iter().take(bytes + 1).rposition(|b| *b == b'/');
        let end = fits.or_else(|| path.iter().position(|b| *b == b'/'));
        end.and_then(|end| Some((path.get(..end)?, path.get(end + 1..)?))).unwrap_or((path, &[]))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn paths_are_cut_between_components() {
            let pieces = |path: &str, bytes| {
                let (mut pieces, mut left) = (Vec::new(), path.as_bytes());
                while !left.is_empty() {
                    let (piece, rest) = split(left, bytes);
                    pieces.push(String::from_utf8(piece.to_vec()).unwrap());
                    left = rest;
                }
                pieces
            };
            assert_eq!(pieces("a/bb/ccc", 100), ["a/bb/ccc"]);
            assert_eq!(pieces("a/bb/ccc", 4), ["a/bb", "ccc"]);
            assert_eq!(pieces("a/bb/ccc", 3), ["a", "bb", "ccc"]);
            assert_eq!(pieces("a/bb/ccc", 0), ["a", "bb", "ccc"]);
        }

        #[test]
        fn older_kernels_follow_no_link_either() {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
            std::fs::write(folder.path().join("a/b/f"), "x").unwrap();
            std::os::unix::fs::symlink("a", folder.path().join("link")).unwrap();
            let start = openat(CWD, folder.path(), FOLDER_ON_THE_WAY, Mode::empty()).unwrap();
            let single = |folder: &OwnedFd, piece: &Path, flags| openat(folder.as_fd(), piece, flags, Mode::empty());
            let open = |path: &str| along(&start, Path::new(path), 0, OFlags::RDONLY, &single).map(|_| ());
            assert_eq!(open("a/b/f"), Ok(()));
            // A link that has to be a folder is said to be none.
            assert_eq!((open("link"), open("link/b/f")), (Err(Errno::LOOP), Err(Errno::NOTDIR)));
        }
    }
}

/// Elsewhere a file is opened by its path, and the file itself is no link.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod system {
    use std::ffi::OsStr;
    use std::fs::{File, Metadata};
    use std::io;

    use super::FilePath;
    use crate::blob::Reason;

    pub fn file(place: &FilePath) -> io::Result<File> {
        let mut options = File::options();
        options.read(true);
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            let found = place.path.components().count() > place.named;
            let follow = if found { OFlags::NOFOLLOW } else { OFlags::empty() };
            let flags = (OFlags::NONBLOCK | OFlags::NOCTTY | follow).bits();
            std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.cast_signed());
        }
        options.open(&place.path)
    }

    pub fn look(place: &FilePath) -> io::Result<Metadata> {
        place.path.symlink_metadata()
    }

    pub fn list(place: &FilePath, take: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        place.path.read_dir()?.try_for_each(|entry| {
            take(&entry?.file_name());
            Ok(())
        })
    }

    pub fn is_too_long(_: &io::Error) -> bool {
        false
    }

    pub fn kind(error: &io::Error) -> Option<Reason> {
        #[cfg(unix)]
        if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP) {
            return Some(Reason::Symlink);
        }
        let _ = error;
        None
    }
}
