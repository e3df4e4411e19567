//! Values whose groups stand apart by something that no rule knows: two blanks, an underscore, a comma, a line or a
//! cell each. Lists of numbers look the same, so only a label can tell what such a value is.

use std::ops::Range;

use super::{Finder, Survivor};
use crate::find::candidate::run::{Group, Run, Separator};
use crate::find::candidate::shape::has;
use crate::find::rule::Form;

/// Letters and digits of the longest value.
const VALUE_BYTES_MAX: usize = 34;
/// Letters and digits of the shortest value.
const VALUE_BYTES_MIN: usize = 8;
/// Letters of a word that a value may be stuck to.
const WORD_BYTES_MIN: usize = 2;
/// Bytes of what stands between two groups.
const GAP_BYTES_MAX: usize = 12;

/// Runs with the same thing between them.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// Bytes of the folded text.
    range: Range<usize>,
    /// Letters and digits of all groups.
    value: String,
    /// Where in the value its first group with a digit starts, and in the text.
    number: Option<(usize, usize)>,
    /// Runs in it.
    runs: usize,
    /// What stands between its runs.
    gap: Range<usize>,
    /// Whether every group is one character.
    single: bool,
    /// Whether a group with a digit is followed by one of letters alone.
    mixed: bool,
    /// Whether its only run is one that rules refuse: several separators, several line breaks, an underscore in front.
    odd: bool,
    /// Whether it is part of a word or a decimal.
    joined: bool,
    /// Too long for a value.
    over: bool,
}

impl Chain {
    /// Starts with a run.
    fn start(&mut self, text: &str, run: &Run) {
        self.value.clear();
        (self.number, self.runs, self.single) = (None, 1, true);
        (self.mixed, self.over, self.gap) = (false, false, 0..0);
        self.range = run.range();
        let before = text.get(..self.range.start).and_then(|t| t.as_bytes().last());
        let underscore = before == Some(&b'_');
        self.joined = run.joined_left && !underscore;
        self.odd = underscore || is_odd(run);
        self.take(run);
    }

    fn take(&mut self, run: &Run) {
        self.range.end = run.range().end;
        for group in &run.groups {
            if self.value.len().saturating_add(group.len()) > VALUE_BYTES_MAX {
                self.over = true;
                return;
            }
            if !group.is_letters() && self.number.is_none() {
                self.number = Some((self.value.len(), group.start));
            }
            self.mixed |= group.is_letters() && self.number.is_some();
            self.single &= group.len() == 1;
            self.value.push_str(std::str::from_utf8(run.group(group)).unwrap_or_default());
        }
    }

    /// Whether it may be one value that no rule takes as a run.
    fn is_value(&self) -> bool {
        (self.runs > 1 || self.odd)
            && !self.over
            && !self.joined
            && (VALUE_BYTES_MIN..=VALUE_BYTES_MAX).contains(&self.value.len())
    }

    /// Adds a run, if what stands in front of it is what stands between the others.
    fn goes_on(&mut self, text: &str, run: &Run) -> bool {
        let gap = self.range.end..run.range().start;
        let between = |gap: &Range<usize>| text.get(gap.clone()).unwrap_or_default();
        let is_gap = |gap: &str| {
            !gap.is_empty() && gap.len() <= GAP_BYTES_MAX && !gap.contains(|c: char| c.is_alphanumeric() || c == '@')
        };
        if self.runs == 0 || !is_gap(between(&gap)) {
            return false;
        }
        // "4539" "5787"
        //   "6362" "1486"
        let marks = |gap: &Range<usize>| between(gap).chars().filter(|c| !c.is_whitespace());
        let same = self.runs == 1
            || marks(&gap).eq(marks(&self.gap))
                && (marks(&gap).next().is_some() || between(&gap) == between(&self.gap));
        if !same {
            return false;
        }
        self.gap = gap;
        self.runs = self.runs.saturating_add(1);
        if !self.over {
            self.take(run);
        }
        true
    }
}

/// Whether no rule takes the groups of a run together.
fn is_odd(run: &Run) -> bool {
    let between = || run.groups.iter().skip(1).filter_map(|group: &Group| group.before);
    let lines = between().filter(|separator| *separator == Separator::Line).count();
    let mut others = between().filter(|separator| *separator != Separator::Line);
    let first = others.next();
    let single = run.groups.len() >= VALUE_BYTES_MIN && run.groups.iter().all(|group| group.len() == 1);
    single || lines > 1 || first == Some(Separator::Slash) || others.any(|other| Some(other) != first)
}

