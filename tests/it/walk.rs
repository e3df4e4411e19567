//! Folders that are deep, names that are long or odd, and what is exchanged while a run goes on.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
use serde_json::Value;

const NOTE: &[u8] = b"SSN: 536-22-8467\n";

fn scan(folder: &Path, args: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = Command::new(env!("CARGO_BIN_EXE_frisk")).current_dir(folder).arg("scan").args(args).output().unwrap();
    let lines = output.stdout.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    let records = lines.map(|line| serde_json::from_slice(line).unwrap()).filter(|line: &Value| line["type"] == "file");
    (output.status.code(), records.collect())
}

/// Folders called `name` inside each other, a note in the last one.
fn nest(folder: &Path, name: &str, depth: usize) {
    let mut at: OwnedFd = openat(CWD, folder, OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..depth {
        mkdirat(&at, name, Mode::RWXU).unwrap();
        at = openat(&at, name, OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    let note = openat(&at, "note", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR).unwrap();
    fs::File::from(note).write_all(NOTE).unwrap();
}

#[test]
fn what_lies_deeper_than_the_longest_path_is_read() {
    let folder = tempfile::tempdir().unwrap();
    nest(folder.path(), &"n".repeat(250), 20);
    for isolate in ["process", "thread"] {
        let (code, records) = scan(folder.path(), &[".", "--isolate", isolate]);
        assert_eq!((code, records.len()), (Some(1), 1), "{isolate}");
        assert!(records[0]["path"].as_str().unwrap().len() > 5000 && records[0]["verdict"] == "match");
    }
}

#[test]
fn what_took_the_place_of_a_file_while_it_waited_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("outside")).unwrap();
    fs::write(path("outside/secret"), NOTE).unwrap();
    fs::create_dir_all(path("share/folder")).unwrap();
    fs::create_dir(path("share/later")).unwrap();
    // Far more files than are listed ahead, so that the last ones are exchanged before anyone looks at them; or after.
    (0..3000).for_each(|i| fs::write(path(&format!("share/a{i:04}")), "x").unwrap());
    for name in ["share/folder/secret", "share/later/secret", "share/link", "share/pipe"] {
        fs::write(path(name), "x").unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
    command.arg("scan").arg(path("share")).args(["--jobs", "1", "--timeout", "20s"]).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut records = vec![lines.next().unwrap(), lines.next().unwrap()];
    fs::rename(path("share/folder"), path("moved")).unwrap();
    std::os::unix::fs::symlink("../outside", path("share/folder")).unwrap();
    fs::remove_file(path("share/link")).unwrap();
    std::os::unix::fs::symlink("../outside/secret", path("share/link")).unwrap();
    fs::remove_file(path("share/pipe")).unwrap();
    assert!(Command::new("mkfifo").arg(path("share/pipe")).status().unwrap().success());
    fs::remove_dir_all(path("share/later")).unwrap();
    records.extend(lines);
    assert_eq!(child.wait().unwrap().code(), Some(3), "nothing is found, what vanished could not be opened");
    let records = records.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let codes: Vec<_> = records
        .filter(|r| r["type"] == "file" && !r["path"].as_str().unwrap().contains("/a"))
        .map(|r| {
            (r["path"].as_str().unwrap().rsplit("share/").next().unwrap().to_owned(), r["reasons"][0]["code"].clone())
        })
        .collect();
    let wanted = [("folder", "symlink"), ("later", "not_found"), ("link", "symlink"), ("pipe", "special_file")];
    assert_eq!(codes, wanted.map(|(name, code)| (name.to_owned(), code.into())));
}

#[test]
fn files_without_a_size_are_read() {
    // Files of the kernel have a length of 0, and content.
    let (code, records) = scan(Path::new("/proc/self"), &["status", "--format", "jsonl"]);
    assert_eq!((code, &records[0]["status"]), (Some(0), &"ok".into()));
    assert!(records[0]["stats"]["bytes_in"].as_u64().unwrap() > 100, "{}", records[0]);
}

#[test]
fn odd_names_come_out_unharmed() {
    let folder = tempfile::tempdir().unwrap();
    let names: [&[u8]; 8] = [
        b"\x1b[31mred",
        b"a\nb",
        b"a\\u{a}b",
        b"caf\xe9",
        b"caf\xff",
        "\u{9b}31m".as_bytes(),
        "\u{202e}gpj".as_bytes(),
        b" \t",
    ];
    for name in names {
        fs::write(folder.path().join(OsStr::from_bytes(name)), NOTE).unwrap();
    }
    for format in ["jsonl", "matches", "human"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
        let told = command.current_dir(folder.path()).args(["scan", ".", "--format", format]).output().unwrap().stdout;
        let told = String::from_utf8(told).unwrap();
        assert!(!told.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'), "{format}");
        let mut paths: Vec<String> =
            told.lines().filter(|line| line.contains("us-ssn") && line.contains("./")).map(str::to_owned).collect();
        if format == "human" {
            paths.iter_mut().for_each(|line| line.truncate(line.find("  us-ssn").unwrap()));
        }
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), names.len(), "{format}: {paths:?}");
    }
    let (_, records) = scan(folder.path(), &["."]);
    let utf8 = names.map(|name| String::from_utf8(name.to_vec())).into_iter().flatten();
    for name in utf8 {
        assert!(records.iter().any(|r| r["path"] == format!("./{name}")), "{name:?}");
    }
}
