//! Too much of something: what a `[[rate]]` counts, and over which time.

use super::Rule;
use super::error::PolicyError;
use super::filters::{at_least_one, known, words};
use super::keys;
use super::names::Names;
use super::parse;
use super::table::{Place, Table};
use super::{Action, Facts, Verdict, parse_duration};
use crate::blob::{Reason, Suspicion};
use crate::label::Protection;

/// One rate.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    pub(super) rule: Rule,
    pub(super) per: Per,
    /// Milliseconds.
    pub(super) window: i64,
    pub(super) limit: Limit,
    pub(super) keys_max: usize,
}

/// What is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    User,
    App,
    Address,
}

/// What is too much.
#[derive(Clone, Debug)]
pub(super) enum Limit {
    /// More than so many.
    Count(u64),
    /// A share above so many percent, of at least so many.
    Share { of: Vec<Share>, above: u64, at_least: u64 },
}

/// What is counted as a share of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    Encrypted,
    Renamed,
    Blocked,
}

/// Users, apps or addresses that are remembered unless a policy says otherwise.
const KEYS_MAX: u64 = 10_000;
/// Most that a policy may ask for: about 300 MB.
const KEYS_LIMIT: u64 = 1_000_000;
/// A share of fewer says nothing, unless a policy says otherwise.
const AT_LEAST: u64 = 20;

impl Rate {
    /// Whether a decision counts towards the share.
    pub(super) fn counts(&self, facts: &Facts<'_>, verdict: &Verdict) -> bool {
        let Limit::Share { of, .. } = &self.limit else { return true };
        of.iter().any(|share| match share {
            Share::Encrypted => is_encrypted(facts),
            Share::Renamed => {
                facts.suspicions.contains(&Suspicion::ExtensionMismatch)
                    || facts.situation.event.as_deref().is_some_and(|event| event.eq_ignore_ascii_case("rename"))
            }
            Share::Blocked => verdict.action >= Action::Block,
        })
    }

    /// Whether so many in a window, of which so many count, are too many.
    pub(super) fn is_exceeded(&self, all: u64, counted: u64) -> bool {
        match &self.limit {
            Limit::Count(most) => all > *most,
            Limit::Share { above, at_least, .. } => {
                all >= *at_least && counted.saturating_mul(100) > all.saturating_mul(*above)
            }
        }
    }
}

fn is_encrypted(facts: &Facts<'_>) -> bool {
    let sealed = [Reason::Encrypted, Reason::PasswordProtected, Reason::RightsProtected];
    facts.protection != Protection::None || facts.gaps.iter().any(|gap| sealed.contains(&gap.reason))
}

impl Per {
    /// What a decision is counted under. A user who is not known is counted by address.
    pub(super) fn key(self, facts: &Facts<'_>) -> Option<String> {
        let situation = facts.situation;
        let address = || situation.address.map(|address| format!("address {}", address.to_canonical()));
        let named = |kind: &str, name: &Option<String>| {
            name.as_deref().filter(|name| !name.is_empty()).map(|name| format!("{kind} {}", name.to_lowercase()))
        };
        match self {
            Self::User => named("user", &situation.user).or_else(address),
            Self::App => named("app", &situation.app),
            Self::Address => address(),
        }
    }
}

pub(super) fn read(place: Place<'_>, table: &Table<'_, '_>, names: &Names) -> Result<Vec<Rate>, PolicyError> {
    let mut rates = Vec::new();
    for (entries, span) in table.tables("rate", "rates are written as [[rate]]")? {
        let table = Table::new(place, keys::RATE.name, entries, span, &keys::RATE.names())?;
        let per = match table.get("per") {
            None => Per::User,
            Some(value) => match value.get_ref().as_str() {
                Some("user") => Per::User,
                Some("app") => Per::App,
                Some("address") => Per::Address,
                _ => return Err(table.wrong(value, "`per` is user, app or address".to_owned(), None)),
            },
        };
        rates.push(Rate {
            rule: parse::rule(place, &table, names)?,
            per,
            window: duration(&table, "window")?,
            limit: limit(&table)?,
            keys_max: keys_max(&table)?,
        });
    }
    Ok(rates)
}

fn limit(table: &Table<'_, '_>) -> Result<Limit, PolicyError> {
    let most = at_least_one(table, "more-than")?;
    let of = words(table, "share-of", |word| {
        Ok(match known(word, &keys::shares())? {
            "encrypted" => Share::Encrypted,
            "renamed" => Share::Renamed,
            _ => Share::Blocked,
        })
    })?;
    let above = table.number("share-above")?;
    let at_least = at_least_one(table, "at-least")?;
    match (most, of, above) {
        (Some(most), None, None) if at_least.is_none() => Ok(Limit::Count(most)),
        (None, Some(of), Some(above)) if above < 100 => {
            Ok(Limit::Share { of, above, at_least: at_least.unwrap_or(AT_LEAST) })
        }
        (None, Some(_), Some(_)) => Err(table.missing("share-above", "a percentage from 0 to 99")),
        _ => Err(table.missing("more-than", "say either more-than, or share-of and share-above")),
    }
}

/// How many keys are remembered.
pub(super) fn keys_max(table: &Table<'_, '_>) -> Result<usize, PolicyError> {
    let most = at_least_one(table, "max-keys")?.unwrap_or(KEYS_MAX);
    match table.get("max-keys") {
        Some(value) if most > KEYS_LIMIT => {
            Err(table.wrong(value, format!("`max-keys` is at most {KEYS_LIMIT}"), None))
        }
        _ => Ok(usize::try_from(most).unwrap_or(usize::MAX)),
    }
}

/// Milliseconds of `30s`, `5m`, `2h`, `1d`.
fn duration(table: &Table<'_, '_>, key: &str) -> Result<i64, PolicyError> {
    let help = "write 30s, 5m, 2h or 1d";
    let value = table.get(key).ok_or_else(|| table.missing(key, help))?;
    let parsed = value.get_ref().as_str().and_then(milliseconds);
    parsed.ok_or_else(|| table.wrong(value, format!("`{key}` is no time of 1s to 30d"), Some(help.to_owned())))
}

/// Milliseconds of a length of time from a second to a month.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let ms = i64::try_from(parse_duration(text)?.as_millis()).ok()?;
    (1000..=30 * 86_400_000).contains(&ms).then_some(ms)
}
