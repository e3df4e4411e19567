//! What was wrong with a container.

use std::fmt;

/// Why a container cannot be opened at all. What is wrong inside of one that can is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Neither a directory nor a single member.
    NoMembers,
    /// The header or the tables that everything hangs on are damaged.
    Damaged,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMembers => "neither a directory nor members",
            Self::Damaged => "header or tables are damaged",
        })
    }
}

impl std::error::Error for Error {}
