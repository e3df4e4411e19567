//! What is wrong with a package: everything at once, so that a customer mends it once.

use crate::find::RuleError;

/// Errors and warnings kept of one package; more are only counted.
const PROBLEMS_MAX: usize = 200;

/// Gathers what is wrong.
#[derive(Debug)]
pub(super) struct Problems {
    file: String,
    pub(super) errors: Vec<RuleError>,
    pub(super) warnings: Vec<String>,
    /// Errors that were not kept.
    pub(super) more: usize,
}

impl Problems {
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), errors: Vec::new(), warnings: Vec::new(), more: 0 }
    }

    /// The package does not load.
    pub(super) fn error(&mut self, line: usize, message: String, help: &str) {
        if self.errors.len() >= PROBLEMS_MAX {
            self.more = self.more.saturating_add(1);
            return;
        }
        let place = format!("{}:{line}", self.file);
        self.errors.push(RuleError { code: "R008", message, place, help: help.to_owned() });
    }

    /// It loads, and somebody should know.
    pub(super) fn warning(&mut self, line: usize, message: String) {
        if self.warnings.len() < PROBLEMS_MAX {
            self.warnings.push(format!("{}:{line}: {message}", self.file));
        }
    }

    /// `file:line`.
    pub(super) fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.file)
    }
}
