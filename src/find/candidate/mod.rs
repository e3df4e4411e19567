//! Candidates: one cheap pass over the text says where a value could be; checks and evidence come later.

pub(crate) mod digits;
pub(crate) mod email;
pub(crate) mod keyword;
pub(crate) mod word;
