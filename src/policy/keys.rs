//! Every key of a policy file, in one place: the parser refuses what is not here, the published schema is made of it, and
//! a test looks each of them up in `docs/policy.md`.

use super::{Action, Activity};
use crate::blob::{Reason, Suspicion};
use crate::label::Protection;

/// What a key takes.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number, from 0 or 1 on.
    Number(u64),
    /// Bytes, or `"64k"`.
    Size,
    /// `"30s"`, `"5m"`, `"2h"`, `"1d"`.
    Duration,
    /// A date.
    Date,
    /// A date, or a date with a time.
    Moment,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A list of these words; one word may stand for a list of one.
    Words(fn() -> Vec<&'static str>),
    /// A list of strings; one string may stand for a list of one.
    List,
    /// A table with the keys of this one of [`TABLES`].
    Table(&'static str),
    /// A list of such tables.
    Tables(&'static str),
    /// A table of names of the author's, each with a table of this one of [`TABLES`].
    Named(&'static str),
    /// A table of names of the author's, each with a list of strings.
    Lists,
    /// A table of names of the author's, each with a table of names and texts.
    Texts,
    /// A table with these words as keys, each with one of those as its value.
    Map(fn() -> Vec<&'static str>, fn() -> Vec<&'static str>),
}

/// One key.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) about: &'static str,
}

/// The keys of one kind of table.
pub(super) struct Keys {
    /// What messages call it, see [`Takes::Table`].
    pub(super) name: &'static str,
    pub(super) groups: &'static [&'static [Key]],
    pub(super) required: &'static [&'static str],
}

impl Keys {
    pub(super) fn iter(&self) -> impl Iterator<Item = &'static Key> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        self.iter().map(|key| key.name).collect()
    }
}

const fn key(name: &'static str, takes: Takes, about: &'static str) -> Key {
    Key { name, takes, about }
}

/// The file itself.
pub(super) const POLICY: Keys = Keys {
    name: "the policy",
    required: &["on-unscannable", "on-overload"],
    groups: &[&[
        key("name", Takes::Text, "name in records; default: the name of the file"),
        key("mode", Takes::Word(modes), "monitor: decide as always, stop nothing, say what would have been stopped"),
        key("enforce-from", Takes::Moment, "monitor until then, enforce from then on"),
        key("on-unscannable", Takes::Word(available), "what a file is worth that was not wholly examined"),
        key("on-overload", Takes::Word(available), "what a request is worth that the service has no time for"),
        key("gaps", Takes::Map(reasons, available), "reason code = action, instead of on-unscannable"),
        key("time-zone", Takes::Text, "zone of dates and hours: UTC, +01:00 or Europe/Berlin; default: UTC"),
        key("language", Takes::Text, "language of the messages of rules; default: en"),
        key("contact", Takes::Text, "whom users may ask; {contact} in messages"),
        key("domains", Takes::List, "the organization's own mail domains, subdomains included"),
        key("tenants", Takes::List, "GUIDs of the organization's own tenants"),
        key("messages", Takes::Texts, "language, then rule, activity or `default` = text for the user"),
        key("label-names", Takes::Lists, "name of a label, with parents before a slash = its GUIDs"),
        key("address-ranges", Takes::Lists, "name = addresses and networks (192.0.2.0/24, 2001:db8::/32)"),
        key("times", Takes::Named("times"), "name = weekdays and hours"),
        key("rule-groups", Takes::Lists, "name = detection rules that count together"),
        key("rule", Takes::Tables("rule"), "what is done about what"),
        key("exception", Takes::Tables("exception"), "who is let off which rules, until when"),
        key("rate", Takes::Tables("rate"), "what is done about too much of something"),
        key("travel", Takes::Tables("travel"), "what is done about a user who is in two places"),
    ]],
};

/// What a rule is and does.
const OF_RULE: &[Key] = &[
    key("id", Takes::Text, "short name, unique in the file"),
    key("action", Takes::Word(actions), "what is done"),
    key("or-else", Takes::Word(fallbacks), "what is done where protect, step_up or quarantine cannot be"),
    key("mode", Takes::Word(modes), "monitor: this rule stops nothing"),
    key("enforce-from", Takes::Moment, "this rule stops nothing before"),
    key("message", Takes::Text, "text for the user"),
    key("alert", Takes::Table("alert"), "whom it concerns is told"),
];

