//! What only a stream of decisions shows: rates and impossible travel. Time is handed in, memory is bounded.
//!
//! A window is kept as sixteen parts and the one that is being filled: a burst that fits into the window is never missed,
//! and what is up to a sixteenth of the window older may be counted along. When more users (apps, addresses) come than
//! `max-keys`, those that were seen longest ago are forgotten.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::condition::all_hold;
use super::decide::Outcome;
use super::messages::Subject;
use super::situation::Position;
use super::{Action, Facts, Policy, RaisedAlert, Rule, Verdict};

/// What was seen so far, for the rates and the rules of travel of a policy. One for all requests; the caller locks it.
#[derive(Debug, Default)]
pub struct Rates {
    hasher: RandomState,
    windows: HashMap<String, Recent<Window>>,
    places: HashMap<String, Recent<(Position, i64)>>,
}

/// A rate that was exceeded, or a travel that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateHit {
    /// Id of the `[[rate]]` or `[[travel]]`.
    pub rule: String,
    /// What is done.
    pub action: Action,
    /// What would be done, were the rule not only watching. Only set when that is more restrictive.
    pub would: Option<Action>,
    /// What it asks for, where the front end cannot carry that out.
    pub wanted: Option<Action>,
    /// Set with the first decision that goes beyond, and not again until the rate was kept in between.
    pub alert: Option<RaisedAlert>,
    /// What to tell the user.
    pub message: Option<String>,
    /// Stable id of the message.
    pub message_id: String,
    /// Why, in words; never a value.
    pub reason: String,
    /// The exception that lifts the rule; then nothing is done.
    pub lifted_by: Option<String>,
}

impl Rates {
    /// Nothing was seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets what belongs to no rule of `policy`; for a policy that stands in the place of another.
    pub fn keep(&mut self, policy: &Policy) {
        self.windows.retain(|id, _| policy.rates.iter().any(|rate| rate.rule.id == *id));
        self.places.retain(|id, _| policy.travels.iter().any(|travel| travel.rule.id == *id));
    }

    /// Users, apps and addresses that are remembered.
    pub fn keys(&self) -> usize {
        let windows = self.windows.values().map(|recent| recent.by_key.len()).fold(0, usize::saturating_add);
        self.places.values().map(|recent| recent.by_key.len()).fold(windows, usize::saturating_add)
    }

    /// Takes note of one decision, and tells what it goes beyond. A decision without a time, or without a user (app,
    /// address), counts for nothing. See [`Verdict::join`].
    pub fn observe(&mut self, policy: &Policy, facts: &Facts<'_>, verdict: &Verdict) -> Vec<RateHit> {
        let Some(now) = facts.situation.time.map(milliseconds) else { return Vec::new() };
        let mut hits = Vec::new();
        for rate in &policy.rates {
            let Some(key) = rate.per.key(facts) else { continue };
            if all_hold(&rate.rule.conditions, facts).is_none() {
                continue;
            }
            let recent = self.windows.entry(rate.rule.id.clone()).or_default();
            let window = recent.get(self.hasher.hash_one(&key), rate.keys_max, Window::default);
            window.add(now, rate.window, rate.counts(facts, verdict));
            let (all, counted) = window.sums();
            let exceeded = rate.is_exceeded(all, counted);
            let first = exceeded && !window.exceeded;
            window.exceeded = exceeded;
            if exceeded {
                let what = if counted == all { String::new() } else { format!("{counted} of ") };
                let reason = format!("{what}{all} in {} s", rate.window.div_euclid(1000));
                hits.push(hit(policy, &rate.rule, facts, reason, first));
            }
        }
        for travel in &policy.travels {
            let (Some(position), Some(user)) = (facts.situation.position, facts.situation.user.as_deref()) else {
                continue;
            };
            if all_hold(&travel.rule.conditions, facts).is_none() {
                continue;
            }
            let recent = self.places.entry(travel.rule.id.clone()).or_default();
            let here = (position, now);
            let last = recent.get(self.hasher.hash_one(user.to_lowercase()), travel.keys_max, || here);
            let impossible = travel.is_impossible(*last, here);
            let distance = last.0.distance_km(position);
            let minutes = now.abs_diff(last.1).div_euclid(60_000);
            if now >= last.1 {
                *last = here;
            }
            if impossible {
                hits.push(hit(policy, &travel.rule, facts, format!("{distance:.0} km in {minutes} minutes"), true));
            }
        }
        hits
    }
}

