//! The first and the last line of a run: what it was set to do, and what came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::blob::Limits;
use crate::find::Level;
use crate::report::record::{Record, SCHEMA, TOOL};
use crate::report::resolve::{Outcome, Status};
use crate::report::suppress::Suppressions;

/// Limits, as records show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LimitsEntry {
    /// Bytes of one input.
    pub max_file_size: u64,
    /// Bytes all containers of one input may unpack to.
    pub max_expanded: u64,
    /// Unpacked bytes per packed byte.
    pub max_ratio: u64,
    /// Containers inside containers.
    pub max_depth: u32,
    /// Members of all containers of one input.
    pub max_members: u64,
    /// Matches kept for one input.
    pub max_matches: usize,
    /// Milliseconds for one input.
    pub timeout_ms: u64,
}

impl From<&Limits> for LimitsEntry {
    fn from(limits: &Limits) -> Self {
        Self {
            max_file_size: limits.file_bytes_max,
            max_expanded: limits.unpacked_bytes_max,
            max_ratio: limits.ratio_max,
            max_depth: limits.depth_max,
            max_members: limits.members_max,
            max_matches: limits.matches_max,
            timeout_ms: u64::try_from(limits.time_max.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl fmt::Display for LimitsEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "max-file-size {}, max-expanded {}, max-ratio {}, max-depth {}, max-members {}, max-matches {}, timeout {} ms",
            self.max_file_size,
            self.max_expanded,
            self.max_ratio,
            self.max_depth,
            self.max_members,
            self.max_matches,
            self.timeout_ms
        )
    }
}

/// The suppression lists of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SuppressionsEntry {
    /// Entries in force.
    pub entries: u64,
    /// Entries that no longer apply.
    pub expired: u64,
}

impl SuppressionsEntry {
    /// What records say of lists; nothing where there are none.
    pub fn of(list: &Suppressions) -> Option<Self> {
        let expired = list.expired();
        let entries = list.entries().len() as u64 - expired;
        (!list.is_empty()).then_some(Self { entries, expired })
    }
}

/// What a run was set to do: the first line.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Always `run`.
    #[serde(rename = "type")]
    pub record_type: &'static str,
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// [`TOOL`].
    pub tool: &'static str,
    /// Id of rules, policy and engine.
    pub ruleset: String,
    /// Name of the policy.
    pub policy: String,
    /// Lowest score reported.
    pub min_confidence: u8,
    /// Where the key of fingerprints comes from: `environment`, `file`, or `random` (they then compare within this
    /// run only).
    pub fingerprint_key: &'static str,
    /// Suppression lists, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressions: Option<SuppressionsEntry>,
    /// Limits in force.
    pub limits: LimitsEntry,
}

impl Run {
    /// The first line of a run.
    pub fn new(
        ruleset: &str,
        policy: &str,
        min_confidence: u8,
        fingerprint_key: &'static str,
        limits: &Limits,
    ) -> Self {
        Self {
            record_type: "run",
            schema: SCHEMA,
            tool: TOOL,
            ruleset: ruleset.to_owned(),
            policy: policy.to_owned(),
            min_confidence,
            fingerprint_key,
            suppressions: None,
            limits: limits.into(),
        }
    }
}

/// What came of a run: the last line. Every input is counted under exactly one of `clean`, `matched`, `unknown`, and
/// under exactly one status.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Always `summary`.
    #[serde(rename = "type")]
    pub record_type: &'static str,
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// [`TOOL`].
    pub tool: &'static str,
    /// Id of rules, policy and engine.
    pub ruleset: String,
    /// Inputs that got a record.
    pub inputs: u64,
    /// Inputs that were opened and examined, wholly or in part.
    pub scanned: u64,
    /// With a match.
    pub matched: u64,
    /// With a match of high confidence.
    pub matched_high: u64,
    /// Wholly examined, nothing found.
    pub clean: u64,
    /// Nothing found, but not wholly examined.
    pub unknown: u64,
    /// Of status `partial`.
    pub partial: u64,
    /// Of status `unscannable`.
    pub unscannable: u64,
    /// Of status `skipped`, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Of status `error`.
    pub errors: u64,
    /// All reasons of all inputs, each counted once an input.
    pub reasons: BTreeMap<String, u64>,
    /// Actions of the policy.
    pub actions: BTreeMap<String, u64>,
    /// Matches by rule.
    pub rules: BTreeMap<String, u64>,
    /// Matches that were suppressed; no other count has them.
    pub suppressed: u64,
    /// The same by entry of a list.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub suppressed_by: BTreeMap<String, u64>,
    /// Suppression lists, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressions: Option<SuppressionsEntry>,
    /// Bytes read.
    pub bytes: u64,
    /// What ended the run early: a signal, a closed pipe, a full disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
    /// Exit code.
    pub exit_code: u8,
    /// Limits in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<LimitsEntry>,
    /// Speed.
    pub timing: Speed,
}

