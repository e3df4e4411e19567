//! Suppression lists: matches that somebody looked at and found to be none (`docs/suppressions.md`).
//!
//! Entries look at values, so they stand here, where values end, and not in `policy/`, which never sees one. What they
//! suppress is no match for anybody behind them, but every record says how many there were, and by which entry.

mod error;
mod glob;
mod parse;

use std::collections::HashMap;
use std::fmt;

use regex::Regex;
use sha2::{Digest, Sha256};

use crate::find::Value;
use crate::policy::Selector;
use crate::report::collect::RuleInfo;
use crate::report::encode::hex;
use crate::report::mask::{Masker, is_never_shown};

pub use crate::policy::Date;
pub use error::SuppressionError;

use glob::Glob;

/// Bytes of a SHA-256.
const HASH_BYTES: usize = 32;

/// The entries of all lists of a scan, compiled. Shared by all threads.
#[derive(Clone, Default)]
pub struct Suppressions {
    entries: Vec<Entry>,
    /// Entries in force that name fingerprints, by each of them; the others that name hashes; and all that name neither:
    /// a list of a hundred thousand values costs one look-up a match. Ascending.
    by_fingerprint: HashMap<u64, Vec<usize>>,
    by_hash: HashMap<[u8; HASH_BYTES], Vec<usize>>,
    others: Vec<usize>,
    /// Whether the hash of a value is ever asked for.
    hashed: bool,
    digest: [u8; HASH_BYTES],
}

/// One entry of a list: applies to a match when all its conditions hold.
#[derive(Clone)]
pub struct Entry {
    name: String,
    reason: String,
    expires: Option<Date>,
    expired: bool,
    file: String,
    line: usize,
    rules: Option<Vec<(Selector, usize)>>,
    fingerprints: Option<Vec<(u64, usize)>>,
    hashes: Option<Vec<([u8; HASH_BYTES], usize)>>,
    regex: Option<Regex>,
    paths: Option<Vec<(Glob, usize)>>,
}

impl Suppressions {
    /// Adds the entries of a list; `file` is only named in messages. Entries that expired before `today` do not apply.
    ///
    /// # Errors
    /// The first thing wrong with it; then nothing is added.
    pub fn add(&mut self, file: &str, text: &str, today: Date) -> Result<(), SuppressionError> {
        let added = parse::parse(file, text, today, &self.entries)?;
        // What a scan finds depends on the text and on which entries were still in force.
        let mut digest = Sha256::new().chain_update(self.digest).chain_update(text);
        for (at, entry) in (self.entries.len()..).zip(&added) {
            digest.update([u8::from(entry.expired)]);
            if !entry.expired {
                self.index(at, entry);
            }
        }
        self.digest = digest.finalize().into();
        self.entries.extend(added);
        Ok(())
    }

    fn index(&mut self, at: usize, entry: &Entry) {
        let add = |numbers: &mut Vec<usize>| {
            // A value may be named twice in one entry.
            if numbers.last() != Some(&at) {
                numbers.push(at);
            }
        };
        self.hashed |= entry.hashes.is_some();
        match (&entry.fingerprints, &entry.hashes) {
            (Some(prints), _) => prints.iter().for_each(|(p, _)| add(self.by_fingerprint.entry(*p).or_default())),
            (None, Some(hashes)) => hashes.iter().for_each(|(h, _)| add(self.by_hash.entry(*h).or_default())),
            (None, None) => add(&mut self.others),
        }
    }

    /// Whether there is no entry, not even an expired one.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries, in the order of the lists.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many entries expired.
    pub fn expired(&self) -> u64 {
        self.entries.iter().filter(|e| e.expired).count() as u64
    }

    /// Part of the ruleset id: equal digests suppress the same.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// Names of rules that are none of `known` (id and category), each as an error at its line. Such an entry is
    /// harmless where the rule is only switched off, so it is for the caller to say whether it may stay.
    pub fn unknown_rules<'k>(
        &self,
        known: impl IntoIterator<Item = (&'k str, &'k str)> + Clone,
    ) -> Vec<SuppressionError> {
        let mut errors = Vec::new();
        for entry in &self.entries {
            for (selector, line) in entry.rules.iter().flatten() {
                let Some(help) = selector.correction(known.clone()) else { continue };
                let message = format!("entry `{}`: no detection rule is called `{selector}`", entry.name);
                let (file, line) = (entry.file.clone(), *line);
                errors.push(SuppressionError { code: "S005", message, file, line, help: Some(help) });
            }
        }
        errors
    }

    /// Entries as they apply to one document.
    pub(super) fn at<'s>(&'s self, path: &'s str, container: &'s str) -> Here<'s> {
        Here { list: self, path, container, met: HashMap::new() }
    }
}