fn hit(policy: &Policy, rule: &Rule, facts: &Facts<'_>, reason: String, first: bool) -> RateHit {
    let outcome: Outcome = policy.outcome(rule, facts.situation);
    let subject = Subject {
        policy: policy.name(),
        rule: &rule.id,
        action: outcome.action,
        own: rule.message.as_deref(),
        findings: &[],
    };
    let alert = rule.alert.as_ref().filter(|_| first);
    let held = outcome.held();
    RateHit {
        rule: rule.id.clone(),
        action: held,
        would: (outcome.action > held).then_some(outcome.action),
        wanted: (outcome.wanted != outcome.action).then_some(outcome.wanted),
        alert: alert.map(|alert| RaisedAlert {
            rule: rule.id.clone(),
            severity: alert.severity,
            daily_limit: alert.daily_limit,
        }),
        message: policy.messages.of(&subject, facts),
        message_id: format!("{}.{}", policy.name(), rule.id),
        reason,
        lifted_by: policy.lifting(&rule.id, facts).map(str::to_owned),
    }
}

impl Policy {
    /// How far back decisions matter for rates and travel; nothing if the policy has neither.
    #[must_use]
    pub fn memory(&self) -> Option<Duration> {
        let windows = self.rates.iter().map(|rate| rate.window).chain(self.travels.iter().map(|_| TRAVEL_MS));
        windows.max().and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis)
    }
}

impl Verdict {
    /// Adds what a stream of decisions showed: the most restrictive action counts, of several the verdict's own.
    pub fn join(&mut self, hits: Vec<RateHit>) {
        for hit in hits {
            if let Some(exception) = hit.lifted_by {
                if !self.exceptions.contains(&exception) {
                    self.exceptions.push(exception);
                }
                continue;
            }
            let full = hit.would.unwrap_or(hit.action);
            if self.would.map_or(full > hit.action && full > self.action, |would| full > would) {
                (self.would, self.would_rule) = (Some(full), Some(hit.rule.clone()));
            }
            if self.rule.is_none() || hit.action > self.action {
                self.action = hit.action;
                self.rule = Some(hit.rule.clone());
                self.wanted = hit.wanted;
                self.message = hit.message;
                self.message_id = Some(hit.message_id);
            }
            if self.would.is_some_and(|would| would <= self.action) {
                (self.would, self.would_rule) = (None, None);
            }
            self.alerts.extend(hit.alert);
            self.reasons.push(format!("{}: {}", hit.rule, hit.reason));
            self.matched_rules.push(hit.rule);
        }
    }
}

/// Milliseconds since 1970.
fn milliseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, i64::saturating_neg),
    }
}

/// Time after which a journey around the world is no wonder any more: a day, our choice.
const TRAVEL_MS: i64 = 24 * 3_600_000;

/// Parts of a window, and the one that is being filled.
const PARTS: i64 = 16;
const SLOTS: usize = 17;

/// Counts of the last window of time.
#[derive(Debug, Default)]
struct Window {
    /// Milliseconds of a part.
    part: i64,
    /// Number of the newest part, counted from 1970.
    newest: i64,
    /// All, and those that count towards a share.
    counts: [(u32, u32); SLOTS],
    exceeded: bool,
}