/// How fast a run was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Speed {
    /// Microseconds from start to end.
    pub total: u64,
    /// Inputs a second.
    pub files_per_s: f64,
    /// Megabytes (10^6) a second.
    pub mb_per_s: f64,
}

/// What a summary counts of one record: small, and able to leave the process that made the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How much was examined.
    pub status: Status,
    /// What is known.
    pub verdict: Outcome,
    /// Whether there is a match of high confidence.
    pub high: bool,
    /// Codes of what was not examined, in the order of the record.
    pub reasons: Vec<String>,
    /// Action of the policy.
    pub action: Option<String>,
    /// Matches: rule and number.
    pub rules: Vec<(String, u64)>,
    /// Suppressed matches: entry and number.
    pub suppressed: Vec<(String, u64)>,
    /// Bytes read.
    pub bytes: u64,
}

impl From<&Record> for Tally {
    fn from(record: &Record) -> Self {
        Self {
            status: record.status,
            verdict: record.verdict,
            high: record.level_max() == Some(Level::High),
            reasons: record.reasons.iter().map(|r| r.code.to_owned()).collect(),
            action: record.action.map(|a| a.name().to_owned()),
            rules: record.matches.iter().map(|m| (m.rule.clone(), m.count)).collect(),
            suppressed: record.suppressed.iter().map(|s| (s.by.clone(), s.count)).collect(),
            bytes: record.stats.bytes_in,
        }
    }
}

impl Summary {
    /// A summary of nothing yet.
    pub fn new(ruleset: &str, limits: &Limits) -> Self {
        Self {
            record_type: "summary",
            schema: SCHEMA,
            tool: TOOL,
            ruleset: ruleset.to_owned(),
            limits: Some(limits.into()),
            ..Self::default()
        }
    }

    /// Counts one record.
    pub fn add(&mut self, record: &Tally) {
        self.inputs += 1;
        self.bytes += record.bytes;
        match record.status {
            Status::Ok => self.scanned += 1,
            Status::Partial => {
                self.scanned += 1;
                self.partial += 1;
            }
            Status::Unscannable => self.unscannable += 1,
            Status::Error => self.errors += 1,
            Status::Skipped => {
                let code = record.reasons.first().cloned().unwrap_or_else(|| "excluded".to_owned());
                *self.skipped.entry(code).or_default() += 1;
            }
        }
        match record.verdict {
            Outcome::Match => self.matched += 1,
            Outcome::Clean => self.clean += 1,
            Outcome::Unknown => self.unknown += 1,
        }
        self.matched_high += u64::from(record.high);
        let mut codes = record.reasons.clone();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *self.reasons.entry(code).or_default() += 1;
        }
        if let Some(action) = &record.action {
            *self.actions.entry(action.clone()).or_default() += 1;
        }
        for (rule, count) in &record.rules {
            *self.rules.entry(rule.clone()).or_default() += count;
        }
        for (by, count) in &record.suppressed {
            self.suppressed += count;
            *self.suppressed_by.entry(by.clone()).or_default() += count;
        }
    }

    /// Inputs that were not wholly examined, skipped ones aside.
    pub fn incomplete(&self) -> u64 {
        self.partial + self.unscannable + self.errors
    }

    /// Closes the summary.
    pub fn finish(&mut self, elapsed: Duration, exit_code: u8) {
        #[allow(clippy::cast_precision_loss, reason = "rates for people")]
        let rate = |n: u64, unit: f64| (n as f64 / unit / elapsed.as_secs_f64().max(1e-6) * 10.0).round() / 10.0;
        self.timing = Speed {
            total: u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
            files_per_s: rate(self.inputs, 1.0),
            mb_per_s: rate(self.bytes, 1e6),
        };
        self.exit_code = exit_code;
    }
}
