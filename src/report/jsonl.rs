//! JSON Lines: one object a line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::report::human::steers;

/// One line with its line feed. Records hold nothing that JSON cannot say.
pub fn line(record: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let written = record.serialize(&mut Serializer::with_formatter(&mut bytes, Steady));
    // It writes text only.
    let mut line = match (written, String::from_utf8(bytes)) {
        (Ok(()), Ok(line)) => line,
        (Err(error), _) => format!("{{\"error\":\"{error}\"}}"),
        (_, Err(error)) => format!("{{\"error\":\"{error}\"}}"),
    };
    line.push('\n');
    line
}

/// Compact JSON that steers no terminal: JSON itself escapes only the first 32 control characters.
struct Steady;

impl Formatter for Steady {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut left = fragment;
        while let Some((at, c)) = left.char_indices().find(|(_, c)| steers(*c)) {
            let (before, rest) = left.split_at(at);
            to.write_all(before.as_bytes())?;
            // All of them are in the first plane.
            write!(to, "\\u{:04x}", u32::from(c))?;
            left = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        to.write_all(left.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_steer_no_terminal_and_say_the_same() {
        let name = "\u{1b}[31m\u{9b}31m\u{7f}\u{202e}gpj.\u{feff}é文\"\\\n\u{2028}";
        let told = line(&name);
        assert_eq!(told.trim_end(), r#""\u001b[31m\u009b31m\u007f\u202egpj.\ufeffé文\"\\\n\u2028""#);
        assert_eq!(serde_json::from_str::<String>(&told).unwrap(), name);
    }
}
