//! One line of the activity log: who did what where with which device, what was found, what was decided and why.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::find::Level;
use crate::policy::{Action, Activity, Position};
use crate::report::Timing;
use crate::serve::log::moment::Moment;
use crate::serve::log::word;

/// A decision, or an event that was told without content. It holds no value and no text of a file.
///
/// Its own fields are columns of the database, [`Details`] is one column of JSON beside them. Through serde it is one
/// flat object, which worker processes can send to the service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When the request came.
    pub time: Moment,
    /// Correlation id: what the user is shown, and what the answer of the service has.
    pub id: String,
    /// The front end that was asked: `icap`, `http`, `library` …
    pub frontend: String,
    /// Kind of an event that was told without content (`inbox-rule` …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The user's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Where the request came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// What was done.
    #[serde(default, deserialize_with = "word::known", skip_serializing_if = "Option::is_none")]
    pub activity: Option<Activity>,
    /// The app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// Address of what was asked for: no credentials, no query, no fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Name of the file, without folders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What it is, by content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Hash of its bytes, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// How much was examined: `ok`, `partial` …; empty for events.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// What is known: `clean`, `match`, `unknown`; empty for events.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub verdict: String,
    /// What was done about it; `None` where no policy was asked.
    #[serde(default, deserialize_with = "word::known")]
    pub action: Option<Action>,
    /// What would have been done, were the policy not only watching.
    #[serde(default, deserialize_with = "word::known", skip_serializing_if = "Option::is_none")]
    pub would: Option<Action>,
    /// Name of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The policy rule that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The rest.
    #[serde(flatten)]
    pub details: Details,
}

/// What a decision has beside what one looks for it by. Absent in JSON where there is nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// Groups of the user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Whether the user is from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<bool>,
    /// Country, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Where on Earth it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// What the front end can carry out besides `allow`, `monitor` and `block`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carries_out: Vec<Action>,
    /// What is known of the device.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub device_tags: Vec<String>,
    /// Operating system of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// `browser` or `native`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Further fields of the front end or of the event; none that carries credentials.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
    /// All policy rules that apply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Exceptions of the policy that were used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<String>,
    /// Whether there was no room to examine it, and `on-overload` decided.
    #[serde(skip_serializing_if = "is_false")]
    pub overloaded: bool,
    /// Id of the message to the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// What was found, by detection rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Found>,
    /// Matches that suppression lists left out.
    #[serde(skip_serializing_if = "is_zero")]
    pub suppressed: u64,
    /// Sensitivity labels, removed and superseded ones included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelRow>,
    /// How it is protected: `password_encrypted`, `rights_managed`, `encrypted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<String>,
    /// What was not examined.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<GapRow>,
    /// Signs that something was meant not to be seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suspicions: Vec<GapRow>,
    /// A few of the matches, masked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Times in microseconds.
    pub timing: Timing,
    /// Id of rules, policy and engine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ruleset: String,
    /// Names of fields and lists that were too long and of which the rest is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<String>,
}

/// What one detection rule found in the whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Rule id.
    pub rule: String,
    /// Rule name.
    pub name: String,
    /// Category as policies name it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Counts at each level or above it, the highest level first. Levels without matches are left out.
    pub levels: Vec<LevelCount>,
}

impl Found {
    /// All matches of the rule: level of the best, count and different values of all.
    pub fn total(&self) -> Option<LevelCount> {
        let most = self.levels.iter().max_by_key(|l| l.count)?;
        let best = self.levels.iter().map(|l| l.level).max()?;
        Some(LevelCount { level: best, ..*most })
    }
}

/// Matches at a level or above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelCount {
    /// The level.
    pub level: Level,
    /// Matches.
    pub count: u64,
    /// Different values among them.
    pub unique_count: u64,
}

/// A sensitivity label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelRow {
    /// GUID.
    pub id: String,
    /// Internal name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// GUID of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// How it was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// When it was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_date: Option<String>,
    /// What was applied with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_bits: Option<u32>,
    /// `active`, `removed` or `superseded`.
    pub state: String,
    /// Where it was read.
    pub source: String,
}

/// A gap or a suspicion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapRow {
    /// Its code.
    pub code: String,
    /// Where inside the file.
    #[serde(rename = "where", default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// One short sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// One masked value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Rule id.
    pub rule: String,
    /// The value, masked: never the whole of it.
    pub masked: String,
    /// Keyed hash of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Where it stands, in words.
    #[serde(rename = "where", default, skip_serializing_if = "String::is_empty")]
    pub place: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}
