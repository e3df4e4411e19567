//! The way from text to matches: candidates, checks, evidence, arbitration.

pub(super) mod boundary;
mod candidates;
mod clock;
mod evidence;
mod series;
mod strewn;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use clock::Clock;
use series::Series;
use strewn::Chain;

use super::arbitrate::arbitrate;
use super::around::Around;
use super::candidate::run::{self, Run};
use super::candidate::shape::Shape;
use super::cells::Cells;
use super::column::Columns;
use super::context::Context;
use super::detector::Detected;
use super::fold::Folded;
use super::rule::{Form, Rule};
use super::ruleset::Ruleset;
use super::{Match, Score};
use crate::document::Text;

/// Scores below this are no matches, whatever level the caller asks for.
pub(super) const SCORE_FLOOR: i16 = 40;

/// Candidates that are weighed when there is no time left: a tenth of a second's work.
const WEIGHED_LATE_MAX: usize = 10_000;

/// What was found in one text.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Matches in the order of the text; none overlaps another of its kind.
    pub matches: Vec<Match>,
    /// Whether there were more than the limit.
    pub capped: bool,
    /// Byte of the text behind which some kind of value was not looked for because there was no time left; `None` =
    /// everything was looked for everywhere.
    pub stopped: Option<usize>,
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
#[derive(Clone, Debug)]
struct Survivor {
    rule: usize,
    part: usize,
    /// Bytes of the folded text.
    range: Range<usize>,
    value: String,
    /// Written without separators, or in a form that other things are written in too.
    bare: bool,
    /// In a grouping that the rule does not know: only a label can tell what it is.
    loose: bool,
    /// Over several lines or cells: low at most.
    spread: bool,
}

impl Ruleset {
    /// Finds everything in `text`; at most `limit` matches of each rule are kept.
    pub fn find(&self, text: &Text<'_>, limit: usize) -> Found {
        self.find_until(text, limit, &|| false)
    }

    /// Finds what there is time for: `is_over` is asked every now and then whether to stop. What was found until then
    /// is weighed and kept, and [`Found::stopped`] says how far it got.
    pub fn find_until(&self, text: &Text<'_>, limit: usize, is_over: &dyn Fn() -> bool) -> Found {
        Finder::run(self, text, limit, None, is_over).0
    }

    /// Tells for every candidate in `text` which rules looked at it and what each step decided.
    pub fn explain(&self, text: &Text<'_>) -> Vec<Trace> {
        Finder::run(self, text, usize::MAX, Some(Vec::new()), &|| false).1
    }
}

impl super::purview::Candidates for Ruleset {
    fn candidates(&self, rule: &str, text: &Text<'_>) -> Vec<(Range<usize>, String)> {
        let Some(index) = self.rules.iter().position(|r| r.id == rule) else { return Vec::new() };
        let folded = Folded::new(text.as_str());
        let cells = Cells::new(text);
        let mut finder = Finder::new(self, text, &cells, &folded, None, &|| false);
        finder.of_rule(index);
        let survivors = finder.survivors.into_iter().filter(|s| s.rule == index);
        let mut found: Vec<_> = survivors.map(|s| (folded.original(s.range.start, s.range.end), s.value)).collect();
        found.sort_by_key(|(range, _)| (range.start, range.end));
        found.dedup();
        found
    }
}

struct Finder<'t> {
    set: &'t Ruleset,
    text: &'t Text<'t>,
    cells: &'t Cells<'t>,
    folded: &'t Folded<'t>,
    survivors: Vec<Survivor>,
    /// Parts of the text with digits in them, and what stands around.
    regions: Vec<Range<usize>>,
    /// Rules of [`Ruleset::with_literals`] whose literals were met.
    met: HashSet<usize>,
    columns: Columns,
    series: Series,
    /// What stood together in front of the run that is looked at.
    strewn: Chain,
    clock: Clock<'t>,
    trace: Option<Vec<Trace>>,
}

impl<'t> Finder<'t> {
    fn run(
        set: &Ruleset,
        text: &Text<'_>,
        limit: usize,
        trace: Option<Vec<Trace>>,
        is_over: &dyn Fn() -> bool,
    ) -> (Found, Vec<Trace>) {
        let folded = Folded::new(text.as_str());
        let cells = Cells::new(text);
        let mut finder = Finder::new(set, text, &cells, &folded, trace, is_over);
        let mut context = Context::new(text, &cells, &folded, &set.vocabulary);
        finder.runs(&mut context);
        for pass in [Finder::words, Finder::literals, Finder::finders, Finder::keywords] {
            if !finder.clock.stops_pass() {
                pass(&mut finder);
            }
        }
        let mut found = finder.weigh(&mut context, limit);
        finder.packages(limit, &mut found);
        found.stopped = finder.clock.stopped().map(|at| folded.original(at, at).start);
        (found, finder.trace.unwrap_or_default())
    }

