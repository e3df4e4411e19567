//! Bytes in, events out.

use std::fmt;
use std::mem;
use std::sync::Arc;

use crate::serve::icap::chunk::ChunkLine;
use crate::serve::icap::event::{Event, Phase};
use crate::serve::icap::fields::Fields;
use crate::serve::icap::limits::Limits;
use crate::serve::icap::line::{Line, LineBuffer};
use crate::serve::icap::reply::{IsTag, Reply, Stage};
use crate::serve::icap::request::{Request, RequestLine};
use crate::serve::icap::who::Names;
use crate::serve::icap::why::Why;

/// What [`Parser::go_on`] gives: nothing may be added to it (errata e1).
const CONTINUE: &[u8] = b"ICAP/1.0 100 Continue\r\n\r\n";

/// Empty lines passed over before a request (RFC 9112 section 2.2: at least one). 4: our choice.
const EMPTY_LINES_MAX: usize = 4;

/// The first byte of a TLS handshake record (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// Reads the requests of one connection.
pub struct Parser {
    limits: Limits,
    names: Arc<Names>,
    state: State,
    /// Bytes of a head or a line that has not come whole yet.
    buffer: LineBuffer,
    /// Lines of the head that are read; before it, empty ones.
    line_count: usize,
    line: Option<RequestLine>,
    pending: Option<Request>,
    request: Option<Arc<Request>>,
    body_bytes: u64,
    extension_bytes: usize,
    trailers: Vec<u8>,
    /// Whether what is read is a preview.
    in_preview: bool,
    is_answered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FirstLine,
    FieldLine,
    Heads {
        bytes: usize,
    },
    ChunkLine,
    Chunk {
        left: u64,
    },
    ChunkEnd {
        cr: bool,
    },
    Trailer {
        ieof: bool,
    },
    /// Stands still until it is known whether to go on behind the preview.
    Decide,
    BodyEnd,
    MessageEnd,
    /// Stands still until the message is answered.
    Answer,
    Closed,
}

/// What a step did.
enum Step<'i> {
    /// Something; go on.
    Again,
    /// Nothing is possible without more bytes or a call.
    Wait,
    Give(Event<'i>),
}

impl Parser {
    /// A parser before the first byte of a connection.
    #[must_use]
    pub fn new(limits: Limits, names: Arc<Names>) -> Self {
        Self {
            limits,
            names,
            state: State::FirstLine,
            buffer: LineBuffer::default(),
            line_count: 0,
            line: None,
            pending: None,
            request: None,
            body_bytes: 0,
            extension_bytes: 0,
            trailers: Vec::new(),
            in_preview: false,
            is_answered: false,
        }
    }

