//! Deciding: what was found, the labels, the gaps and the file's own facts give one verdict and its reasons.
//!
//! `policy/` does no I/O and never sees a value. A policy is a TOML file, see `docs/policy.md`. All rules of a policy
//! are tried, all that apply are listed, and the most restrictive action wins.

mod decide;
mod error;
mod parse;
mod select;
mod situation;
mod size;
pub(crate) mod table;

pub use error::PolicyError;
pub use select::Selector;
pub use situation::{Activity, Situation};
pub use size::parse_size;

use std::fmt;

use crate::blob::{Gap, Kind, Reason, Suspicion};
use crate::find::Level;
use crate::label::Label;

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

    /// Whether a policy may ask for it today. The others are words of the vocabulary that nothing carries out yet;
    /// a policy that relied on them would fail open.
    pub const fn is_available(self) -> bool {
        matches!(self, Self::Allow | Self::Monitor | Self::Block)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a policy decides about: one file, as it was examined.
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
    /// What was not examined.
    pub gaps: &'a [Gap],
    /// Signs that something was meant not to be seen.
    pub suspicions: &'a [Suspicion],
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

/// What a policy decided, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What happens to the file.
    pub action: Action,
    /// What would have happened, were the policy not in mode `monitor`. Only set when that is more restrictive.
    pub would: Option<Action>,
    /// The policy rule that decided: the first of the most restrictive ones. `on-unscannable` stands for that key.
    pub rule: Option<String>,
    /// All policy rules that apply, in the order of the file.
    pub matched_rules: Vec<String>,
    /// What to tell the user; never a value.
    pub message: Option<String>,
    /// Stable id of the message: `policy.rule`.
    pub message_id: Option<String>,
    /// Why, one sentence a policy rule; never a value.
    pub reasons: Vec<String>,
}

/// A policy: rules in the order of its file.
#[derive(Clone, Debug)]
pub struct Policy {
    name: String,
    file: String,
    source: String,
    monitor_only: bool,
    on_unscannable: Action,
    gap_actions: Vec<(Reason, Action)>,
    rules: Vec<Rule>,
}

/// One rule: applies when all its conditions hold.
#[derive(Clone, Debug)]
struct Rule {
    id: String,
    action: Action,
    message: Option<String>,
    content: Option<Content>,
    labels: Option<Vec<String>>,
    gaps: Option<Vec<Option<Reason>>>,
    suspicions: Option<Vec<Option<Suspicion>>>,
    kinds: Option<Vec<select::KindSelector>>,
    extensions: Option<Vec<String>>,
    size_min: Option<u64>,
    size_max: Option<u64>,
}

/// What must have been found.
#[derive(Clone, Debug)]
struct Content {
    selectors: Vec<(Selector, usize)>,
    all: bool,
    level_min: Level,
    count_min: u64,
    unique_min: u64,
}

/// Policies that come with frisk: name and text.
const BUILTIN: &[(&str, &str)] =
    &[("default", include_str!("../../policies/default.toml")), ("strict", include_str!("../../policies/strict.toml"))];

impl Policy {
    /// The policy used when none is named: everything found at medium and above is recorded, nothing is stopped.
    pub fn default_policy() -> Self {
        Self::builtin("default").unwrap_or_else(|| Self {
            // Not reached: a test parses every built-in policy. Kept so that nothing can panic, and blocks nothing less.
            name: "default".to_owned(),
            file: String::new(),
            source: String::new(),
            monitor_only: false,
            on_unscannable: Action::Monitor,
            gap_actions: Vec::new(),
            rules: Vec::new(),
        })
    }

    /// A policy that comes with frisk.
    pub fn builtin(name: &str) -> Option<Self> {
        let (name, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
        Self::parse(&format!("policies/{name}.toml"), text).ok()
    }

    /// Names of the policies that come with frisk.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
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

    /// The lowest confidence level that a rule of it asks for. Matches below the scan's gate never reach it.
    pub fn level_min(&self) -> Option<Level> {
        self.rules.iter().filter_map(|r| r.content.as_ref()).map(|c| c.level_min).min()
    }

    /// What it makes of files that were not wholly examined, for reasons it names no action for.
    pub fn on_unscannable(&self) -> Action {
        self.on_unscannable
    }
}
