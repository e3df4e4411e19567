//! Conditions of rules, exceptions and rates: each is about one thing, and says in words why it holds.
//!
//! What is not known is no reason for anything: a condition on it does not hold, and a `not-` condition holds.

use std::borrow::Cow;
use std::sync::Arc;

use super::calendar::Hours;
use super::pattern::{Network, Pattern, host, within};
use super::select::KindSelector;
use super::{Facts, Finding, Selector};
use crate::blob::{Gap, Reason, Suspicion};
use crate::find::Level;
use crate::label::{Label, Protection, State};

/// What a list of words is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Activity,
    App,
    User,
    Group,
    Platform,
    Client,
    Location,
    Host,
    Url,
    Event,
    Name,
    Extension,
}

impl About {
    /// Each with its key and the key of its opposite, if there is one.
    pub(super) const ALL: &'static [(Self, &'static str, Option<&'static str>)] = &[
        (Self::Activity, "activities", Some("not-activities")),
        (Self::App, "apps", Some("not-apps")),
        (Self::User, "users", Some("not-users")),
        (Self::Group, "groups", Some("not-groups")),
        (Self::Platform, "platforms", Some("not-platforms")),
        (Self::Client, "clients", Some("not-clients")),
        (Self::Location, "locations", Some("not-locations")),
        (Self::Host, "hosts", Some("not-hosts")),
        (Self::Url, "urls", Some("not-urls")),
        (Self::Event, "event", None),
        (Self::Name, "names", Some("not-names")),
        (Self::Extension, "extensions", Some("not-extensions")),
    ];

    pub(super) fn key(self, not: bool) -> &'static str {
        let found = Self::ALL.iter().find(|(about, ..)| *about == self);
        found.map_or("", |(_, key, opposite)| if not { opposite.unwrap_or(key) } else { key })
    }

    /// Whether it is told by the file, and not by the request.
    pub(super) fn is_of_file(self) -> bool {
        matches!(self, Self::Name | Self::Extension)
    }

    /// What is known of it.
    fn values<'a>(self, facts: &Facts<'a>) -> Vec<Cow<'a, str>> {
        let situation = facts.situation;
        let one = |value: &'a Option<String>| value.as_deref().map(Cow::from).into_iter().collect();
        match self {
            Self::Activity => situation.activity.map(|a| Cow::from(a.name())).into_iter().collect(),
            Self::App => one(&situation.app),
            Self::User => one(&situation.user),
            Self::Group => situation.groups.iter().map(|group| Cow::from(group.as_str())).collect(),
            Self::Platform => one(&situation.platform),
            Self::Client => one(&situation.client),
            Self::Location => one(&situation.location),
            Self::Host => situation.url.as_deref().and_then(host).map(Cow::from).into_iter().collect(),
            Self::Url => one(&situation.url),
            Self::Event => one(&situation.event),
            Self::Name if facts.name.is_empty() => Vec::new(),
            Self::Name => vec![Cow::from(facts.name)],
            Self::Extension => facts.name.rsplit_once('.').map(|(_, e)| Cow::from(e)).into_iter().collect(),
        }
    }
}

/// One condition.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Words {
        about: About,
        wanted: Vec<Pattern>,
        not: bool,
    },
    External(bool),
    Devices {
        wanted: Vec<String>,
        not: bool,
    },
    Addresses {
        wanted: Vec<(String, Vec<Network>)>,
        not: bool,
    },
    Times {
        wanted: Vec<Hours>,
        not: bool,
    },
    Field(Box<Field>),
    Kinds {
        wanted: Vec<KindSelector>,
        not: bool,
    },
    Size {
        min: Option<u64>,
        max: Option<u64>,
    },
    Labels {
        wanted: Vec<LabelWord>,
        not: bool,
    },
    /// `None`: any but none.
    Protection(Vec<Option<Protection>>),
    /// `None`: any.
    Gaps(Vec<Option<Reason>>),
    Suspicions(Vec<Option<Suspicion>>),
    Content(Content),
    /// None of these was found at this level.
    NotFound(Vec<Entry>, Level),
}

