//! Limits of one scan and how much of them is used up.
//!
//! One [`Budget`] goes through the whole way of one file and is asked where the work is done: before a member is
//! opened, while bytes are unpacked, between pages. What it refuses becomes a [`Gap`](super::Gap) with the reason it
//! gives; what was read before stays read and is still scanned.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Reason;

/// Limits of one scan. Every one ends in a gap, never in silence. Worker processes of a service are sent them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of one input file. Larger files are not opened ([`Reason::TooLarge`]).
    pub file_bytes_max: u64,
    /// Bytes that all containers of one file may unpack to, together ([`Reason::ExpandedTooLarge`]).
    pub unpacked_bytes_max: u64,
    /// Unpacked bytes per packed byte of one member, once past [`RATIO_FREE_BYTES`] ([`Reason::RatioExceeded`]).
    pub ratio_max: u64,
    /// Members of all containers of one file, together ([`Reason::MembersExceeded`]).
    pub members_max: u64,
    /// Containers inside containers ([`Reason::DepthExceeded`]).
    pub depth_max: u32,
    /// Matches of one rule kept for one file; further ones are counted as capped ([`Reason::MatchesCapped`]).
    pub matches_max: usize,
    /// Time for one file ([`Reason::Timeout`]).
    pub time_max: Duration,
}

/// Unpacked bytes below which no ratio is held against a member: small texts of one repeated line are honest.
/// 8 MiB is our choice: it costs about 10 ms to inflate.
pub const RATIO_FREE_BYTES: u64 = 8 << 20;

impl Default for Limits {
    /// Our choices, from the largest honest files in office traffic: 2 GiB a file, 4 GiB unpacked, 1:1,000 (deflate
    /// cannot exceed 1:1,032), 100,000 members, 16 levels, 10,000 matches, 60 s.
    fn default() -> Self {
        Self {
            file_bytes_max: 2 << 30,
            unpacked_bytes_max: 4 << 30,
            ratio_max: 1000,
            members_max: 100_000,
            depth_max: 16,
            matches_max: 10_000,
            time_max: Duration::from_secs(60),
        }
    }
}

/// What is left of the [`Limits`] for one file.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    unpacked_bytes: u64,
    members: u64,
    depth: u32,
    depth_seen: u32,
    deadline: Option<Instant>,
    ended: Option<Reason>,
}

/// How a bounded read ended.
#[derive(Debug)]
pub enum ReadEnd {
    /// Everything was read.
    Whole,
    /// A limit stopped it; what was read is in the buffer.
    Limit(Reason),
    /// The reader failed; what was read is in the buffer.
    Failed(io::Error),
}

