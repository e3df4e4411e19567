//! A policy from its TOML text.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::blob::Reason;
use crate::find::Ruleset;
use crate::policy::calendar::{Zone, date};
use crate::policy::condition::{Condition, Entry};
use crate::policy::error::PolicyError;
use crate::policy::filters::{at_least_one, conditions, words};
use crate::policy::keys;
use crate::policy::messages::{Messages, template};
use crate::policy::names::Names;
use crate::policy::rate;
use crate::policy::select::Selector;
use crate::policy::table::{Place, Table};
use crate::policy::{Action, Alert, Exception, Mode, Policy, Rule, Severity, travel};

impl Policy {
    /// Reads a policy. `file` is only named in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, PolicyError> {
        let place = Place { file, text };
        let document = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            place.error("P001", at, error.message().to_owned(), Some("see docs/policy.md".to_owned()))
        })?;
        let table = Table::new(place, keys::POLICY.name, document.get_ref(), 0..0, &keys::POLICY.names())?;
        let on_unscannable = action(&table, "on-unscannable")?.ok_or_else(|| {
            let help = "say what happens to files that could not be examined: allow, monitor or block";
            table.missing("on-unscannable", help)
        })?;
        let on_overload = action(&table, "on-overload")?.ok_or_else(|| {
            let help = "say what happens to requests that the service has no time for: allow, monitor or block";
            table.missing("on-overload", help)
        })?;
        let names = Names::read(place, &table)?;
        let rules = rules(place, &table, &names)?;
        let rates = rate::read(place, &table, &names)?;
        let travels = travel::read(place, &table, &names)?;
        let mut ids: Vec<(String, usize)> = rules.iter().map(|rule| (rule.id.clone(), rule.line)).collect();
        ids.extend(rates.iter().map(|rate| (rate.rule.id.clone(), rate.rule.line)));
        ids.extend(travels.iter().map(|travel| (travel.rule.id.clone(), travel.rule.line)));
        unique(place, &ids)?;
        let ids: Vec<String> = ids.into_iter().map(|(id, _)| id).collect();
        let messages = Messages::read(place, &table, &ids)?;
        for key in ["rule", "rate", "travel"] {
            for (entries, span) in table.tables(key, "")? {
                let known: Vec<&str> = entries.iter().map(|(key, _)| key.get_ref().as_ref()).collect();
                let table = Table::new(place, "", entries, span, &known)?;
                if let Some(text) = table.string("message")? {
                    messages.needs_contact(&table, "message", text)?;
                }
            }
        }
        Ok(Self {
            name: table.string("name")?.map_or_else(|| stem(file).to_owned(), str::to_owned),
            file: file.to_owned(),
            source: text.to_owned(),
            mode: mode(&table, &names.zone)?.unwrap_or_default(),
            on_unscannable,
            on_overload,
            gap_actions: gap_actions(place, &table)?,
            exceptions: exceptions(place, &table, &names, &ids)?,
            messages,
            rules,
            rates,
            travels,
            names,
        })
    }

    /// Ties the policy to the detection rules it is used with: GUIDs of Purview types become ids, and what it names must
    /// be there.
    ///
    /// # Errors
    /// The first detection rule that is not.
    pub fn fit(&mut self, ruleset: &Ruleset) -> Result<(), PolicyError> {
        // A package's own types come last, and their GUIDs mean them.
        let guids = ruleset.rules().iter().rev().filter_map(|r| Some((r.sit_guid.as_deref()?, r.id.as_str())));
        self.name_types(guids);
        self.check_rules(ruleset.rules().iter().map(|r| (r.id.as_str(), r.category.name())))
    }

    /// Lets the policy name detection rules by the GUIDs of their Purview types: `known` are GUIDs and rule ids.
    pub fn name_types<'k>(&mut self, known: impl IntoIterator<Item = (&'k str, &'k str)> + Clone) {
        let of_rules = self.rules.iter_mut().map(|rule| &mut rule.conditions);
        let of_exceptions = self.exceptions.iter_mut().map(|exception| &mut exception.conditions);
        let of_rates = self.rates.iter_mut().map(|rate| &mut rate.rule.conditions);
        let of_travels = self.travels.iter_mut().map(|travel| &mut travel.rule.conditions);
        let all = of_rules.chain(of_exceptions).chain(of_rates).chain(of_travels);
        let entries = all.flatten().flat_map(|condition| match condition {
            Condition::Content(content) => content.entries.as_mut_slice(),
            Condition::NotFound(entries, _) => entries.as_mut_slice(),
            _ => &mut [],
        });
        for selector in entries.flat_map(|entry| &mut entry.selectors) {
            let Selector::Id(name) = selector else { continue };
            let guid = plain_guid(name).to_ascii_lowercase();
            let rule = known.clone().into_iter().find(|(known, _)| known.eq_ignore_ascii_case(&guid));
            if let Some((_, id)) = rule {
                *name = id.to_owned();
            }
        }
    }

    /// Checks that every detection rule the policy names is one of `known` (id and category).
    ///
    /// # Errors
    /// The first one that is not.
    pub fn check_rules<'k>(
        &self,
        known: impl IntoIterator<Item = (&'k str, &'k str)> + Clone,
    ) -> Result<(), PolicyError> {
        for (id, entry) in self.entries() {
            for selector in &entry.selectors {
                let Some(help) = selector.correction(known.clone()) else { continue };
                let message = format!("rule `{id}`: no detection rule is called `{selector}`");
                let file = self.file.clone();
                return Err(PolicyError { code: "P005", message, file, line: entry.line, help: Some(help) });
            }
        }
        Ok(())
    }

    /// Every entry of `rules` and `not-rules`, with the id of the rule or exception it stands in.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.all_conditions().flat_map(|(id, condition)| {
            let entries = match condition {
                Condition::Content(content) => content.entries.as_slice(),
                Condition::NotFound(entries, _) => entries.as_slice(),
                _ => &[],
            };
            entries.iter().map(move |entry| (id, entry))
        })
    }

    /// Every condition, with the id of what it is a condition of.
    pub(super) fn all_conditions(&self) -> impl Iterator<Item = (&str, &Condition)> {
        let of_exceptions = self.exceptions.iter().map(|e| (e.id.as_str(), &e.conditions));
        let of_rules = self.every_rule().map(|rule| (rule.id.as_str(), &rule.conditions));
        of_rules.chain(of_exceptions).flat_map(|(id, all)| all.iter().map(move |condition| (id, condition)))
    }

    /// Every rule, and what is a rule of rates and travels.
    pub(super) fn every_rule(&self) -> impl Iterator<Item = &Rule> {
        let rates = self.rates.iter().map(|rate| &rate.rule);
        self.rules.iter().chain(rates).chain(self.travels.iter().map(|travel| &travel.rule))
    }
}

