//! Inflating (RFC 1951) inside the limits: data that ends without its end marker is a fault, the ratio is held against
//! what was consumed, so that no declared size counts and a bomb stops early.
#![allow(clippy::arithmetic_side_effects, reason = "output only grows, and so do the counts of the decoder")]

use std::io;

use flate2::{Decompress, FlushDecompress, Status};

use crate::blob::{Budget, RATIO_FREE_BYTES, ReadEnd, Reason};

/// Bytes of output between two looks at the limits: as much again as there is already, within these.
const STEP_BYTES: std::ops::RangeInclusive<usize> = 64 << 10..=1 << 20;
/// The same for the first step, which is as large as the output is said to be: packages have many tiny members, and what
/// comes out in one step is copied through no window.
const FIRST_STEP_BYTES: std::ops::RangeInclusive<usize> = 1 << 10..=1 << 20;

/// An inflater that can be used again.
pub struct Inflater<'a> {
    state: Decompress,
    input: &'a [u8],
    expected: usize,
}

impl Default for Inflater<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Inflater<'a> {
    /// An inflater that waits for [`Inflater::start`].
    pub fn new() -> Self {
        Self { state: Decompress::new(false), input: &[], expected: *STEP_BYTES.start() }
    }

    /// Starts over with `input`.
    pub fn start(&mut self, input: &'a [u8]) {
        self.state.reset(false);
        (self.input, self.expected) = (input, *STEP_BYTES.start());
    }

    /// The same for what may unpack to so many bytes. A wrong number costs time, and not much.
    pub fn start_with_hint(&mut self, input: &'a [u8], unpacked_bytes_hint: u64) {
        self.start(input);
        self.expected = usize::try_from(unpacked_bytes_hint).unwrap_or(usize::MAX);
    }

    /// Bytes consumed since the start.
    pub fn consumed(&self) -> usize {
        usize::try_from(self.state.total_in()).unwrap_or(usize::MAX)
    }

    fn produced(&self) -> usize {
        usize::try_from(self.state.total_out()).unwrap_or(usize::MAX)
    }

    /// Appends everything up to the end marker to `out`. What comes in front of a fault is kept.
    pub fn inflate(&mut self, budget: &mut Budget, out: &mut Vec<u8>) -> ReadEnd {
        self.inflate_within(usize::MAX, budget, out)
    }

    /// The same, but not (much) more than `most` bytes.
    pub fn inflate_within(&mut self, most: usize, budget: &mut Budget, out: &mut Vec<u8>) -> ReadEnd {
        let before = out.len();
        let mut produced = 0;
        loop {
            let step = match produced {
                // One more than expected, so that the end marker is read in the same step.
                0 => self.expected.clamp(*FIRST_STEP_BYTES.start(), *FIRST_STEP_BYTES.end()) + 1,
                _ => produced.clamp(*STEP_BYTES.start(), *STEP_BYTES.end()),
            };
            append_zeros(out, step);
            let (consumed, last) = (self.consumed(), produced);
            let rest = self.input.get(consumed..).unwrap_or_default();
            let room = out.get_mut(before + produced..).unwrap_or_default();
            let status = self.state.decompress(rest, room, FlushDecompress::Finish);
            produced = self.produced().min(last + step);
            out.truncate(before + produced);
            let limit = budget.unpack((produced - last) as u64).and_then(|()| budget.time());
            let allowed = (self.consumed() as u64).saturating_mul(budget.limits().ratio_max);
            match limit {
                Err(reason) => return ReadEnd::Limit(reason),
                Ok(()) if produced as u64 > allowed.max(RATIO_FREE_BYTES) => {
                    return ReadEnd::Limit(Reason::RatioExceeded);
                }
                Ok(()) if produced >= most => return ReadEnd::Limit(Reason::ExpandedTooLarge),
                Ok(()) => {}
            }
            match status {
                Ok(Status::StreamEnd) => return ReadEnd::Whole,
                Err(error) => return ReadEnd::Failed(error.into()),
                // The output was full: there may be more.
                Ok(_) if produced == last + step => {}
                Ok(_) => return ReadEnd::Failed(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    }

    /// The first bytes, at most so many.
    pub fn peek(&mut self, most: usize) -> Vec<u8> {
        let mut out = vec![0; most];
        // What comes in front of a fault counts.
        let _ = self.state.decompress(self.input, &mut out, FlushDecompress::None);
        out.truncate(self.produced());
        out
    }
}

/// Appends so many zero bytes, a piece at a time: `resize` takes a step a byte in a build that is not optimised, and a
/// megabyte for each damaged member is most of what tests do then.
fn append_zeros(out: &mut Vec<u8>, bytes: usize) {
    static ZEROS: [u8; 16 << 10] = [0; 16 << 10];
    out.reserve(bytes);
    let mut left = bytes;
    while left > 0 {
        let piece = ZEROS.get(..left).unwrap_or(&ZEROS);
        out.extend_from_slice(piece);
        left = left.saturating_sub(piece.len());
    }
}
