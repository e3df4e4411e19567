//! Fingerprints of documents: filled-in copies of a form, and excerpts of a text.
//!
//! Every five words in a row of a document are hashed; a document that is similar has the same hashes, wherever they
//! stand and whatever stands between them. Hashes are keyed by a secret key or, without one, by the salt of the file.
//! Two measures: how much of the fingerprinted document is in a text (a copy, filled in or edited), and how much of the
//! densest stretch of the text is from the document (an excerpt). `docs/fingerprints.md` has the format and the figures.

mod file;
mod search;
mod shingle;

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Category, Key};
use search::Table;
use shingle::Shingles;

pub use shingle::WORDS_PER_SHINGLE;

/// Words a document must have to be told from others. Shorter ones are letterheads and phrases of everybody.
pub const WORDS_MIN: usize = 50;
/// Share of a document, in percent, that a text must have unless set.
pub const THRESHOLD: u8 = 60;
/// Words an excerpt has at least.
pub const EXCERPT_WORDS_MIN: usize = 50;
/// Fingerprints of one file. Each costs a few bytes of memory for a text that is searched.
const PRINTS_MAX: usize = 10_000;

/// What a fingerprint is made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of the form, kebab-case: its rule is `fingerprint-<name>`. Several documents may share it: editions of a form.
    pub name: String,
    /// What kind of data it is.
    pub category: Category,
    /// Share of the document, in percent, that a text must have.
    pub threshold: u8,
}

/// The fingerprint of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Print {
    /// What it was made with.
    pub settings: Settings,
    /// Words of the document.
    pub words: usize,
    /// Different shingles of the document, without those of exceptions.
    pub shingles: usize,
    /// How many of them are kept.
    pub kept: usize,
}

impl Print {
    /// Share of the shingles that is kept.
    fn density(&self) -> f64 {
        self.kept as f64 / self.shingles.max(1) as f64
    }
}

/// Fingerprints of documents, as one file holds them; finds them in texts.
pub struct Fingerprints {
    key: Key,
    keyed: bool,
    salt: [u8; 32],
    prints: Vec<Print>,
    hashes: Vec<Vec<u64>>,
    exceptions: HashSet<u64>,
    table: Table,
}

/// Why fingerprints cannot be made or used.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The settings are wrong.
    Settings(&'static str),
    /// The document has too few words of its own.
    Short {
        /// Words it has, exceptions not counted.
        words: usize,
    },
    /// More fingerprints than a file can have.
    TooMany,
    /// Not a file of fingerprints.
    Foreign,
    /// A file of another version.
    Version(u32),
    /// The key is not the one they were made with, or there is none and one is needed.
    Key,
    /// Cut off or changed.
    Damaged,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(what) => f.write_str(what),
            Self::Short { words } => {
                write!(f, "has {words} words of its own; a document needs {WORDS_MIN} to be told from others")
            }
            Self::TooMany => write!(f, "more than {PRINTS_MAX} fingerprints"),
            Self::Foreign => f.write_str("is not a file of fingerprints"),
            Self::Version(found) => {
                write!(f, "has version {found} of the format, this program reads {}", file::VERSION)
            }
            Self::Key => f.write_str("was made with another key"),
            Self::Damaged => f.write_str("is damaged: it was cut off or changed"),
        }
    }
}

impl std::error::Error for Error {}

impl Fingerprints {
    /// No fingerprints yet. `salt` is random. Without a key the hashes can be tried out by whoever has the file.
    pub fn new(key: Option<&Key>, salt: [u8; 32]) -> Option<Self> {
        let (keyed, key) = (key.is_some(), key.cloned().or_else(Key::public)?);
        let (prints, hashes, exceptions) = (Vec::new(), Vec::new(), HashSet::new());
        Some(Self { key, keyed, salt, prints, hashes, exceptions, table: Table::default() })
    }

    /// Leaves the words of `text` out of all fingerprints that are added from now on: letterheads, terms, disclaimers.
    pub fn except(&mut self, text: &str) {
        let mut shingles = Shingles::new(&self.key, &self.salt, text);
        while let Some(shingle) = shingles.next() {
            self.exceptions.insert(shingle.hash);
        }
    }

    /// Adds the fingerprint of a document.
    ///
    /// # Errors
    /// Wrong settings; too few words.
    #[allow(clippy::arithmetic_side_effects, reason = "shingles in a list, and a few words more")]
    pub fn add(&mut self, settings: Settings, text: &str) -> Result<&Print, Error> {
        settings.check()?;
        if self.prints.len() >= PRINTS_MAX {
            return Err(Error::TooMany);
        }
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        let mut shingles = Shingles::new(&self.key, &self.salt, text);
        while let Some(shingle) = shingles.next() {
            if !self.exceptions.contains(&shingle.hash) && seen.insert(shingle.hash) {
                all.push(shingle.hash);
            }
        }
        let words = shingles.words();
        let own = words.min(all.len() + WORDS_PER_SHINGLE - 1);
        if own < WORDS_MIN {
            return Err(Error::Short { words: if words < WORDS_MIN { words } else { own } });
        }
        let kept = shingle::winnow(&all);
        self.prints.push(Print { settings, words, shingles: all.len(), kept: kept.len() });
        self.hashes.push(kept);
        self.table = Table::new(&self.hashes);
        self.prints.last().ok_or(Error::TooMany)
    }

    /// Removes all fingerprints of this name; says how many there were.
    #[allow(clippy::arithmetic_side_effects, reason = "prints are only taken away")]
    pub fn remove(&mut self, name: &str) -> usize {
        let before = self.prints.len();
        let mut hashes = std::mem::take(&mut self.hashes).into_iter();
        let prints = std::mem::take(&mut self.prints).into_iter();
        for print in prints {
            let hashes = hashes.next().unwrap_or_default();
            if print.settings.name != name {
                self.prints.push(print);
                self.hashes.push(hashes);
            }
        }
        self.table = Table::new(&self.hashes);
        before - self.prints.len()
    }

    /// The fingerprints.
    pub fn prints(&self) -> &[Print] {
        &self.prints
    }

    /// Whether the hashes are under a secret key.
    pub fn is_keyed(&self) -> bool {
        self.keyed
    }
}

impl Settings {
    fn check(&self) -> Result<(), Error> {
        let kebab = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.bytes().all(kebab) {
            return Err(Error::Settings("a name has lower-case letters, digits and hyphens, 64 at most"));
        }
        if !(10..=100).contains(&self.threshold) {
            return Err(Error::Settings("a threshold is from 10 to 100 percent"));
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingerprints").field("prints", &self.prints.len()).finish_non_exhaustive()
    }
}
