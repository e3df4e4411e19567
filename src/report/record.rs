//! The record of one input: what a line of JSON Lines says, field by field (`docs/records.md`).

use std::time::SystemTime;

use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::blob::{Gap, Kind, Suspicion, Suspicions};
use crate::document::Location;
use crate::find::Level;
use crate::label::{Label, Protection, State};
use crate::policy::{Action, FindingEntry, RaisedAlert, Severity, Situation, Verdict};
use crate::report::collect::Collected;
use crate::report::encode::{base64, hex, rfc3339};
use crate::report::resolve::{Outcome, Status, resolve};
use crate::report::words::{self, Word};

/// Version of the record's shape; only additions happen within one.
pub const SCHEMA: &str = "1";

/// Name and version of the program that made the record.
pub const TOOL: &str = concat!("frisk/", env!("CARGO_PKG_VERSION"));

/// What the caller knows about an input before it is examined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Its path as given, for people; undecodable bytes replaced.
    pub path: String,
    /// The path's own bytes, where they are not UTF-8.
    pub path_bytes: Option<Vec<u8>>,
    /// The caller's id for it.
    pub id: Option<String>,
    /// Bytes of it.
    pub size: u64,
    /// When it was last changed.
    pub mtime: Option<SystemTime>,
    /// What the caller knows will not be examined: it changed while read, reading failed half-way.
    pub gaps: Vec<Gap>,
    /// Who does what with it, where, when and with which device. For files at rest at most the time is known.
    pub situation: Situation,
}

impl Input {
    /// An input known by its path alone.
    pub fn named(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// The file name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }
}

/// One input: how much of it was examined, what was found, what the policy says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Always `file`.
    #[serde(rename = "type")]
    #[serde(deserialize_with = "words::word")]
    pub record_type: Word,
    /// [`SCHEMA`].
    #[serde(deserialize_with = "words::word")]
    pub schema: Word,
    /// [`TOOL`].
    #[serde(deserialize_with = "words::word")]
    pub tool: Word,
    /// Id of rules, policy and engine.
    pub ruleset: String,
    /// The caller's id, or a hash of the path.
    pub id: String,
    /// Path as given.
    pub path: String,
    /// The path's bytes, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_b64: Option<String>,
    /// The same bytes as they are, for people.
    #[serde(skip)]
    pub path_bytes: Option<Vec<u8>>,
    /// Bytes of it.
    pub size: u64,
    /// When it was last changed, RFC 3339 in UTC.
    pub mtime: Option<String>,
    /// Hash of its bytes, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What it is, by content; absent when it was not opened.
    #[serde(default, deserialize_with = "words::maybe_word")]
    pub media_type: Option<Word>,
    /// What says so: `content`, `extension`, `caller`.
    #[serde(default, deserialize_with = "words::maybe_word")]
    pub detected_by: Option<Word>,
    /// Whether its extension says something else.
    #[serde(default, skip_serializing_if = "is_false")]
    pub extension_mismatch: bool,
    /// Signs that something was meant not to be seen, each with the first place that shows it; that the extension says
    /// something else is among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspicions: Vec<SuspicionEntry>,
    /// How much was examined.
    pub status: Status,
    /// What was not examined; empty only when `status` is `ok`.
    pub reasons: Vec<ReasonEntry>,
    /// What is known.
    pub verdict: Outcome,
    /// What the policy says; `null` when it was not asked.
    #[serde(serialize_with = "action_name", deserialize_with = "words::action")]
    pub action: Option<Action>,
    /// Whether the policy only watches, and would have stopped it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub would_block: bool,
    /// What the policy would have done, did no rule of it only watch; only where that is more restrictive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_action: Option<Action>,
    /// The rule that would have decided then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_rule: Option<String>,
    /// What the rule asks for, where the front end cannot carry that out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_action: Option<Action>,
    /// Name of the policy.
    pub policy: Option<String>,
    /// The policy rule that decided.
    pub policy_rule: Option<String>,
    /// All policy rules that apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy_rules: Vec<String>,
    /// Exceptions of the policy that lifted a rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy_exceptions: Vec<String>,
    /// Alerts that its rules ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<AlertEntry>,
    /// What to tell the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Stable id of the message.
    pub message_id: Option<String>,
    /// What was found, a line per rule and place.
    pub matches: Vec<MatchEntry>,
    /// What was found and then suppressed by a list; it counts for nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<SuppressedEntry>,
    /// Sensitivity labels.
    pub labels: Vec<LabelEntry>,
    /// Labels left over in a weaker source, which a stronger one of the same tenant contradicts. They do not apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub superseded_labels: Vec<LabelEntry>,
    /// Whether it is encrypted or under rights management.
    pub protected: bool,
    /// How: `password_encrypted`, `rights_managed`, `encrypted`.
    #[serde(default, deserialize_with = "words::maybe_word")]
    pub encryption: Option<Word>,
    /// Sizes.
    pub stats: Stats,
    /// Times; the only part that differs between two runs over the same bytes.
    pub timing: Timing,
    /// Each match by itself, for `--format matches`.
    #[serde(skip)]
    pub hits: Vec<Hit>,
    /// What the policy was told of the matches, for the activity log: who wants to know what another policy would
    /// have said needs nothing else.
    #[serde(skip)]
    pub findings: Vec<FindingEntry>,
}

