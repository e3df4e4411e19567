//! Cases beside a policy: a situation and what a file holds, and what must come of it (`frisk policy test`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use toml::de::{DeTable, DeValue};

use super::calendar::Zone;
use super::error::PolicyError;
use super::filters::{flag, gap, known, size, suspicion, words};
use super::parse::plain_guid;
use super::rate::milliseconds;
use super::select::KindSelector;
use super::table::{Place, Table};
use super::{Action, Activity, Facts, Finding, Policy, Position, Rates, Situation, Verdict, keys};
use crate::blob::{Gap, Kind, Suspicion};
use crate::document::Text;
use crate::find::{Level, Ruleset, nearest};
use crate::label::{Label, Protection, State};

/// Keys of a situation: of a case, and of what came before it.
const SITUATION_KEYS: &[&str] = &[
    "activity",
    "event",
    "app",
    "user",
    "groups",
    "external",
    "devices",
    "platform",
    "client",
    "address",
    "location",
    "position",
    "time",
    "url",
    "language",
    "correlation-id",
    "carries-out",
    "fields",
];

/// Further keys of a case.
const CASE_KEYS: &[&str] = &[
    "id",
    "name",
    "kind",
    "size",
    "protection",
    "found",
    "labels",
    "gaps",
    "suspicions",
    "text",
    "before",
    "repeat",
    "every",
    "action",
    "rule",
    "rules",
    "message",
    "would",
    "wanted",
    "exceptions",
];

/// The cases of a file.
#[derive(Clone, Debug)]
pub struct Cases {
    file: String,
    cases: Vec<Case>,
}

/// What came of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// Its id.
    pub id: String,
    /// File and line.
    pub place: String,
    /// What is not as it should be; empty: all is well.
    pub problems: Vec<String>,
}

#[derive(Clone, Debug)]
struct Case {
    id: String,
    line: usize,
    situation: Situation,
    before: Vec<Situation>,
    repeat: u64,
    every: Duration,
    name: String,
    kind: Kind,
    size: u64,
    protection: Protection,
    found: Vec<FoundEntry>,
    text: Option<String>,
    labels: Vec<Label>,
    gaps: Vec<Gap>,
    suspicions: Vec<Suspicion>,
    expected: Expected,
}

#[derive(Clone, Debug)]
struct FoundEntry {
    rule: String,
    count: u64,
    unique: u64,
    level: Level,
}

#[derive(Clone, Debug)]
struct Expected {
    action: Action,
    rule: Option<String>,
    rules: Option<Vec<String>>,
    message: Option<String>,
    would: Option<Action>,
    wanted: Option<Action>,
    exceptions: Option<Vec<String>>,
}

impl Cases {
    /// Reads the cases of a file, which is only named in errors.
    ///
    /// # Errors
    /// The first thing wrong with it.
    pub fn parse(file: &str, text: &str) -> Result<Self, PolicyError> {
        let place = Place { file, text };
        let document = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            place.error("P001", at, error.message().to_owned(), Some("see docs/policy.md".to_owned()))
        })?;
        let table = Table::new(place, "the cases", document.get_ref(), 0..0, &["case"])?;
        let mut cases: Vec<Case> = Vec::new();
        for (entries, span) in table.tables("case", "cases are written as [[case]]")? {
            let all: Vec<&str> = SITUATION_KEYS.iter().chain(CASE_KEYS).copied().collect();
            let case = case(place, &Table::new(place, "[[case]]", entries, span, &all)?)?;
            cases.push(case);
        }
        Ok(Self { file: file.to_owned(), cases })
    }

    /// Every key that a case may have.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        SITUATION_KEYS.iter().chain(CASE_KEYS).copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Tries all of them; texts are looked through by `ruleset`.
    pub fn run(&self, policy: &Policy, ruleset: &Ruleset) -> Vec<CaseResult> {
        let run = |case: &Case| CaseResult {
            id: case.id.clone(),
            place: format!("{}:{}", self.file, case.line),
            problems: case.run(policy, ruleset),
        };
        self.cases.iter().map(run).collect()
    }

    /// The rules of `policy` (rates and travels, too) that decide in none of the cases.
    pub fn untested(&self, policy: &Policy) -> Vec<String> {
        let tested: BTreeSet<&str> = self.cases.iter().filter_map(|case| case.expected.rule.as_deref()).collect();
        policy.every_rule().map(|rule| rule.id.clone()).filter(|id| !tested.contains(id.as_str())).collect()
    }
}

