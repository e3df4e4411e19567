//! The way from text to matches: candidates, checks, evidence, arbitration.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::arbitrate::{Claim, arbitrate};
use super::around::{self, Around, Label};
use super::candidate::run::{self, Group, Run, Separator};
use super::candidate::shape::Shape;
use super::candidate::{FINDER_BYTES_MAX, Where};
use super::column::Columns;
use super::context::Context;
use super::detector::Detected;
use super::fold::Folded;
use super::rule::{Form, Part, Rule};
use super::ruleset::Ruleset;
use super::{Evidence, Match, Score, Value};
use crate::document::Text;

/// Scores below this are no matches, whatever level the caller asks for.
pub(super) const SCORE_FLOOR: i16 = 40;
/// Score of a well-known test value: shown at low, never more.
const TEST_VALUE_SCORE: i16 = 65;
/// Taken from an unlabelled value whose prefix and length are marked weak in its rule.
const WEAK_POINTS: i16 = 15;
/// Taken from an unlabelled value of this score or more that stands among other numbers and no words.
const ROW_POINTS: i16 = 10;
const ROW_MIN: i16 = 65;
/// Taken from a value in a grouping that its rule does not know.
const LOOSE_POINTS: i16 = 6;
/// Bytes an expression may look at behind its literal. A private key of 16,384 bits in PEM takes 13 KB.
const LITERAL_WINDOW_BYTES: usize = 16 << 10;
/// Bytes between two values of a list.
const SERIES_BYTES_MAX: usize = 80;
/// Groups that a number in a grouping of its own may have.
const LOOSE_GROUPS_MAX: usize = 8;

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
    fn candidates(&self, rule: &str, text: &Text<'_>) -> Vec<(Range<usize>, String)> {
        let Some(index) = self.rules.iter().position(|r| r.id == rule) else { return Vec::new() };
        let folded = Folded::new(text.as_str());
        let mut finder = Finder::new(self, text, &folded, None);
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
    folded: &'t Folded<'t>,
    survivors: Vec<Survivor>,
    /// Where to look again for runs whose rules need a keyword.
    pending: Vec<usize>,
    /// Parts of the text with digits in them, and what stands around.
    regions: Vec<Range<usize>>,
    /// Rules of [`Ruleset::with_literals`] whose literals were met.
    met: HashSet<usize>,
    columns: Columns,
    series: Series,
    trace: Option<Vec<Trace>>,
}

impl<'t> Finder<'t> {
    fn run(set: &Ruleset, text: &Text<'_>, limit: usize, trace: Option<Vec<Trace>>) -> (Found, Vec<Trace>) {
        let folded = Folded::new(text.as_str());
        let mut finder = Finder::new(set, text, &folded, trace);
        finder.runs();
        finder.words();
        finder.literals();
        finder.finders();
        finder.keywords();
        let mut found = finder.weigh(limit);
        finder.packages(limit, &mut found);
        (found, finder.trace.unwrap_or_default())
    }

    fn new(set: &'t Ruleset, text: &'t Text<'t>, folded: &'t Folded<'t>, trace: Option<Vec<Trace>>) -> Self {
        Self {
            set,
            text,
            folded,
            survivors: Vec::new(),
            pending: Vec::new(),
            regions: Vec::new(),
            met: HashSet::new(),
            columns: Columns::default(),
            series: Series::default(),
            trace,
        }
    }

    /// Everything that the patterns of one rule match and its checks accept, whether a keyword is near or not.
    fn of_rule(&mut self, rule_index: usize) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let mut run = Run::default();
        let mut at = 0;
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

    // ---- candidates and checks ---------------------------------------------------------------------------------

