//! Bytes of the answer (RFC 3507 sections 4.3.3, 4.4 and 4.6).
//!
//! A [`Reply`] knows what the client lets one say at the point the parser has reached: what is not allowed gives the
//! reply back and writes nothing, so a 204 the client cannot undo cannot be sent. `Encapsulated` is counted from the
//! bytes that follow, never given. 100 and 204 have none, as errata e1 found clients that cannot read it there.

use std::io::Write;

use crate::serve::icap::chunk::{put_chunk, put_end, put_original_from};
use crate::serve::icap::fields::Fields;
use crate::serve::icap::notes::{Notes, put_field, put_text};
use crate::serve::icap::options::Options;
use crate::serve::icap::request::{Method, Request};
use crate::serve::icap::why::Status;

/// A service's tag (RFC 3507 section 4.7): it changes when rules or policy do, which makes caches ask again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IsTag(String);

impl IsTag {
    /// A tag of 1 to 32 letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn new(tag: &str) -> Option<Self> {
        let is_good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        ((1..=32).contains(&tag.len()) && tag.bytes().all(is_good)).then(|| Self(tag.to_owned()))
    }

    /// The tag of a digest, for example one of rules and policy.
    #[must_use]
    pub fn of_digest(digest: u64) -> Self {
        Self(format!("{digest:016x}"))
    }
}

/// How far the request was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The client still sends.
    Early,
    /// The client waits behind a preview.
    Preview,
    /// All is read.
    Whole {
        /// And what was read was a preview.
        in_preview: bool,
    },
}

/// An HTTP response to send in place of the original.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Three digits: 403 for a block.
    pub status: u16,
    /// The words behind them.
    pub reason: &'a str,
    /// Fields; `Content-Length` is counted, and one in here left out.
    pub fields: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

/// What a 206 says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Partial<'a> {
    /// Fields added to the HTTP head. `Content-Length` must be right for what becomes of the body.
    pub fields: &'a [(&'a str, &'a str)],
    /// What comes before the rest of the original.
    pub prefix: &'a [u8],
    /// The byte of the original from which on it follows: at most as many as were read.
    pub original_from: u64,
}

/// The answer to one message. Made by [`crate::serve::icap::Parser::reply`].
#[derive(Debug)]
pub struct Reply<'p> {
    request: &'p Request,
    stage: Stage,
    body_bytes: u64,
    istag: &'p IsTag,
    notes: Notes<'p>,
    close: bool,
}

impl<'p> Reply<'p> {
    pub(crate) fn new(request: &'p Request, stage: Stage, body_bytes: u64, istag: &'p IsTag) -> Self {
        Self { request, stage, body_bytes, istag, notes: Notes::default(), close: !request.keep_alive }
    }

    /// Adds headers that tell what was found.
    #[must_use]
    pub fn with_notes(self, notes: Notes<'p>) -> Self {
        Self { notes, ..self }
    }

    /// Says that the connection ends behind this answer.
    #[must_use]
    pub fn closing(self) -> Self {
        Self { close: true, ..self }
    }

