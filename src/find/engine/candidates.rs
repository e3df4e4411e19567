//! Candidates: what the patterns of the rules match, and their checks accept.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::ops::Range;

use super::boundary::{begins, continues, digit_stretches, ends, is_in_dump, separators, span, stands_alone};
use super::evidence::Again;
use super::{Finder, Survivor};
use crate::find::candidate::run::{self, Group, Run, Separator};
use crate::find::candidate::shape::has;
use crate::find::candidate::{FINDER_BYTES_MAX, Where, token_run};
use crate::find::column::Columns;
use crate::find::context::{Context, floor_boundary};
use crate::find::rule::Form;

/// Bytes an expression may look at behind its literal. A private key of 16,384 bits in PEM takes 13 KB.
const LITERAL_WINDOW_BYTES: usize = 16 << 10;
/// Letters and digits of the longest value that tells its own length: an IBAN has 34 (ISO 13616).
const VALUE_BYTES_MAX: usize = 34;
/// Groups that a number in a grouping of its own may have.
const LOOSE_GROUPS_MAX: usize = 8;

impl Finder<'_> {
    /// Groups of letters and digits around every digit.
    pub(super) fn runs(&mut self, context: &mut Context<'_>) {
        let (set, text) = (self.set, self.folded.as_str());
        let mut run = Run::default();
        let mut at = run::Start::default();
        let mut again = Again::new(set.rules.len());
        while let Some(next) = run::next_run(text, at, &mut run) {
            if self.clock.stops(at.at) {
                break;
            }
            let before = (self.survivors.len(), self.trace.as_ref().map_or(0, Vec::len));
            self.columns.next_run();
            for first in 0..run.groups.len() {
                let Some(group) = run.groups.get(first) else { continue };
                if self.trace.is_none() && continues(&run, first) {
                    continue;
                }
                for shape in set.shapes.alone(&run, first, self.trace.is_some()) {
                    self.shape(&run, first, shape.rule, shape.part, shape.shape);
                }
                if !group.is_digits() && group.len() >= 4 {
                    for &(rule, part) in &set.shapes.spaced {
                        self.spaced(&run, first, rule, part);
                    }
                }
            }
            self.chain(&run);
            self.note_region(&run.range());
            let digits = run.groups.iter().map(|g| g.digits).sum::<usize>();
            if self.trace.is_some() {
                self.keyed_all(&run);
                let traced = self.trace.as_ref().map_or(0, Vec::len);
                if (self.survivors.len(), traced) == before && digits >= 7 {
                    self.tell(None, &run.range(), "no rule accepts letters and digits in these groups here");
                }
            } else if run.len() >= set.shapes.least_keyed {
                self.look_again(context, &run, &mut again);
            }
            at = next;
        }
        self.end_chain();
    }

    /// Remembers where digits are: finders look there.
    pub(super) fn note_region(&mut self, run: &Range<usize>) {
        let text = self.folded.as_str();
        let from = floor_boundary(text, run.start.saturating_sub(FINDER_BYTES_MAX));
        let to = floor_boundary(text, (run.end + FINDER_BYTES_MAX).min(text.len()));
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
    pub(super) fn keyed(&mut self, run: &Run, rule_index: usize) {
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
    pub(super) fn shape(&mut self, run: &Run, first: usize, rule_index: usize, part_index: usize, shape_index: usize) {
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
        self.accept(rule_index, part_index, range, run.value(first, fit.last), fit.last == first);
    }

    /// Tries a rule whose values tell their own length, over single separators.
    pub(super) fn spaced(&mut self, run: &Run, first: usize, rule_index: usize, part_index: usize) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let Some(part) = rule.parts.get(part_index) else { return };
        let Form::Spaced(start) = &part.form else { return };
        // No more than the longest value: what is behind a thousand starts is not looked at a thousand times.
        let all = run.value(first, (first + VALUE_BYTES_MAX).min(run.groups.len()).saturating_sub(1));
        let all = all.get(..VALUE_BYTES_MAX).unwrap_or(all);
        let fits = start.len() <= all.len() && start.iter().zip(all.bytes()).all(|(class, byte)| has(*class, byte));
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
        if last > first && is_in_dump(self.folded.as_str(), run, first, last) {
            return self.tell(Some(rule), &range, "a row of hexadecimal numbers");
        }
        self.accept(rule_index, part_index, range, run.value(first, last), first == last);
    }

    /// Tries a rule that takes any number of so many digits, in any groups.
    pub(super) fn count(&mut self, run: &Run, rule: usize, part: usize, digits: std::ops::RangeInclusive<usize>) {
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
            Ok(()) if groups.len() > LOOSE_GROUPS_MAX && groups.iter().any(|g| g.len() > 1) => Some("too many groups"),
            Ok(()) => None,
        };
        if let Some(why) = why {
            if !loose {
                self.tell(Some(rule), &range, why);
            }
            return;
        }
        let kept = self.survivors.len();
        self.accept(rule_index, part_index, range, run.value(first, last), first == last);
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
    pub(super) fn accept(
        &mut self,
        rule_index: usize,
        part_index: usize,
        range: Range<usize>,
        value: &str,
        bare: bool,
    ) {
        let Some(rule) = self.set.rules.get(rule_index) else { return };
        let Some(part) = rule.parts.get(part_index) else { return };
        let passed = rule.accepts(part, value);
        if part.chance() <= Columns::CHANCE_MAX {
            let original = self.folded.original(range.start, range.start).start;
            self.columns.note(self.cells, original, rule_index, passed.is_ok());
        }
        if let Err(check) = passed {
            // Most candidates fail: nothing is written down unless somebody wants to know.
            if self.trace.is_some() {
                self.tell(Some(rule), &range, &format!("fails: {check}"));
            }
            return;
        }
        if !self.text.same_place(self.folded.original(range.start, range.end)) {
            return self.tell(Some(rule), &range, "runs over the border of a cell, page or sheet");
        }
        self.survivors.push(Survivor {
            rule: rule_index,
            part: part_index,
            range,
            value: value.to_owned(),
            bare,
            loose: false,
            spread: false,
        });
    }

    /// Words that a shape allows to have no digit.
    pub(super) fn words(&mut self) {
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
                    self.accept(shape.rule, shape.part, start..at, value, true);
                }
            }
        }
    }

    /// Expressions, where their literals stand.
    pub(super) fn literals(&mut self) {
        let (set, text) = (self.set, self.folded.as_str());
        if let Some(literals) = &set.literals {
            literals.find(text.as_bytes(), |at, (rule, part)| {
                if set.with_literals.contains(&rule) {
                    self.met.insert(rule);
                }
                self.expression(text, at, rule, part);
            });
        }
        let Some(literals) = &set.token_literals else { return };
        for region in token_run::near(text.as_bytes()) {
            // A literal that begins in the region may end behind it.
            let end = (region.end + literals.longest()).min(text.len());
            let Some(bytes) = text.as_bytes().get(region.start..end) else { continue };
            literals.find(bytes, |at, (rule, part)| {
                let at = region.start + at;
                if at < region.end {
                    self.expression(text, at, rule, part);
                }
            });
        }
    }

    /// Tries an expression where one of its literals starts.
    fn expression(&mut self, text: &str, at: usize, rule: usize, part: usize) {
        if self.clock.stops(at) {
            return;
        }
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
        self.accept(rule, part, range, &value, false);
    }

    pub(super) fn finders(&mut self) {
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
                    if self.clock.stops(range.start) {
                        return;
                    }
                    for &(rule, part) in &finder.owners {
                        self.accept(rule, part, range.clone(), value, bare);
                    }
                });
            }
        }
    }

    pub(super) fn keywords(&mut self) {
        let Some(rule) = self.set.keyword_rule else { return };
        let (set, text) = (self.set, self.folded.as_str());
        set.keywords.find(text, |range| {
            if self.clock.stops(range.start) {
                return;
            }
            let term = text.get(range.clone()).unwrap_or_default();
            let value = term.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
            self.accept(rule, 0, range, &value, false);
        });
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
