//! Fingerprints in a text: one pass, a few numbers for each fingerprint.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "shingles of one text are counted, and shares are of a hundred and above what is asked for"
)]

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::shingle::{Shingle, Shingles};
use super::{EXCERPT_WORDS_MIN, Fingerprints, Print, WORDS_PER_SHINGLE};
use crate::document::Text;
use crate::find::detector::{Detected, Detector, DetectorRule};
use crate::find::{Evidence, Level, Score, Value};

/// Bits of the first look for each hash: 1 shingle in 16 is looked up in vain.
const BITS_PER_HASH: usize = 16;
/// Fingerprints that share a hash and are all looked at; more would be boilerplate that should be an exception.
const SHARED_MAX: usize = 64;
/// Shingles of the document an excerpt has at least, after sampling.
const EXCERPT_HITS_MIN: u32 = 10;

/// Every hash of every fingerprint.
#[derive(Default)]
pub(super) struct Table {
    /// One bit for the lower bits of each hash.
    bits: Vec<u64>,
    /// Hash, fingerprint, number in the fingerprint; sorted.
    entries: Vec<(u64, u32, u32)>,
}

impl Table {
    pub(super) fn new(prints: &[Vec<u64>]) -> Self {
        let count: usize = prints.iter().map(Vec::len).sum();
        let mut entries = Vec::with_capacity(count);
        let words = (count * BITS_PER_HASH).next_power_of_two().max(1 << 10) / 64;
        let mut bits = vec![0_u64; words];
        for (print, hashes) in (0..).zip(prints) {
            for (number, hash) in (0..).zip(hashes) {
                entries.push((*hash, print, number));
                let (word, bit) = place(*hash, words);
                if let Some(word) = bits.get_mut(word) {
                    *word |= bit;
                }
            }
        }
        entries.sort_unstable();
        Self { bits, entries }
    }

    fn find(&self, hash: u64) -> impl Iterator<Item = (usize, u32)> {
        let (word, bit) = place(hash, self.bits.len());
        let there = self.bits.get(word).is_some_and(|word| word & bit != 0);
        let first = if there { self.entries.partition_point(|(h, ..)| *h < hash) } else { self.entries.len() };
        let same = self.entries.iter().skip(first).take_while(move |(h, ..)| *h == hash).take(SHARED_MAX);
        same.map(|(_, print, number)| (usize::try_from(*print).unwrap_or(usize::MAX), *number))
    }
}

fn place(hash: u64, words: usize) -> (usize, u64) {
    let word = usize::try_from((hash >> 6) & 0xFFFF_FFFF).unwrap_or(0);
    (word & words.wrapping_sub(1), 1 << (hash & 63))
}

/// What was seen of one fingerprint.
struct Seen {
    /// Number of the stretch in which each hash was seen last; 0 for never.
    hashes: Vec<u32>,
    different: usize,
    dense: Stretch,
    wide: Stretch,
}

/// The stretch with most hits over what is expected (the greatest sum of a run of numbers, by Kadane).
struct Stretch {
    /// What a shingle costs; a hit gives 1.
    cost: f64,
    number: u32,
    sum: f64,
    /// Number of the shingle of the text that comes next: all before have been paid for.
    next: usize,
    now: Found,
    best_sum: f64,
    best: Found,
}

#[derive(Clone, Default)]
struct Found {
    /// Numbers of shingles of the text.
    shingles: Range<usize>,
    /// Bytes of the text.
    bytes: Range<usize>,
    hits: u32,
}

impl Stretch {
    fn new(cost: f64) -> Self {
        Self { cost, number: 1, sum: 0.0, next: 0, now: Found::default(), best_sum: 0.0, best: Found::default() }
    }

    /// Goes on to a shingle of the text: the ones that were passed cost something, and perhaps nothing is left.
    fn go_on(&mut self, shingle: &Shingle) {
        let passed = shingle.at.saturating_sub(self.next);
        self.next = shingle.at;
        let left = self.sum - self.cost * passed as f64;
        if left > 0.0 && self.now.hits > 0 {
            self.sum = left;
        } else {
            self.number = self.number.saturating_add(1);
            self.sum = 0.0;
            self.now = Found { shingles: shingle.at..shingle.at, bytes: shingle.start..shingle.end, hits: 0 };
        }
    }

