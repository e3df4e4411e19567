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
pub(crate) mod token_run;

/// Looks through a folded text and calls back with the bytes and the normalised value of each candidate. A value that
/// begins with `?` is written in a form that other things are written in too.
pub(crate) type Find = fn(&str, &mut dyn FnMut(Range<usize>, &str));

/// Where a finder is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// In the whole text.
    Everywhere,
    /// Near digits: every value has one.
    NearDigits,
    /// In texts in which one of the literals of its rule stands.
    WithLiterals,
}

/// Finders that rules name, for what shapes cannot describe.
const FINDERS: &[(&str, Find, Where)] = &[
    ("base58", base58::find, Where::NearDigits),
    ("coordinates", coordinates::find, Where::NearDigits),
    ("date", date::find, Where::NearDigits),
    ("email", email::find, Where::Everywhere),
    ("hex-address", hex_address::find, Where::NearDigits),
    ("ipv4", ipv4::find, Where::NearDigits),
    ("ipv6", ipv6::find, Where::NearDigits),
    ("mac", mac::find, Where::NearDigits),
    ("magstripe", magstripe::find, Where::NearDigits),
    ("mnemonic", mnemonic::find, Where::Everywhere),
    ("mrz", mrz::find, Where::NearDigits),
    ("phone", phone::find, Where::NearDigits),
    ("secret-column", secret_column::find, Where::WithLiterals),
];

/// Bytes of the longest value of a finder that is only asked near digits (a machine-readable zone of three lines).
pub(crate) const FINDER_BYTES_MAX: usize = 128;

/// The finder with this name, and where it is asked.
pub(crate) fn finder_by_name(name: &str) -> Option<(Find, Where)> {
    FINDERS.iter().find(|(known, ..)| *known == name).map(|(_, find, place)| (*find, *place))
}

/// Finds dates; the value is `yyyy-mm-dd`.
pub(crate) fn dates(text: &str, found: &mut dyn FnMut(Range<usize>, &str)) {
    date::find(text, found);
}

/// The names of all finders, and of the one for the caller's word lists.
pub(crate) fn finder_names() -> impl Iterator<Item = &'static str> {
    FINDERS.iter().map(|(name, ..)| *name).chain(["keywords"])
}
