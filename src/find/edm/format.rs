//! The file: what stands where, and the hashes in it. All numbers are little-endian unless said otherwise.
//!
//! ```text
//! head       8 magic, 4 version, 4 zero, 32 salt, 16 check of the key
//! rows       4 bytes a secondary column, row by row in the order of a keyed hash of the row
//! primaries  13 bytes each, sorted: 8 hash (big-endian), 4 row (big-endian), 1 column
//! filter     blocks of 64 bytes
//! meta       JSON: settings and counts
//! tail       lengths of values (2 x 48), primaries 8, rows 4, secondary columns 4, blocks 4, bytes of meta 4
//! tag        HMAC-SHA-256 of all before
//! ```

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use siphasher::sip::SipHasher24;

use super::{Counts, Settings};
use crate::find::Key;
use crate::find::token;

pub(super) const MAGIC: [u8; 8] = *b"frisk-ed";
pub(super) const VERSION: u32 = 1;
pub(super) const SALT_BYTES: usize = 32;
const CHECK_BYTES: usize = 16;
pub(super) const HEAD_BYTES: usize = 16 + SALT_BYTES + CHECK_BYTES;
pub(super) const PRIMARY_BYTES: usize = 13;
pub(super) const BLOCK_BYTES: usize = 64;
pub(super) const TAIL_BYTES: usize = 2 * Lengths::BYTES + 24;
pub(super) const TAG_BYTES: usize = 32;
/// Rows have numbers of 32 bits.
pub(super) const ROWS_MAX: u64 = u32::MAX as u64;
/// Probes of the filter: with twelve bits a value about 1 text word in 200 is looked up in vain.
const PROBES: u32 = 6;

/// Settings and counts as the file has them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meta {
    pub(super) settings: Settings,
    pub(super) counts: Counts,
}

/// Every hash of an index. All are keyed: nobody without the key can try a value out, not even against the filter.
#[derive(Clone)]
pub(super) struct Hashes {
    primary: Hmac<Sha256>,
    secondary: Hmac<Sha256>,
    row: Hmac<Sha256>,
    filter: SipHasher24,
    bound: SipHasher24,
}

impl Hashes {
    pub(super) fn new(key: &Key, salt: &[u8]) -> Option<Self> {
        Some(Self {
            primary: key.mac("edm primary", salt)?,
            secondary: key.mac("edm secondary", salt)?,
            row: key.mac("edm row", salt)?,
            filter: SipHasher24::new_with_key(&key.short("edm filter", salt)),
            bound: SipHasher24::new_with_key(&key.short("edm bound", salt)),
        })
    }

    /// 64 bits of the HMAC of a primary value, never 0.
    pub(super) fn primary(&self, spelling: &[u8]) -> u64 {
        truncated(self.primary.clone(), spelling)
    }

    /// 64 bits of the HMAC of a secondary value, never 0. Not stored: [`Hashes::bound`] is.
    pub(super) fn secondary(&self, spelling: &[u8]) -> u64 {
        truncated(self.secondary.clone(), spelling)
    }

    /// The hash that makes rows with the same values neighbours, over fields written with their lengths.
    pub(super) fn row(&self, fields: &[u8]) -> [u8; 16] {
        let mac = self.row.clone().chain_update(fields).finalize().into_bytes();
        mac.first_chunk::<16>().copied().unwrap_or_default()
    }

    /// The hash of a value for the filter.
    pub(super) fn filter(&self, spelling: &[u8]) -> u64 {
        self.filter.hash(spelling)
    }

    /// A secondary value as it stands in the file: bound to row and column, so that the same name in two rows looks
    /// different and nobody can count how often it is there. `None` is a blank, which looks like any other.
    pub(super) fn bound(&self, row: u32, column: usize, secondary: Option<u64>) -> u32 {
        let mut block = [0; 16];
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        let parts = row.to_le_bytes().into_iter().chain(column.to_le_bytes());
        let value = secondary.unwrap_or(0).to_le_bytes();
        block.iter_mut().zip(parts.chain(value)).for_each(|(to, from)| *to = from);
        u32::try_from(self.bound.hash(&block) >> 32).unwrap_or(0)
    }
}

fn truncated(mac: Hmac<Sha256>, spelling: &[u8]) -> u64 {
    let code = mac.chain_update(spelling).finalize().into_bytes();
    code.first_chunk::<8>().map_or(1, |bytes| u64::from_be_bytes(*bytes).max(1))
}

/// The first bytes of a file.
pub(super) fn head(key: &Key, salt: &[u8; SALT_BYTES]) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    head.extend_from_slice(&MAGIC);
    head.extend_from_slice(&VERSION.to_le_bytes());
    head.extend_from_slice(&[0; 4]);
    head.extend_from_slice(salt);
    head.extend_from_slice(&key.short("edm check", salt));
    head
}

/// The HMAC that ends a file.
pub(super) fn tag(key: &Key, salt: &[u8]) -> Option<Hmac<Sha256>> {
    key.mac("edm tag", salt)
}

/// Which lengths values have, by the class of their characters: what has another length need not be looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lengths([u128; 3]);

impl Lengths {
    pub(super) const BYTES: usize = 48;

    pub(super) fn add(&mut self, spelling: &[u8]) {
        if let Some(bits) = self.0.get_mut(usize::from(token::class(spelling)).wrapping_sub(1)) {
            *bits |= bit(spelling.len());
        }
    }