impl Case {
    fn run(&self, policy: &Policy, ruleset: &Ruleset) -> Vec<String> {
        let mut problems = Vec::new();
        let mut counts: BTreeMap<(String, Level), (u64, u64)> = BTreeMap::new();
        for found in &self.found {
            if ruleset.rule(&found.rule).is_none() {
                let ids = ruleset.rules().iter().map(|rule| rule.id.as_str());
                let near = nearest(&found.rule, ids).map(|near| format!("; did you mean `{near}`?"));
                problems.push(format!("no detection rule is called `{}`{}", found.rule, near.unwrap_or_default()));
            }
            for level in levels(found.level) {
                let (count, unique) = counts.entry((found.rule.clone(), level)).or_default();
                *count = count.saturating_add(found.count);
                *unique = unique.saturating_add(found.unique);
            }
        }
        if let Some(text) = &self.text {
            of_text(text, ruleset, &mut counts);
        }
        let finding = |((rule, level), (count, unique)): (&(String, Level), &(u64, u64))| {
            let rule = ruleset.rule(rule)?;
            let (id, name, category) = (rule.id.as_str(), rule.name.as_str(), rule.category.name());
            Some((id, name, category, *level, *count, *unique))
        };
        let findings: Vec<Finding<'_>> = counts
            .iter()
            .filter_map(finding)
            .map(|(rule, name, category, level, count, unique)| Finding { rule, name, category, level, count, unique })
            .collect();

        let mut rates = Rates::new();
        let mut decide = |situation: &Situation| {
            let facts = Facts {
                name: &self.name,
                kind: self.kind,
                size: self.size,
                findings: &findings,
                labels: &self.labels,
                protection: self.protection,
                gaps: &self.gaps,
                suspicions: &self.suspicions,
                situation,
            };
            let mut verdict = policy.decide(&facts);
            let hits = rates.observe(policy, &facts, &verdict);
            verdict.join(hits);
            verdict
        };
        for earlier in &self.before {
            decide(earlier);
        }
        let mut verdict = decide(&self.situation);
        let mut situation = self.situation.clone();
        for _ in 1..self.repeat {
            situation.time = situation.time.and_then(|time| time.checked_add(self.every));
            verdict = decide(&situation);
        }
        self.expected.compare(&verdict, &mut problems);
        problems
    }
}

impl Expected {
    fn compare(&self, verdict: &Verdict, problems: &mut Vec<String>) {
        let mut differ = |what: &str, wanted: String, is: String| {
            if wanted != is {
                problems.push(format!("{what} is {is}, expected {wanted}"));
            }
        };
        let word = |action: Option<Action>| action.map_or("none", Action::name).to_owned();
        let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        differ("action", self.action.name().to_owned(), verdict.action.name().to_owned());
        if let Some(rule) = &self.rule {
            differ("rule", rule.clone(), verdict.rule.clone().unwrap_or_else(|| "none".to_owned()));
        }
        if let Some(rules) = &self.rules {
            differ("rules", list(rules), list(&verdict.matched_rules));
        }
        differ("would", word(self.would), word(verdict.would));
        if self.wanted.is_some() {
            differ("wanted", word(self.wanted), word(verdict.wanted));
        }
        if let Some(exceptions) = &self.exceptions {
            differ("exceptions", list(exceptions), list(&verdict.exceptions));
        }
        if let Some(part) = &self.message {
            let message = verdict.message.as_deref().unwrap_or_default();
            if !message.contains(part.as_str()) {
                problems.push(format!("message is {message:?}, expected {part:?} in it"));
            }
        }
    }
}

