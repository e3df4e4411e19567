//! The whole way of one file on one screen.
//!
//! A stand-in with the final shape: it reads UTF-8 text alone.

use crate::blob::{Budget, Family, Gap, Kind, Limits, ReadEnd, Reason, Source};
use crate::document::{Document, Options, Text};
use crate::find::{Ruleset, Score};
use crate::policy::{Facts, Policy};
use crate::report::{Collector, Masker, Record, RuleInfo, Show};

pub use crate::report::Input as Context;

/// Why a scanner cannot be built.
#[derive(Debug)]
pub struct Error(String);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Examines inputs. One is shared by all threads.
pub struct Scanner {
    ruleset: Option<Ruleset>,
    options: Options,
    rules: Vec<RuleInfo>,
    masker: Masker,
    policy: Policy,
    limits: Limits,
    gate: Score,
}

/// Settings of a [`Scanner`].
pub struct Builder {
    scanner: Scanner,
}

impl Scanner {
    /// Starts from the built-in rules, the default policy and the default limits.
    pub fn builder() -> Builder {
        let scanner = Self {
            ruleset: None,
            options: Options::default(),
            rules: Vec::new(),
            masker: Masker::new(Show::Nothing, b""),
            policy: Policy::default_policy(),
            limits: Limits::default(),
            gate: Score::new(75),
        };
        Builder { scanner }
    }

    /// Id of rules, policy and engine.
    pub fn ruleset_id(&self) -> &str {
        self.ruleset.as_ref().map_or("none", Ruleset::id)
    }

    /// The rules it finds by.
    pub fn ruleset(&self) -> Option<&Ruleset> {
        self.ruleset.as_ref()
    }

    /// The policy it decides by.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The limits it keeps.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Examines one input.
    pub fn scan<'a>(&self, source: impl Into<Source<'a>>, context: &Context) -> Record {
        let mut record = Record::new(context, self.ruleset_id());
        let budget = Budget::new(&self.limits);
        let (bytes, end) = source.into().bytes(&budget);
        record.stats.bytes_in = bytes.len() as u64;
        let kind = Kind::of(&bytes);
        record.set_kind(kind);
        let mut gaps = context.gaps.clone();
        gaps.extend(gaps_of(end));
        let mut collector = Collector::new(&self.rules, &self.masker, self.gate, self.limits.matches_max);
        match (kind.family(), std::str::from_utf8(&bytes)) {
            (Family::Text | Family::Empty, Ok(text)) => {
                record.stats.bytes_text = text.len() as u64;
                let text = Text::borrowed(text, 0);
                if let Some(ruleset) = self.ruleset.as_ref().filter(|_| self.options.text) {
                    collector.add(&ruleset.find(&text, self.limits.matches_max).matches, &text, "");
                }
            }
            _ => gaps.push(Gap::new(Reason::UnsupportedType, "", "")),
        }
        self.conclude(record, kind, &gaps, collector)
    }

    /// The record of an input that was not opened, with the reason for it.
    pub fn not_examined(&self, gap: Gap, context: &Context) -> Record {
        let record = Record::new(context, self.ruleset_id());
        let collector = Collector::new(&self.rules, &self.masker, self.gate, 0);
        self.conclude(record, Kind::Unknown, &[gap], collector)
    }

    /// Gives the text of an input and of every member inside it to `visit`, with the path of members down to it.
    pub fn extract<'a>(
        &self,
        source: impl Into<Source<'a>>,
        context: &Context,
        visit: &mut dyn FnMut(&str, &Document<'_>),
    ) {
        let _ = context;
        let (bytes, end) = source.into().bytes(&Budget::new(&self.limits));
        let text = Text::owned(String::from_utf8_lossy(&bytes).into_owned());
        visit("", &Document { text, gaps: gaps_of(end), ..Document::default() });
    }

    fn conclude(&self, mut record: Record, kind: Kind, gaps: &[Gap], collector: Collector<'_>) -> Record {
        let collected = collector.finish();
        let findings = collected.findings(&self.rules);
        let name = record.path.rsplit('/').next().unwrap_or_default().to_owned();
        let facts = Facts { name: &name, kind, size: record.size, findings: &findings, labels: &[], gaps };
        let verdict = self.policy.decide(&facts);
        drop(findings);
        record.conclude(gaps, collected);
        record.decide(self.policy.name(), verdict);
        record
    }
}

fn gaps_of(end: ReadEnd) -> Vec<Gap> {
    match end {
        ReadEnd::Whole => Vec::new(),
        ReadEnd::Limit(reason) => vec![Gap::new(reason, "", "")],
        ReadEnd::Failed(error) => vec![Gap::new(Reason::ReadError, "", error.to_string())],
    }
}

impl Builder {
    /// Sets the policy.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.scanner.policy = policy;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.scanner.limits = limits;
        self
    }

    /// Sets the lowest score that is reported.
    pub fn min_confidence(mut self, gate: Score) -> Self {
        self.scanner.gate = gate;
        self
    }

    /// Sets the rules.
    pub fn ruleset(mut self, ruleset: Ruleset) -> Self {
        self.scanner.rules = ruleset.rules().iter().map(RuleInfo::from).collect();
        self.scanner.ruleset = Some(ruleset);
        self
    }

    /// Sets what is read.
    pub fn options(mut self, options: Options) -> Self {
        self.scanner.options = options;
        self
    }

    /// Sets how values are shown and fingerprinted.
    pub fn masker(mut self, masker: Masker) -> Self {
        self.scanner.masker = masker;
        self
    }

    /// Checks the settings.
    pub fn build(self) -> Result<Scanner, Error> {
        Ok(self.scanner)
    }
}
