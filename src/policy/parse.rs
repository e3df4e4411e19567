//! A policy from its TOML text.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::blob::{Reason, Suspicion};
use crate::find::Level;
use crate::find::nearest;
use crate::policy::error::PolicyError;
use crate::policy::select::{KindSelector, Selector};
use crate::policy::size::parse_size;
use crate::policy::table::{Place, Table};
use crate::policy::{Action, Content, Policy, Rule};

/// Keys of the file.
const POLICY_KEYS: &[&str] = &["name", "mode", "on-unscannable", "gaps", "rule"];

/// Keys of a `[[rule]]`.
const RULE_KEYS: &[&str] = &[
    "id",
    "action",
    "message",
    "rules",
    "all",
    "min-confidence",
    "min-count",
    "min-unique",
    "labels",
    "gaps",
    "suspicions",
    "kinds",
    "extensions",
    "min-size",
    "max-size",
];

/// Placeholders of a message.
const PLACEHOLDERS: &[&str] = &["file", "rules", "count"];

impl Policy {
    /// Reads a policy. `file` is only named in errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, PolicyError> {
        let place = Place { file, text };
        let document = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            place.error("P001", at, error.message().to_owned(), Some("see docs/policy.md".to_owned()))
        })?;
        let table = Table::new(place, "the policy", document.get_ref(), 0..0, POLICY_KEYS)?;
        let on_unscannable = action(&table, "on-unscannable")?.ok_or_else(|| {
            table.missing(
                "on-unscannable",
                "say what happens to files that could not be examined: allow, monitor or block",
            )
        })?;
        let name = table.string("name")?.map_or_else(|| stem(file).to_owned(), str::to_owned);
        Ok(Self {
            name,
            file: file.to_owned(),
            source: text.to_owned(),
            monitor_only: mode(&table)?,
            on_unscannable,
            gap_actions: gap_actions(place, &table)?,
            rules: rules(place, &table)?,
        })
    }

    /// Lets the policy name detection rules by the GUIDs of their Purview types: `known` are GUIDs and rule ids.
    pub fn name_types<'k>(&mut self, known: impl IntoIterator<Item = (&'k str, &'k str)> + Clone) {
        let contents = self.rules.iter_mut().filter_map(|rule| rule.content.as_mut());
        for (selector, _) in contents.flat_map(|c| &mut c.selectors) {
            let Selector::Id(name) = selector else { continue };
            let guid = plain_guid(name).to_ascii_lowercase();
            let rule = known.clone().into_iter().find(|(known, _)| known.eq_ignore_ascii_case(&guid));
            if let Some((_, id)) = rule {
                *name = id.to_owned();
            }
        }
    }

    /// Checks that every detection rule the policy names is one of `known` (id and category).
    pub fn check_rules<'k>(
        &self,
        known: impl IntoIterator<Item = (&'k str, &'k str)> + Clone,
    ) -> Result<(), PolicyError> {
        for rule in &self.rules {
            for (selector, line) in rule.content.iter().flat_map(|c| &c.selectors) {
                let Some(help) = selector.correction(known.clone()) else { continue };
                let message = format!("rule `{}`: no detection rule is called `{selector}`", rule.id);
                return Err(PolicyError {
                    code: "P005",
                    message,
                    file: self.file.clone(),
                    line: *line,
                    help: Some(help),
                });
            }
        }
        Ok(())
    }
}

/// The file name without folders and extension.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// Whether the policy only watches.
fn mode(table: &Table<'_, '_>) -> Result<bool, PolicyError> {
    let Some(value) = table.get("mode") else { return Ok(false) };
    match value.get_ref().as_str() {
        Some("enforce") => Ok(false),
        Some("monitor") => Ok(true),
        _ => Err(table.wrong(value, "`mode` is neither `enforce` nor `monitor`".to_owned(), None)),
    }
}

fn gap_actions(place: Place<'_>, table: &Table<'_, '_>) -> Result<Vec<(Reason, Action)>, PolicyError> {
    let Some(value) = table.get("gaps") else { return Ok(Vec::new()) };
    let Some(entries) = value.get_ref().as_table() else {
        return Err(table.wrong(value, "`gaps` must be a table of reason = action".to_owned(), None));
    };
    let codes: Vec<&str> = Reason::ALL.iter().map(|r| r.code()).collect();
    let gaps = Table::new(place, "[gaps]", entries, value.span(), &codes)?;
    let mut actions = Vec::new();
    for (code, _) in gaps.entries() {
        if let (Some(reason), Some(action)) = (Reason::from_code(code), action(&gaps, code)?) {
            actions.push((reason, action));
        }
    }
    Ok(actions)
}

