//! Evidence: what stands around a candidate, in points.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one text, and sums of a few scores from 0 to 100")]

use std::ops::Range;

use super::{Finder, SCORE_FLOOR, Survivor, Trace};
use crate::find::arbitrate::Claim;
use crate::find::around::{self, Around, Label};
use crate::find::candidate::run::Run;
use crate::find::column::ColumnEvidence;
use crate::find::context::{Context, floor_boundary};
use crate::find::rule::Rule;
use crate::find::rule_bits::RuleBits;
use crate::find::{Evidence, Match, Score, Value};

/// Score of a well-known test value: shown at low, never more.
const TEST_VALUE_SCORE: i16 = 65;
/// Score of a value whose groups are strewn over lines or cells: lists of short numbers look the same.
const SPREAD_SCORE: i16 = 66;
/// Taken from an unlabelled value whose prefix and length are marked weak in its rule.
const WEAK_POINTS: i16 = 15;
/// Taken from an unlabelled value of this score or more that stands among other numbers and no words.
const ROW_POINTS: i16 = 10;
const ROW_MIN: i16 = 65;
/// Taken from an unlabelled long number whose neighbours in a list are as long and fail its checks.
const LIST_POINTS: i16 = 20;
/// Digits of a number that few things are as long as.
const LONG_DIGITS: usize = 12;
/// Bytes in which the neighbours of a list are looked for.
const BESIDE_BYTES: usize = 64;
/// Taken from a value in a grouping that its rule does not know.
const LOOSE_POINTS: i16 = 6;

/// What gave or took points: put in words only for what is shown.
enum Why {
    /// The label of the value, or that there is none.
    Label,
    This(&'static str),
    That(String),
    Column(ColumnEvidence),
}

impl Why {
    fn in_words(self, label: &Label) -> String {
        match self {
            Self::Label => around::words(label),
            Self::This(what) => what.to_owned(),
            Self::That(what) => what,
            Self::Column(column) => column.in_words(),
        }
    }
}

/// What the rules that need a keyword are tried with, from run to run.
pub(super) struct Again {
    /// Rules that had a candidate in the last run, and where it ended: a list goes on without its heading.
    going_on: RuleBits,
    end: usize,
    /// Rules that may find something in the run.
    possible: RuleBits,
    /// Those of them with a keyword near.
    rules: RuleBits,
}

impl Again {
    /// `rules`: how many there are.
    pub(super) fn new(rules: usize) -> Self {
        let none = || RuleBits::none_of(rules);
        Self { going_on: none(), end: 0, possible: none(), rules: none() }
    }
}

impl Finder<'_> {
    /// Tries the rules that need a keyword where one of theirs is near a run.
    pub(super) fn look_again(&mut self, context: &mut Context<'_>, run: &Run, again: &mut Again) {
        let range = run.range();
        let Again { going_on, end, possible, rules } = again;
        possible.clear();
        self.set.shapes.keyed(run, possible);
        rules.clear();
        if !possible.is_empty() {
            rules.add_all(possible);
            context.keep_near(&range, rules);
            if range.start < *end + super::series::SERIES_BYTES_MAX {
                going_on.keep(possible);
                rules.add_all(going_on);
            }
        }
        let before = self.survivors.len();
        for rule in rules.iter() {
            self.keyed(run, rule);
        }
        going_on.clear();
        self.survivors.get(before..).unwrap_or_default().iter().for_each(|s| going_on.add(s.rule));
        *end = range.end;
    }

