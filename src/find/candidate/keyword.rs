//! Customers' keywords: tens of thousands of words and phrases, whole word, in any letter case, any white space
//! between their words.
//!
//! Work is done per word, not per byte: every term is filed under the hash of its longest word; a word of the text
//! whose hash is not in a small bit filter costs nothing more, the others are compared in full.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off was counted backwards; 64 bits for each keyword"
)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// A compiled list of terms.
#[derive(Debug, Default)]
pub(crate) struct Keywords {
    terms: Vec<Term>,
    /// Hash of a term's key word → terms filed under it.
    by_key: HashMap<u64, Vec<u32>, BuildHasherDefault<Ready>>,
    /// One bit for the low bits of each key: keeps nearly all words of a text out of the map.
    filter: Vec<u64>,
    /// Terms without any word (`***`), searched as they are.
    symbols: Vec<u32>,
}

#[derive(Debug)]
struct Term {
    /// Case-folded, white space runs as one blank.
    folded: String,
    /// Bytes of `folded` in front of its key word.
    key_at: usize,
}

/// The keys are hashes already.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

impl Keywords {
    /// Compiles `terms`; blank ones and those that start with `#` are not terms.
    pub(crate) fn new<'t>(terms: impl Iterator<Item = &'t str>) -> Self {
        let mut keywords = Self::default();
        let mut seen = std::collections::HashSet::new();
        for term in terms {
            let folded: String = term.split_whitespace().map(fold_word).collect::<Vec<_>>().join(" ");
            if folded.is_empty() || folded.starts_with('#') || !seen.insert(folded.clone()) {
                continue;
            }
            let index = u32::try_from(keywords.terms.len()).unwrap_or(u32::MAX);
            match words(&folded).max_by_key(|w| w.len()) {
                Some(key) => {
                    let hash = hash_word(folded.get(key.clone()).unwrap_or_default());
                    keywords.by_key.entry(hash).or_default().push(index);
                    keywords.terms.push(Term { folded, key_at: key.start });
                }
                None => {
                    keywords.symbols.push(index);
                    keywords.terms.push(Term { folded, key_at: 0 });
                }
            }
        }
        // 64 bits a key, rounded up to a power of two: about 1 word in 60 gets past the filter by chance.
        let bits = (keywords.by_key.len().max(16) * 64).next_power_of_two();
        keywords.filter = vec![0; bits / 64];
        let mask = keywords.mask();
        for hash in keywords.by_key.keys() {
            let bit = hash & mask;
            if let Some(word) = keywords.filter.get_mut((bit / 64) as usize) {
                *word |= 1 << (bit % 64);
            }
        }
        keywords
    }

    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    fn mask(&self) -> u64 {
        (self.filter.len() as u64 * 64).wrapping_sub(1)
    }

    /// Calls `found` with the bytes of every occurrence in `text`, in order of their key words.
    pub(crate) fn find(&self, text: &str, mut found: impl FnMut(Range<usize>)) {
        if self.terms.is_empty() {
            return;
        }
        let mask = self.mask();
        for_each_word(text, |start, _, hash| {
            let bit = hash & mask;
            if self.filter.get((bit / 64) as usize).is_none_or(|w| w >> (bit % 64) & 1 == 0) {
                return;
            }
            for index in self.by_key.get(&hash).into_iter().flatten() {
                let range = self.terms.get(*index as usize).and_then(|t| t.around(text, start));
                range.into_iter().for_each(&mut found);
            }
        });
        for index in &self.symbols {
            let Some(term) = self.terms.get(*index as usize) else { continue };
            for (at, part) in text.match_indices(term.folded.as_str()) {
                found(at..at + part.len());
            }
        }
    }
}

impl Term {
    /// The bytes of this term in `text`, if its key word is the one at `at`.
    fn around(&self, text: &str, at: usize) -> Option<Range<usize>> {
        // Walk back over what stands in front of the key word, then forward over the rest.
        let mut start = at;
        let (front, rest) = self.folded.split_at(self.key_at);
        for c in front.chars().rev() {
            let before = text.get(..start)?;
            let last = before.chars().next_back()?;
            if c == ' ' {
                let trimmed = before.trim_end();
                if trimmed.len() == before.len() {
                    return None;
                }
                start = trimmed.len();
            } else if same(last, c) {
                start -= last.len_utf8();
            } else {
                return None;
            }
        }
        let mut end = at;
        for c in rest.chars() {
            let after = text.get(end..)?;
            if c == ' ' {
                let trimmed = after.trim_start();
                if trimmed.len() == after.len() {
                    return None;
                }
                end = text.len() - trimmed.len();
            } else {
                let next = after.chars().next()?;
                if !same(next, c) {
                    return None;
                }
                end += next.len_utf8();
            }
        }
        let first = text.get(start..)?.chars().next()?;
        let last = text.get(..end)?.chars().next_back()?;
        let before = text.get(..start)?.chars().next_back();
        let after = text.get(end..)?.chars().next();
        let inside = |edge: char, next: Option<char>| edge.is_alphanumeric() && next.is_some_and(super::run::glues);
        (!inside(first, before) && !inside(last, after)).then_some(start..end)
    }
}