/// What must have been found.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) entries: Vec<Entry>,
    pub(super) all: bool,
    pub(super) level_min: Level,
    pub(super) count_min: u64,
    pub(super) unique_min: u64,
}

/// One entry of `rules`: a selector, or a group of them that counts together.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) selectors: Vec<Selector>,
    pub(super) group: Option<String>,
    pub(super) line: usize,
}

/// One entry of `labels`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LabelWord {
    /// No label applies.
    None,
    /// One does.
    Any,
    /// One was taken off.
    Removed,
    /// One of a tenant that is none of these.
    OtherTenant(Arc<[String]>),
    /// A label by its GUIDs, or by the name a file stores.
    Is { word: String, ids: Vec<String>, line: usize },
}

/// One entry of `where`.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) is: Option<Vec<Pattern>>,
    pub(super) not: Option<Vec<Pattern>>,
    pub(super) present: Option<bool>,
    /// The organization's domains.
    pub(super) outside: Option<(bool, Arc<[String]>)>,
    pub(super) min: Option<u64>,
    pub(super) max: Option<u64>,
}

/// Why conditions hold, and what of the findings they are about.
#[derive(Debug, Default)]
pub(super) struct Why<'a> {
    pub(super) words: Vec<String>,
    pub(super) findings: Vec<&'a Finding<'a>>,
}

/// Whether all conditions hold, and why.
pub(super) fn all_hold<'a, 'c>(
    conditions: impl IntoIterator<Item = &'c Condition>,
    facts: &Facts<'a>,
) -> Option<Why<'a>> {
    let mut why = Why::default();
    for condition in conditions {
        condition.holds(facts, &mut why)?;
    }
    Some(why)
}

impl Condition {
    /// Whether it asks about the file. Events have none.
    pub(super) fn is_of_file(&self) -> bool {
        match self {
            Self::Words { about, .. } => about.is_of_file(),
            Self::External(_) | Self::Devices { .. } | Self::Addresses { .. } | Self::Times { .. } | Self::Field(_) => {
                false
            }
            _ => true,
        }
    }

    /// Whether only the bytes of the file can tell: the name is told with the request.
    pub(super) fn needs_content(&self) -> bool {
        self.is_of_file() && !matches!(self, Self::Words { .. })
    }

    /// Whether it holds because of what is not there.
    pub(super) fn is_negative(&self) -> bool {
        match self {
            Self::Words { not, .. }
            | Self::Devices { not, .. }
            | Self::Addresses { not, .. }
            | Self::Times { not, .. }
            | Self::Kinds { not, .. }
            | Self::Labels { not, .. } => *not,
            Self::NotFound(..) => true,
            Self::Field(field) => {
                field.is.is_none()
                    && field.outside.is_none()
                    && field.present != Some(true)
                    && field.min.or(field.max).is_none()
            }
            _ => false,
        }
    }

    /// Whether it goes on to hold, whatever else is found in the file, once it does. Said of no more than is certain.
    pub(super) fn stays(&self) -> bool {
        match self {
            Self::Words { .. }
            | Self::External(_)
            | Self::Devices { .. }
            | Self::Addresses { .. }
            | Self::Times { .. }
            | Self::Field(_)
            | Self::Size { .. }
            | Self::Content(_) => true,
            Self::Kinds { .. }
            | Self::Labels { .. }
            | Self::Protection(_)
            | Self::Gaps(_)
            | Self::Suspicions(_)
            | Self::NotFound(..) => false,
        }
    }

