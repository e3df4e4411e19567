//! An index that was built: opened, checked whole, asked.

use std::fmt;
use std::ops::Range;

use hmac::Mac;
use sha2::{Digest, Sha256};

use super::format::{
    self, BLOCK_BYTES, HEAD_BYTES, Hashes, Lengths, MAGIC, Meta, PRIMARY_BYTES, TAG_BYTES, TAIL_BYTES,
};
use super::{Counts, Error, SHARED_ROWS_MAX, Settings};
use crate::find::Key;

/// An index of exact data, ready to find.
pub struct EdmIndex {
    bytes: Box<dyn AsRef<[u8]> + Send + Sync>,
    pub(super) hashes: Hashes,
    pub(super) settings: Settings,
    counts: Counts,
    pub(super) primary_lengths: Lengths,
    pub(super) secondary_lengths: Lengths,
    primaries: Range<usize>,
    rows: Range<usize>,
    filter: Range<usize>,
    blocks: u32,
    secondaries: usize,
    id: [u8; 32],
}

/// What the tail of a file says.
struct Tail {
    primary_lengths: Lengths,
    secondary_lengths: Lengths,
    primaries: u64,
    rows: u32,
    secondaries: u32,
    blocks: u32,
    meta: u32,
}

impl EdmIndex {
    /// Opens an index: bytes in memory, or a map of a file. All of it is read once and must carry the tag that the key
    /// gives: an index that opens is whole.
    ///
    /// # Errors
    /// Not an index, another version, another key, or damaged.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static, key: &Key) -> Result<Self, Error> {
        let all = bytes.as_ref();
        let head = all.get(..HEAD_BYTES).ok_or_else(|| match all.starts_with(&MAGIC) {
            true => Error::Damaged("it ends too early"),
            false => Error::Foreign,
        })?;
        if !head.starts_with(&MAGIC) {
            return Err(Error::Foreign);
        }
        match number(head, 8) {
            Some(format::VERSION) => {}
            version => return Err(Error::Version(version.unwrap_or(0))),
        }
        let salt = head.get(16..16 + format::SALT_BYTES).and_then(<[u8]>::first_chunk);
        let salt: &[u8; format::SALT_BYTES] = salt.ok_or(Error::Damaged("it ends too early"))?;
        if head != format::head(key, salt) {
            return Err(Error::Key);
        }
        let (body, tag) = all.split_last_chunk::<TAG_BYTES>().ok_or(Error::Damaged("it ends too early"))?;
        let expected = format::tag(key, salt).ok_or(Error::Key)?.chain_update(body);
        expected.verify_slice(tag).map_err(|_| Error::Damaged("it was cut off or changed"))?;
        let id = Sha256::new().chain_update(head).chain_update(tag).finalize().into();
        let hashes = Hashes::new(key, salt).ok_or(Error::Key)?;
        Self::parse(Box::new(bytes), hashes, id)
    }

    /// Opens what the tag speaks for. Offsets and counts are checked all the same.
    fn parse(bytes: Box<dyn AsRef<[u8]> + Send + Sync>, hashes: Hashes, id: [u8; 32]) -> Result<Self, Error> {
        let wrong = || Error::Damaged("its parts do not fit together");
        let all = (*bytes).as_ref();
        let tail_at = all.len().checked_sub(TAG_BYTES + TAIL_BYTES).ok_or_else(wrong)?;
        let tail = all.get(tail_at..).and_then(Tail::read).ok_or_else(wrong)?;
        let secondaries = usize::try_from(tail.secondaries).map_err(|_| wrong())?;
        let size = |count: u64, each: usize| usize::try_from(count).ok().and_then(|n| n.checked_mul(each));
        let sizes = [
            size(u64::from(tail.rows), secondaries.checked_mul(4).ok_or_else(wrong)?),
            size(tail.primaries, PRIMARY_BYTES),
            size(u64::from(tail.blocks), BLOCK_BYTES),
            size(u64::from(tail.meta), 1),
        ];
        let mut at = HEAD_BYTES;
        let mut parts = sizes.into_iter().map(|size| {
            let start = at;
            at = start.checked_add(size?).filter(|end| *end <= tail_at)?;
            Some(start..at)
        });
        let mut part = || parts.next().flatten().ok_or_else(wrong);
        let (rows, primaries, filter, meta) = (part()?, part()?, part()?, part()?);
        if meta.end != tail_at {
            return Err(wrong());
        }
        let meta = all.get(meta).unwrap_or_default();
        let Meta { settings, counts } =
            serde_json::from_slice(meta).map_err(|_| Error::Damaged("its description cannot be read"))?;
        if settings.check().is_err() || settings.secondaries() != secondaries {
            return Err(wrong());
        }
        Ok(Self {
            hashes,
            settings,
            counts,
            primary_lengths: tail.primary_lengths,
            secondary_lengths: tail.secondary_lengths,
            primaries,
            rows,
            filter,
            blocks: tail.blocks,
            secondaries,
            id,
            bytes,
        })
    }

    /// Asks for another number of secondary values than the index was built with. More than there are columns is the
    /// number of columns.
    pub fn with_secondary_min(mut self, least: usize) -> Self {
        self.settings.secondary_min = least.min(self.secondaries);
        self
    }

    /// What it was built with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What became of the rows it was built of.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Bytes of its parts: rows, primary values, filter.
    pub fn sizes(&self) -> [usize; 3] {
        [self.rows.len(), self.primaries.len(), self.filter.len()]
    }

    /// Identifies its content and settings.
    pub(super) fn digest(&self) -> [u8; 32] {
        let settings = serde_json::to_vec(&self.settings).unwrap_or_default();
        Sha256::new().chain_update(self.id).chain_update(settings).finalize().into()
    }

    fn part(&self, part: &Range<usize>) -> &[u8] {
        (*self.bytes).as_ref().get(part.clone()).unwrap_or_default()
    }

    /// Whether a value with this hash may be among the primary ones.
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let filter = self.part(&self.filter);
        let (block, bits) = format::probes(hash, self.blocks);
        bits.iter().all(|bit| {
            let (at, mask) = format::place(block, *bit);
            filter.get(at).is_some_and(|byte| byte & mask != 0)
        })
    }

    /// Rows with this primary value, each with the primary column it stands in; [`SHARED_ROWS_MAX`] at most.
    #[allow(clippy::arithmetic_side_effects, reason = "halfway between two positions")]
    pub(super) fn rows_of(&self, hash: u64) -> impl Iterator<Item = (u32, usize)> {
        let part = self.part(&self.primaries);
        let entry = move |i: usize| {
            let entry = part.get(i.checked_mul(PRIMARY_BYTES)?..)?;
            let (hash, rest) = entry.split_first_chunk::<8>()?;
            let (row, rest) = rest.split_first_chunk::<4>()?;
            Some((u64::from_be_bytes(*hash), u32::from_be_bytes(*row), usize::from(*rest.first()?)))
        };
        let (mut low, mut high) = (0, part.len() / PRIMARY_BYTES);
        while low < high {
            let middle = low + (high - low) / 2;
            if entry(middle).is_some_and(|(h, ..)| h < hash) { low = middle + 1 } else { high = middle }
        }
        let same = (low..).map_while(entry).take_while(move |(h, ..)| *h == hash);
        same.take(SHARED_ROWS_MAX).map(|(_, row, column)| (row, column))
    }

    /// Whether `row` has the value with this hash in the secondary column `column`.
    pub(super) fn has(&self, row: u32, column: usize, value: u64) -> bool {
        let at = usize::try_from(row).ok().and_then(|row| row.checked_mul(self.secondaries)?.checked_add(column));
        let stored = at.and_then(|at| number(self.part(&self.rows), at.checked_mul(4)?));
        stored == Some(self.hashes.bound(row, column, Some(value)))
    }
}

