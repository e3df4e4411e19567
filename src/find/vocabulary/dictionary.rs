//! All words of a list that a text holds, wherever they begin.
//!
//! An automaton of the twenty thousand words of the rules that ship takes longer to build than all the rest of loading
//! them, and its tables do not fit a cache. Here a text is looked at where words of it begin: the first bytes of a word
//! are asked for in a filter of 32 KiB, which says no to nearly all, and then in a table.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one text, and words of a list that are counted")]

use std::ops::Range;

/// Bytes of a word that it is found by; shorter ones are found by all they have.
const KEY_BYTES: usize = 6;
/// Words shorter than this are tried one by one, by their first byte.
const SMALL_BYTES: usize = 3;
/// Bits of a filter: some twenty for each key that the rules of the house have.
const FILTER_BITS: usize = 1 << 18;
/// Places in the list of how long keys are, by three bytes: several for each start of a word.
const START_SLOTS: usize = 1 << 15;
/// No word.
const NONE: u32 = u32::MAX;

/// A byte that some word begins with.
const FIRST: u8 = 1;
/// A letter or digit of ASCII.
const PLAIN: u8 = 2;

/// Zero bytes that must stand behind a text: keys are read eight bytes at a time.
pub(super) const PADDING: &str = "\0\0\0\0\0\0\0\0";

/// Words in the order of their bytes.
pub(super) struct Dictionary {
    /// Bytes of all words, one after the other.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// For each byte, what it is to this list: [`FIRST`], [`PLAIN`].
    bytes_are: Box<[u8; 256]>,
    /// For the hash of three bytes, how long the keys of the words are that begin so: a bit for each length.
    starts: Vec<u8>,
    /// For the hash of a key, whether any word has it.
    begins: Filter,
    /// The same for words that may begin inside another, and begin with a letter or digit of ASCII.
    inside: Filter,
    /// Bytes of the shortest of those that are letters and digits of ASCII alone.
    inside_least: usize,
    /// With how many letters and digits the others begin: they end where those of the text end.
    inside_starts: Vec<usize>,
    /// For each byte, whether it follows on those.
    inside_follows: Vec<bool>,
    /// Bytes of the shortest key of those.
    inside_key: usize,
    /// Buckets by the hashes of their keys, in the next free place.
    table: Vec<Bucket>,
    /// Words shorter than a key may be, by their first bytes.
    small: Vec<Vec<u32>>,
}

struct Entry {
    range: Range<u32>,
    /// Place in the list the dictionary was made of.
    word: u32,
    /// The longest other entry that this one begins with.
    prefix: u32,
}

/// Entries with the same key: the one word that it is, or all that begin with it when it is as long as a key can be.
#[derive(Clone)]
struct Bucket {
    key: u64,
    first: u32,
    /// One behind the last; a free place has none.
    end: u32,
}

/// A set of hashes.
struct Filter(Vec<u64>);

impl Filter {
    fn new() -> Self {
        Self(vec![0; FILTER_BITS / 64])
    }

    fn add(&mut self, key: u64) {
        let hash = hash(key) >> (64 - FILTER_BITS.ilog2());
        if let Some(block) = self.0.get_mut((hash / 64) as usize) {
            *block |= 1 << (hash % 64);
        }
    }

    fn has(&self, key: u64) -> bool {
        let hash = hash(key) >> (64 - FILTER_BITS.ilog2());
        self.0.get((hash / 64) as usize).is_some_and(|block| block >> (hash % 64) & 1 == 1)
    }
}

