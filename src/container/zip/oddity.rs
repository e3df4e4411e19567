//! What is odd about an archive.

use std::borrow::Cow;

/// Something that other readers of an archive might take another way, or that is plainly wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// Name of the member, empty for the archive.
    pub member: String,
    /// What it is, in a few words.
    pub detail: Cow<'static, str>,
}

impl Oddity {
    /// An oddity of `member` ("" = of the archive).
    pub(super) fn new(member: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { member: member.to_owned(), detail: detail.into() }
    }
}
