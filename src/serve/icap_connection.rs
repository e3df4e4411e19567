//! One ICAP connection: bytes to the parser, bodies to the inspection, verdicts back. It does I/O and waits; it looks
//! into no body.

use std::io;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::blob::Reason;
use crate::policy::Action;
use crate::serve::context::Heads;
use crate::serve::decision::Front;
use crate::serve::icap::{
    BodyWriter, Event, Fields, Infection, IsTag, Limits, Method, Notes, Options, Page, Parser, Partial, Phase, Request,
    Status, Transfer, TransferMode, Violation, put_refusal,
};
use crate::serve::inspect::Outcome;
use crate::serve::metrics::count;
use crate::serve::page::BlockPage;
use crate::serve::service::Service;
use crate::serve::spool::{Body, Spool};

/// Bytes read at once between requests, and within a body.
const READ_BYTES: (usize, usize) = (16 << 10, 64 << 10);
/// Bytes of an answer that are kept back to be written together.
const WRITE_BYTES: usize = 64 << 10;
/// What is read behind the last answer, and for how long. Our choices: a few heads, and twice a long way around the world.
const LINGER_BYTES: usize = 1 << 20;
const LINGER_TIME: Duration = Duration::from_millis(500);
/// `Service` of OPTIONS answers.
const SERVICE: &str = concat!("frisk ", env!("CARGO_PKG_VERSION"));
/// Entries of `X-Violations-Found`. 16: our choice; a header is no report.
const VIOLATIONS_MAX: usize = 16;

/// A connection.
pub struct Connection<S> {
    stream: S,
    service: Arc<Service>,
    stop: watch::Receiver<bool>,
    parser: Parser,
    out: Vec<u8>,
    message: Option<Message>,
    /// Said in the last answer: nothing more is read.
    closing: bool,
}

/// What is kept of the message that is read.
struct Message {
    request: Arc<Request>,
    begun: Instant,
    spool: Spool,
    trailers: Fields,
    /// The original goes back while it still comes in.
    passing: Option<BodyWriter>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// A connection before its first byte. It ends between messages when `stop` says so.
    pub fn new(stream: S, service: Arc<Service>, stop: watch::Receiver<bool>) -> Self {
        let limits = Limits { header_bytes: service.config.limits.header_bytes, ..Limits::default() };
        let parser = Parser::new(limits, Arc::clone(&service.names));
        Self { stream, service, stop, parser, out: Vec::new(), message: None, closing: false }
    }

    /// Serves it to its end.
    ///
    /// # Errors
    /// The stream broke; nobody is there to be told.
    pub async fn run(mut self) -> io::Result<()> {
        let mut held = Vec::new();
        let mut head_begun: Option<Instant> = None;
        loop {
            let data = mem::take(&mut held);
            let mut input = data.as_slice();
            while let Some(event) = self.parser.next(&mut input) {
                self.take(event).await?;
                if self.closing {
                    break;
                }
            }
            let left = input.len();
            self.flush().await?;
            if self.closing || self.parser.phase() == Phase::Closed {
                return self.linger().await;
            }
            held = data;
            let read = held.len().saturating_sub(left);
            held.drain(..read);
            let phase = self.parser.phase();
            head_begun = if phase == Phase::Head { head_begun.or_else(|| Some(Instant::now())) } else { None };
            if phase == Phase::Idle {
                // An idle connection holds next to nothing.
                held = Vec::new();
                self.out = Vec::new();
            }
            if !self.read(&mut held, phase, head_begun).await? {
                return Ok(());
            }
        }
    }

    /// Ends the connection. Unread bytes would end it so hard that the last answer is lost on its way: for a moment they
    /// are read and thrown away.
    async fn linger(&mut self) -> io::Result<()> {
        self.stream.shutdown().await?;
        let mut left = LINGER_BYTES;
        let discard = async {
            let mut buffer = vec![0; READ_BYTES.0];
            while left > 0 {
                match self.stream.read(&mut buffer).await {
                    Ok(got @ 1..) => left = left.saturating_sub(got),
                    _ => return,
                }
            }
        };
        let _ = timeout(LINGER_TIME, discard).await;
        Ok(())
    }

