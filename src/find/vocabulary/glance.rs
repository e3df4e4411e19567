//! Which rules may have a word in a text, told at a glance.
//!
//! Most numbers stand near no word of a rule that could take them. To know that, the text need not be folded: every word
//! of the rules is filed under its only part or two of them that stand together, by their lengths and first letters, and
//! the parts of a text are looked up. What is found so holds all rules that have a word there, and hardly more.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one text, and lengths of parts of it")]

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::words::Class;
use super::{Word, is_compound};
use crate::find::column::Fold;
use crate::find::rule_bits::RuleBits;

/// Bits of a filter, as a power of two: some twenty for each part that the rules of the house have.
const FILTER_BITS: u32 = 17;
/// Letters and digits that a part is looked up by.
const KEY_BYTES: usize = 8;
/// Letters differ from their capitals in this bit of each byte, and digits have it.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// The parts of all words, and the rules that they speak for.
pub(super) struct Glance {
    /// The keys of all parts.
    parts: Filter,
    rules: HashMap<u64, RuleBits, BuildHasherDefault<Fold>>,
    /// Rules with a word that cannot be filed.
    always: RuleBits,
    /// Words that may stand inside a longer one, and their rules.
    compounds: Vec<(String, Vec<usize>)>,
    /// Those that begin with letters enough, by these.
    inside: Index,
    /// Those that have a mark sooner, by what stands around it: "insz/niss" by "z/n".
    joints: Index,
}

/// Places in the list of compounds, by keys.
struct Index {
    keys: Filter,
    places: HashMap<u64, Vec<usize>, BuildHasherDefault<Fold>>,
}

impl Index {
    fn new() -> Self {
        Self { keys: Filter::new(), places: HashMap::default() }
    }

    fn add(&mut self, key: u64, place: usize) {
        self.keys.add(key);
        self.places.entry(key).or_default().push(place);
    }

    fn get(&self, key: u64) -> &[usize] {
        let places = if self.keys.has(key) { self.places.get(&key) } else { None };
        places.map(Vec::as_slice).unwrap_or_default()
    }
}

/// A set of numbers; a few that were not added are in it, too.
struct Filter(Vec<u64>);

impl Filter {
    fn new() -> Self {
        Self(vec![0; 1 << (FILTER_BITS - 6)])
    }

    /// The golden ratio, as in Fibonacci hashing.
    fn place(key: u64) -> u64 {
        key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - FILTER_BITS)
    }

    fn add(&mut self, key: u64) {
        let place = Self::place(key);
        if let Some(block) = self.0.get_mut((place / 64) as usize) {
            *block |= 1 << (place % 64);
        }
    }

    fn has(&self, key: u64) -> bool {
        let place = Self::place(key);
        self.0.get((place / 64) as usize).is_some_and(|block| block >> (place % 64) & 1 == 1)
    }
}

