//! From rows to an index, in three steps between which the caller sorts.
#![allow(clippy::arithmetic_side_effects, reason = "rows and columns are held against limits, and counted in 64 bits")]

use std::io::{self, Write};

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::date::{DateOrder, Day, day_of};
use super::format::{self, BLOCK_BYTES, Filter, Hashes, Lengths, Meta, ROWS_MAX, SALT_BYTES};
use super::{Counts, Error, SECONDARY_CHARS_MIN, SHARED_ROWS_MAX, Settings, VALUE_BYTES_MAX};
use crate::find::Key;
use crate::find::token::{Tokens, WORDS_MAX};

/// Bytes of the hash of a row, which records begin with.
const ROW_HASH_BYTES: usize = 16;
/// Bytes of a primary value between the second step and the third: as in the file, and its hash for the filter.
const PRIMARY_RECORD_BYTES: usize = format::PRIMARY_BYTES + 8;

/// What a row was good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the record.
    Kept,
    /// Every primary value is blank.
    Blank,
    /// Every primary value that is there is too short to be sure.
    Short,
    /// Every primary value that is there is too long, or has too many words.
    Long,
}

/// First step: makes a record of fixed length of every row. Records hold keyed hashes alone.
pub struct Encoder {
    settings: Settings,
    key: Key,
    salt: [u8; SALT_BYTES],
    hashes: Hashes,
    primary_lengths: Lengths,
    secondary_lengths: Lengths,
    counts: Counts,
    spelling: Vec<u8>,
    fields: Vec<u8>,
}

impl Encoder {
    /// Starts an index. `salt` is random and used for no other index.
    ///
    /// # Errors
    /// Settings that cannot work.
    pub fn new(settings: Settings, key: &Key, salt: [u8; 32]) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self {
            hashes: Hashes::new(key, &salt).ok_or(Error::Key)?,
            settings,
            key: key.clone(),
            salt,
            primary_lengths: Lengths::default(),
            secondary_lengths: Lengths::default(),
            counts: Counts::default(),
            spelling: Vec::new(),
            fields: Vec::new(),
        })
    }

    /// Bytes of every record.
    pub fn record_bytes(&self) -> usize {
        ROW_HASH_BYTES + 16 * self.settings.primaries() + 8 * self.settings.secondaries()
    }

    /// What became of the rows so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Writes the record of a row into `record`, unless the outcome is another than [`Outcome::Kept`]. Fields stand in
    /// the order of the settings' columns; missing ones are blank.
    pub fn row<'f>(&mut self, fields: impl IntoIterator<Item = &'f str>, record: &mut Vec<u8>) -> Outcome {
        self.counts.read += 1;
        self.fields.clear();
        record.clear();
        record.resize(ROW_HASH_BYTES, 0);
        let mut secondaries = Vec::with_capacity(8 * self.settings.secondaries());
        let (mut usable, mut short, mut long) = (false, false, false);
        let mut fields = fields.into_iter();
        for i in 0..self.settings.columns.len() {
            let column = self.settings.columns.get(i);
            let (primary, date) = column.map_or((false, None), |c| (c.primary, c.date));
            let words = spell(fields.next().unwrap_or_default(), date, &mut self.spelling);
            let spelling = self.spelling.as_slice();
            let chars = weight(spelling);
            self.fields.extend_from_slice(&u64::try_from(spelling.len()).unwrap_or(0).to_le_bytes());
            self.fields.extend_from_slice(spelling);
            let is_long = words.is_none_or(|n| n > WORDS_MAX) || spelling.len() > VALUE_BYTES_MAX;
            let least = if primary { self.settings.primary_chars_min } else { SECONDARY_CHARS_MIN };
            let is_short = chars < least;
            let fits = !spelling.is_empty() && !is_long && !is_short;
            if primary {
                short |= !spelling.is_empty() && is_short;
                long |= is_long;
                usable |= fits;
                let (hash, filter) =
                    if fits { (self.hashes.primary(spelling), self.hashes.filter(spelling)) } else { (0, 0) };
                record.extend_from_slice(&hash.to_be_bytes());
                record.extend_from_slice(&filter.to_le_bytes());
            } else {
                self.counts.secondary_unused += u64::from(!fits && !spelling.is_empty());
                let hash = if fits { self.hashes.secondary(spelling) } else { 0 };
                secondaries.extend_from_slice(&hash.to_le_bytes());
            }
            if fits {
                let lengths = if primary { &mut self.primary_lengths } else { &mut self.secondary_lengths };
                lengths.add(spelling);
            }
        }
        record.extend_from_slice(&secondaries);
        let hash = self.hashes.row(&self.fields);
        record.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        let (outcome, count) = match (usable, short, long) {
            (true, ..) => return Outcome::Kept,
            (_, true, _) => (Outcome::Short, &mut self.counts.short),
            (_, _, true) => (Outcome::Long, &mut self.counts.long),
            _ => (Outcome::Blank, &mut self.counts.blank),
        };
        *count += 1;
        outcome
    }

    /// Second step: the records come back sorted by their bytes.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn rows<W: Write>(self, out: W) -> Result<RowWriter<W>, Error> {
        let mac = format::tag(&self.key, &self.salt).ok_or(Error::Key)?;
        let mut out = Tagged { out, mac };
        out.write_all(&format::head(&self.key, &self.salt))?;
        Ok(RowWriter { encoder: self, out, last: None, rows: 0, primaries: 0 })
    }
}

