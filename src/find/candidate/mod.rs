//! Candidates: one cheap pass over the text says where a value could be; checks and evidence come later.

use std::ops::Range;

mod base58;
mod coordinates;
mod date;
mod email;
mod hex_address;
mod ipv4;
mod ipv6;
pub(crate) mod keyword;
mod mac;
mod magstripe;
mod mnemonic;
mod mrz;
mod phone;
pub(crate) mod run;
pub(crate) mod shape;

/// Looks through a folded text and calls back with the bytes and the normalised value of each candidate. A value that
/// begins with `?` is written in a form that other things are written in too.
pub(crate) type Find = fn(&str, &mut dyn FnMut(Range<usize>, &str));

/// Finders that rules name, for what shapes cannot describe.
const FINDERS: &[(&str, Find)] = &[
    ("base58", base58::find),
    ("coordinates", coordinates::find),
    ("date", date::find),
    ("email", email::find),
    ("hex-address", hex_address::find),
    ("ipv4", ipv4::find),
    ("ipv6", ipv6::find),
    ("mac", mac::find),
    ("magstripe", magstripe::find),
    ("mnemonic", mnemonic::find),
    ("mrz", mrz::find),
    ("phone", phone::find),
];

/// The finder with this name.
pub(crate) fn finder_by_name(name: &str) -> Option<Find> {
    FINDERS.iter().find(|(known, _)| *known == name).map(|(_, find)| *find)
}

/// Finds dates; the value is `yyyy-mm-dd`.
pub(crate) fn dates(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    date::find(text, found);
}

/// The names of all finders, and of the one for the caller's word lists.
pub(crate) fn finder_names() -> impl Iterator<Item = &'static str> {
    FINDERS.iter().map(|(name, _)| *name).chain(["keywords"])
}