impl Dictionary {
    /// Words must differ from each other; `inside` says which may begin behind a letter or a digit.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w str>, inside: impl Fn(&str) -> bool) -> Self {
        let mut sorted: Vec<(&str, u32)> = words.zip(0..NONE).collect();
        sorted.sort_unstable();
        let mut made = Self {
            bytes: Vec::with_capacity(sorted.iter().map(|(w, _)| w.len()).sum()),
            entries: Vec::with_capacity(sorted.len()),
            bytes_are: Box::new(std::array::from_fn(plain)),
            starts: vec![0; START_SLOTS],
            begins: Filter::new(),
            inside: Filter::new(),
            inside_least: usize::MAX,
            inside_starts: Vec::new(),
            inside_follows: vec![false; 256],
            inside_key: KEY_BYTES,
            table: Vec::new(),
            small: vec![Vec::new(); 256],
        };
        // Entries that the next one may begin with: each begins with the one before.
        let mut open: Vec<(u32, &str)> = Vec::new();
        let mut buckets: Vec<Bucket> = Vec::with_capacity(sorted.len());
        for (at, (text, word)) in (0..NONE).zip(&sorted) {
            open.retain(|(_, prefix)| text.starts_with(prefix));
            let start = u32::try_from(made.bytes.len()).unwrap_or(NONE);
            made.bytes.extend_from_slice(text.as_bytes());
            let end = u32::try_from(made.bytes.len()).unwrap_or(NONE);
            let prefix = open.last().map_or(NONE, |(prefix, _)| *prefix);
            made.entries.push(Entry { range: start..end, word: *word, prefix });
            open.push((at, text));
            if let Some(are) = text.bytes().next().and_then(|byte| made.bytes_are.get_mut(usize::from(byte))) {
                *are |= FIRST;
            }
            if text.len() < SMALL_BYTES {
                let first = text.bytes().next().map(usize::from);
                if let Some(small) = first.and_then(|byte| made.small.get_mut(byte)) {
                    small.push(at);
                }
                continue;
            }
            let key = key(text.as_bytes(), text.len());
            if let Some(lengths) = made.starts.get_mut(start_slot(text.as_bytes())) {
                *lengths |= 1 << text.len().min(KEY_BYTES);
            }
            made.begins.add(key);
            let letters = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
            if letters > 0 && inside(text) {
                made.inside.add(key);
                if letters == text.len() {
                    made.inside_least = made.inside_least.min(letters);
                } else {
                    if !made.inside_starts.contains(&letters) {
                        made.inside_starts.push(letters);
                    }
                    let follows = text.as_bytes().get(letters).map(|byte| usize::from(*byte));
                    if let Some(follows) = follows.and_then(|byte| made.inside_follows.get_mut(byte)) {
                        *follows = true;
                    }
                }
                made.inside_key = made.inside_key.min(text.len());
            }
            match buckets.last_mut() {
                // Shorter keys are whole words, which differ; a longer word does not end in zeros.
                Some(bucket) if bucket.key == key => bucket.end = at + 1,
                _ => buckets.push(Bucket { key, first: at, end: at + 1 }),
            }
        }
        let places = (buckets.len() * 2).next_power_of_two().max(2);
        made.table = vec![Bucket { key: 0, first: 0, end: 0 }; places];
        for bucket in buckets {
            let mut place = made.place(bucket.key);
            while made.table.get(place).is_some_and(|taken| taken.end > 0) {
                place = (place + 1) % places;
            }
            if let Some(free) = made.table.get_mut(place) {
                *free = bucket;
            }
        }
        made
    }

    fn is(&self, byte: u8) -> u8 {
        self.bytes_are.get(usize::from(byte)).copied().unwrap_or(0)
    }

    /// Where the bucket of a key is, or one of the places behind.
    fn place(&self, key: u64) -> usize {
        (hash(key) >> 32) as usize % self.table.len().max(1)
    }

    /// Calls `found` with the place of every word in `text`, and its number: in the order of where they begin. Words
    /// that may not begin or end inside another are told there too, now and then. `padded`: the text and [`PADDING`].
    pub(super) fn find(&self, padded: &str, mut found: impl FnMut(Range<usize>, u32)) {
        let Some(text) = padded.strip_suffix(PADDING).map(str::as_bytes) else { return };
        let padded = padded.as_bytes();
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            let is = self.is(*byte);
            if is & PLAIN == 0 {
                if is & FIRST != 0 {
                    self.begin(text, padded, at, 0, &mut found);
                }
                at += 1;
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let run = rest.iter().position(|b| self.is(*b) & PLAIN == 0).unwrap_or(rest.len());
            if is & FIRST != 0 {
                self.begin(text, padded, at, run, &mut found);
            }
            let end = at + run;
            // Words that begin inside this one.
            let behind = (end + 1).saturating_sub(self.inside_least).max(at + 1);
            for inner in at + 1..behind {
                self.inside(text, padded, inner, &mut found);
            }
            let follows = text.get(end).and_then(|byte| self.inside_follows.get(usize::from(*byte)));
            if follows == Some(&true) {
                for start in &self.inside_starts {
                    if let Some(inner) = end.checked_sub(*start).filter(|inner| *inner >= behind) {
                        self.inside(text, padded, inner, &mut found);
                    }
                }
            }
            at = end;
            // What stands right behind a word begins a word too, if it is no letter or digit of ASCII.
        }
    }

    /// Words that begin at `at`, behind a letter or a digit.
    fn inside(&self, text: &[u8], padded: &[u8], at: usize, found: &mut impl FnMut(Range<usize>, u32)) {
        let mut length = self.inside_key;
        while length <= KEY_BYTES {
            let key = key(padded.get(at..).unwrap_or_default(), length);
            if self.inside.has(key) {
                self.in_table(text, at, key, length, found);
            }
            length += 1;
        }
    }

    /// Words that begin at `at`, where a run of letters and digits of ASCII is `run` bytes long. A word ends with it, or
    /// one byte before that, if it is a plural; only words that may be parts of longer ones need not, and those are long.
    fn begin(&self, text: &[u8], padded: &[u8], at: usize, run: usize, found: &mut impl FnMut(Range<usize>, u32)) {
        let rest = padded.get(at..).unwrap_or_default();
        let [byte, ..] = rest else { return };
        if run <= SMALL_BYTES {
            for entry in self.small.get(usize::from(*byte)).into_iter().flatten().filter_map(|i| self.entry(*i)) {
                let word = self.text(entry);
                if rest.starts_with(word) {
                    found(at..at + word.len(), entry.word);
                }
            }
        }
        let mut lengths = self.starts.get(start_slot(rest)).copied().unwrap_or(0);
        lengths &= u8::MAX << run.saturating_sub(1).min(KEY_BYTES);
        while lengths > 0 {
            let length = lengths.trailing_zeros() as usize;
            lengths &= lengths.wrapping_sub(1);
            let key = key(rest, length);
            if self.begins.has(key) {
                self.in_table(text, at, key, length, found);
            }
        }
    }

    /// Words with a key of `length` bytes that `text` has at `at`.
    fn in_table(&self, text: &[u8], at: usize, key: u64, length: usize, found: &mut impl FnMut(Range<usize>, u32)) {
        let rest = text.get(at..).unwrap_or_default();
        let mut place = self.place(key);
        while let Some(bucket) = self.table.get(place).filter(|bucket| bucket.end > 0) {
            if bucket.key != key {
                place = (place + 1) % self.table.len().max(1);
                continue;
            }
            let entries = self.entries.get(bucket.first as usize..bucket.end as usize).unwrap_or_default();
            // Whatever `rest` begins with is at or before its own place in the order, and a beginning of what is there.
            let after = entries.partition_point(|entry| self.text(entry) <= rest);
            let mut next = after.checked_sub(1).and_then(|i| entries.get(i));
            // A word with a shorter key is that key, and whatever it begins with has a key of its own.
            while let Some(entry) = next.filter(|entry| entry.range.len().min(KEY_BYTES) == length) {
                let word = self.text(entry);
                if rest.starts_with(word) {
                    found(at..at + word.len(), entry.word);
                }
                next = self.entry(entry.prefix);
            }
            return;
        }
    }

    fn entry(&self, at: u32) -> Option<&Entry> {
        self.entries.get(at as usize)
    }

    fn text(&self, entry: &Entry) -> &[u8] {
        self.bytes.get(entry.range.start as usize..entry.range.end as usize).unwrap_or_default()
    }
}