    /// Groups of letters and digits around every digit.
    fn runs(&mut self) {
        let (set, text) = (self.set, self.folded.as_str());
        let mut run = Run::default();
        let mut at = 0;
        while let Some(next) = run::next_run(text, at, &mut run) {
            let before = (self.survivors.len(), self.trace.as_ref().map_or(0, Vec::len));
            self.columns.next_run();
            for first in 0..run.groups.len() {
                let Some(group) = run.groups.get(first) else { continue };
                let left = run.groups.len() - first;
                for shape in set.shapes.alone(run.group(group)).iter().filter(|s| s.groups <= left) {
                    self.shape(&run, first, shape.rule, shape.part, shape.shape);
                }
                if !group.is_digits() && group.len() >= 4 {
                    for &(rule, part) in &set.shapes.spaced {
                        self.spaced(&run, first, rule, part);
                    }
                }
            }
            self.note_region(&run.range());
            let digits = run.groups.iter().map(|g| g.digits).sum::<usize>();
            if self.trace.is_some() {
                self.keyed_all(&run);
                let traced = self.trace.as_ref().map_or(0, Vec::len);
                if (self.survivors.len(), traced) == before && digits >= 7 {
                    self.tell(None, &run.range(), "no rule accepts letters and digits in these groups here");
                }
            } else if run.len() >= set.shapes.least_keyed {
                self.pending.push(at);
            }
            at = next;
        }
    }

    /// Remembers where digits are: finders look there.
    fn note_region(&mut self, run: &Range<usize>) {
        let text = self.folded.as_str();
        let from = super::context::floor_boundary(text, run.start.saturating_sub(FINDER_BYTES_MAX));
        let to = super::context::floor_boundary(text, (run.end + FINDER_BYTES_MAX).min(text.len()));
        match self.regions.last_mut() {
            Some(last) if last.end >= from => last.end = last.end.max(to),
            _ => self.regions.push(from..to),
        }
    }

    /// Every rule at every group, whether its keywords are near or not: for explaining.
    fn keyed_all(&mut self, run: &Run) {
        for rule in 0..self.set.rules.len() {
            self.keyed(run, rule);
        }
    }

