//! JSON Lines: one object a line.

use serde::Serialize;

/// One line with its line feed. Records hold nothing that JSON cannot say.
pub fn line(record: &impl Serialize) -> String {
    let mut line = serde_json::to_string(record).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"));
    line.push('\n');
    line
}