    fn new(
        set: &'t Ruleset,
        text: &'t Text<'t>,
        cells: &'t Cells<'t>,
        folded: &'t Folded<'t>,
        trace: Option<Vec<Trace>>,
        is_over: &'t dyn Fn() -> bool,
    ) -> Self {
        Self {
            set,
            text,
            cells,
            folded,
            survivors: Vec::new(),
            regions: Vec::new(),
            met: HashSet::new(),
            columns: Columns::default(),
            series: Series::default(),
            strewn: Chain::default(),
            clock: Clock::new(is_over),
            trace,
        }
    }

    /// Everything that the patterns of one rule match and its checks accept, whether a keyword is near or not.
    fn of_rule(&mut self, rule_index: usize) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let mut run = Run::default();
        let mut at = run::Start::default();
        while let Some(next) = run::next_run(self.folded.as_str(), at, &mut run) {
            at = next;
            self.note_region(&run.range());
            for (part_index, part) in rule.parts.iter().enumerate() {
                let firsts = 0..run.groups.len();
                match &part.form {
                    Form::Shapes(shapes) => {
                        for (shape, first) in (0..shapes.len()).flat_map(|s| firsts.clone().map(move |f| (s, f))) {
                            self.shape(&run, first, rule_index, part_index, shape);
                        }
                    }
                    Form::Spaced(_) => firsts.for_each(|first| self.spaced(&run, first, rule_index, part_index)),
                    Form::Count { least, most } => self.count(&run, rule_index, part_index, *least..=*most),
                    _ => {}
                }
            }
        }
        let has = |holds: fn(&Form) -> bool| rule.parts.iter().any(|p| holds(&p.form));
        if has(|f| matches!(f, Form::Shapes(shapes) if shapes.iter().any(Shape::may_be_letters))) {
            self.words();
        }
        if has(|f| matches!(f, Form::Expression(_))) {
            self.literals();
        }
        if has(|f| matches!(f, Form::Finder(..))) {
            self.finders();
        }
    }

    /// Adds what rule packages find. They stand apart: a customer's type is told beside the built-in one.
    #[allow(clippy::arithmetic_side_effects, reason = "matches of a text are counted")]
    fn packages(&mut self, limit: usize, found: &mut Found) {
        let mut matches = Vec::new();
        let candidates = self.set.functions.as_deref().unwrap_or(self.set);
        for (package, rules) in &self.set.packages {
            if self.clock.stops_pass() {
                break;
            }
            let is_late = || self.clock.stops(0);
            found.capped |= package.find(self.text, rules, candidates, &is_late, &mut matches);
        }
        if matches.is_empty() {
            return;
        }
        matches.sort_by_key(|m| (m.range.start, m.range.end, m.rule));
        let mut kept = HashMap::<usize, usize>::new();
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

    fn tell(&mut self, rule: Option<&Rule>, range: &Range<usize>, step: &str) {
        if let Some(trace) = &mut self.trace {
            let rule = rule.map(|r| r.id.clone()).unwrap_or_default();
            let range = self.folded.original(range.start, range.end);
            trace.push(Trace { range, rule, score: Score::default(), steps: vec![step.to_owned()] });
        }
    }

    /// Weighs every candidate and settles who has the better claim to each place.
    #[allow(clippy::arithmetic_side_effects, reason = "matches of a text are counted")]
    fn weigh(&mut self, context: &mut Context<'_>, limit: usize) -> Found {
        let mut survivors = std::mem::take(&mut self.survivors);
        survivors.sort_by_key(|s| (s.range.start, s.range.end, s.rule));
        let mut claims = Vec::with_capacity(survivors.len().min(1024));
        let mut around: Option<(Range<usize>, Around)> = None;
        for (weighed, survivor) in survivors.into_iter().enumerate() {
            // What was found in time is worth a little more of it.
            if weighed >= WEIGHED_LATE_MAX && self.clock.stops(survivor.range.start) {
                break;
            }
            let Some(rule) = self.set.rules.get(survivor.rule) else { continue };
            if rule.keywords.is_empty() {
                self.claim(context, &Around::default(), rule, survivor, &mut claims);
                continue;
            }
            if around.as_ref().is_none_or(|(range, _)| *range != survivor.range) {
                around = Some((survivor.range.clone(), Around::look(context, &survivor.range)));
            }
            if let Some((_, around)) = &around {
                self.claim(context, around, rule, survivor, &mut claims);
            }
        }
        let mut matches = arbitrate(claims, self.set);
        self.tell_outcome(&matches);
        self.drop_repeats(&mut matches);
        self.detectors(&mut matches);
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
        Found { capped: matches.len() < before, matches, stopped: None }
    }

    /// Adds to each traced claim whether it became a match, or which rule has the better claim.
    fn tell_outcome(&mut self, matches: &[Match]) {
        let Some(trace) = &mut self.trace else { return };
        for claim in trace.iter_mut().filter(|t| i16::from(t.score.get()) >= SCORE_FLOOR) {
            let first = matches.partition_point(|m| m.range.end <= claim.range.start);
            let over = matches.get(first..).unwrap_or_default().iter().take_while(|m| m.range.start < claim.range.end);
            let mut winner = None;
            for m in over {
                let id = self.set.rules.get(m.rule).map(|r| r.id.as_str());
                if id == Some(claim.rule.as_str()) && m.range == claim.range {
                    winner = None;
                    claim.score = m.score;
                    break;
                }
                winner = winner.or(id);
            }
            claim.steps.push(match winner {
                None => format!("a match, at {}", claim.score.level()),
                Some(id) => format!("no match: `{id}` has the better claim"),
            });
        }
    }

    /// Adds what detectors find. Their matches stand beside those of other rules: a number may be a card and somebody's.
    fn detectors(&mut self, matches: &mut Vec<Match>) {
        let set = self.set;
        let (before, mut found) = (matches.len(), Vec::new());
        for (detector, rules) in &set.detectors {
            if rules.iter().all(Option::is_none) || self.clock.stops_pass() {
                continue;
            }
            detector.find(self.text, &mut found);
            for Detected { rule, range, score, value, evidence } in found.drain(..) {
                let Some(rule) = rules.get(rule).copied().flatten() else { continue };
                if let Some(trace) = &mut self.trace {
                    let id = set.rules.get(rule).map(|r| r.id.clone()).unwrap_or_default();
                    let steps = evidence.iter().map(|e| format!("{} ({:+})", e.what, e.points)).collect();
                    trace.push(Trace { range: range.clone(), rule: id, score, steps });
                }
                if i16::from(score.get()) >= SCORE_FLOOR {
                    matches.push(Match { rule, range, score, value, evidence });
                }
            }
        }
        if matches.len() > before {
            matches.sort_by_key(|m| (m.range.start, m.range.end, m.rule));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ruleset() -> Ruleset {
        Ruleset::builder().builtin().unwrap().enable("credit-card-number").enable("iban").build().unwrap()
    }

    #[test]
    fn a_list_longer_than_a_piece_of_a_run_is_found_whole() {
        let rules = ruleset();
        for (line, rule) in [("4539 5787 6362 1486\n", "credit-card-number"), ("DE89 3704 0044 0532 0130 00\n", "iban")]
        {
            let found = rules.find(&Text::owned(line.repeat(2000)), usize::MAX);
            let lines: HashSet<usize> = found.matches.iter().map(|m| m.range.start).collect();
            assert_eq!((found.matches.len(), lines.len()), (2000, 2000), "{rule}: one match a line");
            assert!(found.matches.iter().all(|m| rules.rules[m.rule].id == rule), "{rule}");
            assert_eq!(found.stopped, None);
        }
    }

    #[test]
    fn out_of_time_it_says_how_far_it_got_and_keeps_what_it_found() {
        let rules = ruleset();
        let text = Text::owned("4539 5787 6362 1486 is a card\n".repeat(2000));
        let asked = std::cell::Cell::new(0);
        let found = rules.find_until(&text, usize::MAX, &|| {
            asked.set(asked.get() + 1);
            asked.get() > 3
        });
        assert_eq!(found.stopped, Some(0), "keywords and literals were looked for nowhere");
        assert!((1..2000).contains(&found.matches.len()), "{} matches", found.matches.len());
        let last = found.matches.last().map_or(0, |m| m.range.end);
        assert!(last < text.len() / 2, "{last}");
    }
}
