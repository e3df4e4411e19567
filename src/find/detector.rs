//! Detectors: further sources of matches, beside the rules of the rule files.
//!
//! A detector brings rules of its own (so that policies, counts and reports know them) and finds their values itself. An
//! index of exact data ([`EdmIndex`](super::edm::EdmIndex)) is one, fingerprints of documents are another; a caller may
//! bring its own.

use std::ops::Range;

use super::rule::{Form, Part, Tiers};
use super::{Category, Evidence, Rule, Score, Value};
use crate::document::Text;

/// A rule that a detector finds by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectorRule {
    /// Stable id, kebab-case.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What kind of data it finds.
    pub category: Category,
    /// Short name used when a value is masked.
    pub short_name: String,
    /// What it finds, in words.
    pub formats: String,
    /// Scores without and with evidence, for `frisk rules`: alone, some, much.
    pub scores: [u8; 3],
}

/// A value that a detector found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// Index of the rule in [`Detector::rules`].
    pub rule: usize,
    /// Bytes of the text it covers.
    pub range: Range<usize>,
    /// How sure it is.
    pub score: Score,
    /// The value as counted and fingerprinted.
    pub value: Value,
    /// What spoke for it.
    pub evidence: Vec<Evidence>,
}

/// Finds values in texts. Shared by all threads.
pub trait Detector: Send + Sync {
    /// Its rules, always in the same order.
    fn rules(&self) -> Vec<DetectorRule>;

    /// Identifies what it finds: equal ids find equal things. Part of the ruleset id.
    fn id(&self) -> [u8; 32];

    /// Adds what it finds in `text` to `found`, in the order of the text. Costs time that grows with the text alone.
    fn find(&self, text: &Text<'_>, found: &mut Vec<Detected>);
}

impl From<DetectorRule> for Rule {
    fn from(rule: DetectorRule) -> Self {
        let [alone, nearby, label] = rule.scores;
        let tiers = Tiers { alone, nearby, label, against: None, bare: 0, isolated: 0 };
        Self {
            name: rule.name,
            version: 1,
            category: rule.category,
            country: "global".to_owned(),
            sit_guid: None,
            off: None,
            short_name: rule.short_name,
            formats: rule.formats,
            references: Vec::new(),
            confidence: tiers,
            keywords: Vec::new(),
            not_keywords: Vec::new(),
            support: Vec::new(),
            support_date: false,
            examples: Vec::new(),
            counter_examples: Vec::new(),
            origin: rule.id.clone(),
            id: rule.id,
            test_values: Default::default(),
            exclude: Vec::new(),
            prefixes: Vec::new(),
            parts: vec![Part {
                form: Form::Outside,
                separators: Vec::new(),
                checks: Vec::new(),
                tiers,
                chance: std::sync::OnceLock::new(),
            }],
        }
    }
}