    /// Whether the connection ends behind this answer.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.close
    }

    /// Whether "unmodified" may be said here: within a preview (also one that was the whole body, and one of no body),
    /// or with `Allow: 204` when all is read (RFC 3507 sections 4.5 and 4.6).
    #[must_use]
    pub fn may_leave_unmodified(&self) -> bool {
        self.request.method != Method::Options
            && match self.stage {
                Stage::Early => false,
                Stage::Preview => true,
                Stage::Whole { in_preview } => in_preview || self.request.allow_204,
            }
    }

    /// Whether "the original from this byte on" may be said here: with `Allow: 206` while the client waits behind a
    /// preview; later only with `Allow: 204, 206` (draft-icap-ext-partial-content-07; Squid breaks off otherwise, and
    /// takes a preview that was the whole body for "later").
    #[must_use]
    pub fn may_be_partial(&self) -> bool {
        self.request.method != Method::Options
            && self.request.encapsulated.has_body
            && self.request.allow_206
            && match self.stage {
                Stage::Early => false,
                Stage::Preview => true,
                Stage::Whole { .. } => self.request.allow_204,
            }
    }

    /// 204: the client goes on with what it has.
    ///
    /// # Errors
    ///
    /// The reply itself, if that may not be said here: send [`Self::original`], which then may.
    pub fn unmodified(self, out: &mut Vec<u8>) -> Result<(), Self> {
        if !self.may_leave_unmodified() {
            return Err(self);
        }
        self.put_head(out, 204, "No modifications needed");
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// Whether the original may be sent back here: not while the client waits behind a preview, as it then sends
    /// nothing more (RFC 3507 section 4.5).
    #[must_use]
    pub fn may_be_original(&self) -> bool {
        self.stage != Stage::Preview && self.request.method != Method::Options
    }

    /// 200 with the message as it came, `added` put behind the fields of its HTTP head. If it has a body, the writer
    /// for it; all of it must then be sent, with its trailers. That may begin while the client still sends.
    ///
    /// # Errors
    ///
    /// The reply itself, if the client waits behind a preview: send [`Self::unmodified`], or go on first.
    pub fn original(self, added: &[(&str, &str)], out: &mut Vec<u8>) -> Result<Option<BodyWriter>, Self> {
        if !self.may_be_original() {
            return Err(self);
        }
        let (name, body) = self.sections();
        let has_body = self.request.encapsulated.has_body;
        let head = with_fields(self.head(), added);
        self.put_head(out, 200, "OK");
        put_encapsulated(out, name, &head, if has_body { body } else { "null-body" });
        Ok(has_body.then_some(BodyWriter(())))
    }

    /// 200 with another HTTP response: the answer to a request that is not passed on, or in place of a response.
    pub fn replacement(self, page: &Page<'_>, out: &mut Vec<u8>) {
        let mut head = Vec::new();
        // A status of other than three digits would be no response at all.
        let _ = write!(head, "HTTP/1.1 {:03} ", page.status.clamp(100, 999));
        put_text(&mut head, page.reason);
        head.extend_from_slice(b"\r\n");
        let framing = |name: &str| ["Content-Length", "Transfer-Encoding"].iter().any(|n| n.eq_ignore_ascii_case(name));
        for (name, value) in page.fields.iter().filter(|(name, _)| !framing(name)) {
            put_field(&mut head, name, value);
        }
        let _ = write!(head, "Content-Length: {}\r\n\r\n", page.body.len());
        let to_head = self.request.http_request.as_ref().is_some_and(|request| request.method == "HEAD");
        let has_body = !page.body.is_empty() && !to_head;
        self.put_head(out, 200, "OK");
        put_encapsulated(out, "res-hdr", &head, if has_body { "res-body" } else { "null-body" });
        if has_body {
            put_chunk(out, page.body);
            put_end(out, None);
        }
    }

    /// 206: an HTTP head, perhaps the beginning of a body, and the original from some byte on.
    ///
    /// # Errors
    ///
    /// The reply itself, if that may not be said here or the byte was not read yet.
    pub fn partial(self, partial: &Partial<'_>, out: &mut Vec<u8>) -> Result<(), Self> {
        if !self.may_be_partial() || partial.original_from > self.body_bytes {
            return Err(self);
        }
        let (name, body) = self.sections();
        let head = with_fields(self.head(), partial.fields);
        self.put_head(out, 206, "Partial Content");
        put_encapsulated(out, name, &head, body);
        put_chunk(out, partial.prefix);
        put_original_from(out, partial.original_from);
        Ok(())
    }

    /// 200 that tells what the service can do.
    pub fn options(self, options: &Options, out: &mut Vec<u8>) {
        self.put_head(out, 200, "OK");
        options.put(out);
        out.extend_from_slice(b"Encapsulated: null-body=0\r\n\r\n");
    }

    /// Refuses the message.
    pub fn refuse(self, status: Status, out: &mut Vec<u8>) {
        put_refusal(status, self.istag, &self.notes, self.close, out);
    }

    /// Names of the sections of a message as it came.
    fn sections(&self) -> (&'static str, &'static str) {
        match self.request.method {
            Method::Respmod => ("res-hdr", "res-body"),
            Method::Reqmod | Method::Options => ("req-hdr", "req-body"),
        }
    }

    fn head(&self) -> &[u8] {
        let (request, response) = (&self.request.http_request, &self.request.http_response);
        match self.request.method {
            Method::Respmod => response.as_ref().map(|head| head.raw.as_slice()),
            Method::Reqmod | Method::Options => request.as_ref().map(|head| head.raw.as_slice()),
        }
        .unwrap_or_default()
    }

    fn put_head(&self, out: &mut Vec<u8>, code: u16, reason: &str) {
        put_status(out, code, reason, self.istag, self.close);
        self.notes.put(out);
    }
}

