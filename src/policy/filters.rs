//! Conditions from their keys: the same for rules, exceptions and rates.

use std::sync::Arc;

use super::condition::{About, Condition, Content, Entry, Field, LabelWord};
use super::error::PolicyError;
use super::keys;
use super::names::{Names, not_a_network};
use super::parse::plain_guid;
use super::pattern::{Network, Pattern};
use super::select::{KindSelector, Selector};
use super::size::parse_size;
use super::table::{Place, Table};
use crate::blob::{Reason, Suspicion};
use crate::find::{Level, nearest};
use crate::label::Protection;
use toml::de::DeValue;

/// The conditions of one table, cheap ones first.
pub(super) fn conditions(
    place: Place<'_>,
    table: &Table<'_, '_>,
    names: &Names,
) -> Result<Vec<Condition>, PolicyError> {
    let mut all = Vec::new();
    for (about, key, opposite) in About::ALL {
        for (key, not) in [(Some(*key), false), (*opposite, true)] {
            let Some(key) = key else { continue };
            let wanted = match about {
                About::Activity => words(table, key, |word| known(word, &keys::activities()).map(Pattern::new))?,
                About::Extension => words(table, key, |e| Ok(Pattern::new(e.trim_start_matches('.'))))?,
                _ => words(table, key, |word| Ok(Pattern::new(word)))?,
            };
            all.extend(wanted.map(|wanted| Condition::Words { about: *about, wanted, not }));
        }
    }
    all.extend(flag(table, "external")?.map(Condition::External));
    for (key, not) in [("devices", false), ("not-devices", true)] {
        let wanted = words(table, key, |word| known(word, &keys::devices()).map(str::to_owned))?;
        all.extend(wanted.map(|wanted| Condition::Devices { wanted, not }));
    }
    for (key, not) in [("addresses", false), ("not-addresses", true)] {
        all.extend(addresses(place, table, key, names)?.map(|wanted| Condition::Addresses { wanted, not }));
    }
    for (key, not) in [("time", false), ("not-time", true)] {
        let wanted = words(table, key, |word| {
            let found = names.times.iter().find(|hours| hours.name == word);
            found.cloned().ok_or_else(|| nearest(word, names.times.iter().map(|h| h.name.as_str())).map(str::to_owned))
        })?;
        all.extend(wanted.map(|wanted| Condition::Times { wanted, not }));
    }
    fields(place, table, names, &mut all)?;
    for (key, not) in [("kinds", false), ("not-kinds", true)] {
        let wanted = words(table, key, |word| {
            KindSelector::parse(word).ok_or_else(|| nearest(word, KindSelector::known()).map(str::to_owned))
        })?;
        all.extend(wanted.map(|wanted| Condition::Kinds { wanted, not }));
    }
    let (min, max) = (size(table, "min-size")?, size(table, "max-size")?);
    if min.or(max).is_some() {
        all.push(Condition::Size { min, max });
    }
    for (key, not) in [("labels", false), ("not-labels", true)] {
        all.extend(labels(table, key, names)?.map(|wanted| Condition::Labels { wanted, not }));
    }
    all.extend(words(table, "protection", protection)?.map(Condition::Protection));
    all.extend(words(table, "gaps", gap)?.map(Condition::Gaps));
    all.extend(words(table, "suspicions", suspicion)?.map(Condition::Suspicions));
    content(table, names, &mut all)?;
    Ok(all)
}

/// Ranges of addresses, each with how it was written.
type Ranges = Vec<(String, Vec<Network>)>;

fn addresses(place: Place<'_>, table: &Table<'_, '_>, key: &str, names: &Names) -> Result<Option<Ranges>, PolicyError> {
    let Some(list) = table.strings(key)? else { return Ok(None) };
    let mut wanted = Vec::with_capacity(list.len());
    for (word, line) in list {
        if let Some(named) = names.ranges.iter().find(|(name, _)| name == word) {
            wanted.push(named.clone());
        } else if let Some(network) = Network::parse(word) {
            wanted.push((word.to_owned(), vec![network]));
        } else {
            let near = nearest(word, names.ranges.iter().map(|(name, _)| name.as_str()));
            let error = not_a_network(place, word, line);
            let help = near.map(|near| format!("did you mean the range `{near}`?"));
            return Err(PolicyError { help: help.or(error.help.clone()), ..error });
        }
    }
    Ok(Some(wanted))
}

