//! Common Event Format, version 0: `CEF:0|vendor|product|version|id|name|severity|key=value …` (ArcSight's "Implementing
//! ArcSight Common Event Format", section "Header information" and "Character encoding").

use crate::policy::Action;
use crate::serve::alert::Alert;
use crate::serve::log::decision::Decision;
use crate::serve::log::export::{found_text, gap_codes, label_names};

/// Characters of an extension field; 1023 is what the dictionary allows most strings.
const VALUE_CHARS_MAX: usize = 1023;

/// A decision, without line feed.
pub fn of_decision(decision: &Decision) -> String {
    let severity = severity(decision);
    let id = decision.rule.as_deref().or(decision.event.as_deref()).unwrap_or("decision");
    let name = match (&decision.event, decision.action) {
        (Some(event), _) => event.clone(),
        (None, Some(action)) => format!("{} of {}", action, decision.activity.map_or("file", |a| a.name())),
        (None, None) => "not decided".to_owned(),
    };
    line(id, &name, severity, &fields(decision))
}

/// An alert, without line feed.
pub fn of_alert(alert: &Alert) -> String {
    let mut fields = fields(&alert.decision);
    fields.push(("cat", "alert".to_owned()));
    fields.push(("deviceExternalId", alert.id.clone()));
    line(&alert.rule, &format!("alert {}", alert.rule), crate::serve::alert::cef(alert.severity), &fields)
}

/// How bad a decision is, from 0 to 10.
pub fn severity(decision: &Decision) -> u8 {
    match decision.would.max(decision.action) {
        Some(Action::Block | Action::Quarantine) => 7,
        Some(Action::Protect | Action::StepUp) => 5,
        Some(Action::Monitor) => 3,
        _ => 1,
    }
}

/// The severity of syslog (RFC 5424 table 2) for one of CEF.
pub fn syslog_severity(cef: u8) -> u8 {
    match cef {
        9.. => 2,
        7..=8 => 4,
        4..=6 => 5,
        _ => 6,
    }
}

/// The fields of the extension, in order. Keys are those of the dictionary.
fn fields(decision: &Decision) -> Vec<(&'static str, String)> {
    let details = &decision.details;
    let mut fields: Vec<(&'static str, String)> = vec![("rt", decision.time.millis().to_string())];
    let mut add = |key, value: Option<String>| fields.extend(value.filter(|v| !v.is_empty()).map(|v| (key, v)));
    add("fname", decision.file.clone());
    add("fsize", decision.size.map(|n| n.to_string()));
    add("fileHash", decision.sha256.clone());
    add("fileType", decision.media_type.clone());
    add("act", decision.action.map(|a| a.name().to_owned()));
    add("outcome", Some(decision.verdict.clone()));
    add("reason", Some(gap_codes(decision).join(", ")));
    add("suser", decision.user.clone());
    match decision.address {
        Some(std::net::IpAddr::V4(v4)) => add("src", Some(v4.to_string())),
        Some(std::net::IpAddr::V6(v6)) => {
            add("c6a2Label", Some("Source IPv6 Address".to_owned()));
            add("c6a2", Some(v6.to_string()));
        }
        None => {}
    }
    add("app", decision.app.clone());
    add("request", decision.url.clone());
    add("requestMethod", decision.activity.map(|a| a.name().to_owned()));
    add("externalId", Some(decision.id.clone()));
    let count: u64 = details.found.iter().filter_map(|f| f.total()).map(|t| t.count).sum();
    let confidence = details.found.iter().filter_map(|f| f.total()).map(|t| t.level.threshold()).max();
    let custom = [
        ("cs1Label", "rule", "cs1", found_text(decision).join(", ")),
        ("cs2Label", "label", "cs2", label_names(decision).join(", ")),
        ("cs3Label", "policy", "cs3", decision.policy.clone().unwrap_or_default()),
        ("cs4Label", "wouldBeAction", "cs4", decision.would.map(|a| a.name().to_owned()).unwrap_or_default()),
        ("cs5Label", "device", "cs5", details.device_tags.join(", ")),
        ("cs6Label", "exception", "cs6", details.exceptions.join(", ")),
        ("cn1Label", "count", "cn1", if count > 0 { count.to_string() } else { String::new() }),
        ("cfp1Label", "confidence", "cfp1", confidence.map(|c| c.to_string()).unwrap_or_default()),
    ];
    for (label, name, key, value) in custom {
        if !value.is_empty() {
            add(label, Some(name.to_owned()));
            add(key, Some(value));
        }
    }
    fields
}

fn line(id: &str, name: &str, severity: u8, fields: &[(&'static str, String)]) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut line = format!("CEF:0|frisk|frisk|{version}|{}|{}|{severity}|", header(id), header(name));
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}={}", extension(value))).collect();
    line.push_str(&fields.join(" "));
    line
}

/// A field of the header: pipes and backslashes are escaped, line ends are not allowed.
fn header(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '|' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A value of the extension: equal signs and backslashes are escaped, line ends are written `\n` and `\r`.
fn extension(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars().take(VALUE_CHARS_MAX) {
        match c {
            '\\' | '=' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            // Two lines to some readers, or not to be seen at all.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