/// A level, and those below it.
fn levels(level: Level) -> impl Iterator<Item = Level> {
    [Level::Low, Level::Medium, Level::High].into_iter().filter(move |l| *l <= level)
}

/// Counts what is found in a text. What scores below low is nothing, as in scans.
fn of_text(text: &str, ruleset: &Ruleset, counts: &mut BTreeMap<(String, Level), (u64, u64)>) {
    let mut seen = BTreeSet::new();
    for found in ruleset.find(&Text::owned(text.to_owned()), usize::MAX).matches {
        let Some(rule) = ruleset.rules().get(found.rule) else { continue };
        if found.score.get() < Level::Low.threshold() {
            continue;
        }
        for level in levels(found.score.level()) {
            let (count, unique) = counts.entry((rule.id.clone(), level)).or_default();
            *count = count.saturating_add(1);
            if seen.insert((found.rule, level, found.value.reveal().to_owned())) {
                *unique = unique.saturating_add(1);
            }
        }
    }
}

fn case(place: Place<'_>, table: &Table<'_, '_>) -> Result<Case, PolicyError> {
    let id = table.string("id")?.ok_or_else(|| table.missing("id", "what the case is about, in words"))?;
    let own = situation(place, table, &Situation::UNKNOWN)?;
    let mut before = Vec::new();
    for (entries, span) in table.tables("before", "what came before is written as before = [{ … }]")? {
        before.push(situation(place, &Table::new(place, "before", entries, span, SITUATION_KEYS)?, &own)?);
    }
    let every = match table.get("every") {
        None => Duration::ZERO,
        Some(value) => {
            let time = table.string("every")?.and_then(milliseconds).and_then(|time| u64::try_from(time).ok());
            Duration::from_millis(time.ok_or_else(|| table.wrong(value, "`every` is no time".to_owned(), None))?)
        }
    };
    let text = table.string("text")?.map(str::to_owned);
    let name = table.string("name")?.unwrap_or_default().to_owned();
    let kind = match table.string("kind")? {
        Some(word) => one(table, "kind", word, |word| {
            let selector = KindSelector::parse(word);
            let found = selector.and_then(|s| Kind::ALL.iter().copied().find(|kind| s.matches(*kind)));
            found.ok_or_else(|| nearest(word, KindSelector::known()).map(str::to_owned))
        })?,
        None if text.is_some() => Kind::Text,
        None => kind_of(&name),
    };
    let length = text.as_ref().map_or(0, |text| text.len() as u64);
    let codes = words(table, "gaps", gap)?.unwrap_or_default();
    let signs = words(table, "suspicions", suspicion)?.unwrap_or_default();
    Ok(Case {
        id: id.to_owned(),
        line: table.line(),
        situation: own,
        before,
        repeat: table.number("repeat")?.unwrap_or(1).clamp(1, REPEAT_MAX),
        every,
        kind,
        size: size(table, "size")?.unwrap_or(length),
        protection: match table.string("protection")? {
            Some(word) => one(table, "protection", word, protection)?,
            None => Protection::None,
        },
        found: found(place, table)?,
        labels: labels(place, table)?,
        gaps: codes.into_iter().flatten().map(|reason| Gap::new(reason, "", "")).collect(),
        suspicions: signs.into_iter().flatten().collect(),
        expected: expected(table)?,
        name,
        text,
    })
}

/// A case that repeats itself more often tests the patience of whoever waits for it.
const REPEAT_MAX: u64 = 100_000;

