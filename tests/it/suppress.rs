//! Suppression lists on the command line: what they leave out, what is still said, and that nothing shows a value.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const CARD: &str = "4539578763621486";
const OTHER_CARD: &str = "4556737586899855";
const SSN: &str = "536-22-8726";

fn frisk(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
    command.current_dir(folder).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("FRISK_FINGERPRINT_KEY", "of this deployment").env_remove("FRISK_FINGERPRINT_KEY_FILE");
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    shut(frisk(folder, args).output().unwrap())
}

/// Whatever is said, no value is in it.
fn shut(output: Output) -> Output {
    for text in [&output.stdout, &output.stderr].map(|bytes| String::from_utf8(bytes.clone()).unwrap()) {
        for value in [CARD, OTHER_CARD, SSN, "536228726"] {
            assert!(!text.contains(value), "a value is shown: {text}");
        }
    }
    output
}

fn hash(folder: &Path, rule: &str, input: &str) -> Output {
    let mut child = frisk(folder, &["suppress", "hash", rule]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    shut(child.wait_with_output().unwrap())
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// A file with one card, a file with that and another, and an archive with a file with the first.
fn share() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let one = format!("Credit card number: {CARD}\n");
    fs::create_dir(path.join("in")).unwrap();
    fs::write(path.join("in/one.txt"), &one).unwrap();
    fs::write(path.join("in/two.txt"), format!("{one}\nCredit card number: {OTHER_CARD}\nSSN: {SSN}\n")).unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(path.join("in/outer.zip")).unwrap());
    zip.start_file("inner/card.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(one.as_bytes()).unwrap();
    zip.finish().unwrap();
    folder
}

/// Scans with a list; gives the output.
fn scan(folder: &TempDir, list: &str, paths: &[&str]) -> Output {
    fs::write(folder.path().join("list.toml"), list).unwrap();
    let args = [&["scan", "--format", "jsonl", "--suppress", "list.toml"], paths].concat();
    run(folder.path(), &args)
}

/// Verdict, suppressed matches and matches that are left, a file each.
fn told(output: &Output) -> Vec<(String, u64, u64)> {
    let sum = |entries: &Value| entries.as_array().into_iter().flatten().map(|e| e["count"].as_u64().unwrap()).sum();
    let files = lines(output).into_iter().filter(|line| line["type"] == "file");
    files.map(|f| (f["verdict"].as_str().unwrap().to_owned(), sum(&f["suppressed"]), sum(&f["matches"]))).collect()
}

fn wanted(list: &[(&str, u64, u64)]) -> Vec<(String, u64, u64)> {
    list.iter().map(|(verdict, suppressed, left)| ((*verdict).to_owned(), *suppressed, *left)).collect()
}

#[test]
fn a_value_by_its_hash() {
    let share = share();
    let helper = hash(share.path(), "credit-card-number", &format!("4539 5787 6362 1486\n{CARD}\n"));
    let printed = text(&helper.stdout);
    let line = |key: &str| printed.lines().find(|line| line.starts_with(key)).unwrap().to_owned();
    assert!(code(&helper) == 0 && printed.starts_with("# line 1: [card:16]\n") && printed.lines().count() == 3);

    for condition in [line("sha256"), line("fingerprint")] {
        let list = format!("[[suppress]]\nid = \"vendor\"\nreason = \"test card of the vendor\"\n{condition}\n");
        let one = scan(&share, &list, &["in/one.txt"]);
        assert_eq!((code(&one), told(&one)), (0, wanted(&[("clean", 1, 0)])), "{}", text(&one.stderr));
        let lines = lines(&one);
        let (run, record, summary) = (&lines[0], &lines[1], &lines[2]);
        let entry = &record["suppressed"][0];
        assert_eq!((&entry["rule"], &entry["by"]), (&"credit-card-number".into(), &"vendor".into()));
        assert_eq!((&entry["reason"], &entry["count"]), (&"test card of the vendor".into(), &1.into()));
        assert_eq!((&record["action"], &record["policy_rule"]), (&"allow".into(), &Value::Null));
        assert_eq!((&run["suppressions"]["entries"], &run["suppressions"]["expired"]), (&1.into(), &0.into()));
        assert_eq!((&summary["suppressed"], &summary["suppressed_by"]["vendor"]), (&1.into(), &1.into()));
        assert_eq!((&summary["matched"], &summary["clean"]), (&0.into(), &1.into()));
        assert!(summary["rules"].as_object().unwrap().is_empty());
        assert_eq!(told(&scan(&share, &list, &["in/two.txt"])), wanted(&[("match", 1, 2)]));
        assert_eq!(code(&scan(&share, &list, &["in"])), 1, "the other card counts");
    }
}

#[test]
fn a_fingerprint_is_copied_from_a_record_and_bound_to_its_key() {
    let share = share();
    let plain = run(share.path(), &["scan", "--format", "jsonl", "in/one.txt"]);
    let fingerprint = lines(&plain)[1]["matches"][0]["samples"][0]["fingerprint"].as_str().unwrap().to_owned();
    let list = format!("[[suppress]]\nreason = \"r\"\nfingerprint = \"{fingerprint}\"\n");
    assert_eq!(told(&scan(&share, &list, &["in/one.txt"])), wanted(&[("clean", 1, 0)]));
    let args = ["scan", "--format", "jsonl", "--suppress", "list.toml", "in/one.txt"];
    let other = frisk(share.path(), &args).env("FRISK_FINGERPRINT_KEY", "another").output().unwrap();
    assert_eq!(told(&shut(other)), wanted(&[("match", 0, 1)]));
    let none = shut(frisk(share.path(), &args).env_remove("FRISK_FINGERPRINT_KEY").output().unwrap());
    assert_eq!(told(&none), wanted(&[("match", 0, 1)]));
    assert!(text(&none.stderr).contains("apply under their own key only"), "{}", text(&none.stderr));
}

#[test]
fn by_expression_rule_and_path() {
    let share = share();
    let all = ["in/one.txt", "in/outer.zip", "in/two.txt"];
    for (condition, expected) in [
        ("regex = '4539\\d{12}'", [("clean", 1, 0), ("clean", 1, 0), ("match", 1, 2)]),
        ("regex = '4539'", [("match", 0, 1), ("match", 0, 1), ("match", 0, 3)]),
        ("rule = \"credit-*\"", [("clean", 1, 0), ("clean", 1, 0), ("match", 2, 1)]),
        ("rule = \"category:financial\"", [("clean", 1, 0), ("clean", 1, 0), ("match", 2, 1)]),
        ("rule = [\"credit-card-number\", \"us-ssn\"]", [("clean", 1, 0), ("clean", 1, 0), ("clean", 3, 0)]),
        ("path = \"two.txt\"", [("match", 0, 1), ("match", 0, 1), ("clean", 3, 0)]),
        ("path = \"two.txt\"\nrule = \"us-*\"", [("match", 0, 1), ("match", 0, 1), ("match", 1, 2)]),
        ("path = \"in/**\"", [("clean", 1, 0), ("clean", 1, 0), ("clean", 3, 0)]),
        ("path = \"outer.zip\"", [("match", 0, 1), ("clean", 1, 0), ("match", 0, 3)]),
        ("path = \"in/*.zip!inner/*.txt\"", [("match", 0, 1), ("clean", 1, 0), ("match", 0, 3)]),
        ("path = \"outer.zip!other/*\"", [("match", 0, 1), ("match", 0, 1), ("match", 0, 3)]),
    ] {
        let output = scan(&share, &format!("[[suppress]]\nreason = \"r\"\n{condition}\n"), &all);
        assert_eq!(told(&output), wanted(&expected), "{condition}");
        let left = expected.iter().any(|(verdict, _, _)| *verdict == "match");
        assert_eq!(code(&output), i32::from(left), "{condition}");
    }
}

#[test]
fn what_was_not_read_whole_is_never_clean() {
    let share = share();
    // An archive that is cut off behind its first member.
    let mut bytes = fs::read(share.path().join("in/outer.zip")).unwrap();
    bytes.truncate(bytes.len() - 30);
    fs::write(share.path().join("cut.zip"), bytes).unwrap();
    let output = scan(&share, "[[suppress]]\nreason = \"r\"\nrule = \"credit-card-number\"\n", &["cut.zip"]);
    assert_eq!(told(&output), wanted(&[("unknown", 1, 0)]), "{}", text(&output.stdout));
}

#[test]
fn policies_do_not_see_what_is_suppressed() {
    let share = share();
    let policy = "on-unscannable = \"block\"\non-overload = \"block\"\n[[rule]]\nid = \"two\"\naction = \"block\"\n\
                  rules = [\"credit-card-number\"]\nmin-count = 2\n";
    fs::write(share.path().join("p.toml"), policy).unwrap();
    let list = "[[suppress]]\nreason = \"r\"\nregex = \"4539[0-9]*\"\n";
    let action = |list| lines(&scan(&share, list, &["in/two.txt", "--policy", "p.toml"]))[1]["action"].clone();
    assert_eq!((action(""), action(list)), ("block".into(), "allow".into()));
}

#[test]
fn an_expired_entry_no_longer_applies_and_is_told() {
    let share = share();
    let list = "[[suppress]]\nid = \"old\"\nreason = \"r\"\nrule = \"credit-card-number\"\nexpires = 2020-02-29\n\
                [[suppress]]\nreason = \"r\"\nrule = \"us-ssn\"\nexpires = 9999-12-31\n";
    let output = scan(&share, list, &["in/two.txt"]);
    assert_eq!((code(&output), told(&output)), (1, wanted(&[("match", 1, 2)])));
    let told = text(&output.stderr);
    assert!(told.contains("list.toml:1: suppression `old` expired on 2020-02-29"), "{told}");
    let lines = lines(&output);
    for line in [&lines[0], &lines[2]] {
        assert_eq!((&line["suppressions"]["entries"], &line["suppressions"]["expired"]), (&1.into(), &1.into()));
    }
    let human = run(share.path(), &["scan", "in/two.txt", "--suppress", "list.toml", "--format", "human"]);
    let human = text(&human.stdout);
    assert!(human.contains("1 suppressed (#2)") && human.contains("suppressed: 1 (#2 1)"), "{human}");
    assert!(human.contains("expired suppressions: 1"), "{human}");
    let check = run(share.path(), &["suppress", "check", "list.toml"]);
    let check = text(&check.stdout);
    assert!(
        check.starts_with("2 entries, 1 expired\nlist.toml:1  old  by rule, EXPIRED on 2020-02-29: r\n"),
        "{check}"
    );
}

#[test]
fn the_ruleset_id_changes_with_the_list_and_only_with_it() {
    let share = share();
    let id = |list: &str| lines(&scan(&share, list, &["in/one.txt"]))[0]["ruleset"].clone();
    let list = "[[suppress]]\nreason = \"r\"\nrule = \"us-ssn\"\n";
    let without = lines(&run(share.path(), &["scan", "--format", "jsonl", "in/one.txt"]))[0]["ruleset"].clone();
    assert_eq!((id(list) == id(list), id(""), id(list) != without), (true, without, true));
    assert_ne!(id(list), id(&list.replace("ssn", "itin")));
}

#[test]
fn mistakes_scan_nothing_and_repeat_no_value() {
    let share = share();
    for (entry, expected) in [
        (
            "rule = \"us-*\"\nreasn = \"r\"",
            "unknown key `reasn` in [[suppress]]\n  --> list.toml:3\n  = did you mean `reason`?",
        ),
        ("rule = \"us-*\"", "lacks the required key `reason`"),
        ("reason = \"r\"", "without a condition"),
        (&format!("reason = \"r\"\nsha256 = \"{CARD}\""), "64 hex digits"),
        (&format!("reason = \"r\"\nregex = \"{CARD}(\""), "unclosed group"),
        (&format!("reason = \"r\"\nfingerprint = {CARD}"), "list of strings"),
    ] {
        let output = scan(&share, &format!("[[suppress]]\n{entry}\n"), &["in"]);
        assert_eq!((code(&output), text(&output.stdout)), (2, ""), "{entry}");
        assert!(text(&output.stderr).contains(expected), "{entry}: {}", text(&output.stderr));
    }
    let unknown = scan(&share, "[[suppress]]\nreason = \"r\"\nrule = \"us-snn\"\n", &["in/one.txt"]);
    let said = text(&unknown.stderr);
    assert!(code(&unknown) == 1 && said.contains("list.toml:3") && said.contains("did you mean `us-ssn`?"), "{said}");
    let check = run(share.path(), &["suppress", "check", "list.toml"]);
    assert!(code(&check) == 2 && text(&check.stderr).starts_with("error[S005]"), "{}", text(&check.stderr));
}

#[test]
fn hashes_are_made_of_standard_input() {
    let share = share();
    // A bare number is no U.S. social security number; the helper puts a label before it.
    let bare = hash(share.path(), "us-ssn", &format!("{SSN}\n\nSSN: {SSN}\n536228726"));
    assert!(code(&bare) == 0 && text(&bare.stdout).lines().count() == 3, "{}", text(&bare.stderr));
    let missed = hash(share.path(), "credit-card-number", "no card\n4539 5787 6362 1486\n");
    assert_eq!((code(&missed), text(&missed.stdout).lines().count()), (2, 3));
    assert!(text(&missed.stderr).contains("`credit-card-number` finds nothing in line 1"));
    let unknown = hash(share.path(), "us-snn", SSN);
    assert!(code(&unknown) == 2 && text(&unknown.stderr).contains("did you mean `us-ssn`?"));
    let nothing = hash(share.path(), "us-ssn", "");
    assert!(code(&nothing) == 2 && text(&nothing.stderr).contains("finds nothing in standard input"));
}
