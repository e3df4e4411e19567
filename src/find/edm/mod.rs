//! Exact data match: an index of rows (people, contracts, patients) finds their own values in texts, and no others.
//!
//! An index holds keyed hashes of the values of some columns. A value of a *primary* column in a text is a candidate;
//! values of the same row's *secondary* columns around it are the evidence. Other rows' values are none. An index is
//! built in three steps over sorted records, so that ten million rows need little memory: [`Encoder`] makes a record of
//! a row, [`RowWriter`] takes them sorted, [`PrimaryWriter`] takes what that gives, sorted again. Who calls sorts, in
//! memory ([`build`](fn@build)) or in files; nothing here does I/O. `docs/edm.md` has the format, and what it gives away.

mod build;
mod date;
mod format;
mod index;
mod lookup;
mod span;

pub use build::{Encoder, Outcome, PrimaryWriter, RowWriter, build};
pub use date::DateOrder;
pub use index::EdmIndex;

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use super::{Category, Level};

/// Columns an index has at most, primary and secondary ones.
pub const COLUMNS_MAX: usize = 64;
/// Bytes of the spelling of a value. Longer values are not kept: nobody writes them twice in the same way.
pub const VALUE_BYTES_MAX: usize = 127;
/// Letters and digits a secondary value has at least. Initials and flags stand in every text.
pub const SECONDARY_CHARS_MIN: usize = 2;
/// Rows of one primary value that are looked at. A value that more rows share tells none of them.
pub const SHARED_ROWS_MAX: usize = 64;

/// A column of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name, in clear.
    pub name: String,
    /// Whether its values are looked for by themselves; values of other columns only speak for them.
    pub primary: bool,
    /// Set for dates, which texts write in other ways: the same day is the same value. Secondary columns only.
    pub date: Option<DateOrder>,
}

impl Column {
    /// A column whose values are looked for.
    pub fn primary(name: &str) -> Self {
        Self { name: name.to_owned(), primary: true, date: None }
    }

    /// A column whose values speak for those.
    pub fn secondary(name: &str) -> Self {
        Self { name: name.to_owned(), primary: false, date: None }
    }

    /// A secondary column of dates.
    pub fn date(name: &str, order: DateOrder) -> Self {
        Self { name: name.to_owned(), primary: false, date: Some(order) }
    }
}

/// What an index is built with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of the data, kebab-case: its rule is `edm-<name>`.
    pub name: String,
    /// What kind of data it is.
    pub category: Category,
    /// Columns, in the order of the fields that [`Encoder::row`] takes.
    pub columns: Vec<Column>,
    /// Letters and digits that a primary value has at least.
    pub primary_chars_min: usize,
    /// Secondary values of the row that must stand near a primary value for a match.
    pub secondary_min: usize,
    /// Scores of a primary value with no, one, and more secondary values beside it.
    pub scores: [u8; 3],
}

impl Settings {
    /// The usual settings: alone low, with one secondary value medium, with more high. Without secondary columns
    /// nothing can lift a value, so it is medium at once.
    pub fn new(name: &str, columns: Vec<Column>) -> Self {
        let lonely = columns.iter().all(|c| c.primary);
        let alone = if lonely { Level::Medium.threshold() } else { Level::Low.threshold() };
        Self {
            name: name.to_owned(),
            category: Category::Personal,
            columns,
            primary_chars_min: 4,
            secondary_min: 0,
            scores: [alone, 80, 95],
        }
    }

    /// Columns whose values are looked for.
    pub fn primaries(&self) -> usize {
        self.columns.iter().filter(|c| c.primary).count()
    }

    /// Columns whose values speak for them.
    #[allow(clippy::arithmetic_side_effects, reason = "primary columns are some of the columns")]
    pub fn secondaries(&self) -> usize {
        self.columns.len() - self.primaries()
    }

    #[allow(clippy::arithmetic_side_effects, reason = "a position in a list")]
    fn check(&self) -> Result<(), Error> {
        let kebab = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let wrong = |what: &str| Err(Error::Settings(what.to_owned()));
        if self.name.is_empty() || self.name.len() > 64 || !self.name.bytes().all(kebab) {
            return wrong("a name has lower-case letters, digits and hyphens, 64 at most");
        }
        if self.primaries() == 0 {
            return wrong("no column is primary; write `name:primary` for a column whose values tell a row");
        }
        if self.columns.iter().any(|c| c.primary && c.date.is_some()) {
            return wrong("a date tells no row: no column is both primary and a date");
        }
        if self.columns.len() > COLUMNS_MAX {
            return Err(Error::Settings(format!("more than {COLUMNS_MAX} columns")));
        }
        for (i, column) in self.columns.iter().enumerate() {
            if self.columns.iter().skip(i + 1).any(|c| c.name == column.name) {
                return Err(Error::Settings(format!("column `{}` is named twice", column.name)));
            }
        }
        if self.secondary_min > self.secondaries() {
            return wrong("more secondary values are asked for than there are secondary columns");
        }
        let [alone, one, more] = self.scores;
        if alone > one.max(alone) || one > more || more > 100 || self.primary_chars_min == 0 {
            return wrong("scores are from 0 to 100 and rise with the evidence");
        }
        Ok(())
    }
}

/// What became of the rows of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// Rows kept.
    pub kept: u64,
    /// Rows that were there already.
    pub duplicate: u64,
    /// Rows skipped because every primary value is blank.
    pub blank: u64,
    /// Rows skipped because every primary value that is there is too short to be sure.
    pub short: u64,
    /// Rows skipped because every primary value that is there is too long, or has too many words.
    pub long: u64,
    /// Secondary values left out as too short or too long.
    pub secondary_unused: u64,
    /// Primary values that more than [`SHARED_ROWS_MAX`] rows share.
    pub shared: u64,
}

/// Why an index cannot be built or used. Never says a value.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The settings are wrong.
    Settings(String),
    /// Not an index at all.
    Foreign,
    /// An index of another version.
    Version(u32),
    /// The key is not the one it was built with.
    Key,
    /// Cut off or changed.
    Damaged(&'static str),
    /// More rows than an index can have.
    TooLarge,
    /// It could not be written.
    Write(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(what) => f.write_str(what),
            Self::Foreign => f.write_str("is not an index of exact data"),
            Self::Version(found) => {
                write!(f, "has version {found} of the format, this program reads {}", format::VERSION)
            }
            Self::Key => f.write_str("was built with another key"),
            Self::Damaged(what) => write!(f, "is damaged: {what}"),
            Self::TooLarge => write!(f, "more than {} rows", format::ROWS_MAX),
            Self::Write(error) => write!(f, "cannot be written: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}