    /// Weighs the evidence for one candidate.
    pub(super) fn claim(
        &mut self,
        context: &Context<'_>,
        around: &Around,
        rule: &Rule,
        s: Survivor,
        claims: &mut Vec<Claim>,
    ) {
        let Some(part) = rule.parts.get(s.part) else { return };
        let label = if rule.keywords.is_empty() { Label::None } else { around.label(context, s.rule) };
        let label = self.series.go_on(context, &s, label, around.is_in_table());
        let labelled = matches!(label, Label::Ours(_));
        if s.loose && !labelled {
            return self.tell(Some(rule), &s.range, "in other groups than the rule's, and no label names it");
        }
        let mut points = around::points(&part.tiers, &label, s.bare);
        let mut why = vec![(points, Why::Label)];
        let mut add = |points: &mut i16, more: i16, what: Why| {
            *points += more;
            why.push((more, what));
        };
        if s.loose {
            add(&mut points, -LOOSE_POINTS, Why::This("in other groups than the rule's"));
        }
        if rule.is_weak(&s.value) && !matches!(label, Label::Ours(_) | Label::Shared(_)) {
            add(&mut points, -WEAK_POINTS, Why::This("a length or prefix hardly in use"));
        }
        let isolated = i16::from(part.tiers.isolated) - points;
        if isolated > 0 && label == Label::None && !s.bare && context.is_isolated(&s.range) {
            add(&mut points, isolated, Why::This("the only number in a line of words"));
        }
        if label == Label::None && points >= ROW_MIN && context.is_row_of_numbers(&s.range) {
            add(&mut points, -ROW_POINTS, Why::This("in a row of numbers"));
        }
        if s.bare
            && matches!(label, Label::None | Label::Nearby(_) | Label::Unknown)
            && is_long_number(&s.value)
            && beside(self.folded.as_str(), &s.range).any(|n| is_long_number(n) && rule.accepts(part, n).is_err())
        {
            add(&mut points, -LIST_POINTS, Why::This("in a list of other numbers"));
        }
        let original = self.folded.original(s.range.start, s.range.end);
        let column = self.columns.evidence(self.cells, original.start, s.rule, &part.tiers, &label, points);
        if let Some(column) = column {
            add(&mut points, column.points, Why::Column(column));
        }
        if label.word().is_some()
            && let Some(more) = around.support(context, s.rule, rule)
        {
            add(&mut points, more.points, Why::That(more.what));
        }
        if s.spread {
            let more = (SPREAD_SCORE - points).min(0);
            add(&mut points, more, Why::This("over several lines or cells"));
        }
        if rule.test_values.contains(&s.value) {
            let cap = TEST_VALUE_SCORE.min(points);
            let more = cap - points;
            add(&mut points, more, Why::This("well-known test value"));
        }
        if points < SCORE_FLOOR && self.trace.is_none() {
            return;
        }
        let in_words = |(points, why): (i16, Why)| Evidence { points, what: why.in_words(&label) };
        let evidence: Vec<Evidence> = why.into_iter().map(in_words).collect();
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
}

fn is_long_number(value: &str) -> bool {
    value.len() >= LONG_DIGITS && value.bytes().all(|b| b.is_ascii_digit())
}

/// The numbers before and behind a value in a list: `[4539…, 1900…]`.
fn beside<'t>(text: &'t str, range: &Range<usize>) -> impl Iterator<Item = &'t str> {
    let marks = |c: char| c.is_ascii_whitespace() || "()[]{}\"'".contains(c);
    let digit = |c: char| c.is_ascii_digit();
    let from = floor_boundary(text, range.start.saturating_sub(BESIDE_BYTES));
    let to = floor_boundary(text, (range.end + BESIDE_BYTES).min(text.len()));
    let front = text.get(from..range.start).unwrap_or_default().trim_end_matches(marks);
    let front = front.strip_suffix([',', ';']).map(|f| f.trim_end_matches(marks));
    let before = front.and_then(|f| f.get(f.trim_end_matches(digit).len()..));
    let rest = text.get(range.end..to).unwrap_or_default().trim_start_matches(marks);
    let rest = rest.strip_prefix([',', ';']).map(|r| r.trim_start_matches(marks));
    let behind = rest.and_then(|r| r.get(..r.len() - r.trim_start_matches(digit).len()));
    [before, behind].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_a_list_are_the_numbers_beside() {
        let text = "[4539138198381881, 19, 'x'] (1900),\n4539138198381881; 77";
        let at =
            |n: usize| text.match_indices("4539138198381881").nth(n).map(|(i, v)| i..i + v.len()).unwrap_or_default();
        assert_eq!(beside(text, &at(0)).collect::<Vec<_>>(), ["19"]);
        assert_eq!(beside(text, &at(1)).collect::<Vec<_>>(), ["1900", "77"]);
        assert_eq!(beside("4539138198381881", &(0..16)).count(), 0);
    }
}
