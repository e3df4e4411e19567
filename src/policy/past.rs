//! Past decisions, and what a policy would have made of them (`frisk policy simulate`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Action, Facts, Finding, FindingEntry, Policy, RateHit, Rates, Situation, Verdict};
use crate::blob::{Gap, Kind, Reason, Suspicion};
use crate::find::Level;
use crate::label::{Label, Protection, State};

/// A decision of the past: everything a policy needs to decide again, and nothing of the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastDecision {
    /// Id of the record or request.
    pub id: String,
    /// Who did what, where, when and with which device.
    pub situation: Situation,
    /// Name of the file, without folders.
    pub name: String,
    /// What it was, by content.
    pub kind: Kind,
    /// Bytes of it.
    pub size: u64,
    /// What was found, by rule and level (see [`Finding`]).
    pub findings: Vec<FindingEntry>,
    /// Its labels.
    pub labels: Vec<Label>,
    /// How it was protected.
    pub protection: Protection,
    /// Why it was not wholly examined.
    pub gaps: Vec<Reason>,
    /// Signs that something was meant not to be seen.
    pub suspicions: Vec<Suspicion>,
    /// What was decided then; `None`: it was skipped.
    pub action: Option<Action>,
    /// The rule that decided then.
    pub rule: Option<String>,
}

/// What a policy would have made of past decisions.
#[derive(Debug, Default)]
pub struct Simulation {
    /// Decisions looked at, those that were skipped left out.
    pub decisions: u64,
    /// Decisions by what was done then and what would be done now.
    pub moves: BTreeMap<(Action, Action), u64>,
    /// Decisions that would be another one now, by the rule that decides now ("" = none).
    pub by_rule: BTreeMap<String, u64>,
    /// Decisions that would be stricter still, did no rule of the policy only watch.
    pub watched: u64,
    /// The first of those that would be another one now.
    pub changes: Vec<Change>,
    rates: Rates,
}

/// A decision that would be another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Id of the record or request.
    pub id: String,
    /// Name of the file.
    pub name: String,
    /// The user, where known.
    pub user: Option<String>,
    /// What was done.
    pub was: Action,
    /// The rule that decided then.
    pub was_rule: Option<String>,
    /// What would be done.
    pub now: Action,
    /// The rule that decides now.
    pub now_rule: Option<String>,
}

/// Changes that are told one by one.
pub const CHANGES_MAX: usize = 1000;

impl PastDecision {
    /// Decides again.
    pub fn decide(&self, policy: &Policy, rates: &mut Rates) -> Verdict {
        self.with_facts(|facts| {
            let mut verdict = policy.decide(facts);
            let hits = rates.observe(policy, facts, &verdict);
            verdict.join(hits);
            verdict
        })
    }

    /// Takes note of it as it was decided, and tells what it goes beyond; see [`Rates::observe`].
    pub fn observe(&self, policy: &Policy, rates: &mut Rates, verdict: &Verdict) -> Vec<RateHit> {
        self.with_facts(|facts| rates.observe(policy, facts, verdict))
    }