    /// Tries what a rule finds only with a keyword.
    fn keyed(&mut self, run: &Run, rule_index: usize) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let before = self.survivors.len();
        for (part_index, part) in rule.parts.iter().enumerate() {
            match &part.form {
                Form::Shapes(shapes) if part.tiers.needs_keyword() => {
                    for (shape_index, shape) in shapes.iter().enumerate() {
                        for first in 0..run.groups.len() {
                            if run.groups.get(first).is_some_and(|g| g.len() == shape.first_len()) {
                                self.shape(run, first, rule_index, part_index, shape_index);
                            }
                        }
                    }
                }
                Form::Count { least, most } => self.count(run, rule_index, part_index, *least..=*most),
                _ => {}
            }
        }
        if self.survivors.len() == before {
            self.loose(run, rule_index);
        }
    }

    /// Tries one shape at one group of a run.
    fn shape(&mut self, run: &Run, first: usize, rule_index: usize, part_index: usize, shape_index: usize) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let Some(part) = rule.parts.get(part_index) else { return };
        let Form::Shapes(shapes) = &part.form else { return };
        let Some(fit) = shapes.get(shape_index).and_then(|shape| shape.fits(run, first, &part.separators)) else {
            return;
        };
        let range = span(run, first, fit.last);
        if let Err(why) = stands_alone(run, first, fit.last, fit.used) {
            return self.tell(Some(rule), &range, why);
        }
        let value = run.value(first, fit.last).to_owned();
        self.accept(rule_index, part_index, range, value, fit.last == first);
    }

    /// Tries a rule whose values tell their own length, over single separators.
    fn spaced(&mut self, run: &Run, first: usize, rule_index: usize, part_index: usize) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let Some(part) = rule.parts.get(part_index) else { return };
        let Form::Spaced(start) = &part.form else { return };
        let all = run.value(first, run.groups.len().saturating_sub(1));
        let fits = start.len() <= all.len()
            && start.iter().zip(all.bytes()).all(|(class, byte)| super::candidate::shape::has(*class, byte));
        if !fits {
            return;
        }
        let length = part.checks.iter().find_map(|c| c.length).and_then(|length| length(all));
        let Some(length) = length else {
            return self.tell(Some(rule), &span(run, first, first), "begins with no known country code");
        };
        let (mut taken, mut lines) = (0, 0);
        let mut last = first;
        let mut used = None;
        for (index, group) in run.groups.iter().enumerate().skip(first) {
            if index > first {
                lines += usize::from(group.before == Some(Separator::Line));
                if matches!(group.before, Some(Separator::Slash | Separator::Plus | Separator::Paren)) {
                    break;
                }
                used = group.before.filter(|s| *s != Separator::Line).or(used);
            }
            taken += group.len();
            last = index;
            if taken >= length {
                break;
            }
        }
        let range = span(run, first, last);
        if taken != length || lines > 1 {
            return self.tell(Some(rule), &range, "not as long as its country's numbers");
        }
        if let Err(why) = stands_alone(run, first, last, used) {
            return self.tell(Some(rule), &range, why);
        }
        let value = run.value(first, last).to_owned();
        self.accept(rule_index, part_index, range, value, first == last);
    }

    /// Tries a rule that takes any number of so many digits, in any groups.
    fn count(&mut self, run: &Run, rule: usize, part: usize, digits: std::ops::RangeInclusive<usize>) {
        for (first, last) in digit_stretches(run) {
            let length: usize = run.groups.get(first..=last).unwrap_or_default().iter().map(Group::len).sum();
            if digits.contains(&length) {
                self.whole(run, first, last, rule, part, false);
            }
        }
    }

    /// A stretch of groups as one value, whatever its grouping.
    fn whole(&mut self, run: &Run, first: usize, last: usize, rule_index: usize, part_index: usize, loose: bool) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let Some(part) = rule.parts.get(part_index) else { return };
        let groups = run.groups.get(first..=last).unwrap_or_default();
        let range = span(run, first, last);
        // A year at either end of three groups is a date, not a number of its own.
        let year = |g: Option<&Group>| {
            let text = g.map(|g| run.group(g)).unwrap_or_default();
            text.len() == 4 && (text.starts_with(b"19") || text.starts_with(b"20"))
        };
        let dated = groups.len() == 3 && (year(groups.first()) || year(groups.last()))
            || groups.len() == 2 && year(groups.first()) && year(groups.last());
        let why = match separators(part, groups, loose).and_then(|used| stands_alone(run, first, last, used)) {
            Err(why) => Some(why),
            Ok(()) if dated => Some("reads like a date"),
            Ok(()) if groups.len() > LOOSE_GROUPS_MAX => Some("too many groups"),
            Ok(()) => None,
        };
        if let Some(why) = why {
            if !loose {
                self.tell(Some(rule), &range, why);
            }
            return;
        }
        let kept = self.survivors.len();
        self.accept(rule_index, part_index, range, run.value(first, last).to_owned(), first == last);
        if let Some(survivor) = self.survivors.get_mut(kept) {
            survivor.loose = loose;
        }
    }

    /// A value in a grouping of its own: its letters and digits are those of the rule's bare shape.
    fn loose(&mut self, run: &Run, rule_index: usize) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        for (part_index, part) in rule.parts.iter().enumerate() {
            let Form::Shapes(shapes) = &part.form else { continue };
            for (first, last) in digit_stretches(run).filter(|(first, last)| last > first) {
                let value = run.value(first, last).as_bytes();
                if shapes.iter().any(|shape| shape.is_bare() && shape.holds(value)) {
                    self.whole(run, first, last, rule_index, part_index, true);
                }
            }
        }
    }

    /// Keeps the candidate if it passes the rule's checks and no border runs through it.
    fn accept(&mut self, rule_index: usize, part_index: usize, range: Range<usize>, value: String, bare: bool) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let Some(part) = rule.parts.get(part_index) else { return };
        let passed = rule.accepts(part, &value);
        if part.chance <= Columns::CHANCE_MAX {
            let original = self.folded.original(range.start, range.start).start;
            self.columns.note(self.text, original, rule_index, passed.is_ok());
        }
        if let Err(check) = passed {
            return self.tell(Some(rule), &range, &format!("fails: {check}"));
        }
        if !self.text.same_place(self.folded.original(range.start, range.end)) {
            return self.tell(Some(rule), &range, "runs over the border of a cell, page or sheet");
        }
        self.survivors.push(Survivor { rule: rule_index, part: part_index, range, value, bare, loose: false });
    }

    /// Words that a shape allows to have no digit.
    fn words(&mut self) {
        let (set, text) = (self.set, self.folded.as_str());
        let bytes = text.as_bytes();
        if set.shapes.words.is_empty() {
            return;
        }
        // A word of n characters covers one of every n bytes: only those are looked at.
        let step = set.shapes.words.iter().map(|s| s.length).min().unwrap_or(1).max(1);
        let upper = |b: &&u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        let mut at = 0;
        let mut probe = step - 1;
        while let Some(byte) = bytes.get(probe) {
            if !upper(&byte) {
                probe += step;
                continue;
            }
            let start = probe - bytes.get(at..probe).unwrap_or_default().iter().rev().take_while(upper).count();
            let length = bytes.get(start..).unwrap_or_default().iter().take_while(upper).count();
            at = start + length;
            probe = at + step;
            let Some(value) = text.get(start..start + length) else { continue };
            for shape in set.shapes.words.iter().filter(|s| s.length == length) {
                let fits = set.rules.get(shape.rule).and_then(|rule| rule.parts.get(shape.part));
                let fits = fits.and_then(|part| match &part.form {
                    Form::Shapes(shapes) => shapes.get(shape.shape),
                    _ => None,
                });
                if fits.is_some_and(|shape| shape.holds(value.as_bytes())) && begins(text, start) && ends(text, at) {
                    self.accept(shape.rule, shape.part, start..at, value.to_owned(), true);
                }
            }
        }
    }

    fn literals(&mut self) {
        let set = self.set;
        let text = self.folded.as_str();
        let Some(literals) = &set.literals else { return };
        literals.find(text, |at, (rule, part)| {
            if set.with_literals.contains(&rule) {
                self.met.insert(rule);
            }
            self.expression(text, at, rule, part);
        });
    }

    /// Tries an expression where one of its literals starts.
    fn expression(&mut self, text: &str, at: usize, rule: usize, part: usize) {
        let form = self.set.rules.get(rule).and_then(|r| r.parts.get(part)).map(|p| &p.form);
        let Some(Form::Expression(expression)) = form else { return };
        let Some(regex) = expression.regex() else { return };
        let most = (at + LITERAL_WINDOW_BYTES).min(text.len());
        let most = (0..=most).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(most);
        let Some(window) = text.get(at..most) else { return };
        let found = if regex.captures_len() > 1 {
            regex.captures(window).and_then(|c| c.name("value").or_else(|| c.get(1)))
        } else {
            regex.find(window)
        };
        let Some(found) = found.filter(|f| !f.is_empty()) else { return };
        let range = at + found.start()..at + found.end();
        let cut = (found.as_str().starts_with(|c: char| c.is_alphanumeric()) && !begins(text, range.start))
            || (found.as_str().ends_with(|c: char| c.is_alphanumeric()) && !ends(text, range.end));
        if cut {
            return;
        }
        let value: String = found.as_str().chars().filter(|c| !c.is_whitespace()).collect();
        if entropy(&value) < expression.min_entropy {
            return self.tell(self.set.rules.get(rule), &range, "too regular for a secret");
        }
        self.accept(rule, part, range, value, false);
    }

    fn finders(&mut self) {
        let (set, text) = (self.set, self.folded.as_str());
        let regions = std::mem::take(&mut self.regions);
        let whole = std::slice::from_ref(&(0..text.len())).to_vec();
        for finder in &set.finders {
            if finder.place == Where::WithLiterals && !finder.owners.iter().any(|(rule, _)| self.met.contains(rule)) {
                continue;
            }
            for region in if finder.place == Where::NearDigits { &regions } else { &whole } {
                let Some(part) = text.get(region.clone()) else { continue };
                (finder.find)(part, &mut |range, value| {
                    let (value, bare) = value.strip_prefix('?').map_or((value, false), |v| (v, true));
                    let range = region.start + range.start..region.start + range.end;
                    for &(rule, part) in &finder.owners {
                        self.accept(rule, part, range.clone(), value.to_owned(), bare);
                    }
                });
            }
        }
    }

    fn keywords(&mut self) {
        let Some(rule) = self.set.keyword_rule else { return };
        let (set, text) = (self.set, self.folded.as_str());
        set.keywords.find(text, |range| {
            let term = text.get(range.clone()).unwrap_or_default();
            let value = term.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
            self.accept(rule, 0, range, value, false);
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
        self.look_again(&mut context);
        let mut survivors = std::mem::take(&mut self.survivors);
        survivors.sort_by_key(|s| (s.range.start, s.range.end, s.rule));
        let mut claims = Vec::with_capacity(survivors.len().min(1024));
        let mut around: Option<(Range<usize>, Around)> = None;
        for survivor in survivors {
            let Some(rule) = self.set.rules.get(survivor.rule) else { continue };
            if rule.keywords.is_empty() {
                self.claim(&context, &Around::default(), rule, survivor, &mut claims);
                continue;
            }
            if around.as_ref().is_none_or(|(range, _)| *range != survivor.range) {
                around = Some((survivor.range.clone(), Around::look(&mut context, &survivor.range)));
            }
            if let Some((_, around)) = &around {
                self.claim(&context, around, rule, survivor, &mut claims);
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
        Found { capped: matches.len() < before, matches }
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

    /// Tries the rules that need a keyword where one of theirs is near.
    fn look_again(&mut self, context: &mut Context<'_>) {
        let text = self.folded.as_str();
        let mut run = Run::default();
        // Rules that had a candidate in the last run, and where it ended: a list goes on without its heading.
        let (mut going_on, mut end) = (Vec::new(), 0);
        for at in std::mem::take(&mut self.pending) {
            if run::next_run(text, at, &mut run).is_none() {
                continue;
            }
            self.columns.next_run();
            let range = run.range();
            let mut rules = context.rules_near(&range);
            if range.start < end + SERIES_BYTES_MAX {
                rules.append(&mut going_on);
                rules.sort_unstable();
                rules.dedup();
            }
            let before = self.survivors.len();
            for rule in rules {
                self.keyed(&run, rule);
            }
            going_on = self.survivors.get(before..).unwrap_or_default().iter().map(|s| s.rule).collect();
            end = range.end;
        }
    }

    /// Weighs the evidence for one candidate.
    fn claim(&mut self, context: &Context<'_>, around: &Around, rule: &Rule, s: Survivor, claims: &mut Vec<Claim>) {
        let Some(part) = rule.parts.get(s.part) else { return };
        let label = if rule.keywords.is_empty() { Label::None } else { around.label(context, s.rule) };
        let label = self.series.go_on(context, &s, label, around.is_in_table());
        let labelled = matches!(label, Label::Ours(_));
        if s.loose && !labelled {
            return self.tell(Some(rule), &s.range, "in other groups than the rule's, and no label names it");
        }
        let (mut points, what) = around::score(&part.tiers, &label, s.bare);
        let mut evidence = Vec::with_capacity(2);
        evidence.push(what);
        let mut add = |points: &mut i16, more: i16, what: String| {
            *points += more;
            evidence.push(Evidence { points: more, what });
        };
        if s.loose {
            add(&mut points, -LOOSE_POINTS, "in other groups than the rule's".to_owned());
        }
        if rule.is_weak(&s.value) && !matches!(label, Label::Ours(_) | Label::Shared(_)) {
            add(&mut points, -WEAK_POINTS, "a length or prefix hardly in use".to_owned());
        }
        let isolated = i16::from(part.tiers.isolated) - points;
        if isolated > 0 && label == Label::None && !s.bare && context.is_isolated(&s.range) {
            add(&mut points, isolated, "the only number in a line of words".to_owned());
        }
        if label == Label::None && points >= ROW_MIN && context.is_row_of_numbers(&s.range) {
            add(&mut points, -ROW_POINTS, "in a row of numbers".to_owned());
        }
        let original = self.folded.original(s.range.start, s.range.end);
        if let Some((more, what)) =
            self.columns.evidence(self.text, original.start, s.rule, &part.tiers, &label, points)
        {
            add(&mut points, more, what);
        }
        if label.word().is_some()
            && let Some(more) = around.support(context, s.rule, rule)
        {
            add(&mut points, more.points, more.what);
        }
        if rule.test_values.contains(&s.value) {
            let cap = TEST_VALUE_SCORE.min(points);
            let more = cap - points;
            add(&mut points, more, "well-known test value".to_owned());
        }
        if let Some(trace) = &mut self.trace {
            let mut steps = vec!["passes its checks".to_owned()];
            steps.extend(evidence.iter().map(|e| format!("{} ({:+})", e.what, e.points)));
            trace.push(Trace { range: original.clone(), rule: rule.id.clone(), score: Score::new(points), steps });
        }
        if points >= SCORE_FLOOR {
            let found = Match {
                rule: s.rule,
                range: original,
                score: Score::new(points),
                value: Value::new(s.value),
                evidence,
            };
            claims.push(Claim {
                word: label.word().map_or(0, |(word, labels)| if labels { word.len() } else { 0 }),
                length: s.range.len(),
                evident: label.word().is_some() || rule.keywords.is_empty(),
                labelled,
                loose: s.loose,
                found,
            });
        }
    }

    /// Adds what detectors find. Their matches stand beside those of other rules: a number may be a card and somebody's.
    fn detectors(&mut self, matches: &mut Vec<Match>) {
        let set = self.set;
        let (before, mut found) = (matches.len(), Vec::new());
        for (detector, rules) in &set.detectors {
            if rules.iter().all(Option::is_none) {
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

/// Lists: values of one rule that follow each other under one label.
#[derive(Debug, Default)]
struct Series {
    /// For each rule where its last labelled value ended, and the label.
    last: HashMap<usize, (usize, String)>,
}

impl Series {
    /// The label of a value, which may be that of the value it follows in a list.
    fn go_on(&mut self, context: &Context<'_>, s: &Survivor, label: Label, in_table: bool) -> Label {
        let label = match (label, self.last.get(&s.rule)) {
            (label @ (Label::None | Label::Nearby(_)), Some((end, word))) if !in_table && *end <= s.range.start => {
                match gap(context.folded().get(*end..s.range.start).unwrap_or_default()) {
                    Gap::Marks => Label::Ours(word.clone()),
                    Gap::Words => Label::Shared(word.clone()),
                    Gap::Other => label,
                }
            }
            (label, _) => label,
        };
        if let Label::Ours(word) | Label::Shared(word) = &label {
            self.last.insert(s.rule, (s.range.end, word.clone()));
        }
        label
    }
}

/// What stands between two values.
enum Gap {
    /// Marks and blanks: they are items of one list.
    Marks,
    /// A few words without a label in them: they may be lines of one list.
    Words,
    Other,
}

fn gap(text: &str) -> Gap {
    let paragraph = text.contains("\n\n") || text.contains("\n\r\n");
    if text.len() > SERIES_BYTES_MAX || paragraph || text.contains([':', '=', '{', '}', '<', '>']) {
        return Gap::Other;
    }
    if !text.contains(char::is_alphanumeric) {
        return Gap::Marks;
    }
    let numbers = text.split(|c: char| !c.is_ascii_digit()).any(|n| n.len() > 4);
    // A sentence ends a list; a line each does not.
    if numbers || text.contains(". ") || !text.contains('\n') { Gap::Other } else { Gap::Words }
}

/// Bytes of the text from group `first` to group `last`; a parenthesis around the last one belongs to it.
fn span(run: &Run, first: usize, last: usize) -> Range<usize> {
    let end =
        run.groups.get(last).map_or(0, |g| g.end + usize::from(g.before == Some(Separator::Paren) && last > first));
    run.groups.get(first).map_or(0, |g| g.start)..end
}

/// The longest stretches of groups of digits: where letters stand between, a number ends.
fn digit_stretches(run: &Run) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = at + run.groups.get(at..)?.iter().position(Group::is_digits)?;
        let length = run.groups.get(first..)?.iter().take_while(|g| g.is_digits()).count();
        at = first + length;
        Some((first, at - 1))
    })
}

/// The separator used throughout `groups` (a line break may stand for one of them), if the rule allows it; any one
/// kind but a line break when `loose`.
fn separators(part: &Part, groups: &[Group], loose: bool) -> Result<Option<Separator>, &'static str> {
    let mut used = None;
    let mut lines = 0;
    for separator in groups.iter().skip(1).filter_map(|g| g.before) {
        if !part.separators.contains(&separator) && (!loose || separator == Separator::Line) {
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
    if lines > 1 || (lines == 1 && used.is_none() && groups.len() > 2) {
        return Err("a column of numbers");
    }
    if lines == 1 && used == Some(Separator::Dot) {
        return Err("a column of decimals");
    }
    Ok(used)
}

/// Whether the groups `first..=last` of a run are a value of their own: not inside a word, a decimal, or a longer
/// series with the same separator.
fn stands_alone(run: &Run, first: usize, last: usize, used: Option<Separator>) -> Result<(), &'static str> {
    // "41 192 115 258" in a row of numbers is a piece of it. A label stands in front as letters.
    if used == Some(Separator::Space) && last > first {
        let spaced = |g: &&Group| g.before == Some(Separator::Space);
        let right = run.groups.get(last + 1..).unwrap_or_default().iter();
        let right = right.take_while(|g| spaced(g) && g.is_digits()).take(2).count();
        let left = run.groups.get(..=first).unwrap_or_default().windows(2).rev();
        let left = left.take_while(|pair| matches!(pair, [g, next] if g.is_digits() && spaced(&next))).take(2).count();
        if left + right > 1 {
            return Err("inside a row of numbers");
        }
    }
    let joined = (first == 0 && run.joined_left) || (last + 1 == run.groups.len() && run.joined_right);
    if joined {
        return Err("part of a longer word, decimal or path");
    }
    let length = |i: usize| run.groups.get(i).map_or(0, Group::len);
    let before =
        first.checked_sub(1).and_then(|i| run.groups.get(i)).map(|g| (g, run.groups.get(first).and_then(|f| f.before)));
    let after = run.groups.get(last + 1).map(|g| (g, g.before));
    for (neighbour, separator, behind) in
        [before.map(|(g, s)| (g, s, false)), after.map(|(g, s)| (g, s, true))].into_iter().flatten()
    {
        let letters = neighbour.is_letters();
        let continues = match separator {
            None | Some(Separator::Line | Separator::Paren) => false,
            // Fields of a line stand apart by blanks; a group as long as the value's own continues it.
            Some(Separator::Space) => {
                used == Some(Separator::Space) && neighbour.is_digits() && neighbour.len() == length(last)
            }
            // "nr.12" is a label, "12.PDF" a file's name.
            Some(Separator::Dot) => !letters || behind,
            Some(_) => true,
        };
        if continues {
            return Err("part of a longer series of groups");
        }
    }
    Ok(())
}

/// Whether nothing before `start` makes the word there a part of a longer one.
fn begins(text: &str, start: usize) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    !before.is_some_and(|c| run::glues(c) || c == '_')
}

/// Whether nothing at `end` continues the word: no letter, digit or underscore; a new sentence stuck to it does not.
fn ends(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    match (after.next(), after.next(), after.next()) {
        (Some(c), Some(d), e) if c.is_uppercase() => {
            d.is_lowercase() && e.is_none_or(|e| e.is_lowercase() || e.is_whitespace())
        }
        (Some(c), _, _) => !run::glues(c) && c != '_',
        _ => true,
    }
}

/// Shannon entropy of the bytes of `value`, in bits a byte.
#[allow(clippy::cast_precision_loss, reason = "counts of at most some thousand bytes")]
fn entropy(value: &str) -> f32 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = value.len() as f32;
    counts.iter().filter(|n| **n > 0).map(|n| *n as f32 / total).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_in_bits_a_byte() {
        assert!(entropy("aaaa") < 0.001 && entropy("") < 0.001);
        assert!((entropy("abcd") - 2.0).abs() < 0.001);
    }
}
