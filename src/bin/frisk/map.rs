//! Mapping large files, where that may end the process, and reading them where it may not.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;

use memmap2::Mmap;

/// Maps a file for reading.
pub fn map(file: &File) -> io::Result<Box<dyn Deref<Target = [u8]>>> {
    Ok(Box::new(mapped(file)?))
}

/// Reads a large file whole: a run in one process must not end because somebody cuts a file short. Where files that are
/// mapped cannot be cut short, it is mapped.
pub fn whole(file: &File) -> io::Result<Box<dyn Deref<Target = [u8]>>> {
    if cfg!(windows) {
        return map(file);
    }
    let size = file.metadata()?.len();
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))?;
    #[allow(clippy::disallowed_methods, reason = "bounded by take")]
    file.take(size).read_to_end(&mut bytes)?;
    Ok(Box::new(bytes))
}

/// Maps a file for reading, for whoever shares it between threads.
#[allow(unsafe_code, reason = "a map is the only way to examine a file that does not fit into memory")]
pub fn mapped(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is read-only, private to this process and used as bytes, for which every bit pattern is valid.
    // What `Mmap::map` asks and no program can promise is that nobody changes the file meanwhile: changed bytes are read
    // as they are by parsers that trust none of them, and the change is reported (`changed_during_scan`); a file cut
    // short while mapped ends the process with SIGBUS, so only files too large to be read whole are mapped.
    unsafe { Mmap::map(file) }
}
