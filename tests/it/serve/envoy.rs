//! Envoy's side of `envoy.service.ext_proc.v3`, over real sockets: what its filter sends, and what it must get.

use std::net::SocketAddr;
use std::time::Duration;

use frisk::serve::envoy::message::{
    Answer, HeaderMap, HeaderValue, HttpBody, HttpHeaders, HttpTrailers, ImmediateResponse, Mutation,
    ProcessingRequest, ProcessingResponse, ProtocolConfiguration, Struct, Told, Value,
};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{BLOCK, CARD, Frisk, PATIENCE};

const PATH: &str = "/envoy.service.ext_proc.v3.ExternalProcessor/Process";
const STREAMED: i32 = 1;
const BUFFERED: i32 = 2;
const PARTIAL: i32 = 3;
const DUPLEX: i32 = 4;

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, work).await.expect("an answer in time") })
}

/// One stream to the service.
struct Call {
    to: Option<mpsc::Sender<Result<Frame<Bytes>, std::io::Error>>>,
    from: Incoming,
    held: Vec<u8>,
    status: Option<String>,
}

impl Call {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let made = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (mut sender, connection) = made.unwrap();
        tokio::spawn(connection);
        let (to, frames) = mpsc::channel(64);
        let request = hyper::Request::post(format!("http://{address}{PATH}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(StreamBody::new(ReceiverStream::new(frames)))
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let status = response.headers().get("grpc-status").map(|s| s.to_str().unwrap().to_owned());
        Self { to: Some(to), from: response.into_body(), held: Vec::new(), status }
    }

    async fn send(&self, message: ProcessingRequest) {
        let bytes = message.encode_to_vec();
        let mut frame = vec![0];
        frame.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
        frame.extend(bytes);
        // Who ended the stream takes nothing more.
        let _ = self.to.as_ref().unwrap().send(Ok(Frame::data(frame.into()))).await;
    }

    /// The next answer; none at the end of the stream, whose status is known then.
    async fn next(&mut self) -> Option<ProcessingResponse> {
        loop {
            if let Some((head, rest)) = self.held.split_first_chunk::<5>() {
                let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
                if rest.len() >= length {
                    let message = ProcessingResponse::decode(&rest[..length]).unwrap();
                    self.held.drain(..5 + length);
                    return Some(message);
                }
            }
            match self.from.frame().await {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.held.extend_from_slice(&data),
                    Err(frame) => {
                        let trailers = frame.into_trailers().unwrap();
                        self.status = trailers.get("grpc-status").map(|s| s.to_str().unwrap().to_owned());
                    }
                },
                _ => return None,
            }
        }
    }

    /// All answers to these messages, and the status at the end.
    async fn all(mut self, messages: Vec<ProcessingRequest>) -> (Vec<Answer>, Option<String>) {
        for message in messages {
            self.send(message).await;
        }
        self.to = None;
        let mut answers = Vec::new();
        while let Some(answer) = self.next().await {
            answers.push(answer.answer.expect("an answer says something"));
        }
        (answers, self.status)
    }
}

fn exchange(frisk: &Frisk, messages: Vec<ProcessingRequest>) -> (Vec<Answer>, Option<String>) {
    let address = frisk.address("grpc");
    run(async { Call::open(address).await.all(messages).await })
}

fn told(told: Told) -> ProcessingRequest {
    ProcessingRequest { told: Some(told), ..ProcessingRequest::default() }
}

fn headers(fields: &[(&str, &str)], end_of_stream: bool) -> HttpHeaders {
    let header = |(key, value): &(&str, &str)| HeaderValue {
        key: (*key).to_owned(),
        value: String::new(),
        raw_value: value.as_bytes().to_vec(),
    };
    HttpHeaders { headers: Some(HeaderMap { headers: fields.iter().map(header).collect() }), end_of_stream }
}

/// The first message of an exchange, which tells how bodies come.
fn request(method: &str, fields: &[(&str, &str)], mode: i32, end_of_stream: bool) -> ProcessingRequest {
    let own = [(":method", method), (":scheme", "https"), (":authority", "files.example"), (":path", "/a/report.txt")];
    let all: Vec<_> = own.iter().chain(fields).copied().collect();
    ProcessingRequest {
        protocol_config: Some(ProtocolConfiguration { request_body_mode: mode, response_body_mode: mode }),
        ..told(Told::RequestHeaders(headers(&all, end_of_stream)))
    }
}

fn response(fields: &[(&str, &str)]) -> ProcessingRequest {
    let all: Vec<_> = [(":status", "200"), ("content-type", "text/plain")].iter().chain(fields).copied().collect();
    told(Told::ResponseHeaders(headers(&all, false)))
}

fn request_body(bytes: &[u8], end_of_stream: bool) -> ProcessingRequest {
    told(Told::RequestBody(HttpBody { body: bytes.to_vec(), end_of_stream }))
}

