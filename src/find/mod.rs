//! Finding: text gives matches, each with the rule, the span, a confidence and the evidence for it.
//!
//! `find/` sees no file format: it asks [`Text`](crate::document::Text) for cells, headers and borders.

#![warn(clippy::indexing_slicing)]
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod aligned;
mod arbitrate;
mod around;
mod byte_set;
mod candidate;
mod cells;
mod check;
mod column;
mod confidence;
mod context;
mod detector;
pub mod edm;
mod engine;
mod expression;
pub mod fingerprint;
mod fold;
mod inserts;
mod key;
mod nearest;
mod purview;
mod rule;
mod rule_bits;
mod rule_file;
mod ruleset;
mod selftest;
mod shape_index;
mod token;
mod vocabulary;

pub use confidence::{Level, Score};
pub use detector::{Detected, Detector, DetectorRule};
pub use engine::{Found, Trace};
pub(crate) use inserts::last_statement;
pub use key::{KEY_BYTES_MIN, Key};
pub use nearest::nearest;
pub use purview::{Package, Type};
pub use rule::{Category, Example, Rule, RuleError, Tiers};
pub use ruleset::{Ruleset, RulesetBuilder};

use std::fmt;
use std::ops::Range;

/// Whether `value` (letters in upper case and digits, nothing between them) passes the check that rule files call
/// `name`; `None` when there is no such check. For comparing checks with other implementations.
pub fn passes(name: &str, value: &str) -> Option<bool> {
    check::by_name(name).map(|check| (check.accepts)(value))
}

/// A value that a rule found and its checks accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Index of the rule in [`Ruleset::rules`].
    pub rule: usize,
    /// Bytes of the text it covers.
    pub range: Range<usize>,
    /// How sure it is, 0 to 100.
    pub score: Score,
    /// The value without separators, as counted and fingerprinted.
    pub value: Value,
    /// What spoke for it and against it, in the order it was weighed.
    pub evidence: Vec<Evidence>,
}

/// A found value. Its text is only given to whoever asks for it by name: never by `Debug`, a log or a panic.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(String);

impl Value {
    /// Keeps a normalised value.
    pub fn new(normalised: String) -> Self {
        Self(normalised)
    }

    /// The value itself. Callers mask or fingerprint it before it goes anywhere.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({} characters)", self.0.chars().count())
    }
}

/// One thing that changed the confidence of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Points it gave (negative: took).
    pub points: i16,
    /// What it was, for a person: `keyword "ssn" 4 characters before`, `column header "Card no."`, `test number`.
    pub what: String,
}