fn fields(place: Place<'_>, table: &Table<'_, '_>, names: &Names, all: &mut Vec<Condition>) -> Result<(), PolicyError> {
    for (entries, span) in table.tables("where", "conditions on fields are written as where = [{ field = … }]")? {
        let start = span.start;
        let table = Table::new(place, keys::WHERE.name, entries, span, &keys::WHERE.names())?;
        let name = table.string("field")?.ok_or_else(|| table.missing("field", "the name of a field"))?;
        let patterns = |key| words(&table, key, |word| Ok(Pattern::new(word)));
        let outside = flag(&table, "outside-domains")?;
        if outside.is_some() && names.domains.is_empty() {
            return Err(
                table.missing("outside-domains", "the policy must say which are its own: domains = [\"example.com\"]")
            );
        }
        let field = Field {
            name: name.to_owned(),
            is: patterns("is")?,
            not: patterns("not")?,
            present: flag(&table, "present")?,
            outside: outside.map(|wanted| (wanted, Arc::clone(&names.domains))),
            min: table.number("min")?,
            max: table.number("max")?,
        };
        let any = field.is.is_some() || field.not.is_some() || field.present.is_some() || field.outside.is_some();
        if !any && field.min.or(field.max).is_none() {
            let help = "add is, not, present, outside-domains, min or max".to_owned();
            return Err(place.error("P003", start, format!("nothing is said of the field `{name}`"), Some(help)));
        }
        all.push(Condition::Field(Box::new(field)));
    }
    Ok(())
}

fn labels(table: &Table<'_, '_>, key: &str, names: &Names) -> Result<Option<Vec<LabelWord>>, PolicyError> {
    let (Some(list), Some(value)) = (table.strings(key)?, table.get(key)) else { return Ok(None) };
    let mut wanted = Vec::with_capacity(list.len());
    for (word, line) in list {
        let lower = word.to_lowercase();
        wanted.push(match word {
            "none" => LabelWord::None,
            "any" => LabelWord::Any,
            "removed" => LabelWord::Removed,
            "other-tenant" if names.tenants.is_empty() => {
                let help = "the policy must say which are its own: tenants = [\"<GUID>\"]".to_owned();
                return Err(table.wrong(value, "`other-tenant` needs the key `tenants`".to_owned(), Some(help)));
            }
            "other-tenant" => LabelWord::OtherTenant(Arc::clone(&names.tenants)),
            _ => {
                let parent = lower.strip_suffix("/*");
                let named = names.labels.iter().filter(|(name, ..)| {
                    let name = name.to_lowercase();
                    let below = |parent: &str| name.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'));
                    parent.map_or(name == lower, |parent| name == parent || below(parent))
                });
                let ids: Vec<String> = named.flat_map(|(_, ids, _)| ids.clone()).collect();
                if parent.is_some() && ids.is_empty() {
                    let help =
                        format!("name them in [label-names]: \"{word}\" stands for a name there and those below it");
                    return Err(table.wrong(value, format!("`{key}` does not know `{word}`"), Some(help)));
                }
                LabelWord::Is { word: plain_guid(word).to_owned(), ids, line }
            }
        });
    }
    Ok(Some(wanted))
}

fn content(table: &Table<'_, '_>, names: &Names, all: &mut Vec<Condition>) -> Result<(), PolicyError> {
    let rules = entries(table, "rules", names)?;
    let not = entries(table, "not-rules", names)?;
    if rules.is_none() {
        for key in ["all", "min-confidence", "min-count", "min-unique"] {
            if key == "min-confidence" && not.is_some() {
                continue;
            }
            if let Some(value) = table.get(key) {
                let message = format!("`{key}` says nothing without `rules`");
                return Err(table.wrong(value, message, Some("add rules = [\"*\"]".to_owned())));
            }
        }
    }
    let level_min = level(table)?;
    if let Some(entries) = rules {
        all.push(Condition::Content(Content {
            entries,
            all: flag(table, "all")?.unwrap_or(false),
            level_min,
            count_min: at_least_one(table, "min-count")?.unwrap_or(1),
            unique_min: at_least_one(table, "min-unique")?.unwrap_or(1),
        }));
    }
    all.extend(not.map(|entries| Condition::NotFound(entries, level_min)));
    Ok(())
}