impl Glance {
    /// Files `words`. `rules_of` tells which rules a word speaks for, of `rules` in all.
    pub(super) fn new<'w, R: Iterator<Item = usize>>(
        words: &'w [Word],
        rules: usize,
        rules_of: impl Fn(&'w Word) -> R,
    ) -> Self {
        let mut made = Self {
            parts: Filter::new(),
            rules: HashMap::default(),
            always: RuleBits::none_of(rules),
            compounds: Vec::new(),
            inside: Index::new(),
            joints: Index::new(),
        };
        // Texts with other characters are not looked at here.
        for word in words.iter().filter(|word| word.folded.is_ascii() && rules_of(word).next().is_some()) {
            let text = word.folded.as_bytes();
            if is_compound(&word.folded) {
                let place = made.compounds.len();
                made.compounds.push((word.folded.clone(), rules_of(word).collect()));
                match text.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count() {
                    KEY_BYTES.. => made.inside.add(first_bytes(text, 0, KEY_BYTES), place),
                    0 => rules_of(word).for_each(|rule| made.always.add(rule)),
                    letters => made.joints.add(joint(text, letters), place),
                }
                continue;
            }
            let parts: Vec<&[u8]> =
                text.split(|byte| !byte.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
            // Of three parts or more the two that are longest together.
            let longest = parts.windows(2).max_by_key(|two| two.iter().map(|part| part.len()).sum::<usize>());
            let (before, part) = match (longest, parts.as_slice()) {
                (Some([before, part]), _) => (Some(before), part),
                (_, [part]) => (None, part),
                _ => {
                    rules_of(word).for_each(|rule| made.always.add(rule));
                    continue;
                }
            };
            // The last part may be a plural.
            let plural = text.ends_with(part).then(|| [part, b"s".as_slice()].concat());
            for part in std::iter::once(*part).chain(plural.as_deref()) {
                let key = before.map_or(key(part), |before| pair(key(before), key(part)));
                made.parts.add(key);
                let bits = made.rules.entry(key).or_insert_with(|| RuleBits::none_of(rules));
                rules_of(word).for_each(|rule| bits.add(rule));
            }
        }
        made
    }

    /// Adds the rules that may have a word in `text`. False if it is not of ASCII, and only looking the words up can tell.
    pub(super) fn look(&self, text: &str, rules: &mut RuleBits) -> bool {
        if !text.is_ascii() {
            return false;
        }
        rules.add_all(&self.always);
        let bytes = text.as_bytes();
        let (mut at, mut before) = (0, 0);
        while at < bytes.len() {
            let eight = Eight::of(first_bytes_as_they_are(bytes, at));
            let length = eight.plain();
            if length == 0 {
                at += eight.others().max(1);
                continue;
            }
            let end;
            if length < KEY_BYTES && !eight.has_hump(length) {
                end = at + length;
                before = self.part(key_of(eight.0, length), before, rules);
            } else {
                (end, before) = self.long(bytes, at, before, rules);
            }
            if bytes.get(end).is_some_and(|byte| Class::of(*byte) == Class::Other) {
                for place in self.joints.get(joint(bytes, end)) {
                    self.compound(bytes, end, *place, rules);
                }
            }
            at = end;
        }
        true
    }

    /// Goes over letters and digits that stand together from `start` on: many, or of several words as camelCase is.
    /// Returns where they end, and the key of the last word.
    fn long(&self, bytes: &[u8], start: usize, before: u64, rules: &mut RuleBits) -> (usize, u64) {
        let (mut start, mut before, mut small) = (start, before, 0_u32);
        let mut at = start;
        loop {
            let class = bytes.get(at).map_or(Class::Blank, |byte| Class::of(*byte));
            let ends = !matches!(class, Class::Small | Class::Upper | Class::Digit);
            // A capital behind small letters begins a word.
            if ends || class == Class::Upper && small > 1 {
                let number = first_bytes_as_they_are(bytes, start);
                before = self.part(key_of(number, at - start), before, rules);
                for inner in start..(at + 1).saturating_sub(KEY_BYTES) {
                    for place in self.inside.get(first_bytes(bytes, inner, KEY_BYTES)) {
                        self.compound(bytes, inner, *place, rules);
                    }
                }
                start = at;
            }
            if ends {
                return (at, before);
            }
            small = if class == Class::Small { small + 1 } else { 0 };
            at += 1;
        }
    }

    /// Adds the rules of the part with this key, and of it and the one before. Returns the key.
    fn part(&self, key: u64, before: u64, rules: &mut RuleBits) -> u64 {
        for key in [key, pair(before, key)] {
            if self.parts.has(key)
                && let Some(bits) = self.rules.get(&key)
            {
                rules.add_all(bits);
            }
        }
        key
    }

    /// Adds the rules of a compound if it is at `at`, which is where it begins or its first mark is.
    fn compound(&self, bytes: &[u8], at: usize, place: usize, rules: &mut RuleBits) {
        let Some((word, its_rules)) = self.compounds.get(place) else { return };
        let is_mark = bytes.get(at).is_some_and(|byte| !byte.is_ascii_alphanumeric());
        let letters = word.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let start = at.checked_sub(if is_mark { letters } else { 0 });
        let there = start.and_then(|start| bytes.get(start..start + word.len()));
        if there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes())) {
            its_rules.iter().for_each(|rule| rules.add(*rule));
        }
    }
}

/// A mark with the bytes in front and behind.
fn joint(bytes: &[u8], mark: usize) -> u64 {
    mark.checked_sub(1).map_or(0, |start| first_bytes(bytes, start, 3))
}

/// What a part is looked up by: its first bytes, and how many it has.
fn key_of(number: u64, length: usize) -> u64 {
    small(number, length).wrapping_add((length as u64).rotate_right(8))
}

/// The same for a part of the list.
fn key(part: &[u8]) -> u64 {
    key_of(first_bytes_as_they_are(part, 0), part.len())
}

/// What two parts, one behind the other, are looked up by.
fn pair(before: u64, key: u64) -> u64 {
    before.rotate_left(31).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ key
}

/// The first bytes from `start` on as a number, in small letters: `length` of them, at most eight.
fn first_bytes(bytes: &[u8], start: usize, length: usize) -> u64 {
    small(first_bytes_as_they_are(bytes, start), length)
}

/// Eight bytes from `start` on as a number, the first lowest; zeros behind the end.
fn first_bytes_as_they_are(bytes: &[u8], start: usize) -> u64 {
    let rest = bytes.get(start..).unwrap_or_default();
    match rest.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => rest.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    }
}

/// The first `length` of eight bytes in small letters.
fn small(number: u64, length: usize) -> u64 {
    let bits = 8 * u32::try_from(length.min(KEY_BYTES)).unwrap_or(8);
    (number | SMALL) & u64::MAX.checked_shr(64 - bits).unwrap_or(0)
}

/// Eight bytes of ASCII, the first lowest, asked all at once.
#[derive(Clone, Copy)]
struct Eight(u64);

impl Eight {
    const ONES: u64 = 0x0101_0101_0101_0101;
    /// The highest bit of each byte, which ASCII has not.
    const HIGH: u64 = 0x8080_8080_8080_8080;

