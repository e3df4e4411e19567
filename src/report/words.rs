//! Reading records back: a worker process writes them, its supervisor goes on with them.

use serde::{Deserialize, Deserializer, de};

use crate::blob::{Kind, Reason, Suspicion};
use crate::find::Level;
use crate::policy::Action;
use crate::report::record::{SCHEMA, TOOL};

/// A word of a closed list. An alias, as serde would borrow what it sees to be a reference from the text it reads.
pub type Word = &'static str;

/// Words of records that no other list holds: types, ways of detection, parts of documents, states and sources of labels,
/// kinds of encryption.
const OTHERS: &[Word] = &[
    "file",
    "content",
    "extension",
    "caller",
    "body",
    "header",
    "footer",
    "footnote",
    "comment",
    "notes",
    "hidden",
    "tracked_change",
    "metadata",
    "embedded",
    "macro",
    "mail_header",
    "attachment",
    "filename",
    "active",
    "removed",
    "superseded",
    "label_info",
    "custom_properties",
    "pdf_info",
    "xmp",
    "none",
    "password_encrypted",
    "rights_managed",
    "encrypted",
    SCHEMA,
    TOOL,
];

/// The word that `text` is; one that is in no list is told as `other`.
fn known(text: &str) -> Word {
    let reasons = Reason::ALL.iter().map(|reason| reason.code());
    let suspicions = Suspicion::ALL.iter().map(|sign| sign.code());
    let kinds = Kind::ALL.iter().map(|kind| kind.media_type());
    let mut all = OTHERS.iter().copied().chain(reasons).chain(suspicions).chain(kinds);
    all.find(|word| *word == text).unwrap_or("other")
}

pub fn word<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    String::deserialize(from).map(|text| known(&text))
}

pub fn maybe_word<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Word>, D::Error> {
    Option::<String>::deserialize(from).map(|text| text.as_deref().map(known))
}

pub fn action<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Action>, D::Error> {
    let Some(name) = Option::<String>::deserialize(from)? else { return Ok(None) };
    Action::from_name(&name).map(Some).ok_or_else(|| de::Error::custom("no such action"))
}

pub fn level<'de, D: Deserializer<'de>>(from: D) -> Result<Level, D::Error> {
    let name = String::deserialize(from)?;
    Level::from_name(&name).ok_or_else(|| de::Error::custom("no such level"))
}

#[cfg(test)]
mod tests {
    use crate::document::Area;

    #[test]
    fn words_of_other_lists_are_known_too() {
        let areas = [Area::Body, Area::Macro, Area::TrackedChange, Area::MailHeader, Area::Attachment, Area::Filename];
        let words = areas.map(Area::name).into_iter().chain(["crashed", "text/plain", "hidden_text", "xmp", "active"]);
        for word in words {
            assert_eq!(super::known(word), word, "it reads back");
        }
        assert_eq!(super::known("no such word"), "other");
    }
}
