//! Deciding: what was found, the labels, the gaps and the file's own facts give one verdict and its reasons.
//!
//! `policy/` does no I/O and never sees a value. A policy is a TOML file, see `docs/policy.md`. All rules of a policy
//! are tried, all that apply are listed, and the most restrictive action wins. Rates and impossible travel look at a
//! stream of decisions ([`Rates`]). Nothing here reads a clock: times are handed in.
#![warn(clippy::indexing_slicing)]
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

pub(crate) mod calendar;
mod cases;
mod condition;
mod decide;
mod duration;
mod error;
mod filters;
mod keys;
mod lint;
mod messages;
mod names;
mod parse;
pub(crate) mod past;
mod pattern;
mod rate;
mod schema;
mod select;
mod settle;
mod situation;
mod size;
mod stream;
pub(crate) mod table;
mod travel;

pub use calendar::Date;
pub use cases::{CaseResult, Cases};
pub use duration::parse_duration;
pub use error::PolicyError;
pub use lint::Lint;
pub use past::{CHANGES_MAX, Change, PastDecision, Simulation};
pub use select::Selector;
pub use situation::{Activity, Position, Situation};
pub use size::parse_size;
pub use stream::{RateHit, Rates};

use std::fmt;

use condition::{Condition, Content};

use serde::{Deserialize, Serialize};

use crate::blob::{Gap, Kind, Reason, Suspicion};
use crate::find::Level;
use crate::label::{Label, Protection};

/// What happens to a file. Later ones are more restrictive, and the most restrictive one wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// It passes.
    #[default]
    Allow,
    /// It passes and is recorded.
    Monitor,
    /// It passes with protection applied.
    Protect,
    /// It passes once the user has proved more.
    StepUp,
    /// It does not pass.
    Block,
    /// It does not pass and is put away.
    Quarantine,
}

impl Action {
    /// Every action, in order.
    pub const ALL: &'static [Self] =
        &[Self::Allow, Self::Monitor, Self::Protect, Self::StepUp, Self::Block, Self::Quarantine];

    /// The word used in policies and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Monitor => "monitor",
            Self::Protect => "protect",
            Self::StepUp => "step_up",
            Self::Block => "block",
            Self::Quarantine => "quarantine",
        }
    }

    /// The action with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.name() == name)
    }

    /// Whether every front end carries it out. Of the others a front end says which ones it does
    /// ([`Situation::carries_out`]); a rule names them with an `or-else` for the rest, or it would fail open.
    pub const fn is_available(self) -> bool {
        matches!(self, Self::Allow | Self::Monitor | Self::Block)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a policy decides about: one file, as it was examined, or an event without one.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Its name, without folders.
    pub name: &'a str,
    /// What it is, by content.
    pub kind: Kind,
    /// Bytes of it.
    pub size: u64,
    /// What was found, see [`Finding`].
    pub findings: &'a [Finding<'a>],
    /// Its labels, removed ones included.
    pub labels: &'a [Label],
    /// How it is protected.
    pub protection: Protection,
    /// What was not examined.
    pub gaps: &'a [Gap],
    /// Signs that something was meant not to be seen.
    pub suspicions: &'a [Suspicion],
    /// Who does what, where, when and with which device.
    pub situation: &'a Situation,
}

impl<'a> Facts<'a> {
    /// Something of which the name is all that is known; "" for an event.
    pub fn unknown(situation: &'a Situation, name: &'a str) -> Self {
        Self {
            name,
            kind: Kind::Unknown,
            size: 0,
            findings: &[],
            labels: &[],
            protection: Protection::None,
            gaps: &[],
            suspicions: &[],
            situation,
        }
    }
}

/// How often a detection rule matched at a level **or above**. A rule with three high matches and one medium match
/// gives: high 3, medium 4, low 4. A level without matches is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding<'a> {
    /// Rule id.
    pub rule: &'a str,
    /// The rule's name for people.
    pub name: &'a str,
    /// The rule's category (`financial`, `personal` …).
    pub category: &'a str,
    /// The lowest level counted.
    pub level: Level,
    /// Matches.
    pub count: u64,
    /// Different values among them.
    pub unique: u64,
}

/// A [`Finding`] that outlives its scan: of a record, of a past decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingEntry {
    /// Rule id.
    pub rule: String,
    /// The rule's name for people.
    pub name: String,
    /// The rule's category.
    pub category: String,
    /// The lowest level counted.
    pub level: Level,
    /// Matches.
    pub count: u64,
    /// Different values among them.
    pub unique: u64,
}

impl From<&Finding<'_>> for FindingEntry {
    fn from(finding: &Finding<'_>) -> Self {
        let Finding { rule, name, category, level, count, unique } = *finding;
        Self { rule: rule.to_owned(), name: name.to_owned(), category: category.to_owned(), level, count, unique }
    }
}

impl<'f> From<&'f FindingEntry> for Finding<'f> {
    fn from(found: &'f FindingEntry) -> Self {
        let FindingEntry { level, count, unique, .. } = *found;
        Self { rule: &found.rule, name: &found.name, category: &found.category, level, count, unique }
    }
}

