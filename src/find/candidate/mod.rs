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
pub(crate) mod literal;
mod mac;
mod magstripe;
mod mnemonic;
mod mrz;
mod phone;
pub(crate) mod run;
mod secret_column;
pub(crate) mod shape;

/// Looks through a folded text and calls back with the bytes and the normalised value of each candidate. A value that
/// begins with `?` is written in a form that other things are written in too.
pub(crate) type Find = fn(&str, &mut dyn FnMut(Range<usize>, &str));

/// Finders that rules name, for what shapes cannot describe, and whether every value has a digit: such finders are
/// only asked near digits.
const FINDERS: &[(&str, Find, bool)] = &[
    ("base58", base58::find, true),
    ("coordinates", coordinates::find, true),
    ("date", date::find, true),
    ("email", email::find, false),
    ("hex-address", hex_address::find, true),
    ("ipv4", ipv4::find, true),
    ("ipv6", ipv6::find, true),
    ("mac", mac::find, true),
    ("magstripe", magstripe::find, true),
    ("mnemonic", mnemonic::find, false),
    ("mrz", mrz::find, true),
    ("phone", phone::find, true),
    ("secret-column", secret_column::find, false),
];

/// Bytes of the longest value of a finder that is only asked near digits (a machine-readable zone of three lines).
pub(crate) const FINDER_BYTES_MAX: usize = 128;

/// The finder with this name, and whether every value of it has a digit.
pub(crate) fn finder_by_name(name: &str) -> Option<(Find, bool)> {
    FINDERS.iter().find(|(known, ..)| *known == name).map(|(_, find, digits)| (*find, *digits))
}

/// Finds dates; the value is `yyyy-mm-dd`.
pub(crate) fn dates(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    date::find(text, found);
}

/// The names of all finders, and of the one for the caller's word lists.
pub(crate) fn finder_names() -> impl Iterator<Item = &'static str> {
    FINDERS.iter().map(|(name, ..)| *name).chain(["keywords"])
}
