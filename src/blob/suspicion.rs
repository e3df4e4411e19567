//! Signs that somebody meant something in a file not to be seen.

use std::fmt;

/// A sign of concealment. It takes nothing from what was examined: where something could not be, there is a gap.
/// Honest files show some of them too, so what one is worth is a policy's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Suspicion {
    /// The name says another kind than the content.
    ExtensionMismatch,
    /// Headers contradict each other, or what they head: the directory of an archive and its members, the media type
    /// of an attachment and its content.
    HeaderMismatch,
    /// Bytes in front of the thing that the file is, or behind its end.
    TrailingData,
    /// Text that is there and not shown: hidden rows, sheets, slides and runs, invisible elements, earlier revisions,
    /// text between the parts of a mail.
    HiddenText,
}

impl Suspicion {
    /// Every sign, in the order of the documentation.
    pub const ALL: &'static [Suspicion] =
        &[Self::ExtensionMismatch, Self::HeaderMismatch, Self::TrailingData, Self::HiddenText];

    /// The stable code used in records and policies.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ExtensionMismatch => "extension_mismatch",
            Self::HeaderMismatch => "header_mismatch",
            Self::TrailingData => "trailing_data",
            Self::HiddenText => "hidden_text",
        }
    }

    /// The sign with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sign| sign.code() == code)
    }
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The signs of one file: each with the first place that shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suspicions(Vec<(Suspicion, String)>);

impl Suspicions {
    /// Adds a sign that shows at `place` (a path of members joined by `!`; "" = the file itself). Only the first place of
    /// each is kept.
    pub fn add(&mut self, sign: Suspicion, place: &str) {
        if !self.contains(sign) {
            self.0.push((sign, place.to_owned()));
            self.0.sort();
        }
    }

    /// Whether a sign is among them.
    pub fn contains(&self, sign: Suspicion) -> bool {
        self.0.iter().any(|(known, _)| *known == sign)
    }

    /// All of them with their places, in the order of [`Suspicion::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Suspicion, &str)> {
        self.0.iter().map(|(sign, place)| (*sign, place.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_round_trip() {
        for sign in Suspicion::ALL {
            assert_eq!(Suspicion::from_code(sign.code()), Some(*sign));
        }
    }

    #[test]
    fn each_sign_is_kept_once_in_the_order_of_the_list() {
        let mut signs = Suspicions::default();
        signs.add(Suspicion::HiddenText, "a!b");
        signs.add(Suspicion::TrailingData, "");
        signs.add(Suspicion::HiddenText, "c");
        let all: Vec<_> = signs.iter().collect();
        assert_eq!(all, [(Suspicion::TrailingData, ""), (Suspicion::HiddenText, "a!b")]);
    }
}