    fn of(number: u64) -> Self {
        Self(number & !Self::HIGH)
    }

    /// The highest bit of each byte from `low` to `high`.
    fn between(number: u64, low: u8, high: u8) -> u64 {
        // Adding carries into the highest bit from `low` on, and from what follows `high` on.
        let from = number.wrapping_add(Self::ONES.wrapping_mul(u64::from(0x80 - low)));
        let beyond = number.wrapping_add(Self::ONES.wrapping_mul(u64::from(0x7F - high)));
        from & !beyond & Self::HIGH
    }

    /// The highest bit of each letter and digit.
    fn alphanumeric(self) -> u64 {
        Self::between(self.0 | SMALL, b'a', b'z') | Self::between(self.0, b'0', b'9')
    }

    /// Letters and digits in front.
    fn plain(self) -> usize {
        (!self.alphanumeric() & Self::HIGH).trailing_zeros() as usize / 8
    }

    /// Other bytes in front.
    fn others(self) -> usize {
        self.alphanumeric().trailing_zeros() as usize / 8
    }

    /// Whether among the first `length` bytes a capital stands behind two small letters.
    fn has_hump(self, length: usize) -> bool {
        let lower = Self::between(self.0, b'a', b'z');
        let humps = Self::between(self.0, b'A', b'Z') & lower << 8 & lower << 16;
        small(humps, length) & Self::HIGH != 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Vocabulary, fold_term};
    use super::*;

    const WORDS: [&str; 9] =
        ["card", "card no", "kreditkarte", "social security", "ssn", "r.g.", "niss/insz", "passportnumber", "x y"];

    fn words() -> Vec<Word> {
        WORDS
            .iter()
            .enumerate()
            .map(|(i, w)| Word { folded: fold_term(w), rules: vec![i], ..Word::default() })
            .collect()
    }

    fn glance() -> (Glance, Vocabulary) {
        let glance = Glance::new(&words(), WORDS.len(), |word| word.rules.iter().copied());
        (glance, Vocabulary::of(words(), Vec::new(), WORDS.len()))
    }

    fn rules(text: &str) -> Option<Vec<&'static str>> {
        let mut found = RuleBits::none_of(WORDS.len());
        glance().0.look(text, &mut found).then(|| found.iter().map(|rule| WORDS[rule]).collect())
    }

    #[test]
    fn parts_of_words_are_met() {
        assert_eq!(rules("my Cards are"), Some(vec!["card"]));
        assert_eq!(rules("the card: No"), Some(vec!["card", "card no"]));
        assert_eq!(rules("cardboard, discard, ssnx"), Some(vec![]));
        assert_eq!(rules("employeeSSN: 4"), Some(vec!["ssn"]));
        assert_eq!(rules("the_Social_Security"), Some(vec!["social security"]));
        assert_eq!(rules("Firmenkreditkarten 1"), Some(vec!["kreditkarte"]), "inside a longer word");
        assert_eq!(rules("xNISS/INSZnr"), Some(vec!["niss/insz"]), "around a mark");
        assert_eq!(rules("miss/insz niss / insz s/i"), Some(vec![]));
        assert_eq!(rules("card é"), None, "other letters");
    }

    #[test]
    fn eight_bytes_are_told_apart() {
        for byte in 0..128_u8 {
            let eight = Eight::of(first_bytes_as_they_are(&[b'a', byte, b'-'], 0));
            assert_eq!(eight.plain(), 1 + usize::from(byte.is_ascii_alphanumeric()), "{byte}");
            let eight = Eight::of(first_bytes_as_they_are(&[b'-', byte, b'a'], 0));
            assert_eq!(eight.others(), 2 - usize::from(byte.is_ascii_alphanumeric()), "{byte}");
        }
        for (word, hump) in
            [("aBc", false), ("abC", true), ("AbC", false), ("a1C", false), ("xxabcD", true), ("abcD", true)]
        {
            assert_eq!(Eight::of(first_bytes_as_they_are(word.as_bytes(), 0)).has_hump(word.len()), hump, "{word}");
        }
        assert!(!Eight::of(first_bytes_as_they_are(b"ab-cdE", 0)).has_hump(2), "behind the word");
    }

    proptest! {
        /// Whatever words are in a text, their rules are told.
        #[test]
        fn no_word_is_missed(text in "([ab ]|(?i:card|s|kreditkarte|social|security|ssn|passport|number|niss|insz)|[ _./'-]){0,20}") {
            let (glance, vocabulary) = glance();
            let mut told = RuleBits::none_of(WORDS.len());
            if glance.look(&text, &mut told) {
                let mut hits = Vec::new();
                vocabulary.hits(&text, 0, &mut hits);
                let told: Vec<usize> = told.iter().collect();
                for hit in hits {
                    prop_assert!(told.contains(&(hit.word as usize)), "{} in {text:?}", WORDS[hit.word as usize]);
                }
            }
        }
    }
}
