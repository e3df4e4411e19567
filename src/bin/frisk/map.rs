//! Mapping large files, where that may end the process, and reading them where it may not.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::sync::{Arc, mpsc};
#[cfg(unix)]
use std::time::Duration;

use frisk::share::Mapped;
use memmap2::Mmap;

/// Time after which pages of a map that were read are given back to the system: they count as memory of this process
/// although they are the system's, and are had again where they are still needed.
#[cfg(unix)]
const HELD: Duration = Duration::from_millis(100);

/// Maps a file for reading. However large it is, few of its pages are held at once.
pub fn map(file: &File) -> io::Result<Mapped> {
    let map = Arc::new(mapped(file)?);
    let (end, ended) = mpsc::channel();
    #[cfg(unix)]
    {
        let map = Arc::clone(&map);
        // Without a thread for it they are held.
        let _ = std::thread::Builder::new().name("pages".to_owned()).spawn(move || {
            while ended.recv_timeout(HELD) == Err(mpsc::RecvTimeoutError::Timeout) {
                give_back(&map);
            }
        });
    }
    #[cfg(not(unix))]
    drop(ended);
    Ok(Box::new(Pages { map, _end: end }))
}

/// A map whose pages are given back.
struct Pages {
    map: Arc<Mmap>,
    /// Tells the thread that gives pages back, by being dropped.
    _end: mpsc::Sender<()>,
}

impl Deref for Pages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "the advice is unsafe for maps that are written to")]
fn give_back(map: &Mmap) {
    // SAFETY: `MADV_DONTNEED` loses what was written to pages. This map is shared and read-only: what is read again comes
    // from the file, as it did before.
    let _ = unsafe { map.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
}

/// Reads a large file whole: a run in one process must not end because somebody cuts a file short. Where files that are
/// mapped cannot be cut short, it is mapped.
pub fn whole(file: &File) -> io::Result<Mapped> {
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
