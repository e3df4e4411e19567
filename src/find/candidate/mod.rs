//! Candidates: one cheap pass over the text says where a value could be; checks and evidence come later.

use std::ops::Range;

pub(crate) mod email;
pub(crate) mod keyword;
pub(crate) mod run;
pub(crate) mod shape;

/// Looks through a folded text and calls back with the bytes and the normalised value of each candidate. A value that
/// begins with `?` is written in a form that other things are written in too.
pub(crate) type Find = fn(&str, &mut dyn FnMut(Range<usize>, &str));

/// Finders that rules name, for what shapes cannot describe.
const FINDERS: &[(&str, Find)] = &[("email", email::find)];

/// The finder with this name.
pub(crate) fn finder_by_name(name: &str) -> Option<Find> {
    FINDERS.iter().find(|(known, _)| *known == name).map(|(_, find)| *find)
}

/// Finds dates; the value is `yyyy-mm-dd`.
pub(crate) fn dates(_text: &str, _found: &mut dyn FnMut(Range<usize>, &str)) {}

/// The names of all finders, and of the one for the caller's word lists.
pub(crate) fn finder_names() -> impl Iterator<Item = &'static str> {
    FINDERS.iter().map(|(name, _)| *name).chain(["keywords"])
}