fn rules(place: Place<'_>, table: &Table<'_, '_>) -> Result<Vec<Rule>, PolicyError> {
    let Some(value) = table.get("rule") else { return Ok(Vec::new()) };
    let wrong = |value| table.wrong(value, "rules are written as [[rule]]".to_owned(), None);
    let items = value.get_ref().as_array().ok_or_else(|| wrong(value))?;
    let mut rules: Vec<Rule> = Vec::with_capacity(items.len());
    for item in items.iter() {
        let entries = item.get_ref().as_table().ok_or_else(|| wrong(item))?;
        let table = Table::new(place, "[[rule]]", entries, item.span(), RULE_KEYS)?;
        let rule = rule(&table)?;
        if rules.iter().any(|r| r.id == rule.id) || rule.id == Policy::ON_UNSCANNABLE {
            let message = format!("a rule called `{}` is already there", rule.id);
            return Err(place.error("P004", item.span().start, message, Some("ids are unique".to_owned())));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn rule(table: &Table<'_, '_>) -> Result<Rule, PolicyError> {
    let id = table.string("id")?.ok_or_else(|| table.missing("id", "a short name, used in records"))?;
    let action = action(table, "action")?.ok_or_else(|| table.missing("action", "allow, monitor or block"))?;
    let rule = Rule {
        id: id.to_owned(),
        action,
        message: message(table)?,
        content: content(table)?,
        labels: words(table, "labels", |label| Ok(plain_guid(label).to_owned()))?,
        gaps: words(table, "gaps", gap)?,
        suspicions: words(table, "suspicions", suspicion)?,
        kinds: words(table, "kinds", |word| {
            KindSelector::parse(word).ok_or_else(|| nearest(word, KindSelector::known()).map(str::to_owned))
        })?,
        extensions: words(table, "extensions", |e| Ok(e.trim_start_matches('.').to_lowercase()))?,
        size_min: size(table, "min-size")?,
        size_max: size(table, "max-size")?,
    };
    let any = rule.content.is_some()
        || rule.labels.is_some()
        || rule.gaps.is_some()
        || rule.suspicions.is_some()
        || rule.kinds.is_some()
        || rule.extensions.is_some()
        || rule.size_min.is_some()
        || rule.size_max.is_some();
    if any { Ok(rule) } else { Err(table.missing("rules", "a rule without a condition would apply to every file")) }
}

fn content(table: &Table<'_, '_>) -> Result<Option<Content>, PolicyError> {
    let Some(names) = table.strings("rules")? else {
        for key in ["all", "min-confidence", "min-count", "min-unique"] {
            if let Some(value) = table.get(key) {
                let message = format!("`{key}` says nothing without `rules`");
                return Err(table.wrong(value, message, Some("add rules = [\"*\"]".to_owned())));
            }
        }
        return Ok(None);
    };
    let all = match table.get("all") {
        None => false,
        Some(value) => match value.get_ref().as_bool() {
            Some(all) => all,
            None => return Err(table.wrong(value, "`all` must be true or false".to_owned(), None)),
        },
    };
    Ok(Some(Content {
        selectors: names.into_iter().map(|(name, line)| (Selector::parse(name), line)).collect(),
        all,
        level_min: level(table)?,
        count_min: at_least_one(table, "min-count")?,
        unique_min: at_least_one(table, "min-unique")?,
    }))
}

fn level(table: &Table<'_, '_>) -> Result<Level, PolicyError> {
    let Some(value) = table.get("min-confidence") else { return Ok(Level::Medium) };
    let level = value.get_ref().as_str().and_then(Level::from_name);
    level.ok_or_else(|| table.wrong(value, "`min-confidence` is low, medium or high".to_owned(), None))
}

fn at_least_one(table: &Table<'_, '_>, key: &str) -> Result<u64, PolicyError> {
    match (table.number(key)?, table.get(key)) {
        (Some(0), Some(value)) => {
            Err(table.wrong(value, format!("`{key}` starts at 1: zero would apply to every file"), None))
        }
        (number, _) => Ok(number.unwrap_or(1)),
    }
}

fn size(table: &Table<'_, '_>, key: &str) -> Result<Option<u64>, PolicyError> {
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

fn message(table: &Table<'_, '_>) -> Result<Option<String>, PolicyError> {
    let Some(text) = table.string("message")? else { return Ok(None) };
    for piece in text.split('{').skip(1) {
        let name = piece.split('}').next().unwrap_or(piece);
        if !piece.contains('}') || !PLACEHOLDERS.contains(&name) {
            let help = "known placeholders: {file}, {rules}, {count}".to_owned();
            let problem = format!("`message` has the unknown placeholder `{{{name}}}`");
            return match table.get("message") {
                Some(value) => Err(table.wrong(value, problem, Some(help))),
                None => Ok(None),
            };
        }
    }
    Ok(Some(text.to_owned()))
}

fn gap(word: &str) -> Result<Option<Reason>, Option<String>> {
    if word == "any" {
        return Ok(None);
    }
    let codes = Reason::ALL.iter().map(|r| r.code());
    Reason::from_code(word).map(Some).ok_or_else(|| nearest(word, codes).map(str::to_owned))
}

fn suspicion(word: &str) -> Result<Option<Suspicion>, Option<String>> {
    if word == "any" {
        return Ok(None);
    }
    let codes = Suspicion::ALL.iter().map(|sign| sign.code());
    Suspicion::from_code(word).map(Some).ok_or_else(|| nearest(word, codes).map(str::to_owned))
}

/// A list of words, each read by `read`; its error is the nearest known word.
fn words<T>(
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

fn action(table: &Table<'_, '_>, key: &str) -> Result<Option<Action>, PolicyError> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let word = value.get_ref().as_str().unwrap_or_default();
    match Action::from_name(word) {
        Some(action) if action.is_available() => Ok(Some(action)),
        Some(action) => Err(unknown_action(table, key, value, format!("`{action}` cannot be carried out yet"))),
        None => Err(unknown_action(table, key, value, format!("`{word}` is no action"))),
    }
}

fn unknown_action(table: &Table<'_, '_>, key: &str, value: &Spanned<DeValue<'_>>, problem: String) -> PolicyError {
    table.wrong(value, format!("`{key}`: {problem}"), Some("write allow, monitor or block".to_owned()))
}

/// A GUID as labels store it; other words unchanged.
pub(super) fn plain_guid(word: &str) -> &str {
    word.trim().trim_start_matches('{').trim_end_matches('}')
}