    fn hit(&mut self, shingle: &Shingle) {
        // Words are shared with the shingle before: the text goes to the end of this one.
        self.next = shingle.at + 1;
        self.now.shingles.end = self.next;
        self.now.bytes.end = shingle.end;
        self.now.hits += 1;
        self.sum += 1.0 - self.cost;
        if self.sum > self.best_sum {
            self.best_sum = self.sum;
            self.best = self.now.clone();
        }
    }
}

impl Seen {
    fn new(print: &Print) -> Self {
        let cost = print.density() * f64::from(print.settings.threshold) / 100.0;
        Self {
            hashes: vec![0; print.kept],
            different: 0,
            dense: Stretch::new(cost),
            // A form may be filled in with more words than it has itself.
            wide: Stretch::new(cost / 8.0),
        }
    }

    fn hit(&mut self, number: u32, shingle: &Shingle) {
        self.dense.go_on(shingle);
        let Some(seen) = usize::try_from(number).ok().and_then(|n| self.hashes.get_mut(n)) else { return };
        self.different += usize::from(*seen == 0);
        // The same words again are no more of the document.
        if *seen != self.dense.number {
            *seen = self.dense.number;
            self.dense.hit(shingle);
        }
        self.wide.go_on(shingle);
        self.wide.hit(shingle);
    }

    /// The match this amounts to: score, bytes, evidence.
    fn weigh(&self, print: &Print) -> Option<(u8, Range<usize>, String)> {
        let percent = |share: f64| (share * 100.0).floor().clamp(0.0, 100.0) as u8;
        let share = percent(self.different as f64 / print.kept.max(1) as f64);
        let least = print.settings.threshold;
        let medium = Level::Medium.threshold();
        if share >= least {
            let above = u32::from(share - least) * u32::from(100 - medium) / u32::from(100 - least).max(1);
            let score = medium + u8::try_from(above).unwrap_or(0);
            return Some((score.min(100), self.wide.best.bytes.clone(), format!("similarity {share} %")));
        }
        let Found { shingles, bytes, hits } = &self.dense.best;
        let words = shingles.len() + WORDS_PER_SHINGLE - 1;
        let share = percent(f64::from(*hits) / (shingles.len().max(1) as f64 * print.density()));
        if words < EXCERPT_WORDS_MIN || *hits < EXCERPT_HITS_MIN || share < least {
            return None;
        }
        // Ten words more are a point more: 200 words word by word are no accident.
        let more = u8::try_from((words - EXCERPT_WORDS_MIN) / 10).unwrap_or(u8::MAX).min(15);
        Some((medium + more, bytes.clone(), format!("excerpt of {words} words, similarity {share} %")))
    }
}

impl Detector for Fingerprints {
    fn rules(&self) -> Vec<DetectorRule> {
        self.names()
            .map(|print| {
                let name = &print.settings.name;
                DetectorRule {
                    id: format!("fingerprint-{name}"),
                    name: format!("Document: {name}"),
                    category: print.settings.category,
                    short_name: name.clone(),
                    formats: format!(
                        "{} % of the document, or {EXCERPT_WORDS_MIN} words of it",
                        print.settings.threshold
                    ),
                    scores: [Level::Medium.threshold(), 90, 100],
                }
            })
            .collect()
    }

    fn id(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }

    fn find(&self, text: &Text<'_>, found: &mut Vec<Detected>) {
        let mut seen: Vec<Option<Seen>> = self.prints.iter().map(|_| None).collect();
        let mut shingles = Shingles::new(&self.key, &self.salt, text.as_str());
        while let Some(shingle) = shingles.next() {
            for (print, number) in self.table.find(shingle.hash) {
                if let (Some(print), Some(slot)) = (self.prints.get(print), seen.get_mut(print)) {
                    slot.get_or_insert_with(|| Seen::new(print)).hit(number, &shingle);
                }
            }
        }
        let first = found.len();
        for (rule, named) in self.names().enumerate() {
            let same = self.prints.iter().zip(&seen).filter(|(p, _)| p.settings.name == named.settings.name);
            let weighed = same.filter_map(|(print, seen)| seen.as_ref()?.weigh(print));
            if let Some((score, range, what)) = weighed.max_by_key(|(score, ..)| *score) {
                let evidence = vec![Evidence { points: i16::from(score), what }];
                let value = Value::new(named.settings.name.clone());
                found.push(Detected { rule, range, score: Score::new(i16::from(score)), value, evidence });
            }
        }
        if let Some(new) = found.get_mut(first..) {
            new.sort_by_key(|d| (d.range.start, d.range.end, d.rule));
        }
    }
}