    /// Hands what a policy decides about to `with`.
    pub fn with_facts<T>(&self, with: impl FnOnce(&Facts<'_>) -> T) -> T {
        let findings: Vec<Finding<'_>> = self.findings.iter().map(Finding::from).collect();
        let gaps: Vec<Gap> = self.gaps.iter().map(|reason| Gap::new(*reason, "", "")).collect();
        let facts = Facts {
            name: &self.name,
            kind: self.kind,
            size: self.size,
            findings: &findings,
            labels: &self.labels,
            protection: self.protection,
            gaps: &gaps,
            suspicions: &self.suspicions,
            situation: &self.situation,
        };
        with(&facts)
    }

    /// Reads a line of JSON Lines as `frisk scan` writes it (`docs/records.md`), with a further object `situation` if it
    /// comes from a service. `None` for lines that are about no input.
    ///
    /// A record counts matches of one rule and place together, under the level of the best: so a policy that asks for
    /// high confidence may see a few more than it did then.
    ///
    /// # Errors
    /// Why it is no record. Never what stands in it.
    pub fn of_record(line: &str) -> Result<Option<Self>, String> {
        let kind: OfKind = serde_json::from_str(line).map_err(|e| told(&e))?;
        if kind.record_type != "file" {
            return Ok(None);
        }
        let record: OfRecord = serde_json::from_str(line).map_err(|e| told(&e))?;
        Ok(Some(record.into()))
    }
}

/// Where JSON is wrong; the message of the parser may quote it.
fn told(error: &serde_json::Error) -> String {
    let what = if error.is_data() { "no record of frisk" } else { "no JSON" };
    format!("{what} (column {})", error.column())
}

impl Simulation {
    /// Nothing was looked at yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides about one more, by `policy`; to be called in the order of time.
    pub fn add(&mut self, policy: &Policy, past: &PastDecision) {
        let Some(was) = past.action else { return };
        let verdict = past.decide(policy, &mut self.rates);
        let now = verdict.action;
        let count = |counter: &mut u64| *counter = counter.saturating_add(1);
        count(&mut self.decisions);
        count(self.moves.entry((was, now)).or_default());
        if verdict.would.is_some() {
            count(&mut self.watched);
        }
        if was == now {
            return;
        }
        count(self.by_rule.entry(verdict.rule.clone().unwrap_or_default()).or_default());
        if self.changes.len() < CHANGES_MAX {
            self.changes.push(Change {
                id: past.id.clone(),
                name: past.name.clone(),
                user: past.situation.user.clone(),
                was,
                was_rule: past.rule.clone(),
                now,
                now_rule: verdict.rule,
            });
        }
    }

    /// How many would be another decision now.
    pub fn changed(&self) -> u64 {
        let changed = self.moves.iter().filter(|((was, now), _)| was != now);
        changed.map(|(_, count)| *count).fold(0, u64::saturating_add)
    }
}

#[derive(Deserialize)]
struct OfKind {
    #[serde(rename = "type")]
    record_type: String,
}

/// What of a record is read.
#[derive(Deserialize)]
struct OfRecord {
    id: String,
    path: String,
    size: u64,
    media_type: Option<String>,
    #[serde(default)]
    suspicions: Vec<OfCode>,
    #[serde(default)]
    reasons: Vec<OfCode>,
    action: Option<Action>,
    policy_rule: Option<String>,
    #[serde(default)]
    matches: Vec<OfMatch>,
    #[serde(default)]
    labels: Vec<OfLabel>,
    encryption: Option<String>,
    #[serde(default)]
    situation: Situation,
}

#[derive(Deserialize)]
struct OfCode {
    code: String,
}

#[derive(Deserialize)]
struct OfMatch {
    rule: String,
    name: String,
    category: u8,
    level: String,
    count: u64,
    unique_count: u64,
}

#[derive(Deserialize)]
struct OfLabel {
    id: String,
    name: Option<String>,
    tenant: Option<String>,
    state: String,
}

impl From<OfRecord> for PastDecision {
    fn from(record: OfRecord) -> Self {
        let label = |label: OfLabel| Label {
            id: label.id,
            name: label.name,
            tenant: label.tenant,
            method: None,
            set_date: None,
            content_bits: None,
            state: state_of(&label.state),
            source: "label_info",
        };
        Self {
            name: record.path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
            kind: kind_of(record.media_type.as_deref()),
            size: record.size,
            findings: findings(&record.matches),
            labels: record.labels.into_iter().map(label).collect(),
            protection: protection_of(record.encryption.as_deref()),
            gaps: record.reasons.iter().filter_map(|reason| Reason::from_code(&reason.code)).collect(),
            suspicions: record.suspicions.iter().filter_map(|sign| Suspicion::from_code(&sign.code)).collect(),
            action: record.action,
            rule: record.policy_rule,
            situation: record.situation,
            id: record.id,
        }
    }
}

/// The kind with this media type: each has one of its own.
pub(crate) fn kind_of(media_type: Option<&str>) -> Kind {
    let kind = Kind::ALL.iter().copied().find(|kind| Some(kind.media_type()) == media_type);
    kind.unwrap_or(Kind::Unknown)
}

/// The protection that records call so.
pub(crate) fn protection_of(name: Option<&str>) -> Protection {
    let known = [Protection::PasswordEncrypted, Protection::RightsManaged, Protection::Encrypted];
    known.into_iter().find(|protection| Some(protection.name()) == name).unwrap_or_default()
}

/// The state of a label that records call so.
pub(crate) fn state_of(name: &str) -> State {
    [State::Removed, State::Superseded].into_iter().find(|state| state.name() == name).unwrap_or(State::Active)
}

fn findings(matches: &[OfMatch]) -> Vec<FindingEntry> {
    let mut all: Vec<FindingEntry> = Vec::new();
    for found in matches {
        let Some(best) = Level::from_name(&found.level) else { continue };
        for level in [Level::High, Level::Medium, Level::Low].into_iter().filter(|level| *level <= best) {
            let known = all.iter_mut().find(|f| f.rule == found.rule && f.level == level);
            if let Some(known) = known {
                known.count = known.count.saturating_add(found.count);
                known.unique = known.unique.saturating_add(found.unique_count);
                continue;
            }
            all.push(FindingEntry {
                rule: found.rule.clone(),
                name: found.name.clone(),
                category: category(found.category).to_owned(),
                level,
                count: found.count,
                unique: found.unique_count,
            });
        }
    }
    all
}

/// The category that OCSF has this number for.
fn category(number: u8) -> &'static str {
    match number {
        1 => "personal",
        2 => "governmental",
        3 => "financial",
        4 => "business",
        6 => "security",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"type":"file","id":"1","path":"a/b/cards.txt","size":9,"media_type":"text/plain","reasons":[{"code":"corrupt"}],"action":"monitor","policy_rule":"found","matches":[{"rule":"iban","name":"IBAN","category":3,"level":"medium","count":2,"unique_count":1},{"rule":"iban","name":"IBAN","category":3,"level":"high","count":3,"unique_count":3}],"labels":[],"encryption":null,"situation":{"user":"lee"}}"#;

