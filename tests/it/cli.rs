//! The binary: formats, exit codes, streams, and that no output shows a value.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A card number (published test numbers score low, this one is random with a valid check digit).
const CARD: &str = "4539578763621486";

fn frisk(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
    command.current_dir(folder).stdin(Stdio::null());
    for name in ["FRISK_FINGERPRINT_KEY", "FRISK_FINGERPRINT_KEY_FILE", "NO_COLOR"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    frisk(folder).args(args).output().unwrap()
}

fn with_stdin(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// A folder with a clean file, a file with a card and a file that is no text at all.
fn share() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clean.txt"), "nothing to see here\n").unwrap();
    fs::write(folder.path().join("card.txt"), format!("First line.\nCredit card number: {CARD}\n")).unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("sub/also.csv"), format!("name,card number\nAnn,{CARD}\n")).unwrap();
    folder
}

fn lines(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn files(output: &Output) -> Vec<Value> {
    lines(output).into_iter().filter(|l| l["type"] == "file").collect()
}

#[test]
fn jsonl_has_a_run_a_line_a_file_and_a_summary() {
    let share = share();
    for args in [&["scan", "."][..], &["."], &["scan", "--jobs", "3", "."]] {
        let output = run(share.path(), args);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        let lines = lines(&output);
        assert_eq!((&lines[0]["type"], &lines[lines.len() - 1]["type"]), (&"run".into(), &"summary".into()));
        let paths: Vec<_> = files(&output).iter().map(|l| l["path"].as_str().unwrap().to_owned()).collect();
        assert_eq!(paths, ["./card.txt", "./clean.txt", "./sub/also.csv"]);
        let summary = &lines[lines.len() - 1];
        assert_eq!((&summary["inputs"], &summary["matched"], &summary["clean"]), (&3.into(), &2.into(), &1.into()));
        assert_eq!(summary["exit_code"], 1);
    }
}

#[test]
fn a_record_says_what_was_found_and_hides_it() {
    let share = share();
    let output = run(share.path(), &["scan", "card.txt"]);
    let record = &files(&output)[0];
    assert_eq!((&record["status"], &record["verdict"]), (&"ok".into(), &"match".into()));
    assert_eq!((&record["action"], &record["policy_rule"]), (&"monitor".into(), &"found".into()));
    let found = &record["matches"][0];
    assert_eq!((&found["rule"], &found["count"]), (&"credit-card-number".into(), &1.into()));
    let sample = &found["samples"][0];
    assert_eq!((&sample["masked"], &sample["location"]["line"]), (&"[card:16]".into(), &2.into()));
    assert_eq!(sample["fingerprint"].as_str().unwrap().len(), 16);
    assert!(record["extension_mismatch"].is_null());
}

#[test]
fn no_output_shows_a_value_unless_asked_twice() {
    let share = share();
    for format in ["human", "jsonl", "matches"] {
        let output = run(share.path(), &["scan", ".", "--format", format, "-v"]);
        assert!(!stdout(&output).contains(CARD) && !stderr(&output).contains(CARD), "{format}");
        let last4 = run(share.path(), &["scan", "card.txt", "--format", format, "--show", "last4"]);
        assert!(!stdout(&last4).contains(&CARD[..12]), "{format}");
        assert_eq!(stdout(&last4).contains("************1486"), format != "human", "{format}");
    }
    let explain = run(share.path(), &["explain", "card.txt"]);
    assert!(code(&explain) == 0 && !stdout(&explain).contains(CARD) && stdout(&explain).contains("credit-card-number"));

    let refused = run(share.path(), &["scan", "card.txt", "--show", "full"]);
    assert_eq!((code(&refused), stdout(&refused).as_str()), (2, ""));
    assert!(stderr(&refused).contains("--i-understand"));
    let full = run(share.path(), &["scan", "card.txt", "--show", "full", "--i-understand"]);
    assert!(stdout(&full).contains(CARD) && stderr(&full).contains("warning"));
    assert!(!stdout(&full).contains("\"fingerprint\""), "a value and its fingerprint in one report");
}

#[test]
fn matches_point_at_bytes_of_the_file() {
    let share = share();
    let output = run(share.path(), &["scan", "card.txt", "--format", "matches"]);
    let found = &lines(&output)[0];
    let bytes = fs::read(share.path().join("card.txt")).unwrap();
    let at = |name: &str| usize::try_from(found[name].as_u64().unwrap()).unwrap();
    assert_eq!(&bytes[at("start")..at("end")], CARD.as_bytes());
    assert_eq!((&found["offsets"], &found["confidence"]), (&"file".into(), &"high".into()));
    assert_eq!((&found["rule"], &found["path"]), (&"credit-card-number".into(), &"card.txt".into()));
}

#[test]
fn equal_runs_are_equal_but_for_the_time() {
    let share = share();
    let once = || {
        let output = frisk(share.path()).args(["scan", "."]).env("FRISK_FINGERPRINT_KEY", "k").output().unwrap();
        let mut lines = lines(&output);
        for line in &mut lines {
            line.as_object_mut().unwrap().remove("timing");
        }
        assert_eq!(lines[0]["fingerprint_key"], "environment");
        lines
    };
    assert_eq!(once(), once());
}

#[test]
fn standard_input_is_a_document_or_a_list() {
    let share = share();
    let mut document = frisk(share.path());
    document.args(["scan", "-"]);
    let output = with_stdin(document, format!("card number {CARD}").as_bytes());
    let record = &files(&output)[0];
    assert_eq!((code(&output), &record["path"], &record["size"]), (1, &"-".into(), &28.into()));

    for (list, args) in [
        ("card.txt\nnosuch\nsub\n", &["--files-from", "-", "--fail-on", "never"][..]),
        ("card.txt\0nosuch\0sub\0", &["scan", "--files-from", "-", "-0", "--fail-on", "never"]),
    ] {
        let mut command = frisk(share.path());
        command.args(args);
        let output = with_stdin(command, list.as_bytes());
        let seen: Vec<_> = files(&output).iter().map(|r| (r["path"].clone(), r["status"].clone())).collect();
        let wanted = [("card.txt", "ok"), ("nosuch", "error"), ("sub", "skipped")];
        assert_eq!(seen, wanted.map(|(path, status)| (path.into(), status.into())));
        assert_eq!(code(&output), 0);
    }
}

#[test]
fn wrong_flags_rules_and_policies_scan_nothing() {
    let share = share();
    let write = |name: &str, text: &str| fs::write(share.path().join(name), text).unwrap();
    write("bad.toml", "on-unscannable = \"allow\"\non-overload = \"allow\"\nmod = \"monitor\"\n");
    write(
        "unknown.toml",
        "on-unscannable = \"allow\"\non-overload = \"allow\"\n[[rule]]\nid = \"a\"\naction = \"block\"\nrules = [\"us-snn\"]\n",
    );
    write("rule.toml", "[[rule]]\nid = \"x\"\nnmae = \"y\"\n");
    for (args, wanted) in [
        (&["--polcy", "x", "."][..], "'--policy'"),
        (&["scan"], "nothing to scan"),
        (&["scan", ".", "--policy", "bad.toml"], "bad.toml:3\n  = did you mean `mode`?"),
        (&["scan", ".", "--policy", "unknown.toml"], "did you mean `us-ssn`?"),
        (&["scan", ".", "--policy", "strct"], "`strict`"),
        (&["scan", ".", "--rules", "rule.toml"], "rule.toml:3"),
        (&["scan", ".", "--enable", "us-sn"], "us-ssn"),
        (&["scan", ".", "--max-depth", "0"], "--max-depth"),
        (&["scan", ".", "--max-file-size", "0"], "0 is no limit"),
        (&["scan", ".", "--timeout", "x"], "30s"),
        (&["scan", ".", "--max-memory", "10M"], "256M"),
        (&["scan", ".", "--max-memory", "300M", "--jobs", "2"], "--jobs 1"),
        (&["scan", ".", "--max-memory", "1G", "--isolate", "thread"], "--isolate thread"),
        (&["scan", ".", "--min-confidence", "hgih"], "low, medium, high"),
        (&["scan", ".", "--output", "jsnl=x"], "did you mean `jsonl`?"),
        (&["scan", ".", "--fail-on", "never,match"], "stands alone"),
        (&["scan", "-", "--files-from", "-"], "standard input"),
        (&["rules", "show", "us-snn"], "did you mean `us-ssn`?"),
        (&["policy", "check", "bad.toml"], "did you mean `mode`?"),
    ] {
        let output = run(share.path(), args);
        assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(wanted), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn names_in_messages_steer_no_terminal() {
    let share = share();
    fs::write(
        share.path().join("bad\u{1b}[31m.toml"),
        "on-unscannable = \"allow\"\non-overload = \"allow\"\n\tmod = \"x\"\n",
    )
    .unwrap();
    for args in [
        &["scan", ".", "--policy", "bad\u{1b}[31m.toml"][..],
        &["scan", ".", "--files-from", "no\u{1b}[31m"],
        &["scan", "no\u{1b}[31m", "-v"],
        &["text", "no\u{1b}[31m"],
        &["scan", ".", "--output", "jsonl=no/\u{1b}[31m"],
    ] {
        let told = stderr(&run(share.path(), args));
        assert!(told.contains("\\u{1b}[31m") && !told.contains('\u{1b}'), "{args:?}: {told:?}");
    }
}

#[test]
fn exit_codes() {
    let share = share();
    let scan = |args: &[&str]| code(&run(share.path(), &[&["scan"], args].concat()));
    assert_eq!(scan(&["clean.txt"]), 0);
    assert_eq!(scan(&["card.txt"]), 1);
    assert_eq!(scan(&["card.txt", "--exit-zero"]), 0);
    assert_eq!(scan(&["card.txt", "--fail-on", "never"]), 0);
    assert_eq!(scan(&["card.txt", "--disable", "credit"]), 0);
    assert_eq!(scan(&["nosuch"]), 5);
    assert_eq!(scan(&["nosuch", "card.txt"]), 5);
    fs::write(share.path().join("picture.png"), b"\x89PNG\r\n\x1a\n0000").unwrap();
    assert_eq!(scan(&["picture.png"]), 0);
    assert_eq!(scan(&["picture.png", "--fail-on", "incomplete"]), 3);
    assert_eq!(scan(&["picture.png", "card.txt", "--fail-on", "incomplete,match"]), 1);
    assert_eq!(scan(&["clean.txt", "--show-limits"]), 0);
}

#[test]
fn what_is_no_file_is_listed_and_not_followed() {
    let share = share();
    let path = |name: &str| share.path().join(name);
    std::os::unix::fs::symlink("card.txt", path("link")).unwrap();
    std::os::unix::fs::symlink(".", path("loop")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    let name = std::ffi::OsStr::new("caf\u{e9}.txt").as_encoded_bytes().to_vec();
    let name: Vec<u8> = name.into_iter().filter(|b| *b != 0xa9).collect();
    let name = <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(name);
    fs::write(share.path().join(PathBuf::from(name)), "x").unwrap();
    let output = run(share.path(), &["scan", ".", "--exclude", "sub/", "--include", "*.txt"]);
    let seen: Vec<_> = files(&output)
        .iter()
        .map(|r| format!("{} {} {}", r["path"].as_str().unwrap(), r["status"], r["reasons"][0]["code"]))
        .collect();
    assert_eq!(
        seen,
        [
            "./caf\u{fffd}.txt \"ok\" null",
            "./card.txt \"ok\" null",
            "./clean.txt \"ok\" null",
            "./link \"skipped\" \"excluded\"",
            "./loop \"skipped\" \"excluded\"",
            "./socket \"skipped\" \"excluded\"",
            "./sub \"skipped\" \"excluded\"",
        ]
    );
    assert_eq!(files(&output)[0]["path_b64"], "Li9jYWbDLnR4dA==");
    let all = run(share.path(), &["scan", "."]);
    let reason =
        |name: &str| files(&all).into_iter().find(|r| r["path"] == name).unwrap()["reasons"][0]["code"].clone();
    assert_eq!((reason("./link"), reason("./socket")), ("symlink".into(), "special_file".into()));
}

#[test]
fn an_unreadable_file_is_an_error_of_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let share = share();
    let locked = share.path().join("clean.txt");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&locked).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let output = run(share.path(), &["scan", "."]);
    let record = files(&output).into_iter().find(|r| r["path"] == "./clean.txt").unwrap();
    assert_eq!((&record["status"], &record["reasons"][0]["code"]), (&"error".into(), &"permission".into()));
    assert_eq!(code(&output), 1, "a file error never hides a match");
}

#[test]
fn outputs_appear_whole_and_are_not_scanned() {
    let share = share();
    let args = ["scan", ".", "--output", "jsonl=out.jsonl", "--output", "matches=out.matches", "--format", "human"];
    for _ in 0..2 {
        let output = run(share.path(), &args);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(stdout(&output).contains("3 inputs: 2 matched, 1 clean"), "{}", stdout(&output));
    }
    let written = fs::read_to_string(share.path().join("out.jsonl")).unwrap();
    assert!(written.ends_with("}\n") && written.lines().count() == 5 && !written.contains("out.matches"));
    assert_eq!(fs::read_to_string(share.path().join("out.matches")).unwrap().lines().count(), 2);
    let names = fs::read_dir(share.path()).unwrap();
    assert!(names.map(|e| e.unwrap().file_name()).all(|n| !n.to_string_lossy().contains(".frisk-")));
    let nowhere = run(share.path(), &["scan", ".", "--output", "jsonl=no/such/folder"]);
    assert_eq!(code(&nowhere), 5);
}

#[test]
fn a_full_disk_is_said() {
    let share = share();
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        eprintln!("skipped: no /dev/full");
        return;
    };
    for args in [
        &["scan", "."][..],
        &["scan", ".", "--format", "human"],
        &["scan", ".", "--format", "matches"],
        &["text", "card.txt"],
        &["labels", "."],
    ] {
        let output = frisk(share.path()).args(args).stdout(full.try_clone().unwrap()).output().unwrap();
        assert_eq!(code(&output), 5, "{args:?}");
        assert!(stderr(&output).contains("No space left on device"), "{args:?}: {}", stderr(&output));
    }
    // The other output is whole or not there, and it is said which one failed.
    std::os::unix::fs::symlink("/dev/full", share.path().join("full")).unwrap();
    for format in ["human", "jsonl", "matches"] {
        let full = format!("{format}=full");
        let output = run(share.path(), &["scan", "card.txt", "--output", "jsonl=other", "--output", &full]);
        assert_eq!((code(&output), share.path().join("other").exists()), (5, false), "{format}");
        assert!(stderr(&output).contains("full: No space left on device"), "{}", stderr(&output));
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let share = share();
    for i in 0..3000 {
        fs::write(share.path().join(format!("{i}.txt")), "x").unwrap();
    }
    for args in [&["scan", "."][..], &["scan", ".", "--format", "human"]] {
        let mut child = frisk(share.path()).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn a_closed_pipe_takes_no_other_output_along() {
    let share = share();
    let mut command = frisk(share.path());
    command.args(["scan", ".", "--format", "jsonl", "--output", "jsonl=out.jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let written = fs::read_to_string(share.path().join("out.jsonl")).unwrap();
    assert!(written.lines().count() == 5 && written.contains("\"type\":\"summary\""), "{written}");
}

#[test]
fn every_limit_is_a_flag_and_is_printed() {
    let share = share();
    let flags = [
        ("max-file-size", "3000000", "3000000"),
        ("max-expanded", "5M", "5242880"),
        ("max-ratio", "77", "77"),
        ("max-depth", "5", "5"),
        ("max-members", "2k", "2048"),
        ("max-matches", "11", "11"),
        ("timeout", "1500ms", "1500 ms"),
        ("decode", "3", "3"),
        ("jobs", "2", "2"),
        ("max-memory", "700M", "734003200"),
    ];
    let print = |args: &[String]| {
        let output = frisk(share.path()).args(["scan", "--show-limits"]).args(args).output().unwrap();
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        stdout(&output)
    };
    let named = |text: &str| text.lines().map(|l| l.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
    let given = print(&flags.map(|(name, value, _)| format!("--{name}={value}")));
    assert_eq!(given.lines().collect::<Vec<_>>(), flags.map(|(name, _, wanted)| format!("{name} {wanted}")));
    assert_eq!(named(&print(&[])), flags.map(|(name, ..)| name), "the same are printed without flags");
    for (name, ..) in flags {
        for wrong in ["-1", "x", "1.5", "99999999999999999999"] {
            let output = run(share.path(), &["scan", ".", &format!("--{name}={wrong}")]);
            assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "--{name}={wrong}");
            assert!(stderr(&output).contains(name), "{}", stderr(&output));
        }
    }
}

#[test]
fn an_interrupt_ends_with_a_summary() {
    let share = share();
    let mut command = frisk(share.path());
    command.args(["scan", "card.txt", "--files-from", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut first = [0; 10];
    output.read_exact(&mut first).unwrap();
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let summary: Value = serde_json::from_str(rest.lines().last().unwrap()).unwrap();
    assert_eq!((&summary["type"], &summary["ended_by"]), (&"summary".into(), &"signal 15".into()));
}

#[test]
fn text_comes_with_its_places() {
    let share = share();
    let plain = run(share.path(), &["text", "card.txt", "clean.txt"]);
    assert_eq!(stdout(&plain), format!("First line.\nCredit card number: {CARD}\nnothing to see here\n"));
    let pieces = lines(&run(share.path(), &["text", "card.txt", "--locations"]));
    assert_eq!((&pieces[0]["start"], &pieces[0]["location"]["part"]), (&0.into(), &"body".into()));
    assert_eq!(code(&run(share.path(), &["text", "nosuch"])), 5);
}

#[test]
fn a_policy_stops_files_and_says_so() {
    let share = share();
    let policy = "on-unscannable = \"block\"\non-overload = \"block\"\n[[rule]]\nid = \"cards\"\naction = \"block\"\n\
                  rules = [\"credit-card-number\"]\nmessage = \"{file}: {count} of {rules}\"\n";
    fs::write(share.path().join("p.toml"), policy).unwrap();
    let record = &files(&run(share.path(), &["scan", "card.txt", "--policy", "p.toml"]))[0];
    assert_eq!((&record["action"], &record["message_id"]), (&"block".into(), &"p.cards".into()));
    assert_eq!(record["message"], "card.txt: 1 of Payment card number");
    fs::write(share.path().join("p.toml"), format!("mode = \"monitor\"\n{policy}")).unwrap();
    let record = &files(&run(share.path(), &["scan", "card.txt", "--policy", "p.toml"]))[0];
    assert_eq!((&record["action"], &record["would_block"]), (&"monitor".into(), &true.into()));
    let check = run(share.path(), &["policy", "check", "p.toml"]);
    assert!(code(&check) == 0 && stdout(&check).contains("1 rules (cards)"), "{}", stdout(&check));
}

#[test]
fn rules_list_show_check_and_test() {
    let share = share();
    let rules = |args: &[&str]| run(share.path(), &[&["rules"], args].concat());
    assert!(stdout(&rules(&["list"])).contains("credit-card-number"));
    assert!(stdout(&rules(&["show", "us-ssn"])).contains("keywords"));
    assert_eq!(code(&rules(&["check"])), 0);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/us/ssn.toml");
    let own = rules(&["check", own.to_str().unwrap()]);
    assert!(code(&own) == 0 && stdout(&own).starts_with("1 rules"), "{}{}", stdout(&own), stderr(&own));
    assert_eq!(code(&rules(&["test", "us-ssn"])), 0);
    assert!(stdout(&rules(&["test", "credit-card-number", "card.txt"])).contains("credit-card-number: "));
    let wrong = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/us/ssn.toml")).unwrap();
    let wrong = wrong.replace(
        "counter-examples = [",
        "counter-examples = [\n  { text = \"SSN: 536-22-8731\", why = \"wrong on purpose\" },",
    );
    fs::write(share.path().join("wrong.toml"), wrong).unwrap();
    let wrong = rules(&["check", "wrong.toml"]);
    assert_eq!((code(&wrong), stdout(&wrong).as_str()), (4, ""), "{}", stderr(&wrong));
    assert!(stderr(&wrong).starts_with("error[R00"), "{}", stderr(&wrong));
    fs::write(share.path().join("words.txt"), "xyzzy plugh\n").unwrap();
    fs::write(share.path().join("w.txt"), "the XYZZY  Plugh file").unwrap();
    let found = run(share.path(), &["scan", "w.txt", "--keywords", "words.txt", "--min-confidence", "low"]);
    assert_eq!(files(&found)[0]["matches"][0]["rule"], "custom-keyword");
}

#[test]
fn help_completions_and_manual_come_from_one_definition() {
    let share = share();
    for args in [&["--help"][..], &["scan", "--help"], &["man"], &["completions", "bash"], &["completions", "fish"]] {
        let output = run(share.path(), args);
        assert_eq!(code(&output), 0, "{args:?}");
        assert!(stdout(&output).contains("files-from") || stdout(&output).contains("files\\-from"), "{args:?}");
    }
    assert_eq!(code(&run(share.path(), &["--version"])), 0);
}

#[cfg(unix)]
#[test]
fn a_device_or_pipe_is_written_and_not_replaced() {
    let share = share();
    let pipe = share.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let output = run(share.path(), &["scan", "card.txt", "--output", "jsonl=pipe"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(!fs::metadata(&pipe).unwrap().is_file(), "the pipe was replaced by a file");
    assert_eq!(reader.join().unwrap().lines().count(), 3);
    // Through a link, so that a frisk which replaces what it is given hurts nobody.
    std::os::unix::fs::symlink("/dev/full", share.path().join("full")).unwrap();
    assert_eq!(code(&run(share.path(), &["scan", "card.txt", "--output", "jsonl=full"])), 5);
}
