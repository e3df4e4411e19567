//! Shapes: how a value is written, group by group. `999-99-9999`, `A999999(9)`, `[12]99.999.999/9999-99`.
//!
//! `9` is a digit, `A` a letter, `X` either, `[...]` one of a set; lower-case letters and the digits 0 to 8 stand for
//! themselves. `-` between groups is any separator the rule allows, the same throughout; `.` `/` `+` `(` and a blank
//! are exactly those characters.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "groups of a run and of a shape are counted, and characters come from the start of their ranges"
)]

use super::run::{Group, Run, Separator};

/// A set of letters and digits: bit 0 to 9 the digits, bit 10 to 35 the letters.
pub(crate) type Class = u64;

const DIGITS: Class = (1 << 10) - 1;
const LETTERS: Class = ((1 << 26) - 1) << 10;

/// One way to write a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// For each group its characters.
    groups: Vec<Vec<Class>>,
    /// What stands between groups (one fewer than groups).
    between: Vec<Between>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    /// Any separator that the rule allows, the same throughout.
    Any,
    This(Separator),
}

/// Where a shape was found in a run: first and last group, and what stands between them where any separator may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    pub(crate) last: usize,
    pub(crate) used: Option<Separator>,
}

impl Shape {
    /// Reads the shape as a rule file writes it; an error is what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut shape = Self { groups: Vec::new(), between: Vec::new() };
        let mut group = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            let separator = match c {
                '-' => Some(Between::Any),
                ' ' => Some(Between::This(Separator::Space)),
                '.' => Some(Between::This(Separator::Dot)),
                '/' => Some(Between::This(Separator::Slash)),
                '+' => Some(Between::This(Separator::Plus)),
                '(' => Some(Between::This(Separator::Paren)),
                ')' if rest.is_empty() => continue,
                _ => None,
            };
            if let Some(separator) = separator {
                if group.is_empty() {
                    return Err(format!("`{text}` has an empty group"));
                }
                shape.groups.push(std::mem::take(&mut group));
                shape.between.push(separator);
                continue;
            }
            group.push(match c {
                '9' => DIGITS,
                'A' => LETTERS,
                'X' => DIGITS | LETTERS,
                '0'..='8' | 'a'..='z' => class_of(c.to_ascii_uppercase()),
                '[' => {
                    let (set, after) = rest.split_once(']').ok_or_else(|| format!("`{text}` has an open `[`"))?;
                    rest = after;
                    set_of(set).ok_or_else(|| format!("`[{set}]` in `{text}` is no set of letters and digits"))?
                }
                _ => return Err(format!("`{c}` in `{text}` means nothing in a shape")),
            });
        }
        if group.is_empty() {
            return Err(format!("`{text}` has an empty group"));
        }
        shape.groups.push(group);
        Ok(shape)
    }

    /// Letters and digits of a value of this shape.
    pub(crate) fn len(&self) -> usize {
        self.groups.iter().map(Vec::len).sum()
    }

    /// Characters of the first group.
    pub(crate) fn first_len(&self) -> usize {
        self.groups.first().map_or(0, Vec::len)
    }

    /// The characters of all groups, in order.
    pub(crate) fn classes(&self) -> impl Iterator<Item = Class> + '_ {
        self.groups.iter().flatten().copied()
    }

    /// Whether it has one group.
    pub(crate) fn is_bare(&self) -> bool {
        self.groups.len() == 1
    }

    /// Whether a value may have no digit at all.
    pub(crate) fn may_be_letters(&self) -> bool {
        self.groups.iter().flatten().all(|class| class & LETTERS != 0)
    }

    /// For each group its characters, and the separator that stands in front of it if it is always the same.
    pub(crate) fn outline(&self) -> impl Iterator<Item = (usize, Option<Separator>)> + '_ {
        let this = |between: &Between| match between {
            Between::This(separator) => Some(*separator),
            Between::Any => None,
        };
        let separators = std::iter::once(None).chain(self.between.iter().map(this));
        self.groups.iter().map(Vec::len).zip(separators)
    }

    /// Whether a value may begin with the digit or letter `c` (in base 36).
    pub(crate) fn may_begin_with(&self, c: usize) -> bool {
        self.classes().next().is_some_and(|class| class >> c & 1 == 1)
    }

    /// Whether `value` (upper-case letters and digits, nothing between them) has the characters of this shape.
    pub(crate) fn holds(&self, value: &[u8]) -> bool {
        value.len() == self.len() && self.groups.iter().flatten().zip(value).all(|(class, byte)| has(*class, *byte))
    }

    /// Whether the groups of `run` from `first` on have this shape. `allowed`: separators of the rule.
    pub(crate) fn fits(&self, run: &Run, first: usize, allowed: &[Separator]) -> Option<Fit> {
        let groups = run.groups.get(first..first + self.groups.len())?;
        let same = |(group, classes): (&Group, &Vec<Class>)| {
            let bytes = run.group(group);
            bytes.len() == classes.len() && classes.iter().zip(bytes).all(|(class, byte)| has(*class, *byte))
        };
        if !groups.iter().zip(&self.groups).all(same) {
            return None;
        }
        let (mut used, mut lines) = (None, 0);
        for (group, between) in groups.iter().skip(1).zip(&self.between) {
            let separator = group.before?;
            match between {
                Between::This(this) if *this == separator => {}
                Between::This(_) => return None,
                Between::Any if !allowed.contains(&separator) => return None,
                Between::Any if separator == Separator::Line => lines += 1,
                Between::Any if used.is_some_and(|u| u != separator) => return None,
                Between::Any => used = Some(separator),
            }
        }
        // A column of numbers is not one number: at most one line break, and not between two groups alone unless the
        // value is only two groups long.
        let decimals = lines == 1 && used == Some(Separator::Dot);
        let column = lines > 1 || (lines == 1 && used.is_none() && groups.len() > 2) || decimals;
        (!column).then_some(Fit { last: first + self.groups.len() - 1, used })
    }

    /// Makes values of this shape: for measuring what passes a check by chance.
    pub(crate) fn sampler(&self) -> Sampler {
        let members = |class: Class| (0..36_u32).filter(move |bit| class >> bit & 1 == 1);
        let letter = |bit| char::from_digit(bit, 36).map(|c| c.to_ascii_uppercase());
        Sampler { members: self.classes().map(|class| members(class).filter_map(letter).collect()).collect() }
    }
}