fn response_body(bytes: &[u8], end_of_stream: bool) -> ProcessingRequest {
    told(Told::ResponseBody(HttpBody { body: bytes.to_vec(), end_of_stream }))
}

/// A word for each answer: what Envoy does with it.
fn words(answers: &[Answer]) -> Vec<String> {
    let body = |common: &frisk::serve::envoy::message::CommonAnswer| {
        let mutation =
            common.response.as_ref().and_then(|r| r.body_mutation.as_ref()).and_then(|m| m.mutation.as_ref());
        match mutation {
            None => "body".to_owned(),
            Some(Mutation::Clear(_)) => "clear".to_owned(),
            Some(Mutation::Body(bytes)) => format!("instead {}", bytes.len()),
            Some(Mutation::Streamed(piece)) => {
                format!("piece {}{}", piece.body.len(), if piece.end_of_stream { " end" } else { "" })
            }
        }
    };
    let word = |answer: &Answer| match answer {
        Answer::RequestHeaders(_) | Answer::ResponseHeaders(_) => "head".to_owned(),
        Answer::RequestBody(common) | Answer::ResponseBody(common) => body(common),
        Answer::RequestTrailers(_) | Answer::ResponseTrailers(_) => "trailers".to_owned(),
        Answer::Immediate(instead) => instead.status.map(|status| status.code.to_string()).unwrap_or_default(),
    };
    answers.iter().map(word).collect()
}

fn instead(answers: &[Answer]) -> &ImmediateResponse {
    match answers.last() {
        Some(Answer::Immediate(instead)) => instead,
        _ => panic!("an answer in the place of the original, not {:?}", words(answers)),
    }
}

#[test]
fn bodies_in_one_message() {
    let frisk = Frisk::start(BLOCK, "");
    let get = |mode| request("GET", &[("accept", "text/html")], mode, true);
    let clean = b"nothing here";
    let card = CARD.as_bytes();
    let (answers, status) = exchange(&frisk, vec![get(BUFFERED), response(&[]), response_body(clean, true)]);
    assert_eq!(
        (words(&answers).as_slice(), status.as_deref()),
        (&["head", "head", "body"].map(String::from)[..], Some("0"))
    );
    let (answers, status) = exchange(&frisk, vec![get(BUFFERED), response(&[]), response_body(card, true)]);
    assert_eq!((words(&answers).join(" "), status.as_deref()), ("head head 403".into(), Some("0")));
    let page = String::from_utf8(instead(&answers).body.clone()).unwrap();
    assert!(
        page.contains("<h1>Blocked</h1>") && page.contains("report.txt is stopped: it holds Payment card"),
        "{page}"
    );
    assert!(!page.contains("4539"), "no value is told");
    let types: Vec<_> =
        instead(&answers).headers.iter().flat_map(|h| &h.set_headers).filter_map(|h| h.header.clone()).collect();
    assert!(types.iter().any(|h| h.key == "content-type" && h.raw_value == b"text/html; charset=utf-8"));

    // A file that is stored is no page, a body with trailers behind it is whole, an upload is judged before it is sent.
    let attachment = response(&[("content-disposition", "attachment; filename=\"cards.csv\"")]);
    let (answers, _) = exchange(&frisk, vec![get(BUFFERED), attachment, response_body(card, false)]);
    assert!(instead(&answers).body.starts_with(b"cards.csv is stopped"));
    let put = || request("PUT", &[("content-type", "text/plain")], BUFFERED, false);
    let (answers, _) = exchange(&frisk, vec![put(), request_body(card, true)]);
    assert_eq!(words(&answers).join(" "), "head 403");
    let (answers, _) =
        exchange(&frisk, vec![put(), request_body(clean, true), response(&[]), response_body(clean, true)]);
    assert_eq!(words(&answers).join(" "), "head body head body");
    let form = "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nCard number: 4539 5787 6362 1486\r\n--X--\r\n";
    let post = request("POST", &[("content-type", "multipart/form-data; boundary=X")], BUFFERED, false);
    let (answers, _) = exchange(&frisk, vec![post, request_body(form.as_bytes(), true)]);
    assert!(instead(&answers).body.starts_with(b"a.txt is stopped"), "forms are taken apart");
    // An Envoy that does not tell its modes.
    let old = ProcessingRequest { protocol_config: None, ..get(0) };
    let (answers, _) = exchange(&frisk, vec![old, response(&[]), response_body(card, true)]);
    assert_eq!(words(&answers).join(" "), "head head 403");
    // Heads that the filter does not send.
    let (answers, _) = exchange(&frisk, vec![response_body(card, true)]);
    assert_eq!(words(&answers).join(" "), "403");
}

