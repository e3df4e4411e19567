//! What frisk reads of which format.

use std::fmt::Write as _;

use crate::blob::{Aspect, Coverage, Kind};
use crate::container;
use crate::document;

/// What is read of files of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The kind.
    pub kind: Kind,
    /// What is read of it.
    pub coverage: Coverage,
}

/// Every kind that frisk recognises, with what is read of it.
pub fn formats() -> impl Iterator<Item = Format> {
    let of = |kind: Kind| container::coverage(kind).or_else(|| document::coverage(kind));
    Kind::ALL.iter().filter_map(move |kind| of(*kind).map(|coverage| Format { kind: *kind, coverage }))
}

/// The coverage matrix as a Markdown table: a row a kind, a column an aspect.
pub fn matrix() -> String {
    let mut out = String::from("| format |");
    for aspect in Aspect::ALL {
        let _ = write!(out, " {} |", aspect.name());
    }
    out.push_str(" read by |\n|---|");
    out.push_str(&":-:|".repeat(Aspect::ALL.len()));
    out.push_str("---|\n");
    for Format { kind, coverage } in formats() {
        let _ = write!(out, "| {} |", names(kind));
        for aspect in Aspect::ALL {
            let _ = write!(out, " {} |", coverage.of(*aspect));
        }
        let _ = writeln!(out, " {} |", coverage.source);
    }
    out
}

/// What people call a kind: its extensions, and its media type.
fn names(kind: Kind) -> String {
    let extensions = kind.extensions().join(", ");
    let separator = if extensions.is_empty() { "" } else { " · " };
    format!("{extensions}{separator}`{}`", kind.media_type())
}
