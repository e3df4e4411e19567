//! ZIP archives (PKWARE APPNOTE 6.3.10), with random access for packages and in order for archives.

use std::io::Cursor;

use crate::blob::{Budget, ReadEnd, Reason};

/// An opened archive.
pub struct Archive<'a> {
    zip: ::zip::ZipArchive<Cursor<&'a [u8]>>,
    entries: Vec<Entry>,
}

/// One member of an archive, as its directory describes it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name as stored, `/` between folders; undecodable bytes replaced.
    pub name: String,
    /// Bytes it takes up in the archive, as declared.
    pub packed_bytes_hint: u64,
    /// Bytes it unpacks to, as declared.
    pub unpacked_bytes_hint: u64,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// Whether it is a folder.
    pub folder: bool,
    index: usize,
}

impl<'a> Archive<'a> {
    /// Opens the archive in `bytes` through its central directory.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ::zip::result::ZipError> {
        let mut zip = ::zip::ZipArchive::new(Cursor::new(bytes))?;
        let mut entries = Vec::with_capacity(zip.len().min(1 << 16));
        for index in 0..zip.len() {
            let file = zip.by_index_raw(index)?;
            entries.push(Entry {
                name: String::from_utf8_lossy(file.name_raw()).replace('\\', "/"),
                packed_bytes_hint: file.compressed_size(),
                unpacked_bytes_hint: file.size(),
                encrypted: file.encrypted(),
                folder: file.is_dir(),
                index,
            });
        }
        Ok(Self { zip, entries })
    }

    /// Members in the order of the directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The member with this name; part names of packages compare without regard to ASCII case (ECMA-376 part 2, 6.2.2).
    pub fn find(&self, name: &str) -> Option<&Entry> {
        let name = name.trim_start_matches('/');
        self.entries.iter().find(|e| e.name.trim_start_matches('/').eq_ignore_ascii_case(name))
    }

    /// Appends the unpacked bytes of a member to `out`. What was read before a limit or a fault is kept.
    pub fn read(&mut self, entry: &Entry, budget: &mut Budget, out: &mut Vec<u8>) -> Result<(), Reason> {
        budget.member()?;
        if entry.encrypted {
            return Err(Reason::PasswordProtected);
        }
        let mut file = self.zip.by_index(entry.index).map_err(|_| Reason::Corrupt)?;
        match budget.read(&mut file, entry.packed_bytes_hint, out) {
            ReadEnd::Whole => Ok(()),
            ReadEnd::Limit(reason) => Err(reason),
            ReadEnd::Failed(_) => Err(Reason::Corrupt),
        }
    }
}
