//! A reverse proxy that asks frisk before it passes a body on, in one file: hyper 1, the engine in the same process.
//!
//!     cargo run --release --example proxy -- 127.0.0.1:8080 127.0.0.1:9000 strict
//!     curl -T report.docx http://127.0.0.1:8080/upload
//!
//! What is sent to `127.0.0.1:8080` goes to `127.0.0.1:9000`. Bodies of requests (uploads) and of responses (downloads)
//! are held back until the verdict of the policy, which is a file or one that comes with frisk (`frisk policy list`).
//!
//! What a proxy of your own needs of it is [`Inspector`]: one [`Scanner`] for all connections (rules are compiled once),
//! the examination on a thread where it may take its time, and a situation that says who does what.
//! `frisk serve` has what this example has not: worker processes that may die, a queue and what to do when it is full,
//! multipart forms, an activity log, reloads.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use frisk::blob::{Gap, Reason};
use frisk::policy::{Action, Activity, Policy, Situation};
use frisk::report::{Input, Record};
use frisk::scan::Scanner;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, HeaderMap};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// Bytes of a body that are held back at most. More is refused: this proxy passes nothing that was not examined.
const BODY_BYTES_MAX: usize = 32 << 20;

type Failure = Box<dyn Error + Send + Sync>;
type Answer = Response<Full<Bytes>>;

/// Asks the policy.
struct Inspector {
    scanner: Scanner,
}

impl Inspector {
    /// With the rules that come with frisk and this policy.
    fn new(policy: Policy) -> Result<Self, Failure> {
        Ok(Self { scanner: Scanner::builder().policy(policy).build()? })
    }

    /// The verdict on a body. Parsers compute: they are no work for a thread that serves connections.
    async fn judge(self: &Arc<Self>, body: Bytes, input: Input) -> Result<Record, Failure> {
        let inspector = Arc::clone(self);
        Ok(tokio::task::spawn_blocking(move || inspector.scanner.scan(&body[..], &input)).await?)
    }
}

/// What is known of a body: its name, who does what with it, and what keeps it from being examined as a whole.
fn input(activity: Activity, path: &str, headers: &HeaderMap, from: SocketAddr, size: usize) -> Input {
    let named = headers.get(CONTENT_DISPOSITION).and_then(|value| value.to_str().ok());
    let named = named.and_then(|value| Some(value.split_once("filename=\"")?.1.split_once('"')?.0));
    let name = named.unwrap_or_else(|| path.rsplit('/').next().unwrap_or_default());
    let mut gaps = Vec::new();
    let coding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes());
    if coding.is_some_and(|coding| !coding.eq_ignore_ascii_case(b"identity")) {
        gaps.push(Gap::new(Reason::UnsupportedType, "", "the body is encoded"));
    }
    if headers.contains_key(CONTENT_RANGE) {
        gaps.push(Gap::new(Reason::PartOnly, "", "a range of the whole"));
    }
    let situation = Situation {
        activity: Some(activity),
        address: Some(from.ip()),
        time: Some(SystemTime::now()),
        // A proxy that knows its users says so here: `user`, `groups`, `device_tags` …
        ..Situation::default()
    };
    Input { size: size as u64, gaps, situation, ..Input::named(if name.is_empty() { "(no name)" } else { name }) }
}

/// Whether the body may go on; what it cannot carry out otherwise, a proxy stops.
fn may_pass(record: &Record) -> bool {
    record.action.is_some_and(|action| action <= Action::Monitor)
}

/// The policy's message in the place of what was stopped. It never holds a value.
fn blocked(record: &Record) -> Answer {
    let message =
        record.message.clone().unwrap_or_else(|| "Blocked by your organization's security policy.".to_owned());
    plain(StatusCode::FORBIDDEN, message)
}

fn plain(status: StatusCode, text: impl Into<String>) -> Answer {
    let mut answer = Response::new(Full::from(text.into() + "\n"));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

/// The whole body, or nothing if it is too large.
async fn whole<B: Body<Error: Into<Failure>>>(body: B) -> Result<Option<Bytes>, Failure> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(collected) => Ok(Some(collected.to_bytes())),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Ok(None),
        Err(error) => Err(error),
    }
}