fn expected(table: &Table<'_, '_>) -> Result<Expected, PolicyError> {
    let action = |key: &str| -> Result<Option<Action>, PolicyError> {
        let Some(word) = table.string(key)? else { return Ok(None) };
        one(table, key, word, |word| {
            Action::from_name(word).ok_or_else(|| nearest(word, keys::actions()).map(str::to_owned))
        })
        .map(Some)
    };
    // An empty list says that there are none.
    let list = |key: &str| -> Result<Option<Vec<String>>, PolicyError> {
        if table.get(key).is_some_and(|value| value.get_ref().as_array().is_some_and(|list| list.is_empty())) {
            return Ok(Some(Vec::new()));
        }
        Ok(table.strings(key)?.map(|list| list.into_iter().map(|(name, _)| name.to_owned()).collect()))
    };
    Ok(Expected {
        action: action("action")?.ok_or_else(|| table.missing("action", "what must come of it"))?,
        rule: table.string("rule")?.map(str::to_owned),
        rules: list("rules")?,
        message: table.string("message")?.map(str::to_owned),
        would: action("would")?,
        wanted: action("wanted")?,
        exceptions: list("exceptions")?,
    })
}

/// One word, read by `read`; its error is the nearest known word.
fn one<T>(
    table: &Table<'_, '_>,
    key: &str,
    word: &str,
    read: impl Fn(&str) -> Result<T, Option<String>>,
) -> Result<T, PolicyError> {
    read(word).map_err(|near| match table.get(key) {
        Some(value) => {
            let help = near.map(|near| format!("did you mean `{near}`?"));
            table.wrong(value, format!("`{key}` does not know `{word}`"), help)
        }
        None => table.missing(key, "a known word"),
    })
}