    #[test]
    fn every_kind_is_known_by_its_media_type() {
        for kind in Kind::ALL {
            assert_eq!(kind_of(Some(kind.media_type())), *kind, "two kinds have one media type");
        }
    }

    #[test]
    fn records_become_facts_again() {
        let past = PastDecision::of_record(LINE).unwrap().unwrap();
        assert_eq!(
            (past.name.as_str(), past.kind, past.situation.user.as_deref()),
            ("cards.txt", Kind::Text, Some("lee"))
        );
        let counts: Vec<_> = past.findings.iter().map(|f| (f.level, f.count, f.unique)).collect();
        assert_eq!(counts, [(Level::Medium, 5, 4), (Level::Low, 5, 4), (Level::High, 3, 3)]);
        assert_eq!((past.findings[0].category.as_str(), past.gaps.as_slice()), ("financial", &[Reason::Corrupt][..]));
        assert_eq!(PastDecision::of_record(r#"{"type":"summary"}"#), Ok(None));
        let wrong = PastDecision::of_record(r#"{"type":"file","id":"4111 1111 1111 1111"}"#).unwrap_err();
        assert!(wrong.starts_with("no record of frisk") && !wrong.contains("4111"), "{wrong}");
        assert!(PastDecision::of_record("4111").unwrap_err().starts_with("no record"));
    }

    #[test]
    fn what_would_have_changed() {
        let head = "on-unscannable = \"allow\"\non-overload = \"allow\"\n";
        let text = format!(
            "{head}[[rule]]\nid = \"many\"\naction = \"block\"\nrules = \"iban\"\nmin-count = 5\nusers = \"lee\"\n"
        );
        let policy = Policy::parse("p.toml", &text).unwrap();
        let past = PastDecision::of_record(LINE).unwrap().unwrap();
        let mut simulation = Simulation::new();
        simulation.add(&policy, &past);
        simulation.add(
            &policy,
            &PastDecision { situation: Situation::default(), action: Some(Action::Allow), ..past.clone() },
        );
        simulation.add(&policy, &PastDecision { action: None, ..past });
        assert_eq!((simulation.decisions, simulation.changed(), simulation.watched), (2, 1, 0));
        assert_eq!(simulation.moves.get(&(Action::Monitor, Action::Block)), Some(&1));
        assert_eq!(simulation.by_rule.get("many"), Some(&1));
        assert_eq!(simulation.changes[0].was_rule.as_deref(), Some("found"));
    }
}