/// Makes values of one shape.
pub(crate) struct Sampler {
    /// The characters of each place.
    members: Vec<Vec<char>>,
}

impl Sampler {
    /// A value made of the numbers that `next` gives.
    pub(crate) fn sample(&self, mut next: impl FnMut() -> u32, out: &mut String) {
        out.clear();
        for members in &self.members {
            let nth = next() as usize % members.len().max(1);
            out.extend(members.get(nth));
        }
    }
}

/// Whether `class` has the character `byte` (a digit or an upper-case letter).
pub(crate) fn has(class: Class, byte: u8) -> bool {
    let bit = match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        _ => return false,
    };
    class >> bit & 1 == 1
}

fn class_of(c: char) -> Class {
    c.to_digit(36).map_or(0, |bit| 1 << bit)
}

/// Reads `A-CEG0-3`.
fn set_of(text: &str) -> Option<Class> {
    let mut class = 0;
    let mut chars = text.chars().peekable();
    while let Some(low) = chars.next() {
        let high = if chars.peek() == Some(&'-') {
            chars.next();
            chars.next()?
        } else {
            low
        };
        let plain = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
        if !plain(low) || !plain(high) || low.is_ascii_digit() != high.is_ascii_digit() || low > high {
            return None;
        }
        class = (low..=high).fold(class, |class, c| class | class_of(c));
    }
    (class != 0).then_some(class)
}

#[cfg(test)]
mod tests {
    use super::super::run::{Start, next_run};
    use super::*;

    fn fits(shape: &str, text: &str) -> bool {
        let shape = Shape::parse(shape).unwrap();
        let (mut run, mut at) = (Run::default(), Start::default());
        while let Some(next) = next_run(text, at, &mut run) {
            at = next;
            let allowed = [Separator::Space, Separator::Dash];
            if (0..run.groups.len()).any(|first| shape.fits(&run, first, &allowed).is_some()) {
                return true;
            }
        }
        false
    }

    #[test]
    fn shapes_say_what_fits() {
        for (shape, good, bad) in [
            ("999-99-9999", "536-22-8467", "536-22 8467"),
            ("A999999(9)", "hkid A123456(3) x", "A123456-3"),
            ("99.999.999/9999-99", "12.345.678/0001-95", "12-345-678/0001-95"),
            ("AA-99-99-99-[A-D]", "QQ 12 34 56 C", "QQ 12 34 56 E"),
            ("che-999.999.999", "CHE-116.281.710", "CHF-116.281.710"),
            ("[9]99999999", "912345678", "812345678"),
            ("99999999A", "46985167p", "469851677"),
            ("999999+999X", "010170+123A", "010170-123A"),
        ] {
            assert!(fits(shape, good), "{shape} {good}");
            assert!(!fits(shape, bad), "{shape} {bad}");
        }
        for wrong in ["", "9--9", "[A", "[a]", "9#", "9-", "Z9"] {
            assert!(Shape::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn samples_have_their_shape() {
        let shape = Shape::parse("A9X[BD5]-z7").unwrap();
        let (mut n, mut value) = (0, String::new());
        for _ in 0..100 {
            let next = || {
                n += 7;
                n
            };
            shape.sampler().sample(next, &mut value);
            assert!(shape.holds(value.as_bytes()), "{value}");
        }
        assert!(shape.len() == 6 && !shape.is_bare() && !shape.may_be_letters());
        assert!(Shape::parse("AAX").unwrap().may_be_letters());
    }
}
