//! DEFLATE (RFC 1951) from one slice into one buffer: the fast way to what [`super::inflate`] gives.
//!
//! A stream decoder has to stop and go on anywhere; this one stops between symbols only and has all that it has written
//! in front of it, which is worth half of the time. It accepts what zlib accepts and gives what zlib gives: an oracle
//! holds it against zlib on any input.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "bits of a word are counted, and positions in one input and one output; shifts stay below the width"
)]

/// Bytes of output that must be free: the longest match (258) and a copy in steps of sixteen that ends behind it.
pub const ROOM_BYTES: usize = 320;

/// Bits by which codes are looked up at once; longer ones take a second look. 2,048 entries stay in the L1 cache.
const LITERAL_BITS: u32 = 11;
const DISTANCE_BITS: u32 = 9;
/// Bits of a code at most (RFC 1951, 3.2.7).
const CODE_BITS_MAX: usize = 15;

// An entry of a table has the bits to consume (code and extra bits) in its lowest six, the bits of the code from bit 8
// on, the value (shortest length or distance) from bit 16 on. One of literals has their number from bit 8 on, the bits of
// the first one's code from bit 10 on, the literals themselves from bit 16 on.
const LITERAL: u32 = 1 << 6;
/// No plain entry: a second look, the end of the block or no code at all.
const OTHER: u32 = 1 << 15;
const SECOND: u32 = 1 << 14;
const END: u32 = 1 << 13;
const INVALID: u32 = OTHER;
const BITS: u32 = 0x3F;

/// What stands in the way of going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The end marker was read: all is there.
    End,
    /// Less than [`ROOM_BYTES`] of output are left.
    Room,
    /// The data is no DEFLATE, or it ends before its end marker.
    Fault,
}

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    Stored(usize),
    Codes,
    Done,
}

/// A decoder that can be used again.
pub struct Deflate {
    state: State,
    last: bool,
    position: usize,
    /// Bits read and not consumed: the lowest come first. Those above `count` are the ones that come next, or zero.
    buffer: u64,
    count: u32,
    /// Whether the tables are those of RFC 1951, 3.2.6.
    fixed: bool,
    literals: Table<{ 1 << LITERAL_BITS }>,
    distances: Table<{ 1 << DISTANCE_BITS }>,
}

impl Default for Deflate {
    fn default() -> Self {
        Self::new()
    }
}

impl Deflate {
    /// A decoder at the start of a stream.
    pub fn new() -> Self {
        Self {
            state: State::Header,
            last: false,
            position: 0,
            buffer: 0,
            count: 0,
            fixed: false,
            literals: Table::new(),
            distances: Table::new(),
        }
    }

    /// Starts over.
    pub fn reset(&mut self) {
        (self.state, self.last, self.position, self.buffer, self.count) = (State::Header, false, 0, 0, 0);
    }

    /// Bytes consumed since the start.
    pub fn consumed(&self) -> usize {
        self.position - (self.count / 8) as usize
    }

    /// Goes on with `input`, which is the same in all calls, and writes from `at` on, behind what was written before.
    pub fn run(&mut self, input: &[u8], out: &mut [u8], at: &mut usize) -> Stop {
        loop {
            let step = match self.state {
                State::Done => return Stop::End,
                State::Header if self.last => {
                    self.state = State::Done;
                    Ok(())
                }
                State::Header => self.header(input).ok_or(Stop::Fault),
                State::Stored(left) => self.stored(left, input, out, at),
                State::Codes => self.codes(input, out, at),
            };
            if let Err(stop) = step {
                return stop;
            }
        }
    }

    // ---- bits ------------------------------------------------------------------------------------------------------

    /// Fills the buffer: with 56 bits at least, or with all that are left.
    #[inline(always)]
    fn fill(&mut self, input: &[u8]) {
        match input.get(self.position..).and_then(|rest| rest.first_chunk::<8>()) {
            Some(word) => {
                self.buffer |= u64::from_le_bytes(*word) << self.count;
                self.position += ((63 - self.count) / 8) as usize;
                self.count |= 56;
            }
            None => self.fill_slowly(input),
        }
    }

    #[cold]
    fn fill_slowly(&mut self, input: &[u8]) {
        while self.count < 56
            && let Some(byte) = input.get(self.position)
        {
            self.buffer |= u64::from(*byte) << self.count;
            self.position += 1;
            self.count += 8;
        }
    }