impl Fingerprints {
    /// The first fingerprint of each name, in order: one rule each.
    fn names(&self) -> impl Iterator<Item = &Print> {
        let prints = &self.prints;
        let new = |(i, print): &(usize, &Print)| {
            prints.iter().take(*i).all(|earlier| earlier.settings.name != print.settings.name)
        };
        prints.iter().enumerate().filter(new).map(|(_, print)| print)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Error, Settings};
    use super::*;
    use crate::find::{Category, Key};

    /// Words that mean nothing, the same for a seed.
    fn words(seed: u64, count: usize) -> Vec<String> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let word = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("w{}", (state >> 40) % 3000)
        };
        (0..count).map(word).collect()
    }

    fn text(seed: u64, count: usize) -> String {
        words(seed, count).join(" ")
    }

    fn settings(name: &str) -> Settings {
        Settings { name: name.to_owned(), category: Category::Business, threshold: 60 }
    }

    fn key() -> Key {
        Key::new(&[1; 32]).unwrap()
    }

    fn prints(documents: &[(&str, &str)]) -> Fingerprints {
        let mut prints = Fingerprints::new(Some(&key()), [2; 32]).unwrap();
        for (name, text) in documents {
            prints.add(settings(name), text).unwrap();
        }
        prints
    }

    fn found(prints: &Fingerprints, text: &str) -> Vec<(usize, u8, String, Range<usize>)> {
        let mut found = Vec::new();
        prints.find(&Text::borrowed(text, 0), &mut found);
        let all = found.into_iter();
        all.map(|d| (d.rule, d.score.get(), d.evidence[0].what.clone(), d.range)).collect()
    }

    #[test]
    fn a_copy_is_found_filled_in_or_not_and_its_place_is_told() {
        let form = text(1, 400);
        let prints = prints(&[("form", &form)]);
        let (front, behind) = (text(8, 300), text(9, 300));
        let copy = format!("{front}\n{}\n{behind}", form.to_uppercase());
        let all = found(&prints, &copy);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].1, all[0].2.as_str()), (100, "similarity 100 %"));
        assert_eq!(all[0].3, front.len() + 1..front.len() + 1 + form.len());

        // Every 20 words of the form are followed by 15 of whoever filled it in.
        let fill = words(5, 300);
        let filled: Vec<String> = words(1, 400)
            .chunks(20)
            .zip(fill.chunks(15))
            .map(|(a, b)| format!("{}: {}", a.join(" "), b.join(" ")))
            .collect();
        let filled = filled.join("\n");
        let all = found(&prints, &filled);
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].2.starts_with("similarity 8") && (85..95).contains(&all[0].1), "{all:?}");
        assert!(all[0].3.len() * 10 > filled.len() * 9, "the range covers what was filled in");
    }

    #[test]
    fn an_excerpt_is_found_in_a_long_text() {
        let document = words(1, 5000);
        let prints = prints(&[("patent", &document.join(" "))]);
        assert!(prints.prints()[0].kept < 2400, "a sample is kept");
        for (count, least) in [(80, 75), (120, 78), (400, 90)] {
            let part = document[1000..1000 + count].join(" ");
            let mail = format!("{} {part} {}", text(8, 2000), text(9, 2000));
            let all = found(&prints, &mail);
            assert_eq!(all.len(), 1, "{count}");
            assert!(all[0].1 >= least && all[0].1 <= 90 && all[0].2.starts_with("excerpt of "), "{count} {all:?}");
            let at = mail.find(&part).unwrap();
            assert!(all[0].3.start.abs_diff(at) < 100 && all[0].3.end.abs_diff(at + part.len()) < 100, "{all:?}");
        }
        let short = format!("{} {} {}", text(8, 2000), document[1000..1030].join(" "), text(9, 2000));
        assert!(found(&prints, &short).is_empty(), "30 words are a quotation");
    }

    #[test]
    fn other_texts_phrases_and_repetitions_are_none() {
        let form = words(1, 400);
        let prints = prints(&[("form", &form.join(" "))]);
        assert!(found(&prints, &text(7, 20_000)).is_empty());
        assert!(
            found(&prints, &format!("{} ", form[..12].join(" ")).repeat(500)).is_empty(),
            "one phrase, again and again"
        );
        let mut shuffled = form.clone();
        shuffled.sort();
        assert!(found(&prints, &shuffled.join(" ")).is_empty(), "the same words in another order");
        assert!(found(&prints, "").is_empty());
    }

    #[test]
    fn each_name_is_one_rule_and_the_best_edition_counts() {
        let (old, new, other) = (text(1, 200), text(2, 200), text(3, 200));
        let prints = prints(&[("form", &old), ("form", &new), ("other", &other)]);
        let rules: Vec<_> = prints.rules().into_iter().map(|r| r.id).collect();
        assert_eq!(rules, ["fingerprint-form", "fingerprint-other"]);
        let all = found(&prints, &format!("{other}\n\n{new}"));
        assert_eq!(all.iter().map(|f| (f.0, f.1)).collect::<Vec<_>>(), [(1, 100), (0, 100)]);
    }

    #[test]
    fn short_documents_are_refused_and_exceptions_are_left_out() {
        let mut prints = Fingerprints::new(None, [2; 32]).unwrap();
        assert_eq!(prints.add(settings("a"), &text(1, 49)).err(), Some(Error::Short { words: 49 }));
        assert!(prints.add(settings("a"), &text(1, 50)).is_ok());
        let letterhead = text(4, 100);
        prints.except(&letterhead);
        let mostly = format!("{letterhead} {}", text(5, 30));
        assert!(matches!(prints.add(settings("b"), &mostly), Err(Error::Short { words: 30..40 })));
        prints.add(settings("b"), &format!("{letterhead} {}", text(5, 60))).unwrap();
        assert!(found(&prints, &letterhead).is_empty());
        assert_eq!(
            prints.add(settings("B"), &text(1, 50)).err().map(|e| e.to_string().contains("lower-case")),
            Some(true)
        );
        assert!(prints.add(Settings { threshold: 5, ..settings("c") }, &text(1, 50)).is_err());
        assert_eq!((prints.remove("a"), prints.remove("a"), prints.prints().len()), (1, 0, 1));
    }

    #[test]
    fn a_file_opens_with_its_key_whole_and_not_otherwise() {
        let form = text(1, 100);
        let bytes = prints(&[("form", &form)]).to_bytes();
        for clear in ["w1", "w2", "w9"] {
            assert!(memchr::memmem::find(&bytes, format!("{clear}00").as_bytes()).is_none());
        }
        let opened = Fingerprints::open(&bytes, Some(&key())).unwrap();
        assert!(opened.is_keyed() && opened.to_bytes() == bytes && found(&opened, &form).len() == 1);
        let open = |bytes: &[u8], key: Option<&Key>| Fingerprints::open(bytes, key).err();
        assert_eq!(open(&bytes, Key::new(&[9; 32]).as_ref()), Some(Error::Key));
        assert_eq!(open(&bytes, None), Some(Error::Key));
        assert_eq!(open(b"%PDF-1.7 and so on", None), Some(Error::Foreign));
        for length in 0..bytes.len() {
            assert!(open(&bytes[..length], Some(&key())).is_some(), "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            assert!(open(&changed, Some(&key())).is_some(), "{at}");
        }
        let mut open = Fingerprints::new(None, [2; 32]).unwrap();
        open.add(settings("form"), &form).unwrap();
        let opened = Fingerprints::open(&open.to_bytes(), Some(&key())).unwrap();
        assert!(!opened.is_keyed() && found(&opened, &form).len() == 1);
    }
}
