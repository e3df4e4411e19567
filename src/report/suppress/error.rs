//! What was wrong with a suppression list: a small lesson for its author.

use std::fmt;

use crate::policy::PolicyError;

/// A suppression list that does not load. Displays as an error code, the place and a help line, and never repeats what
/// an entry names: somebody may have put a value there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionError {
    /// Stable code: `S001` syntax, `S002` unknown key, `S003` missing key, `S004` wrong value, `S005` unknown rule.
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

impl fmt::Display for SuppressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}\n  --> {}:{}", self.code, self.message, self.file, self.line)?;
        match &self.help {
            Some(help) => write!(f, "\n  = {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SuppressionError {}

impl From<PolicyError> for SuppressionError {
    /// The reader of tables is that of policies; only its codes are not.
    fn from(error: PolicyError) -> Self {
        let code = match error.code {
            "P001" => "S001",
            "P002" => "S002",
            "P003" => "S003",
            _ => "S004",
        };
        let PolicyError { message, file, line, help, .. } = error;
        Self { code, message, file, line, help }
    }
}