/// Refuses what gave [`crate::serve::icap::Event::Error`], with `close` of the event.
pub fn put_refusal(status: Status, istag: &IsTag, notes: &Notes<'_>, close: bool, out: &mut Vec<u8>) {
    put_status(out, status.code(), status.reason(), istag, close);
    notes.put(out);
    out.extend_from_slice(b"Encapsulated: null-body=0\r\n\r\n");
}

fn put_status(out: &mut Vec<u8>, code: u16, reason: &str, istag: &IsTag, close: bool) {
    // A `Vec` takes every write.
    let _ = write!(out, "ICAP/1.0 {code} {reason}\r\nISTag: \"{}\"\r\n", istag.0);
    if close {
        out.extend_from_slice(b"Connection: close\r\n");
    }
}

/// Writes `Encapsulated`, the end of the ICAP head and an HTTP head. Without that the body begins at zero.
fn put_encapsulated(out: &mut Vec<u8>, name: &str, head: &[u8], body: &str) {
    let bytes = head.len();
    let _ = match bytes {
        0 => write!(out, "Encapsulated: {body}=0\r\n\r\n"),
        _ => write!(out, "Encapsulated: {name}=0, {body}={bytes}\r\n\r\n"),
    };
    out.extend_from_slice(head);
}

/// The raw head with fields put before its empty line.
fn with_fields(raw: &[u8], added: &[(&str, &str)]) -> Vec<u8> {
    let end = if raw.ends_with(b"\r\n") { &b"\r\n"[..] } else { b"\n" };
    let mut head = raw.to_vec();
    if let Some(fields) = raw.strip_suffix(end).filter(|_| !added.is_empty()) {
        head.truncate(fields.len());
        for (name, value) in added {
            put_field(&mut head, name, value);
        }
        head.extend_from_slice(end);
    }
    head
}

/// Writes the body behind [`Reply::original`].
#[derive(Debug)]
#[must_use = "the body does not end before `end`"]
pub struct BodyWriter(());

impl BodyWriter {
    /// Writes bytes of the body.
    pub fn write(&mut self, data: &[u8], out: &mut Vec<u8>) {
        put_chunk(out, data);
    }

    /// Writes what stands before and behind bytes of the body that are sent from elsewhere, to save a copy of them:
    /// the line before them; they must be followed by CR LF. Nothing for no bytes.
    #[must_use]
    pub fn frame(&mut self, bytes: u64) -> Option<(String, &'static [u8])> {
        (bytes > 0).then(|| (format!("{bytes:x}\r\n"), &b"\r\n"[..]))
    }

    /// Ends the body, with the trailers of the original.
    pub fn end(self, trailers: Option<&Fields>, out: &mut Vec<u8>) {
        put_end(out, trailers);
    }
}
