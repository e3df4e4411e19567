//! Lines that come in pieces.

use memchr::memchr;

/// Bytes that an idle connection keeps. 4 KiB: our choice, four times the heads of a usual request.
const BYTES_KEPT: usize = 4096;

/// How far a line got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// To its LF.
    Whole,
    /// More bytes are needed.
    CutOff,
    /// Beyond what it may have.
    TooLong,
}

/// Bytes of a head or a line that has not come whole yet.
#[derive(Default)]
pub struct LineBuffer {
    bytes: Vec<u8>,
    /// Where the line that is read begins.
    line_start: usize,
}

impl LineBuffer {
    /// Takes bytes up to the next LF from the front of `input`. The line may have `max` bytes before it. How the bytes
    /// are cut makes no difference.
    pub fn take_line(&mut self, input: &mut &[u8], max: usize) -> Line {
        let (taken, line) = match memchr(b'\n', input) {
            Some(before) => (before.saturating_add(1), Line::Whole),
            None => (input.len(), Line::CutOff),
        };
        let held = self.bytes.len().saturating_sub(self.line_start);
        let end = usize::from(line == Line::Whole);
        if held.saturating_add(taken) > max.saturating_add(end) {
            return Line::TooLong;
        }
        let (now, rest) = input.split_at_checked(taken).unwrap_or((input, &[]));
        self.bytes.extend_from_slice(now);
        *input = rest;
        line
    }

    /// Takes bytes until there are `wanted`. Whether there are.
    pub fn take_bytes(&mut self, input: &mut &[u8], wanted: usize) -> bool {
        let missing = wanted.saturating_sub(self.bytes.len());
        let (now, rest) = input.split_at_checked(missing).unwrap_or((input, &[]));
        self.bytes.extend_from_slice(now);
        *input = rest;
        self.bytes.len() >= wanted
    }

    /// The line that was taken, without its end.
    pub fn line(&self) -> &[u8] {
        let line = self.bytes.get(self.line_start..).unwrap_or_default();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Keeps the line that was taken; the next one follows it.
    pub fn keep_line(&mut self) {
        self.line_start = self.bytes.len();
    }

    /// Bytes of the lines that were kept.
    pub fn kept(&self) -> usize {
        self.line_start
    }

    /// Everything that is held.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Forgets what is held.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.line_start = 0;
    }

    /// Forgets what is held and gives memory back.
    pub fn reset(&mut self) {
        self.clear();
        self.bytes.shrink_to(BYTES_KEPT);
    }
}