/// Conditions. A rule applies when all of them hold; in a list, any entry will do.
pub(super) const CONDITIONS: &[Key] = &[
    key("activities", Takes::Words(activities), "what is done"),
    key("not-activities", Takes::Words(activities), "what is done is none of these"),
    key("apps", Takes::List, "app, * and ? allowed"),
    key("not-apps", Takes::List, "app is none of these"),
    key("users", Takes::List, "user, * and ? allowed"),
    key("not-users", Takes::List, "user is none of these"),
    key("groups", Takes::List, "a group the user is in, * and ? allowed"),
    key("not-groups", Takes::List, "the user is in none of these"),
    key("external", Takes::Flag, "whether the user is from outside of the organization"),
    key("devices", Takes::Words(devices), "what is known of the device; unmanaged: nothing"),
    key("not-devices", Takes::Words(devices), "the device is none of these"),
    key("platforms", Takes::List, "operating system of the device"),
    key("not-platforms", Takes::List, "the operating system is none of these"),
    key("clients", Takes::List, "browser or native"),
    key("not-clients", Takes::List, "the client is none of these"),
    key("addresses", Takes::List, "address of the client: an address, a network or a name of [address-ranges]"),
    key("not-addresses", Takes::List, "the address is in none of these"),
    key("locations", Takes::List, "country of the client, two letters"),
    key("not-locations", Takes::List, "the country is none of these"),
    key("hosts", Takes::List, "host of what is asked for, * and ? allowed"),
    key("not-hosts", Takes::List, "the host is none of these"),
    key("urls", Takes::List, "address of what is asked for, * and ? allowed"),
    key("not-urls", Takes::List, "the address is none of these"),
    key("time", Takes::List, "when: names of [times]"),
    key("not-time", Takes::List, "when: in none of these"),
    key("event", Takes::List, "an event without content, by its name"),
    key("where", Takes::Tables("where"), "further fields of the request or event; all of them must hold"),
    key("names", Takes::List, "name of the file without folders, * and ? allowed"),
    key("not-names", Takes::List, "the name is none of these"),
    key("extensions", Takes::List, "what the name says, in any case"),
    key("not-extensions", Takes::List, "the extension is none of these"),
    key("kinds", Takes::List, "what it is by content"),
    key("not-kinds", Takes::List, "by content it is none of these"),
    key("min-size", Takes::Size, "at least as large"),
    key("max-size", Takes::Size, "at most as large"),
    key("labels", Takes::List, "sensitivity labels: GUID, name, parent/*, none, any, removed, other-tenant"),
    key("not-labels", Takes::List, "it has none of these labels"),
    key("protection", Takes::Words(protections), "how it is protected"),
    key("gaps", Takes::Words(reasons_or_any), "why something was not examined"),
    key("suspicions", Takes::Words(signs_or_any), "signs that something was meant not to be seen"),
    key("rules", Takes::List, "detection rules that found something"),
    key("all", Takes::Flag, "every entry of `rules` must have been found"),
    key("not-rules", Takes::List, "detection rules that found nothing"),
    key("min-confidence", Takes::Word(levels), "how sure they must be; default: medium"),
    key("min-count", Takes::Number(1), "matches"),
    key("min-unique", Takes::Number(1), "different values"),
];

/// `[[rule]]`.
pub(super) const RULE: Keys = Keys { name: "[[rule]]", required: &["id", "action"], groups: &[OF_RULE, CONDITIONS] };

/// `[[exception]]`.
pub(super) const EXCEPTION: Keys = Keys {
    name: "[[exception]]",
    required: &["id", "owner", "reason", "expires", "lifts"],
    groups: &[
        &[
            key("id", Takes::Text, "short name, unique in the file"),
            key("owner", Takes::Text, "who answers for it"),
            key("reason", Takes::Text, "why"),
            key("expires", Takes::Date, "the last day it applies"),
            key("lifts", Takes::List, "ids of the rules that do not apply; on-unscannable is one"),
        ],
        CONDITIONS,
    ],
};

/// `[[rate]]`.
pub(super) const RATE: Keys = Keys {
    name: "[[rate]]",
    required: &["id", "action", "window"],
    groups: &[
        OF_RULE,
        &[
            key("per", Takes::Word(subjects), "what is counted by itself; default: user"),
            key("window", Takes::Duration, "30s, 5m, 2h, 1d"),
            key("more-than", Takes::Number(1), "how many in a window are not too many yet"),
            key("share-of", Takes::Words(shares), "what is counted as a share of all"),
            key("share-above", Takes::Number(0), "the share in percent that is not too much yet"),
            key("at-least", Takes::Number(1), "how many in a window make a share worth looking at; default: 20"),
            key("max-keys", Takes::Number(1), "users, apps or addresses remembered; default: 10000"),
        ],
        CONDITIONS,
    ],
};

