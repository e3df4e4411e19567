//! RFC 3507 over raw sockets: what clients send, good and malformed, and what they must get.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{BLOCK, CARD, Frisk, connect, exchange, read_until};

const GET: &str = "GET http://files.example/a/report.txt HTTP/1.1\r\nHost: files.example\r\n\r\n";

fn chunk(data: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat()
}

/// A body of one chunk.
fn chunked(data: &[u8]) -> Vec<u8> {
    if data.is_empty() { b"0\r\n\r\n".to_vec() } else { [chunk(data), b"0\r\n\r\n".to_vec()].concat() }
}

/// A RESPMOD with these ICAP fields and this body, chunked already.
fn respmod_raw(fields: &str, http_fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{http_fields}\r\n");
    let (a, b) = (GET.len(), GET.len() + head.len());
    let icap = format!(
        "RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\n{fields}Encapsulated: req-hdr=0, res-hdr={a}, res-body={b}\r\n\r\n"
    );
    [icap.as_bytes(), GET.as_bytes(), head.as_bytes(), body].concat()
}

fn respmod(fields: &str, body: &[u8]) -> Vec<u8> {
    respmod_raw(fields, "", &chunked(body))
}

fn reqmod(fields: &str, http_fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST http://app.example/upload HTTP/1.1\r\nHost: app.example\r\n{http_fields}\r\n");
    let icap = format!(
        "REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\n{fields}Encapsulated: req-hdr=0, req-body={}\r\n\r\n",
        head.len()
    );
    [icap.as_bytes(), head.as_bytes(), &chunked(body)].concat()
}

