//! For people: one line a file, then a summary.

use std::fmt::Write as _;

use crate::find::Level;
use crate::report::record::{LabelEntry, ReasonEntry, Record};
use crate::report::resolve::{Outcome, Status};
use crate::report::summary::Summary;

/// How the text may look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are allowed.
    pub color: bool,
    /// Columns of the terminal; `None` = do not wrap.
    pub width: Option<usize>,
}

/// Gaps named on a line; the rest is counted.
const REASONS_SHOWN: usize = 3;

const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const DIM: &str = "2";

impl Style {
    fn paint(self, color: &str, text: &str) -> String {
        if self.color { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// The line of one record: outcome, status unless `ok`, path, what was found, what was not examined, labels, action.
    pub fn record(self, record: &Record) -> String {
        let outcome = format!("{:<7}", record.verdict.name());
        let color = match (record.verdict, record.status) {
            (Outcome::Match, _) => RED,
            (Outcome::Clean, _) => GREEN,
            (Outcome::Unknown, Status::Skipped) => DIM,
            (Outcome::Unknown, _) => YELLOW,
        };
        let status = if record.status == Status::Ok { "" } else { record.status.name() };
        let path = path_of(record);
        let mut line = format!("{} {status:<11}  {path}", self.paint(color, &outcome));
        let mut column = 21 + path.chars().count();
        for (text, color) in self.details(record) {
            let wide = text.chars().count();
            if self.width.is_some_and(|width| column + 2 + wide > width) {
                line.push_str("\n                     ");
                column = 21;
            }
            line.push_str("  ");
            line.push_str(&self.paint(color, &text));
            column += 2 + wide;
        }
        line.push('\n');
        line
    }

    fn details(self, record: &Record) -> Vec<(String, &'static str)> {
        let mut details = Vec::new();
        for (rule, count, level) in by_rule(record) {
            details.push((format!("{rule} {count} ({level})"), if level == Level::High { RED } else { YELLOW }));
        }
        details.extend(suppressed(record).map(|text| (text, DIM)));
        let reason = |r: &ReasonEntry| {
            let place = if r.place.is_empty() { String::new() } else { format!(" at {}", escape(&r.place)) };
            (format!("{}{place}", r.code), DIM)
        };
        let mut reasons: Vec<_> = record.reasons.iter().map(reason).collect();
        reasons.dedup();
        let more = reasons.len().saturating_sub(REASONS_SHOWN);
        details.extend(reasons.into_iter().take(REASONS_SHOWN));
        if more > 0 {
            details.push((format!("and {more} more gaps"), DIM));
        }
        details.extend(record.labels.iter().map(|label| (label_text(label), DIM)));
        if record.would_block {
            details.push(("would block".to_owned(), RED));
        } else if let Some(action) = record.action.filter(|a| *a > crate::policy::Action::Monitor) {
            details.push((action.name().to_owned(), RED));
        }
        details
    }

    /// The labels of one record, a line each.
    pub fn labels(self, record: &Record) -> String {
        let path = path_of(record);
        let mut text = String::new();
        for label in &record.labels {
            let _ = write!(text, "{path}  {}", label_text(label));
            for (name, value) in [("tenant", &label.tenant), ("method", &label.method), ("set", &label.set_date)] {
                if let Some(value) = value {
                    let _ = write!(text, "  {name} {}", escape(value));
                }
            }
            let _ = writeln!(text, "  from {}", label.source);
        }
        if text.is_empty() {
            let why = record.reasons.iter().map(|r| r.code).collect::<Vec<_>>().join(", ");
            let why = if why.is_empty() { why } else { format!("  ({why})") };
            let _ = writeln!(text, "{path}  {}", self.paint(DIM, &format!("no label{why}")));
        }
        if let Some(how) = record.encryption {
            let _ = writeln!(text, "{path}  protected: {how}");
        }
        text
    }

    /// The end of a run.
    pub fn summary(self, summary: &Summary) -> String {
        let mut text = String::from("\n");
        let skipped: u64 = summary.skipped.values().sum();
        let _ = writeln!(
            text,
            "{} inputs: {} matched, {} clean, {} unknown, {skipped} skipped; {} not wholly examined",
            summary.inputs,
            summary.matched,
            summary.clean,
            summary.unknown.saturating_sub(skipped),
            summary.incomplete(),
        );
        if !summary.rules.is_empty() {
            let _ = writeln!(text, "found: {}", counts(summary.rules.iter().map(|(k, v)| (k.as_str(), *v))));
        }
        if summary.suppressed > 0 {
            let by = summary.suppressed_by.iter().map(|(k, v)| (k.as_str(), *v));
            let _ = writeln!(text, "suppressed: {} ({})", summary.suppressed, escape(&counts(by)));
        }
        if let Some(expired) = summary.suppressions.map(|s| s.expired).filter(|n| *n > 0) {
            let _ = writeln!(text, "expired suppressions: {expired}");
        }
        if !summary.reasons.is_empty() {
            let _ = writeln!(text, "gaps (files): {}", counts(summary.reasons.iter().map(|(k, v)| (k.as_str(), *v))));
        }
        if !summary.actions.is_empty() {
            let _ = writeln!(text, "policy: {}", counts(summary.actions.iter().map(|(k, v)| (k.as_str(), *v))));
        }
        #[allow(clippy::cast_precision_loss, reason = "for people")]
        let (megabytes, seconds) = (summary.bytes as f64 / 1e6, summary.timing.total as f64 / 1e6);
        let _ = writeln!(
            text,
            "{megabytes:.1} MB in {seconds:.2} s ({} files/s, {} MB/s); ruleset {}",
            summary.timing.files_per_s, summary.timing.mb_per_s, summary.ruleset
        );
        if let Some(limits) = &summary.limits {
            let _ = writeln!(text, "limits: {}", self.paint(DIM, &limits.to_string()));
        }
        if let Some(why) = &summary.ended_by {
            let _ = writeln!(text, "{}", self.paint(RED, &format!("ended early: {why}")));
        }
        text
    }
}

/// Counts of each rule over all places, and its highest level, in the order of the record.
fn by_rule(record: &Record) -> Vec<(&str, u64, Level)> {
    let mut rules: Vec<(&str, u64, Level)> = Vec::new();
    for entry in &record.matches {
        match rules.iter_mut().find(|(rule, _, _)| *rule == entry.rule) {
            Some((_, count, level)) => {
                *count += entry.count;
                *level = (*level).max(entry.level);
            }
            None => rules.push((&entry.rule, entry.count, entry.level)),
        }
    }
    rules
}

/// How many matches were suppressed, and by which entries.
fn suppressed(record: &Record) -> Option<String> {
    let count: u64 = record.suppressed.iter().map(|s| s.count).sum();
    let mut by: Vec<_> = record.suppressed.iter().map(|s| escape(&s.by)).collect();
    by.sort();
    by.dedup();
    let more = by.len().saturating_sub(REASONS_SHOWN);
    by.truncate(REASONS_SHOWN);
    by.extend((more > 0).then(|| format!("{more} more")));
    (count > 0).then(|| format!("{count} suppressed ({})", by.join(", ")))
}

fn label_text(label: &LabelEntry) -> String {
    let removed = if label.state == "active" { String::new() } else { format!(" ({})", label.state) };
    match &label.name {
        Some(name) => format!("label {} [{}]{removed}", escape(name), escape(&label.id)),
        None => format!("label {}{removed}", escape(&label.id)),
    }
}

fn counts<'a>(items: impl Iterator<Item = (&'a str, u64)>) -> String {
    items.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// Whether a character moves the cursor, colours the screen, turns the direction of text or breaks a line, or is not to be
/// seen at all: control and formatting characters.
pub(super) fn steers(c: char) -> bool {
    let formats = |c| matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    c.is_control() || formats(c) || c == '\u{feff}'
}

/// Text that steers no terminal: control and formatting characters are written as `\u{…}`, and so is a backslash that
/// would read as the beginning of one.
pub fn escape(text: &str) -> String {
    if !text.contains(steers) && !text.contains("\\u{") && !text.contains("\\b{") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        let misleads =
            c == '\\' && text.get(at..).is_some_and(|rest| rest.starts_with("\\u{") || rest.starts_with("\\b{"));
        if misleads || steers(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// The path of an input, for people: as [`escape`] writes it, and bytes that are no text as `\b{…}`.
fn path_of(record: &Record) -> String {
    let Some(bytes) = &record.path_bytes else { return escape(&record.path) };
    bytes.utf8_chunks().fold(String::new(), |mut out, chunk| {
        out.push_str(&escape(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\b{{{byte:x}}}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::record::Input;

    #[test]
    fn paths_cannot_steer_the_terminal() {
        assert_eq!(escape("a\x1b[31m\nb\u{202e}"), "a\\u{1b}[31m\\u{a}b\\u{202e}");
        assert_eq!(escape("ümlaut 文"), "ümlaut 文");
    }

    #[test]
    fn no_two_paths_look_alike() {
        let shown = |bytes: &[u8]| {
            let input = Input { path_bytes: Some(bytes.to_vec()), ..Input::named(String::from_utf8_lossy(bytes)) };
            path_of(&Record::new(&input, "r"))
        };
        assert_eq!(shown(b"caf\xe9\xff\n"), "caf\\b{e9}\\b{ff}\\u{a}");
        assert_eq!(shown("caf\u{fffd}".as_bytes()), "caf\u{fffd}");
        assert_eq!(escape("a\\u{a}\\b{ff}"), "a\\u{5c}u{a}\\u{5c}b{ff}");
        assert_eq!((escape("C:\\up"), escape("a\u{200b}b")), ("C:\\up".to_owned(), "a\\u{200b}b".to_owned()));
    }

    #[test]
    fn a_line_wraps_and_counts_what_it_leaves_out() {
        let mut record = Record::new(&Input::named("a.zip"), "r");
        record.reasons =
            (0..5).map(|i| ReasonEntry { code: "encrypted", place: format!("m{i}"), detail: String::new() }).collect();
        let line = Style::default().record(&record);
        assert_eq!(
            line,
            "unknown unscannable  a.zip  encrypted at m0  encrypted at m1  encrypted at m2  and 2 more gaps\n"
        );
        let narrow = Style { width: Some(50), color: true }.record(&record);
        assert!(narrow.lines().count() > 1 && narrow.contains("\x1b["));
    }
}