    /// Whether a value of this class and length is there.
    pub(super) fn has(&self, class: u8, length: usize) -> bool {
        self.0.get(usize::from(class).wrapping_sub(1)).is_some_and(|bits| bits & bit(length) != 0)
    }

    /// The greatest length of any class.
    #[allow(clippy::arithmetic_side_effects, reason = "a number of 128 bits has at most 128 zeros in front")]
    pub(super) fn most(&self) -> usize {
        let all = self.0.iter().fold(0, |all, bits| all | bits);
        usize::try_from(128 - all.leading_zeros()).unwrap_or(0).saturating_sub(1)
    }

    pub(super) fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.iter().flat_map(|bits| bits.to_le_bytes())
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut lengths = Self::default();
        for (bits, chunk) in lengths.0.iter_mut().zip(bytes.chunks(16)) {
            *bits = u128::from_le_bytes(*chunk.first_chunk()?);
        }
        Some(lengths)
    }
}

fn bit(length: usize) -> u128 {
    u32::try_from(length).ok().and_then(|n| 1_u128.checked_shl(n)).unwrap_or(0)
}

/// Blocks of a filter for so many values: twelve bits each.
pub(super) fn blocks(values: u64) -> u32 {
    u32::try_from((values.saturating_mul(12) / 512).saturating_add(1)).unwrap_or(u32::MAX)
}

/// The block and the bits in it that a value sets.
pub(super) fn probes(hash: u64, blocks: u32) -> (usize, [u16; PROBES as usize]) {
    let block = (hash >> 32).wrapping_mul(u64::from(blocks)) >> 32;
    // The upper half chose the block; multiplying spreads what is left over all bits.
    let spread = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut bits = [0; PROBES as usize];
    for (bit, shift) in bits.iter_mut().zip((0..).step_by(9)) {
        *bit = u16::try_from(spread.wrapping_shr(shift) & 511).unwrap_or(0);
    }
    (usize::try_from(block).unwrap_or(0), bits)
}

/// Where a bit of a block is.
pub(super) fn place(block: usize, bit: u16) -> (usize, u8) {
    (block.saturating_mul(BLOCK_BYTES).saturating_add(usize::from(bit / 8)), 1 << (bit % 8))
}

/// A filter in memory, while a file is made.
pub(super) struct Filter {
    bytes: Vec<u8>,
    blocks: u32,
}

impl Filter {
    pub(super) fn new(values: u64) -> Self {
        let blocks = blocks(values);
        Self { bytes: vec![0; usize::try_from(blocks).unwrap_or(0).saturating_mul(BLOCK_BYTES)], blocks }
    }

    pub(super) fn add(&mut self, hash: u64) {
        let (block, bits) = probes(hash, self.blocks);
        for bit in bits {
            let (at, mask) = place(block, bit);
            if let Some(byte) = self.bytes.get_mut(at) {
                *byte |= mask;
            }
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn blocks(&self) -> u32 {
        self.blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_looks_different_in_every_row_column_and_file() {
        let key = Key::new(&[7; 32]).unwrap();
        let hashes = Hashes::new(&key, &[1; 32]).unwrap();
        let other = Hashes::new(&key, &[2; 32]).unwrap();
        let smith = hashes.secondary(b"smith");
        assert_ne!(smith, other.secondary(b"smith"));
        assert_ne!(smith, hashes.primary(b"smith"));
        let stored = [(1, 0), (2, 0), (1, 1)].map(|(row, column)| hashes.bound(row, column, Some(smith)));
        assert!(stored[0] != stored[1] && stored[0] != stored[2]);
        assert_ne!(hashes.bound(1, 0, None), hashes.bound(2, 0, None), "blanks cannot be told either");
    }

    #[test]
    fn lengths_by_class() {
        let mut lengths = Lengths::default();
        lengths.add(b"123456789");
        lengths.add(b"smith");
        lengths.add(&[b'x'; 127]);
        assert!(
            lengths.has(1, 9) && lengths.has(2, 5) && !lengths.has(2, 9) && !lengths.has(3, 5) && !lengths.has(0, 9)
        );
        assert_eq!(lengths.most(), 127);
        assert!(!lengths.has(2, 128) && !lengths.has(2, usize::MAX));
        let bytes: Vec<u8> = lengths.bytes().collect();
        assert_eq!((bytes.len(), Lengths::read(&bytes)), (Lengths::BYTES, Some(lengths)));
        assert_eq!(Lengths::default().most(), 0);
    }

    #[test]
    fn the_filter_has_what_was_added_and_little_else() {
        let hashes = Hashes::new(&Key::new(&[7; 32]).unwrap(), &[1; 32]).unwrap();
        let mut filter = Filter::new(20_000);
        let hash = |n: u32| hashes.filter(format!("{n:09}").as_bytes());
        (0..20_000).for_each(|n| filter.add(hash(n)));
        let has = |n: u32| {
            let (block, bits) = probes(hash(n), filter.blocks());
            bits.iter().map(|bit| place(block, *bit)).all(|(at, mask)| filter.bytes()[at] & mask != 0)
        };
        assert!((0..20_000).all(has));
        let wrong = (20_000..120_000).filter(|n| has(*n)).count();
        assert!(wrong < 1500, "{wrong} of 100,000");
    }
}