/// `[[travel]]`.
pub(super) const TRAVEL: Keys = Keys {
    name: "[[travel]]",
    required: &["id", "action", "max-speed"],
    groups: &[
        OF_RULE,
        &[
            key("max-speed", Takes::Number(1), "kilometres an hour that a user may travel"),
            key("min-distance", Takes::Number(0), "kilometres that say nothing; default: 100"),
            key("max-keys", Takes::Number(1), "users remembered; default: 10000"),
        ],
        CONDITIONS,
    ],
};

/// Tables inside of tables.
pub(super) const TIMES: Keys = Keys {
    name: "[times]",
    required: &[],
    groups: &[&[
        key("weekdays", Takes::List, "mon, tue-fri …; default: every day"),
        key("hours", Takes::List, "08:00-18:00, 22:00-06:00; default: all day"),
        key("zone", Takes::Text, "another zone than the policy's"),
    ]],
};

/// One entry of `where`.
pub(super) const WHERE: Keys = Keys {
    name: "where",
    required: &["field"],
    groups: &[&[
        key("field", Takes::Text, "name of the field, in any case"),
        key("is", Takes::List, "a value of it, * and ? allowed"),
        key("not", Takes::List, "no value of it is one of these"),
        key("present", Takes::Flag, "whether it is there"),
        key("outside-domains", Takes::Flag, "a mail address in it is outside of `domains`"),
        key("min", Takes::Number(0), "a number in it is at least this"),
        key("max", Takes::Number(0), "a number in it is at most this"),
    ]],
};

/// `alert`.
pub(super) const ALERT: Keys = Keys {
    name: "alert",
    required: &["severity"],
    groups: &[&[
        key("severity", Takes::Word(severities), "how bad it is"),
        key("daily-limit", Takes::Number(1), "alerts of this rule in a day"),
    ]],
};

/// Every table but the file itself, by the name that [`Takes`] has for it.
pub(super) const TABLES: &[(&str, &Keys)] = &[
    ("rule", &RULE),
    ("exception", &EXCEPTION),
    ("rate", &RATE),
    ("travel", &TRAVEL),
    ("times", &TIMES),
    ("where", &WHERE),
    ("alert", &ALERT),
];

pub(super) fn modes() -> Vec<&'static str> {
    vec!["enforce", "monitor"]
}

pub(super) fn actions() -> Vec<&'static str> {
    Action::ALL.iter().map(|action| action.name()).collect()
}

pub(super) fn available() -> Vec<&'static str> {
    Action::ALL.iter().filter(|action| action.is_available()).map(|action| action.name()).collect()
}

pub(super) fn fallbacks() -> Vec<&'static str> {
    vec![Action::Monitor.name(), Action::Block.name()]
}

pub(super) fn activities() -> Vec<&'static str> {
    Activity::ALL.iter().map(|activity| activity.name()).collect()
}

pub(super) fn devices() -> Vec<&'static str> {
    vec!["compliant", "hybrid-joined", "certificate", "unmanaged"]
}

pub(super) fn protections() -> Vec<&'static str> {
    let all = [Protection::None, Protection::PasswordEncrypted, Protection::RightsManaged, Protection::Encrypted];
    all.iter().map(|p| p.name()).chain(["any"]).collect()
}

fn reasons() -> Vec<&'static str> {
    Reason::ALL.iter().map(|reason| reason.code()).collect()
}

fn reasons_or_any() -> Vec<&'static str> {
    reasons().into_iter().chain(["any"]).collect()
}

fn signs_or_any() -> Vec<&'static str> {
    Suspicion::ALL.iter().map(|sign| sign.code()).chain(["any"]).collect()
}

fn levels() -> Vec<&'static str> {
    vec!["low", "medium", "high"]
}

pub(super) fn subjects() -> Vec<&'static str> {
    vec!["user", "app", "address"]
}

pub(super) fn shares() -> Vec<&'static str> {
    vec!["encrypted", "renamed", "blocked"]
}

pub(super) fn severities() -> Vec<&'static str> {
    vec!["low", "medium", "high", "critical"]
}
