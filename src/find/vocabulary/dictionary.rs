//! All words of a list that a text holds, wherever they begin.
//!
//! An automaton of the twenty thousand words of the rules that ship takes longer to build than all the rest of loading
//! them; sorting them takes a tenth of that, and windows of a few hundred bytes are looked up as fast.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one text, and words of a list that are counted")]

use std::ops::Range;

/// Bytes of a word that its bucket is found by.
const KEY_BYTES: usize = 3;
/// Bits of a filter: sixteen for each key that the rules of the house have.
const FILTER_BITS: usize = 1 << 16;
/// No word.
const NONE: u32 = u32::MAX;

/// Words in the order of their bytes.
pub(super) struct Dictionary {
    /// Bytes of all words, one after the other.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// For the hash of a key, whether any word begins so.
    begins: Filter,
    /// The same for words that may begin inside another.
    inside: Filter,
    /// For the hash of a key, the entries that begin with a key of this hash: where they start in `buckets`.
    heads: Vec<u32>,
    /// Entries with one key, in the order of the keys' hashes.
    buckets: Vec<Bucket>,
    /// Words shorter than a key, which have no bucket, by their first bytes.
    small: Vec<Vec<u32>>,
}

struct Entry {
    range: Range<u32>,
    /// Place in the list the dictionary was made of.
    word: u32,
    /// The longest other entry that this one begins with.
    prefix: u32,
}

/// Entries that begin with the same key.
struct Bucket {
    key: u32,
    entries: Range<u32>,
    /// Bits of the bytes that follow the key in them; all if there is an entry without.
    next: u64,
}

/// A set of hashes.
struct Filter(Vec<u64>);

impl Filter {
    fn add(&mut self, hash: usize) {
        if let Some(block) = self.0.get_mut(hash / 64) {
            *block |= 1 << (hash % 64);
        }
    }

    fn has(&self, hash: usize) -> bool {
        self.0.get(hash / 64).is_some_and(|block| block >> (hash % 64) & 1 == 1)
    }
}

impl Dictionary {
    /// Words must differ from each other; `inside` says which may begin behind a letter or a digit.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w str>, inside: impl Fn(&str) -> bool) -> Self {
        let mut sorted: Vec<(&str, u32)> = words.zip(0..NONE).collect();
        sorted.sort_unstable();
        let empty = || Filter(vec![0; FILTER_BITS / 64]);
        let mut made = Self {
            bytes: Vec::with_capacity(sorted.iter().map(|(w, _)| w.len()).sum()),
            entries: Vec::with_capacity(sorted.len()),
            begins: empty(),
            inside: empty(),
            heads: Vec::new(),
            buckets: Vec::new(),
            small: vec![Vec::new(); 256],
        };
        // Entries that the next one may begin with: each begins with the one before.
        let mut open: Vec<(u32, &str)> = Vec::new();
        let mut by_key: Vec<(usize, Bucket)> = Vec::new();
        for (at, (text, word)) in (0..NONE).zip(&sorted) {
            open.retain(|(_, prefix)| text.starts_with(prefix));
            let start = u32::try_from(made.bytes.len()).unwrap_or(NONE);
            made.bytes.extend_from_slice(text.as_bytes());
            let end = u32::try_from(made.bytes.len()).unwrap_or(NONE);
            let prefix = open.last().map_or(NONE, |(prefix, _)| *prefix);
            made.entries.push(Entry { range: start..end, word: *word, prefix });
            open.push((at, text));
            let Some(key) = key(text.as_bytes()) else {
                let first = text.bytes().next().map(usize::from);
                if let Some(small) = first.and_then(|byte| made.small.get_mut(byte)) {
                    small.push(at);
                }
                continue;
            };
            let hash = hash(key);
            made.begins.add(hash);
            if inside(text) {
                made.inside.add(hash);
            }
            let next = text.as_bytes().get(KEY_BYTES).map_or(u64::MAX, |byte| bit(*byte));
            match by_key.last_mut() {
                Some((_, bucket)) if bucket.key == key => {
                    bucket.entries.end = at + 1;
                    bucket.next |= next;
                }
                _ => by_key.push((hash, Bucket { key, entries: at..at + 1, next })),
            }
        }
        by_key.sort_by_key(|(hash, _)| *hash);
        made.heads = vec![0; FILTER_BITS + 1];
        for (hash, _) in &by_key {
            if let Some(count) = made.heads.get_mut(hash + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for head in &mut made.heads {
            sum += *head;
            *head = sum;
        }
        made.buckets = by_key.into_iter().map(|(_, bucket)| bucket).collect();
        made
    }

    /// Calls `found` with the place of every word in `text`, and its number: in the order of where they begin. Words
    /// that may not begin inside another are told there too, now and then.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(Range<usize>, u32)) {
        let mut glued = false;
        for (at, byte) in text.iter().enumerate() {
            let rest = text.get(at..).unwrap_or_default();
            if let Some(key) = key(rest) {
                let filter = if glued { &self.inside } else { &self.begins };
                if filter.has(hash(key)) {
                    self.in_buckets(rest, key, &mut |length, word| found(at..at + length, word));
                }
            }
            if !glued {
                let small = self.small.get(usize::from(*byte)).map(Vec::as_slice).unwrap_or_default();
                for entry in small.iter().filter_map(|i| self.entry(*i)) {
                    let word = self.text(entry);
                    if rest.starts_with(word) {
                        found(at..at + word.len(), entry.word);
                    }
                }
            }
            glued = byte.is_ascii_alphanumeric();
        }
    }