    /// The next event of `input`, from the front of which goes what was read. Nothing if more bytes are needed (then
    /// all were taken), or if it stands still before [`Self::go_on`] or [`Self::answered`] (then what is left belongs
    /// to what follows: keep it).
    pub fn next<'i>(&mut self, input: &mut &'i [u8]) -> Option<Event<'i>> {
        loop {
            match self.step(input) {
                Ok(Step::Again) => (),
                Ok(Step::Wait) => return None,
                Ok(Step::Give(event)) => return Some(event),
                Err(why) => return Some(self.fail(why)),
            }
        }
    }

    /// Behind a preview: asks for the rest of the body. Gives the bytes to send; nothing if the client does not wait
    /// for them, in which case they must not be sent.
    #[must_use = "the client waits for these bytes"]
    pub fn go_on(&mut self) -> Option<&'static [u8]> {
        if self.state != State::Decide || self.is_answered {
            return None;
        }
        self.in_preview = false;
        self.state = State::ChunkLine;
        Some(CONTINUE)
    }

    /// Says that the message is answered. Behind a preview this ends it. In the middle of the body the rest is still
    /// read, as the client sends it (errata e7), and the next message follows without a pause.
    pub fn answered(&mut self) {
        match self.state {
            State::Decide => self.state = State::MessageEnd,
            State::Answer => return self.begin(),
            State::Closed => return,
            _ => (),
        }
        // Before a message there is nothing to answer.
        self.is_answered = self.request.is_some();
    }

    /// What writes the answer to the message that is being read; nothing before its head is known and
    /// once it is answered. It holds on to the parser, so what it allows cannot change before it is used.
    #[must_use]
    pub fn reply<'p>(&'p self, istag: &'p IsTag) -> Option<Reply<'p>> {
        let stage = match self.state {
            State::Decide => Stage::Preview,
            State::BodyEnd | State::MessageEnd | State::Answer => Stage::Whole { in_preview: self.in_preview },
            _ => Stage::Early,
        };
        let request = self.request.as_deref().filter(|_| !self.is_answered);
        request.map(|request| Reply::new(request, stage, self.body_bytes, istag))
    }

    /// The head of the message that is being read.
    #[must_use]
    pub fn request(&self) -> Option<&Arc<Request>> {
        self.request.as_ref()
    }

    /// Whether the connection goes on behind the answer, as far as the client is concerned.
    #[must_use]
    pub fn keeps_alive(&self) -> bool {
        self.state != State::Closed && self.request.as_ref().is_none_or(|request| request.keep_alive)
    }

    /// Whether it stands still: bytes are of no use before [`Self::go_on`] or [`Self::answered`].
    #[must_use]
    pub fn stands_still(&self) -> bool {
        matches!(self.state, State::Decide | State::Answer | State::Closed)
    }

    /// Where the connection is.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.state {
            State::FirstLine if self.buffer.is_empty() => Phase::Idle,
            State::FirstLine | State::FieldLine | State::Heads { .. } => Phase::Head,
            State::ChunkLine | State::Chunk { .. } | State::ChunkEnd { .. } | State::Trailer { .. } => Phase::Body,
            State::BodyEnd | State::MessageEnd => Phase::Body,
            State::Decide | State::Answer => Phase::Turn,
            State::Closed => Phase::Closed,
        }
    }

    fn begin(&mut self) {
        // RFC 3507 section 4.3.1, as HTTP/1.1: nothing behind a message with `Connection: close` is looked at.
        let state = if self.keeps_alive() { State::FirstLine } else { State::Closed };
        let mut buffer = mem::take(&mut self.buffer);
        buffer.reset();
        *self = Self { state, buffer, ..Self::new(self.limits.clone(), Arc::clone(&self.names)) };
    }

    fn fail<'i>(&mut self, why: Why) -> Event<'i> {
        // The head of an unknown method was read whole: without a body (errata e1) the next message follows it.
        let close = why != Why::Method || self.state != State::Answer;
        if close {
            self.state = State::Closed;
            self.buffer = LineBuffer::default();
        }
        Event::Error { status: why.status(), why, close }
    }

    fn step<'i>(&mut self, input: &mut &'i [u8]) -> Result<Step<'i>, Why> {
        match self.state {
            State::FirstLine => self.first_line(input),
            State::FieldLine => self.field_line(input),
            State::Heads { bytes } => self.heads(bytes, input),
            State::ChunkLine => self.chunk_line(input),
            State::Chunk { left } => Ok(self.chunk(left, input)),
            State::ChunkEnd { cr } => self.chunk_end(cr, input),
            State::Trailer { ieof } => self.trailer(ieof, input),
            State::BodyEnd => {
                self.state = State::MessageEnd;
                let trailers = Fields::lenient(&mem::take(&mut self.trailers));
                Ok(Step::Give(Event::BodyEnd { trailers }))
            }
            State::MessageEnd => {
                self.state = State::Answer;
                if self.is_answered {
                    self.begin();
                }
                Ok(Step::Give(Event::MessageEnd))
            }
            State::Decide | State::Answer => Ok(Step::Wait),
            State::Closed => {
                *input = &[];
                Ok(Step::Wait)
            }
        }
    }

    fn first_line<'i>(&mut self, input: &mut &[u8]) -> Result<Step<'i>, Why> {
        if self.buffer.is_empty() && input.first() == Some(&TLS_HANDSHAKE) {
            return Err(Why::Tls);
        }
        match self.buffer.take_line(input, self.limits.request_line_bytes) {
            Line::CutOff => return Ok(Step::Wait),
            Line::TooLong => return Err(Why::RequestLineTooLong),
            Line::Whole => (),
        }
        if self.buffer.line().is_empty() {
            self.line_count = self.line_count.saturating_add(1);
            self.buffer.clear();
            return if self.line_count > EMPTY_LINES_MAX { Err(Why::RequestLine) } else { Ok(Step::Again) };
        }
        self.line = Some(RequestLine::read(self.buffer.line())?);
        self.buffer.clear();
        self.line_count = 0;
        self.state = State::FieldLine;
        Ok(Step::Again)
    }

    fn field_line<'i>(&mut self, input: &mut &[u8]) -> Result<Step<'i>, Why> {
        let left = self.limits.header_bytes.saturating_sub(self.buffer.kept());
        match self.buffer.take_line(input, left) {
            Line::CutOff => return Ok(Step::Wait),
            Line::TooLong => return Err(Why::FieldsTooLarge),
            Line::Whole => (),
        }
        if !self.buffer.line().is_empty() {
            self.buffer.keep_line();
            self.line_count = self.line_count.saturating_add(1);
            return if self.line_count > self.limits.header_count { Err(Why::TooManyFields) } else { Ok(Step::Again) };
        }
        let line = self.line.take().ok_or(Why::RequestLine)?;
        let is_method = line.method.is_some();
        let request = match Request::read(line, self.buffer.bytes(), &self.limits, &self.names) {
            Ok(request) => request,
            Err(why) => {
                if !is_method && why == Why::Method && self.is_without_body() {
                    self.state = State::Answer;
                }
                return Err(why);
            }
        };
        self.buffer.clear();
        self.state = State::Heads { bytes: request.encapsulated.head_bytes() };
        self.pending = Some(request);
        Ok(Step::Again)
    }

    /// Whether the head in the buffer says that nothing follows it, whatever its method.
    fn is_without_body(&self) -> bool {
        let value = Fields::strict(self.buffer.bytes())
            .and_then(|fields| fields.only("Encapsulated").map(|v| v.map(<[u8]>::to_vec)));
        value.is_ok_and(|value| value.is_none_or(|value| value.eq_ignore_ascii_case(b"null-body=0")))
    }

    fn heads<'i>(&mut self, bytes: usize, input: &mut &[u8]) -> Result<Step<'i>, Why> {
        if !self.buffer.take_bytes(input, bytes) {
            return Ok(Step::Wait);
        }
        let Some(mut request) = self.pending.take() else { return Ok(Step::Wait) };
        request.read_heads(self.buffer.bytes(), &self.limits)?;
        self.buffer.clear();
        self.in_preview = request.preview_hint.is_some();
        self.state = if request.encapsulated.has_body { State::ChunkLine } else { State::MessageEnd };
        let request = Arc::new(request);
        self.request = Some(Arc::clone(&request));
        Ok(Step::Give(Event::Request(request)))
    }

    fn chunk_line<'i>(&mut self, input: &mut &[u8]) -> Result<Step<'i>, Why> {
        match self.buffer.take_line(input, self.limits.chunk_line_bytes) {
            Line::CutOff => return Ok(Step::Wait),
            Line::TooLong => return Err(Why::ChunkLineTooLong),
            Line::Whole => (),
        }
        let line = ChunkLine::read(self.buffer.bytes())?;
        self.buffer.clear();
        self.extension_bytes = self.extension_bytes.saturating_add(line.extension_bytes);
        if self.extension_bytes > self.limits.chunk_extension_bytes {
            return Err(Why::ChunkExtensionsTooLarge);
        }
        self.line_count = 0;
        // `ieof` means something in the last chunk of a preview alone.
        self.state =
            if line.bytes > 0 { State::Chunk { left: line.bytes } } else { State::Trailer { ieof: line.ieof } };
        Ok(Step::Again)
    }

    fn chunk<'i>(&mut self, left: u64, input: &mut &'i [u8]) -> Step<'i> {
        let there = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        let (now, rest) = input.split_at_checked(there).unwrap_or((input, &[]));
        if now.is_empty() {
            return Step::Wait;
        }
        *input = rest;
        let bytes = now.len() as u64;
        self.body_bytes = self.body_bytes.saturating_add(bytes);
        let left = left.saturating_sub(bytes);
        self.state = if left > 0 { State::Chunk { left } } else { State::ChunkEnd { cr: false } };
        Step::Give(Event::Body(now))
    }

    fn chunk_end<'i>(&mut self, cr: bool, input: &mut &[u8]) -> Result<Step<'i>, Why> {
        let Some((first, rest)) = input.split_first() else { return Ok(Step::Wait) };
        self.state = match (cr, first) {
            (false, b'\r') => State::ChunkEnd { cr: true },
            (true, b'\n') => State::ChunkLine,
            _ => return Err(Why::ChunkEnd),
        };
        *input = rest;
        Ok(Step::Again)
    }

    fn trailer<'i>(&mut self, ieof: bool, input: &mut &[u8]) -> Result<Step<'i>, Why> {
        let left = self.limits.trailer_bytes.saturating_sub(self.trailers.len());
        match self.buffer.take_line(input, left) {
            Line::CutOff => return Ok(Step::Wait),
            Line::TooLong => return Err(Why::TrailersTooLarge),
            Line::Whole => (),
        }
        if !self.buffer.line().is_empty() {
            self.trailers.extend_from_slice(self.buffer.bytes());
            self.buffer.clear();
            self.line_count = self.line_count.saturating_add(1);
            return if self.line_count > self.limits.header_count { Err(Why::TooManyFields) } else { Ok(Step::Again) };
        }
        self.buffer.clear();
        self.state = match (self.in_preview && !ieof, self.is_answered) {
            (true, false) => State::Decide,
            // The client has its answer, and sends nothing more.
            (true, true) => {
                self.state = State::MessageEnd;
                return Ok(Step::Again);
            }
            (false, _) => State::BodyEnd,
        };
        Ok(if self.in_preview { Step::Give(Event::PreviewEnd { ieof }) } else { Step::Again })
    }
}

// What came over the wire is not for logs.
impl fmt::Debug for Parser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser")
            .field("state", &self.state)
            .field("body_bytes", &self.body_bytes)
            .finish_non_exhaustive()
    }
}