    /// Reads more; false at the end.
    async fn read(&mut self, held: &mut Vec<u8>, phase: Phase, head_begun: Option<Instant>) -> io::Result<bool> {
        let limits = &self.service.config.limits;
        let time_max = match (phase, head_begun, &self.message) {
            (Phase::Head, Some(begun), _) => limits.head.saturating_sub(begun.elapsed()),
            (Phase::Body, _, Some(message)) => limits.body.saturating_sub(message.begun.elapsed()),
            (Phase::Idle, ..) => limits.idle,
            _ => limits.head,
        };
        held.reserve(if phase == Phase::Body { READ_BYTES.1 } else { READ_BYTES.0 });
        let got = if phase == Phase::Idle {
            tokio::select! {
                biased;
                got = timeout(time_max, self.stream.read_buf(held)) => got,
                _ = self.stop.wait_for(|stop| *stop) => return Ok(false),
            }
        } else {
            timeout(time_max, self.stream.read_buf(held)).await
        };
        match got {
            Ok(got) => Ok(got? > 0),
            Err(_) if phase == Phase::Idle => Ok(false),
            Err(_) => {
                count(&self.service.metrics.timed_out);
                // In the middle of an answer there is no place for another one.
                if self.message.as_ref().is_none_or(|message| message.passing.is_none()) {
                    let istag = self.service.inspector.engine().istag.clone();
                    put_refusal(Status::RequestTimeout, &istag, &Notes::default(), true, &mut self.out);
                    self.flush().await?;
                }
                Ok(false)
            }
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let time_max = self.service.config.limits.write;
        let write = async {
            self.stream.write_all(&self.out).await?;
            self.stream.flush().await
        };
        match timeout(time_max, write).await {
            Ok(written) => written?,
            Err(_) => {
                count(&self.service.metrics.timed_out);
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        self.out.clear();
        self.out.shrink_to(WRITE_BYTES.saturating_mul(2));
        Ok(())
    }

    async fn take(&mut self, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::Request(request) => self.begin(request),
            Event::Body(bytes) => self.body(bytes).await?,
            Event::PreviewEnd { ieof: true } => {}
            Event::PreviewEnd { ieof: false } => {
                if self.settle().await? {
                    return Ok(());
                }
                if let Some(go_on) = self.parser.go_on() {
                    self.out.extend_from_slice(go_on);
                    self.flush().await?;
                }
            }
            Event::BodyEnd { trailers } => {
                if let Some(message) = &mut self.message {
                    match message.passing.take() {
                        Some(writer) => writer.end(Some(&trailers), &mut self.out),
                        None => message.trailers = trailers,
                    }
                }
            }
            Event::MessageEnd => self.end().await?,
            Event::Error { status, why: _, close } => {
                count(&self.service.metrics.malformed);
                let istag = self.service.inspector.engine().istag.clone();
                let is_passing = self.message.as_ref().is_some_and(|message| message.passing.is_some());
                if !is_passing {
                    put_refusal(status, &istag, &Notes::default(), close, &mut self.out);
                }
                self.closing = close;
                self.message = None;
                if !close {
                    self.parser.answered();
                }
            }
        }
        Ok(())
    }

    /// The heads are there.
    fn begin(&mut self, request: Arc<Request>) {
        let config = &self.service.config;
        let istag = self.service.inspector.engine().istag.clone();
        let name = request.service().to_owned();
        let (is_reqmod, is_respmod) = (name == config.icap.reqmod, name == config.icap.respmod);
        if request.method == Method::Options && (is_reqmod || is_respmod) {
            let method = if is_reqmod { Method::Reqmod } else { Method::Respmod };
            let options = self.options(method);
            if let Some(reply) = self.parser.reply(&istag) {
                reply
                    .with_notes(Notes { response_info: Some("Options"), ..Notes::default() })
                    .options(&options, &mut self.out);
            }
            self.parser.answered();
            return;
        }
        let status = match (request.method, is_reqmod, is_respmod) {
            (_, false, false) => Some(Status::ServiceNotFound),
            (Method::Reqmod, false, _) | (Method::Respmod, _, false) => Some(Status::MethodNotAllowed),
            _ => None,
        };
        if let Some(status) = status {
            if let Some(reply) = self.parser.reply(&istag) {
                reply.refuse(status, &mut self.out);
            }
            self.parser.answered();
            return;
        }
        let spool = Spool::new(config.limits.memory_bytes);
        let begun = Instant::now();
        self.message = Some(Message { request, begun, spool, trailers: Fields::default(), passing: None });
    }

    fn options(&self, method: Method) -> Options {
        let config = &self.service.config;
        let list = |extensions: &[String], mode| extensions.iter().map(|e| (e.clone(), mode)).collect::<Vec<_>>();
        let mut extensions = list(&config.icap.complete, TransferMode::Complete);
        extensions.extend(list(&config.icap.ignore, TransferMode::Ignore));
        let names = &config.headers.names;
        let mut include: Vec<String> =
            names.client_ip.iter().chain(&names.user).chain(&names.groups).cloned().collect();
        include.extend(names.extra.iter().cloned());
        Options {
            service_id: Some("frisk".to_owned()),
            connections_max: u32::try_from(config.limits.connections).ok(),
            ttl_s: Some(config.icap.options_ttl_s),
            allow_206: config.icap.allow_206,
            transfer: Some(Transfer { default: TransferMode::Preview, extensions }),
            include,
            date_s: SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs()),
            ..Options::new(method, SERVICE, config.icap.preview_bytes)
        }
    }

    async fn body(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(message) = &mut self.message else { return Ok(()) };
        if let Some(writer) = &mut message.passing {
            writer.write(bytes, &mut self.out);
            return if self.out.len() >= WRITE_BYTES { self.flush().await } else { Ok(()) };
        }
        let stored = message.spool.push(bytes).await;
        let is_too_large = message.spool.bytes() > self.service.config.limits.body_bytes;
        if stored.is_err() {
            // Neither to be examined nor to be given back.
            return self.refuse(Status::ServerError);
        }
        // In a preview the client has to be asked for the rest first, and a preview is never this large.
        if is_too_large && self.parser.phase() == Phase::Body {
            self.judge(true).await?;
        }
        Ok(())
    }

    fn refuse(&mut self, status: Status) -> io::Result<()> {
        let istag = self.service.inspector.engine().istag.clone();
        put_refusal(status, &istag, &Notes::default(), true, &mut self.out);
        self.message = None;
        self.closing = true;
        Ok(())
    }

    /// The message is read.
    async fn end(&mut self) -> io::Result<()> {
        let engine = self.service.inspector.engine();
        if self.parser.reply(&engine.istag).is_none() {
            // It was answered before its end.
            self.message = None;
            return Ok(());
        }
        let Some(message) = &self.message else { return Ok(()) };
        if message.request.is_bodiless() || message.spool.bytes() == 0 {
            self.pass(&engine.istag, None, &Body::Memory(Arc::default()), Fields::default(), false).await?;
            self.parser.answered();
            self.message = None;
            return Ok(());
        }
        self.judge(false).await
    }

    /// Answers a preview, if the policy needs no more for its verdict.
    async fn settle(&mut self) -> io::Result<bool> {
        let Some(Message { request, begun, spool, .. }) = &self.message else { return Ok(false) };
        let mut ask = Heads::from(&**request).ask(self.service.id(), &self.service.config.headers);
        let settled = self.service.settle(front(request), &mut ask, spool.bytes(), *begun);
        let (Some(outcome), request) = (settled, Arc::clone(request)) else { return Ok(false) };
        self.message = None;
        let istag = self.service.inspector.engine().istag.clone();
        if outcome.action >= Action::Protect {
            self.block(&istag, &request, &outcome, &ask.id);
        } else {
            // Behind a preview the client always takes a 204: nothing has to be given back.
            let (told, nothing) = (Some((&outcome, ask.id.as_str())), Body::Memory(Arc::default()));
            self.pass(&istag, told, &nothing, Fields::default(), false).await?;
        }
        self.parser.answered();
        Ok(true)
    }

    /// Judges what is there and answers. `is_early`: there is more than anybody wants to hold.
    async fn judge(&mut self, is_early: bool) -> io::Result<()> {
        let Some(Message { request, begun, spool, trailers, .. }) = self.message.take() else { return Ok(()) };
        let Ok(body) = spool.end().await else { return self.refuse(Status::ServerError) };
        let mut ask = Heads::from(&*request).ask(self.service.id(), &self.service.config.headers);
        if is_early {
            ask.add_gap(Reason::TooLarge, "the rest was not examined");
        }
        let id = ask.id.clone();
        let outcome = self.service.judge(front(&request), ask, body.clone(), begun).await;
        let istag = self.service.inspector.engine().istag.clone();
        if outcome.action >= Action::Protect {
            // What this front end cannot do is stopped, never passed.
            self.block(&istag, &request, &outcome, &id);
        } else {
            let told = Some((&outcome, id.as_str()));
            let writer = self.pass(&istag, told, &body, trailers, is_early).await?;
            if is_early {
                let (spool, trailers) = (Spool::new(0), Fields::default());
                self.message = Some(Message { request, begun, spool, trailers, passing: writer });
            }
        }
        self.parser.answered();
        Ok(())
    }

    fn block(&mut self, istag: &IsTag, request: &Request, outcome: &Outcome, id: &str) {
        let lead = outcome.judged.lead();
        let page = BlockPage::new(lead, id, Heads::from(request).wants_page());
        let fields = [("Content-Type", page.media_type), ("Cache-Control", "no-store"), ("Connection", "close")];
        let page = Page { status: 403, reason: "Forbidden", fields: &fields, body: &page.body };
        let rule = lead.and_then(|record| record.policy_rule.as_deref()).unwrap_or("policy");
        let stopped = outcome.judged.records.iter().filter(|record| record.action >= Some(Action::Protect));
        let violations: Vec<Violation<'_>> = stopped
            .take(VIOLATIONS_MAX)
            .map(|record| Violation {
                file: &record.path,
                threat: record.policy_rule.as_deref().unwrap_or("policy"),
                problem: 1,
                resolution: 2,
            })
            .collect();
        let others = [("X-Blocked-Reason", rule), ("X-Request-ID", id)];
        let notes = Notes {
            infection: Some(Infection { kind: 1, resolution: 2, threat: rule }),
            violations: &violations,
            response_info: Some("Blocked"),
            others: &others,
        };
        if let Some(reply) = self.parser.reply(istag) {
            let reply = reply.with_notes(notes);
            let reply = if *self.stop.borrow() { reply.closing() } else { reply };
            self.closing |= reply.closes() && self.parser.phase() == Phase::Turn;
            reply.replacement(&page, &mut self.out);
        }
    }

    /// Lets the message through: by a word where the client allows that, or else by sending it back. With `is_early`
    /// the rest of the body is still to be written.
    async fn pass(
        &mut self,
        istag: &IsTag,
        told: Option<(&Outcome, &str)>,
        body: &Body,
        trailers: Fields,
        is_early: bool,
    ) -> io::Result<Option<BodyWriter>> {
        let (outcome, id) = told.map_or((None, ""), |(outcome, id)| (Some(outcome), id));
        let lead = outcome.and_then(|outcome| outcome.judged.lead());
        let mut others: Vec<(&str, &str)> = Vec::new();
        if outcome.is_some() {
            others.push(("X-Request-ID", id));
        }
        if lead.is_some_and(|record| record.would_block) {
            others.push(("X-Frisk-Would", "block"));
        }
        if let Some(rule) = lead.and_then(|record| record.policy_rule.as_deref()) {
            others.push(("X-Frisk-Rule", rule));
        }
        let notes = Notes { response_info: Some("Allowed"), others: &others, ..Notes::default() };
        let Some(reply) = self.parser.reply(istag) else { return Ok(None) };
        let reply = reply.with_notes(notes);
        let reply = if *self.stop.borrow() { reply.closing() } else { reply };
        self.closing |= reply.closes() && !is_early;
        let reply = match reply.unmodified(&mut self.out) {
            Ok(()) => return Ok(None),
            Err(reply) => reply,
        };
        let reply = match reply.partial(&Partial::default(), &mut self.out) {
            Ok(()) => return Ok(None),
            Err(reply) => reply,
        };
        let Ok(Some(mut writer)) = reply.original(&[], &mut self.out) else { return Ok(None) };
        let mut pieces = body.pieces();
        while let Some(piece) = pieces.next().await? {
            writer.write(&piece, &mut self.out);
            if self.out.len() >= WRITE_BYTES {
                self.flush().await?;
            }
        }
        if is_early {
            return Ok(Some(writer));
        }
        writer.end(Some(&trailers), &mut self.out);
        Ok(None)
    }
}

fn front(request: &Request) -> Front {
    if request.method == Method::Respmod { Front::IcapResponse } else { Front::IcapRequest }
}

/// Time that a connection which is turned away has to take its answer.
pub const TURN_AWAY_TIME: Duration = Duration::from_millis(200);

/// What a connection that is one too many is told.
#[must_use]
pub fn overloaded(istag: &IsTag) -> Vec<u8> {
    let mut out = Vec::new();
    put_refusal(Status::Overloaded, istag, &Notes::default(), true, &mut out);
    out
}
