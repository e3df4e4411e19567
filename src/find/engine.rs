//! The way from text to matches: candidates, checks, evidence, arbitration.

use std::ops::Range;

use super::candidate::digits::{self, Group, Run, Separator};
use super::candidate::{email, word};
use super::context::{self, Context, Label};
use super::fold::Folded;
use super::rule::{Pattern, Rule};
use super::ruleset::{Ruleset, Shape};
use super::{Evidence, Match, Score, Value};
use crate::document::Text;

/// Scores below this are no matches, whatever level the caller asks for.
pub(super) const SCORE_FLOOR: i16 = 40;
/// Score of a well-known test value: shown at low, never more.
const TEST_VALUE_SCORE: i16 = 65;
/// Taken from an unlabelled value whose prefix and length are marked weak in its rule.
const WEAK_POINTS: i16 = 15;
/// Bytes an expression may look at behind its literal. A private key of 16,384 bits in PEM takes 13 KB.
const LITERAL_WINDOW_BYTES: usize = 16 << 10;

/// What was found in one text.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Matches in the order of the text; none overlaps another of its kind.
    pub matches: Vec<Match>,
    /// Whether there were more than the limit.
    pub capped: bool,
}

/// What became of one candidate: for `frisk explain`.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Id of the rule that looked at it; empty when none did.
    pub rule: String,
    /// Score it ended with, 0 to 100.
    pub score: Score,
    /// What each step decided.
    pub steps: Vec<String>,
}

/// A candidate that passed its rule's checks.
struct Survivor {
    rule: usize,
    /// Bytes of the folded text.
    range: Range<usize>,
    value: String,
    /// Written without separators.
    bare: bool,
}

impl Ruleset {
    /// Finds everything in `text`; at most `limit` matches of each rule are kept.
    pub fn find(&self, text: &Text<'_>, limit: usize) -> Found {
        Finder::run(self, text, limit, None).0
    }

    /// Tells for every candidate in `text` which rules looked at it and what each step decided.
    pub fn explain(&self, text: &Text<'_>) -> Vec<Trace> {
        Finder::run(self, text, usize::MAX, Some(Vec::new())).1
    }
}

impl super::purview::Candidates for Ruleset {
    fn knows(&self, rule: &str) -> bool {
        self.rule(rule).is_some()
    }

    fn candidates(&self, rule: &str, text: &Text<'_>) -> Vec<(Range<usize>, String)> {
        let folded = Folded::new(text.as_str());
        let mut finder =
            Finder { set: self, text, folded: &folded, survivors: Vec::new(), trace: None, value: String::new() };
        finder.digits();
        finder.words();
        finder.literals();
        finder.emails();
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        for survivor in finder.survivors {
            if self.rules.get(survivor.rule).is_some_and(|r| r.id == rule) {
                found.push((folded.original(survivor.range.start, survivor.range.end), survivor.value));
            }
        }
        found
    }
}

struct Finder<'t> {
    set: &'t Ruleset,
    text: &'t Text<'t>,
    folded: &'t Folded<'t>,
    survivors: Vec<Survivor>,
    trace: Option<Vec<Trace>>,
    value: String,
}

impl<'t> Finder<'t> {
    fn run(set: &Ruleset, text: &Text<'_>, limit: usize, trace: Option<Vec<Trace>>) -> (Found, Vec<Trace>) {
        let folded = Folded::new(text.as_str());
        let mut finder = Finder { set, text, folded: &folded, survivors: Vec::new(), trace, value: String::new() };
        finder.digits();
        finder.words();
        finder.literals();
        finder.emails();
        finder.keywords();
        let mut found = finder.weigh(limit);
        finder.packages(limit, &mut found);
        (found, finder.trace.unwrap_or_default())
    }

    /// Adds what rule packages find. They stand apart: a customer's type is told beside the built-in one.
    fn packages(&mut self, limit: usize, found: &mut Found) {
        let mut matches = Vec::new();
        let candidates = self.set.functions.as_deref().unwrap_or(self.set);
        for (package, rules) in &self.set.packages {
            found.capped |= package.find(self.text, rules, candidates, &mut matches);
        }
        if matches.is_empty() {
            return;
        }
        matches.sort_by_key(|m| (m.range.start, m.range.end, m.rule));
        let mut kept = std::collections::HashMap::<usize, usize>::new();
        for m in matches {
            if let Some(trace) = &mut self.trace {
                let rule = self.set.rules.get(m.rule).map_or_else(String::new, |r| r.id.clone());
                let steps = m.evidence.iter().map(|e| format!("{} ({:+})", e.what, e.points)).collect();
                trace.push(Trace { range: m.range.clone(), rule, score: m.score, steps });
            }
            let count = kept.entry(m.rule).or_default();
            *count += 1;
            if *count <= limit {
                found.matches.push(m);
            } else {
                found.capped = true;
            }
        }
        found.matches.sort_by_key(|m| (m.range.start, m.range.end, m.rule));
    }