/// Whether a character of the text is, folded, the character `folded` of a term.
fn same(c: char, folded: char) -> bool {
    c == folded || fold_char(c) == folded
}

fn fold_char(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

fn fold_word(word: &str) -> String {
    word.chars().map(fold_char).collect()
}

/// Byte ranges of the words of `text`.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut out = Vec::new();
    for_each_word(text, |start, end, _| out.push(start..end));
    out.into_iter()
}

/// Calls `each` with start, end and case-folded hash of every word. A character of a script without spaces is a word
/// of its own.
fn for_each_word(text: &str, mut each: impl FnMut(usize, usize, u64)) {
    let bytes = text.as_bytes();
    let mut folded = String::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let mixed = rest.get(length).is_some_and(|b| !b.is_ascii());
        if length > 0 && !mixed {
            each(at, at + length, hash_ascii(rest, length));
            at += length;
        } else if byte.is_ascii() && length == 0 {
            at += 1;
        } else {
            let word = text.get(at..).unwrap_or_default();
            let plain = |c: &char| c.is_alphanumeric() && !super::run::is_unspaced(*c);
            folded.clear();
            folded.extend(word.chars().take_while(plain).map(fold_char));
            let length = word.chars().take_while(plain).map(char::len_utf8).sum::<usize>();
            if length > 0 {
                each(at, at + length, hash_folded(folded.as_bytes()));
                at += length;
                continue;
            }
            let c = word.chars().next().unwrap_or(' ');
            if c.is_alphanumeric() {
                each(at, at + c.len_utf8(), hash_folded(c.encode_utf8(&mut [0; 4]).as_bytes()));
            }
            at += c.len_utf8();
        }
    }
}

/// The hash of the first `length` bytes of `rest`, letters and digits of ASCII, in small letters.
fn hash_ascii(rest: &[u8], length: usize) -> u64 {
    // Digits have the bit that small letters differ in already.
    const SMALL: u64 = 0x2020_2020_2020_2020;
    let mut hash = length as u64;
    let mut left = length;
    let mut rest = rest;
    loop {
        let eight = match rest.first_chunk() {
            Some(eight) => u64::from_le_bytes(*eight),
            None => eight(rest),
        };
        if left <= 8 {
            return mix(hash, (eight | SMALL) & (u64::MAX >> (64 - 8 * left.max(1))));
        }
        hash = mix(hash, eight | SMALL);
        rest = rest.get(8..).unwrap_or_default();
        left -= 8;
    }
}

/// The same of a word that is folded already.
fn hash_folded(word: &[u8]) -> u64 {
    word.chunks(8).fold(word.len() as u64, |hash, chunk| mix(hash, eight(chunk)))
}

/// At most eight bytes as a number, the first lowest.
fn eight(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// One step: a product with the golden ratio, as in Fibonacci hashing, with its high bits folded into the low ones,
/// which the filter uses.
fn mix(hash: u64, value: u64) -> u64 {
    let h = (hash ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h ^ (h >> 32)
}

fn hash_word(word: &str) -> u64 {
    let mut out = 0;
    for_each_word(word, |_, _, hash| out = hash);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'t>(terms: &[&str], text: &'t str) -> Vec<&'t str> {
        let mut out = Vec::new();
        Keywords::new(terms.iter().copied()).find(text, |r| out.push(&text[r]));
        out
    }

    #[test]
    fn whole_words_in_any_case_with_any_white_space() {
        let terms = ["Project Heron", "Kestrel-7", "Projet Mésange", "C++", "Top - Secret", "機密"];
        assert_eq!(find(&terms, "the PROJECT\n  heron, project herons"), ["PROJECT\n  heron"]);
        assert_eq!(find(&terms, "kestrel-7, Kestrel-77, Kestrel-7b"), ["kestrel-7"]);
        assert_eq!(find(&terms, "PROJET MÉSANGE"), ["PROJET MÉSANGE"]);
        assert_eq!(find(&terms, "in C++."), ["C++"]);
        assert_eq!(find(&terms, "top - secret; top-secret"), ["top - secret"]);
        assert_eq!(find(&terms, "この文書は機密です"), ["機密"]);
    }

    #[test]
    fn many_terms_find_the_same_as_a_plain_search() {
        let terms: Vec<String> = (0..20_000).map(|i| format!("Term{i} alpha{}", i % 97)).collect();
        let keywords = Keywords::new(terms.iter().map(String::as_str));
        assert_eq!(keywords.len(), 20_000);
        let mut hits = 0;
        keywords.find("x term19999 ALPHA17 y Term5 alpha5 term5 alpha6", |_| hits += 1);
        assert_eq!(hits, 2);
    }
}