    fn in_buckets(&self, rest: &[u8], key: u32, found: &mut impl FnMut(usize, u32)) {
        let hash = hash(key);
        let head = |i: usize| self.heads.get(i).map_or(0, |n| *n as usize);
        for bucket in self.buckets.get(head(hash)..head(hash + 1)).unwrap_or_default() {
            let next = rest.get(KEY_BYTES).map_or(u64::MAX, |byte| bit(*byte));
            if bucket.key != key || bucket.next & next == 0 {
                continue;
            }
            let range = bucket.entries.start as usize..bucket.entries.end as usize;
            let entries = self.entries.get(range).unwrap_or_default();
            // Whatever `rest` begins with is at or before its own place in the order, and a beginning of what is there.
            let after = entries.partition_point(|entry| self.text(entry) <= rest);
            let mut next = after.checked_sub(1).and_then(|i| entries.get(i));
            while let Some(entry) = next {
                let word = self.text(entry);
                if rest.starts_with(word) {
                    found(word.len(), entry.word);
                }
                next = self.entry(entry.prefix).filter(|prefix| prefix.range.len() >= KEY_BYTES);
            }
        }
    }

    fn entry(&self, at: u32) -> Option<&Entry> {
        self.entries.get(at as usize)
    }

    fn text(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.range.start as usize..entry.range.end as usize).unwrap_or_default()
    }
}

/// The bit of a byte among 64.
fn bit(byte: u8) -> u64 {
    1 << (byte % 64)
}

/// The key that `text` begins with.
fn key(text: &[u8]) -> Option<u32> {
    let [a, b, c, ..] = text else { return None };
    Some(u32::from_le_bytes([*a, *b, *c, 0]))
}

/// The hash of a key, below [`FILTER_BITS`].
fn hash(key: u32) -> usize {
    // Fibonacci hashing: the high bits of a product with 2^32 over the golden ratio.
    (key.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    fn all(words: &[&str], text: &str) -> Vec<(usize, usize, u32)> {
        let dictionary = Dictionary::new(words.iter().copied(), |_| true);
        let mut found = Vec::new();
        dictionary.find(text.as_bytes(), |range, word| found.push((range.start, range.end, word)));
        found.sort_unstable();
        found
    }

    #[test]
    fn words_inside_words_and_short_ones_are_found() {
        let words = ["card", "card number", "card no", "number", "id", "n", "番号"];
        assert_eq!(all(&words, "card number"), [(0, 4, 0), (0, 11, 1), (5, 6, 5), (5, 11, 3)]);
        assert_eq!(all(&words, "番号 id"), [(0, 6, 6), (7, 9, 4)]);
        assert_eq!(all(&words, "card nobody"), [(0, 4, 0), (0, 7, 2), (5, 6, 5)]);
        assert_eq!(all(&words, ""), []);
        assert_eq!(all(&[], "card"), []);
    }

    proptest! {
        /// An automaton finds the same, but for short words behind letters.
        #[test]
        fn finds_what_an_automaton_finds(
            words in prop::collection::btree_set("[ab é]{3,7}", 0..40),
            text in "[ab é]{0,60}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let automaton = AhoCorasick::new(&words).unwrap();
            let mut wanted: Vec<_> = automaton
                .find_overlapping_iter(&text)
                .map(|m| (m.start(), m.end(), u32::try_from(m.pattern().as_usize()).unwrap()))
                .collect();
            wanted.sort_unstable();
            prop_assert_eq!(all(&words, &text), wanted);
        }
    }
}