/// [`PLAIN`] for the bytes that are.
fn plain(byte: usize) -> u8 {
    if u8::try_from(byte).is_ok_and(|b| b.is_ascii_alphanumeric()) { PLAIN } else { 0 }
}

/// The first `length` bytes of `text` as a number, no more than a key has.
fn key(text: &[u8], length: usize) -> u64 {
    let length = length.min(KEY_BYTES);
    let eight = match text.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => text.iter().rev().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    };
    eight & (u64::MAX >> (64 - 8 * length.max(1)))
}

/// Where the lengths of the keys are that begin with the first three bytes of `text`.
fn start_slot(text: &[u8]) -> usize {
    (hash(key(text, SMALL_BYTES)) >> (64 - START_SLOTS.ilog2())) as usize
}

/// Fibonacci hashing: the high bits of a product with 2^64 over the golden ratio.
fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    fn all(words: &[&str], text: &str) -> Vec<(usize, usize, u32)> {
        let dictionary = Dictionary::new(words.iter().copied(), |_| true);
        let mut found = Vec::new();
        dictionary.find(&format!("{text}{PADDING}"), |range, word| found.push((range.start, range.end, word)));
        found.sort_unstable();
        found
    }

    #[test]
    fn words_inside_words_and_short_ones_are_found() {
        let words = ["card", "card number", "card no", "number", "id", "n", "番号"];
        assert_eq!(all(&words, "card number"), [(0, 4, 0), (0, 11, 1), (5, 11, 3)]);
        assert_eq!(all(&words, "n ns ids cards"), [(0, 1, 5), (2, 3, 5), (5, 7, 4), (9, 13, 0)]);
        assert_eq!(all(&words, "番号 id"), [(0, 6, 6), (7, 9, 4)]);
        assert_eq!(all(&words, "card nobody"), [(0, 4, 0), (0, 7, 2)]);
        assert_eq!(all(&words, ""), []);
        assert_eq!(all(&[], "card"), []);
    }

    proptest! {
        /// An automaton finds the same, but for short words in front of letters.
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
            let plain = |b: &u8| b.is_ascii_alphanumeric();
            wanted.retain(|(start, end, _)| {
                let run = text.as_bytes()[*start..].iter().take_while(|b| plain(b)).count();
                let begins = !text.as_bytes()[..*start].last().is_some_and(plain);
                !begins || end - start >= KEY_BYTES || run <= end - start + 1
            });
            wanted.sort_unstable();
            prop_assert_eq!(all(&words, &text), wanted);
        }
    }
}
