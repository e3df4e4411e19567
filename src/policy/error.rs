//! What was wrong with a policy file: a small lesson for its author.

use std::fmt;

/// A policy that does not load. Displays as an error code, the place and a help line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// Stable code: `P001` syntax, `P002` unknown key, `P003` missing key, `P004` wrong value, `P005` unknown name.
    pub code: &'static str,
    /// What is wrong; lower case, no full stop.
    pub message: String,
    /// The file as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}\n  --> {}:{}", self.code, self.message, self.file, self.line)?;
        match &self.help {
            Some(help) => write!(f, "\n  = {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PolicyError {}