impl Finder<'_> {
    /// Takes the next run of the text.
    pub(super) fn chain(&mut self, run: &Run) {
        self.glued(run);
        let text = self.folded.as_str();
        if !self.strewn.goes_on(text, run) {
            self.end_chain();
            self.strewn.start(text, run);
        }
    }

    /// Tries what stood together so far.
    pub(super) fn end_chain(&mut self) {
        if self.strewn.is_value() {
            let chain = std::mem::take(&mut self.strewn);
            self.try_chain(&chain);
            // The buffer is used again.
            self.strewn.value = chain.value;
        }
        self.strewn.runs = 0;
    }

    /// Tries numbers that are stuck to a word of their rule: `SSN536228467`, `IBANDE89370400440532013000`.
    fn glued(&mut self, run: &Run) {
        let set = self.set;
        for group in &run.groups {
            let ascii = group.end.saturating_sub(group.start) == group.len();
            if group.digits < VALUE_BYTES_MIN || group.is_digits() || !ascii {
                continue;
            }
            let held = std::str::from_utf8(run.group(group)).unwrap_or_default();
            let letters = held.bytes().take_while(u8::is_ascii_alphabetic).count();
            let Some((word, rest)) = held.split_at_checked(letters).filter(|_| letters >= WORD_BYTES_MIN) else {
                continue;
            };
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, behind) = rest.split_at_checked(digits).unwrap_or_default();
            let start = group.start.saturating_add(letters);
            if behind.bytes().all(|b| b.is_ascii_alphabetic()) {
                for &(rule, part) in set.shapes.bare(number.len()) {
                    self.keep_named(rule, part, start..start.saturating_add(number.len()), number, word);
                }
            }
            // A country in front of the digits belongs to the value.
            let country = letters.saturating_sub(2);
            let Some((word, value)) = held.split_at_checked(country).filter(|_| country >= WORD_BYTES_MIN) else {
                continue;
            };
            for &(rule, part) in &set.shapes.spaced {
                self.keep_named(rule, part, group.start.saturating_add(country)..group.end, value, word);
            }
        }
    }

    /// Keeps a value that passes the checks of a rule whose word stands in front of it.
    fn keep_named(&mut self, rule_index: usize, part_index: usize, range: Range<usize>, value: &str, word: &str) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let accepts = rule.parts.get(part_index).is_some_and(|part| rule.accepts(part, value).is_ok());
        if accepts && is_word_of(&rule.keywords, word) {
            self.keep(rule_index, part_index, range, value, false);
        }
    }

    fn try_chain(&mut self, chain: &Chain) {
        let set = self.set;
        let Some((from, start)) = chain.number else { return };
        let number = chain.value.get(from..).unwrap_or_default();
        if !chain.mixed {
            for &(rule, part) in set.shapes.bare(number.len()) {
                let held = set.rules.get(rule).and_then(|r| r.parts.get(part)).is_some_and(|part| match &part.form {
                    Form::Shapes(shapes) => shapes.iter().any(|s| s.is_bare() && s.holds(number.as_bytes())),
                    _ => false,
                });
                if held {
                    self.keep(rule, part, start..chain.range.end, number, true);
                }
            }
        }
        let all = if chain.single { (0, chain.range.start) } else { (from, start) };
        let value = chain.value.get(all.0..).unwrap_or_default();
        for &(rule, part) in &set.shapes.spaced {
            let Some(how) = set.rules.get(rule).and_then(|r| r.parts.get(part)) else { continue };
            let Form::Spaced(first) = &how.form else { continue };
            let begins = first.len() <= value.len() && first.iter().zip(value.bytes()).all(|(c, b)| has(*c, b));
            let length = how.checks.iter().find_map(|check| check.length).and_then(|length| length(value));
            if begins && length == Some(value.len()) {
                self.keep(rule, part, all.1..chain.range.end, value, true);
            }
        }
    }

    /// Keeps a value that passes the checks of a rule; `loose` = only a label can tell what it is.
    fn keep(&mut self, rule_index: usize, part_index: usize, range: Range<usize>, value: &str, loose: bool) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let Some(part) = rule.parts.get(part_index).filter(|part| !part.checks.is_empty()) else { return };
        if rule.keywords.is_empty() || rule.accepts(part, value).is_err() {
            return;
        }
        let inside = self.folded.as_str().get(range.clone()).unwrap_or_default();
        // Columns of numbers and rows of tables are what most such lists are.
        let spread =
            inside.contains(['\n', '\t']) || !self.text.same_place(self.folded.original(range.start, range.end));
        let value = value.to_owned();
        self.survivors.push(Survivor { rule: rule_index, part: part_index, range, value, bare: false, loose, spread });
    }
}

/// Whether a word, in capitals and without blanks, is one of a rule's.
fn is_word_of(keywords: &[String], word: &str) -> bool {
    keywords.iter().any(|keyword| {
        let letters = keyword.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase());
        letters.eq(word.bytes())
    })
}