/// Name, what is sent, words that must be in what comes back, and words that must not be.
type Case = (&'static str, Vec<u8>, &'static [&'static str], &'static [&'static str]);

fn good() -> Vec<Case> {
    let card = CARD.as_bytes();
    let form =
        format!("--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\n{CARD}\r\n--X--\r\n");
    let options = b"OPTIONS icap://h/respmod ICAP/1.0\r\nHost: h\r\n\r\n".to_vec();
    let bodiless = {
        let head = "HTTP/1.1 304 Not Modified\r\n\r\n";
        let (a, b) = (GET.len(), GET.len() + head.len());
        format!(
            "RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\nAllow: 204\r\nEncapsulated: req-hdr=0, res-hdr={a}, null-body={b}\r\n\r\n{GET}{head}"
        )
    };
    vec![
        (
            "options of responses",
            options,
            &[
                "ICAP/1.0 200 OK",
                "Methods: RESPMOD\r\n",
                "ISTag: \"",
                "Preview: 1024",
                "Transfer-Preview: *",
                "Allow: 204, 206",
                "Max-Connections: 4096",
                "Options-TTL: 60",
                "X-Include: X-Client-IP",
                "Encapsulated: null-body=0",
            ],
            &["Connection: close"],
        ),
        (
            "options of requests with a body",
            b"OPTIONS icap://h/reqmod ICAP/1.0\r\nHost: h\r\nEncapsulated: opt-body=0\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                .to_vec(),
            &["Methods: REQMOD\r\n"],
            &["respmod"],
        ),
        ("clean, 204 allowed", respmod("Allow: 204\r\n", b"nothing here"), &["ICAP/1.0 204 "], &["nothing here"]),
        (
            "clean, 204 not allowed: sent back",
            respmod("", b"nothing here"),
            &[
                "ICAP/1.0 200 OK",
                "Encapsulated: res-hdr=0, res-body=",
                "HTTP/1.1 200 OK",
                "c\r\nnothing here\r\n0\r\n\r\n",
            ],
            &["ICAP/1.0 204"],
        ),
        (
            "clean, 206 and 204 allowed",
            respmod("Allow: 204, 206\r\n", b"nothing here"),
            &["ICAP/1.0 204 "],
            &["nothing here"],
        ),
        (
            "violating download",
            respmod("Allow: 204\r\n", card),
            &[
                "ICAP/1.0 200 OK",
                "HTTP/1.1 403 Forbidden",
                "report.txt is stopped: it holds Payment card number.",
                "X-Infection-Found: Type=1; Resolution=2; Threat=cards;",
                "X-Violations-Found: 1",
                "X-Response-Info: Blocked",
                "text/plain",
            ],
            &["4539"],
        ),
        ("violating download without Allow", respmod("", card), &["HTTP/1.1 403 Forbidden"], &["4539"]),
        ("clean upload", reqmod("Allow: 204\r\n", "Content-Type: text/plain\r\n", b"hello"), &["ICAP/1.0 204 "], &[]),
        (
            "violating upload: the answer to the request",
            reqmod("Allow: 204\r\n", "Content-Type: text/plain\r\n", card),
            &["HTTP/1.1 403 Forbidden", "Encapsulated: res-hdr=0, res-body="],
            &["4539"],
        ),
        (
            "multipart form",
            reqmod("Allow: 204\r\n", "Content-Type: multipart/form-data; boundary=X\r\n", form.as_bytes()),
            &["403 Forbidden", "a.txt is stopped"],
            &["4539"],
        ),
        (
            "urlencoded form",
            reqmod(
                "Allow: 204\r\n",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                b"t=Card+number%3A+4539+5787+6362+1486",
            ),
            &["403 Forbidden"],
            &["4539"],
        ),
        (
            "a page for who looks at pages",
            {
                let body = String::from_utf8(respmod("Allow: 204\r\n", card)).unwrap();
                let with = GET.replace("\r\n\r\n", "\r\nSec-Fetch-Dest: document\r\n\r\n");
                let (a, b) = (GET.len(), GET.len() + "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n".len());
                let more = with.len() - GET.len();
                let from = format!("res-hdr={a}, res-body={b}");
                let to = format!("res-hdr={}, res-body={}", a + more, b + more);
                body.replace(GET, &with).replace(&from, &to).into_bytes()
            },
            &["403 Forbidden", "text/html; charset=utf-8", "<h1>Blocked</h1>"],
            &["4539"],
        ),
        ("no body at all", bodiless.into_bytes(), &["ICAP/1.0 204 "], &[]),
        ("an empty body", respmod_raw("Allow: 204\r\n", "", b"0\r\n\r\n"), &["ICAP/1.0 204 "], &[]),
        (
            "preview that is the whole body (ieof), 204 without Allow",
            respmod_raw("Preview: 1024\r\n", "", b"5\r\nhello\r\n0; ieof\r\n\r\n"),
            &["ICAP/1.0 204 "],
            &["100 Continue"],
        ),
        (
            "violating preview that is the whole body",
            respmod_raw("Preview: 1024\r\n", "", &[chunk(card), b"0; ieof\r\n\r\n".to_vec()].concat()),
            &["403 Forbidden"],
            &["100 Continue", "4539"],
        ),
        (
            "preview of no bytes that is the whole body",
            respmod_raw("Preview: 0\r\n", "", b"0; ieof\r\n\r\n"),
            &["ICAP/1.0 204 "],
            &["100 Continue"],
        ),
        (
            "trailers go back with the body",
            respmod_raw("", "Trailer: X-Sum\r\n", b"5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n"),
            &["5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n"],
            &[],
        ),
        (
            "chunk extensions",
            respmod_raw("Allow: 204\r\n", "", b"5;a=b;c=\"d;e\"\r\nhello\r\n0\r\n\r\n"),
            &["ICAP/1.0 204 "],
            &[],
        ),
        (
            "a number cut in two by chunks",
            respmod_raw(
                "Allow: 204\r\n",
                "",
                &[chunk(b"Card number: 4539 5787 "), chunk(b"6362 1486, expires 12/29"), b"0\r\n\r\n".to_vec()]
                    .concat(),
            ),
            &["403 Forbidden"],
            &[],
        ),
        (
            "chunks of one byte",
            respmod_raw(
                "Allow: 204\r\n",
                "",
                &[card.iter().flat_map(|b| chunk(&[*b])).collect(), b"0\r\n\r\n".to_vec()].concat(),
            ),
            &["403 Forbidden"],
            &[],
        ),
        (
            "Connection: close is kept",
            [respmod("Allow: 204\r\nConnection: close\r\n", b"x"), respmod("Allow: 204\r\n", b"y")].concat(),
            &["ICAP/1.0 204 ", "Connection: close"],
            &["ICAP/1.0 200"],
        ),
        (
            "a range is a part",
            {
                let whole = respmod("Allow: 204\r\n", b"ordinary text");
                let text = String::from_utf8(whole).unwrap();
                text.replace("HTTP/1.1 200 OK", "HTTP/1.1 206 OK").into_bytes()
            },
            &["X-Frisk-Rule: on-unscannable"],
            &["403"],
        ),
        (
            "empty lines before a request",
            [b"\r\n\r\n".to_vec(), respmod("Allow: 204\r\n", b"x")].concat(),
            &["ICAP/1.0 204 "],
            &[],
        ),
        (
            "the service's arguments",
            String::from_utf8(respmod("Allow: 204\r\n", b"x"))
                .unwrap()
                .replace("/respmod", "/respmod?mode=1")
                .into_bytes(),
            &["ICAP/1.0 204 "],
            &[],
        ),
    ]
}

fn malformed() -> Vec<Case> {
    let ok = || String::from_utf8(respmod("Allow: 204\r\n", b"x")).unwrap();
    let long = "A".repeat(70_000);
    vec![
        ("ICAP/2.0", ok().replace("ICAP/1.0", "ICAP/2.0").into_bytes(), &["ICAP/1.0 505 ", "Connection: close"], &[]),
        ("HTTP on the ICAP port", b"GET / HTTP/1.1\r\nHost: h\r\n\r\n".to_vec(), &["ICAP/1.0 400 "], &[]),
        ("TLS hello", [&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3][..], &[7; 500]].concat(), &["ICAP/1.0 400 "], &[]),
        ("noise", [vec![0xFF; 3000], b"\r\n".to_vec()].concat(), &["ICAP/1.0 4"], &[]),
        (
            "an unknown method",
            b"SCANMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\n\r\n".to_vec(),
            &["ICAP/1.0 501 "],
            &[],
        ),
        ("an unknown service", ok().replace("/respmod ", "/other ").into_bytes(), &["ICAP/1.0 404 "], &["204"]),
        (
            "the other service's method",
            ok().replace("/respmod ", "/reqmod ").into_bytes(),
            &["ICAP/1.0 405 "],
            &["204"],
        ),
        ("no Encapsulated", b"RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\n\r\n".to_vec(), &["ICAP/1.0 400 "], &[]),
        (
            "offsets that fall",
            ok().replace("req-hdr=0, res-hdr=", "req-hdr=5, res-hdr=").into_bytes(),
            &["ICAP/1.0 400 "],
            &[],
        ),
        (
            "offsets beyond all limits",
            ok().replace("res-body=", "res-body=9999").into_bytes(),
            &["ICAP/1.0 431 "],
            &["204"],
        ),
        (
            "Encapsulated twice",
            ok().replace("Allow: 204\r\n", "Encapsulated: null-body=0\r\n").into_bytes(),
            &["ICAP/1.0 400 "],
            &[],
        ),
        ("a folded header", ok().replace("Allow: 204", "Allow:\r\n 204").into_bytes(), &["ICAP/1.0 400 "], &[]),
        ("a header without a colon", ok().replace("Allow: 204", "Allow 204").into_bytes(), &["ICAP/1.0 400 "], &[]),
        ("a blank before the colon", ok().replace("Allow: 204", "Allow : 204").into_bytes(), &["ICAP/1.0 400 "], &[]),
        ("a preview that is no number", ok().replace("Allow: 204", "Preview: x").into_bytes(), &["ICAP/1.0 400 "], &[]),
        ("a request line without end", vec![b'O'; 20_000], &["ICAP/1.0 414 "], &[]),
        (
            "a header of 70,000 bytes",
            format!("OPTIONS icap://h/respmod ICAP/1.0\r\nX: {long}\r\n\r\n").into_bytes(),
            &["ICAP/1.0 431 "],
            &[],
        ),
        (
            "headers without end",
            [b"OPTIONS icap://h/respmod ICAP/1.0\r\n".to_vec(), b"X-A: b\r\n".repeat(5_000)].concat(),
            &["ICAP/1.0 431 "],
            &[],
        ),
        (
            "a chunk size that is no number",
            respmod_raw("Allow: 204\r\n", "", b"zz\r\nhello\r\n0\r\n\r\n"),
            &["ICAP/1.0 400 "],
            &[],
        ),
        (
            "a negative chunk size",
            respmod_raw("Allow: 204\r\n", "", b"-5\r\nhello\r\n0\r\n\r\n"),
            &["ICAP/1.0 400 "],
            &[],
        ),
        (
            "a chunk size beyond 64 bits",
            respmod_raw("Allow: 204\r\n", "", b"fffffffffffffffff\r\nhello"),
            &["ICAP/1.0 400 "],
            &[],
        ),
        (
            "a chunk that is longer than it says",
            respmod_raw("Allow: 204\r\n", "", b"3\r\nhello\r\n0\r\n\r\n"),
            &["ICAP/1.0 400 "],
            &[],
        ),
        (
            "a chunk line that ends in LF alone",
            respmod_raw("Allow: 204\r\n", "", b"5\nhello\r\n0\r\n\r\n"),
            &["ICAP/1.0 400 "],
            &[],
        ),
        (
            "chunk extensions without end",
            respmod_raw("Allow: 204\r\n", "", format!("5;{long}\r\nhello\r\n0\r\n\r\n").as_bytes()),
            &["ICAP/1.0 400 "],
            &[],
        ),
        (
            "a body that breaks off gets no verdict",
            respmod_raw("Allow: 204\r\n", "", b"ff\r\nonly a part"),
            &[],
            &["ICAP/1.0 2"],
        ),
        ("a head that breaks off gets nothing", b"RESPMOD icap://h/res".to_vec(), &[], &["ICAP"]),
        ("nothing gets nothing", Vec::new(), &[], &["ICAP"]),
    ]
}

#[test]
fn what_rfc_3507_asks_for() {
    let frisk = Frisk::start(BLOCK, "");
    let cases: Vec<Case> = good().into_iter().chain(malformed()).collect();
    assert!(cases.len() >= 40, "{} cases are fewer than were promised", cases.len());
    for (name, sent, wanted, unwanted) in &cases {
        let got = exchange(frisk.icap, sent);
        for words in *wanted {
            assert!(got.contains(words), "{name}: `{words}` is not in\n{got}");
        }
        for words in *unwanted {
            assert!(!got.contains(words), "{name}: `{words}` is in\n{got}");
        }
    }
    // After all that the service is as it was.
    assert!(exchange(frisk.icap, &respmod("Allow: 204\r\n", b"x")).contains("ICAP/1.0 204 "), "it still answers");
}

#[test]
fn previews_keep_alive_and_pipelining() {
    let frisk = Frisk::start(BLOCK, "");
    let mut stream = connect(frisk.icap);
    // A preview that is not all: the client waits for 100, then sends the rest.
    let preview = respmod_raw("Preview: 4\r\nAllow: 204\r\n", "", b"4\r\nCard\r\n0\r\n\r\n");
    stream.write_all(&preview).unwrap();
    assert_eq!(read_until(&mut stream, "\r\n\r\n"), "ICAP/1.0 100 Continue\r\n\r\n", "and nothing else yet");
    stream.write_all(&chunked(&CARD.as_bytes()[4..])).unwrap();
    let got = read_until(&mut stream, "0\r\n\r\n");
    assert!(got.contains("403 Forbidden"), "the preview and the rest are one body: {got}");
    // Preview: 0 on the same connection.
    stream.write_all(&respmod_raw("Preview: 0\r\nAllow: 204\r\n", "", b"0\r\n\r\n")).unwrap();
    assert!(read_until(&mut stream, "\r\n\r\n").contains("100 Continue"), "a preview of nothing tells nothing");
    stream.write_all(&chunked(b"harmless")).unwrap();
    assert!(read_until(&mut stream, "\r\n\r\n").contains("ICAP/1.0 204 "));
    // Behind the preview, and with no Allow, 204 may not be said.
    stream.write_all(&respmod_raw("Preview: 0\r\n", "", b"0\r\n\r\n")).unwrap();
    read_until(&mut stream, "100 Continue\r\n\r\n");
    stream.write_all(&chunked(b"harmless")).unwrap();
    let got = read_until(&mut stream, "0\r\n\r\n");
    assert!(got.contains("ICAP/1.0 200 OK") && got.contains("8\r\nharmless\r\n"), "{got}");
    // Three at once, answered in their order.
    let three =
        [respmod("Allow: 204\r\n", b"a"), respmod("", CARD.as_bytes()), respmod("Allow: 204\r\n", b"c")].concat();
    stream.write_all(&three).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut got = String::new();
    stream.read_to_string(&mut got).unwrap();
    let order: Vec<&str> = got.lines().filter(|line| line.starts_with("ICAP/1.0 ")).map(|line| &line[9..12]).collect();
    assert_eq!(order, ["204", "200", "204"], "{got}");
}

/// Decided by names and by what is done; only one rule asks what is in a file.
const EARLY: &str = r#"
name = "early"
on-unscannable = "allow"
[[rule]]
id = "programs"
action = "block"
extensions = ["exe"]
message = "{file} is a program."
[[rule]]
id = "cards"
action = "block"
activities = ["upload"]
rules = ["credit-card-number"]
"#;

#[test]
fn a_preview_is_enough_where_the_content_has_no_say() {
    let frisk = Frisk::start(EARLY, "[log]\npath = \"activity.db\"\n");
    let mut stream = connect(frisk.icap);
    let mut ask = |message: &[u8], end: &str| {
        stream.write_all(message).unwrap();
        read_until(&mut stream, end)
    };
    let preview = |fields: &str| respmod_raw("Preview: 4\r\n", fields, b"4\r\nCard\r\n0\r\n\r\n");
    // No rule is about such a download: whatever is in it, it passes.
    let got = ask(&preview(""), "\r\n\r\n");
    assert!(got.contains("ICAP/1.0 204 ") && got.contains("X-Response-Info: Allowed"), "{got}");
    // A name that is stopped: whatever is in it.
    let exe = "Content-Disposition: attachment; filename=\"a.exe\"\r\n";
    let got = ask(&preview(exe), "0\r\n\r\n");
    assert!(got.contains("403 Forbidden") && got.contains("a.exe is a program."), "{got}");
    // What is in an upload matters: the rest is asked for, and found.
    let upload = reqmod("Preview: 4\r\n", "Content-Type: text/plain\r\n", b"Card");
    assert!(ask(&upload, "\r\n\r\n").contains("100 Continue"));
    let got = ask(&chunked(b" number: 4539 5787 6362 1486, expires 12/29"), "0\r\n\r\n");
    assert!(got.contains("403 Forbidden"), "{got}");
    // The verdict is that of the whole body.
    let got = ask(&respmod("Allow: 204\r\n", CARD.as_bytes()), "\r\n\r\n");
    assert!(got.contains("ICAP/1.0 204 "), "{got}");
    let whole = respmod_raw("Allow: 204\r\n", exe, &chunked(b"whatever"));
    assert!(ask(&whole, "0\r\n\r\n").contains("a.exe is a program."));
    drop(stream);
    frisk.signal("TERM");
    frisk.wait_for("ending");
    let mut frisk = frisk;
    frisk.child.wait().unwrap();
    let log = std::process::Command::new(env!("CARGO_BIN_EXE_frisk"))
        .args(["log", "--format", "jsonl", "--log"])
        .arg(frisk.path("activity.db"))
        .output()
        .unwrap();
    let lines = String::from_utf8_lossy(&log.stdout).into_owned();
    assert_eq!(lines.matches("part_only").count(), 2, "what was not looked at is said to be so: {lines}");
}

#[test]
fn messages_that_come_byte_by_byte() {
    let frisk = Frisk::start(BLOCK, "");
    let mut stream = connect(frisk.icap);
    for byte in respmod("Allow: 204\r\n", CARD.as_bytes()) {
        stream.write_all(&[byte]).unwrap();
    }
    assert!(read_until(&mut stream, "0\r\n\r\n").contains("403 Forbidden"), "how bytes are cut changes nothing");
}

#[test]
fn encoded_bodies_and_policies_that_watch() {
    let policy = BLOCK.replace("on-unscannable", "mode = \"monitor\"\non-unscannable");
    let frisk = Frisk::start(&policy, "");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(CARD.as_bytes()).unwrap();
    let encoded = respmod_raw("Allow: 204\r\n", "Content-Encoding: gzip\r\n", &chunked(&gzip.finish().unwrap()));
    let got = exchange(frisk.icap, &encoded);
    assert!(got.contains("ICAP/1.0 204 ") && got.contains("X-Frisk-Would: block"), "watched, not stopped: {got}");
    assert!(got.contains("X-Frisk-Rule: cards"), "{got}");
}

#[test]
fn bodies_that_are_larger_than_anybody_holds() {
    // Watched: it passes, all of it, though only the beginning was examined.
    let limits = "[limits]\nbody-size = \"200k\"\nbody-memory = \"10k\"\n";
    let frisk = Frisk::start(BLOCK, limits);
    let line = b"an ordinary line of text\n";
    let whole: Vec<u8> = line.iter().copied().cycle().take(1 << 20).collect();
    let mut body = Vec::new();
    whole.chunks(60_000).for_each(|piece| body.extend(chunk(piece)));
    body.extend(b"0\r\n\r\n");
    let message = respmod_raw("", "", &body);
    let mut stream = connect(frisk.icap);
    let mut reader = stream.try_clone().unwrap();
    let sender = std::thread::spawn(move || stream.write_all(&message).map(|()| stream));
    let got = read_until_end_of_body(&mut reader);
    assert!(sender.join().unwrap().is_ok(), "all of it is taken");
    assert_eq!(got, whole, "what passes is what came");
    // Stopped: the policy does not let pass what was not examined.
    let strict = BLOCK.replace("on-unscannable = \"monitor\"", "on-unscannable = \"block\"");
    let frisk = Frisk::start(&strict, limits);
    let got = exchange(frisk.icap, &respmod_raw("", "", &body));
    assert!(got.contains("403 Forbidden") && !got.contains("ordinary"), "{}", &got[..got.len().min(600)]);
}

/// The body of an ICAP answer, its chunks joined.
fn read_until_end_of_body(stream: &mut TcpStream) -> Vec<u8> {
    let (mut raw, mut buffer) = (Vec::new(), vec![0; 65536]);
    while !raw.ends_with(b"\r\n0\r\n\r\n") {
        let got = stream.read(&mut buffer).unwrap();
        assert!(got > 0, "the answer breaks off");
        raw.extend_from_slice(&buffer[..got]);
    }
    let heads = raw.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    let inner = raw[heads..].windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    let (mut rest, mut body) = (&raw[heads + inner..], Vec::new());
    loop {
        let end = rest.windows(2).position(|w| w == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}

#[test]
fn slow_clients_are_ended_and_idle_ones_cost_nothing() {
    let frisk = Frisk::start(BLOCK, "[limits]\nheader-time = \"500ms\"\nbody-time = \"500ms\"\n");
    let mut slow_head = connect(frisk.icap);
    slow_head.write_all(b"OPTIONS icap://h/resp").unwrap();
    let mut slow_body = connect(frisk.icap);
    slow_body.write_all(&respmod_raw("", "", b"ff\r\nonly")).unwrap();
    let idle: Vec<TcpStream> = (0..1000).map(|_| connect(frisk.icap)).collect();
    for stream in [&mut slow_head, &mut slow_body] {
        let mut got = String::new();
        stream.read_to_string(&mut got).unwrap();
        assert!(got.starts_with("ICAP/1.0 408 "), "told that it was too slow: {got}");
    }
    let got = exchange(frisk.icap, &respmod("Allow: 204\r\n", b"x"));
    assert!(got.contains("ICAP/1.0 204 "), "others are served beside {} idle connections", idle.len());
    // Idle ones are still there.
    let mut one = &idle[500];
    one.write_all(b"OPTIONS icap://h/respmod ICAP/1.0\r\nHost: h\r\n\r\n").unwrap();
    assert!(read_until(&mut one.try_clone().unwrap(), "\r\n\r\n").contains("ICAP/1.0 200 OK"));
}

#[test]
fn one_connection_too_many_is_told_so() {
    let frisk = Frisk::start(BLOCK, "[limits]\nconnections = 2\n");
    let _held = [connect(frisk.icap), connect(frisk.icap)];
    // The two are counted once they are accepted.
    let until = Instant::now() + super::PATIENCE;
    loop {
        let mut third = connect(frisk.icap);
        third.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut got = [0; 13];
        if third.read_exact(&mut got).is_ok() {
            assert_eq!(&got, b"ICAP/1.0 503 ");
            break;
        }
        assert!(Instant::now() < until, "a third connection is never turned away");
    }
}
