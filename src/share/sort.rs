//! Sorting more records than fit into memory: sorted runs in temporary files, merged at the end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Runs merged at once; more are made one first. Each has a file open and a buffer.
const RUNS_MAX: usize = 64;
/// Bytes a run is read by at least. Smaller reads make a disk seek more than it reads.
const BUFFER_BYTES_MIN: usize = 64 << 10;
/// More makes nothing faster.
const BUFFER_BYTES_MAX: usize = 8 << 20;
/// Bytes of memory each record takes besides its own.
const ENTRY_BYTES: usize = 4;

/// Takes records of one length in any order.
pub struct Sorter {
    files: Files,
    record_bytes: usize,
    records_max: usize,
    memory: usize,
    buffer: Vec<u8>,
    runs: Vec<Run>,
}

/// Gives records in the order of their bytes.
pub struct Sorted {
    from: From,
    record: Vec<u8>,
}

enum From {
    Memory { buffer: Vec<u8>, order: Vec<u32>, next: usize },
    Files(Merge),
}

/// Makes temporary files.
struct Files {
    beside: PathBuf,
    made: u32,
}

/// A sorted run in a file.
struct Run {
    file: File,
    path: PathBuf,
}

impl Sorter {
    /// A sorter that keeps `memory` bytes at most, and puts what is more into files beside `beside`, which nobody but
    /// their owner may read and which go when they are no longer needed.
    pub fn new(beside: &Path, record_bytes: usize, memory: usize) -> Self {
        let records_max = (memory / (record_bytes + ENTRY_BYTES)).clamp(16, u32::MAX as usize);
        let files = Files { beside: beside.to_owned(), made: 0 };
        Self { files, record_bytes, records_max, memory, buffer: Vec::new(), runs: Vec::new() }
    }

    /// Takes a record.
    ///
    /// # Errors
    /// A temporary file cannot be written.
    pub fn push(&mut self, record: &[u8]) -> io::Result<()> {
        if record.len() != self.record_bytes {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let full = self.records_max * self.record_bytes;
        if self.buffer.len() >= full {
            self.spill()?;
        }
        if self.buffer.len() == self.buffer.capacity() {
            // Doubling, but never beyond what is allowed.
            let more = self.buffer.capacity().max(1 << 16).min(full - self.buffer.len());
            self.buffer.reserve_exact(more.max(self.record_bytes));
        }
        self.buffer.extend_from_slice(record);
        Ok(())
    }

    /// Gives the records back.
    ///
    /// # Errors
    /// A temporary file cannot be written or read.
    pub fn sorted(mut self) -> io::Result<Sorted> {
        let record = vec![0; self.record_bytes];
        if self.runs.is_empty() {
            let order = order(&self.buffer, self.record_bytes);
            return Ok(Sorted { from: From::Memory { buffer: self.buffer, order, next: 0 }, record });
        }
        if !self.buffer.is_empty() {
            self.spill()?;
        }
        let merge = Merge::new(std::mem::take(&mut self.runs), self.record_bytes, self.memory / 2)?;
        Ok(Sorted { from: From::Files(merge), record })
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.runs.len() >= RUNS_MAX {
            let mut merge = Merge::new(std::mem::take(&mut self.runs), self.record_bytes, self.memory / 2)?;
            let mut writer = Writer::new(&mut self.files)?;
            let mut record = vec![0; self.record_bytes];
            while merge.next(&mut record)? {
                writer.out.write_all(&record)?;
            }
            self.runs.push(writer.finish()?);
        }
        let mut writer = Writer::new(&mut self.files)?;
        for at in order(&self.buffer, self.record_bytes) {
            writer.out.write_all(slice(&self.buffer, at, self.record_bytes))?;
        }
        self.runs.push(writer.finish()?);
        self.buffer.clear();
        Ok(())
    }
}

impl Sorted {
    /// The next record.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn next_record(&mut self) -> io::Result<Option<&[u8]>> {
        match &mut self.from {
            From::Memory { buffer, order, next } => {
                let Some(at) = order.get(*next) else { return Ok(None) };
                *next += 1;
                Ok(Some(slice(buffer, *at, self.record.len())))
            }
            From::Files(merge) => Ok(if merge.next(&mut self.record)? { Some(&self.record) } else { None }),
        }
    }
}