    /// Takes bits, at most 32, that must be there.
    fn take(&mut self, bits: u32, input: &[u8]) -> Option<u32> {
        if self.count < bits {
            self.fill(input);
        }
        if self.count < bits {
            return None;
        }
        let value = self.buffer & ((1 << bits) - 1);
        self.buffer >>= bits;
        self.count -= bits;
        u32::try_from(value).ok()
    }

    // ---- blocks ----------------------------------------------------------------------------------------------------

    fn header(&mut self, input: &[u8]) -> Option<()> {
        self.last = self.take(1, input)? == 1;
        match self.take(2, input)? {
            0 => {
                self.take(self.count % 8, input)?;
                let length = self.take(16, input)?;
                if self.take(16, input)? != !length & 0xFFFF {
                    return None;
                }
                // Whole bytes in the buffer go back to the input.
                self.position = self.consumed();
                (self.buffer, self.count) = (0, 0);
                self.state = State::Stored(length as usize);
            }
            1 => {
                if !self.fixed {
                    let mut lengths = [8; 288];
                    lengths.get_mut(144..256)?.fill(9);
                    lengths.get_mut(256..280)?.fill(7);
                    self.literals.build(&lengths, literal)?;
                    self.literals.join_literals();
                    self.distances.build(&[5; 32], distance)?;
                    self.fixed = true;
                }
                self.state = State::Codes;
            }
            2 => {
                self.fixed = false;
                self.tables(input)?;
                self.state = State::Codes;
            }
            _ => return None,
        }
        Some(())
    }

    fn stored(&mut self, left: usize, input: &[u8], out: &mut [u8], at: &mut usize) -> Result<(), Stop> {
        let room = out.len().saturating_sub(*at).min(left);
        let bytes = input.get(self.position..).unwrap_or_default();
        let bytes = bytes.get(..room).unwrap_or(bytes);
        if let Some(into) = out.get_mut(*at..*at + bytes.len()) {
            into.copy_from_slice(bytes);
        }
        *at += bytes.len();
        self.position += bytes.len();
        let left = left - bytes.len();
        self.state = if left == 0 { State::Header } else { State::Stored(left) };
        match left {
            0 => Ok(()),
            _ if self.position >= input.len() => Err(Stop::Fault),
            _ => Err(Stop::Room),
        }
    }

    /// Reads the codes of a block (RFC 1951, 3.2.7).
    fn tables(&mut self, input: &[u8]) -> Option<()> {
        /// The order in which lengths of the codes for lengths are written.
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let literals = self.take(5, input)? as usize + 257;
        let distances = self.take(5, input)? as usize + 1;
        let codes = self.take(4, input)? as usize + 4;
        if literals > 286 || distances > 30 {
            return None;
        }
        let mut lengths = [0_u8; 19];
        for at in ORDER.iter().take(codes) {
            *lengths.get_mut(*at)? = u8::try_from(self.take(3, input)?).ok()?;
        }
        let mut table = Table::<128>::new();
        table.build(&lengths, |symbol| (u32::try_from(symbol << 16).unwrap_or(INVALID), 0))?;
        if !table.complete {
            return None;
        }
        let mut lengths = [0_u8; 286 + 30];
        let (mut at, all) = (0, literals + distances);
        while at < all {
            self.fill(input);
            let entry = table.look(self.buffer);
            self.take(entry & BITS, input)?;
            let (value, times) = match entry >> 16 {
                length @ 0..=15 => (u8::try_from(length).ok()?, 1),
                16 => (*lengths.get(at.checked_sub(1)?)?, self.take(2, input)? + 3),
                17 => (0, self.take(3, input)? + 3),
                _ => (0, self.take(7, input)? + 11),
            };
            let end = at + times as usize;
            if end > all {
                return None;
            }
            lengths.get_mut(at..end)?.fill(value);
            at = end;
        }
        if *lengths.get(256)? == 0 {
            return None;
        }
        self.literals.build(lengths.get(..literals)?, literal)?;
        self.literals.join_literals();
        self.distances.build(lengths.get(literals..all)?, distance)
    }

    // ---- symbols ---------------------------------------------------------------------------------------------------