/// An alert in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertEntry {
    /// The policy rule that asks for it.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Alerts of this rule in a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_limit: Option<u64>,
}

impl From<RaisedAlert> for AlertEntry {
    fn from(alert: RaisedAlert) -> Self {
        Self { rule: alert.rule, severity: alert.severity, daily_limit: alert.daily_limit }
    }
}

/// A sign in a record that something was meant not to be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspicionEntry {
    /// Its code.
    #[serde(deserialize_with = "words::word")]
    pub code: Word,
    /// The first place inside the file that shows it.
    #[serde(default, rename = "where", skip_serializing_if = "String::is_empty")]
    pub place: String,
}

/// A gap in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonEntry {
    /// Reason code.
    #[serde(deserialize_with = "words::word")]
    pub code: Word,
    /// Where inside the file.
    #[serde(default, rename = "where", skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// One short sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// Matches of one rule in one place of a file (container and part of the document).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchEntry {
    /// Rule id.
    pub rule: String,
    /// Rule name.
    pub name: String,
    /// OCSF category id.
    pub category: u8,
    /// Purview GUID of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sit_guid: Option<String>,
    /// Highest score of them.
    pub confidence: u8,
    /// Its level.
    #[serde(serialize_with = "level_name", deserialize_with = "words::level")]
    pub level: Level,
    /// Members of containers down to the document, joined by `!`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub container: String,
    /// How many.
    pub count: u64,
    /// How many different values.
    pub unique_count: u64,
    /// Whether a limit made these lower bounds.
    pub truncated: bool,
    /// The first few different ones.
    pub samples: Vec<Sample>,
}

/// Matches of one rule that one entry of a suppression list suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressedEntry {
    /// Rule id.
    pub rule: String,
    /// How many.
    pub count: u64,
    /// Id of the entry, or its number: `#3`.
    pub by: String,
    /// The entry's reason.
    pub reason: String,
}

/// One value of a match entry, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The value, masked.
    pub masked: String,
    /// Keyed hash of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Where it stands.
    pub location: Place,
}

/// Where something stands, as records show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Part of the document.
    #[serde(deserialize_with = "words::word")]
    pub part: Word,
    /// Page, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Slide, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slide: Option<u32>,
    /// Sheet name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Line, from 1, of plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in characters, from 1, of plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Byte of the file, of plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte_offset: Option<u64>,
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        Self {
            part: location.area.name(),
            page: location.page,
            slide: location.slide,
            sheet: location.sheet,
            cell: location.cell,
            ..Self::default()
        }
    }
}

/// A sensitivity label in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelEntry {
    /// GUID.
    pub id: String,
    /// Internal name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// GUID of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// How it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// When it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_date: Option<String>,
    /// What was applied with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_bits: Option<u32>,
    /// `active`, `removed` or `superseded`.
    #[serde(deserialize_with = "words::word")]
    pub state: Word,
    /// Where it was read.
    #[serde(deserialize_with = "words::word")]
    pub source: Word,
}

impl From<&Label> for LabelEntry {
    fn from(label: &Label) -> Self {
        Self {
            id: label.id.clone(),
            name: label.name.clone(),
            tenant: label.tenant.clone(),
            method: label.method.clone(),
            set_date: label.set_date.clone(),
            content_bits: label.content_bits,
            state: label.state.name(),
            source: label.source,
        }
    }
}

/// Sizes of one scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Bytes read.
    pub bytes_in: u64,
    /// Bytes of text examined.
    pub bytes_text: u64,
    /// Members of containers opened.
    pub members: u64,
    /// Deepest nesting.
    pub max_depth: u32,
}

/// Times of one scan, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Waiting for a worker.
    pub queue: u64,
    /// Reading the bytes.
    pub read: u64,
    /// Unpacking and extracting text and labels.
    pub extract: u64,
    /// Finding matches.
    #[serde(rename = "match")]
    pub find: u64,
    /// All of it.
    pub total: u64,
}

/// One match by itself: a line of `--format matches`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Rule id.
    pub rule: String,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What bytes are counted of: `file` or `text`.
    pub offsets: &'static str,
    /// Score from 0 to 100.
    pub score: u8,
    /// Its level.
    pub level: Level,
    /// Where it stands.
    pub location: Place,
    /// Members of containers down to the document, joined by `!`.
    pub container: String,
    /// The value, masked.
    pub text: String,
}

