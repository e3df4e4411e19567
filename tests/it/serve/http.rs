//! The HTTP interface over raw sockets: nothing of a client library hides what is sent.

use std::io::{Read, Write};
use std::net::SocketAddr;

use super::{BLOCK, CARD, Frisk, connect, exchange};

/// Status, head and body of the answer to a request.
pub fn ask(address: SocketAddr, method: &str, path: &str, fields: &str, body: &[u8]) -> (u16, String, String) {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: frisk\r\nConnection: close\r\nContent-Length: {}\r\n{fields}\r\n",
        body.len()
    );
    let got = exchange(address, &[head.as_bytes(), body].concat());
    split(&got)
}

pub fn split(got: &str) -> (u16, String, String) {
    let (head, body) = got.split_once("\r\n\r\n").unwrap_or((got, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, head.to_ascii_lowercase(), body.to_owned())
}

fn json(body: &str) -> serde_json::Value {
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

const JSON: &str = "Content-Type: application/json\r\n";

#[test]
fn files_texts_and_batches_get_verdicts() {
    let frisk = Frisk::start(BLOCK, "");
    let http = frisk.http;
    let fields =
        "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=\"list.txt\"\r\nX-Frisk-User: ann\r\n";
    let (status, head, body) = ask(http, "POST", "/v1/scan", fields, CARD.as_bytes());
    let record = json(&body);
    assert_eq!((status, record["action"].as_str()), (200, Some("block")), "a verdict is 200 whatever it says: {body}");
    assert_eq!((record["path"].as_str(), record["policy_rule"].as_str()), (Some("list.txt"), Some("cards")));
    let id = record["request_id"].as_str().unwrap();
    assert!(head.contains(&format!("x-request-id: {id}")) && !body.contains("4539"), "{head} {body}");

    let (_, _, body) = ask(http, "POST", "/v1/scan?name=a%20b.txt", "", b"nothing");
    assert_eq!((json(&body)["action"].as_str(), json(&body)["path"].as_str()), (Some("allow"), Some("a b.txt")));

    let form = format!(
        "--X\r\nContent-Disposition: form-data; name=context\r\n\r\n{{\"activity\":\"upload\",\"user\":\"ann\"}}\r\n--X\r\n\
         Content-Disposition: form-data; name=a; filename=one.txt\r\n\r\nfine\r\n--X\r\n\
         Content-Disposition: form-data; name=b; filename=two.txt\r\n\r\n{CARD}\r\n--X--\r\n"
    );
    let (status, _, body) =
        ask(http, "POST", "/v1/scan", "Content-Type: multipart/form-data; boundary=X\r\n", form.as_bytes());
    let all = json(&body);
    assert_eq!((status, all["action"].as_str(), all["results"].as_array().unwrap().len()), (200, Some("block"), 2));
    assert_eq!(
        (all["results"][0]["path"].as_str(), all["results"][1]["action"].as_str()),
        (Some("one.txt"), Some("block"))
    );

    let text =
        format!("{{\"text\":\"{CARD}\",\"context\":{{\"activity\":\"paste\",\"device_tags\":[\"compliant\"]}}}}");
    let (status, _, body) = ask(http, "POST", "/v1/text", JSON, text.as_bytes());
    assert_eq!((status, json(&body)["action"].as_str()), (200, Some("block")), "{body}");
    let (_, _, body) =
        ask(http, "POST", "/v1/text", "Content-Type: text/plain\r\nX-Frisk-Activity: print\r\n", b"fine");
    assert_eq!(json(&body)["action"].as_str(), Some("allow"));

    let batch = format!(
        "{{\"items\":[{{\"id\":\"1\",\"text\":\"fine\"}},{{\"id\":\"2\",\"name\":\"x\",\"content_base64\":\"{}\"}}]}}",
        "Q2FyZCBudW1iZXI6IDQ1MzkgNTc4NyA2MzYyIDE0ODY="
    );
    let (status, _, body) = ask(http, "POST", "/v1/batch", JSON, batch.as_bytes());
    let all = json(&body);
    assert_eq!(
        (status, all["results"][0]["id"].as_str(), all["results"][1]["id"].as_str()),
        (200, Some("1"), Some("2"))
    );
    assert_eq!(
        (all["results"][0]["action"].as_str(), all["results"][1]["action"].as_str()),
        (Some("allow"), Some("block"))
    );

    let (status, _, body) = ask(
        http,
        "POST",
        "/v1/event",
        JSON,
        b"{\"event\":\"sign-in\",\"context\":{\"activity\":\"login\",\"user\":\"ann\"}}",
    );
    assert_eq!((status, json(&body)["action"].as_str()), (200, Some("allow")), "{body}");
}

#[test]
fn what_is_no_question_has_its_own_status() {
    let frisk = Frisk::start(BLOCK, "[limits]\nbody-size = \"100k\"\n");
    let large = vec![b'a'; 100 << 10 | 1];
    let cases: [(&str, &str, &str, &[u8], u16); 22] = [
        ("GET", "/nothing", "", b"", 404),
        ("GET", "/v1/scan", "", b"", 405),
        ("POST", "/healthz", "", b"", 405),
        ("POST", "/v1/text", JSON, b"{", 400),
        ("POST", "/v1/text", JSON, b"{\"txt\":\"\"}", 422),
        ("POST", "/v1/text", JSON, b"{}", 422),
        ("POST", "/v1/text", JSON, b"{\"text\":\"a\",\"context\":{\"activity\":\"downlod\"}}", 422),
        ("POST", "/v1/text", JSON, b"{\"text\":\"a\",\"context\":{\"address\":\"here\"}}", 422),
        ("POST", "/v1/text", "Content-Type: image/png\r\n", b"x", 415),
        ("POST", "/v1/text", JSON, b"\xff\xfe", 400),
        ("POST", "/v1/scan", "X-Frisk-External: maybe\r\n", b"x", 422),
        ("POST", "/v1/scan", "Content-Encoding: rot13\r\n", b"x", 415),
        ("POST", "/v1/scan", "", &large, 413),
        ("POST", "/v1/scan", "Content-Type: multipart/form-data\r\n", b"x", 400),
        ("POST", "/v1/scan", "Content-Type: multipart/form-data; boundary=X\r\n", b"x", 400),
        ("POST", "/v1/scan", "Content-Type: multipart/form-data; boundary=X\r\n", b"--X--\r\n", 422),
        ("POST", "/v1/batch", JSON, b"{\"items\":[]}", 422),
        ("POST", "/v1/batch", JSON, b"{\"items\":[{}]}", 422),
        ("POST", "/v1/batch", JSON, b"{\"items\":[{\"content_base64\":\"*\"}]}", 422),
        ("POST", "/v1/batch", "", b"{\"items\":[{\"text\":\"a\"}]}", 415),
        ("POST", "/v1/event", JSON, b"{\"event\":\"x\",\"context\":{\"activity\":\"fly\"}}", 422),
        ("POST", "/v1/event", JSON, b"[1]", 422),
    ];
    for (method, path, fields, body, wanted) in cases {
        let (status, _, got) = ask(frisk.http, method, path, fields, body);
        let sent = String::from_utf8_lossy(&body[..body.len().min(40)]);
        assert_eq!(status, wanted, "{method} {path} {fields} {sent}: {got}");
    }
    assert!(exchange(frisk.http, b"\x16\x03\x01\x02").starts_with("HTTP/1.1 400 "), "TLS without certificates");
    assert!(exchange(frisk.http, b"GET / HTTP/1.1\r\nX: ").is_empty(), "half a head gets no answer");
}

#[test]
fn the_service_tells_of_itself() {
    let frisk = Frisk::start(BLOCK, "");
    let get = |path: &str| ask(frisk.http, "GET", path, "", b"");
    assert_eq!((get("/healthz").0, get("/healthz").2.as_str()), (200, "ok\n"));
    assert_eq!(json(&get("/readyz").2)["ready"].as_bool(), Some(true));
    assert_eq!(json(&get("/version").2)["policy"].as_str(), Some("cards"));
    let rules = json(&get("/v1/rules").2);
    let ids: Vec<&str> = rules["rules"].as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert!(ids.contains(&"credit-card-number") && ids.contains(&"iban"), "{} rules", ids.len());
    ask(frisk.http, "POST", "/v1/scan?name=secret-name.txt", "X-Frisk-User: ann\r\n", CARD.as_bytes());
    let metrics = get("/metrics").2;
    assert!(metrics.contains("frisk_decisions_total{front=\"http_scan\",action=\"block\"} 1"), "{metrics}");
    for secret in ["secret-name", "ann", "4539", "credit"] {
        assert!(!metrics.contains(secret), "metrics name no `{secret}`");
    }
    let openapi = json(&get("/openapi.json").2);
    let paths = openapi["paths"].as_object().unwrap();
    for path in [
        "/v1/scan",
        "/v1/text",
        "/v1/batch",
        "/v1/event",
        "/v1/rules",
        "/v1/reload",
        "/healthz",
        "/readyz",
        "/version",
        "/metrics",
        "/openapi.json",
    ] {
        assert!(paths.contains_key(path), "the description knows {path}");
        let method = paths[path].as_object().unwrap().keys().next().unwrap().to_uppercase();
        let (status, _, body) = ask(frisk.http, &method, path, "", b"");
        assert!(status != 404 && status != 405, "{method} {path} is there: {status} {body}");
    }
}

#[test]
fn tokens_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::write(&tokens, "# for the proxy\nan-invented-token-0001\n\nan-invented-token-0002\n").unwrap();
    let frisk = Frisk::start(BLOCK, &format!("tokens = {:?}\n", tokens.to_str().unwrap()));
    let (status, head, _) = ask(frisk.http, "POST", "/v1/scan", "", b"x");
    assert!(status == 401 && head.contains("www-authenticate: bearer"), "{head}");
    assert_eq!(ask(frisk.http, "POST", "/v1/scan", "Authorization: Bearer an-invented-token-0003\r\n", b"x").0, 401);
    assert_eq!(ask(frisk.http, "POST", "/v1/scan", "Authorization: Bearer an-invented-token-0002\r\n", b"x").0, 200);
    assert_eq!(ask(frisk.http, "GET", "/metrics", "", b"").0, 401, "counts are nobody's business either");
    assert_eq!(ask(frisk.http, "GET", "/healthz", "", b"").0, 200, "but whether it lives is");
}

#[test]
fn requests_follow_each_other_on_one_connection() {
    let frisk = Frisk::start(BLOCK, "");
    let mut stream = connect(frisk.http);
    for _ in 0..3 {
        stream
            .write_all(
                b"POST /v1/scan HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            )
            .unwrap();
    }
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
    let mut got = String::new();
    stream.read_to_string(&mut got).unwrap();
    assert_eq!(got.matches("HTTP/1.1 200 OK").count(), 4, "{got}");
}

#[test]
fn a_unix_socket_asks_for_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let (tokens, socket) = (folder.path().join("tokens"), folder.path().join("frisk.sock"));
    std::fs::write(&tokens, "an-invented-token-0001\n").unwrap();
    let more = format!("tokens = {:?}\n", tokens.to_str().unwrap());
    let frisk = Frisk::start(BLOCK, &more);
    let config = std::fs::read_to_string(frisk.path("frisk.toml")).unwrap();
    drop(frisk);
    let config = config.replace("[listen]\n", &format!("[listen]\nunix = {:?}\n", socket.to_str().unwrap()));
    let frisk = Frisk::start(BLOCK, "");
    std::fs::write(frisk.path("unix.toml"), config).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_frisk"))
        .args(["serve", "--config"])
        .arg(frisk.path("unix.toml"))
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let until = std::time::Instant::now() + super::PATIENCE;
    let mut stream = loop {
        if let Ok(stream) = std::os::unix::net::UnixStream::connect(&socket) {
            break stream;
        }
        assert!(std::time::Instant::now() < until, "the socket never appears");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    stream.write_all(b"GET /version HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
    let mut got = String::new();
    stream.read_to_string(&mut got).unwrap();
    assert!(got.starts_with("HTTP/1.1 200 OK"), "{got}");
    super::signal(child.id(), "TERM");
    assert!(child.wait().unwrap().success());
    assert!(!socket.exists(), "the socket goes with the service");
}
