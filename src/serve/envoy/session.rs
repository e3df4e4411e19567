//! One exchange of a request and a response: heads and bodies from Envoy, each body held back until its verdict.

use std::mem;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;
use tonic::Status;

use crate::blob::Reason;
use crate::policy::Action;
use crate::serve::context::Heads;
use crate::serve::decision::Front;
use crate::serve::envoy::answer::{self, Way};
use crate::serve::envoy::heads;
use crate::serve::envoy::message::{
    HttpBody, HttpHeaders, Mutation, ProcessingRequest, ProcessingResponse, ProtocolConfiguration, Told,
};
use crate::serve::envoy::mode::Mode;
use crate::serve::icap::{Fields, HttpRequest, HttpResponse, Limits, Who};
use crate::serve::metrics::count;
use crate::serve::page::BlockPage;
use crate::serve::service::Service;
use crate::serve::spool::{Body, Spool};

/// Bytes of one piece of a body that goes on. 64 KiB: what Envoy's documentation recommends.
const PIECE_BYTES: usize = 64 << 10;

/// Where answers go.
pub type Out = Sender<Result<ProcessingResponse, Status>>;

/// Whether there is more to do.
type Step = Result<Next, Status>;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next message.
    Message,
    /// Nothing: Envoy was given an answer of our own, or is gone.
    End,
}

/// An exchange.
pub struct Session {
    service: Arc<Service>,
    request_head: Option<HttpRequest>,
    response_head: Option<HttpResponse>,
    address: Option<IpAddr>,
    request: Side,
    response: Side,
}

/// One of the two messages.
#[derive(Default)]
struct Side {
    mode: Mode,
    /// The answer to the head is held back, too.
    owes_head: bool,
    /// A piece of the body waits for its answer: only the last one can carry the whole.
    owes_piece: bool,
    /// Bytes that the piece brought for which an answer is owed.
    piece_bytes: u64,
    hold: Hold,
}

/// What becomes of a body.
#[derive(Default)]
enum Hold {
    /// Nothing came of it.
    #[default]
    Nothing,
    /// It is held back since then.
    Held(Spool, Instant),
    /// It was judged: what is left of it goes on as it comes.
    Passing,
}

/// What is known of the end of a body when it is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing follows.
    Here,
    /// Trailers follow.
    Trailers,
    /// More of it follows, or may follow.
    Open,
}

impl Session {
    /// Before the first message.
    #[must_use]
    pub fn new(service: Arc<Service>) -> Self {
        Self {
            service,
            request_head: None,
            response_head: None,
            address: None,
            request: Side::default(),
            response: Side::default(),
        }
    }

