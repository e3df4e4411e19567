//! Inflating (RFC 1951) inside the limits: data that ends without its end marker is a fault, the ratio is held against
//! what was consumed, so that no declared size counts and a bomb stops early.
#![allow(clippy::arithmetic_side_effects, reason = "output only grows, and so do the counts of the decoder")]

use std::io::{self, Read};

use flate2::{Decompress, FlushDecompress, Status};

use crate::blob::{Budget, RATIO_FREE_BYTES, ReadEnd, Reason};

/// Bytes of output between two looks at the ratio.
const STEP_BYTES: u64 = 1 << 20;

/// A reader of deflated data that can be used again.
pub struct Inflater<'a> {
    state: Decompress,
    input: &'a [u8],
    ended: bool,
}

impl<'a> Inflater<'a> {
    /// A reader that waits for [`Inflater::start`].
    pub fn new() -> Self {
        Self { state: Decompress::new(false), input: &[], ended: false }
    }

    /// Starts over with `input`.
    pub fn start(&mut self, input: &'a [u8]) {
        self.state.reset(false);
        (self.input, self.ended) = (input, false);
    }

    /// Bytes consumed since the start.
    pub fn consumed(&self) -> usize {
        usize::try_from(self.state.total_in()).unwrap_or(usize::MAX)
    }

    /// Appends everything up to the end marker to `out`.
    pub fn inflate(&mut self, budget: &mut Budget, out: &mut Vec<u8>) -> ReadEnd {
        let before = out.len();
        loop {
            let at = out.len();
            match budget.read(&mut self.by_ref().take(STEP_BYTES), u64::MAX, out) {
                ReadEnd::Whole if ((out.len() - at) as u64) < STEP_BYTES => return ReadEnd::Whole,
                ReadEnd::Whole => {}
                end => return end,
            }
            let produced = (out.len() - before) as u64;
            let allowed = self.state.total_in().saturating_mul(budget.limits().ratio_max);
            if produced > allowed.max(RATIO_FREE_BYTES) {
                return ReadEnd::Limit(Reason::RatioExceeded);
            }
        }
    }
}

impl Read for Inflater<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !out.is_empty() {
            let (consumed, produced) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(self.input, out, FlushDecompress::None)?;
            self.ended = status == Status::StreamEnd;
            let consumed = usize::try_from(self.state.total_in() - consumed).unwrap_or(usize::MAX);
            let produced = usize::try_from(self.state.total_out() - produced).unwrap_or(usize::MAX);
            self.input = self.input.get(consumed..).unwrap_or_default();
            if produced > 0 {
                return Ok(produced);
            }
            if consumed == 0 && !self.ended {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}
