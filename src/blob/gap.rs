//! What was not examined, why, and where.
//!
//! Coverage is data: every byte that no text was taken from, and that could have held some, leaves a [`Gap`].
//! `clean` is only said of a file without gaps.

use std::fmt;

/// Something that was not examined.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gap {
    /// Why, from the closed list.
    pub reason: Reason,
    /// Where inside the file: a path of members joined by `!`, a part name, a page. Empty for the whole file.
    pub place: String,
    /// One short sentence for a person: numbers, limits, the parser's own words. Never content of the file.
    pub detail: String,
}

impl Gap {
    /// A gap of `reason` at `place` ("" = the whole blob) with a short `detail` ("" = none).
    pub fn new(reason: Reason, place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { reason, place: place.into(), detail: detail.into() }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why something was not examined. A closed list with stable codes, see `docs/records.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// Every reason, in the order of the documentation.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)*];

            /// The stable code used in records, policies and reports.
            pub const fn code(self) -> &'static str {
                match self { $(Reason::$name => $code,)* }
            }
        }
    };
}

reasons! {
    /// Encrypted in a way that is neither a password nor rights management (PGP, S/MIME, unknown).
    Encrypted = "encrypted",
    /// Needs a password that was not given.
    PasswordProtected = "password_protected",
    /// Protected by rights management (IRM, RMS, MIP); only the service can open it.
    RightsProtected = "rights_protected",
    /// Damaged: what could be read was examined, the rest could not.
    Corrupt = "corrupt",
    /// A format that frisk does not read (yet).
    UnsupportedType = "unsupported_type",
    /// Read whole, but there is no text where text is expected.
    NoText = "no_text",
    /// Only pixels: text may be in the picture.
    ImageOnly = "image_only",
    /// Larger than the limit for one file.
    TooLarge = "too_large",
    /// Unpacks to more than the limit.
    ExpandedTooLarge = "expanded_too_large",
    /// Unpacks to more times its size than the limit.
    RatioExceeded = "ratio_exceeded",
    /// Nested deeper than the limit.
    DepthExceeded = "depth_exceeded",
    /// More members than the limit.
    MembersExceeded = "members_exceeded",
    /// Took longer than the limit.
    Timeout = "timeout",
    /// Needed more memory than the limit.
    Memory = "memory",
    /// The parser died on it.
    Crashed = "crashed",
    /// The operating system refused to open it.
    Permission = "permission",
    /// It was not there (any more).
    NotFound = "not_found",
    /// It changed while it was read.
    ChangedDuringScan = "changed_during_scan",
    /// A cloud placeholder whose content is not on this machine.
    Placeholder = "placeholder",
    /// A symbolic link, not followed.
    Symlink = "symlink",
    /// A device, socket or pipe.
    SpecialFile = "special_file",
    /// Excluded by the caller.
    Excluded = "excluded",
    /// Not changed since the last run.
    Unchanged = "unchanged",
    /// The operating system failed while reading.
    ReadError = "read_error",
    /// More matches than the limit; the count is a lower bound.
    MatchesCapped = "matches_capped",
    /// Only a part of it came: a range of a download, a piece of an upload. What came was examined.
    PartOnly = "part_only",
    /// The verdict was certain before all was read, and no more was asked for (`--first-verdict`).
    Decided = "decided",
}

impl Reason {
    /// The reason with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|r| r.code() == code)
    }

    /// Whether the whole input was passed over on purpose (it was never opened).
    pub const fn is_skip(self) -> bool {
        matches!(self, Self::Placeholder | Self::Symlink | Self::SpecialFile | Self::Excluded | Self::Unchanged)
    }

    /// Whether the operating system kept the input from being read.
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Permission | Self::NotFound | Self::ReadError | Self::Crashed | Self::Memory)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_round_trip() {
        for (i, a) in Reason::ALL.iter().enumerate() {
            assert_eq!(Reason::from_code(a.code()), Some(*a));
            assert!(Reason::ALL[i + 1..].iter().all(|b| b.code() != a.code()), "{a} twice");
        }
    }
}
