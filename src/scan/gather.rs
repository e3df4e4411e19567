//! What a walk through one file brings together: matches, labels, protection.

use std::time::Instant;

use super::course::{Course, Look, Seen};
use super::walk::Visit;
use super::window::Sizes;
use super::{Context, Scanner, micros, stronger};
use crate::blob::{Gap, Kind, Reason, Suspicion};
use crate::container::Encoded;
use crate::document::Document;
use crate::label::{self, Label, Protection};
use crate::policy::Facts;
use crate::report::Collector;

/// What was brought together so far.
pub(super) struct Gathered<'g> {
    scanner: &'g Scanner,
    context: &'g Context,
    pub(super) collector: Collector<'g>,
    pub(super) labels: Vec<Label>,
    pub(super) protection: Protection,
    pub(super) gaps: Vec<Gap>,
    pub(super) text_bytes: u64,
    /// Microseconds, of all threads together.
    pub(super) find_time: u64,
    deadline: Option<Instant>,
    decided: bool,
}

impl<'g> Gathered<'g> {
    pub(super) fn new(scanner: &'g Scanner, context: &'g Context, deadline: Option<Instant>) -> Self {
        let collector = Collector::new(&scanner.rules, &scanner.masker, scanner.gate, scanner.limits.matches_max)
            .suppressing(&scanner.suppressions, &context.path);
        Self {
            scanner,
            context,
            collector,
            labels: Vec::new(),
            protection: Protection::None,
            gaps: Vec::new(),
            text_bytes: 0,
            find_time: 0,
            deadline,
            decided: false,
        }
    }

    /// Asks the policy whether more can change anything, if the caller wants to know.
    fn note_decision(&mut self) {
        if self.decided || !self.scanner.first_verdict {
            return;
        }
        let findings = self.collector.findings();
        if findings.is_empty() {
            return;
        }
        let Context { path, size, situation, .. } = self.context;
        let suspicions: &[Suspicion] = &[];
        let situation = self.scanner.timed(situation);
        let facts = Facts {
            name: path.rsplit(['/', '\\']).next().unwrap_or_default(),
            kind: Kind::Unknown,
            size: *size,
            findings: &findings,
            labels: &self.labels,
            protection: self.protection,
            gaps: &[],
            suspicions,
            situation: &situation,
        };
        self.decided = self.scanner.policy.is_final(&facts);
    }
}

impl Visit for Gathered<'_> {
    fn document(&mut self, path: &str, kind: Kind, document: &Document<'_>) {
        let start = Instant::now();
        let deadline = self.deadline;
        let is_over = || deadline.is_some_and(|deadline| Instant::now() > deadline);
        let most = self.scanner.limits.matches_max;
        let found = self.scanner.ruleset.find_until(&document.text, most, &is_over);
        if found.capped {
            self.collector.set_capped();
        }
        if let Some(at) = found.stopped {
            let detail = format!("not all was looked for behind byte {at} of {} of the text", document.text.len());
            self.gaps.push(Gap::new(Reason::Timeout, path, detail));
        }
        self.collector.add(&found.matches, &document.text, path);
        self.text_bytes = self.text_bytes.saturating_add(document.text.len() as u64);
        self.find_time = self.find_time.saturating_add(micros(start.elapsed()));
        for label in label::read(&document.properties, kind) {
            if !self.labels.contains(&label) {
                self.labels.push(label);
            }
        }
        self.protection = stronger(self.protection, label::protection(&[], &document.properties));
        self.note_decision();
    }

    fn windows(&self) -> Option<Sizes> {
        Some(self.scanner.sizes)
    }

    fn text(&mut self, path: &str, course: &mut Course<'_>) -> Vec<Encoded> {
        let Scanner { ruleset, threads, limits, .. } = self.scanner;
        let look = Look { ruleset, matches_max: limits.matches_max, threads: *threads };
        course.run(&look, &mut |seen: Seen<'_>| {
            if seen.capped {
                self.collector.set_capped();
            }
            if let Some(read) = &seen.read {
                self.collector.add_window(&seen.matches, &read.document.text, path, &seen.origin);
            }
            self.text_bytes = self.text_bytes.saturating_add(seen.text_bytes);
            self.find_time = self.find_time.saturating_add(micros(seen.find_time));
            self.note_decision();
            !self.decided
        })
    }

    fn is_decided(&self) -> bool {
        self.decided
    }
}

/// A walk whose documents are shown to the caller, whole.
pub(super) struct Shown<'s>(pub(super) &'s mut dyn FnMut(&str, &Document<'_>));

impl Visit for Shown<'_> {
    fn document(&mut self, path: &str, _: Kind, document: &Document<'_>) {
        (self.0)(path, document);
    }
}
