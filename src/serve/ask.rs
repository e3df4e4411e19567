//! One body to be judged, and what came of it: what a worker is asked and answers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use crate::blob::{Budget, Gap, Reason};
use crate::container::{Coding, decode};
use crate::policy::{Action, FindingEntry, Situation};
use crate::report::{Input, Record};
use crate::scan::Scanner;
use crate::serve::form;
use crate::serve::icap::Params;

/// [`Judged`], as a worker process sends it. What the policy was told of the matches is no part of a record that is
/// written, but the activity log wants it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    records: Vec<Record>,
    findings: Vec<Vec<FindingEntry>>,
}

impl Answer {
    /// To be sent.
    #[must_use]
    pub fn new(judged: Judged) -> Self {
        let mut records = judged.records;
        let findings = records.iter_mut().map(|record| std::mem::take(&mut record.findings)).collect();
        Self { records, findings }
    }

    /// As it came; nothing if there is no record.
    #[must_use]
    pub fn open(self) -> Option<Judged> {
        let Self { mut records, findings } = self;
        for (record, findings) in records.iter_mut().zip(findings) {
            record.findings = findings;
        }
        (!records.is_empty()).then(|| Judged::new(records))
    }
}

/// What is known of a body before it is looked at.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ask {
    /// Id of the request, which logs, records and the user's page share.
    pub id: String,
    /// Its name as it was told; empty if it has none.
    pub name: String,
    /// `Content-Type` as it was told.
    pub media_type: Option<String>,
    /// Whether forms are taken apart: bodies of requests.
    pub is_form: bool,
    /// Codings in the order they were applied.
    pub codings: Vec<Coding>,
    /// What is known not to be examined: reason, place, detail.
    pub gaps: Vec<(String, String, String)>,
    /// Who does what, where and with which device.
    pub situation: Situation,
}

/// What came of it: a record for every file in it, one at least.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The records. The first one decides: its action is the most restrictive of all.
    pub records: Vec<Record>,
}

impl Judged {
    /// Puts the most restrictive record in front.
    #[must_use]
    pub fn new(mut records: Vec<Record>) -> Self {
        // Stable: of equals the first in the body.
        records.sort_by_key(|record| std::cmp::Reverse((action(record), record.would_block)));
        Self { records }
    }

    /// The record that decides.
    #[must_use]
    pub fn lead(&self) -> Option<&Record> {
        self.records.first()
    }

    /// What happens. A body without any record was not judged.
    #[must_use]
    pub fn action(&self) -> Action {
        self.lead().map_or(Action::Block, action)
    }
}

/// What the policy says; it is always asked here.
fn action(record: &Record) -> Action {
    record.action.unwrap_or(Action::Block)
}

impl Ask {
    /// Adds something that is known not to be examined.
    pub fn add_gap(&mut self, reason: Reason, detail: &str) {
        self.gaps.push((reason.code().to_owned(), String::new(), detail.to_owned()));
    }

    /// The name in records.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        if self.name.is_empty() { "(no name)" } else { &self.name }
    }

    /// Whether the body is a form: names of files stand in it.
    #[must_use]
    pub fn has_names_inside(&self) -> bool {
        let params = self.media_type.as_deref().map(|value| Params::read(value.as_bytes())).unwrap_or_default();
        let value = params.value();
        self.is_form && (value.starts_with("multipart/") || value == "application/x-www-form-urlencoded")
    }

    fn known_gaps(&self) -> Vec<Gap> {
        let gap = |(code, place, detail): &(String, String, String)| {
            Gap::new(Reason::from_code(code).unwrap_or(Reason::Corrupt), place, detail)
        };
        self.gaps.iter().map(gap).collect()
    }
}

/// Judges `bytes`. Never fails, and never panics for what a parser does.
#[must_use]
pub fn examine(scanner: &Scanner, ask: &Ask, bytes: &[u8]) -> Judged {
    let mut gaps = ask.known_gaps();
    let mut owned = None;
    if !ask.codings.is_empty() && !bytes.is_empty() {
        let mut budget = Budget::new(scanner.limits());
        // The last one applied is the first to be undone.
        for coding in ask.codings.iter().rev() {
            let (decoded, faults) = decode(*coding, owned.as_deref().unwrap_or(bytes), &mut budget);
            let unknown = *coding == Coding::Other;
            gaps.extend(faults);
            if unknown {
                break;
            }
            owned = Some(decoded);
        }
    }
    let bytes = owned.as_deref().unwrap_or(bytes);
    let one = |name: &str, bytes: &[u8], gaps: &[Gap]| scan(scanner, ask, name, bytes, gaps);
    let params = ask.media_type.as_deref().map(|value| Params::read(value.as_bytes())).unwrap_or_default();
    let name = ask.shown_name();
    if ask.is_form && params.value() == "application/x-www-form-urlencoded" {
        let text = form::urlencoded(bytes);
        return Judged::new(vec![one("form.txt", &text, &gaps)]);
    }
    let is_multipart = params.value().starts_with("multipart/");
    let parts = params.get("boundary").filter(|_| ask.is_form && is_multipart).and_then(|b| form::multipart(bytes, b));
    let Some(parts) = parts else {
        if is_multipart && ask.is_form {
            gaps.push(Gap::new(Reason::Corrupt, "", "a multipart body without its boundary"));
        }
        return Judged::new(vec![one(name, bytes, &gaps)]);
    };
    Judged::new(of_form(&parts, bytes, name, &gaps, &one))
}