#[test]
fn bodies_in_pieces_are_held_back() {
    let frisk = Frisk::start(BLOCK, "");
    let get = |mode| request("GET", &[], mode, true);
    let (first, second) = CARD.as_bytes().split_at(20);
    let pieces = |last: &[u8]| vec![response_body(first, false), response_body(b"", false), response_body(last, true)];
    let all = |mode, last: &[u8]| [vec![get(mode), response(&[])], pieces(last)].concat();
    let (answers, _) = exchange(&frisk, all(STREAMED, second));
    assert_eq!(words(&answers).join(", "), "head, head, clear, clear, 403", "a number cut in two by messages");
    let (answers, _) = exchange(&frisk, all(STREAMED, b" nothing"));
    assert_eq!(
        words(&answers).join(", "),
        "head, head, clear, clear, instead 28",
        "the whole comes with the last piece"
    );
    let Some(Answer::ResponseBody(common)) = answers.last() else { panic!("a body") };
    let mutation = common.response.as_ref().unwrap().body_mutation.as_ref().unwrap().mutation.as_ref().unwrap();
    assert!(matches!(mutation, Mutation::Body(bytes) if *bytes == [first, b" nothing"].concat()));

    let (answers, _) = exchange(&frisk, all(DUPLEX, second));
    assert_eq!(words(&answers).join(", "), "head, 403", "not even the head of the response goes on");
    let (answers, _) = exchange(&frisk, all(DUPLEX, b" nothing"));
    assert_eq!(words(&answers).join(", "), "head, head, piece 28 end");
    let trailers = |mode| {
        let end = told(Told::ResponseTrailers(HttpTrailers::default()));
        vec![get(mode), response(&[]), response_body(first, false), response_body(b" no", false), end]
    };
    let (answers, _) = exchange(&frisk, trailers(STREAMED));
    assert_eq!(words(&answers).join(", "), "head, head, clear, instead 23, trailers");
    let (answers, _) = exchange(&frisk, trailers(DUPLEX));
    assert_eq!(words(&answers).join(", "), "head, head, piece 23, trailers");
    let empty = vec![get(DUPLEX), response(&[]), response_body(b"", true)];
    assert_eq!(words(&exchange(&frisk, empty).0).join(", "), "head, head, piece 0 end");
    let many = b"0123456789 ".repeat(20_000);
    let big = vec![get(DUPLEX), response(&[]), response_body(&many, true)];
    assert_eq!(
        words(&exchange(&frisk, big).0).join(", "),
        "head, head, piece 65536, piece 65536, piece 65536, piece 23392 end"
    );
}

#[test]
fn a_body_that_is_too_large_is_a_gap() {
    let large = b"nothing here, ".repeat(200);
    let exchange_with = |policy: &str, mode| {
        let frisk = Frisk::start(policy, "[limits]\nbody-size = \"1k\"\n[scan]\nmax-expanded = \"1M\"\n");
        let pieces: Vec<_> = large.chunks(700).map(|bytes| response_body(bytes, false)).collect();
        let end = vec![response_body(b"", true)];
        let (answers, _) =
            exchange(&frisk, [vec![request("GET", &[], mode, true), response(&[])], pieces, end].concat());
        words(&answers).join(", ")
    };
    let strict = BLOCK.replace("monitor", "block");
    assert_eq!(exchange_with(&strict, STREAMED), "head, head, clear, 403", "a body without an end is not waited for");
    assert_eq!(
        exchange_with(BLOCK, STREAMED),
        "head, head, clear, instead 1400, body, body, body",
        "the rest goes on as it comes"
    );
    assert_eq!(exchange_with(BLOCK, DUPLEX), "head, head, piece 1400, piece 700, piece 700, piece 0 end");
    assert_eq!(exchange_with(&strict, PARTIAL), "head, head, 403", "the beginning is not the whole");
    // More than a message may have: the stream ends with an error, which Envoy makes a 500 of.
    let frisk = Frisk::start(BLOCK, "[envoy]\nmessage-size = \"1k\"\n");
    let body = vec![request("GET", &[], BUFFERED, true), response(&[]), response_body(&large, true)];
    let (answers, status) = exchange(&frisk, body);
    assert_eq!((words(&answers).join(", ").as_str(), status.as_deref()), ("head, head", Some("11")));
}