    // ---- candidates and checks ---------------------------------------------------------------------------------

    fn digits(&mut self) {
        let (set, text) = (self.set, self.folded.as_str());
        let mut run = Run::default();
        let mut at = 0;
        while let Some(next) = digits::next_run(text, at, &mut run) {
            at = next;
            let before = self.survivors.len();
            for first in 0..run.groups.len() {
                let length = run.groups.get(first).map_or(0, Group::len);
                for shape in set.digits.by_first.get(length).into_iter().flatten() {
                    self.shape(&run, first, shape);
                }
            }
            for &(rule, least, most) in &set.digits.any {
                if (least..=most).contains(&run.digits) {
                    self.any(&run, rule);
                }
            }
            if self.survivors.len() == before && run.digits >= 7 && self.trace.is_some() {
                let range = run.groups.first().map_or(0, |g| g.start)..at;
                self.tell(None, &range, "no rule accepts digits in these groups here");
            }
        }
    }

    /// Tries one shape at one group of a run.
    fn shape(&mut self, run: &Run, first: usize, shape: &Shape) {
        let last = first + shape.groups.len() - 1;
        let Some(groups) = run.groups.get(first..=last) else { return };
        let Some(rule) = self.set.rules.get(shape.rule) else { return };
        if !groups.iter().zip(&shape.groups).all(|(g, n)| g.len() == *n) {
            return;
        }
        let range = groups.first().map_or(0, |g| g.start)..groups.last().map_or(0, |g| g.end);
        if let Err(why) = separators(rule, groups).and_then(|sep| stands_alone(run, first, last, sep)) {
            return self.tell(Some(rule), &range, why);
        }
        self.accept_digits(shape.rule, groups, range);
    }

