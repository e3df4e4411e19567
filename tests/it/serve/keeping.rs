//! What a stream of requests leaves behind and shows: the activity log, alerts, rates, events.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::ask;
use super::{CARD, Frisk, PATIENCE};

const JSON: &str = "Content-Type: application/json\r\n";

/// The policy of activities that comes with frisk, with small numbers, and a rule for cards.
const ACTIVITY: &str = r#"
name = "activity"
on-unscannable = "monitor"
domains = ["example.com"]
[[rule]]
id = "cards"
action = "block"
rules = ["credit-card-number"]
alert = { severity = "high" }
[[rate]]
id = "mass-download"
action = "block"
activities = ["download"]
per = "user"
window = "1m"
more-than = 3
message = "Too many downloads."
[[rule]]
id = "forwarding-to-outside"
action = "block"
event = "inbox-rule"
where = [{ field = "forward-to", outside-domains = true }]
[[travel]]
id = "impossible-travel"
action = "step_up"
or-else = "block"
event = "sign-in"
max-speed = 900
"#;

const KEEP: &str = "[log]\npath = \"activity.db\"\n[[alert]]\nname = \"file\"\nfile = \"alerts.jsonl\"\n";

fn json(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {body}"))
}

fn log(frisk: &Frisk) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
    let output = command.args(["log", "--format", "jsonl", "--log"]).arg(frisk.path("activity.db")).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(json).collect()
}

#[test]
fn every_decision_is_kept_with_its_reasons_and_without_its_values() {
    for workers in ["", "[workers]\ncount = 1\n"] {
        let mut frisk = Frisk::start(ACTIVITY, &format!("{workers}{KEEP}"));
        let fields = "X-Frisk-User: ann@example.com\r\nX-Frisk-App: mail\r\nX-Frisk-Activity: upload\r\n";
        let (status, _, body) = ask(frisk.http, "POST", "/v1/scan?name=a.txt", fields, CARD.as_bytes());
        assert!(status == 200 && json(&body)["action"] == "block", "{body}");
        assert_eq!(ask(frisk.http, "POST", "/v1/scan?name=b.txt", fields, b"nothing here").0, 200);
        let until = Instant::now() + PATIENCE;
        while log(&frisk).len() < 2 || !frisk.path("alerts.jsonl").exists() {
            assert!(Instant::now() < until, "decisions and alerts never arrive");
            std::thread::sleep(Duration::from_millis(50));
        }
        let kept = log(&frisk);
        let of = |name: &str| kept.iter().find(|d| d["file"] == name).unwrap_or_else(|| panic!("{kept:?}"));
        let (stopped, passed) = (of("a.txt"), of("b.txt"));
        assert_eq!(
            (&stopped["action"], &stopped["rule"], &passed["action"]),
            (&"block".into(), &"cards".into(), &"allow".into())
        );
        assert_eq!(
            (&stopped["user"], &stopped["app"], &stopped["activity"]),
            (&"ann@example.com".into(), &"mail".into(), &"upload".into())
        );
        assert_eq!(stopped["found"][0]["rule"], "credit-card-number");
        assert_eq!(stopped["found"][0]["category"], "financial", "what the policy was told comes from the worker, too");
        assert_eq!(stopped["id"], json(&body)["id"], "the log has the id of the answer");
        let alert = json(std::fs::read_to_string(frisk.path("alerts.jsonl")).unwrap().lines().next().unwrap());
        assert_eq!((&alert["rule"], &alert["severity"]), (&"cards".into(), &"high".into()));
        let (_, _, metrics) = ask(frisk.http, "GET", "/metrics", "", b"");
        assert!(metrics.contains("frisk_log_ok 1") && metrics.contains("frisk_log_lost 0"), "{metrics}");
        frisk.signal("TERM");
        assert!(frisk.child.wait().unwrap().success());
        for name in ["activity.db", "alerts.jsonl"] {
            let bytes = std::fs::read(frisk.path(name)).unwrap();
            for part in ["4539 5787", "6362 1486", "4539578763621486"] {
                assert!(!bytes.windows(part.len()).any(|w| w == part.as_bytes()), "{name} holds {part}");
            }
        }
    }
}

#[test]
fn a_log_that_cannot_be_written_keeps_no_verdict_waiting() {
    let frisk = Frisk::start(ACTIVITY, "[log]\npath = \"nowhere/activity.db\"\n");
    let (status, _, body) = ask(frisk.http, "POST", "/v1/scan?name=a.txt", "", CARD.as_bytes());
    assert!(status == 200 && json(&body)["action"] == "block", "{body}");
    let until = Instant::now() + PATIENCE;
    loop {
        let ready = json(&ask(frisk.http, "GET", "/readyz", "", b"").2);
        if ready["log_error"].is_string() {
            break;
        }
        assert!(Instant::now() < until, "nobody is told: {ready}");
    }
    assert!(ask(frisk.http, "GET", "/metrics", "", b"").2.contains("frisk_log_ok 0"));
}

#[test]
fn rates_count_over_requests_of_one_user() {
    let frisk = Frisk::start(ACTIVITY, "");
    let download = |user: &str| {
        let fields = format!("X-Frisk-User: {user}\r\nX-Frisk-Activity: download\r\n");
        json(&ask(frisk.http, "POST", "/v1/scan?name=a.txt", &fields, b"nothing here").2)
    };
    for _ in 0..3 {
        assert_eq!(download("ann")["action"], "allow");
    }
    let fourth = download("ann");
    assert_eq!((&fourth["action"], &fourth["policy_rule"]), (&"block".into(), &"mass-download".into()));
    assert_eq!(fourth["message"], "Too many downloads.");
    assert_eq!(download("bob")["action"], "allow", "another user has a count of his own");
}

#[test]
fn events_are_judged_by_their_fields_and_by_what_came_before() {
    let frisk = Frisk::start(ACTIVITY, "");
    let event = |body: &str| {
        let (status, _, got) = ask(frisk.http, "POST", "/v1/event", JSON, body.as_bytes());
        assert_eq!(status, 200, "{got}");
        json(&got)
    };
    let rule = |to: &str| {
        event(&format!(
            "{{\"event\":\"inbox-rule\",\"context\":{{\"user\":\"ann@example.com\",\"fields\":{{\"forward-to\":\"{to}\"}}}}}}"
        ))
    };
    assert_eq!(rule("me@example.com")["action"], "allow");
    let outside = rule("me@example.net");
    assert_eq!((&outside["action"], &outside["policy_rule"]), (&"block".into(), &"forwarding-to-outside".into()));
    let sign_in = |place: &str, time: &str, can: &str| {
        event(&format!(
            "{{\"event\":\"sign-in\",\"context\":{{\"user\":\"ann@example.com\",\"position\":{place},\"time\":\"{time}\",\"carries_out\":{can}}}}}"
        ))
    };
    let (berlin, sydney) = ("[52.52, 13.405]", "[-33.87, 151.21]");
    assert_eq!(sign_in(berlin, "2026-03-01T08:00:00Z", "[]")["action"], "allow");
    let travel = sign_in(sydney, "2026-03-01T09:00:00Z", "[]");
    assert_eq!((&travel["action"], &travel["policy_rule"]), (&"block".into(), &"impossible-travel".into()));
    assert_eq!(sign_in(berlin, "2026-03-01T10:00:00Z", "[\"step_up\"]")["action"], "step_up", "the caller can do it");
}
