//! The whole way of one file on one screen: bytes, parts, text, matches, labels, verdict, record.
//!
//! ```
//! use frisk::scan::{Context, Scanner};
//!
//! let scanner = Scanner::builder().build()?; // once; shared by all threads
//! let record = scanner.scan("Card number: 4539 5787 6362 1486", &Context::named("note.txt"));
//! assert_eq!(record.matches[0].rule, "credit-card-number");
//! assert_eq!(record.matches[0].samples[0].masked, "[card:16]"); // values are never shown unless asked for
//! assert!(record.reasons.is_empty()); // everything was examined
//!
//! let mut stream = std::io::Cursor::new(b"nothing to see".to_vec());
//! let record = scanner.scan(frisk::blob::Source::reader(&mut stream), &Context::named("stream"));
//! assert_eq!(record.verdict, frisk::report::Outcome::Clean);
//! # Ok::<(), frisk::scan::Error>(())
//! ```

mod builder;
mod formats;
#[doc(hidden)]
pub mod oracle;
mod walk;
#[cfg(any(feature = "cli", feature = "serve"))]
pub mod worker;

use std::time::{Instant, SystemTime};

use crate::blob::{Budget, Gap, Kind, Limits, ReadEnd, Reason, Source, Suspicion, Suspicions};
use crate::document::{Document, Options};
use crate::find::{Ruleset, Score, Trace};
use crate::label::{self, Label, Protection};
use crate::policy::{Facts, FindingEntry, Policy, Situation};
use crate::report::{Collector, Masker, Record, RuleInfo, Suppressions};

pub use crate::report::Input as Context;
pub use builder::{Builder, Error};
pub use formats::{Format, formats, matrix};

use walk::Walk;

/// Examines inputs. Compile one; it is shared by all threads.
pub struct Scanner {
    ruleset: Ruleset,
    rules: Vec<RuleInfo>,
    masker: Masker,
    policy: Policy,
    limits: Limits,
    gate: Score,
    suppressions: Suppressions,
    options: Options,
    time: Option<SystemTime>,
    id: String,
}

impl Scanner {
    /// Starts from the built-in rules, the default policy and the default limits.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Decides by this time about inputs whose own situation has none: one for a whole run, so that its records agree.
    pub fn at(mut self, time: SystemTime) -> Self {
        self.time = Some(time);
        self
    }

    /// Id of rules, keywords, policy, suppression lists and engine: equal ids find and decide the same.
    pub fn ruleset_id(&self) -> &str {
        &self.id
    }

    /// The rules it finds by.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// The policy it decides by.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What it suppresses.
    pub fn suppressions(&self) -> &Suppressions {
        &self.suppressions
    }

