//! One decision about one file or event.

use std::time::SystemTime;

use super::calendar::seconds;
use super::condition::all_hold;
use super::messages::Subject;
use super::{Action, Alert, Exception, Facts, Finding, Mode, Policy, RaisedAlert, Rule, Situation, Verdict};
use crate::blob::Gap;

/// A rule that applies, and what it is about.
struct Applied<'p, 'a> {
    rule: &'p str,
    outcome: Outcome,
    message: Option<&'p str>,
    alert: Option<&'p Alert>,
    findings: Vec<&'a Finding<'a>>,
    why: String,
}

/// What a rule comes to in one situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// What it asks for.
    pub(super) wanted: Action,
    /// What can be carried out, were it enforced.
    pub(super) action: Action,
    /// Whether it only watches.
    pub(super) watched: bool,
}

impl Outcome {
    /// What is done.
    pub(super) fn held(self) -> Action {
        if self.watched { self.action.min(Action::Monitor) } else { self.action }
    }
}

impl Policy {
    /// The name under which the key `on-unscannable` (and the table `[gaps]`) is listed among the rules that apply.
    pub const ON_UNSCANNABLE: &'static str = "on-unscannable";

    /// The name under which the key `on-overload` is listed.
    pub const ON_OVERLOAD: &'static str = "on-overload";

    /// Decides about one file or event: the most restrictive action of all rules that apply and are not lifted by an
    /// exception; of several such rules the first.
    pub fn decide(&self, facts: &Facts<'_>) -> Verdict {
        let mut applied: Vec<Applied<'_, '_>> =
            self.rules.iter().filter_map(|rule| self.applied(rule, facts)).collect();
        applied.extend(self.unscannable(facts));
        let mut exceptions = Vec::new();
        for exception in &self.exceptions {
            let lifts = |a: &Applied<'_, '_>| exception.lifts.iter().any(|id| id == a.rule);
            if applied.iter().any(lifts)
                && self.is_in_force(exception, facts.situation.time)
                && all_hold(&exception.conditions, facts).is_some()
            {
                applied.retain(|a| !lifts(a));
                exceptions.push(exception.id.clone());
            }
        }
        Verdict { exceptions, ..self.conclude(&applied, facts) }
    }

    /// Whether the action can only stay what it is, whatever else is found in the file: a rule applies that nothing can
    /// undo, and none could ask for more. `facts` is what is known so far; kind, labels and protection may be missing.
    pub fn is_final(&self, facts: &Facts<'_>) -> bool {
        let rank = |outcome: Outcome| (outcome.held(), outcome.action);
        let keys = self.gap_actions.iter().map(|(_, action)| *action).chain([self.on_unscannable]);
        let of_keys = keys.map(|action| rank(self.outcome_of_key(action, facts.situation)));
        let of_rules = self.rules.iter().map(|rule| rank(self.outcome(rule, facts.situation)));
        let Some(most) = of_rules.chain(of_keys).max() else { return false };
        let lifted = |rule: &Rule| {
            let lifts = |exception: &&Exception| exception.lifts.contains(&rule.id);
            self.exceptions.iter().filter(lifts).any(|e| self.is_in_force(e, facts.situation.time))
        };
        let stays = |rule: &&Rule| rule.conditions.iter().all(super::condition::Condition::stays);
        let mut certain = self.rules.iter().filter(stays).filter(|rule| !lifted(rule));
        certain.any(|rule| {
            rank(self.outcome(rule, facts.situation)) == most && all_hold(&rule.conditions, facts).is_some()
        })
    }

    /// What a request is worth that nobody has time to examine.
    pub fn overload(&self, situation: &Situation, name: &str) -> Verdict {
        let facts = Facts::unknown(situation, name);
        let outcome = self.outcome_of_key(self.on_overload, situation);
        let why = "too many requests at once".to_owned();
        let rule = Self::ON_OVERLOAD;
        self.conclude(&[Applied { rule, outcome, message: None, alert: None, findings: Vec::new(), why }], &facts)
    }

