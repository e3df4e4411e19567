//! A body while it comes in: in memory as long as it is small, then in a file without a name, which is gone when nobody
//! holds it any more, however the service ends.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::mem;
use std::sync::Arc;

use tokio::task::spawn_blocking;

/// Bytes that are written to the file, and read from it, at once. 256 KiB: our choice; few switches between threads,
/// and little memory.
pub const PIECE_BYTES: usize = 256 << 10;

/// A body that grows.
#[derive(Debug)]
pub struct Spool {
    memory_max: usize,
    memory: Vec<u8>,
    file: Option<File>,
    bytes: u64,
}

/// A body that is whole.
#[derive(Clone, Debug)]
pub enum Body {
    /// In memory.
    Memory(Arc<Vec<u8>>),
    /// In a file of so many bytes.
    File(Arc<File>, u64),
}

impl Spool {
    /// An empty one that keeps `memory_max` bytes in memory.
    #[must_use]
    pub fn new(memory_max: usize) -> Self {
        Self { memory_max, memory: Vec::new(), file: None, bytes: 0 }
    }

    /// Bytes in it.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The first bytes, as long as all of them are in memory.
    #[must_use]
    pub fn head(&self) -> Option<&[u8]> {
        self.file.is_none().then_some(self.memory.as_slice())
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// The file cannot be made or written: the disk is full.
    pub async fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(bytes);
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        let room = if self.file.is_some() { PIECE_BYTES } else { self.memory_max.max(1) };
        if self.memory.len() > room { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> io::Result<()> {
        let (file, memory) = (self.file.take(), mem::take(&mut self.memory));
        let written = spawn_blocking(move || {
            let mut file = file.map_or_else(tempfile::tempfile, Ok)?;
            file.write_all(&memory)?;
            let mut memory = memory;
            memory.clear();
            memory.shrink_to(PIECE_BYTES.saturating_mul(2));
            Ok::<_, io::Error>((file, memory))
        });
        let (file, memory) = written.await.map_err(io::Error::other)??;
        (self.file, self.memory) = (Some(file), memory);
        Ok(())
    }

    /// The whole body.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn end(mut self) -> io::Result<Body> {
        if self.file.is_none() {
            return Ok(Body::Memory(Arc::new(self.memory)));
        }
        if !self.memory.is_empty() {
            self.flush().await?;
        }
        match self.file {
            Some(file) => Ok(Body::File(Arc::new(file), self.bytes)),
            None => Ok(Body::Memory(Arc::new(self.memory))),
        }
    }
}

impl Body {
    /// Bytes of it.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(_, bytes) => *bytes,
        }
    }

    /// Reads it from its beginning, a piece at a time.
    #[must_use]
    pub fn pieces(&self) -> Pieces {
        Pieces { body: self.clone(), at: 0 }
    }

    /// All of it in memory. Blocks; for threads that examine.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_blocking(&self) -> io::Result<Arc<Vec<u8>>> {
        let (file, length) = match self {
            Self::Memory(bytes) => return Ok(Arc::clone(bytes)),
            Self::File(file, length) => (file, *length),
        };
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX))?;
        let mut file: &File = file;
        file.seek(SeekFrom::Start(0))?;
        #[allow(clippy::disallowed_methods, reason = "bounded by take")]
        file.take(length).read_to_end(&mut bytes)?;
        Ok(Arc::new(bytes))
    }
}

/// A body read piece by piece. Of one body one at a time: they share the place in the file.
#[derive(Debug)]
pub struct Pieces {
    body: Body,
    at: u64,
}

impl Pieces {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let at = self.at;
        let piece = match &self.body {
            Body::Memory(bytes) => {
                let from = usize::try_from(at).unwrap_or(usize::MAX);
                let rest = bytes.get(from..).unwrap_or_default();
                rest.get(..PIECE_BYTES.min(rest.len())).unwrap_or_default().to_vec()
            }
            Body::File(file, length) => {
                let want = length.saturating_sub(at).min(PIECE_BYTES as u64);
                let file = Arc::clone(file);
                let read = spawn_blocking(move || {
                    let mut piece = vec![0; usize::try_from(want).unwrap_or(PIECE_BYTES)];
                    let mut file: &File = &file;
                    file.seek(SeekFrom::Start(at))?;
                    file.read_exact(&mut piece)?;
                    Ok::<_, io::Error>(piece)
                });
                read.await.map_err(io::Error::other)??
            }
        };
        self.at = self.at.saturating_add(piece.len() as u64);
        Ok((!piece.is_empty()).then_some(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_bodies_stay_in_memory_and_large_ones_come_back_whole() {
        for (length, in_memory) in [(0_usize, true), (1000, true), (1001, false), (700_000, false)] {
            let whole: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let mut spool = Spool::new(1000);
            for piece in whole.chunks(333) {
                spool.push(piece).await.unwrap();
            }
            assert_eq!(spool.bytes(), length as u64);
            let body = spool.end().await.unwrap();
            assert_eq!(matches!(body, Body::Memory(_)), in_memory, "{length} bytes");
            assert_eq!(*body.read_blocking().unwrap(), whole, "{length} bytes at once");
            let (mut pieces, mut read) = (body.pieces(), Vec::new());
            while let Some(piece) = pieces.next().await.unwrap() {
                read.extend(piece);
            }
            assert_eq!(read, whole, "{length} bytes in pieces");
        }
    }
}