    /// Tries a rule that takes any grouping on a whole run.
    fn any(&mut self, run: &Run, rule_index: usize) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let range = run.groups.first().map_or(0, |g| g.start)..run.groups.last().map_or(0, |g| g.end);
        let last = run.groups.len().saturating_sub(1);
        // A year at either end is a date, not a number of its own.
        let year = |g: Option<&Group>| {
            let text = g.and_then(|g| self.folded.as_str().get(g.start..g.end));
            text.is_some_and(|t| t.len() == 4 && (t.starts_with("19") || t.starts_with("20")))
        };
        let dated = run.groups.len() == 3 && (year(run.groups.first()) || year(run.groups.last()));
        let why = match separators(rule, &run.groups).and_then(|sep| stands_alone(run, 0, last, sep)) {
            Err(why) => Some(why),
            Ok(_) if dated => Some("reads like a date"),
            Ok(_) if run.groups.len() > 6 => Some("too many groups"),
            Ok(_) => None,
        };
        match why {
            Some(why) => self.tell(Some(rule), &range, why),
            None => self.accept_digits(rule_index, &run.groups, range),
        }
    }

    fn accept_digits(&mut self, rule: usize, groups: &[Group], range: Range<usize>) {
        self.value.clear();
        for group in groups {
            self.value.push_str(self.folded.as_str().get(group.start..group.end).unwrap_or_default());
        }
        self.accept(rule, range, groups.len() == 1);
    }

    /// Keeps the candidate in `self.value` if it passes the rule's checks and no border runs through it.
    fn accept(&mut self, rule_index: usize, range: Range<usize>, bare: bool) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        if let Err(check) = rule.accepts(&self.value) {
            return self.tell(Some(rule), &range, &format!("fails: {check}"));
        }
        if !self.text.same_place(self.folded.original(range.start, range.end)) {
            return self.tell(Some(rule), &range, "runs over the border of a cell, page or sheet");
        }
        self.survivors.push(Survivor { rule: rule_index, range, value: self.value.clone(), bare });
    }

    fn words(&mut self) {
        let (set, text) = (self.set, self.folded.as_str());
        let bytes = text.as_bytes();
        let mut at = 0;
        if set.words.is_empty() {
            return;
        }
        while let Some((start, end)) = word::next_word(bytes, at) {
            at = end;
            let head = bytes.get(start..).unwrap_or_default();
            for rule in &set.words {
                let fits = rule.start.len() <= head.len()
                    && rule.start.iter().zip(head).all(|(class, byte)| class.holds(*byte));
                if fits {
                    self.word(rule.rule, start, end);
                }
            }
        }
    }

    fn word(&mut self, rule_index: usize, start: usize, end: usize) {
        let text = self.folded.as_str();
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let Pattern::Word { start: classes, lengths, spaced } = &rule.pattern else { return };
        if !word::begins(text, start) {
            return self.tell(Some(rule), &(start..end), "continues a longer word");
        }
        let head = text.get(start..start + classes.len()).unwrap_or_default();
        let told = rule.checks.iter().find_map(|c| c.length).map(|length| length(&head.to_ascii_uppercase()));
        let wanted: Vec<usize> = match told {
            Some(length) => length.into_iter().collect(),
            None => lengths.clone(),
        };
        let mut value = std::mem::take(&mut self.value);
        for length in wanted {
            let stop = if *spaced {
                word::take(text.as_bytes(), start, length, &mut value)
            } else {
                value.clear();
                let whole = start + length;
                value.push_str(text.get(start..whole).unwrap_or_default());
                (value.len() == length && value.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(whole)
            };
            let Some(stop) = stop else { continue };
            if word::ends(text, stop) {
                self.value.clone_from(&value);
                self.accept(rule_index, start..stop, stop - start == length);
                break;
            }
            self.tell(Some(rule), &(start..stop), "a letter or digit follows");
        }
        self.value = value;
    }

    fn literals(&mut self) {
        let set = self.set;
        let text = self.folded.as_str();
        let Some((automaton, rules)) = &set.literals else { return };
        for hit in automaton.find_iter(text) {
            let Some(&index) = rules.get(hit.pattern().as_usize()) else { continue };
            let Some(Pattern::Literal { regex, .. }) = set.rules.get(index).map(|r| &r.pattern) else { continue };
            if !word::begins(text, hit.start()) {
                continue;
            }
            let most = (hit.start() + LITERAL_WINDOW_BYTES).min(text.len());
            let most = (0..=most).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(most);
            let found = text.get(hit.start()..most).and_then(|window| regex.find(window));
            let Some(found) = found else { continue };
            let range = hit.start()..hit.start() + found.end();
            if found.as_str().ends_with(|c: char| c.is_alphanumeric()) && !word::ends(text, range.end) {
                continue;
            }
            self.value.clear();
            self.value.extend(found.as_str().chars().filter(|c| !c.is_whitespace()));
            self.accept(index, range, false);
        }
    }

    fn emails(&mut self) {
        let Some(rule) = self.set.email_rule else { return };
        let text = self.folded.as_str();
        for at in memchr::memchr_iter(b'@', text.as_bytes()) {
            if let Some(range) = email::around(text, at) {
                self.value.clear();
                self.value.extend(text.get(range.clone()).unwrap_or_default().chars().map(|c| c.to_ascii_lowercase()));
                self.accept(rule, range, false);
            }
        }
    }

    fn keywords(&mut self) {
        let Some(rule) = self.set.keyword_rule else { return };
        let (set, text) = (self.set, self.folded.as_str());
        set.keywords.find(text, |range| {
            let term = text.get(range.clone()).unwrap_or_default();
            self.value = term.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
            self.accept(rule, range, false);
        });
    }

    fn tell(&mut self, rule: Option<&Rule>, range: &Range<usize>, step: &str) {
        if let Some(trace) = &mut self.trace {
            let rule = rule.map(|r| r.id.clone()).unwrap_or_default();
            let range = self.folded.original(range.start, range.end);
            trace.push(Trace { range, rule, score: Score::default(), steps: vec![step.to_owned()] });
        }
    }

    // ---- evidence and arbitration ------------------------------------------------------------------------------

    fn weigh(&mut self, limit: usize) -> Found {
        let mut context = Context::new(self.text, self.folded, &self.set.vocabulary);
        let mut matches = Vec::with_capacity(self.survivors.len().min(1024));
        for survivor in std::mem::take(&mut self.survivors) {
            let Some(rule) = self.set.rules.get(survivor.rule) else { continue };
            let needs_word = rule.needs_keyword() && self.trace.is_none();
            if needs_word && !context.mentions(survivor.rule) {
                continue;
            }
            let mut evidence = Vec::with_capacity(2);
            let label =
                if rule.keywords.is_empty() { Label::None } else { context.label(survivor.rule, &survivor.range) };
            let (mut points, what) = context::score(rule, &label, survivor.bare);
            evidence.push(what);
            let weak = rule.is_weak(&survivor.value) && !matches!(label, Label::Ours(_) | Label::Shared(_));
            if weak {
                evidence.push(Evidence { points: -WEAK_POINTS, what: "a length or prefix hardly in use".to_owned() });
                points -= WEAK_POINTS;
            }
            let isolated = i16::from(rule.confidence.isolated) - points;
            if isolated > 0 && label == Label::None && !survivor.bare && context.is_isolated(&survivor.range) {
                evidence.push(Evidence { points: isolated, what: "the only number in a line of words".to_owned() });
                points += isolated;
            }
            if rule.test_values.contains(&survivor.value) {
                let cap = TEST_VALUE_SCORE.min(points);
                evidence.push(Evidence { points: cap - points, what: "well-known test value".to_owned() });
                points = cap;
            }
            let range = self.folded.original(survivor.range.start, survivor.range.end);
            if let Some(trace) = &mut self.trace {
                let mut steps = vec!["passes its checks".to_owned()];
                steps.extend(evidence.iter().map(|e| format!("{} ({:+})", e.what, e.points)));
                trace.push(Trace { range: range.clone(), rule: rule.id.clone(), score: Score::new(points), steps });
            }
            if points >= SCORE_FLOOR {
                let score = Score::new(points);
                let value = Value::new(survivor.value);
                let found = Match { rule: survivor.rule, range, score, value, evidence };
                matches.push((survivor.range.len(), found));
            }
        }
        let mut matches = arbitrate(matches, self.set.keyword_rule);
        self.drop_repeats(&mut matches);
        // The limit is a rule's own: ten thousand mail addresses must not hide a card behind them.
        let mut kept = vec![0_usize; self.set.rules.len()];
        let before = matches.len();
        matches.retain(|m| {
            let kept = kept.get_mut(m.rule);
            kept.is_some_and(|n| {
                *n += 1;
                *n <= limit
            })
        });
        Found { capped: matches.len() < before, matches }
    }

    /// A cell that holds the same value twice, as shown and as stored, is one match.
    fn drop_repeats(&self, matches: &mut Vec<Match>) {
        matches.dedup_by(|next, first| {
            next.rule == first.rule
                && next.value == first.value
                && self.text.position_at(first.range.start).table > 0
                && self.text.same_place(first.range.start..next.range.end)
        });
    }
}