fn slice(buffer: &[u8], at: u32, bytes: usize) -> &[u8] {
    let start = at as usize * bytes;
    buffer.get(start..start + bytes).unwrap_or_default()
}

/// The records of a buffer in their order.
fn order(buffer: &[u8], bytes: usize) -> Vec<u32> {
    let count = u32::try_from(buffer.len() / bytes.max(1)).unwrap_or(u32::MAX);
    let mut order: Vec<u32> = (0..count).collect();
    order.sort_unstable_by(|a, b| slice(buffer, *a, bytes).cmp(slice(buffer, *b, bytes)));
    order
}

/// Runs that are read side by side.
struct Merge {
    runs: Vec<BufReader<Run>>,
    heads: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
}

impl Merge {
    fn new(runs: Vec<Run>, record_bytes: usize, memory: usize) -> io::Result<Self> {
        let each = (memory / runs.len().max(1)).clamp(BUFFER_BYTES_MIN, BUFFER_BYTES_MAX);
        let mut merge = Self { runs: Vec::with_capacity(runs.len()), heads: BinaryHeap::with_capacity(runs.len()) };
        for (at, mut run) in runs.into_iter().enumerate() {
            run.file.seek(SeekFrom::Start(0))?;
            let mut reader = BufReader::with_capacity(each, run);
            let mut head = vec![0; record_bytes];
            if read(&mut reader, &mut head)? {
                merge.heads.push(Reverse((head, at)));
            }
            merge.runs.push(reader);
        }
        Ok(merge)
    }

    /// Puts the least record into `record`; false at the end.
    fn next(&mut self, record: &mut Vec<u8>) -> io::Result<bool> {
        let Some(Reverse((head, at))) = self.heads.pop() else { return Ok(false) };
        // The buffer of what is given takes what comes behind it.
        let mut next = std::mem::replace(record, head);
        next.resize(record.len(), 0);
        if let Some(reader) = self.runs.get_mut(at)
            && read(reader, &mut next)?
        {
            self.heads.push(Reverse((next, at)));
        }
        Ok(true)
    }
}

/// Reads a whole record; false at the end of the run.
fn read(reader: &mut impl Read, record: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(record) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a run.
struct Writer {
    out: BufWriter<File>,
    path: PathBuf,
}

impl Writer {
    fn new(files: &mut Files) -> io::Result<Self> {
        let name = files.beside.file_name().unwrap_or_default().to_string_lossy();
        let path = files.beside.with_file_name(format!(".{name}.frisk-{}-{}", std::process::id(), files.made));
        files.made += 1;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        // Where the system allows it the file has no name from now on: nothing stays behind, however the run ends.
        #[cfg(unix)]
        fs::remove_file(&path)?;
        Ok(Self { out: BufWriter::with_capacity(1 << 20, file), path })
    }

    fn finish(self) -> io::Result<Run> {
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Run { file, path: self.path })
    }
}

impl Read for Run {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(records: &[[u8; 5]], memory: usize) -> Vec<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::new(&folder.path().join("out"), 5, memory);
        records.iter().for_each(|r| sorter.push(r).unwrap());
        assert!(sorter.push(b"longer").is_err());
        let mut sorted = sorter.sorted().unwrap();
        let mut out = Vec::new();
        while let Some(record) = sorted.next_record().unwrap() {
            out.push(record.to_vec());
        }
        assert!(sorted.next_record().unwrap().is_none());
        drop(sorted);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no file stays behind");
        out
    }

    #[test]
    fn records_come_back_in_order_however_little_memory_there_is() {
        let record = |n: u32| {
            let [a, b, c, d] = n.wrapping_mul(0x9E37_79B1).to_be_bytes();
            [a, b, c, d, 7]
        };
        let records: Vec<_> = (0..5000).chain(0..10).map(record).collect();
        let mut wanted: Vec<_> = records.iter().map(|r| r.to_vec()).collect();
        wanted.sort();
        // In memory, in few runs, in more runs than are merged at once.
        for memory in [1 << 20, 9 * 1000, 9 * 16] {
            assert_eq!(sort(&records, memory), wanted, "{memory}");
        }
        assert!(sort(&[], 100).is_empty());
    }
}
