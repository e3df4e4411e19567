//! Formats that decisions are written in. What they share: no format shows more than the log has.

pub mod cef;
pub mod csv;
pub mod ocsf;
pub mod table;

use serde::Serialize;

use crate::report::{SCHEMA, TOOL, jsonl};
use crate::serve::log::decision::Decision;

/// Formats of exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Columns, for people.
    Table,
    /// A JSON object a line, with everything the log has.
    Jsonl,
    /// Comma-separated values.
    Csv,
    /// Data Security Findings of the Open Cybersecurity Schema Framework, a JSON object a line.
    Ocsf,
    /// Common Event Format, a line each.
    Cef,
}

impl Format {
    /// What stands in front of the first decision.
    pub fn head(self) -> String {
        match self {
            Self::Table => table::head(),
            Self::Csv => csv::head(),
            Self::Jsonl | Self::Ocsf | Self::Cef => String::new(),
        }
    }

    /// One decision, with its line feed.
    pub fn line(self, decision: &Decision) -> String {
        match self {
            Self::Table => table::line(decision),
            Self::Jsonl => jsonl_line(decision),
            Self::Csv => csv::line(decision),
            Self::Ocsf => jsonl::line(&ocsf::event(decision)),
            Self::Cef => format!("{}\n", cef::of_decision(decision)),
        }
    }
}

/// A decision as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    record_type: &'static str,
    schema: &'static str,
    tool: &'static str,
    #[serde(flatten)]
    decision: &'a Decision,
}

fn jsonl_line(decision: &Decision) -> String {
    jsonl::line(&Line { record_type: "decision", schema: SCHEMA, tool: TOOL, decision })
}

/// Found rules with their counts: `credit-card-number 3 (high)`.
fn found_text(decision: &Decision) -> Vec<String> {
    let text = |found: &super::Found| match found.total() {
        Some(total) => format!("{} {} ({})", found.rule, total.count, total.level),
        None => found.rule.clone(),
    };
    decision.details.found.iter().map(text).collect()
}

/// Labels that apply, by name or GUID.
fn label_names(decision: &Decision) -> Vec<String> {
    let active = decision.details.labels.iter().filter(|label| label.state == "active");
    active.map(|label| label.name.clone().unwrap_or_else(|| label.id.clone())).collect()
}

/// Codes of gaps, each once.
fn gap_codes(decision: &Decision) -> Vec<String> {
    let mut codes: Vec<String> = decision.details.gaps.iter().map(|gap| gap.code.clone()).collect();
    codes.sort();
    codes.dedup();
    codes
}