impl fmt::Debug for EdmIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EdmIndex")
            .field("name", &self.settings.name)
            .field("rows", &self.counts.kept)
            .finish_non_exhaustive()
    }
}

impl Tail {
    fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.get(2 * Lengths::BYTES..)?;
        Some(Self {
            primary_lengths: Lengths::read(bytes.get(..Lengths::BYTES)?)?,
            secondary_lengths: Lengths::read(bytes.get(Lengths::BYTES..2 * Lengths::BYTES)?)?,
            primaries: u64::from_le_bytes(*rest.first_chunk()?),
            rows: number(rest, 8)?,
            secondaries: number(rest, 12)?,
            blocks: number(rest, 16)?,
            meta: number(rest, 20)?,
        })
    }
}

/// The number of 32 bits at `at`.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::super::{Column, build};
    use super::*;

    fn settings() -> Settings {
        let columns = vec![Column::primary("ssn"), Column::secondary("last_name"), Column::secondary("dob")];
        Settings::new("staff", columns)
    }

    fn key() -> Key {
        Key::new(b"a key of many bytes, not guessed").unwrap()
    }

    fn made() -> Vec<u8> {
        let rows =
            (0..50_u32).map(|n| [format!("{n:03}-12-{:04}", n * 7), format!("Name{n}"), format!("1980-01-{n:02}")]);
        let rows: Vec<_> = rows.collect();
        build(settings(), &key(), [5; 32], rows.iter().map(|r| r.iter().map(String::as_str))).unwrap().0
    }

    #[test]
    fn an_index_gives_its_rows_back() {
        let index = EdmIndex::open(made(), &key()).unwrap();
        assert_eq!((index.counts().read, index.counts().kept), (50, 50));
        let rows: Vec<_> = index.rows_of(index.hashes.primary(b"007120049")).collect();
        assert_eq!(rows.len(), 1);
        let value = |spelling: &str| index.hashes.secondary(spelling.as_bytes());
        assert!(index.has(rows[0].0, 0, value("name7")) && index.has(rows[0].0, 1, value("19800107")));
        assert!(!index.has(rows[0].0, 1, value("name7")) && !index.has(rows[0].0, 0, value("name8")));
        assert!(!index.has(u32::MAX, usize::MAX, 1));
        assert!(index.may_have(index.hashes.filter(b"007120049")));
        assert_eq!(index.rows_of(index.hashes.primary(b"007120050")).count(), 0);
    }

    #[test]
    fn no_value_is_in_the_file() {
        let bytes = made();
        for clear in ["Name", "name7", "1980", "007", "0071", "12-0049"] {
            assert!(memchr::memmem::find(&bytes, clear.as_bytes()).is_none(), "{clear}");
        }
        assert!(memchr::memmem::find(&bytes, b"last_name").is_some(), "names of columns are kept");
    }

    #[test]
    fn another_key_and_other_files_are_told() {
        let other = Key::new(&[9; 32]).unwrap();
        assert!(matches!(EdmIndex::open(made(), &other), Err(Error::Key)));
        assert!(matches!(EdmIndex::open(b"%PDF-1.7".to_vec(), &key()), Err(Error::Foreign)));
        let mut newer = made();
        newer[8] = 9;
        assert!(matches!(EdmIndex::open(newer, &key()), Err(Error::Version(9))));
    }

    #[test]
    fn a_file_that_was_cut_off_or_changed_does_not_open() {
        let bytes = made();
        for length in (0..bytes.len()).step_by(7) {
            assert!(EdmIndex::open(bytes[..length].to_vec(), &key()).is_err(), "{length}");
        }
        for at in (0..bytes.len()).step_by(5) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(EdmIndex::open(changed, &key()).is_err(), "{at}");
        }
    }

    /// The tag keeps changed files out; whoever has the key can still write any file, and it must not hurt.
    #[test]
    fn changed_files_under_a_right_tag_do_no_harm() {
        let bytes = made();
        let hashes = Hashes::new(&key(), &[5; 32]).unwrap();
        let tail = bytes.len() - TAG_BYTES - TAIL_BYTES;
        let places = (HEAD_BYTES..tail).step_by(11).chain(tail..bytes.len() - TAG_BYTES);
        let mut opened = 0;
        for at in places {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] = value;
                let Ok(index) = EdmIndex::parse(Box::new(changed), hashes.clone(), [0; 32]) else { continue };
                opened += 1;
                for (row, _) in index.rows_of(index.hashes.primary(b"007120049")) {
                    index.has(row, 0, 7);
                }
                index.may_have(u64::MAX);
            }
        }
        assert!(opened > 100);
        for length in 0..HEAD_BYTES + TAIL_BYTES + TAG_BYTES {
            assert!(EdmIndex::parse(Box::new(bytes[..length].to_vec()), hashes.clone(), [0; 32]).is_err());
        }
    }
}
