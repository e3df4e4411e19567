//! A file that appears when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes of its name that the file beside it has, too: names end at 255 bytes.
const NAME_BYTES: usize = 200;

/// Names tried. A run that was killed leaves its file behind, and in a container the next one has the same number.
const ATTEMPTS: u32 = 1000;

/// A file beside the one it becomes. Only its owner may read it.
pub struct Atomic {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
    done: bool,
}

impl Atomic {
    /// Starts a file that will be `path`.
    pub fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let name = name.get(..name.floor_char_boundary(NAME_BYTES)).unwrap_or_default();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        for attempt in 0..=ATTEMPTS {
            let temporary = path.with_file_name(format!(".{name}.frisk-{}-{attempt}", std::process::id()));
            match options.open(&temporary) {
                Ok(file) => return Ok(Self { file, temporary, path: path.to_owned(), done: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// What is known of the file as it is now, under whatever name.
    pub fn metadata(&self) -> io::Result<fs::Metadata> {
        self.file.metadata()
    }

    /// Puts it in its place; gives its size.
    pub fn finish(&mut self) -> io::Result<u64> {
        self.file.sync_all()?;
        let size = self.file.metadata()?.len();
        fs::rename(&self.temporary, &self.path)?;
        self.done = true;
        Ok(size)
    }
}

impl Write for Atomic {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Atomic {
    /// An unfinished file does not stay behind.
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_behind_and_long_names_stop_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ä".repeat(127));
        let names = || fs::read_dir(folder.path()).unwrap().count();
        let left = Atomic::create(&path).unwrap();
        let mut file = Atomic::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!((names(), file.finish().unwrap()), (2, 3));
        assert_eq!(fs::metadata(&path).unwrap().len(), 3);
        drop((left, file));
        assert_eq!(names(), 1);
    }
}