    /// Decodes until the block ends, the output is full or the input runs out.
    fn codes(&mut self, input: &[u8], out: &mut [u8], at: &mut usize) -> Result<(), Stop> {
        let room = out.len().saturating_sub(ROOM_BYTES);
        let plenty = input.len().saturating_sub(16);
        // In variables of its own: the compiler keeps those in registers. Only the lowest six bits of `count` count, so
        // that whole entries can be taken off.
        let (mut buffer, mut count, mut position, mut place) = (self.buffer, self.count, self.position, *at);
        let (literals, distances) = (&self.literals, &self.distances);
        let mut end = None;
        while position < plenty && place < room {
            let Some(word) = input.get(position..).and_then(|rest| rest.first_chunk::<8>()) else { break };
            buffer |= u64::from_le_bytes(*word).wrapping_shl(count);
            position += 7 - (count >> 3 & 7) as usize;
            count |= 56;
            // Three times up to two literals, of at most eleven bits together: 23 bits are left.
            let mut entry = literals.first(buffer);
            if entry & LITERAL != 0 {
                (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
                put(out, &mut place, entry);
                entry = literals.first(buffer);
                if entry & LITERAL != 0 {
                    (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
                    put(out, &mut place, entry);
                    entry = literals.first(buffer);
                    if entry & LITERAL != 0 {
                        (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
                        put(out, &mut place, entry);
                        entry = literals.first(buffer);
                        if entry & LITERAL != 0 {
                            continue;
                        }
                    }
                }
            }
            if entry & OTHER != 0 {
                if entry & SECOND != 0 {
                    (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
                    entry = literals.second(entry, buffer);
                }
                if entry & LITERAL != 0 {
                    (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
                    put(out, &mut place, entry);
                    continue;
                }
                if entry & OTHER != 0 {
                    (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
                    end = Some(entry & END != 0);
                    break;
                }
            }
            let length = value(entry, buffer);
            (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
            if count & BITS < 32 {
                let Some(word) = input.get(position..).and_then(|rest| rest.first_chunk::<8>()) else {
                    end = Some(false);
                    break;
                };
                buffer |= u64::from_le_bytes(*word).wrapping_shl(count);
                position += 7 - (count >> 3 & 7) as usize;
                count |= 56;
            }
            let mut entry = distances.first(buffer);
            if entry & OTHER != 0 {
                if entry & SECOND != 0 {
                    (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
                    entry = distances.second(entry, buffer);
                }
                if entry & OTHER != 0 {
                    end = Some(false);
                    break;
                }
            }
            let distance = value(entry, buffer);
            (buffer, count) = (buffer.wrapping_shr(entry), count.wrapping_sub(entry));
            if !copy(out, place, distance, length) {
                end = Some(false);
                break;
            }
            place += length;
        }
        count &= BITS;
        (self.buffer, self.count, self.position, *at) = (buffer, count, position, place);
        match end {
            Some(true) => {
                self.state = State::Header;
                Ok(())
            }
            Some(false) => Err(Stop::Fault),
            None if place >= room => Err(Stop::Room),
            None => self.last_codes(input, out, at),
        }
    }

    /// The same for the last bytes of the input, which may end anywhere.
    #[cold]
    fn last_codes(&mut self, input: &[u8], out: &mut [u8], at: &mut usize) -> Result<(), Stop> {
        let room = out.len().saturating_sub(ROOM_BYTES);
        loop {
            if *at >= room {
                return Err(Stop::Room);
            }
            self.fill(input);
            let entry = self.literals.look(self.buffer);
            let bits = entry & BITS;
            if entry & LITERAL != 0 {
                // One at a time: what follows the first may be no code any more.
                self.take(entry >> 10 & 0xF, input).ok_or(Stop::Fault)?;
                put(out, at, entry & !0x300 | 1 << 8);
                continue;
            }
            if entry & OTHER != 0 {
                let ended = entry & END != 0 && self.take(bits, input).is_some();
                self.state = State::Header;
                return if ended { Ok(()) } else { Err(Stop::Fault) };
            }
            let length = value_of(entry, self.take(bits, input).ok_or(Stop::Fault)?);
            self.fill(input);
            let entry = self.distances.look(self.buffer);
            if entry & OTHER != 0 {
                return Err(Stop::Fault);
            }
            let distance = value_of(entry, self.take(entry & BITS, input).ok_or(Stop::Fault)?);
            if !copy(out, *at, distance, length) {
                return Err(Stop::Fault);
            }
            *at += length;
        }
    }
}

/// Writes one literal, or two.
#[inline(always)]
fn put(out: &mut [u8], at: &mut usize, entry: u32) {
    if let Some(slot) = out.get_mut(*at..).and_then(|rest| rest.first_chunk_mut::<2>()) {
        // The second one is written over if there is none.
        *slot = [(entry >> 16) as u8, (entry >> 24) as u8];
    }
    *at += (entry >> 8 & 3) as usize;
}

/// The value of an entry with the extra bits that stand in front of `buffer`, behind the code.
#[inline(always)]
fn value(entry: u32, buffer: u64) -> usize {
    let taken = buffer & (1_u64.wrapping_shl(entry) - 1);
    (entry >> 16) as usize + (taken >> (entry >> 8 & 0x1F)) as usize
}

/// The same of bits that were taken.
fn value_of(entry: u32, taken: u32) -> usize {
    (entry >> 16) as usize + (taken >> (entry >> 8 & 0x1F)) as usize
}

/// Repeats `length` bytes that stand `distance` in front of `at`. May write up to sixteen bytes more behind them.
/// `false`: that is in front of everything.
#[inline(always)]
fn copy(out: &mut [u8], at: usize, distance: usize, length: usize) -> bool {
    if distance > at || distance == 0 {
        return false;
    }
    let (mut from, mut to, end) = (at - distance, at, at + length);
    if distance >= 16 {
        while to < end {
            let Some(chunk) = out.get(from..).and_then(|rest| rest.first_chunk::<16>()).copied() else { break };
            let Some(into) = out.get_mut(to..).and_then(|rest| rest.first_chunk_mut::<16>()) else { break };
            *into = chunk;
            (from, to) = (from + 16, to + 16);
        }
        return true;
    }
    copy_near(out, from, to, end);
    true
}

/// The same for bytes that overlap what is written.
fn copy_near(out: &mut [u8], from: usize, to: usize, end: usize) {
    let distance = to - from;
    let length = end - to;
    if distance == 1 {
        let byte = out.get(from).copied().unwrap_or_default();
        if let Some(into) = out.get_mut(to..end) {
            into.fill(byte);
        }
        return;
    }
    // The pattern once more behind itself is a pattern of twice the length.
    let mut done = 0;
    while done < length {
        let step = (distance + done).min(length - done);
        out.copy_within(from..from + step, to + done);
        done += step;
    }
}

// ---- tables --------------------------------------------------------------------------------------------------------

/// Codes by the bits they start with.
struct Table<const N: usize> {
    first: Box<[u32; N]>,
    mask: u64,
    /// What follows for codes of more bits.
    second: Vec<u32>,
    /// Whether every sequence of bits is a code.
    complete: bool,
    /// The front of the second table that was built last.
    front: usize,
}

impl<const N: usize> Table<N> {
    fn new() -> Self {
        Self { first: Box::new([INVALID; N]), mask: 0, second: Vec::new(), complete: false, front: 0 }
    }

    #[inline(always)]
    fn first(&self, buffer: u64) -> u32 {
        // The remainder tells the compiler what the mask does already.
        self.first.get((buffer & self.mask) as usize % N).copied().unwrap_or(INVALID)
    }

    #[inline(always)]
    fn second(&self, entry: u32, buffer: u64) -> u32 {
        let at = (entry >> 16) as usize + (buffer & ((1 << (entry >> 8 & 0x1F)) - 1)) as usize;
        self.second.get(at).copied().unwrap_or(INVALID)
    }

    /// The entry for a code of any length, as if there were one table: bits are those of the whole code.
    fn look(&self, buffer: u64) -> u32 {
        let entry = self.first(buffer);
        if entry & (LITERAL | OTHER | SECOND) != OTHER | SECOND {
            return entry;
        }
        let front = entry & BITS;
        match self.second(entry, buffer >> front) {
            entry if entry & LITERAL != 0 => entry + front + (front << 10),
            entry if entry & OTHER != 0 && entry & END == 0 => entry,
            entry => entry + front + (front << 8),
        }
    }

    /// Joins literals: where the bits of one leave room for those of the next, both are one entry.
    fn join_literals(&mut self) {
        let bits = self.mask.count_ones();
        // From the last one on, so that the next ones are still single.
        for at in (0..=self.mask as usize).rev() {
            let Some(first) = self.first.get(at).copied().filter(|entry| entry & LITERAL != 0) else { continue };
            let length = first & BITS;
            let second = self.first.get(at >> length).copied().unwrap_or(INVALID);
            if second & LITERAL != 0
                && length + (second & BITS) <= bits
                && let Some(slot) = self.first.get_mut(at)
            {
                let literals = (second >> 16 & 0xFF) << 24 | first & 0xFF_0000;
                *slot = literals | LITERAL | 2 << 8 | length << 10 | (length + (second & BITS));
            }
        }
    }

    /// Builds the table of the canonical code with these lengths (RFC 1951, 3.2.2). `meaning` gives the entry of a symbol
    /// without its bits, and how many extra bits follow its code. `None`: no such code is possible.
    fn build(&mut self, lengths: &[u8], meaning: impl Fn(usize) -> (u32, u32)) -> Option<()> {
        let mut counts = [0_u16; CODE_BITS_MAX + 1];
        for length in lengths.iter().filter(|length| **length > 0) {
            *counts.get_mut(usize::from(*length))? += 1;
        }
        // Where the symbols of each length start among all, sorted by length; and the first code of each length.
        let (mut starts, mut codes) = ([0_u16; CODE_BITS_MAX + 2], [0_u32; CODE_BITS_MAX + 2]);
        let (mut left, mut longest) = (1_u32, 0);
        for (length, count) in (0_u32..).zip(&counts).skip(1) {
            let at = length as usize;
            left = (left << 1).checked_sub(u32::from(*count))?;
            *starts.get_mut(at + 1)? = starts.get(at)? + count;
            *codes.get_mut(at + 1)? = (codes.get(at)? + u32::from(*count)) << 1;
            if *count > 0 {
                longest = length;
            }
        }
        self.complete = left == 0;
        // No code at all, or one of a single bit, is allowed: nothing else may use it.
        if !self.complete && longest > 1 {
            return None;
        }
        let mut sorted = [0_u16; 320];
        for (symbol, length) in (0_u16..).zip(lengths).filter(|(_, length)| **length > 0) {
            let start = starts.get_mut(usize::from(*length))?;
            *sorted.get_mut(usize::from(*start))? = symbol;
            *start += 1;
        }
        let bits = longest.min(N.trailing_zeros()).max(1);
        self.mask = (1 << bits) - 1;
        let mask = self.mask as usize;
        self.second.clear();
        if !self.complete {
            self.first.get_mut(..=mask)?.fill(INVALID);
        }
        let second_bits = longest - bits;
        let mut sorted = sorted.iter().map(|symbol| usize::from(*symbol));
        for (length, count) in (0_u32..).zip(&counts).skip(1) {
            let first = *codes.get(length as usize)?;
            for (code, symbol) in (first..first + u32::from(*count)).zip(sorted.by_ref()) {
                let reversed = (code.reverse_bits() >> (32 - length)) as usize;
                if length <= bits {
                    let places = self.first.get_mut(reversed..=mask)?.iter_mut();
                    let entry = entry(meaning(symbol), length);
                    places.step_by(1 << length).for_each(|place| *place = entry);
                    continue;
                }
                let front = self.first.get_mut(reversed & mask)?;
                // Codes of one front follow each other.
                if reversed & mask != self.front || self.second.is_empty() {
                    self.front = reversed & mask;
                    let start = u32::try_from(self.second.len()).ok()?;
                    *front = OTHER | SECOND | start << 16 | second_bits << 8 | bits;
                    self.second.resize(self.second.len() + (1 << second_bits), INVALID);
                }
                let start = (*front >> 16) as usize;
                let places = self.second.get_mut(start + (reversed >> bits)..start + (1 << second_bits))?.iter_mut();
                let entry = entry(meaning(symbol), length - bits);
                places.step_by(1 << (length - bits)).for_each(|place| *place = entry);
            }
        }
        Some(())
    }
}

/// The entry of a symbol whose code has this many bits (in its table).
fn entry((base, extra): (u32, u32), length: u32) -> u32 {
    match base {
        INVALID => INVALID,
        _ if base & LITERAL != 0 => base | 1 << 8 | length << 10 | length,
        _ => base | length << 8 | (length + extra),
    }
}

/// The meaning of a symbol of literals and lengths (RFC 1951, 3.2.5).
fn literal(symbol: usize) -> (u32, u32) {
    match u32::try_from(symbol).unwrap_or(u32::MAX) {
        byte @ 0..=255 => (LITERAL | byte << 16, 0),
        256 => (OTHER | END, 0),
        symbol @ 257..=264 => ((symbol - 254) << 16, 0),
        symbol @ 265..=284 => {
            let extra = (symbol - 261) / 4;
            (((4 + (symbol - 261) % 4 << extra) + 3) << 16, extra)
        }
        285 => (258 << 16, 0),
        _ => (INVALID, 0),
    }
}

/// The meaning of a symbol of distances.
fn distance(symbol: usize) -> (u32, u32) {
    match u32::try_from(symbol).unwrap_or(u32::MAX) {
        symbol @ 0..=3 => ((symbol + 1) << 16, 0),
        symbol @ 4..=29 => {
            let extra = symbol / 2 - 1;
            (((2 + symbol % 2 << extra) + 1) << 16, extra)
        }
        _ => (INVALID, 0),
    }
}
