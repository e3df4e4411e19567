//! `frisk policy` from the shell.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn frisk(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frisk")).current_dir(folder).args(args).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8_lossy(&output.stderr)
}

const POLICY: &str = "on-unscannable = \"monitor\"\non-overload = \"block\"\n\
    [[rule]]\nid = \"ibans\"\naction = \"block\"\nrules = \"iban\"\nenforce-from = 2000-01-01\n";

#[test]
fn check_warns_and_may_fail_for_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.toml"), format!("{POLICY}extensions = \"txt\"\n")).unwrap();
    let check = frisk(folder.path(), &["policy", "check", "p.toml"]);
    let text = told(&check);
    assert_eq!(check.status.code(), Some(0), "{text}");
    assert!(text.contains("on-overload: block") && text.contains("warning[L003]"), "{text}");
    assert!(text.contains("  --> p.toml:3\n"), "{text}");
    let denied = frisk(folder.path(), &["policy", "check", "p.toml", "--deny-warnings"]);
    assert_eq!(denied.status.code(), Some(4), "{}", told(&denied));
}

#[test]
fn cases_beside_a_policy_and_those_that_come_with_frisk() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.toml"), POLICY).unwrap();
    let case =
        "[[case]]\nid = \"one\"\ntext = \"IBAN: DE89 3704 0044 0532 0130 00\"\naction = \"block\"\nrule = \"ibans\"\n";
    fs::write(folder.path().join("p.tests.toml"), case).unwrap();
    let test = frisk(folder.path(), &["policy", "test", "p.toml"]);
    assert_eq!((test.status.code(), told(&test).as_str()), (Some(0), "policy p: 1 of 1 cases as expected\n"));
    fs::write(folder.path().join("q.toml"), case.replace("block", "allow")).unwrap();
    let test = frisk(folder.path(), &["policy", "test", "p.toml", "--cases", "q.toml"]);
    let text = told(&test);
    assert_eq!(test.status.code(), Some(4), "{text}");
    assert!(text.starts_with("failed: one\n  --> q.toml:1\n  = action is block, expected allow\n"), "{text}");
    let builtin = frisk(folder.path(), &["policy", "test", "default"]);
    assert_eq!(
        (builtin.status.code(), told(&builtin).as_str()),
        (Some(0), "policy default: 3 of 3 cases as expected\n")
    );
    assert_eq!(frisk(folder.path(), &["policy", "test", "strict", "--cases", "no.toml"]).status.code(), Some(2));
}

#[test]
fn what_would_have_changed_since_the_last_scan() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.txt"), "IBAN: DE89 3704 0044 0532 0130 00").unwrap();
    fs::write(path("b.txt"), "nothing").unwrap();
    let scan = frisk(folder.path(), &["scan", "a.txt", "b.txt", "--format", "jsonl"]);
    fs::write(path("log.jsonl"), scan.stdout).unwrap();
    fs::write(path("p.toml"), POLICY).unwrap();
    let simulate = frisk(folder.path(), &["policy", "simulate", "p.toml", "--log", "log.jsonl"]);
    let text = told(&simulate);
    assert_eq!(simulate.status.code(), Some(0), "{text}");
    let wanted = "policy p: 1 of 2 decisions would be another one\n  monitor -> block: 1\n  by ibans: 1\n\
                  a.txt: monitor (found) -> block (ibans)\n";
    assert_eq!(text, wanted);
    fs::write(path("log.jsonl"), "4111 1111 1111 1111\n").unwrap();
    let simulate = frisk(folder.path(), &["policy", "simulate", "p.toml", "--log", "log.jsonl"]);
    assert_eq!(simulate.status.code(), Some(2));
    assert!(!told(&simulate).contains("4111"), "what stands in a log is not told: {}", told(&simulate));
}

#[test]
fn a_scan_decides_by_the_day_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "IBAN: DE89 3704 0044 0532 0130 00").unwrap();
    for isolate in ["process", "thread"] {
        for (day, action) in [("2000-01-01", "block"), ("9000-01-01", "monitor")] {
            fs::write(folder.path().join("p.toml"), POLICY.replace("2000-01-01", day)).unwrap();
            let args = ["scan", "a.txt", "--policy", "p.toml", "--format", "jsonl", "--isolate", isolate];
            let scan = frisk(folder.path(), &args);
            let text = String::from_utf8(scan.stdout).unwrap();
            let record: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
            assert_eq!(record["action"], action, "{isolate} {day}");
            assert_eq!(record["would_action"].as_str(), (action == "monitor").then_some("block"), "{isolate} {day}");
        }
    }
}

#[test]
fn schema_and_list_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let schema = frisk(folder.path(), &["policy", "schema"]);
    assert!(serde_json::from_slice::<serde_json::Value>(&schema.stdout).unwrap()["$defs"]["rate"].is_object());
    let list = told(&frisk(folder.path(), &["policy", "list"]));
    assert!(list.lines().any(|line| line.starts_with("payment-data ")), "{list}");
    let one = told(&frisk(folder.path(), &["policy", "list", "strict"]));
    assert!(one.contains("on-unscannable = \"block\""), "{one}");
    let none = frisk(folder.path(), &["policy", "list", "strct"]);
    assert!(none.status.code() == Some(2) && told(&none).contains("did you mean `strict`?"));
}