impl Record {
    /// A record of an input nothing is known about yet.
    pub fn new(input: &Input, ruleset: &str) -> Self {
        Self {
            record_type: "file",
            schema: SCHEMA,
            tool: TOOL,
            ruleset: ruleset.to_owned(),
            id: input.id.clone().unwrap_or_else(|| path_id(input)),
            path: input.path.clone(),
            path_b64: input.path_bytes.as_deref().map(base64),
            path_bytes: input.path_bytes.clone(),
            size: input.size,
            mtime: input.mtime.map(rfc3339),
            sha256: None,
            media_type: None,
            detected_by: None,
            extension_mismatch: false,
            suspicions: Vec::new(),
            status: Status::Unscannable,
            reasons: Vec::new(),
            verdict: Outcome::Unknown,
            action: None,
            would_block: false,
            would_action: None,
            would_rule: None,
            wanted_action: None,
            policy: None,
            policy_rule: None,
            policy_rules: Vec::new(),
            policy_exceptions: Vec::new(),
            alerts: Vec::new(),
            message: None,
            message_id: None,
            matches: Vec::new(),
            suppressed: Vec::new(),
            labels: Vec::new(),
            superseded_labels: Vec::new(),
            protected: false,
            encryption: None,
            stats: Stats::default(),
            timing: Timing::default(),
            hits: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Says what the input is, by content.
    pub fn set_kind(&mut self, kind: Kind) {
        self.media_type = Some(kind.media_type());
        self.detected_by = Some("content");
        self.extension_mismatch = kind.contradicts_name(&self.path);
    }

    /// Adds the signs of concealment.
    pub fn set_suspicions(&mut self, suspicions: &Suspicions) {
        let entry = |(sign, place): (Suspicion, &str)| SuspicionEntry { code: sign.code(), place: place.to_owned() };
        self.suspicions = suspicions.iter().map(entry).collect();
    }

    /// Adds labels, and how the input is protected.
    pub fn set_labels(&mut self, labels: &[Label], protection: Protection) {
        let (apply, leftover): (Vec<&Label>, Vec<&Label>) = labels.iter().partition(|l| l.state != State::Superseded);
        self.labels = apply.into_iter().map(LabelEntry::from).collect();
        self.superseded_labels = leftover.into_iter().map(LabelEntry::from).collect();
        self.protected = protection != Protection::None;
        self.encryption = self.protected.then(|| protection.name());
    }

    /// Draws the conclusions from what was not examined and what was found: reasons, status, verdict, matches.
    /// [`Stats::bytes_text`] must be set before.
    pub fn conclude(&mut self, gaps: &[Gap], collected: Collected) {
        let entry =
            |gap: &Gap| ReasonEntry { code: gap.reason.code(), place: gap.place.clone(), detail: gap.detail.clone() };
        self.reasons = gaps.iter().map(entry).collect();
        self.matches = collected.matches;
        self.hits = collected.hits;
        self.suppressed = collected.suppressed;
        (self.status, self.verdict) = resolve(gaps, self.stats.bytes_text > 0, !self.matches.is_empty());
    }

    /// Adds what the policy says, once [`Record::conclude`] is done. Inputs that were passed over on purpose have no
    /// action: nothing is known of them.
    pub fn decide(&mut self, policy: &str, verdict: Verdict) {
        if self.status == Status::Skipped {
            return;
        }
        self.action = Some(verdict.action);
        self.would_block = verdict.would.is_some_and(|action| action >= Action::Block);
        self.would_action = verdict.would;
        self.would_rule = verdict.would_rule;
        self.wanted_action = verdict.wanted;
        self.policy = Some(policy.to_owned());
        self.policy_rule = verdict.rule;
        self.policy_rules = verdict.matched_rules;
        self.policy_exceptions = verdict.exceptions;
        self.alerts = verdict.alerts.into_iter().map(AlertEntry::from).collect();
        self.message = verdict.message;
        self.message_id = verdict.message_id;
    }

    /// What the policy said, as far as the record keeps it: for what is added to it later, see [`Verdict::join`].
    pub fn policy_verdict(&self) -> Verdict {
        let raised = |alert: &AlertEntry| RaisedAlert {
            rule: alert.rule.clone(),
            severity: alert.severity,
            daily_limit: alert.daily_limit,
        };
        Verdict {
            action: self.action.unwrap_or_default(),
            would: self.would_action,
            would_rule: self.would_rule.clone(),
            wanted: self.wanted_action,
            rule: self.policy_rule.clone(),
            matched_rules: self.policy_rules.clone(),
            exceptions: self.policy_exceptions.clone(),
            alerts: self.alerts.iter().map(raised).collect(),
            message: self.message.clone(),
            message_id: self.message_id.clone(),
            reasons: Vec::new(),
        }
    }

    /// Highest confidence level found.
    pub fn level_max(&self) -> Option<Level> {
        self.matches.iter().map(|m| m.level).max()
    }
}

/// An id made of the path: the first 16 hex digits of its SHA-256.
fn path_id(input: &Input) -> String {
    let bytes = input.path_bytes.as_deref().unwrap_or(input.path.as_bytes());
    let digest = Sha256::digest(bytes);
    hex(digest.first_chunk::<8>().map_or(&[], |bytes| bytes.as_slice()))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[allow(clippy::ref_option, reason = "serde passes a reference to the field")]
fn action_name<S: Serializer>(action: &Option<Action>, serializer: S) -> Result<S::Ok, S::Error> {
    action.map(Action::name).serialize(serializer)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn level_name<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.name())
}
