//! Cutting a large text into windows: each has some bytes in front of its own part and behind it, so that what tells a
//! value at its border what it is stands in the same window.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one window, and of windows inside one file")]

use std::io;
use std::ops::Range;

use crate::blob::{Kind, Large};
use crate::document::plain::{Ending, Window, Windows};
use crate::find::last_statement;

/// Bytes of windows, and from when on there are any.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Bytes of a text from which on it is read in windows.
    pub(super) text_bytes_min: u64,
    /// Bytes of a window's own part, about.
    pub(super) core: usize,
    /// Bytes in front of it and behind it, at most.
    pub(super) beside: usize,
}

impl Default for Sizes {
    /// Our choices: texts from 16 MiB on, as files that are mapped; 4 MiB a window, of which a few are held at once; 128
    /// KiB beside it, 400 times as far as a word may stand from the value that it names.
    fn default() -> Self {
        Self { text_bytes_min: 16 << 20, core: 4 << 20, beside: 128 << 10 }
    }
}

/// One window.
#[derive(Debug)]
pub(super) struct Piece {
    bytes: Vec<u8>,
    core: Range<usize>,
    statement: String,
    is_first: bool,
    is_last: bool,
}

impl Piece {
    pub(super) fn window(&self) -> Window<'_> {
        let Self { bytes, core, statement, is_first, is_last } = self;
        Window { bytes, core: core.clone(), statement, is_first: *is_first, is_last: *is_last }
    }

    /// Its own bytes.
    pub(super) fn own(&self) -> &[u8] {
        self.bytes.get(self.core.clone()).unwrap_or_default()
    }
}

/// Cuts one text, from its beginning to its end.
pub(super) struct Cutter<'f> {
    file: &'f dyn Large,
    sizes: Sizes,
    /// Where the next window's own part begins.
    at: u64,
    /// Where its bytes begin.
    from: u64,
    statement: String,
    ending: Ending,
    done: bool,
}

/// What a large file is, and how its windows are read; `None`: it is read whole.
///
/// # Errors
/// Those of reading.
pub(super) fn windows(file: &dyn Large, sizes: Sizes) -> io::Result<Option<(Kind, Windows)>> {
    /// Bytes that tell what a file is: signatures stand in the first 34 KiB, tables are told by the first 64 KiB.
    const HEAD_BYTES: usize = 96 << 10;
    /// Bytes of an archive's last record and the longest remark behind it.
    const TAIL_BYTES: usize = 22 + 0xFFFF;
    let size = file.size();
    if size < sizes.text_bytes_min {
        return Ok(None);
    }
    let head = read(file, 0, HEAD_BYTES)?;
    let middle = read(file, size / 2, HEAD_BYTES)?;
    let tail = read(file, size.saturating_sub(TAIL_BYTES as u64), TAIL_BYTES)?;
    // An archive behind a text is found from its end.
    if memchr::memmem::find(&tail, b"PK\x05\x06").is_some() {
        return Ok(None);
    }
    let windows = |kind| Windows::new(kind, &head);
    let kind = Kind::of(&[&head[..], &middle, &tail].concat());
    Ok(windows(kind).map(|windows| (kind, windows)))
}

impl<'f> Cutter<'f> {
    pub(super) fn new(file: &'f dyn Large, windows: &Windows, sizes: Sizes) -> Self {
        let (statement, ending) = (String::new(), windows.ending());
        Self { file, sizes, at: 0, from: 0, statement, ending, done: false }
    }

    /// What shows that the text was cut off; asked behind the last window.
    pub(super) fn ending(&self) -> &Ending {
        &self.ending
    }

    /// Whether all windows were given.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// The next window; `None` behind the last one.
    ///
    /// # Errors
    /// Those of reading. There is nothing more then.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        if self.done {
            return Ok(None);
        }
        let Sizes { core, beside, .. } = self.sizes;
        let front = usize::try_from(self.at - self.from).unwrap_or(0);
        let wanted = front + core + beside;
        let mut bytes = read(self.file, self.from, wanted)?;
        let is_last = bytes.len() < wanted;
        let mut own = front..bytes.len();
        if !is_last {
            own.end = cut(&bytes, front + core, beside).max(front + 1);
            bytes.truncate(end_of_lines(&bytes, own.end));
        }
        self.done = is_last;
        let piece =
            Piece { core: own.clone(), statement: self.statement.clone(), is_first: self.at == 0, is_last, bytes };
        self.ending.feed(piece.own());
        // The next one begins with whole lines in front of its own part.
        let from = start_of_lines(&piece.bytes, own.end.saturating_sub(beside), own.end);
        let passed = piece.bytes.get(..from).unwrap_or_default();
        if let Some(statement) = last_statement(&String::from_utf8_lossy(passed)) {
            self.statement = statement;
        }
        self.from += from as u64;
        self.at += (own.end - own.start) as u64;
        Ok(Some(piece))
    }
}

/// Reads `count` bytes, or those that there are.
fn read(file: &dyn Large, offset: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(offset + filled as u64, rest) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Where a window's own part ends best, at `most` or up to `back` bytes in front of it: behind an empty line, for lists
/// end there; else behind a line that is not one of something encoded; else behind a line; else between characters.
fn cut(bytes: &[u8], most: usize, back: usize) -> usize {
    let least = most.saturating_sub(back);
    let range = bytes.get(least..most).unwrap_or_default();
    let empty = [&b"\n\n"[..], b"\n\r\n"].into_iter();
    let empty = empty.filter_map(|ends| Some(memchr::memmem::rfind(range, ends)? + ends.len())).max();
    if let Some(at) = empty {
        return least + at;
    }
    let mut last = None;
    for at in memchr::memrchr_iter(b'\n', range) {
        let line = range.get(..at).unwrap_or_default();
        let line = line.get(memchr::memrchr(b'\n', line).map_or(0, |at| at + 1)..).unwrap_or_default();
        if !is_encoded(line.trim_ascii_end()) {
            return least + at + 1;
        }
        last = last.or(Some(at));
    }
    last.map_or_else(|| between_characters(bytes, most), |at| least + at + 1)
}

/// Whether a line may be one of several of base64 or hexadecimal.
fn is_encoded(line: &[u8]) -> bool {
    line.len() >= 40 && line.iter().all(|b| b.is_ascii_alphanumeric() || b"+/-_=".contains(b))
}

/// The end of the last whole line, if that is not in front of `least`.
fn end_of_lines(bytes: &[u8], least: usize) -> usize {
    let rest = bytes.get(least..).unwrap_or_default();
    memchr::memrchr(b'\n', rest).map_or_else(|| between_characters(bytes, bytes.len()), |at| least + at + 1)
}

/// The start of the first whole line behind `least`, if one starts up to `most`.
fn start_of_lines(bytes: &[u8], least: usize, most: usize) -> usize {
    if least == 0 {
        return 0;
    }
    let range = bytes.get(least - 1..most).unwrap_or_default();
    memchr::memchr(b'\n', range).map_or_else(|| between_characters(bytes, least), |at| least + at)
}

/// The border of a character of UTF-8 at `at` or shortly in front of it.
fn between_characters(bytes: &[u8], at: usize) -> usize {
    /// Bytes of a character but its first.
    const MORE: usize = 3;
    let continues = |at: &usize| bytes.get(*at).is_some_and(|b| b & 0xC0 == 0x80);
    (at.saturating_sub(MORE)..=at).rev().find(|at| !continues(at)).unwrap_or(at)
}
