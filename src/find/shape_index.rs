//! Which shapes of which rules a group of a run may begin.

use std::ops::RangeInclusive;

use super::candidate::run::{Run, Separator};
use super::candidate::shape::Shape;
use super::engine::boundary::{continues, digit_stretches, is_in_row};
use super::rule::{Form, Part, Rule};
use super::rule_bits::RuleBits;

/// Where shapes are tried.
#[derive(Default)]
pub(super) struct Shapes {
    /// `alone[n][c]`: shapes whose first group has n characters and may begin with c (a digit or letter, in base 36), of
    /// rules that may match without a keyword.
    alone: Vec<Vec<Vec<ShapeRef>>>,
    /// The same for rules that need a keyword.
    keyed: Vec<Vec<Vec<ShapeRef>>>,
    /// Rules that take any number of so many digits.
    counts: Vec<(usize, RangeInclusive<usize>)>,
    /// `loose[n]`: rules with a shape of one group of n characters.
    loose: Vec<RuleBits>,
    /// Shapes that a word without digits may have.
    pub(super) words: Vec<WordRef>,
    /// Rules and parts whose values tell their own length.
    pub(super) spaced: Vec<(usize, usize)>,
    /// Letters and digits of the shortest value that needs a keyword.
    pub(super) least_keyed: usize,
    /// `bare[n]`: rules and parts with checks whose values may be n characters in one group.
    bare: Vec<Vec<(usize, usize)>>,
}

/// One shape of one part of one rule.
#[derive(Clone, Copy)]
pub(super) struct ShapeRef {
    pub(super) rule: usize,
    pub(super) part: usize,
    pub(super) shape: usize,
    /// Whether any separator may stand behind its first group.
    grouped: bool,
    /// What its first groups are like; most of them are told from a run by this alone.
    outline: Outline,
}

/// What up to four groups are like: one byte each, the first group's lowest.
#[derive(Clone, Copy, Default)]
struct Outline {
    /// Characters of each group.
    lengths: u32,
    /// Which of the lengths mean something.
    mask: u32,
    /// What stands, or may stand, in front of each group but the first: one bit a [`Separator`].
    separators: u32,
}

impl Outline {
    const GROUPS: usize = 4;

    fn add(&mut self, at: usize, length: usize, separators: u32) {
        let shift = u32::try_from(at).unwrap_or(u32::MAX).saturating_mul(8);
        let byte = |n: u32| n.checked_shl(shift).unwrap_or(0);
        self.lengths |= byte(u32::try_from(length).unwrap_or(u32::MAX).min(0xFF));
        self.mask |= byte(0xFF);
        self.separators |= byte(if at > 0 { separators } else { 0 });
    }

    /// The outline of the groups of a run, from `first` on.
    fn of_groups(run: &Run, first: usize) -> Self {
        let mut outline = Self::default();
        for (at, group) in run.groups.iter().skip(first).take(Self::GROUPS).enumerate() {
            outline.add(at, group.len(), group.before.map_or(0, Separator::bit));
        }
        outline
    }

    fn of_shape(shape: &Shape, allowed: &[Separator]) -> Self {
        let mut outline = Self::default();
        for (at, (length, separator)) in shape.outline().take(Self::GROUPS).enumerate() {
            let any = || allowed.iter().fold(0, |bits, separator| bits | separator.bit());
            outline.add(at, length, separator.map_or_else(any, Separator::bit));
        }
        outline
    }

    /// Whether `run` may hold what this shape begins with.
    fn may_fit(self, run: Self) -> bool {
        (run.lengths ^ self.lengths) & self.mask == 0
            && run.mask & self.mask == self.mask
            && run.separators & self.mask & !self.separators == 0
    }
}

/// A shape that a word without digits may have.
pub(super) struct WordRef {
    pub(super) rule: usize,
    pub(super) part: usize,
    pub(super) shape: usize,
    pub(super) length: usize,
}

