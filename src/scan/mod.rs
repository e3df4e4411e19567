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
mod course;
mod formats;
mod gather;
#[doc(hidden)]
pub mod oracle;
mod walk;
mod window;
#[cfg(any(feature = "cli", feature = "serve"))]
pub mod worker;

use std::borrow::Cow;
use std::time::{Duration, Instant, SystemTime};

use crate::blob::{Budget, Gap, Kind, Limits, ReadEnd, Reason, Source, Suspicion, Suspicions};
use crate::document::{Document, Options};
use crate::find::{Ruleset, Score, Trace};
use crate::label::{self, Label, Protection};
use crate::policy::{Facts, FindingEntry, Policy, Situation};
use crate::report::{Collector, Masker, Record, RuleInfo, Suppressions};

pub use crate::report::Input as Context;
pub use builder::{Builder, Error};
pub use formats::{Format, formats, matrix};

use gather::{Gathered, Shown};
use walk::Walk;
use window::Sizes;

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
    first_verdict: bool,
    threads: usize,
    sizes: Sizes,
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

    /// Speaks for scanners elsewhere whose ruleset has this id, without its rules: for records of inputs that are [not
    /// examined](Self::not_examined).
    pub fn named(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// Looks through this many windows of one large text at once; 1 unless set.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Stops reading an input when the policy's action can only stay what it is. What was not read is a gap (`decided`), and
    /// counts are of what was read; for whoever waits for the verdict alone.
    pub fn first_verdict(mut self, first: bool) -> Self {
        self.first_verdict = first;
        self
    }

    /// Reads texts from `text_bytes_min` on in windows of `core` bytes, with up to `beside` bytes in front and behind. For
    /// tests, which have no large files.
    #[doc(hidden)]
    pub fn windows(mut self, text_bytes_min: u64, core: usize, beside: usize) -> Self {
        self.sizes = Sizes { text_bytes_min, core, beside };
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
        let mut gathered = Gathered::new(self, context, budget.deadline());
        let mut walk = Walk::new(&mut budget, &self.options, context.gaps.clone(), &mut gathered);
        let source = source.into();
        let windows = match &source {
            Source::Large(file) if file.size() <= self.limits.file_bytes_max => walk.windows(*file, "").ok().flatten(),
            _ => None,
        };
        let kind = match (windows, &source) {
            (Some(kind), Source::Large(file)) => {
                record.stats.bytes_in = file.size();
                kind
            }
            _ => {
                let (bytes, end) = source.bytes(walk.budget);
                record.stats.bytes_in = bytes.len() as u64;
                record.timing.read = micros(start.elapsed());
                walk.gaps.extend(gaps_of(end, &self.limits));
                walk.blob(&bytes, "")
            }
        };
        let (mut gaps, mut suspicions) = (walk.gaps, walk.suspicions);
        let Gathered { collector, labels, mut protection, gaps: late_gaps, text_bytes, find_time, .. } = gathered;
        gaps.extend(late_gaps);
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
        record.timing.total = micros(start.elapsed());
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
        let gaps = gaps_of(end, &self.limits);
        let mut shown = Shown(visit);
        let mut walk = Walk::new(&mut budget, &self.options, gaps, &mut shown);
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

    /// A situation, at the time of the run if it has none of its own.
    fn timed<'s>(&self, situation: &'s Situation) -> Cow<'s, Situation> {
        match (situation.time, self.time) {
            (None, Some(_)) => Cow::Owned(Situation { time: self.time, ..situation.clone() }),
            _ => Cow::Borrowed(situation),
        }
    }

    fn conclude(
        &self,
        mut record: Record,
        known: &Known<'_>,
        suspicions: &Suspicions,
        collector: Collector<'_>,
    ) -> Record {
        let Known { kind, labels, protection, gaps, situation } = *known;
        let situation = &*self.timed(situation);
        let collected = collector.finish();
        let findings = collected.findings(&self.rules);
        let name = record.path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let suspicions: Vec<Suspicion> = suspicions.iter().map(|(sign, _)| sign).collect();
        // Nothing that was left out could change the decision: it is no reason for another one.
        let counted: Vec<Gap> = gaps.iter().filter(|gap| gap.reason != Reason::Decided).cloned().collect();
        let facts = Facts {
            name: &name,
            kind,
            size: record.size,
            findings: &findings,
            labels,
            protection,
            gaps: &counted,
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

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
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