impl Budget {
    /// A fresh budget; the clock starts now.
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            unpacked_bytes: 0,
            members: 0,
            depth: 0,
            depth_seen: 0,
            deadline: Instant::now().checked_add(limits.time_max),
            ended: None,
        }
    }

    /// The limits it started with.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Members opened so far.
    pub fn members(&self) -> u64 {
        self.members
    }

    /// Deepest nesting seen so far; 0 = no container.
    pub fn depth_seen(&self) -> u32 {
        self.depth_seen
    }

    /// Bytes unpacked so far.
    pub fn unpacked_bytes(&self) -> u64 {
        self.unpacked_bytes
    }

    /// Allows nothing any more, for this reason.
    pub fn end(&mut self, reason: Reason) {
        self.ended = Some(reason);
    }

    /// Asks for one more member of a container.
    pub fn member(&mut self) -> Result<(), Reason> {
        if let Some(reason) = self.ended {
            return Err(reason);
        }
        if self.members >= self.limits.members_max {
            return Err(Reason::MembersExceeded);
        }
        self.members = self.members.saturating_add(1);
        self.time()
    }

    /// Asks to go one level deeper; pair it with [`Budget::leave`].
    pub fn enter(&mut self) -> Result<(), Reason> {
        if self.depth >= self.limits.depth_max {
            return Err(Reason::DepthExceeded);
        }
        self.depth = self.depth.saturating_add(1);
        self.depth_seen = self.depth_seen.max(self.depth);
        Ok(())
    }

    /// Comes back up one level.
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Asks whether there is time left. Cheap enough for once per kilobyte of work, not for once per byte.
    pub fn time(&self) -> Result<(), Reason> {
        match self.deadline {
            _ if self.ended.is_some() => self.ended.map_or(Ok(()), Err),
            Some(deadline) if Instant::now() > deadline => Err(Reason::Timeout),
            _ => Ok(()),
        }
    }

    /// When the time is over; `None` = never.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Takes `bytes` of unpacked output from the budget.
    pub fn unpack(&mut self, bytes: u64) -> Result<(), Reason> {
        let after = self.unpacked_bytes.saturating_add(bytes);
        if after > self.limits.unpacked_bytes_max {
            return Err(Reason::ExpandedTooLarge);
        }
        self.unpacked_bytes = after;
        Ok(())
    }

    /// Appends what `reader` gives to `out`, inside the limits on unpacked bytes, ratio (against `packed_bytes`, the
    /// size of what it unpacks from) and time. Never reserves more than it has read: declared sizes are hints.
    #[allow(
        clippy::arithmetic_side_effects,
        reason = "a buffer in memory and one step of it: no sum exceeds usize::MAX, and it only grows"
    )]
    pub fn read(&mut self, reader: &mut dyn Read, packed_bytes: u64, out: &mut Vec<u8>) -> ReadEnd {
        /// Bytes asked of the reader at once; large enough for inflate's speed, small enough for the L2 cache.
        const STEP_BYTES: usize = 64 << 10;
        let before = out.len();
        loop {
            let at = out.len();
            out.resize(at + STEP_BYTES, 0);
            let got = match reader.read(out.get_mut(at..).unwrap_or_default()) {
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
                Err(error) => {
                    out.truncate(at);
                    return ReadEnd::Failed(error);
                }
            };
            out.truncate(at + got);
            if got == 0 {
                return ReadEnd::Whole;
            }
            let member = (out.len() - before) as u64;
            let limit =
                self.unpack(got as u64).and_then(|()| self.time()).and_then(|()| self.ratio(packed_bytes, member));
            if let Err(reason) = limit {
                return ReadEnd::Limit(reason);
            }
        }
    }

    fn ratio(&self, packed_bytes: u64, unpacked_bytes: u64) -> Result<(), Reason> {
        let allowed = packed_bytes.saturating_mul(self.limits.ratio_max).max(RATIO_FREE_BYTES);
        if unpacked_bytes > allowed { Err(Reason::RatioExceeded) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { unpacked_bytes_max: 100, members_max: 2, depth_max: 1, ..Limits::default() }
    }

    #[test]
    fn each_limit_names_its_reason() {
        let mut b = Budget::new(&limits());
        assert_eq!(b.member(), Ok(()));
        assert_eq!(b.member(), Ok(()));
        assert_eq!(b.member(), Err(Reason::MembersExceeded));
        assert_eq!(b.enter(), Ok(()));
        assert_eq!(b.enter(), Err(Reason::DepthExceeded));
        b.leave();
        assert_eq!(b.enter(), Ok(()));
        assert_eq!(b.unpack(100), Ok(()));
        assert_eq!(b.unpack(1), Err(Reason::ExpandedTooLarge));
        let late = Budget::new(&Limits { time_max: Duration::ZERO, ..limits() });
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(late.time(), Err(Reason::Timeout));
        let mut decided = Budget::new(&limits());
        decided.end(Reason::Decided);
        assert_eq!((decided.member(), decided.time()), (Err(Reason::Decided), Err(Reason::Decided)));
    }

    #[test]
    fn a_bounded_read_keeps_what_it_read() {
        let mut b = Budget::new(&Limits { unpacked_bytes_max: 1 << 20, ..Limits::default() });
        let mut out = Vec::new();
        let end = b.read(&mut io::repeat(7), 10, &mut out);
        assert!(matches!(end, ReadEnd::Limit(Reason::ExpandedTooLarge)), "{end:?}");
        assert!(out.len() as u64 > (1 << 20) - (64 << 10));
    }

    #[test]
    fn a_bomb_stops_at_the_ratio() {
        let mut b = Budget::new(&Limits { ratio_max: 10, ..Limits::default() });
        let mut out = Vec::new();
        let end = b.read(&mut io::repeat(0), 100, &mut out);
        assert!(matches!(end, ReadEnd::Limit(Reason::RatioExceeded)), "{end:?}");
        assert!(out.len() as u64 <= RATIO_FREE_BYTES + (64 << 10));
    }
}