/// Spells a value; gives its number of words, or `None` when no text can have it as one value.
fn spell(value: &str, date: Option<DateOrder>, spelling: &mut Vec<u8>) -> Option<usize> {
    let value = value.trim();
    // Databases write a time behind a day.
    let day = value.split(['T', ' ']).next().unwrap_or_default();
    for text in [day, value] {
        if let Some(day) = date.and_then(|order| day_in(text, order, spelling)) {
            spelling.clear();
            spelling.extend_from_slice(&day);
            return Some(1);
        }
    }
    spelling.clear();
    let mut tokens = Tokens::new(value, 0);
    let (mut words, mut joined) = (0, true);
    while let Some(token) = tokens.next(spelling) {
        joined &= words == 0 || token.joins;
        words += 1;
    }
    joined.then_some(words)
}

/// The day that a value is, if it is one and nothing else.
fn day_in(value: &str, order: DateOrder, spelling: &mut Vec<u8>) -> Option<Day> {
    spelling.clear();
    let mut tokens = Tokens::new(value, 0);
    let words = [tokens.next(spelling)?, tokens.next(spelling)?, tokens.next(spelling)?];
    if tokens.next(spelling).is_some() {
        return None;
    }
    day_of(words.map(|word| spelling.get(word.from..word.to).unwrap_or_default()), order)
}

/// Characters of a spelling. Those of scripts without blanks, three bytes and more, say as much as two letters.
fn weight(spelling: &[u8]) -> usize {
    let chars = |b: &u8| match b {
        0x80..0xC0 => 0,
        0xE0.. => 2,
        _ => 1,
    };
    spelling.iter().map(chars).sum()
}

/// Second step: writes rows, and gives their primary values.
pub struct RowWriter<W> {
    encoder: Encoder,
    out: Tagged<W>,
    last: Option<[u8; ROW_HASH_BYTES]>,
    rows: u32,
    primaries: u64,
}

impl<W: Write> RowWriter<W> {
    /// Bytes of every record given on.
    pub fn record_bytes(&self) -> usize {
        PRIMARY_RECORD_BYTES
    }

