//! What is odd about an archive.

use std::borrow::Cow;

/// Something that other readers of an archive might take another way, or that is plainly wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// Name of the member, empty for the archive.
    pub member: String,
    /// What it is, in a few words.
    pub detail: Cow<'static, str>,
    /// Whether headers contradict each other: readers that believe one or the other see different archives.
    pub contradiction: bool,
}

impl Oddity {
    /// An oddity of `member` ("" = of the archive).
    pub(super) fn new(member: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { member: member.to_owned(), detail: detail.into(), contradiction: false }
    }

    /// Headers of `member` that contradict each other.
    pub(super) fn contradiction(member: &str, detail: &'static str) -> Self {
        Self { contradiction: true, ..Self::new(member, detail) }
    }
}
