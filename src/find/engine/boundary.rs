//! Where a value ends: what glues it to its neighbours, and what keeps it apart.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "groups of a run are counted, and there is one at least in a stretch"
)]

use std::ops::Range;

use crate::find::candidate::run::{self, Group, Run, Separator};
use crate::find::rule::Part;

/// Bytes of the text from group `first` to group `last`; a parenthesis around the last one belongs to it.
pub(super) fn span(run: &Run, first: usize, last: usize) -> Range<usize> {
    let end =
        run.groups.get(last).map_or(0, |g| g.end + usize::from(g.before == Some(Separator::Paren) && last > first));
    run.groups.get(first).map_or(0, |g| g.start)..end
}

/// The longest stretches of groups of digits: where letters stand between, a number ends.
pub(in crate::find) fn digit_stretches(run: &Run) -> impl Iterator<Item = (usize, usize)> + '_ {
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
pub(super) fn separators(part: &Part, groups: &[Group], loose: bool) -> Result<Option<Separator>, &'static str> {
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

/// Whether the group `first` of a run goes on with the one before, whatever value it may begin.
pub(in crate::find) fn continues(run: &Run, first: usize) -> bool {
    let before = first.checked_sub(1).and_then(|i| run.groups.get(i));
    let separator = run.groups.get(first).and_then(|group| group.before);
    before.zip(separator).is_some_and(|(before, separator)| match separator {
        Separator::Line | Separator::Paren | Separator::Space => false,
        // "nr.12" is a label.
        Separator::Dot => !before.is_letters(),
        Separator::Dash | Separator::Slash | Separator::Plus => true,
    })
}

/// Numbers with one blank behind each in front of the group `first`; no more than two are counted.
fn numbers_in_front(run: &Run, first: usize) -> usize {
    let pairs = run.groups.get(..=first).unwrap_or_default().windows(2).rev();
    let spaced = |pair: &&[Group]| matches!(pair, [g, next] if g.is_digits() && next.before == Some(Separator::Space));
    pairs.take_while(spaced).take(2).count()
}

/// Whether the group `first`, and a blank behind it, are a piece of a row of numbers whatever value they may begin.
pub(in crate::find) fn is_in_row(run: &Run, first: usize) -> bool {
    run.groups.get(first + 1).is_some_and(|next| next.before == Some(Separator::Space))
        && numbers_in_front(run, first) > 1
}

/// Whether the groups `first..=last` of a run are a value of their own: not inside a word, a decimal, or a longer
/// series with the same separator.
pub(super) fn stands_alone(run: &Run, first: usize, last: usize, used: Option<Separator>) -> Result<(), &'static str> {
    if run.is_at_seam(first, last) {
        return Err("shown again with what stands beside it");
    }
    // "41 192 115 258" in a row of numbers is a piece of it. A label stands in front as letters.
    if used == Some(Separator::Space) && last > first {
        let spaced = |g: &&Group| g.before == Some(Separator::Space);
        let right = run.groups.get(last + 1..).unwrap_or_default().iter();
        let right = right.take_while(|g| spaced(g) && g.is_digits()).take(2).count();
        if numbers_in_front(run, first) + right > 1 {
            return Err("inside a row of numbers");
        }
    }
    let joined = (first == 0 && run.joined_left) || (last + 1 == run.groups.len() && run.joined_right);
    if joined {
        return Err("part of a longer word, decimal or path");
    }
    if continues(run, first) {
        return Err("part of a longer series of groups");
    }
    let length = |i: usize| run.groups.get(i).map_or(0, Group::len);
    let before =
        first.checked_sub(1).and_then(|i| run.groups.get(i)).map(|g| (g, run.groups.get(first).and_then(|f| f.before)));
    let after = run.groups.get(last + 1).map(|g| (g, g.before));
    for (neighbour, separator, behind) in
        [before.map(|(g, s)| (g, s, false)), after.map(|(g, s)| (g, s, true))].into_iter().flatten()
    {
        let continues = match separator {
            None | Some(Separator::Line | Separator::Paren) => false,
            // Fields of a line stand apart by blanks; a group as long as the value's own continues it.
            Some(Separator::Space) => {
                let counts = neighbour.is_digits() || is_hex(run, neighbour);
                used == Some(Separator::Space) && counts && neighbour.len() == length(last)
            }
            // Exported as a decimal: "4539578763621486.0".
            Some(Separator::Dot) if behind && last == first && is_zero(run, neighbour) => false,
            // "12.PDF" is a file's name; what goes on to the left was met above.
            Some(_) => behind,
        };
        if continues {
            return Err("part of a longer series of groups");
        }
    }
    Ok(())
}

/// Whether a group is the fraction of a whole number.
fn is_zero(run: &Run, group: &Group) -> bool {
    matches!(run.group(group), b"0" | b"00")
}

/// Whether a group is a hexadecimal number with letters and digits.
fn is_hex(run: &Run, group: &Group) -> bool {
    group.digits > 0 && !group.is_digits() && run.group(group).iter().all(u8::is_ascii_hexdigit)
}

/// Whether the groups `first..=last` are a piece of a dump: hexadecimal, and beside another group of their length.
pub(super) fn is_in_dump(text: &str, run: &Run, first: usize, last: usize) -> bool {
    if !run.value(first, last).bytes().all(|b| b.is_ascii_hexdigit()) {
        return false;
    }
    let range = span(run, first, last);
    let width = run.groups.get(first).map_or(0, Group::len);
    let hex = |g: &str| g.len() == width && g.bytes().all(|b| b.is_ascii_hexdigit());
    // Groups of letters alone are not in the run.
    let front = text.get(..range.start).and_then(|t| t.strip_suffix(' ')).unwrap_or_default();
    let before = front.len().checked_sub(width).and_then(|at| front.get(at..)).is_some_and(hex);
    let rest = text.get(range.end..).unwrap_or_default();
    let after = rest.strip_prefix(' ').and_then(|r| r.get(..width)).is_some_and(hex);
    // The offset of the next line: `0000b170: 0d20`.
    before || after || rest.starts_with(':')
}

/// Whether nothing before `start` makes the word there a part of a longer one.
pub(super) fn begins(text: &str, start: usize) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    !before.is_some_and(|c| run::glues(c) || c == '_')
}

/// Whether nothing at `end` continues the word: no letter, digit or underscore; a new sentence stuck to it does not.
pub(super) fn ends(text: &str, end: usize) -> bool {
    let mut after = text.get(end..).unwrap_or_default().chars();
    match (after.next(), after.next(), after.next()) {
        (Some(c), Some(d), e) if c.is_uppercase() => {
            d.is_lowercase() && e.is_none_or(|e| e.is_lowercase() || e.is_whitespace())
        }
        (Some(c), _, _) => !run::glues(c) && c != '_',
        _ => true,
    }
}