impl fmt::Debug for Suppressions {
    /// Never shows what entries name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Suppressions").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Entry {
    /// Its id, or its number in the lists: `#3`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it is there.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The last day it applies.
    pub fn expires(&self) -> Option<Date> {
        self.expires
    }

    /// Whether that day has passed.
    pub fn is_expired(&self) -> bool {
        self.expired
    }

    /// Its file and line.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// Keys of its conditions.
    pub fn conditions(&self) -> impl Iterator<Item = &'static str> {
        let keys = [
            ("rule", self.rules.is_some()),
            ("fingerprint", self.fingerprints.is_some()),
            ("sha256", self.hashes.is_some()),
            ("regex", self.regex.is_some()),
            ("path", self.paths.is_some()),
        ];
        keys.into_iter().filter(|(_, given)| *given).map(|(key, _)| key)
    }

    /// Whether its conditions hold for everything: those for any rule and any path are none.
    fn is_unconditional(&self) -> bool {
        let all_rules = self.rules.as_ref().is_none_or(|list| list.iter().any(|(s, _)| *s == Selector::All));
        let all_paths = self.paths.as_ref().is_none_or(|list| list.iter().any(|(glob, _)| glob.is_everything()));
        all_rules && all_paths && self.fingerprints.is_none() && self.hashes.is_none() && self.regex.is_none()
    }
}

impl fmt::Debug for Entry {
    /// Never shows what it names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).field("place", &self.place()).finish_non_exhaustive()
    }
}

/// The entries at one document.
pub(super) struct Here<'s> {
    list: &'s Suppressions,
    path: &'s str,
    container: &'s str,
    /// Whether entries with a path are met here, as far as anybody asked: globs are tried once a document.
    met: HashMap<usize, bool>,
}

impl Here<'_> {
    /// Number of the first entry that applies to a match, with the fingerprint of its value.
    pub(super) fn entry(&mut self, rule: &RuleInfo, value: &Value, fingerprint: Option<u64>) -> Option<usize> {
        let list = self.list;
        let hash = list.hashed.then(|| Sha256::digest(value.reveal()).into());
        let known = fingerprint.and_then(|f| list.by_fingerprint.get(&f));
        let hashed = hash.as_ref().and_then(|hash| list.by_hash.get(hash));
        let mut first = |numbers: &[usize]| {
            numbers.iter().copied().find(|at| {
                list.entries.get(*at).is_some_and(|entry| self.applies(*at, entry, rule, value, hash.as_ref()))
            })
        };
        let numbers = [known.map(Vec::as_slice), hashed.map(Vec::as_slice), Some(list.others.as_slice())];
        numbers.into_iter().flatten().filter_map(&mut first).min()
    }

    /// Whether the conditions of an entry hold that its index does not answer.
    fn applies(
        &mut self,
        at: usize,
        entry: &Entry,
        rule: &RuleInfo,
        value: &Value,
        hash: Option<&[u8; HASH_BYTES]>,
    ) -> bool {
        let named = |list: &Vec<(Selector, usize)>| list.iter().any(|(s, _)| s.matches(&rule.id, &rule.category));
        entry.rules.as_ref().is_none_or(named)
            && entry.hashes.as_ref().is_none_or(|list| list.iter().any(|(known, _)| Some(known) == hash))
            && entry.regex.as_ref().is_none_or(|regex| regex.is_match(value.reveal()))
            && entry.paths.as_ref().is_none_or(|globs| {
                let (path, container) = (self.path, self.container);
                *self.met.entry(at).or_insert_with(|| globs.iter().any(|(glob, _)| glob.matches(path, container)))
            })
    }
}

/// What a list may call a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueNames {
    /// SHA-256 of the normalised value, in hex. Whoever has it can try values out.
    pub sha256: String,
    /// The fingerprint that records show, if there is a key.
    pub fingerprint: Option<String>,
}

impl ValueNames {
    /// The names of a value of a rule. `None` for authentication data, of which not even a hash may be kept.
    pub fn of(masker: &Masker, rule: &str, value: &Value) -> Option<Self> {
        if is_never_shown(rule) {
            return None;
        }
        let fingerprint = masker.fingerprint(rule, value).map(|f| hex(&f.to_be_bytes()));
        Some(Self { sha256: hex(&Sha256::digest(value.reveal())), fingerprint })
    }
}

#[cfg(test)]
mod tests;