    /// The key it was written under.
    pub(super) fn key(&self) -> &'static str {
        match self {
            Self::Words { about, not, .. } => about.key(*not),
            Self::External(_) => "external",
            Self::Devices { not: false, .. } => "devices",
            Self::Devices { .. } => "not-devices",
            Self::Addresses { not: false, .. } => "addresses",
            Self::Addresses { .. } => "not-addresses",
            Self::Times { not: false, .. } => "time",
            Self::Times { .. } => "not-time",
            Self::Field(_) => "where",
            Self::Kinds { not: false, .. } => "kinds",
            Self::Kinds { .. } => "not-kinds",
            Self::Size { .. } => "min-size",
            Self::Labels { not: false, .. } => "labels",
            Self::Labels { .. } => "not-labels",
            Self::Protection(_) => "protection",
            Self::Gaps(_) => "gaps",
            Self::Suspicions(_) => "suspicions",
            Self::Content(_) => "rules",
            Self::NotFound(..) => "not-rules",
        }
    }

    /// Whether it holds; then it says why.
    fn holds<'a>(&self, facts: &Facts<'a>, why: &mut Why<'a>) -> Option<()> {
        if facts.situation.is_event() && self.is_of_file() {
            // There is no file that could be anything.
            return self.is_negative().then_some(());
        }
        if let Self::Content(content) = self {
            let findings = content.found(facts.findings)?;
            let counts: Vec<String> = findings.iter().map(|f| format!("{} {}", f.rule, f.count)).collect();
            why.words.push(format!("found {}", counts.join(", ")));
            why.findings.extend(findings);
            return Some(());
        }
        let reason = self.reason(facts);
        if self.is_negative() && !matches!(self, Self::Field(_)) {
            return reason.is_none().then(|| why.words.push(self.key().to_owned()));
        }
        reason.map(|reason| why.words.push(reason))
    }

    /// What speaks for it; of a `not-` condition, what speaks for its opposite.
    fn reason(&self, facts: &Facts<'_>) -> Option<String> {
        let situation = facts.situation;
        match self {
            Self::Words { about, wanted, .. } => {
                let values = about.values(facts);
                let hit = wanted.iter().find(|pattern| values.iter().any(|value| pattern.matches(value)))?;
                Some(format!("{} {}", about.key(false), hit.text()))
            }
            Self::External(wanted) => {
                let word = if *wanted { "external user" } else { "user of the organization" };
                (situation.external == Some(*wanted)).then(|| word.to_owned())
            }
            Self::Devices { wanted, .. } => {
                let has = |tag: &str| situation.device_tags.iter().any(|known| known.eq_ignore_ascii_case(tag));
                let managed = ["compliant", "hybrid-joined", "certificate"].into_iter().any(has);
                let hit = wanted.iter().find(|tag| if *tag == "unmanaged" { !managed } else { has(tag) })?;
                Some(format!("device {hit}"))
            }
            Self::Addresses { wanted, .. } => {
                let address = situation.address?;
                let (name, _) = wanted.iter().find(|(_, nets)| nets.iter().any(|net| net.contains(address)))?;
                Some(format!("address in {name}"))
            }
            Self::Times { wanted, .. } => {
                let time = situation.time?;
                wanted.iter().find(|hours| hours.contain(time)).map(|hours| format!("time {}", hours.name))
            }
            Self::Field(field) => field.holds(facts).then(|| format!("field {}", field.name)),
            Self::Kinds { wanted, .. } => {
                let hit = wanted.iter().any(|kind| kind.matches(facts.kind));
                hit.then(|| format!("kind {}", facts.kind.media_type()))
            }
            Self::Size { min, max } => {
                let fits = min.is_none_or(|min| facts.size >= min) && max.is_none_or(|max| facts.size <= max);
                fits.then(|| format!("{} bytes", facts.size))
            }
            Self::Labels { wanted, .. } => wanted.iter().find_map(|word| word.among(facts.labels)),
            Self::Protection(wanted) => {
                let hit = |w: &Option<Protection>| match w {
                    Some(protection) => *protection == facts.protection,
                    None => facts.protection != Protection::None,
                };
                wanted.iter().any(hit).then(|| format!("protection {}", facts.protection))
            }
            Self::Gaps(wanted) => {
                let hit = |gap: &&Gap| wanted.iter().any(|w| w.is_none_or(|reason| reason == gap.reason));
                facts.gaps.iter().find(hit).map(|gap| format!("gap {}", gap.reason))
            }
            Self::Suspicions(wanted) => {
                let hit = |sign: &&Suspicion| wanted.iter().any(|w| w.is_none_or(|wanted| wanted == **sign));
                facts.suspicions.iter().find(hit).map(|sign| format!("suspicion {sign}"))
            }
            Self::NotFound(entries, level) => {
                let there = |f: &&Finding<'_>| f.level == *level && entries.iter().any(|e| e.names(f));
                facts.findings.iter().find(there).map(|f| f.rule.to_owned())
            }
            Self::Content(content) => content.found(facts.findings).map(|_| String::new()),
        }
    }

    /// Whether this holds wherever `other` does, as far as that is easily told.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Words { about, wanted, not },
                Self::Words { about: other_about, wanted: others, not: other_not },
            ) => {
                let within = |inner: &[Pattern], outer: &[Pattern]| {
                    inner.iter().all(|inner| outer.iter().any(|outer| outer.covers(inner)))
                };
                let covered = if *not { within(wanted, others) } else { within(others, wanted) };
                about == other_about && not == other_not && covered
            }
            (Self::External(a), Self::External(b)) => a == b,
            (Self::Devices { wanted, not }, Self::Devices { wanted: others, not: other_not }) => {
                let (outer, inner) = if *not { (others, wanted) } else { (wanted, others) };
                not == other_not && inner.iter().all(|tag| outer.contains(tag))
            }
            (Self::Addresses { wanted, not }, Self::Addresses { wanted: others, not: other_not }) => {
                let (outer, inner) = if *not { (others, wanted) } else { (wanted, others) };
                not == other_not && inner.iter().all(|range| outer.contains(range))
            }
            (Self::Times { wanted, not }, Self::Times { wanted: others, not: other_not }) => {
                let (outer, inner) = if *not { (others, wanted) } else { (wanted, others) };
                not == other_not && inner.iter().all(|hours| outer.iter().any(|o| o.name == hours.name))
            }
            (Self::Kinds { wanted, not }, Self::Kinds { wanted: others, not: other_not }) => {
                let (outer, inner) = if *not { (others, wanted) } else { (wanted, others) };
                not == other_not && inner.iter().all(|kind| outer.contains(kind))
            }
            (Self::Size { min, max }, Self::Size { min: other_min, max: other_max }) => {
                min.unwrap_or(0) <= other_min.unwrap_or(0) && max.unwrap_or(u64::MAX) >= other_max.unwrap_or(u64::MAX)
            }
            (Self::Labels { wanted, not }, Self::Labels { wanted: others, not: other_not }) => {
                let same = |a: &LabelWord, b: &LabelWord| match (a, b) {
                    (LabelWord::Is { ids, word, .. }, LabelWord::Is { ids: other_ids, word: other_word, .. }) => {
                        word == other_word || !other_ids.is_empty() && other_ids.iter().all(|id| ids.contains(id))
                    }
                    (LabelWord::Any, LabelWord::Is { .. }) => true,
                    _ => a == b,
                };
                let (outer, inner) = if *not { (others, wanted) } else { (wanted, others) };
                not == other_not && inner.iter().all(|b| outer.iter().any(|a| same(a, b)))
            }
            (Self::Protection(wanted), Self::Protection(others)) => others.iter().all(|p| wanted.contains(p)),
            (Self::Gaps(wanted), Self::Gaps(others)) => {
                wanted.contains(&None) || others.iter().all(|gap| wanted.contains(gap))
            }
            (Self::Suspicions(wanted), Self::Suspicions(others)) => {
                wanted.contains(&None) || others.iter().all(|sign| wanted.contains(sign))
            }
            (Self::Content(content), Self::Content(other)) => content.covers(other),
            _ => false,
        }
    }
}

