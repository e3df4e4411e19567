//! Decisions as comma-separated values (RFC 4180): a header, a row each. Lists in a cell are joined by `; `.

use crate::serve::log::decision::Decision;
use crate::serve::log::export::{found_text, gap_codes, label_names};

/// Names of the columns, in order; new ones are added at the end.
pub const COLUMNS: &[&str] = &[
    "Time",
    "Id",
    "Front End",
    "Event",
    "User",
    "Groups",
    "External",
    "Address",
    "Location",
    "Device Tags",
    "Platform",
    "Client",
    "Activity",
    "App",
    "URL",
    "File Name",
    "Media Type",
    "Size",
    "SHA-256",
    "Status",
    "Verdict",
    "Action",
    "Would Be Action",
    "Policy",
    "Policy Rule",
    "Policy Rules",
    "Exceptions",
    "Found",
    "Count",
    "Labels",
    "Encryption",
    "Reason Codes",
    "Suspicions",
    "Evidence",
    "Queue us",
    "Total us",
    "Ruleset",
];

/// The header.
pub fn head() -> String {
    row(COLUMNS.iter().map(|name| (*name).to_owned()))
}

/// One decision.
pub fn line(decision: &Decision) -> String {
    let details = &decision.details;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let name = |action: Option<crate::policy::Action>| action.map(|a| a.name().to_owned()).unwrap_or_default();
    let list = |list: &[String]| list.join("; ");
    let count: u64 = details.found.iter().filter_map(|f| f.total()).map(|t| t.count).sum();
    let evidence: Vec<String> = details.evidence.iter().map(|e| format!("{} {}", e.rule, e.masked)).collect();
    let suspicions: Vec<String> = details.suspicions.iter().map(|s| s.code.clone()).collect();
    row([
        decision.time.to_string(),
        decision.id.clone(),
        decision.frontend.clone(),
        text(&decision.event),
        text(&decision.user),
        list(&details.groups),
        details.external.map(|e| e.to_string()).unwrap_or_default(),
        decision.address.map(|a| a.to_string()).unwrap_or_default(),
        text(&details.location),
        list(&details.device_tags),
        text(&details.platform),
        text(&details.client),
        decision.activity.map(|a| a.name().to_owned()).unwrap_or_default(),
        text(&decision.app),
        text(&decision.url),
        text(&decision.file),
        text(&decision.media_type),
        decision.size.map(|n| n.to_string()).unwrap_or_default(),
        text(&decision.sha256),
        decision.status.clone(),
        decision.verdict.clone(),
        name(decision.action),
        name(decision.would),
        text(&decision.policy),
        text(&decision.rule),
        list(&details.rules),
        list(&details.exceptions),
        list(&found_text(decision)),
        count.to_string(),
        list(&label_names(decision)),
        text(&details.encryption),
        list(&gap_codes(decision)),
        list(&suspicions),
        list(&evidence),
        details.timing.queue.to_string(),
        details.timing.total.to_string(),
        details.ruleset.clone(),
    ])
}

/// One row with its line end.
fn row(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| quoted(&harmless(&cell))).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no spreadsheet takes for a formula, nor a terminal for an order. White space in front does not help
/// one that looks like a formula.
fn harmless(cell: &str) -> String {
    let plain: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = crate::report::escape(&plain);
    let begins = plain.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if begins || cell.starts_with(['\t', '\r', '\n']) { format!("'{plain}") } else { plain }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\'', ';']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