/// One span, one match: of overlapping matches the surer wins, then the longer, then the earlier rule. Keywords are
/// apart: a term may stand in or around a number. Each match comes with its length in the folded text: how many bytes
/// a digit takes in its script decides nothing.
fn arbitrate(mut matches: Vec<(usize, Match)>, keyword_rule: Option<usize>) -> Vec<Match> {
    matches.sort_by_key(|(length, m)| (std::cmp::Reverse((m.score, *length)), m.range.start, m.rule));
    let mut matches: Vec<_> = matches.into_iter().map(|(_, m)| m).collect();
    // Accepted spans by start; they do not overlap, so only the neighbours need a look.
    let mut taken = std::collections::BTreeMap::<usize, usize>::new();
    let mut words = std::collections::BTreeMap::<usize, usize>::new();
    matches.retain(|m| {
        let taken = if Some(m.rule) == keyword_rule { &mut words } else { &mut taken };
        let before = taken.range(..m.range.end).next_back();
        let free = before.is_none_or(|(_, end)| *end <= m.range.start);
        if free {
            taken.insert(m.range.start, m.range.end);
        }
        free
    });
    matches.sort_by_key(|m| (m.range.start, m.range.end, m.rule));
    matches
}

/// The separator used throughout `groups` (a line break may stand for one of them), if the rule allows it.
fn separators(rule: &Rule, groups: &[Group]) -> Result<Option<Separator>, &'static str> {
    let mut used = None;
    let mut lines = 0;
    for separator in groups.iter().skip(1).filter_map(|g| g.before) {
        if !rule.allows(separator) {
            return Err("the rule does not allow this separator");
        }
        if separator == Separator::Line {
            lines += 1;
        } else if used.is_some_and(|u| u != separator) {
            return Err("mixed separators");
        } else {
            used = Some(separator);
        }
    }
    // A column of numbers is not one number: at most one line break, and not between two groups alone unless the
    // value is only two groups long.
    if lines > 1 || (lines == 1 && used.is_none() && groups.len() > 2) {
        return Err("a column of numbers");
    }
    Ok(used)
}

/// Whether the groups `first..=last` of a run are a number of their own: not inside a word, a decimal, or a longer
/// series with the same separator.
fn stands_alone(run: &Run, first: usize, last: usize, used: Option<Separator>) -> Result<(), &'static str> {
    let joined = (first == 0 && run.joined_left) || (last + 1 == run.groups.len() && run.joined_right);
    if joined {
        return Err("part of a longer word, decimal or path");
    }
    let length = run.groups.get(last).map_or(0, Group::len);
    let left = first
        .checked_sub(1)
        .and_then(|i| run.groups.get(i))
        .map(|g| (g.len(), run.groups.get(first).and_then(|f| f.before)));
    let right = run.groups.get(last + 1).map(|g| (g.len(), g.before));
    for (neighbour, separator) in [left, right].into_iter().flatten() {
        let continues = match separator {
            None | Some(Separator::Line) => false,
            // Fields of a line stand apart by blanks; a group as long as the value's own continues it.
            Some(Separator::Space) => used == Some(Separator::Space) && neighbour == length,
            Some(_) => true,
        };
        if continues {
            return Err("part of a longer series of digit groups");
        }
    }
    Ok(())
}