/// One request on its way to the server, and its response on the way back.
async fn pass_on<B>(
    inspector: &Arc<Inspector>,
    upstream: SocketAddr,
    from: SocketAddr,
    request: Request<B>,
) -> Result<Answer, Failure>
where
    B: Body<Error: Into<Failure>>,
{
    let (mut head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let Some(body) = whole(body).await? else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "The upload is too large to be examined."));
    };
    if !body.is_empty() {
        let known = input(Activity::Upload, &path, &head.headers, from, body.len());
        let record = inspector.judge(body.clone(), known).await?;
        if !may_pass(&record) {
            return Ok(blocked(&record));
        }
    }
    // So that what comes back can be read as it is.
    head.headers.remove(ACCEPT_ENCODING);
    let stream = TcpStream::connect(upstream).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (head, body) =
        sender.send_request(Request::from_parts(head, Full::<hyper::body::Bytes>::from(body))).await?.into_parts();
    let Some(body) = whole(body).await? else {
        return Ok(plain(StatusCode::BAD_GATEWAY, "The download is too large to be examined."));
    };
    if !body.is_empty() {
        let known = input(Activity::Download, &path, &head.headers, from, body.len());
        let record = inspector.judge(body.clone(), known).await?;
        if !may_pass(&record) {
            return Ok(blocked(&record));
        }
    }
    Ok(Response::from_parts(head, Full::from(body)))
}

/// Serves connections until the listener fails.
async fn run(listener: TcpListener, upstream: SocketAddr, inspector: Arc<Inspector>) -> Result<(), Failure> {
    loop {
        let (stream, from) = listener.accept().await?;
        let inspector = Arc::clone(&inspector);
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| async {
                let answer = pass_on(&inspector, upstream, from, request).await;
                // A proxy that fails passes nothing.
                Ok::<_, Infallible>(
                    answer.unwrap_or_else(|_| plain(StatusCode::BAD_GATEWAY, "The server cannot be reached.")),
                )
            });
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (listen, upstream, policy) = match args.as_slice() {
        [listen, upstream] => (listen, upstream, "default"),
        [listen, upstream, policy] => (listen, upstream, policy.as_str()),
        _ => return Err("arguments: LISTEN UPSTREAM [POLICY], as in 127.0.0.1:8080 127.0.0.1:9000 strict".into()),
    };
    let policy = match Policy::builtin(policy) {
        Some(policy) => policy,
        None => Policy::parse(policy, &std::fs::read_to_string(policy)?)?,
    };
    let listener = TcpListener::bind(listen).await?;
    run(listener, upstream.parse()?, Arc::new(Inspector::new(policy)?)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A published test number.
    const CARD: &str = "Card number: 4539 5787 6362 1486, expires 12/29";

    /// A server that sends a card for `/card.txt`, and else what it was sent.
    async fn server(listener: TcpListener) {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service_fn(|request: Request<Incoming>| async {
                let card = request.uri().path() == "/card.txt";
                let body = request.into_body().collect().await?.to_bytes();
                Ok::<_, hyper::Error>(Response::new(Full::<Bytes>::from(if card { Bytes::from(CARD) } else { body })))
            });
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }

    async fn ask(proxy: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(TcpStream::connect(proxy).await.unwrap()))
                .await
                .unwrap();
        tokio::spawn(connection);
        let request =
            Request::builder().method(method).uri(path).header("host", "h").body(Full::<Bytes>::from(body.to_owned()));
        let answer = sender.send_request(request.unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        (status, String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn clean_bodies_pass_and_others_do_not() {
        let listen = || TcpListener::bind("127.0.0.1:0");
        let (behind, front) = (listen().await.unwrap(), listen().await.unwrap());
        let (upstream, proxy) = (behind.local_addr().unwrap(), front.local_addr().unwrap());
        let policy = "name = \"p\"\non-unscannable = \"block\"\non-overload = \"block\"\n\
            [[rule]]\nid = \"cards\"\naction = \"block\"\nrules = [\"credit-card-number\"]\nmessage = \"{file} is stopped\"\n";
        let inspector = Inspector::new(Policy::parse("p.toml", policy).unwrap()).unwrap();
        tokio::spawn(server(behind));
        tokio::spawn(run(front, upstream, Arc::new(inspector)));
        assert_eq!(ask(proxy, "PUT", "/note.txt", "hello").await, (200, "hello".to_owned()));
        assert_eq!(ask(proxy, "PUT", "/note.txt", CARD).await, (403, "note.txt is stopped\n".to_owned()));
        assert_eq!(ask(proxy, "GET", "/card.txt", "").await, (403, "card.txt is stopped\n".to_owned()));
    }
}