    fn conclude(&self, applied: &[Applied<'_, '_>], facts: &Facts<'_>) -> Verdict {
        let rank = |a: &Applied<'_, '_>| (a.outcome.held(), a.outcome.action);
        let mut winner: Option<&Applied<'_, '_>> = None;
        let mut would: Option<&Applied<'_, '_>> = None;
        for candidate in applied {
            if winner.is_none_or(|best| rank(candidate) > rank(best)) {
                winner = Some(candidate);
            }
            if would.is_none_or(|best| candidate.outcome.action > best.outcome.action) {
                would = Some(candidate);
            }
        }
        let Some(winner) = winner else { return Verdict::default() };
        let action = winner.outcome.held();
        let would = would.filter(|would| would.outcome.action > action);
        let shown = winner.outcome.action;
        let subject = Subject {
            policy: &self.name,
            rule: winner.rule,
            action: shown,
            own: winner.message,
            findings: &winner.findings,
        };
        let alerts = applied.iter().filter_map(|a| {
            let Alert { severity, daily_limit } = *a.alert?;
            Some(RaisedAlert { rule: a.rule.to_owned(), severity, daily_limit })
        });
        Verdict {
            action,
            would: would.map(|would| would.outcome.action),
            would_rule: would.map(|would| would.rule.to_owned()),
            wanted: (winner.outcome.wanted != winner.outcome.action).then_some(winner.outcome.wanted),
            rule: Some(winner.rule.to_owned()),
            matched_rules: applied.iter().map(|a| a.rule.to_owned()).collect(),
            exceptions: Vec::new(),
            alerts: alerts.collect(),
            message: self.messages.of(&subject, facts),
            message_id: Some(format!("{}.{}", self.name, winner.rule)),
            reasons: applied.iter().map(|a| format!("{}: {}", a.rule, a.why)).collect(),
        }
    }

    fn applied<'p, 'a>(&'p self, rule: &'p Rule, facts: &Facts<'a>) -> Option<Applied<'p, 'a>> {
        let why = all_hold(&rule.conditions, facts)?;
        Some(Applied {
            rule: &rule.id,
            outcome: self.outcome(rule, facts.situation),
            message: rule.message.as_deref(),
            alert: rule.alert.as_ref(),
            findings: why.findings,
            why: why.words.join("; "),
        })
    }

    /// What a rule that applies comes to.
    pub(super) fn outcome(&self, rule: &Rule, situation: &Situation) -> Outcome {
        let can = rule.action.is_available() || situation.carries_out.contains(&rule.action);
        // The parser asks for a fallback wherever one is needed.
        let action = if can { rule.action } else { rule.fallback.unwrap_or(Action::Block) };
        let watched = self.mode.watches(situation.time) || rule.mode.watches(situation.time);
        Outcome { wanted: rule.action, action, watched }
    }

    /// What one of the policy's own keys comes to.
    pub(super) fn outcome_of_key(&self, action: Action, situation: &Situation) -> Outcome {
        Outcome { wanted: action, action, watched: self.mode.watches(situation.time) }
    }

    /// What the gaps alone are worth.
    fn unscannable(&self, facts: &Facts<'_>) -> Option<Applied<'_, 'static>> {
        let worth = |gap: &Gap| {
            let named = self.gap_actions.iter().find(|(reason, _)| *reason == gap.reason);
            named.map_or(self.on_unscannable, |(_, action)| *action)
        };
        let action = facts.gaps.iter().map(worth).max()?;
        let first = facts.gaps.iter().find(|gap| worth(gap) == action)?;
        Some(Applied {
            rule: Self::ON_UNSCANNABLE,
            outcome: self.outcome_of_key(action, facts.situation),
            message: None,
            alert: None,
            findings: Vec::new(),
            why: format!("not wholly examined ({})", first.reason),
        })
    }

    /// The exception that lifts a rule.
    pub(super) fn lifting(&self, rule: &str, facts: &Facts<'_>) -> Option<&str> {
        let lifts = |exception: &&Exception| {
            exception.lifts.iter().any(|id| id == rule)
                && self.is_in_force(exception, facts.situation.time)
                && all_hold(&exception.conditions, facts).is_some()
        };
        self.exceptions.iter().find(lifts).map(|exception| exception.id.as_str())
    }

    /// Whether an exception applies at a time. One whose time is not known does not: nobody knows whether it expired.
    fn is_in_force(&self, exception: &Exception, time: Option<SystemTime>) -> bool {
        time.is_some_and(|time| self.names.zone.local(time).date <= exception.expires)
    }
}

impl Mode {
    /// Whether nothing is stopped at a time. An unknown time is after every `enforce-from`: a policy never fails open.
    fn watches(&self, time: Option<SystemTime>) -> bool {
        match self.enforce_from {
            Some(from) => time.is_some_and(|time| seconds(time) < from),
            None => self.monitor,
        }
    }
}
