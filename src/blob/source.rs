//! Where the bytes of one file come from.

use std::borrow::Cow;
use std::io::{self, Read};

use super::{Budget, ReadEnd, Reason};

/// The bytes of one file: a slice (memory, a map) or a reader that is spooled into memory inside the limits.
pub enum Source<'a> {
    /// All bytes at hand.
    Slice(&'a [u8]),
    /// A stream; read to its end or to [`Limits::file_bytes_max`](super::Limits::file_bytes_max).
    Reader(Box<dyn Read + 'a>),
    /// A file too large to be held: read in windows where its kind allows that.
    Large(&'a dyn Large),
}

/// A large file, brought by the caller: the library opens none. Asked by several threads.
pub trait Large: Sync {
    /// Bytes of it.
    fn size(&self) -> u64;

    /// Reads bytes at `offset` into `buffer`, and says how many; 0 at the end.
    ///
    /// # Errors
    /// Those of reading.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// All bytes, for kinds whose places are not told from the beginning on: a map, best.
    ///
    /// # Errors
    /// Those of reading or mapping.
    fn whole(&self) -> io::Result<&[u8]>;
}

impl Large for &[u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.get(offset..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }

    fn whole(&self) -> io::Result<&[u8]> {
        Ok(self)
    }
}

impl<'a> Source<'a> {
    /// A source that reads `reader` to its end.
    pub fn reader(reader: impl Read + 'a) -> Self {
        Self::Reader(Box::new(reader))
    }

    /// All bytes, and how reading them ended.
    pub fn bytes(self, budget: &Budget) -> (Cow<'a, [u8]>, ReadEnd) {
        let max = budget.limits().file_bytes_max;
        match self {
            Self::Large(file) => match file.whole() {
                Ok(bytes) => Self::Slice(bytes).bytes(budget),
                Err(error) => (Cow::Borrowed(&[]), ReadEnd::Failed(error)),
            },
            Self::Slice(bytes) if bytes.len() as u64 > max => {
                let kept = usize::try_from(max).ok().and_then(|n| bytes.get(..n)).unwrap_or(bytes);
                (Cow::Borrowed(kept), ReadEnd::Limit(Reason::TooLarge))
            }
            Self::Slice(bytes) => (Cow::Borrowed(bytes), ReadEnd::Whole),
            Self::Reader(reader) => {
                let mut out = Vec::new();
                let mut spool = Budget::new(&super::Limits {
                    unpacked_bytes_max: max,
                    ratio_max: u64::MAX,
                    ..budget.limits().clone()
                });
                let end = match spool.read(&mut { reader }, u64::MAX, &mut out) {
                    ReadEnd::Limit(Reason::ExpandedTooLarge) => ReadEnd::Limit(Reason::TooLarge),
                    end => end,
                };
                (Cow::Owned(out), end)
            }
        }
    }
}

impl<'a> From<&'a [u8]> for Source<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Slice(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Source<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Slice(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Source<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Slice(bytes)
    }
}

impl<'a> From<&'a str> for Source<'a> {
    fn from(text: &'a str) -> Self {
        Self::Slice(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Limits;

    #[test]
    fn a_reader_and_a_slice_give_the_same_bytes_and_the_same_limit() {
        let bytes = b"0123456789".repeat(20_000);
        for max in [u64::MAX, 100_000] {
            let budget = Budget::new(&Limits { file_bytes_max: max, ..Limits::default() });
            let (a, end_a) = Source::from(&bytes).bytes(&budget);
            let (b, end_b) = Source::reader(bytes.as_slice()).bytes(&budget);
            assert!(bytes.starts_with(&a) && bytes.starts_with(&b));
            assert_eq!(matches!(end_a, ReadEnd::Whole), matches!(end_b, ReadEnd::Whole));
            if max == u64::MAX {
                assert_eq!(a, b);
            }
        }
    }
}
