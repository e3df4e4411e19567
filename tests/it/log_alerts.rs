//! Alerts: each arrives, also after a restart and from a server that fails first; a dead server keeps nobody waiting.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use frisk::policy::Action;
use frisk::serve::alert::{Alert, Raise, Severity, Target, TargetKind, Webhook};
use frisk::serve::log::{Entry, Moment, Settings};
use serde_json::Value;

use crate::log::{decision, settings, start, until};

const LONG: Duration = Duration::from_secs(30);

/// An entry with an alert.
fn alarming(id: &str, raise: Raise) -> Entry {
    Entry { decision: decision(id, "ann", Action::Block), alerts: vec![raise] }
}

fn raise(rule: &str, severity: Severity) -> Raise {
    Raise { rule: rule.to_owned(), severity, ..Raise::default() }
}

/// One request as it came.
#[derive(Clone, Debug, Default)]
struct Got {
    head: Vec<String>,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &'_ String| line.split_once(": ").is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        self.head.iter().find(|line| named(line)).and_then(|line| line.split_once(": ")).map(|(_, value)| value)
    }

    fn decision(&self) -> String {
        let alert: Alert = serde_json::from_str(&self.body).expect("the body is an alert");
        alert.decision.id
    }
}

/// A server that gives these answers one after the other, the last one for ever.
struct Server {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Server {
    fn start(answers: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, got) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (answers, kept) = (answers.to_vec(), Arc::clone(&got));
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let status = answers[number.min(answers.len() - 1)];
                // 0 is a server that hangs up.
                if status == 0 {
                    continue;
                }
                let _ = Self::answer(stream.unwrap(), status, &kept);
            }
        });
        Self { address, got }
    }

    fn answer(stream: TcpStream, status: u16, kept: &Mutex<Vec<Got>>) -> std::io::Result<()> {
        stream.set_read_timeout(Some(LONG))?;
        let mut reader = BufReader::new(&stream);
        let mut got = Got::default();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim_end().is_empty() {
                break;
            }
            got.head.push(line.trim_end().to_owned());
        }
        let length: usize = got.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        got.body = String::from_utf8(body).unwrap();
        kept.lock().unwrap().push(got);
        let location = if status == 302 { "Location: http://127.0.0.1:9/\r\n" } else { "" };
        write!(&stream, "HTTP/1.1 {status} x\r\n{location}Content-Length: 0\r\nConnection: close\r\n\r\n")
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    fn target(&self, name: &str) -> Target {
        let webhook = Webhook::new(&format!("http://{}/hook/T0K", self.address)).unwrap();
        Target::new(name, TargetKind::Webhook(webhook))
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    (folder, path)
}

fn with(path: &Path, targets: Vec<Target>) -> Settings {
    Settings { targets, ..settings(path) }
}

/// Alerts in the outbox.
fn waiting(path: &Path) -> u64 {
    let database = rusqlite::Connection::open(path).unwrap();
    database.query_row("SELECT count(*) FROM alerts WHERE refused IS NULL", [], |row| row.get::<_, i64>(0)).unwrap()
        as u64
}

#[test]
fn a_server_that_fails_first_gets_each_alert_once() {
    let (_folder, path) = folder();
    let server = Server::start(&[0, 503, 302, 200]);
    let log = start(with(&path, vec![server.target("hook")]));
    log.record(alarming("one", raise("cards", Severity::High)));
    log.record(alarming("two", raise("cards", Severity::Low)));
    until("both have arrived", || log.health().targets[0].delivered == 2);
    let got = server.got();
    let order: Vec<String> = got.iter().map(Got::decision).collect();
    assert_eq!(order, ["one", "one", "one", "two"], "tried again until it was taken, in their order");
    let id = |got: &Got| got.header("x-frisk-alert-id").unwrap().to_owned();
    assert_eq!((id(&got[0]), id(&got[1])), (id(&got[2]), id(&got[2])), "the same alert has the same id");
    assert_ne!(id(&got[2]), id(&got[3]));
    assert!(got[0].head[0].starts_with("POST /hook/T0K HTTP/1.1"), "{:?}", got[0].head);
    assert!(got[0].header("authorization").is_none() && got[0].header("x-frisk-signature").is_none());
    until("the outbox is empty", || waiting(&path) == 0 && log.health().targets[0].pending == 0);
    let body: Value = serde_json::from_str(&got[2].body).unwrap();
    assert_eq!((&body["type"], &body["severity"], &body["rule"]), (&"alert".into(), &"high".into(), &"cards".into()));
    assert_eq!(body["id"], id(&got[2]).as_str());
}