    /// Time that the body which comes in has left; nothing if none does.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let time_max = self.service.config.limits.body;
        [&self.request, &self.response].into_iter().find_map(|side| match &side.hold {
            Hold::Held(_, begun) => Some(time_max.saturating_sub(begun.elapsed())),
            Hold::Nothing | Hold::Passing => None,
        })
    }

    /// Takes a message and answers what can be answered.
    ///
    /// # Errors
    /// What is told of an exchange that cannot go on; Envoy then answers with a 500, unless it is told to fail open.
    pub async fn take(&mut self, message: ProcessingRequest, out: &Out) -> Step {
        if message.observability_mode {
            return Err(Status::unimplemented("observability mode: let the policy watch (mode = \"monitor\")"));
        }
        if let Some(config) = message.protocol_config {
            self.modes(config)?;
        }
        self.address = self.address.or_else(|| heads::address(&message.attributes));
        let told = message.told.ok_or_else(|| Status::invalid_argument("a message without its request"))?;
        match told {
            Told::RequestHeaders(head) => self.head(Way::Request, &head, out).await,
            Told::ResponseHeaders(head) => self.head(Way::Response, &head, out).await,
            Told::RequestBody(piece) => self.piece(Way::Request, piece, out).await,
            Told::ResponseBody(piece) => self.piece(Way::Response, piece, out).await,
            Told::RequestTrailers(_) => self.trailers(Way::Request, out).await,
            Told::ResponseTrailers(_) => self.trailers(Way::Response, out).await,
        }
    }

    fn modes(&mut self, config: ProtocolConfiguration) -> Result<(), Status> {
        let read =
            |number| Mode::from_number(number).ok_or_else(|| Status::unimplemented("a body mode that is not known"));
        self.request.mode = read(config.request_body_mode)?;
        self.response.mode = read(config.response_body_mode)?;
        Ok(())
    }

    fn side(&mut self, way: Way) -> &mut Side {
        match way {
            Way::Request => &mut self.request,
            Way::Response => &mut self.response,
        }
    }

    async fn head(&mut self, way: Way, told: &HttpHeaders, out: &Out) -> Step {
        let limits = Limits { header_bytes: self.service.config.limits.header_bytes, ..Limits::default() };
        let map = told.headers.clone().unwrap_or_default();
        let is_read = match way {
            Way::Request => {
                self.request_head = heads::request(&map, &limits);
                self.request_head.is_some()
            }
            Way::Response => {
                self.response_head = heads::response(&map, &limits);
                self.response_head.is_some()
            }
        };
        if !is_read {
            count(&self.service.metrics.malformed);
            return Err(Status::invalid_argument("a head that is none, or has too many fields"));
        }
        let memory_max = self.service.config.limits.memory_bytes;
        let side = self.side(way);
        if told.end_of_stream {
            return send(out, answer::head(way)).await;
        }
        // Nothing of a body will come in that mode: whoever set it so wants this way open.
        if side.mode != Mode::None {
            side.hold = Hold::Held(Spool::new(memory_max), Instant::now());
        }
        side.owes_head = side.mode == Mode::FullDuplex;
        if side.owes_head { Ok(Next::Message) } else { send(out, answer::head(way)).await }
    }

    async fn piece(&mut self, way: Way, piece: HttpBody, out: &Out) -> Step {
        let (memory_max, bytes_max) = (self.service.config.limits.memory_bytes, self.service.config.limits.body_bytes);
        let side = self.side(way);
        if matches!(side.hold, Hold::Nothing) {
            // The filter sends no heads: the body is all that there is to go by.
            side.hold = Hold::Held(Spool::new(memory_max), Instant::now());
        }
        let Hold::Held(spool, _) = &mut side.hold else {
            return send(out, answer::body(way, side.mode.echo(piece))).await;
        };
        // What was waiting is not the last: the whole comes in the place of a later one.
        let owed = mem::take(&mut side.owes_piece);
        spool.push(&piece.body).await.map_err(|_| Status::internal("a body could not be kept"))?;
        side.piece_bytes = piece.body.len() as u64;
        side.owes_piece = side.mode != Mode::FullDuplex;
        let is_too_large = spool.bytes() > bytes_max;
        let is_all = piece.end_of_stream || side.mode.is_buffered();
        let end = match (piece.end_of_stream, side.mode) {
            (true, _) | (false, Mode::Buffered) => Some(End::Here),
            _ if is_all || is_too_large => Some(End::Open),
            _ => None,
        };
        if owed && send(out, answer::body(way, Some(Mutation::Clear(true)))).await? == Next::End {
            return Ok(Next::End);
        }
        match end {
            Some(end) => self.judge(way, end, out).await,
            None => Ok(Next::Message),
        }
    }

    async fn trailers(&mut self, way: Way, out: &Out) -> Step {
        let side = self.side(way);
        if matches!(side.hold, Hold::Held(..)) && self.judge(way, End::Trailers, out).await? == Next::End {
            return Ok(Next::End);
        }
        send(out, answer::trailers(way)).await
    }

    /// Judges what is held, and lets it go on or not.
    async fn judge(&mut self, way: Way, end: End, out: &Out) -> Step {
        let held = mem::replace(&mut self.side(way).hold, Hold::Passing);
        let Hold::Held(spool, begun) = held else { return Ok(Next::Message) };
        if spool.bytes() == 0 {
            let body = Body::Memory(Arc::default());
            return self.pass(way, end, &body, None, out).await;
        }
        let body = spool.end().await.map_err(|_| Status::internal("a body could not be kept"))?;
        let who = self.who();
        let nothing = Fields::default();
        let is_trusted = self.service.config.envoy.trust_headers;
        let heads = Heads {
            is_request: way == Way::Request,
            told: self.request_head.as_ref().filter(|_| is_trusted).map_or(&nothing, |head| &head.fields),
            who: &who,
            request: self.request_head.as_ref(),
            response: self.response_head.as_ref().filter(|_| way == Way::Response),
        };
        let id = self.service.id();
        let mut ask = heads.ask(id.clone(), &self.service.config.headers);
        if end == End::Open {
            ask.add_gap(Reason::TooLarge, "the rest was not examined");
        }
        let front = if way == Way::Request { Front::EnvoyRequest } else { Front::EnvoyResponse };
        let outcome = self.service.judge(front, ask, body.clone(), begun).await;
        if outcome.action >= Action::Protect {
            // What this front end cannot do is stopped, never passed.
            let page = BlockPage::new(outcome.judged.lead(), &id, heads.wants_page());
            let fields = [("x-request-id", id.as_str())];
            let mut instead = answer::instead(403, page, &fields, "frisk_blocked");
            instead.dynamic_metadata = Some(answer::metadata(&outcome, &id));
            send(out, instead).await?;
            return Ok(Next::End);
        }
        let metadata = answer::metadata(&outcome, &id);
        self.pass(way, end, &body, Some(metadata), out).await
    }

    /// Who asks. Headers of the request say so only where Envoy is known to remove those that clients make up.
    fn who(&self) -> Who {
        let trusted = self.request_head.as_ref().filter(|_| self.service.config.envoy.trust_headers);
        let mut who = trusted.map(|head| Who::read(&head.fields, &self.service.names)).unwrap_or_default();
        who.client_ip = self.address.or(who.client_ip);
        who
    }

    /// Gives back what was held.
    async fn pass(
        &mut self,
        way: Way,
        end: End,
        body: &Body,
        metadata: Option<crate::serve::envoy::message::Struct>,
        out: &Out,
    ) -> Step {
        let side = self.side(way);
        let (owes_head, owes_piece) = (mem::take(&mut side.owes_head), mem::take(&mut side.owes_piece));
        let (is_duplex, piece_bytes) = (side.mode == Mode::FullDuplex, side.piece_bytes);
        let mut metadata = metadata;
        if owes_head {
            let head = ProcessingResponse { dynamic_metadata: metadata.take(), ..answer::head(way) };
            if send(out, head).await? == Next::End {
                return Ok(Next::End);
            }
        }
        if is_duplex {
            return give_back(way, end, body, out).await;
        }
        if !owes_piece {
            return Ok(Next::Message);
        }
        let mutation = if piece_bytes == body.bytes() {
            // It is there already.
            None
        } else {
            let body = body.clone();
            let whole = tokio::task::spawn_blocking(move || body.read_blocking()).await;
            let whole = whole.ok().and_then(Result::ok).ok_or_else(|| Status::internal("a body could not be read"))?;
            Some(Mutation::Body(Arc::unwrap_or_clone(whole)))
        };
        send(out, ProcessingResponse { dynamic_metadata: metadata, ..answer::body(way, mutation) }).await
    }
}

/// Sends a body in pieces.
async fn give_back(way: Way, end: End, body: &Body, out: &Out) -> Step {
    let mut left = body.bytes();
    if left == 0 && end == End::Here {
        let last = HttpBody { body: Vec::new(), end_of_stream: true };
        return send(out, answer::body(way, Some(Mutation::Streamed(last)))).await;
    }
    let mut pieces = body.pieces();
    while let Some(piece) = pieces.next().await.map_err(|_| Status::internal("a body could not be read"))? {
        for bytes in piece.chunks(PIECE_BYTES) {
            left = left.saturating_sub(bytes.len() as u64);
            let piece = HttpBody { body: bytes.to_vec(), end_of_stream: left == 0 && end == End::Here };
            if send(out, answer::body(way, Some(Mutation::Streamed(piece)))).await? == Next::End {
                return Ok(Next::End);
            }
        }
    }
    Ok(Next::Message)
}

async fn send(out: &Out, answer: ProcessingResponse) -> Step {
    Ok(if out.send(Ok(answer)).await.is_ok() { Next::Message } else { Next::End })
}