    /// The limits it keeps.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Examines one input. Never fails: what could not be examined is in the record.
    pub fn scan<'a>(&self, source: impl Into<Source<'a>>, context: &Context) -> Record {
        self.scan_and_ask(source, context, &|| None)
    }

    /// Examines one input, and asks in the end for a gap that came up meanwhile: a file may have changed.
    pub fn scan_and_ask<'a>(
        &self,
        source: impl Into<Source<'a>>,
        context: &Context,
        late: &dyn Fn() -> Option<Gap>,
    ) -> Record {
        let start = Instant::now();
        let mut record = Record::new(context, self.ruleset_id());
        let mut budget = Budget::new(&self.limits);
        let (bytes, end) = source.into().bytes(&budget);
        record.stats.bytes_in = bytes.len() as u64;
        record.timing.read = micros(start);

        let mut collector = Collector::new(&self.rules, &self.masker, self.gate, self.limits.matches_max)
            .suppressing(&self.suppressions, &context.path);
        let mut labels: Vec<Label> = Vec::new();
        let mut protection = Protection::None;
        let (mut text_bytes, mut find_time) = (0, 0);
        let deadline = budget.deadline();
        let is_over = || deadline.is_some_and(|deadline| Instant::now() > deadline);
        let mut late_gaps = Vec::new();
        let mut visit = |path: &str, kind: Kind, document: &Document<'_>| {
            let start = Instant::now();
            let found = self.ruleset.find_until(&document.text, self.limits.matches_max, &is_over);
            if found.capped {
                collector.set_capped();
            }
            if let Some(at) = found.stopped {
                let detail = format!("not all was looked for behind byte {at} of {} of the text", document.text.len());
                late_gaps.push(Gap::new(Reason::Timeout, path, detail));
            }
            collector.add(&found.matches, &document.text, path);
            text_bytes += document.text.len() as u64;
            find_time += micros(start);
            for label in label::read(&document.properties, kind) {
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
            protection = stronger(protection, label::protection(&[], &document.properties));
        };
        let mut gaps = context.gaps.clone();
        gaps.extend(gaps_of(end, &self.limits));
        let mut walk = Walk::new(&mut budget, &self.options, gaps, &mut visit);
        let kind = walk.blob(&bytes, "");
        let (mut gaps, mut suspicions) = (walk.gaps, walk.suspicions);
        gaps.append(&mut late_gaps);
        gaps.extend(late());
        if collector.capped() {
            let most = format!("more than {} matches", self.limits.matches_max);
            gaps.push(Gap::new(Reason::MatchesCapped, "", most));
        }
        protection = stronger(protection, label::protection(&gaps, &crate::document::Properties::default()));

        record.set_kind(kind);
        if record.extension_mismatch {
            suspicions.add(Suspicion::ExtensionMismatch, "");
        }
        record.set_suspicions(&suspicions);
        record.set_labels(&labels, protection);
        record.stats.bytes_text = text_bytes;
        record.stats.members = budget.members();
        record.stats.max_depth = budget.depth_seen();
        record.timing.find = find_time;
        let known = Known { kind, labels: &labels, protection, gaps: &gaps, situation: &context.situation };
        let mut record = self.conclude(record, &known, &suspicions, collector);
        record.timing.total = micros(start);
        record.timing.extract = record.timing.total.saturating_sub(record.timing.read + record.timing.find);
        record
    }

    /// The record of an input that was not opened, with the reason for it.
    pub fn not_examined(&self, gap: Gap, context: &Context) -> Record {
        let record = Record::new(context, self.ruleset_id());
        let collector = Collector::new(&self.rules, &self.masker, self.gate, 0);
        let gaps: Vec<Gap> = std::iter::once(gap).chain(context.gaps.iter().cloned()).collect();
        let (kind, protection, situation) = (Kind::Unknown, Protection::None, &context.situation);
        let known = Known { kind, labels: &[], protection, gaps: &gaps, situation };
        self.conclude(record, &known, &Suspicions::default(), collector)
    }

    /// Gives the text of an input and of every member inside it to `visit`, with the path of members down to it, and
    /// returns what could not be read.
    pub fn extract<'a>(&self, source: impl Into<Source<'a>>, visit: &mut dyn FnMut(&str, &Document<'_>)) -> Vec<Gap> {
        let mut budget = Budget::new(&self.limits);
        let (bytes, end) = source.into().bytes(&budget);
        let mut visit = |path: &str, _: Kind, document: &Document<'_>| visit(path, document);
        let gaps = gaps_of(end, &self.limits);
        let mut walk = Walk::new(&mut budget, &self.options, gaps, &mut visit);
        walk.blob(&bytes, "");
        walk.gaps
    }

    /// Tells for every candidate in an input which rules looked at it and what each step decided.
    pub fn explain<'a>(
        &self,
        source: impl Into<Source<'a>>,
        visit: &mut dyn FnMut(&str, &Document<'_>, &[Trace]),
    ) -> Vec<Gap> {
        self.extract(source, &mut |path, document| visit(path, document, &self.ruleset.explain(&document.text)))
    }

    fn conclude(
        &self,
        mut record: Record,
        known: &Known<'_>,
        suspicions: &Suspicions,
        collector: Collector<'_>,
    ) -> Record {
        let Known { kind, labels, protection, gaps, situation } = *known;
        let timed;
        let situation = match (situation.time, self.time) {
            (None, Some(_)) => {
                timed = Situation { time: self.time, ..situation.clone() };
                &timed
            }
            _ => situation,
        };
        let collected = collector.finish();
        let findings = collected.findings(&self.rules);
        let name = record.path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let suspicions: Vec<Suspicion> = suspicions.iter().map(|(sign, _)| sign).collect();
        let facts = Facts {
            name: &name,
            kind,
            size: record.size,
            findings: &findings,
            labels,
            protection,
            gaps,
            suspicions: &suspicions,
            situation,
        };
        let verdict = self.policy.decide(&facts);
        record.findings = findings.iter().map(FindingEntry::from).collect();
        drop(findings);
        record.conclude(gaps, collected);
        record.decide(self.policy.name(), verdict);
        record
    }
}

/// What a policy decides about, besides what was found.
#[derive(Clone, Copy)]
struct Known<'k> {
    kind: Kind,
    labels: &'k [Label],
    protection: Protection,
    gaps: &'k [Gap],
    situation: &'k Situation,
}

fn stronger(a: Protection, b: Protection) -> Protection {
    let rank = |p| match p {
        Protection::None => 0,
        Protection::Encrypted => 1,
        Protection::PasswordEncrypted => 2,
        Protection::RightsManaged => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn gaps_of(end: ReadEnd, limits: &Limits) -> Vec<Gap> {
    match end {
        ReadEnd::Whole => Vec::new(),
        ReadEnd::Limit(reason) => vec![Gap::new(reason, "", format!("more than {} bytes", limits.file_bytes_max))],
        ReadEnd::Failed(error) => vec![Gap::new(Reason::ReadError, "", error.to_string())],
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scanner").field("id", &self.id).field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::jsonl;

    #[test]
    fn a_record_that_is_written_is_read_again() {
        let scanner = Scanner::builder().build().unwrap();
        let texts = ["Card number: 4539 5787 6362 1486, expires 12/29", "", "a,b\n1,2", "PK\x03\x04 cut off"];
        for text in texts {
            let input = Context { size: text.len() as u64, ..Context::named("a/report.txt") };
            let line = jsonl::line(&scanner.scan(text, &input));
            let read: Record = serde_json::from_str(&line).unwrap();
            assert_eq!(jsonl::line(&read), line, "nothing is lost on the way");
        }
    }
}