#[test]
fn nothing_is_lost_by_a_restart() {
    let (folder, path) = folder();
    let dead = Server::start(&[0]);
    let log = start(with(&path, vec![dead.target("hook")]));
    for i in 0..5 {
        log.record(alarming(&i.to_string(), Raise { daily_limit: Some(3), ..raise("cards", Severity::Medium) }));
    }
    assert!(log.flush(LONG));
    until("a failure shows in the health", || log.health().targets[0].failures > 0);
    let health = log.close(LONG);
    assert_eq!((health.alerts_raised, health.alerts_lost, health.targets[0].pending), (3, 0, 3), "{health:?}");
    assert!(!format!("{health:?}").contains("T0K"), "addresses of webhooks are secrets: {health:?}");
    // Another place under the same name gets what waits; the day's limit is still known.
    let file = folder.path().join("alerts.jsonl");
    let log = start(with(&path, vec![Target::new("hook", TargetKind::File(file.clone()))]));
    log.record(alarming("five", Raise { daily_limit: Some(3), ..raise("cards", Severity::Medium) }));
    log.record(alarming(
        "six",
        Raise { daily_limit: Some(3), key: Some("bob".to_owned()), ..raise("cards", Severity::Low) },
    ));
    log.record(alarming("seven", raise("labels", Severity::Low)));
    until("all have arrived", || log.health().targets[0].delivered == 5);
    until("the outbox is empty", || waiting(&path) == 0);
    drop(log);
    let text = fs::read_to_string(&file).unwrap();
    let alerts: Vec<Alert> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(&str, u64)> = alerts.iter().map(|a| (a.decision.id.as_str(), a.number_today)).collect();
    assert_eq!(told, [("0", 1), ("1", 2), ("2", 3), ("six", 1), ("seven", 1)], "limits are kept by rule, key and day");
    use std::os::unix::fs::PermissionsExt;
    for file in [&file, &path] {
        assert_eq!(
            fs::metadata(file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{} is its owner's",
            file.display()
        );
    }
}

#[test]
fn a_new_day_has_a_new_limit_and_says_what_was_held_back() {
    let (folder, path) = folder();
    let file = folder.path().join("alerts.jsonl");
    let log = start(with(&path, vec![Target::new("file", TargetKind::File(file.clone()))]));
    let today = Moment::now();
    for (id, day) in [("a", 0), ("b", 0), ("c", 0), ("d", 1)] {
        let mut entry = alarming(id, Raise { daily_limit: Some(1), ..raise("cards", Severity::Low) });
        entry.decision.time = Moment::from_millis(today.millis() + day * 86_400_000);
        log.record(entry);
    }
    until("both have arrived", || log.health().targets[0].delivered == 2);
    let text = fs::read_to_string(&file).unwrap();
    let last: Alert = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((last.decision.id.as_str(), last.held_yesterday, last.number_today), ("d", 2, 1));
}

#[test]
fn tokens_and_signatures_come_from_files_and_may_change() {
    let (folder, path) = folder();
    let server = Server::start(&[200]);
    let (token, key) = (folder.path().join("token"), folder.path().join("key"));
    fs::write(&token, "first\n").unwrap();
    fs::write(&key, "a key for tests\n").unwrap();
    let mut webhook = Webhook::new(&format!("http://{}/", server.address)).unwrap();
    (webhook.token_file, webhook.key_file) = (Some(token.clone()), Some(key));
    let log = start(with(&path, vec![Target::new("hook", TargetKind::Webhook(webhook))]));
    log.record(alarming("one", raise("cards", Severity::Low)));
    until("it has arrived", || log.health().targets[0].delivered == 1);
    fs::remove_file(&token).unwrap();
    log.record(alarming("two", raise("cards", Severity::Low)));
    until("a missing token is a failure", || log.health().targets[0].failures > 0);
    fs::write(&token, "second").unwrap();
    until("the next try has the new token", || log.health().targets[0].delivered == 2);
    let got = server.got();
    let tokens: Vec<_> = got.iter().map(|g| g.header("authorization").unwrap()).collect();
    assert_eq!(tokens, ["Bearer first", "Bearer second"]);
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"a key for tests").unwrap();
    mac.update(format!("{}.{}", got[0].header("x-frisk-timestamp").unwrap(), got[0].body).as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(got[0].header("x-frisk-signature"), Some(format!("sha256={hex}").as_str()));
}

#[test]
fn what_a_server_will_never_take_is_put_by() {
    let (_folder, path) = folder();
    let server = Server::start(&[422, 200]);
    let log = start(with(&path, vec![server.target("hook")]));
    log.record(alarming("refused", raise("cards", Severity::Low)));
    log.record(alarming("taken", raise("cards", Severity::Low)));
    until("the next one has arrived", || log.health().targets[0].delivered == 1);
    until("the refused one is kept and counted", || {
        let health = &log.health().targets[0];
        (health.refused, health.pending) == (1, 0)
    });
    assert_eq!(server.got().iter().map(Got::decision).collect::<Vec<_>>(), ["refused", "taken"]);
}

#[test]
fn a_dead_target_keeps_no_other_one_and_no_decision_waiting() {
    let (folder, path) = folder();
    // It takes connections, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let webhook = Webhook::new(&format!("http://{}/", silent.local_addr().unwrap())).unwrap();
    let file = folder.path().join("alerts.jsonl");
    let mut urgent = Target::new("file", TargetKind::File(file.clone()));
    urgent.severity_min = Severity::High;
    let targets = vec![Target::new("hook", TargetKind::Webhook(webhook)), urgent];
    let log = start(with(&path, targets));
    for i in 0..100 {
        let severity = if i % 10 == 0 { Severity::High } else { Severity::Low };
        assert!(log.record(alarming(&i.to_string(), raise("cards", severity))));
    }
    assert!(log.flush(LONG), "decisions are written");
    until("the file has its alerts", || log.health().targets[1].delivered == 10);
    assert_eq!(log.health().targets[0].pending, 100);
    let start = Instant::now();
    drop(log);
    assert!(start.elapsed() < Duration::from_secs(5), "the service ends although a server does not answer");
    assert_eq!(waiting(&path), 100, "what did not arrive stays");
}

#[test]
fn an_outbox_that_is_full_loses_alerts_and_counts_them() {
    let (_folder, path) = folder();
    let dead = Server::start(&[0]);
    let log = start(Settings { outbox_max: 3, ..with(&path, vec![dead.target("hook")]) });
    for i in 0..5 {
        log.record(alarming(&i.to_string(), raise("cards", Severity::Low)));
        assert!(log.flush(LONG));
    }
    let health = log.health();
    assert_eq!((health.alerts_raised, health.alerts_lost, health.written), (3, 2, 5), "{health:?}");
}

#[test]
fn syslog_targets_get_cef() {
    let (_folder, path) = folder();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_read_timeout(Some(LONG)).unwrap();
    let address = format!("udp://{}", udp.local_addr().unwrap()).parse().unwrap();
    let log = start(with(&path, vec![Target::new("siem", TargetKind::Syslog(address, None))]));
    log.record(alarming("one", raise("cards", Severity::High)));
    let mut buffer = vec![0; 65_536];
    let length = udp.recv(&mut buffer).unwrap();
    let message = String::from_utf8_lossy(&buffer[..length]);
    assert!(message.starts_with("<106>1 "), "log audit, critical: {message}");
    assert!(message.contains("|cards|alert cards|9|") && message.contains("externalId=one"), "{message}");
    until("it left the outbox", || waiting(&path) == 0);
}
