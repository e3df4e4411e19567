//! Alerts: what a policy rule asks somebody to be told, stored with its decision, and delivered until it has arrived.
//!
//! An alert goes into the outbox (a table of the activity log) in the transaction of its decision, and leaves it when
//! its target has taken it. So none is lost by a restart, and some may arrive twice: [`Alert::id`] tells them apart.
//! A thread for each target delivers; one that is dead keeps nobody else waiting.
#![allow(clippy::arithmetic_side_effects, reason = "counts of its own, and lengths of what was cut before")]

mod deliver;
mod file;
mod outbox;
mod syslog_target;
mod target;
mod webhook;

pub(in crate::serve) use deliver::deliver;
pub(in crate::serve) use outbox::{Outbox, Settled, settle};
pub use target::{Target, TargetHealth, TargetKind};
pub use webhook::Webhook;

use serde::{Deserialize, Serialize};

use crate::serve::log::{Decision, Moment};

pub use crate::policy::Severity;

/// A severity on the scale of CEF, 0 to 10.
pub(in crate::serve) const fn cef(severity: Severity) -> u8 {
    match severity {
        Severity::Low => 3,
        Severity::Medium => 6,
        Severity::High => 9,
        Severity::Critical => 10,
    }
}

/// What a policy rule that applies asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raise {
    /// The policy rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Alerts of this rule (and key) in a day of UTC; what is above is counted. `None` = all.
    pub daily_limit: Option<u64>,
    /// What the limit is counted by beside the rule: a user, an app. `None` = the rule alone.
    pub key: Option<String>,
}

/// What is delivered, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Always `alert`.
    #[serde(rename = "type")]
    pub record_type: String,
    /// Version of the shape; only additions happen within one.
    pub schema: String,
    /// Name and version of the program.
    pub tool: String,
    /// Its id: the same whenever it is delivered again, and at every target.
    pub id: String,
    /// When it was raised: the time of its decision.
    pub time: Moment,
    /// How bad it is.
    pub severity: Severity,
    /// Name of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The policy rule.
    pub rule: String,
    /// Which one of its rule and key it is today, from 1.
    pub number_today: u64,
    /// How many there may be today. The one with this number is the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_limit: Option<u64>,
    /// How many were held back yesterday, because of the limit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held_yesterday: u64,
    /// The decision; without values, like everything in the log.
    pub decision: Decision,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}