/// What a policy decided, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What happens: something that the front end can carry out.
    pub action: Action,
    /// What would have happened, did no rule that applies only watch. Only set when that is more restrictive.
    pub would: Option<Action>,
    /// The rule that would have decided then.
    pub would_rule: Option<String>,
    /// What the rule asks for, where the front end cannot carry that out and `action` stands in for it.
    pub wanted: Option<Action>,
    /// The policy rule that decided: the first of the most restrictive ones. `on-unscannable` stands for that key.
    pub rule: Option<String>,
    /// All policy rules that apply, in the order of the file; those that an exception lifts do not.
    pub matched_rules: Vec<String>,
    /// The exceptions that lifted something.
    pub exceptions: Vec<String>,
    /// Alerts of the rules that apply, also of those that only watch.
    pub alerts: Vec<RaisedAlert>,
    /// What to tell the user; never a value.
    pub message: Option<String>,
    /// Stable id of the message: `policy.rule`.
    pub message_id: Option<String>,
    /// Why, one sentence a policy rule; never a value.
    pub reasons: Vec<String>,
}

/// An alert that a rule asks for. Limits are for whoever delivers it to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedAlert {
    /// Id of the rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Alerts of this rule in a day; `None`: all of them.
    pub daily_limit: Option<u64>,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    #[default]
    Low,
    /// Worth looking at.
    Medium,
    /// Worth looking at today.
    High,
    /// Worth being woken for.
    Critical,
}

impl Severity {
    /// Every severity, in order.
    pub const ALL: &'static [Self] = &[Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in policies and alerts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A policy: rules in the order of its file.
#[derive(Clone, Debug)]
pub struct Policy {
    name: String,
    file: String,
    source: String,
    mode: Mode,
    on_unscannable: Action,
    on_overload: Action,
    gap_actions: Vec<(Reason, Action)>,
    rules: Vec<Rule>,
    exceptions: Vec<Exception>,
    rates: Vec<rate::Rate>,
    travels: Vec<travel::Travel>,
    messages: messages::Messages,
    names: names::Names,
}

/// One rule: applies when all its conditions hold.
#[derive(Clone, Debug)]
struct Rule {
    id: String,
    line: usize,
    action: Action,
    /// What is done where the action cannot be carried out.
    fallback: Option<Action>,
    mode: Mode,
    message: Option<String>,
    alert: Option<Alert>,
    conditions: Vec<Condition>,
}

/// Whether nothing is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mode {
    monitor: bool,
    /// Seconds since 1970 from which on it is.
    enforce_from: Option<i64>,
}

/// What a rule wants whom it concerns to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Alert {
    severity: Severity,
    daily_limit: Option<u64>,
}

/// Who is let off which rules, until when.
#[derive(Clone, Debug)]
struct Exception {
    id: String,
    line: usize,
    owner: String,
    reason: String,
    /// The last day it applies, in the policy's time zone.
    expires: Date,
    lifts: Vec<String>,
    conditions: Vec<Condition>,
}

/// A policy that comes with frisk: its name, its text, and its cases.
type Builtin = (&'static str, &'static str, &'static str);

macro_rules! builtin {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!("../../policies/", $name, ".toml")),
            include_str!(concat!("../../policies/", $name, ".tests.toml")),
        )),*]
    };
}

/// Policies that come with frisk.
const BUILTIN: &[Builtin] = builtin![
    "default",
    "strict",
    "payment-data",
    "personal-data-eu",
    "personal-data-us",
    "personal-data-uk",
    "personal-data-world",
    "health",
    "credentials",
    "labels",
    "unmanaged-devices",
    "activity",
];

impl Policy {
    /// The policy used when none is named: everything found at medium and above is recorded, nothing is stopped.
    pub fn default_policy() -> Self {
        Self::builtin("default").unwrap_or_else(|| Self {
            // Not reached: a test parses every built-in policy. Kept so that nothing can panic, and blocks nothing less.
            name: "default".to_owned(),
            file: String::new(),
            source: String::new(),
            mode: Mode::default(),
            on_unscannable: Action::Monitor,
            on_overload: Action::Monitor,
            gap_actions: Vec::new(),
            rules: Vec::new(),
            exceptions: Vec::new(),
            rates: Vec::new(),
            travels: Vec::new(),
            messages: messages::Messages::default(),
            names: names::Names::default(),
        })
    }

    /// A policy that comes with frisk.
    pub fn builtin(name: &str) -> Option<Self> {
        let (name, text, _) = BUILTIN.iter().find(|(known, ..)| *known == name)?;
        Self::parse(&format!("policies/{name}.toml"), text).ok()
    }

    /// Names of the policies that come with frisk.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, ..)| *name)
    }

    /// The cases of a policy that comes with frisk: the name of their file, and its text.
    pub fn builtin_cases(name: &str) -> Option<(String, &'static str)> {
        let (name, _, cases) = BUILTIN.iter().find(|(known, ..)| *known == name)?;
        Some((format!("policies/{name}.tests.toml"), cases))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text it was read from; part of the ruleset id.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Ids of its rules, in order.
    pub fn rule_ids(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|r| r.id.as_str())
    }

    /// The lowest confidence level that it asks for. Matches below the scan's gate never reach it.
    pub fn level_min(&self) -> Option<Level> {
        let level = |condition: &Condition| match condition {
            Condition::Content(Content { level_min, .. }) | Condition::NotFound(_, level_min) => Some(*level_min),
            _ => None,
        };
        self.all_conditions().filter_map(|(_, condition)| level(condition)).min()
    }

    /// What it makes of files that were not wholly examined, for reasons it names no action for.
    pub fn on_unscannable(&self) -> Action {
        self.on_unscannable
    }

    /// What it makes of requests that the service has no time for, see [`Policy::overload`].
    pub fn on_overload(&self) -> Action {
        self.on_overload
    }

    /// Whether it looks at the stream of decisions, so that [`Rates::observe`] must be asked.
    pub fn has_rates(&self) -> bool {
        !self.rates.is_empty() || !self.travels.is_empty()
    }
}
