//! Tables in which the author of a policy gives names to things: networks, hours, labels, groups of rules.

use std::sync::Arc;

use toml::de::DeTable;

use super::calendar::{Hours, Zone, hours, weekdays};
use super::error::PolicyError;
use super::keys;
use super::parse::plain_guid;
use super::pattern::Network;
use super::select::Selector;
use super::table::{Place, Table};

/// What the names mean.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) zone: Zone,
    pub(super) domains: Arc<[String]>,
    pub(super) tenants: Arc<[String]>,
    /// Name, with parents in front of slashes, and GUIDs; the line.
    pub(super) labels: Vec<(String, Vec<String>, usize)>,
    pub(super) ranges: Vec<(String, Vec<Network>)>,
    pub(super) times: Vec<Hours>,
    pub(super) groups: Vec<(String, Vec<(Selector, usize)>)>,
}

impl Default for Names {
    fn default() -> Self {
        let none: Arc<[String]> = Arc::from(Vec::new());
        Self {
            zone: Zone::Fixed(0),
            domains: Arc::clone(&none),
            tenants: none,
            labels: Vec::new(),
            ranges: Vec::new(),
            times: Vec::new(),
            groups: Vec::new(),
        }
    }
}

impl Names {
    pub(super) fn read(place: Place<'_>, table: &Table<'_, '_>) -> Result<Self, PolicyError> {
        let zone = zone(table, "time-zone")?.unwrap_or(Zone::Fixed(0));
        let list = |key: &str, change: fn(&str) -> String| -> Result<Arc<[String]>, PolicyError> {
            Ok(table.strings(key)?.unwrap_or_default().into_iter().map(|(text, _)| change(text)).collect())
        };
        let mut names = Self {
            domains: list("domains", |domain| domain.trim().trim_matches('.').to_lowercase())?,
            tenants: list("tenants", |tenant| plain_guid(tenant).to_lowercase())?,
            times: times(place, table, &zone)?,
            zone,
            ..Self::default()
        };
        for (name, values, line) in lists(place, table, "label-names")? {
            let ids = values.iter().map(|(id, _)| plain_guid(id).to_lowercase()).collect();
            names.labels.push((name, ids, line));
        }
        for (name, values, _) in lists(place, table, "address-ranges")? {
            let mut networks = Vec::with_capacity(values.len());
            for (text, line) in values {
                networks.push(Network::parse(text).ok_or_else(|| not_a_network(place, text, line))?);
            }
            names.ranges.push((name, networks));
        }
        for (name, values, _) in lists(place, table, "rule-groups")? {
            let selectors = values.into_iter().map(|(text, line)| (Selector::parse(text), line)).collect();
            names.groups.push((name, selectors));
        }
        Ok(names)
    }
}

pub(super) fn not_a_network(place: Place<'_>, text: &str, line: usize) -> PolicyError {
    let help = "write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32; bits behind the prefix are zero".to_owned();
    let message = format!("`{text}` is neither an address nor a network");
    PolicyError { code: "P004", message, file: place.file.to_owned(), line, help: Some(help) }
}

/// A list of a table of the author's: name, strings with their lines, line.
type NamedList<'t> = (String, Vec<(&'t str, usize)>, usize);

/// A table of names of the author's, each with a list of strings.
fn lists<'s, 't>(
    place: Place<'s>,
    table: &Table<'s, 't>,
    key: &'static str,
) -> Result<Vec<NamedList<'t>>, PolicyError> {
    let Some((entries, span)) = table.table(key)? else { return Ok(Vec::new()) };
    let known: Vec<&str> = names_of(entries);
    let named = Table::new(place, key, entries, span, &known)?;
    let mut all = Vec::with_capacity(known.len());
    for (name, value) in named.entries() {
        all.push((name.to_owned(), named.strings(name)?.unwrap_or_default(), named.line_of(value)));
    }
    Ok(all)
}

/// The names of a table whose names are the author's.
pub(super) fn names_of<'t>(entries: &'t DeTable<'_>) -> Vec<&'t str> {
    entries.iter().map(|(name, _)| name.get_ref().as_ref()).collect()
}

/// The zone that a key names.
fn zone(table: &Table<'_, '_>, key: &str) -> Result<Option<Zone>, PolicyError> {
    let (Some(text), Some(value)) = (table.string(key)?, table.get(key)) else { return Ok(None) };
    let help = "write UTC, +01:00 or a name of the IANA database such as Europe/Berlin".to_owned();
    let zone = Zone::parse(text).ok_or_else(|| table.wrong(value, format!("`{key}` is no time zone"), Some(help)))?;
    Ok(Some(zone))
}

fn times(place: Place<'_>, table: &Table<'_, '_>, zone_of_policy: &Zone) -> Result<Vec<Hours>, PolicyError> {
    let Some((entries, span)) = table.table("times")? else { return Ok(Vec::new()) };
    let known = names_of(entries);
    let named = Table::new(place, "times", entries, span, &known)?;
    let mut all = Vec::with_capacity(known.len());
    for name in known {
        let Some((entries, span)) = named.table(name)? else { continue };
        let table = Table::new(place, keys::TIMES.name, entries, span.clone(), &keys::TIMES.names())?;
        let wrong = |text: &str, line, help: &str| PolicyError {
            code: "P004",
            message: format!("`{name}`: `{text}` is none"),
            file: place.file.to_owned(),
            line,
            help: Some(help.to_owned()),
        };
        let mut on = [table.get("weekdays").is_none(); 7];
        for (text, line) in table.strings("weekdays")?.unwrap_or_default() {
            let days = weekdays(text).ok_or_else(|| wrong(text, line, "weekdays are mon, tue … or mon-fri"))?;
            for day in days {
                on.get_mut(day).into_iter().for_each(|day| *day = true);
            }
        }
        let mut spans = Vec::new();
        for (text, line) in table.strings("hours")?.unwrap_or_default() {
            spans.push(hours(text).ok_or_else(|| wrong(text, line, "hours are written 08:00-18:00 or 22:00-06:00"))?);
        }
        if table.entries().all(|(key, _)| key == "zone") {
            return Err(place.error(
                "P003",
                span.start,
                format!("`{name}` is any time"),
                Some("say weekdays or hours".to_owned()),
            ));
        }
        let zone = zone(&table, "zone")?.unwrap_or_else(|| zone_of_policy.clone());
        all.push(Hours { name: name.to_owned(), weekdays: on, spans, zone });
    }
    Ok(all)
}