/// The file name without folders and extension.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn unique(place: Place<'_>, ids: &[(String, usize)]) -> Result<(), PolicyError> {
    for (at, (id, line)) in ids.iter().enumerate() {
        let reserved = [Policy::ON_UNSCANNABLE, Policy::ON_OVERLOAD].contains(&id.as_str());
        if reserved || ids.iter().take(at).any(|(other, _)| other == id) {
            let (message, file) = (format!("a rule called `{id}` is already there"), place.file.to_owned());
            let help = Some("ids are unique".to_owned());
            return Err(PolicyError { code: "P004", message, file, line: *line, help });
        }
    }
    Ok(())
}

/// Whether, and until when, nothing is stopped. `None` if the table says nothing.
fn mode(table: &Table<'_, '_>, zone: &Zone) -> Result<Option<Mode>, PolicyError> {
    let word = match table.get("mode") {
        None => None,
        Some(value) => match value.get_ref().as_str() {
            Some("enforce") => Some(false),
            Some("monitor") => Some(true),
            _ => return Err(table.wrong(value, "`mode` is neither `enforce` nor `monitor`".to_owned(), None)),
        },
    };
    let Some(value) = table.get("enforce-from") else {
        return Ok(word.map(|monitor| Mode { monitor, enforce_from: None }));
    };
    if word == Some(false) {
        let help = "leave `mode` out: it is monitor until then and enforce from then on".to_owned();
        let message = "`enforce-from` says monitor until then, `mode` says enforce now".to_owned();
        return Err(table.wrong(value, message, Some(help)));
    }
    let moment = match value.get_ref() {
        DeValue::Datetime(at) => zone.moment(at),
        _ => None,
    };
    let moment = moment.ok_or_else(|| {
        let help = "write enforce-from = 2026-12-01 or 2026-12-01T08:00:00, without quotes".to_owned();
        table.wrong(value, "`enforce-from` must be a date".to_owned(), Some(help))
    })?;
    Ok(Some(Mode { monitor: true, enforce_from: Some(moment) }))
}