impl Shapes {
    /// The shapes that the group `first` of a run may begin, of rules that may match without a keyword. `all`: those,
    /// too, that a row of numbers cannot hold.
    pub(super) fn alone<'s>(
        &'s self,
        run: &Run,
        first: usize,
        all: bool,
    ) -> impl Iterator<Item = &'s ShapeRef> + use<'s> {
        fitting(&self.alone, run, first, all)
    }

    /// Adds the rules that may find something in a run when one of their keywords is near.
    pub(super) fn keyed(&self, run: &Run, out: &mut RuleBits) {
        for first in (0..run.groups.len()).filter(|first| !continues(run, *first)) {
            fitting(&self.keyed, run, first, false).for_each(|shape| out.add(shape.rule));
        }
        for (first, last) in digit_stretches(run) {
            let length = run.value(first, last).len();
            self.counts.iter().filter(|(_, digits)| digits.contains(&length)).for_each(|(rule, _)| out.add(*rule));
            if last > first {
                self.loose.get(length).into_iter().for_each(|rules| out.add_all(rules));
            }
        }
    }

    /// Rules and parts with checks whose values may be `length` characters in one group.
    pub(super) fn bare(&self, length: usize) -> &[(usize, usize)] {
        self.bare.get(length).map(Vec::as_slice).unwrap_or_default()
    }

    #[allow(clippy::arithmetic_side_effects, reason = "one more than the length of a shape")]
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut out = Self { least_keyed: usize::MAX, ..Self::default() };
        let parts = rules
            .iter()
            .enumerate()
            .flat_map(|(r, rule)| rule.parts.iter().enumerate().map(move |(p, part)| (r, p, part)));
        for (rule, part, how) in parts {
            match &how.form {
                Form::Shapes(shapes) => {
                    for (index, shape) in shapes.iter().enumerate() {
                        if shape.is_bare() {
                            let loose = at_length(&mut out.loose, shape.len(), || RuleBits::none_of(rules.len()));
                            loose.into_iter().for_each(|rules| rules.add(rule));
                        }
                        if how.tiers.needs_keyword() {
                            file(&mut out.keyed, rule, part, index, shape, how);
                        }
                        if shape.is_bare() && !how.checks.is_empty() {
                            if out.bare.len() <= shape.len() {
                                out.bare.resize_with(shape.len() + 1, Vec::new);
                            }
                            let slot = out.bare.get_mut(shape.len()).into_iter();
                            slot.filter(|slot| slot.last() != Some(&(rule, part))).for_each(|s| s.push((rule, part)));
                        }
                        if shape.may_be_letters() {
                            out.words.push(WordRef { rule, part, shape: index, length: shape.len() });
                        } else if how.tiers.needs_keyword() {
                            out.least_keyed = out.least_keyed.min(shape.len());
                        } else {
                            file(&mut out.alone, rule, part, index, shape, how);
                        }
                    }
                }
                Form::Count { least, most } => {
                    out.least_keyed = out.least_keyed.min(*least);
                    out.counts.push((rule, *least..=*most));
                }
                Form::Spaced(_) => out.spaced.push((rule, part)),
                Form::Expression(_) | Form::Finder(..) | Form::Keywords | Form::Outside => {}
            }
        }
        out
    }
}

/// The shapes of a list that the group `first` of a run may begin. One of a row of numbers begins no value of several
/// groups, which would be a piece of that, unless `all` are asked for.
fn fitting<'s>(
    list: &'s [Vec<Vec<ShapeRef>>],
    run: &Run,
    first: usize,
    all: bool,
) -> impl Iterator<Item = &'s ShapeRef> + use<'s> {
    let group = run.groups.get(first).map(|group| run.group(group)).unwrap_or_default();
    let begins = group.first().and_then(|byte| char::from(*byte).to_digit(36));
    let shapes = begins.and_then(|c| list.get(group.len())?.get(c as usize)).map(Vec::as_slice).unwrap_or_default();
    // Most groups begin none.
    let outline = if shapes.is_empty() { Outline::default() } else { Outline::of_groups(run, first) };
    let in_row = !all && !shapes.is_empty() && is_in_row(run, first);
    shapes.iter().filter(move |shape| shape.outline.may_fit(outline) && !(in_row && shape.grouped))
}

/// Adds a shape to such a list.
fn file(list: &mut Vec<Vec<Vec<ShapeRef>>>, rule: usize, part: usize, index: usize, shape: &Shape, how: &Part) {
    let outline = Outline::of_shape(shape, &how.separators);
    let grouped = shape.outline().nth(1).is_some_and(|(_, separator)| separator.is_none());
    let Some(slots) = at_length(list, shape.first_len(), Vec::new) else { return };
    slots.resize_with(36, Vec::new);
    for (c, slot) in slots.iter_mut().enumerate() {
        if shape.may_begin_with(c) {
            slot.push(ShapeRef { rule, part, shape: index, grouped, outline });
        }
    }
}

/// The list at place `length`, made if there is none.
fn at_length<T>(lists: &mut Vec<T>, length: usize, empty: impl Fn() -> T) -> Option<&mut T> {
    if lists.len() <= length {
        lists.resize_with(length.saturating_add(1), empty);
    }
    lists.get_mut(length)
}
