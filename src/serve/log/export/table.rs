//! Decisions for people: a line each, what matters first.

use crate::report::escape;
use crate::serve::log::decision::Decision;
use crate::serve::log::export::{found_text, gap_codes, label_names};

/// Widths of the columns in front of the last one.
const WIDTHS: [usize; 5] = [20, 11, 10, 24, 30];

/// The names of the columns.
pub fn head() -> String {
    row(["TIME", "ACTION", "ACTIVITY", "USER", "FILE"].map(str::to_owned), "WHY")
}

/// One decision.
pub fn line(decision: &Decision) -> String {
    // Whole seconds are enough for a reader.
    let time = decision.time.to_string();
    let time = format!("{}Z", time.get(..19).unwrap_or_default());
    let action = match (decision.action, decision.would) {
        (_, Some(would)) => format!("({would})"),
        (Some(action), None) => action.to_string(),
        (None, None) => "-".to_owned(),
    };
    let activity = decision.event.clone().or(decision.activity.map(|a| a.name().to_owned()));
    let who = decision.user.clone().or(decision.address.map(|a| a.to_string()));
    let what = decision.file.clone().or(decision.url.clone()).or(decision.app.clone());
    let or_dash = |text: Option<String>| text.filter(|t| !t.is_empty()).unwrap_or_else(|| "-".to_owned());
    let mut why = Vec::new();
    why.extend(decision.rule.clone());
    why.extend(found_text(decision));
    why.extend(label_names(decision).into_iter().map(|name| format!("label {name}")));
    why.extend(gap_codes(decision));
    why.extend(decision.details.suspicions.iter().map(|s| s.code.clone()));
    why.extend(decision.details.exceptions.iter().map(|id| format!("exception {id}")));
    row([time, action, or_dash(activity), or_dash(who), or_dash(what)], &why.join(", "))
}

/// Cells in their columns. A cell that is too wide keeps its end: names of files and users differ there as well as in
/// front, and a space says where the next column begins.
fn row(cells: [String; 5], last: &str) -> String {
    let mut line = String::new();
    for (cell, width) in cells.into_iter().zip(WIDTHS) {
        let cell = escape(&cell);
        let wide = cell.chars().count();
        line.push_str(&cell);
        line.push_str(&" ".repeat(width.saturating_sub(wide) + 2));
    }
    line.push_str(&escape(last));
    format!("{}\n", line.trim_end())
}