/// The situation of a table; what it does not say is as in `other`.
fn situation(place: Place<'_>, table: &Table<'_, '_>, other: &Situation) -> Result<Situation, PolicyError> {
    let mut situation = other.clone();
    let text = |key: &str, to: &mut Option<String>| -> Result<(), PolicyError> {
        if let Some(text) = table.string(key)? {
            *to = Some(text.to_owned());
        }
        Ok(())
    };
    text("event", &mut situation.event)?;
    text("app", &mut situation.app)?;
    text("user", &mut situation.user)?;
    text("platform", &mut situation.platform)?;
    text("client", &mut situation.client)?;
    text("location", &mut situation.location)?;
    text("url", &mut situation.url)?;
    text("language", &mut situation.language)?;
    text("correlation-id", &mut situation.id)?;
    if let Some(word) = table.string("activity")? {
        let activity = one(table, "activity", word, |word| {
            Activity::from_name(word).ok_or_else(|| nearest(word, keys::activities()).map(str::to_owned))
        })?;
        situation.activity = Some(activity);
    }
    if let Some(groups) = table.strings("groups")? {
        situation.groups = groups.into_iter().map(|(group, _)| group.to_owned()).collect();
    }
    if let Some(tags) = words(table, "devices", |word| known(word, &keys::devices()).map(str::to_owned))? {
        situation.device_tags = tags.into_iter().filter(|tag| tag != "unmanaged").collect();
    }
    if let Some(actions) = words(table, "carries-out", |word| {
        Action::from_name(word).ok_or_else(|| nearest(word, keys::actions()).map(str::to_owned))
    })? {
        situation.carries_out = actions;
    }
    situation.external = flag(table, "external")?.or(situation.external);
    if let Some(address) = table.string("address")? {
        let parsed = one(table, "address", address, |text| text.parse().map_err(|_| None))?;
        situation.address = Some(parsed);
    }
    situation.position = position(table)?.or(situation.position);
    situation.time = time(table)?.or(situation.time);
    if let Some((entries, span)) = table.table("fields")? {
        let known = super::names::names_of(entries);
        let fields = Table::new(place, "fields", entries, span, &known)?;
        for name in known {
            for (value, _) in fields.strings(name)?.unwrap_or_default() {
                situation.fields.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    Ok(situation)
}

fn position(table: &Table<'_, '_>) -> Result<Option<Position>, PolicyError> {
    let Some(value) = table.get("position") else { return Ok(None) };
    let degrees = |value: &DeValue<'_>| match value {
        DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
        DeValue::Integer(number) => number.as_str().parse::<f64>().ok(),
        _ => None,
    };
    let numbers: Vec<f64> = value
        .get_ref()
        .as_array()
        .into_iter()
        .flat_map(|list| list.iter())
        .filter_map(|v| degrees(v.get_ref()))
        .collect();
    let place = match numbers.as_slice() {
        [latitude, longitude] => Position::new(*latitude, *longitude),
        _ => None,
    };
    let help = "write position = [52.52, 13.405]: degrees north and east".to_owned();
    place.map(Some).ok_or_else(|| table.wrong(value, "`position` is no place".to_owned(), Some(help)))
}

fn time(table: &Table<'_, '_>) -> Result<Option<SystemTime>, PolicyError> {
    let Some(value) = table.get("time") else { return Ok(None) };
    let time = match value.get_ref() {
        DeValue::Datetime(at) => Zone::Fixed(0).moment(at).and_then(super::calendar::instant),
        _ => None,
    };
    let help = "write time = 2026-11-20T09:30:00Z, without quotes".to_owned();
    time.map(Some).ok_or_else(|| table.wrong(value, "`time` must be a date with a time".to_owned(), Some(help)))
}

fn protection(word: &str) -> Result<Protection, Option<String>> {
    let all = [Protection::None, Protection::PasswordEncrypted, Protection::RightsManaged, Protection::Encrypted];
    let found = all.into_iter().find(|p| p.name() == word);
    found.ok_or_else(|| nearest(word, all.iter().map(|p| p.name())).map(str::to_owned))
}

/// The kind that files of this name usually are.
fn kind_of(name: &str) -> Kind {
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    let usual = |kind: &&Kind| kind.extensions().contains(&extension.as_str());
    Kind::ALL.iter().find(usual).copied().unwrap_or(Kind::Unknown)
}

fn found(place: Place<'_>, table: &Table<'_, '_>) -> Result<Vec<FoundEntry>, PolicyError> {
    let mut found = Vec::new();
    for (entries, span) in table.tables("found", "what was found is written as found = [{ rule = …, count = … }]")?
    {
        let table = Table::new(place, "found", entries, span, &["rule", "count", "unique", "confidence"])?;
        let rule = table.string("rule")?.ok_or_else(|| table.missing("rule", "the id of a detection rule"))?;
        let count = table.number("count")?.unwrap_or(1);
        let level = match table.string("confidence")? {
            None => Level::High,
            Some(word) => one(&table, "confidence", word, |word| {
                Level::from_name(word).ok_or_else(|| nearest(word, ["low", "medium", "high"]).map(str::to_owned))
            })?,
        };
        let unique = table.number("unique")?.unwrap_or(count);
        found.push(FoundEntry { rule: rule.to_owned(), count, unique, level });
    }
    Ok(found)
}

fn labels(place: Place<'_>, table: &Table<'_, '_>) -> Result<Vec<Label>, PolicyError> {
    let mut labels = Vec::new();
    for (entries, span) in table.tables("labels", "labels are written as labels = [{ id = … }]")? {
        let table = Table::new(place, "labels", entries, span, &["id", "name", "tenant", "state"])?;
        let id = table.string("id")?.ok_or_else(|| table.missing("id", "the GUID of the label"))?;
        let state = match table.string("state")? {
            None => State::Active,
            Some(word) => one(&table, "state", word, |word| match word {
                "active" => Ok(State::Active),
                "removed" => Ok(State::Removed),
                _ => Err(nearest(word, ["active", "removed"]).map(str::to_owned)),
            })?,
        };
        labels.push(Label {
            id: plain_guid(id).to_lowercase(),
            name: table.string("name")?.map(str::to_owned),
            tenant: table.string("tenant")?.map(|tenant| plain_guid(tenant).to_lowercase()),
            method: None,
            set_date: None,
            content_bits: None,
            state,
            source: "label_info",
        });
    }
    Ok(labels)
}