fn gap_actions(place: Place<'_>, table: &Table<'_, '_>) -> Result<Vec<(Reason, Action)>, PolicyError> {
    let Some((entries, span)) = table.table("gaps")? else { return Ok(Vec::new()) };
    let codes: Vec<&str> = Reason::ALL.iter().map(|r| r.code()).collect();
    let gaps = Table::new(place, "[gaps]", entries, span, &codes)?;
    let mut actions = Vec::new();
    for (code, _) in gaps.entries() {
        if let (Some(reason), Some(action)) = (Reason::from_code(code), action(&gaps, code)?) {
            actions.push((reason, action));
        }
    }
    Ok(actions)
}

fn rules(place: Place<'_>, table: &Table<'_, '_>, names: &Names) -> Result<Vec<Rule>, PolicyError> {
    let mut rules = Vec::new();
    for (entries, span) in table.tables("rule", "rules are written as [[rule]]")? {
        let table = Table::new(place, keys::RULE.name, entries, span, &keys::RULE.names())?;
        let rule = rule(place, &table, names)?;
        if rule.conditions.is_empty() {
            return Err(table.missing("rules", "a rule without a condition would apply to every file"));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// What rules, rates and travels have in common.
pub(super) fn rule(place: Place<'_>, table: &Table<'_, '_>, names: &Names) -> Result<Rule, PolicyError> {
    let id = table.string("id")?.ok_or_else(|| table.missing("id", "a short name, used in records"))?;
    let (action, fallback) = action_or_else(table)?;
    Ok(Rule {
        id: id.to_owned(),
        line: table.line(),
        action,
        fallback,
        mode: mode(table, &names.zone)?.unwrap_or_default(),
        message: template(table, "message")?,
        alert: alert(place, table)?,
        conditions: conditions(place, table, names)?,
    })
}

fn exceptions(
    place: Place<'_>,
    table: &Table<'_, '_>,
    names: &Names,
    ids: &[String],
) -> Result<Vec<Exception>, PolicyError> {
    let mut exceptions: Vec<Exception> = Vec::new();
    for (entries, span) in table.tables("exception", "exceptions are written as [[exception]]")? {
        let table = Table::new(place, keys::EXCEPTION.name, entries, span, &keys::EXCEPTION.names())?;
        let text = |key: &str, help: &str| match table.string(key)?.map(str::trim) {
            None | Some("") => Err(table.missing(key, help)),
            Some(text) => Ok(text.to_owned()),
        };
        let expires = table
            .get("expires")
            .ok_or_else(|| table.missing("expires", "the last day it applies; nothing is excepted for ever"))?;
        let last = match expires.get_ref() {
            DeValue::Datetime(at) if at.time.is_none() => date(at),
            _ => None,
        };
        let last = last.ok_or_else(|| {
            let help = "write expires = 2027-01-31, without quotes: the last day it applies".to_owned();
            table.wrong(expires, "`expires` must be a date".to_owned(), Some(help))
        })?;
        let known = || ids.iter().map(String::as_str).chain([Policy::ON_UNSCANNABLE]);
        let lifts = words(&table, "lifts", |word| {
            let there = known().any(|id| id == word);
            let near = || crate::find::nearest(word, known()).map(str::to_owned);
            if there { Ok(word.to_owned()) } else { Err(near()) }
        })?;
        let exception = Exception {
            id: text("id", "a short name, used in records")?,
            line: table.line(),
            owner: text("owner", "who answers for it")?,
            reason: text("reason", "say why it is excepted")?,
            expires: last,
            lifts: lifts.ok_or_else(|| table.missing("lifts", "ids of the rules that do not apply"))?,
            conditions: conditions(place, &table, names)?,
        };
        if exception.conditions.is_empty() {
            return Err(table.missing("users", "an exception without a condition would lift its rules for everybody"));
        }
        if exceptions.iter().any(|other| other.id == exception.id) {
            let (message, file) =
                (format!("an exception called `{}` is already there", exception.id), place.file.to_owned());
            let help = Some("ids are unique".to_owned());
            return Err(PolicyError { code: "P004", message, file, line: exception.line, help });
        }
        exceptions.push(exception);
    }
    Ok(exceptions)
}

fn alert(place: Place<'_>, table: &Table<'_, '_>) -> Result<Option<Alert>, PolicyError> {
    let Some((entries, span)) = table.table("alert")? else { return Ok(None) };
    let table = Table::new(place, keys::ALERT.name, entries, span, &keys::ALERT.names())?;
    let word = table.get("severity").ok_or_else(|| table.missing("severity", "low, medium, high or critical"))?;
    let severity = word.get_ref().as_str().and_then(Severity::from_name);
    let severity =
        severity.ok_or_else(|| table.wrong(word, "`severity` is low, medium, high or critical".to_owned(), None))?;
    Ok(Some(Alert { severity, daily_limit: at_least_one(&table, "daily-limit")? }))
}

/// An action that is carried out everywhere.
fn action(table: &Table<'_, '_>, key: &str) -> Result<Option<Action>, PolicyError> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let word = value.get_ref().as_str().unwrap_or_default();
    match Action::from_name(word) {
        Some(action) if action.is_available() => Ok(Some(action)),
        Some(action) => Err(unknown_action(table, key, value, format!("`{action}` is not carried out everywhere"))),
        None => Err(unknown_action(table, key, value, format!("`{word}` is no action"))),
    }
}

/// The action of a rule, and what is done where that cannot be.
fn action_or_else(table: &Table<'_, '_>) -> Result<(Action, Option<Action>), PolicyError> {
    let value = table.get("action").ok_or_else(|| table.missing("action", "allow, monitor or block"))?;
    let word = value.get_ref().as_str().unwrap_or_default();
    let Some(wanted) = Action::from_name(word) else {
        return Err(unknown_action(table, "action", value, format!("`{word}` is no action")));
    };
    let fallback = match table.get("or-else") {
        None => None,
        Some(other) => match action(table, "or-else")? {
            _ if wanted.is_available() => {
                let message = format!("`or-else` says nothing: `{wanted}` is carried out everywhere");
                return Err(table.wrong(other, message, None));
            }
            Some(Action::Allow) => {
                let help = Some("write or-else = \"block\" or \"monitor\"".to_owned());
                return Err(table.wrong(other, "`or-else` may not be `allow`".to_owned(), help));
            }
            fallback => fallback,
        },
    };
    if !wanted.is_available() && fallback.is_none() {
        let help = format!("`{wanted}` is not carried out everywhere: say what is done instead, or-else = \"block\"");
        return Err(table.missing("or-else", &help));
    }
    Ok((wanted, fallback))
}

fn unknown_action(table: &Table<'_, '_>, key: &str, value: &Spanned<DeValue<'_>>, problem: String) -> PolicyError {
    table.wrong(value, format!("`{key}`: {problem}"), Some("write allow, monitor or block".to_owned()))
}

/// A GUID as labels store it; other words unchanged.
pub(super) fn plain_guid(word: &str) -> &str {
    word.trim().trim_start_matches('{').trim_end_matches('}')
}