impl Entry {
    pub(super) fn names(&self, finding: &Finding<'_>) -> bool {
        self.selectors.iter().any(|s| s.matches(finding.rule, finding.category))
    }
}

impl Content {
    /// What was found of what must have been; `None` if that is not enough.
    fn found<'a>(&self, findings: &'a [Finding<'a>]) -> Option<Vec<&'a Finding<'a>>> {
        let (mut hits, mut whole) = (Vec::new(), true);
        for entry in &self.entries {
            let found = self.of_entry(entry, findings);
            whole &= !found.is_empty();
            for finding in found {
                if !hits.contains(&finding) {
                    hits.push(finding);
                }
            }
        }
        (!hits.is_empty() && (whole || !self.all)).then_some(hits)
    }

    fn of_entry<'a>(&self, entry: &Entry, findings: &'a [Finding<'a>]) -> Vec<&'a Finding<'a>> {
        let enough = |count: u64, unique: u64| count >= self.count_min && unique >= self.unique_min;
        let mut hits: Vec<_> = findings.iter().filter(|f| f.level == self.level_min && entry.names(f)).collect();
        if entry.group.is_some() {
            let sum = |of: fn(&Finding<'_>) -> u64| hits.iter().map(|f| of(f)).fold(0, u64::saturating_add);
            if !enough(sum(|f| f.count), sum(|f| f.unique)) {
                hits.clear();
            }
        } else {
            hits.retain(|f| enough(f.count, f.unique));
        }
        hits
    }

    fn covers(&self, other: &Self) -> bool {
        let easier = self.level_min <= other.level_min
            && self.count_min <= other.count_min
            && self.unique_min <= other.unique_min;
        let single = |content: &Self| content.entries.iter().all(|entry| entry.group.is_none());
        let there = |entry: &Entry| {
            let mut mine = self.entries.iter().flat_map(|e| &e.selectors);
            let all = mine.clone().any(|s| *s == Selector::All);
            all || entry.selectors.iter().all(|wanted| mine.any(|s| s == wanted))
        };
        easier && !self.all && single(self) && single(other) && other.entries.iter().all(there)
    }
}

impl LabelWord {
    /// What label it is, in words.
    fn among(&self, labels: &[Label]) -> Option<String> {
        let active = || labels.iter().filter(|label| label.state == State::Active);
        let told = |label: &Label| format!("label {}", label.id);
        match self {
            Self::None => active().next().is_none().then(|| "no label".to_owned()),
            Self::Any => active().next().map(told),
            Self::Removed => {
                let removed = labels.iter().any(|label| label.state == State::Removed);
                (removed && active().next().is_none()).then(|| "label removed".to_owned())
            }
            Self::OtherTenant(own) => {
                let other = |label: &&Label| {
                    label
                        .tenant
                        .as_deref()
                        .is_some_and(|tenant| !own.iter().any(|own| own.eq_ignore_ascii_case(tenant)))
                };
                active().find(other).map(|label| format!("label {} of another tenant", label.id))
            }
            Self::Is { word, ids, .. } => {
                let same = |label: &&Label| {
                    ids.iter().any(|id| label.id.eq_ignore_ascii_case(id))
                        || label.id.eq_ignore_ascii_case(word)
                        || label.name.as_deref().is_some_and(|name| name.to_lowercase() == word.to_lowercase())
                };
                active().find(same).map(told)
            }
        }
    }
}

impl Field {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let values: Vec<&str> = facts.situation.field(&self.name).collect();
        let any = |patterns: &[Pattern]| {
            let hit = |text: &str| patterns.iter().any(|pattern| pattern.matches(text));
            values.iter().any(|value| hit(value) || pieces(value).any(hit))
        };
        let mut numbers = values.iter().filter_map(|value| value.trim().parse::<f64>().ok());
        #[allow(clippy::cast_precision_loss, reason = "limits are small numbers")]
        let within = |n: f64| self.min.is_none_or(|min| n >= min as f64) && self.max.is_none_or(|max| n <= max as f64);
        self.is.as_deref().is_none_or(any)
            && self.not.as_deref().is_none_or(|patterns| !any(patterns))
            && self.present.is_none_or(|present| present != values.is_empty())
            && self.outside.as_ref().is_none_or(|(wanted, own)| {
                let outside = values.iter().flat_map(|value| pieces(value)).any(|piece| is_outside(piece, own));
                !values.is_empty() && outside == *wanted
            })
            && (self.min.or(self.max).is_none() || numbers.any(within))
    }
}

/// Pieces of a value that is a list: scopes of a consent, addresses of mails.
fn pieces(value: &str) -> impl Iterator<Item = &str> {
    value.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|piece| !piece.is_empty())
}

/// Whether a piece is a mail address outside of `own`. Text without `@` is none.
fn is_outside(piece: &str, own: &[String]) -> bool {
    let address = piece.trim_matches(['<', '>', '"', '\'', '(', ')']);
    address.rsplit_once('@').is_some_and(|(_, domain)| !within(domain, own))
}