/// Scans bytes under a name, with what is known not to be examined.
type ScanOne<'s> = dyn Fn(&str, &[u8], &[Gap]) -> Record + 's;

/// A record for each file; all fields together are one text, as a value may be spread over several.
fn of_form(form: &form::Form<'_>, whole: &[u8], name: &str, gaps: &[Gap], one: &ScanOne<'_>) -> Vec<Record> {
    let mut records = Vec::new();
    let mut text = Vec::new();
    for part in &form.parts {
        let is_text = part.file.is_none() && std::str::from_utf8(part.bytes).is_ok_and(|t| !t.contains('\0'));
        if is_text {
            text.extend_from_slice(part.field.as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(part.bytes);
            text.push(b'\n');
            continue;
        }
        let mut gaps = gaps.to_vec();
        if part.is_part {
            gaps.push(Gap::new(Reason::PartOnly, "", "only a part of the file is sent"));
        }
        records.push(one(part.file.as_deref().unwrap_or(&part.field), part.bytes, &gaps));
    }
    for around in &form.around {
        text.extend_from_slice(around);
        text.push(b'\n');
    }
    if !text.is_empty() || records.is_empty() {
        records.push(one("form.txt", &text, gaps));
    }
    if form.is_odd {
        let mut gaps = gaps.to_vec();
        gaps.push(Gap::new(Reason::Corrupt, "", "a multipart body that does not end as it must"));
        records.push(one(name, whole, &gaps));
    }
    records
}

fn scan(scanner: &Scanner, ask: &Ask, name: &str, bytes: &[u8], gaps: &[Gap]) -> Record {
    let context = Input {
        path: name.to_owned(),
        id: Some(ask.id.clone()),
        size: bytes.len() as u64,
        gaps: gaps.to_vec(),
        situation: ask.situation.clone(),
        ..Input::default()
    };
    let scanned = catch_unwind(AssertUnwindSafe(|| scanner.scan(bytes, &context)));
    scanned.unwrap_or_else(|_| scanner.not_examined(Gap::new(Reason::Crashed, "", "the parser died on it"), &context))
}

/// The verdict on a body that nobody looked at, because of `gap`.
#[must_use]
pub fn not_examined(scanner: &Scanner, ask: &Ask, gap: Gap, size: u64) -> Judged {
    let name = ask.shown_name();
    let input = Input {
        path: name.to_owned(),
        id: Some(ask.id.clone()),
        size,
        gaps: ask.known_gaps(),
        situation: ask.situation.clone(),
        ..Input::default()
    };
    Judged::new(vec![scanner.not_examined(gap, &input)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanner() -> Scanner {
        Scanner::builder().policy(crate::policy::Policy::builtin("strict").unwrap()).build().unwrap()
    }

    #[test]
    fn forms_are_taken_apart_and_the_worst_decides() {
        let scanner = scanner();
        let ask = Ask {
            media_type: Some("multipart/form-data; boundary=X".to_owned()),
            is_form: true,
            id: "7".to_owned(),
            ..Ask::default()
        };
        let body = b"--X\r\nContent-Disposition: form-data; name=a; filename=a.txt\r\n\r\nnothing\r\n\
            --X\r\nContent-Disposition: form-data; name=f; filename=b.txt\r\n\r\nCard number: 4539 5787 6362 1486\r\n--X--\r\n";
        let judged = examine(&scanner, &ask, body);
        let paths: Vec<&str> = judged.records.iter().map(|r| r.path.as_str()).collect();
        assert_eq!(paths, ["b.txt", "a.txt"], "what is stopped comes first");
        assert_eq!(judged.action(), Action::Block);
        assert!(judged.records.iter().all(|r| r.id == "7"), "all records have the id of the request");
        let broken = examine(&scanner, &ask, b"--X\r\nno end: 4539 5787 6362 1486 card number\r\n");
        assert_eq!(broken.action(), Action::Block, "a form that is none is examined whole, and is a gap");
    }

    #[test]
    fn a_record_that_a_worker_writes_is_read_as_it_was() {
        let scanner = scanner();
        let bodies: [&[u8]; 5] = [
            b"Card number: 4539 5787 6362 1486, expires 12/29",
            b"",
            b"a,b\n1,2",
            b"PK\x03\x04 cut off",
            b"%PDF-1.4 nothing",
        ];
        for body in bodies {
            let ask = Ask { name: "a/report.xlsx".to_owned(), id: "7".to_owned(), ..Ask::default() };
            let judged = examine(&scanner, &ask, body);
            let line = crate::report::jsonl::line(&judged.records);
            let read: Vec<Record> = serde_json::from_str(&line).unwrap();
            assert_eq!(crate::report::jsonl::line(&read), line, "nothing is lost on the way");
        }
    }

    #[test]
    fn urlencoded_and_encoded_bodies() {
        let scanner = scanner();
        let form =
            Ask { media_type: Some("application/x-www-form-urlencoded".to_owned()), is_form: true, ..Ask::default() };
        let judged = examine(&scanner, &form, b"t=Card+number%3A+4539+5787+6362+1486");
        assert_eq!(judged.action(), Action::Block);
        let unknown = Ask { codings: vec![Coding::Other], ..Ask::default() };
        let judged = examine(&scanner, &unknown, b"whatever");
        assert_eq!(judged.lead().unwrap().reasons[0].code, "unsupported_type");
        assert_eq!(judged.action(), Action::Block, "what cannot be decoded was not examined");
    }
}
