//! Start, workers that die, overload, reload, end.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::http::{ask, split};
use super::{BLOCK, CARD, Frisk, PATIENCE, connect};

/// One worker process.
const ONE: &str = "[workers]\ncount = 1\n";

/// Ids of the worker processes of a service.
#[cfg(target_os = "linux")]
fn workers(frisk: &Frisk) -> Vec<u32> {
    let task = format!("/proc/{0}/task", frisk.child.id());
    let mut all = Vec::new();
    for thread in std::fs::read_dir(task).unwrap().flatten() {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        all.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    all
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_dies_is_a_gap_of_one_request_and_is_replaced() {
    let frisk = Frisk::start(BLOCK, ONE);
    let post = || ask(frisk.http, "POST", "/v1/scan?name=a.txt", "", CARD.as_bytes());
    assert!(post().2.contains("\"action\":\"block\""), "workers find what threads find");
    let before = workers(&frisk);
    assert_eq!(before.len(), 1, "one worker was asked for");
    // Stopped, it hangs: the deadline of the service ends it. Here it is killed at rest, twice in a row.
    for _ in 0..2 {
        // One that was ended meanwhile cannot be killed, and need not be.
        for worker in workers(&frisk) {
            let _ = Command::new("kill").args(["-s", "KILL", &worker.to_string()]).stderr(Stdio::null()).status();
        }
        assert!(post().2.contains("\"action\":\"block\""), "the request after is served by another one");
    }
    assert!(!workers(&frisk).contains(&before[0]), "it was replaced");
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_hangs_is_ended_in_time() {
    let frisk = Frisk::start(BLOCK, "[workers]\ncount = 1\n[limits]\ndeadline = \"1s\"\n");
    workers(&frisk).iter().for_each(|worker| super::signal(*worker, "STOP"));
    let (status, _, body) = ask(frisk.http, "POST", "/v1/scan?name=a.txt", "", CARD.as_bytes());
    assert_eq!(status, 200);
    assert!(body.contains("\"code\":\"timeout\"") && body.contains("\"action\":\"monitor\""), "{body}");
    let until = Instant::now() + PATIENCE;
    while !ask(frisk.http, "POST", "/v1/scan?name=a.txt", "", CARD.as_bytes()).2.contains("\"action\":\"block\"") {
        assert!(Instant::now() < until, "no worker takes its place");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn when_there_is_no_room_the_policy_decides() {
    for (overload, http_action, icap_words) in [
        ("on-overload = \"block\"\n", "\"action\":\"block\"", "403 Forbidden"),
        ("on-overload = \"allow\"\n", "\"action\":\"allow\"", "ICAP/1.0 204 "),
    ] {
        let limits = "[workers]\ncount = 1\n[limits]\nqueue = 0\ndeadline = \"30s\"\n";
        let frisk = Frisk::start_with(BLOCK, overload, limits);
        let stopped = workers(&frisk);
        stopped.iter().for_each(|worker| super::signal(*worker, "STOP"));
        let mut held = connect(frisk.http);
        held.write_all(b"POST /v1/scan HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")
            .unwrap();
        let until = Instant::now() + PATIENCE;
        while !ask(frisk.http, "GET", "/readyz", "", b"").2.contains("\"workers_idle\":0") {
            assert!(Instant::now() < until, "the worker is never busy");
        }
        let (status, head, body) = ask(frisk.http, "POST", "/v1/scan", "", b"hello");
        assert_eq!(status, 429, "{body}");
        assert!(head.contains("retry-after: 1") && body.contains(http_action), "{body}");
        let http = "POST http://h/ HTTP/1.1\r\nHost: h\r\n\r\n";
        let icap = format!(
            "REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\nAllow: 204\r\nEncapsulated: req-hdr=0, req-body={}\r\n\r\n{http}5\r\nhello\r\n0\r\n\r\n",
            http.len()
        );
        let got = super::exchange(frisk.icap, icap.as_bytes());
        assert!(got.contains(icap_words) && got.contains("on-overload"), "{got}");
        // With the worker's coming back the first request gets its verdict.
        stopped.iter().for_each(|worker| super::signal(*worker, "CONT"));
        let mut got = String::new();
        held.read_to_string(&mut got).unwrap();
        assert!(got.starts_with("HTTP/1.1 200 OK") && got.contains("\"verdict\":\"clean\""), "{got}");
        assert_eq!(ask(frisk.http, "POST", "/v1/scan", "", b"hello").0, 200, "there is room again");
    }
}

#[test]
fn a_reload_swaps_everything_or_nothing() {
    let frisk = Frisk::start(BLOCK, ONE);
    let action = || {
        let body = ask(frisk.http, "POST", "/v1/scan?name=a.txt", "", CARD.as_bytes()).2;
        serde_json::from_str::<serde_json::Value>(&body).unwrap()["action"].as_str().unwrap().to_owned()
    };
    assert_eq!(action(), "block");
    std::fs::write(frisk.path("policy.toml"), "name = \"broken\"\nnonsense = 1\n").unwrap();
    let (status, _, body) = ask(frisk.http, "POST", "/v1/reload", "", b"");
    assert!(status == 422 && body.contains("nonsense") && body.contains("policy.toml:2"), "{body}");
    assert_eq!(action(), "block", "a mistake changes nothing");
    let (status, _, ready) = ask(frisk.http, "GET", "/readyz", "", b"");
    assert!(status == 200 && ready.contains("nonsense"), "it is ready, and says what is wrong: {ready}");
    let watching = BLOCK.replace("\"block\"", "\"monitor\"");
    std::fs::write(frisk.path("policy.toml"), format!("on-overload = \"block\"\n{watching}")).unwrap();
    frisk.signal("HUP");
    frisk.wait_for("read again");
    assert_eq!(action(), "monitor", "the new policy is in force");
    assert!(!ask(frisk.http, "GET", "/readyz", "", b"").2.contains("nonsense"), "and nothing is wrong any more");
}

#[test]
fn reloads_lose_no_request() {
    let frisk = Frisk::start(BLOCK, ONE);
    let http = frisk.http;
    let asking = std::thread::spawn(move || {
        (0..60)
            .filter(|_| !ask(http, "POST", "/v1/scan?name=a.txt", "", CARD.as_bytes()).2.contains("\"block\""))
            .count()
    });
    for _ in 0..3 {
        assert_eq!(ask(frisk.http, "POST", "/v1/reload", "", b"").0, 200);
    }
    assert_eq!(asking.join().unwrap(), 0, "every request got its verdict");
}

#[test]
fn the_end_waits_for_what_is_in_flight() {
    let mut frisk = Frisk::start(BLOCK, "");
    let mut stream = connect(frisk.http);
    stream.write_all(b"POST /v1/scan?name=a.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 47\r\n\r\n").unwrap();
    stream.write_all(&CARD.as_bytes()[..10]).unwrap();
    let idle = connect(frisk.icap);
    // The request is begun when the service has seen it.
    let until = Instant::now() + PATIENCE;
    while !ask(frisk.http, "GET", "/metrics", "", b"").2.contains("frisk_connections 3") {
        assert!(Instant::now() < until, "the connections are never counted");
    }
    std::thread::sleep(Duration::from_millis(100));
    frisk.signal("TERM");
    frisk.wait_for("ending");
    stream.write_all(&CARD.as_bytes()[10..]).unwrap();
    let mut got = String::new();
    stream.read_to_string(&mut got).unwrap();
    let (status, _, body) = split(&got);
    assert!(status == 200 && body.contains("\"action\":\"block\""), "the request in flight has its verdict: {got}");
    let mut rest = Vec::new();
    (&idle).read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty(), "an idle connection ends without a word");
    assert!(frisk.child.wait().unwrap().success(), "an ordered end is exit code 0");
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut frisk = Frisk::start(BLOCK, "");
    let mut stream = connect(frisk.icap);
    stream.write_all(b"OPTIONS icap://h/respmod ICAP/1.0\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    frisk.signal("TERM");
    frisk.wait_for("ending");
    frisk.signal("TERM");
    assert_eq!(frisk.child.wait().unwrap().code(), Some(143), "as any process that a signal ended");
}

#[test]
fn mistakes_end_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frisk.toml");
    let start = |config: &str, more: &[&str]| {
        std::fs::write(&path, config).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
        let output = command.args(["serve", "--config"]).arg(&path).args(more).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let decide = "[decide]\nmin-confidence = \"medium\"\n";
    let (code, told) = start(&format!("[listen]\nicap = \"0.0.0.0:0\"\n{decide}"), &["--check"]);
    assert!(code == Some(2) && told.contains("--insecure-bind"), "{told}");
    let (code, told) = start(&format!("[listen]\nicap = \"0.0.0.0:0\"\n{decide}"), &["--check", "--insecure-bind"]);
    assert!(code == Some(0) && told.contains("is good"), "{told}");
    let (code, told) = start(&format!("[listen]\nicpa = \"127.0.0.1:0\"\n{decide}"), &[]);
    assert!(code == Some(2) && told.contains("did you mean `icap`?") && told.contains(":2"), "{told}");
    let (code, told) = start(&format!("[listen]\nicap = \"127.0.0.1:0\"\n{decide}policy = \"none.toml\"\n"), &[]);
    assert!(code == Some(2) && told.contains("none.toml"), "{told}");
}
