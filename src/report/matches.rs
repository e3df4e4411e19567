//! One JSON line a match.

use serde::Serialize;

use crate::report::jsonl;
use crate::report::record::{Place, Record};

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_b64: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    container: &'a str,
    rule: &'a str,
    start: usize,
    end: usize,
    confidence: &'static str,
    score: u8,
    location: &'a Place,
    text: &'a str,
    offsets: &'static str,
}

/// The lines of one record's matches; empty without matches.
pub fn lines(record: &Record) -> String {
    let line = |hit: &crate::report::record::Hit| {
        jsonl::line(&Line {
            path: &record.path,
            path_b64: record.path_b64.as_deref(),
            container: &hit.container,
            rule: &hit.rule,
            start: hit.start,
            end: hit.end,
            confidence: hit.level.name(),
            score: hit.score,
            location: &hit.location,
            text: &hit.text,
            offsets: hit.offsets,
        })
    };
    record.hits.iter().map(line).collect()
}