fn entries(table: &Table<'_, '_>, key: &str, names: &Names) -> Result<Option<Vec<Entry>>, PolicyError> {
    let (Some(list), Some(value)) = (table.strings(key)?, table.get(key)) else { return Ok(None) };
    let mut entries = Vec::with_capacity(list.len());
    for (word, line) in list {
        let Some(name) = word.strip_prefix("group:") else {
            entries.push(Entry { selectors: vec![Selector::parse(word)], group: None, line });
            continue;
        };
        let Some((_, selectors)) = names.groups.iter().find(|(known, _)| known == name) else {
            let near = nearest(name, names.groups.iter().map(|(known, _)| known.as_str()));
            let help = near
                .map_or_else(|| "name it in [rule-groups]".to_owned(), |near| format!("did you mean `group:{near}`?"));
            let error = table.wrong(value, format!("no group of rules is called `{name}`"), Some(help));
            return Err(PolicyError { line, code: "P005", ..error });
        };
        let selectors = selectors.iter().map(|(selector, _)| selector.clone()).collect();
        entries.push(Entry { selectors, group: Some(name.to_owned()), line });
    }
    Ok(Some(entries))
}

fn level(table: &Table<'_, '_>) -> Result<Level, PolicyError> {
    let Some(value) = table.get("min-confidence") else { return Ok(Level::Medium) };
    let level = value.get_ref().as_str().and_then(Level::from_name);
    level.ok_or_else(|| table.wrong(value, "`min-confidence` is low, medium or high".to_owned(), None))
}

/// A number that starts at 1.
pub(super) fn at_least_one(table: &Table<'_, '_>, key: &str) -> Result<Option<u64>, PolicyError> {
    match (table.number(key)?, table.get(key)) {
        (Some(0), Some(value)) => {
            Err(table.wrong(value, format!("`{key}` starts at 1: zero would apply to everything"), None))
        }
        (number, _) => Ok(number),
    }
}

pub(super) fn flag(table: &Table<'_, '_>, key: &str) -> Result<Option<bool>, PolicyError> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let flag = value.get_ref().as_bool();
    flag.map(Some).ok_or_else(|| table.wrong(value, format!("`{key}` must be true or false"), None))
}

pub(super) fn size(table: &Table<'_, '_>, key: &str) -> Result<Option<u64>, PolicyError> {
    let Some(value) = table.get(key) else { return Ok(None) };
    match value.get_ref() {
        DeValue::String(text) => match parse_size(text) {
            Some(bytes) => Ok(Some(bytes)),
            None => {
                Err(table.wrong(value, format!("`{key}` is no size"), Some("write 500, 64k, 10M or 2G".to_owned())))
            }
        },
        _ => table.number(key),
    }
}

fn protection(word: &str) -> Result<Option<Protection>, Option<String>> {
    let all = [Protection::None, Protection::PasswordEncrypted, Protection::RightsManaged, Protection::Encrypted];
    let word = known(word, &keys::protections())?;
    Ok(all.into_iter().find(|p| p.name() == word))
}

pub(super) fn gap(word: &str) -> Result<Option<Reason>, Option<String>> {
    if word == "any" {
        return Ok(None);
    }
    let codes = Reason::ALL.iter().map(|r| r.code());
    Reason::from_code(word).map(Some).ok_or_else(|| nearest(word, codes).map(str::to_owned))
}

pub(super) fn suspicion(word: &str) -> Result<Option<Suspicion>, Option<String>> {
    if word == "any" {
        return Ok(None);
    }
    let codes = Suspicion::ALL.iter().map(|sign| sign.code());
    Suspicion::from_code(word).map(Some).ok_or_else(|| nearest(word, codes).map(str::to_owned))
}

/// A word of a closed list; the error is the nearest one.
pub(super) fn known<'w>(word: &'w str, list: &[&'static str]) -> Result<&'w str, Option<String>> {
    if list.contains(&word) { Ok(word) } else { Err(nearest(word, list.iter().copied()).map(str::to_owned)) }
}

/// A list of words, each read by `read`; its error is the nearest known word.
pub(super) fn words<T>(
    table: &Table<'_, '_>,
    key: &str,
    read: impl Fn(&str) -> Result<T, Option<String>>,
) -> Result<Option<Vec<T>>, PolicyError> {
    let (Some(list), Some(value)) = (table.strings(key)?, table.get(key)) else { return Ok(None) };
    let mut items = Vec::with_capacity(list.len());
    for (word, line) in list {
        items.push(read(word).map_err(|nearest| {
            let help = nearest.map(|n| format!("did you mean `{n}`?"));
            let help = help.unwrap_or_else(|| "see docs/policy.md for the known names".to_owned());
            let error = table.wrong(value, format!("`{key}` does not know `{word}`"), Some(help));
            PolicyError { line, ..error }
        })?);
    }
    Ok(Some(items))
}
