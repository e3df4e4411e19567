//! Tests of the whole way: messages in, events out; answers out, and read back.

mod answers;
mod limits;
mod random;
mod table;

use std::fmt::Write;
use std::sync::Arc;

use crate::serve::icap::{Event, Limits, Names, Parser, Phase};

/// What the caller does behind a preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    GoOn,
    Answer,
}

/// A connection that is fed piece by piece and answers everything at once.
pub(crate) struct Connection {
    pub parser: Parser,
    then: Then,
    held: Vec<u8>,
    body: Vec<u8>,
    pub body_bytes: usize,
    /// What happened, a line an event; pieces of a body joined.
    pub log: String,
    closed: bool,
}

impl Connection {
    pub fn new(limits: Limits, then: Then) -> Self {
        let parser = Parser::new(limits, Arc::new(Names::default()));
        Self { parser, then, held: Vec::new(), body: Vec::new(), body_bytes: 0, log: String::new(), closed: false }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.held);
        let mut input = &held[..];
        while let Some(event) = self.parser.next(&mut input) {
            self.note(event);
        }
        if self.closed {
            input = &[];
        }
        assert!(input.is_empty() || self.parser.stands_still());
        self.held = input.to_vec();
    }

    fn note(&mut self, event: Event<'_>) {
        assert!(!self.closed);
        if let Event::Body(bytes) = event {
            assert!(!bytes.is_empty());
            self.body_bytes += bytes.len();
            return self.body.extend_from_slice(bytes);
        }
        if !self.body.is_empty() {
            let body = std::mem::take(&mut self.body);
            writeln!(self.log, "body {}", body.escape_ascii()).unwrap();
        }
        match event {
            Event::Body(_) => (),
            Event::Request(request) => {
                let raws = [
                    request.http_request.as_ref().map(|head| &head.raw),
                    request.http_response.as_ref().map(|head| &head.raw),
                ];
                write!(self.log, "{} {}", request.method.name(), request.service()).unwrap();
                for (name, raw) in ["req", "res"].into_iter().zip(raws) {
                    if let Some(raw) = raw {
                        let line = raw.split(|b| *b == b'\r' || *b == b'\n').next().unwrap();
                        write!(self.log, " {name}({}, {})", line.escape_ascii(), raw.len()).unwrap();
                    }
                }
                if let Some(bytes) = request.preview_hint {
                    write!(self.log, " preview {bytes}").unwrap();
                }
                for (is_said, word) in
                    [(request.allow_204, "204"), (request.allow_206, "206"), (!request.keep_alive, "close")]
                {
                    if is_said {
                        write!(self.log, " {word}").unwrap();
                    }
                }
                self.log.push('\n');
            }
            Event::PreviewEnd { ieof } => {
                self.log.push_str(if ieof { "whole in preview\n" } else { "preview end\n" });
                assert_eq!(self.parser.stands_still(), !ieof);
                if ieof {
                    assert_eq!(self.parser.go_on(), None, "100 is not for a body that is over");
                } else if self.then == Then::GoOn {
                    assert_eq!(self.parser.go_on(), Some(&b"ICAP/1.0 100 Continue\r\n\r\n"[..]));
                    assert_eq!(self.parser.go_on(), None);
                } else {
                    self.parser.answered();
                }
            }
            Event::BodyEnd { trailers } => {
                self.log.push_str("body end");
                for (name, value) in trailers.iter() {
                    write!(self.log, " {}={}", name.escape_ascii(), value.escape_ascii()).unwrap();
                }
                self.log.push('\n');
            }
            Event::MessageEnd => {
                self.log.push_str("end\n");
                self.parser.answered();
            }
            Event::Error { status, why, close } => {
                let close_word = if close { " close" } else { "" };
                writeln!(self.log, "{} {why:?}{close_word}", status.code()).unwrap();
                self.closed = close;
                self.parser.answered();
            }
        }
    }

    /// What happened so far.
    pub fn finish(mut self) -> String {
        if !self.body.is_empty() {
            let body = std::mem::take(&mut self.body);
            writeln!(self.log, "body {}", body.escape_ascii()).unwrap();
        }
        if !matches!(self.parser.phase(), Phase::Idle | Phase::Closed) {
            self.log.push_str("waits\n");
        }
        self.log
    }
}

pub(crate) fn run(bytes: &[u8], then: Then) -> String {
    let mut connection = Connection::new(Limits::default(), then);
    connection.feed(bytes);
    connection.finish()
}

/// The HTTP heads that most tests send.
pub(crate) const GET: &str = "GET http://a.example/b.txt HTTP/1.1\r\nHost: a.example\r\n\r\n";
pub(crate) const PUT: &str = "PUT http://a.example/up HTTP/1.1\r\nHost: a.example\r\n\r\n";
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";

/// A REQMOD with a body; `fields` end in CR LF.
pub(crate) fn reqmod(fields: &str, chunks: &str) -> String {
    let head = PUT.len();
    format!(
        "REQMOD icap://h/req ICAP/1.0\r\nHost: h\r\n{fields}Encapsulated: req-hdr=0, req-body={head}\r\n\r\n{PUT}{chunks}"
    )
}

/// A RESPMOD with a body; `fields` end in CR LF.
pub(crate) fn respmod(fields: &str, chunks: &str) -> String {
    let (first, second) = (GET.len(), GET.len() + OK.len());
    format!(
        "RESPMOD icap://h/resp ICAP/1.0\r\nHost: h\r\n{fields}\
         Encapsulated: req-hdr=0, res-hdr={first}, res-body={second}\r\n\r\n{GET}{OK}{chunks}"
    )
}
