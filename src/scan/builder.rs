//! Settings of a scanner.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Scanner;
use super::window::Sizes;
use crate::blob::{Limits, Passwords};
use crate::document::{Ocr, Options};
use crate::find::{Level, RuleError, Ruleset, Score};
use crate::policy::Policy;
use crate::report::{Masker, RuleInfo, Show, Suppressions};

/// Why a scanner cannot be built.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A rule is wrong.
    Rule(RuleError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<RuleError> for Error {
    fn from(error: RuleError) -> Self {
        Self::Rule(error)
    }
}

/// Settings of a [`Scanner`]; every one has a default.
#[derive(Default)]
pub struct Builder {
    ruleset: Option<Ruleset>,
    policy: Option<Policy>,
    masker: Option<Masker>,
    limits: Limits,
    gate: Option<Score>,
    suppressions: Suppressions,
    options: Options,
}

impl Builder {
    /// Finds by these rules instead of the built-in ones.
    pub fn ruleset(mut self, ruleset: Ruleset) -> Self {
        self.ruleset = Some(ruleset);
        self
    }

    /// Decides by this policy.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Keeps these limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reports matches with this score or a higher one; medium (75) unless set.
    pub fn min_confidence(mut self, gate: Score) -> Self {
        self.gate = Some(gate);
        self
    }

    /// Shows and fingerprints values this way; not shown and not fingerprinted unless set.
    pub fn masker(mut self, masker: Masker) -> Self {
        self.masker = Some(masker);
        self
    }

    /// Leaves out, and counts, the matches that these lists name.
    pub fn suppressions(mut self, suppressions: Suppressions) -> Self {
        self.suppressions = suppressions;
        self
    }

    /// Reads only what labels and protection need.
    pub fn labels_only(mut self) -> Self {
        self.options.text = false;
        self
    }

    /// Tries these passwords on what is encrypted.
    pub fn passwords(mut self, passwords: Passwords) -> Self {
        self.options.passwords = passwords;
        self
    }

    /// Reads the text in pictures with this; pictures are gaps unless set.
    pub fn ocr(mut self, ocr: Arc<dyn Ocr>) -> Self {
        self.options.ocr = Some(ocr);
        self
    }

    /// How many encodings inside each other are undone in text: base64, hexadecimal, escapes. 1 unless set; 0 = none.
    pub fn decode(mut self, depth: u32) -> Self {
        self.options.decode = depth;
        self
    }

    /// Compiles everything.
    ///
    /// # Errors
    /// A built-in rule that does not compile: none in a build that passed its tests.
    pub fn build(self) -> Result<Scanner, Error> {
        let ruleset = match self.ruleset {
            Some(ruleset) => ruleset,
            None => Ruleset::builtin()?,
        };
        let policy = self.policy.unwrap_or_else(Policy::default_policy);
        let mut digest = Sha256::new().chain_update(ruleset.id()).chain_update(policy.source());
        if !self.suppressions.is_empty() {
            digest.update(self.suppressions.digest());
        }
        let digest = digest.finalize();
        Ok(Scanner {
            rules: ruleset.rules().iter().map(RuleInfo::from).collect(),
            id: digest.iter().take(8).map(|b| format!("{b:02x}")).collect(),
            ruleset,
            policy,
            masker: self.masker.unwrap_or_else(|| Masker::new(Show::Nothing, b"")),
            limits: self.limits,
            suppressions: self.suppressions,
            gate: self.gate.unwrap_or_else(|| Score::new(i16::from(Level::Medium.threshold()))),
            options: self.options,
            time: None,
            first_verdict: false,
            threads: 1,
            sizes: Sizes::default(),
        })
    }
}
