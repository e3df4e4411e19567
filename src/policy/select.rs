//! Which detection rules and which kinds of file a policy rule is about.

use std::fmt;

use crate::blob::{Family, Kind};
use crate::find::nearest;

/// Names detection rules: an id, the start of ids, a category, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// `*`: every rule.
    All,
    /// `credit-card-number`: the rule with this id.
    Id(String),
    /// `us-*`: every rule whose id starts so.
    Prefix(String),
    /// `category:financial`: every rule of a category.
    Category(String),
}

impl Selector {
    /// Reads a selector.
    pub fn parse(text: &str) -> Self {
        if let Some(category) = text.strip_prefix("category:") {
            return Self::Category(category.to_owned());
        }
        match text.strip_suffix('*') {
            Some("") => Self::All,
            Some(prefix) => Self::Prefix(prefix.to_owned()),
            None => Self::Id(text.to_owned()),
        }
    }

    /// What to write instead if it names none of the rules `known` (id and category); `None` if it names one.
    pub fn correction<'k>(&self, known: impl IntoIterator<Item = (&'k str, &'k str)> + Clone) -> Option<String> {
        if *self == Self::All || known.clone().into_iter().any(|(id, category)| self.matches(id, category)) {
            return None;
        }
        let words = known.into_iter();
        let near = match self {
            Self::Category(name) => nearest(name, words.map(|(_, c)| c)).map(|c| format!("category:{c}")),
            Self::Id(name) | Self::Prefix(name) => nearest(name, words.map(|(id, _)| id)).map(str::to_owned),
            Self::All => None,
        };
        Some(near.map_or_else(|| "see `frisk rules list`".to_owned(), |name| format!("did you mean `{name}`?")))
    }

    /// Whether it names the rule with this id and category.
    pub fn matches(&self, id: &str, category: &str) -> bool {
        match self {
            Self::All => true,
            Self::Id(wanted) => id == wanted,
            Self::Prefix(prefix) => id.starts_with(prefix.as_str()),
            Self::Category(wanted) => category == wanted,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Id(id) => f.write_str(id),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
            Self::Category(category) => write!(f, "category:{category}"),
        }
    }
}

/// Names kinds of file, always by content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KindSelector {
    /// `document`, `container` …: what must be done with it.
    Family(Family),
    /// `application/pdf` or `image/*`.
    Media(String),
    /// `docx`: a kind that files with this extension usually are.
    Usual(String),
}

const FAMILIES: &[(&str, Family)] = &[
    ("empty", Family::Empty),
    ("text", Family::Text),
    ("document", Family::Document),
    ("container", Family::Container),
    ("media", Family::Media),
    ("sealed", Family::Sealed),
    ("opaque", Family::Opaque),
];

impl KindSelector {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let selector = if text.contains('/') {
            Self::Media(text.to_ascii_lowercase())
        } else if let Some((_, family)) = FAMILIES.iter().find(|(name, _)| *name == text) {
            Self::Family(*family)
        } else {
            Self::Usual(text.to_ascii_lowercase())
        };
        Kind::ALL.iter().any(|kind| selector.matches(*kind)).then_some(selector)
    }

    pub(super) fn matches(&self, kind: Kind) -> bool {
        match self {
            Self::Family(family) => kind.family() == *family,
            Self::Usual(extension) => kind.extensions().contains(&extension.as_str()),
            Self::Media(media) => match media.strip_suffix('*') {
                Some(start) => kind.media_type().starts_with(start),
                None => kind.media_type() == media,
            },
        }
    }

    /// Every word it may be written as, for messages.
    pub(super) fn known() -> impl Iterator<Item = &'static str> {
        let kinds = Kind::ALL.iter().flat_map(|k| k.extensions().iter().copied().chain([k.media_type()]));
        FAMILIES.iter().map(|(name, _)| *name).chain(kinds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_round_trip_and_match() {
        for (text, id, category, yes) in [
            ("*", "a", "b", true),
            ("us-*", "us-ssn", "personal", true),
            ("us-*", "uk-nino", "personal", false),
            ("us-ssn", "us-ssn", "", true),
            ("us-ssn", "us-ssn-2", "", false),
            ("category:financial", "iban", "financial", true),
        ] {
            let selector = Selector::parse(text);
            assert_eq!(selector.to_string(), text);
            assert_eq!(selector.matches(id, category), yes, "{text} {id}");
        }
    }

    #[test]
    fn kinds_by_family_media_type_and_usual_extension() {
        let on = |text: &str, kind| KindSelector::parse(text).is_some_and(|s| s.matches(kind));
        assert!(on("document", Kind::Docx) && on("docx", Kind::Docx) && on("image/*", Kind::Png));
        assert!(!on("docx", Kind::Pdf) && !on("image/*", Kind::Pdf));
        assert_eq!(KindSelector::parse("wordfile"), None);
    }
}