    /// Takes the next record and gives a record for each of its primary values to `give`. A row that was there already
    /// is counted and left out.
    ///
    /// # Errors
    /// Too many rows; the output cannot be written; whatever `give` says.
    pub fn row(&mut self, record: &[u8], give: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<(), Error> {
        let Some((hash, rest)) = record.split_first_chunk::<ROW_HASH_BYTES>() else {
            return Err(Error::Damaged("a record is too short"));
        };
        if self.last == Some(*hash) {
            self.encoder.counts.duplicate += 1;
            return Ok(());
        }
        self.last = Some(*hash);
        if u64::from(self.rows) >= ROWS_MAX {
            return Err(Error::TooLarge);
        }
        let primaries = self.encoder.settings.primaries();
        for (column, chunk) in rest.chunks_exact(16).take(primaries).enumerate() {
            let Some((hash, filter)) = chunk.split_first_chunk::<8>() else { continue };
            if *hash == [0; 8] {
                continue;
            }
            let mut out = Vec::with_capacity(PRIMARY_RECORD_BYTES);
            out.extend_from_slice(hash);
            out.extend_from_slice(&self.rows.to_be_bytes());
            out.push(u8::try_from(column).unwrap_or(u8::MAX));
            out.extend_from_slice(filter);
            give(&out)?;
            self.primaries += 1;
        }
        let secondaries = rest.get(16 * primaries..).unwrap_or_default();
        for (column, chunk) in secondaries.chunks_exact(8).enumerate() {
            let value = chunk.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            let value = Some(value).filter(|v| *v != 0);
            let stored = self.encoder.hashes.bound(self.rows, column, value);
            self.out.write_all(&stored.to_le_bytes())?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Third step: what was given comes back sorted by its bytes.
    pub fn primaries(self) -> PrimaryWriter<W> {
        let filter = Filter::new(self.primaries);
        PrimaryWriter { filter, rows: self, last: [0; 8], same: 0, written: 0 }
    }
}

/// Third step: writes primary values and the rest of the file. Needs a byte and a half of memory for each.
pub struct PrimaryWriter<W> {
    rows: RowWriter<W>,
    filter: Filter,
    last: [u8; 8],
    same: usize,
    written: u64,
}

impl<W: Write> PrimaryWriter<W> {
    /// Takes the next record.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn primary(&mut self, record: &[u8]) -> Result<(), Error> {
        let parts = record.split_at_checked(format::PRIMARY_BYTES);
        let parts = parts.and_then(|(stored, filter)| Some((stored, stored.first_chunk()?, filter.first_chunk()?)));
        let Some((stored, hash, filter)) = parts else {
            return Err(Error::Damaged("a record is too short"));
        };
        self.same = if self.last == *hash { self.same + 1 } else { 1 };
        self.last = *hash;
        self.rows.encoder.counts.shared += u64::from(self.same == SHARED_ROWS_MAX + 1);
        self.filter.add(u64::from_le_bytes(*filter));
        self.rows.out.write_all(stored)?;
        self.written += 1;
        Ok(())
    }

    /// Ends the file; gives the output back, and what became of the rows.
    ///
    /// # Errors
    /// The output cannot be written; a primary value did not come back.
    pub fn finish(self) -> Result<(W, Counts), Error> {
        let RowWriter { encoder, mut out, rows, primaries, .. } = self.rows;
        if self.written != primaries {
            return Err(Error::Damaged("the records of the third step are not those of the second"));
        }
        let counts = Counts { kept: u64::from(rows), ..encoder.counts };
        let secondaries = u32::try_from(encoder.settings.secondaries()).unwrap_or(0);
        let meta = Meta { settings: encoder.settings, counts };
        let json = serde_json::to_vec(&meta).map_err(io::Error::other)?;
        debug_assert_eq!(self.filter.bytes().len() % BLOCK_BYTES, 0);
        out.write_all(self.filter.bytes())?;
        out.write_all(&json)?;
        let mut tail: Vec<u8> = encoder.primary_lengths.bytes().chain(encoder.secondary_lengths.bytes()).collect();
        tail.extend_from_slice(&primaries.to_le_bytes());
        tail.extend_from_slice(&rows.to_le_bytes());
        tail.extend_from_slice(&secondaries.to_le_bytes());
        tail.extend_from_slice(&self.filter.blocks().to_le_bytes());
        tail.extend_from_slice(&u32::try_from(json.len()).map_err(io::Error::other)?.to_le_bytes());
        out.write_all(&tail)?;
        let Tagged { mut out, mac } = out;
        out.write_all(&mac.finalize().into_bytes())?;
        Ok((out, meta.counts))
    }
}

/// An output that hashes what it writes.
struct Tagged<W> {
    out: W,
    mac: Hmac<Sha256>,
}

impl<W: Write> Tagged<W> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.mac.update(bytes);
        self.out.write_all(bytes)
    }
}

/// Builds an index of rows that fit into memory.
///
/// # Errors
/// Settings that cannot work.
pub fn build<'r, R>(settings: Settings, key: &Key, salt: [u8; 32], rows: R) -> Result<(Vec<u8>, Counts), Error>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item = &'r str>,
{
    let mut encoder = Encoder::new(settings, key, salt)?;
    let (mut records, mut record) = (Vec::new(), Vec::new());
    for row in rows {
        if encoder.row(row, &mut record) == Outcome::Kept {
            records.push(record.clone());
        }
    }
    records.sort_unstable();
    let mut writer = encoder.rows(Vec::new())?;
    let mut primaries = Vec::new();
    for record in &records {
        writer.row(record, &mut |primary| {
            primaries.push(primary.to_vec());
            Ok(())
        })?;
    }
    primaries.sort_unstable();
    let mut writer = writer.primaries();
    for primary in &primaries {
        writer.primary(primary)?;
    }
    writer.finish()
}
