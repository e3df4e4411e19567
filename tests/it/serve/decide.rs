//! What the service finds by: indexes, fingerprints, keys, pictures; as the flags of `frisk scan` have them.

use std::path::Path;
use std::process::{Command, Stdio};

use super::http::ask;
use super::{BLOCK, Frisk};

/// Blocks what is in the index.
const EXACT: &str = r#"
name = "exact"
on-unscannable = "monitor"
[[rule]]
id = "staff"
action = "block"
rules = ["edm-staff"]
"#;

fn frisk(folder: &Path, args: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
    let output =
        command.current_dir(folder).args(args).stdin(Stdio::null()).env_remove("FRISK_EDM_KEY").output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An index of these rows, put where the service looks for it in one step.
fn index(folder: &Path, rows: &str) {
    std::fs::write(folder.join("staff.csv"), format!("ssn,last_name,city\n{rows}")).unwrap();
    let columns = "ssn:primary,last_name,city";
    frisk(
        folder,
        &[
            "edm",
            "build",
            "staff.csv",
            "--columns",
            columns,
            "--name",
            "staff",
            "--key-file",
            "key",
            "--output",
            "new.edm",
        ],
    );
    std::fs::rename(folder.join("new.edm"), folder.join("staff.edm")).unwrap();
}

fn action(frisk: &Frisk, text: &str) -> String {
    let body = ask(frisk.http, "POST", "/v1/scan?name=a.txt", "", text.as_bytes()).2;
    serde_json::from_str::<serde_json::Value>(&body).unwrap()["action"].as_str().unwrap().to_owned()
}

#[test]
fn an_index_is_used_kept_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("key"), "a key of many bytes, not guessed\n").unwrap();
    index(path, "536228467,Smith,Bern\n");
    let at = |name: &str| path.join(name).display().to_string();
    let decide = format!("edm = \"{}\"\nedm-key-file = \"{}\"\n", at("staff.edm"), at("key"));
    for workers in ["[workers]\nisolate = \"threads\"\ncount = 1\n", "[workers]\ncount = 1\n"] {
        index(path, "536228467,Smith,Bern\n");
        let frisk = Frisk::start_deciding(&decide, EXACT, workers);
        let (smith, adler) = ("536-22-8467 Smith, Bern", "457-55-5462 Adler, Oslo");
        assert_eq!((action(&frisk, smith).as_str(), action(&frisk, adler).as_str()), ("block", "allow"), "{workers}");
        // Another one takes its place on the disk: workers that are started meanwhile have the one that was read.
        index(path, "457555462,Adler,Oslo\n");
        kill_workers(&frisk);
        assert_eq!((action(&frisk, smith).as_str(), action(&frisk, adler).as_str()), ("block", "allow"), "{workers}");
        assert_eq!(ask(frisk.http, "POST", "/v1/reload", "", b"").0, 200);
        assert_eq!((action(&frisk, smith).as_str(), action(&frisk, adler).as_str()), ("allow", "block"), "{workers}");
        // A key that is gone is a mistake, and a mistake changes nothing.
        std::fs::rename(path.join("key"), path.join("key.away")).unwrap();
        let (status, _, body) = ask(frisk.http, "POST", "/v1/reload", "", b"");
        assert!(status == 422 && body.contains("key"), "{body}");
        assert_eq!(action(&frisk, adler), "block");
        std::fs::rename(path.join("key.away"), path.join("key")).unwrap();
    }
}

/// Kills worker processes, if there are any.
fn kill_workers(frisk: &Frisk) {
    let task = format!("/proc/{0}/task", frisk.child.id());
    for thread in std::fs::read_dir(task).into_iter().flatten().flatten() {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let _ = Command::new("kill").args(["-s", "KILL", child]).stderr(Stdio::null()).status();
        }
    }
}

#[test]
fn values_have_fingerprints_under_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "a key of many bytes, not guessed\n").unwrap();
    let body = |frisk: &Frisk| ask(frisk.http, "POST", "/v1/scan?name=a.txt", "", super::CARD.as_bytes()).2;
    let without = body(&Frisk::start(BLOCK, ""));
    let with = body(&Frisk::start_deciding(&format!("fingerprint-key-file = \"{}\"\n", key.display()), BLOCK, ""));
    let print = |body: &str| {
        let record: serde_json::Value = serde_json::from_str(body).unwrap();
        let results = record.get("results").and_then(|r| r.get(0)).unwrap_or(&record).clone();
        results["matches"][0]["samples"][0]["fingerprint"].as_str().map(str::to_owned)
    };
    assert_eq!(print(&without), None);
    assert_eq!(print(&with).map(|print| print.len()), Some(16), "{with}");
}

#[test]
fn what_is_missing_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let check = |decide: &str| {
        let config = folder.path().join("frisk.toml");
        std::fs::write(&config, format!("[listen]\nicap = \"127.0.0.1:0\"\n[decide]\n{decide}")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
        command.args(["serve", "--check", "--config"]).arg(config).env("PATH", "/nowhere").env_remove("FRISK_EDM_KEY");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    assert!(check("rules = \"empty\"\n").contains("empty: holds no .toml and no .xml file"));
    assert!(check("ocr = true\n").contains("Debian package tesseract-ocr"));
    assert!(check("edm = \"none.edm\"\n").contains("none.edm"));
    std::fs::write(folder.path().join("odd.edm"), "no index").unwrap();
    let told = check("edm = \"odd.edm\"\n");
    assert!(told.contains("odd.edm") && !told.contains("/dev/fd"), "{told}");
    std::fs::write(folder.path().join("short"), "short").unwrap();
    assert!(check("edm-key-file = \"short\"\n").contains("a key has at least"));
}
