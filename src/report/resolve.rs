//! The one resolver: coverage, outcome and exit code. Everything else renders what it says.

use serde::{Deserialize, Serialize};

use crate::blob::{Gap, Reason};
use crate::report::summary::Summary;

/// How much of an input was examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// All of it.
    Ok,
    /// Some of it.
    Partial,
    /// None of it: it could be opened, but not be read.
    Unscannable,
    /// None of it, on purpose.
    Skipped,
    /// None of it: it could not be opened, or the parser died.
    Error,
}

/// What is known about an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Wholly examined, nothing found.
    Clean,
    /// Something was found, whether or not all of it was examined.
    Match,
    /// Nothing was found in what was examined, and that was not all.
    Unknown,
}

impl Status {
    /// The word used in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Unscannable => "unscannable",
            Self::Skipped => "skipped",
            Self::Error => "error",
        }
    }
}

impl Outcome {
    /// The word used in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Match => "match",
            Self::Unknown => "unknown",
        }
    }
}

/// Coverage and outcome of one input: `examined` says whether any content of it was read (text, if only a little),
/// `matched` whether there is a match at or above the gate.
pub fn resolve(gaps: &[Gap], examined: bool, matched: bool) -> (Status, Outcome) {
    let whole = |test: fn(Reason) -> bool| gaps.iter().any(|gap| gap.place.is_empty() && test(gap.reason));
    let status = if gaps.is_empty() {
        Status::Ok
    } else if examined || matched {
        Status::Partial
    } else if whole(Reason::is_error) {
        Status::Error
    } else if whole(Reason::is_skip) {
        Status::Skipped
    } else {
        Status::Unscannable
    };
    let outcome = match status {
        _ if matched => Outcome::Match,
        Status::Ok => Outcome::Clean,
        _ => Outcome::Unknown,
    };
    (status, outcome)
}

/// What makes the exit code of a run other than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "one switch a word of --fail-on")]
pub struct FailOn {
    /// A match at or above the gate.
    pub matches: bool,
    /// A match of high confidence.
    pub high: bool,
    /// An input that was not wholly examined.
    pub incomplete: bool,
    /// An input that could not be opened, or that a parser died on.
    pub error: bool,
}

impl FailOn {
    /// Nothing.
    pub const NEVER: Self = Self { matches: false, high: false, incomplete: false, error: false };
}

impl Default for FailOn {
    fn default() -> Self {
        Self { matches: true, error: true, ..Self::NEVER }
    }
}

/// How a run ended, apart from what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// All inputs were dealt with.
    #[default]
    Finished,
    /// It could not go on, or an input named by the caller could not be read.
    Broken,
    /// Bad flag, rule or policy: nothing was scanned.
    Usage,
    /// A signal of this number stopped it.
    Signal(u8),
}

/// The exit code of a run: the first that applies of signal, 5, 2, 1, 3, 0. A file error never hides a match.
pub fn exit_code(end: End, summary: &Summary, fail_on: FailOn, exit_zero: bool) -> u8 {
    match end {
        End::Signal(number) => return 128 + (number & 0x7f),
        End::Broken => return 5,
        End::Usage => return 2,
        End::Finished => {}
    }
    let found = fail_on.matches && summary.matched > 0 || fail_on.high && summary.matched_high > 0;
    let missed = fail_on.error && summary.errors > 0 || fail_on.incomplete && summary.incomplete() > 0;
    match (found, missed) {
        _ if exit_zero => 0,
        (true, _) => 1,
        (false, true) => 3,
        (false, false) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(reason: Reason, place: &str) -> Gap {
        Gap::new(reason, place, "")
    }

    #[test]
    fn clean_is_only_said_without_gaps() {
        for reason in Reason::ALL {
            for place in ["", "a.zip!b"] {
                for examined in [false, true] {
                    let (status, outcome) = resolve(&[gap(*reason, place)], examined, false);
                    assert_eq!(outcome, Outcome::Unknown, "{reason}");
                    assert_ne!(status, Status::Ok, "{reason}");
                    let (status, outcome) = resolve(&[gap(*reason, place)], examined, true);
                    assert_eq!((status, outcome), (Status::Partial, Outcome::Match), "{reason}");
                }
            }
        }
        assert_eq!(resolve(&[], true, false), (Status::Ok, Outcome::Clean));
        assert_eq!(resolve(&[], false, false), (Status::Ok, Outcome::Clean));
        assert_eq!(resolve(&[], true, true), (Status::Ok, Outcome::Match));
    }

    #[test]
    fn statuses_by_reason() {
        let status = |reason, place| resolve(&[gap(reason, place)], false, false).0;
        assert_eq!(status(Reason::Symlink, ""), Status::Skipped);
        assert_eq!(status(Reason::Permission, ""), Status::Error);
        assert_eq!(status(Reason::PasswordProtected, ""), Status::Unscannable);
        assert_eq!(status(Reason::Crashed, "member"), Status::Unscannable);
        assert_eq!(resolve(&[gap(Reason::Crashed, "member")], true, false).0, Status::Partial);
    }

    #[test]
    fn exit_codes_by_precedence() {
        let all = FailOn { matches: true, high: true, incomplete: true, error: true };
        let found = Summary { matched: 1, errors: 1, ..Summary::default() };
        let broken = Summary { errors: 1, ..Summary::default() };
        let partial = Summary { partial: 1, ..Summary::default() };
        let code = |end, summary, fail_on| exit_code(end, summary, fail_on, false);
        assert_eq!(code(End::Broken, &found, all), 5);
        assert_eq!(code(End::Usage, &found, all), 2);
        assert_eq!(code(End::Signal(2), &found, all), 130);
        assert_eq!(code(End::Signal(15), &found, all), 143);
        assert_eq!(code(End::Finished, &found, all), 1);
        assert_eq!(code(End::Finished, &broken, FailOn::default()), 3);
        assert_eq!(code(End::Finished, &partial, FailOn::default()), 0);
        assert_eq!(code(End::Finished, &partial, all), 3);
        assert_eq!(code(End::Finished, &found, FailOn { high: true, ..FailOn::NEVER }), 0);
        assert_eq!(code(End::Finished, &found, FailOn::NEVER), 0);
        assert_eq!(exit_code(End::Finished, &found, all, true), 0);
        assert_eq!(exit_code(End::Broken, &found, all, true), 5);
    }
}