#[test]
fn streams_that_break_get_no_verdict() {
    let frisk = Frisk::start(BLOCK, "[limits]\nbody-time = \"300ms\"\n[log]\npath = \"activity.db\"\n");
    let address = frisk.address("grpc");
    // Cut in the middle of a body: nothing is said of a half.
    let cut = vec![request("GET", &[], STREAMED, true), response(&[]), response_body(CARD.as_bytes(), false)];
    let (answers, status) = exchange(&frisk, cut);
    assert_eq!((words(&answers).join(", ").as_str(), status.as_deref()), ("head, head", Some("0")));
    // Silent in the middle of a body.
    let (told, status) = run(async {
        let mut call = Call::open(address).await;
        call.send(request("PUT", &[], STREAMED, false)).await;
        call.send(request_body(b"a", false)).await;
        let mut told = 0;
        while call.next().await.is_some() {
            told += 1;
        }
        (told, call.status)
    });
    assert_eq!((told, status.as_deref()), (1, Some("4")), "deadline exceeded");
    // What is no message, no head, or nothing that can be held back.
    let (_, status) = exchange(&frisk, vec![ProcessingRequest::default()]);
    assert_eq!(status.as_deref(), Some("3"));
    let (_, status) = exchange(&frisk, vec![told_nothing()]);
    assert_eq!(status.as_deref(), Some("3"));
    let (_, status) = exchange(&frisk, vec![request("GET", &[], 5, true)]);
    assert_eq!(status.as_deref(), Some("12"), "a mode that is not known");
    let watching = ProcessingRequest { observability_mode: true, ..request("GET", &[], 0, true) };
    assert_eq!(exchange(&frisk, vec![watching]).1.as_deref(), Some("12"));
    // And it lives.
    let whole = vec![request("GET", &[], BUFFERED, true), response(&[]), response_body(CARD.as_bytes(), true)];
    assert_eq!(words(&exchange(&frisk, whole).0).join(" "), "head head 403");
    let metrics = super::exchange(frisk.http, b"GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assert!(metrics.contains("frisk_decisions_total{front=\"envoy_response\",action=\"block\"} 1\n"), "{metrics}");
    assert!(metrics.contains("frisk_decisions_total{front=\"envoy_request\",action=\"allow\"} 0\n"), "{metrics}");
}

fn told_nothing() -> ProcessingRequest {
    told(Told::RequestHeaders(headers(&[("a", "b")], true)))
}

#[test]
fn who_asks_is_what_envoy_says_not_what_the_client_says() {
    let policy = r#"
name = "p"
on-unscannable = "monitor"
[[rule]]
id = "not-for-guests"
action = "block"
users = ["guest"]
[[rule]]
id = "not-from-there"
action = "block"
addresses = ["192.0.2.0/24"]
"#;
    let frisk = Frisk::start(policy, "[headers]\nuser = \"x-user\"\n");
    let from = |address: &str| {
        let value = Value { string_value: Some(address.to_owned()), ..Value::default() };
        let entries = Struct { fields: [("source.address".to_owned(), value)].into() };
        ProcessingRequest {
            attributes: [("envoy.filters.http.ext_proc".to_owned(), entries)].into(),
            ..request("GET", &[("x-user", "guest")], BUFFERED, true)
        }
    };
    let all = |first| vec![first, response(&[]), response_body(b"text", true)];
    assert_eq!(words(&exchange(&frisk, all(from("198.51.100.7:1234"))).0).join(" "), "head head body");
    assert_eq!(words(&exchange(&frisk, all(from("192.0.2.9:1234"))).0).join(" "), "head head 403");
    let frisk = Frisk::start(policy, "[headers]\nuser = \"x-user\"\n[envoy]\ntrust-headers = true\n");
    assert_eq!(words(&exchange(&frisk, all(from("198.51.100.7:1234"))).0).join(" "), "head head 403");
    let metadata = run(async {
        let mut call = Call::open(frisk.address("grpc")).await;
        for message in all(from("192.0.2.9:1234")) {
            call.send(message).await;
        }
        let mut last = None;
        while let Some(answer) = call.next().await {
            last = Some(answer);
        }
        last.and_then(|answer| answer.dynamic_metadata).unwrap()
    });
    let own = metadata.fields["frisk"].struct_value.as_ref().unwrap();
    assert_eq!(own.fields["action"].string_value.as_deref(), Some("block"));
}

#[test]
fn no_room_is_told_at_once() {
    let more = "[limits]\nqueue = 0\n[workers]\nisolate = \"threads\"\ncount = 1\n";
    let frisk = Frisk::start_with(BLOCK, "on-overload = \"block\"\n", more);
    let address = frisk.address("grpc");
    let slow = b"a word and another one, ".repeat(400_000);
    let both = run(async {
        let mut calls = Vec::new();
        for _ in 0..4 {
            let call = Call::open(address).await;
            let slow = slow.clone();
            calls.push(tokio::spawn(call.all(vec![request("PUT", &[], BUFFERED, false), request_body(&slow, true)])));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut both = Vec::new();
        for call in calls {
            both.push(words(&call.await.unwrap().0).join(" "));
        }
        both
    });
    assert!(both.iter().any(|all| all == "head body"), "one is examined: {both:?}");
    assert!(both.iter().any(|all| all == "head 403"), "others are told that there is no room: {both:?}");
}