impl Window {
    fn add(&mut self, now: i64, length: i64, counts: bool) {
        let part = length.div_euclid(PARTS).max(1);
        let number = now.div_euclid(part);
        // Another length is another window: the policy was changed.
        if self.part != part || number.saturating_sub(self.newest) > PARTS {
            *self = Self { part, newest: number, exceeded: self.exceeded && self.part == part, ..Self::default() };
        }
        while self.newest < number {
            self.newest = self.newest.saturating_add(1);
            self.slot(self.newest).into_iter().for_each(|slot| *slot = (0, 0));
        }
        // What comes late still counts, unless it is older than the window.
        if self.newest.saturating_sub(number) > PARTS {
            return;
        }
        if let Some((all, counted)) = self.slot(number) {
            *all = all.saturating_add(1);
            *counted = counted.saturating_add(u32::from(counts));
        }
    }

    fn slot(&mut self, number: i64) -> Option<&mut (u32, u32)> {
        let at = usize::try_from(number.rem_euclid(PARTS.saturating_add(1))).ok()?;
        self.counts.get_mut(at)
    }

    fn sums(&self) -> (u64, u64) {
        let add = |sum: (u64, u64), slot: &(u32, u32)| {
            (sum.0.saturating_add(slot.0.into()), sum.1.saturating_add(slot.1.into()))
        };
        self.counts.iter().fold((0, 0), add)
    }
}

/// What is remembered of keys; the one seen longest ago is forgotten first. Keys are hashes: names may be long.
#[derive(Debug)]
struct Recent<T> {
    by_key: HashMap<u64, (u64, T)>,
    /// When each key was last seen, in turns.
    turns: BTreeMap<u64, u64>,
    turn: u64,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { by_key: HashMap::new(), turns: BTreeMap::new(), turn: 0 }
    }
}

impl<T> Recent<T> {
    fn get(&mut self, key: u64, most: usize, new: impl FnOnce() -> T) -> &mut T {
        self.turn = self.turn.saturating_add(1);
        if let Some((turn, _)) = self.by_key.get(&key) {
            self.turns.remove(turn);
        } else {
            while self.by_key.len() >= most.max(1) {
                let Some((_, oldest)) = self.turns.pop_first() else { break };
                self.by_key.remove(&oldest);
            }
        }
        self.turns.insert(self.turn, key);
        let entry = self.by_key.entry(key).or_insert_with(|| (0, new()));
        entry.0 = self.turn;
        &mut entry.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_counts_what_is_in_it() {
        let mut window = Window::default();
        let mut count = |at: i64| {
            window.add(at, 16_000, at % 2 == 0);
            window.sums().0
        };
        assert_eq!([count(100_000), count(100_001), count(115_999)], [1, 2, 3]);
        assert_eq!(count(105_000), 4, "late, but within the window");
        assert_eq!(count(50_000), 4, "too late");
        assert_eq!(count(117_000), 3, "the first two are out");
        assert_eq!(count(1_000_000), 1, "a long time later");
        assert_eq!(window.sums(), (1, 1));
    }

    #[test]
    fn a_burst_within_the_window_is_never_missed() {
        for start in (0..16_000).step_by(77) {
            let mut window = Window::default();
            for i in 0..50 {
                window.add(1_000_000 + start + i * 320, 16_000, true);
            }
            assert_eq!(window.sums().0, 50, "50 within 15.7 s from {start}");
        }
    }

    #[test]
    fn the_longest_unseen_is_forgotten() {
        let mut recent: Recent<u32> = Recent::default();
        for key in [1, 2, 3] {
            *recent.get(key, 3, || 0) += 1;
        }
        *recent.get(1, 3, || 0) += 1;
        assert_eq!(*recent.get(4, 3, || 0), 0, "new");
        assert_eq!((recent.by_key.len(), recent.turns.len()), (3, 3));
        assert_eq!(*recent.get(1, 3, || 0), 2, "seen again in between");
        assert_eq!(*recent.get(2, 3, || 0), 0, "forgotten");
    }
}
