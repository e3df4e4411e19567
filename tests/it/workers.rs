//! Worker processes: the same records as without them, and one record for each file whatever happens to a worker.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

fn frisk() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("FRISK_FINGERPRINT_KEY", "the same in both runs");
    command
}

/// Records by path, without what differs from run to run.
fn records(stdout: &[u8]) -> BTreeMap<String, Value> {
    let mut records = BTreeMap::new();
    for line in String::from_utf8(stdout.to_vec()).unwrap().lines() {
        let mut record: Value = serde_json::from_str(line).unwrap();
        if record["type"] == "file" {
            record.as_object_mut().unwrap().remove("timing");
            let path = record["path"].as_str().unwrap().to_owned();
            assert!(records.insert(path.clone(), record).is_none(), "two records of {path}");
        }
    }
    records
}

#[test]
fn records_are_the_same_with_and_without_workers() {
    let scan = |isolate| {
        let output = frisk().args(["scan", "corpus/txt", "corpus/docx", "corpus/bad", "--isolate", isolate]).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let summary = String::from_utf8(output.stdout.clone()).unwrap().lines().last().unwrap().to_owned();
        let mut summary: Value = serde_json::from_str(&summary).unwrap();
        summary.as_object_mut().unwrap().remove("timing");
        (records(&output.stdout), summary)
    };
    let (with, without) = (scan("process"), scan("thread"));
    assert!(with.0.len() > 50);
    assert_eq!(with, without);
}

#[test]
fn standard_input_and_labels_go_through_workers_too() {
    let mut command = frisk();
    command.args(["scan", "-", "--format", "jsonl"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child: Child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"SSN: 536-22-8467\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(records(&output.stdout)["-"]["verdict"], "match");
    let labels = |isolate| frisk().args(["labels", "corpus/label/honest", "--isolate", isolate]).output().unwrap();
    let without_timing = |stdout: &[u8]| records(stdout);
    assert_eq!(without_timing(&labels("process").stdout), without_timing(&labels("thread").stdout));
}

#[test]
fn a_file_that_takes_all_memory_is_a_gap_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    // Every empty array becomes an object of its own in the reader's tree.
    let mut bomb = b"%PDF-1.7\n1 0 obj\n[".to_vec();
    bomb.extend(b"[]".repeat(4 << 20));
    bomb.extend(b"]\nendobj\n2 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 2 0 R>>\n%%EOF\n");
    fs::write(folder.path().join("bomb.pdf"), bomb).unwrap();
    fs::write(folder.path().join("note.txt"), "SSN: 536-22-8467\n").unwrap();
    let scan = frisk().arg("scan").arg(folder.path()).args(["--max-memory", "300M", "--jobs", "1"]).output().unwrap();
    let records = records(&scan.stdout);
    let of = |name: &str| records.iter().find(|(path, _)| path.ends_with(name)).unwrap().1;
    assert_eq!(of("note.txt")["verdict"], "match");
    let bomb = of("bomb.pdf");
    assert_eq!((&bomb["verdict"], &bomb["reasons"][0]["code"]), (&"unknown".into(), &"memory".into()), "{bomb}");
}

#[test]
fn the_doctor_tells_what_protects_a_run() {
    let output = frisk().arg("doctor").output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    for word in ["version ", "rules ", "workers ", "memory ", "pictures ", "rights "] {
        assert!(told.lines().any(|line| line.starts_with(word)), "{word} in {told}");
    }
}

#[test]
fn wrong_arguments_are_told_by_the_supervisor() {
    let output = frisk().args(["scan", "corpus/txt", "--max-memory", "much"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn killed_workers_lose_no_file() {
    let mut command = frisk();
    command.args(["scan", "corpus", "--jobs", "2"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut scan: Child = command.spawn().unwrap();
    let mut stdout = scan.stdout.take().unwrap();
    let (first, begun) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = stdout.read(&mut buffer) {
            bytes.extend_from_slice(&buffer[..length]);
            let _ = first.send(());
        }
        bytes
    });
    begun.recv().unwrap();
    let mut killed = 0;
    while scan.try_wait().unwrap().is_none() {
        if let Some(worker) = children(scan.id()).get(killed % 2) {
            killed += usize::from(
                Command::new("kill").args(["-9", worker]).stderr(Stdio::null()).status().unwrap().success(),
            );
        }
        // Longer each time: a worker that is killed whenever it starts examines nothing.
        std::thread::sleep(Duration::from_millis(40 * killed as u64));
    }
    let output = reader.join().unwrap();
    let found = records(&output);
    let documents = walk(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus")));
    assert_eq!(found.len(), documents, "one record for each file");
    assert!(killed > 0, "no worker was met");
}

#[cfg(target_os = "linux")]
fn children(process: u32) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let of = |task: fs::DirEntry| fs::read_to_string(task.path().join("children")).unwrap_or_default();
    tasks.map(of).flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[cfg(target_os = "linux")]
fn walk(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

/// A scan of the paths it is told, one after the other, with one worker. `environment` is set for it.
#[cfg(target_os = "linux")]
fn scan_of_a_list(arguments: &[&str], environment: &[(&str, String)]) -> Child {
    let mut command = frisk();
    command.args(["scan", "--files-from", "-", "--jobs", "1", "--format", "jsonl"]).args(arguments);
    command.envs(environment.iter().map(|(name, value)| (*name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

#[cfg(target_os = "linux")]
fn signal(name: &str, process: &str) -> bool {
    Command::new("kill").args([name, process]).stderr(Stdio::null()).status().unwrap().success()
}

#[cfg(target_os = "linux")]
#[test]
fn a_stopped_worker_costs_its_file_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["a", "b", "c"] {
        fs::write(path(name), "SSN: 536-22-8467\n").unwrap();
    }
    let mut scan = scan_of_a_list(&["--timeout", "1s"], &[]);
    let mut list = scan.stdin.take().unwrap();
    let mut lines = BufReader::new(scan.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut file = || loop {
        let record: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
        if record["type"] == "file" {
            return (record["path"].clone(), record["verdict"].clone(), record["reasons"][0]["code"].clone());
        }
    };
    writeln!(list, "{}", path("a")).unwrap();
    assert_eq!(file(), (path("a").into(), "match".into(), Value::Null));
    let workers = children(scan.id());
    assert_eq!(workers.len(), 1);
    assert!(signal("-STOP", &workers[0]));
    writeln!(list, "{}\n{}", path("b"), path("c")).unwrap();
    drop(list);
    assert_eq!(file(), (path("b").into(), "unknown".into(), "timeout".into()));
    assert_eq!(file(), (path("c").into(), "match".into(), Value::Null));
    assert_eq!(scan.wait().unwrap().code(), Some(1));
    assert!(is_gone(&workers[0]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_stopped_for_a_while_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in ["a", "b"] {
        fs::write(path(name), "SSN: 536-22-8467\n").unwrap();
    }
    // With its grace that is 2.5 s.
    let mut scan = scan_of_a_list(&["--timeout", "500ms"], &[]);
    let mut list = scan.stdin.take().unwrap();
    let mut told = BufReader::new(scan.stdout.take().unwrap());
    let mut line = String::new();
    writeln!(list, "{}", path("a")).unwrap();
    while !line.contains("\"file\"") {
        line.clear();
        told.read_line(&mut line).unwrap();
    }
    // The worker answers while nobody listens, as it does when the run is stopped a moment after it asked.
    let worker = children(scan.id()).pop().unwrap();
    let run = scan.id().to_string();
    assert!(signal("-STOP", &worker));
    writeln!(list, "{}", path("b")).unwrap();
    drop(list);
    std::thread::sleep(Duration::from_millis(300));
    assert!(signal("-STOP", &run) && signal("-CONT", &worker));
    std::thread::sleep(Duration::from_millis(3700));
    assert!(signal("-CONT", &run));
    let mut rest = Vec::new();
    told.read_to_end(&mut rest).unwrap();
    assert_eq!(records(&rest)[&path("b")]["verdict"], "match");
    scan.wait().unwrap();
}

/// A program that stands in for Tesseract: it works on a picture until `done` is there.
#[cfg(target_os = "linux")]
fn slow_tesseract(folder: &Path) -> Vec<(&'static str, String)> {
    use std::os::unix::fs::PermissionsExt;
    let done = folder.join("done");
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = --list-langs ]; then printf 'List of languages:\\neng\\n'; exit; fi\n\
         cat > /dev/null\nwhile [ ! -e {} ]; do sleep 0.02; done\n",
        done.display()
    );
    let programs = folder.join("programs");
    fs::create_dir(&programs).unwrap();
    fs::write(programs.join("tesseract"), script).unwrap();
    fs::set_permissions(programs.join("tesseract"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    vec![("PATH", format!("{}:{path}", programs.display()))]
}

/// Waits until a worker has Tesseract read a picture, and gives the two. (It is asked for its languages before.)
#[cfg(target_os = "linux")]
fn wait_for_program(scan: &Child) -> (String, String) {
    let reads = |program: &String| {
        let command = fs::read_to_string(format!("/proc/{program}/cmdline")).unwrap_or_default();
        command.contains("tesseract") && !command.contains("--list-langs")
    };
    loop {
        for worker in children(scan.id()) {
            if let Some(program) = children(worker.parse().unwrap()).into_iter().find(reads) {
                return (worker, program);
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a process has ended, be it that nobody asked for its exit code yet.
#[cfg(target_os = "linux")]
fn is_gone(process: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    state.rsplit(')').next().is_none_or(|rest| rest.is_empty() || rest.starts_with(" Z") || rest.starts_with(" X"))
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_outlives_a_supervisor_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pdf/honest/scanned-page.pdf");
    let mut scan = scan_of_a_list(&["--ocr"], &slow_tesseract(folder.path()));
    writeln!(scan.stdin.as_mut().unwrap(), "{picture}").unwrap();
    let (worker, program) = wait_for_program(&scan);
    scan.kill().unwrap();
    scan.wait().unwrap();
    // Without an end of its own either would go on for as long as its file may take: a minute.
    for _ in 0..1500 {
        if is_gone(&worker) && is_gone(&program) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("still there after half a minute");
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_file_that_is_cut_short_costs_nothing_but_its_own_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // The picture holds the reader up; what is behind it is cut off meanwhile.
    let picture = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pdf/honest/scanned-page.pdf")).unwrap();
    let mut tar = Vec::new();
    for (name, bytes) in [("page.pdf", picture), ("long.txt", b"some words and more \n".repeat(1 << 20))] {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = b'0';
        header[257..262].copy_from_slice(b"ustar");
        let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend(header);
        tar.extend(&bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    fs::write(path("note.txt"), "SSN: 536-22-8467\n").unwrap();
    let environment = slow_tesseract(folder.path());
    for isolate in ["process", "thread"] {
        fs::write(path("a.tar"), &tar).unwrap();
        let _ = fs::remove_file(path("done"));
        let mut scan = scan_of_a_list(&["--ocr", "--isolate", isolate], &environment);
        let mut list = scan.stdin.take().unwrap();
        writeln!(list, "{}\n{}", path("a.tar").display(), path("note.txt").display()).unwrap();
        drop(list);
        wait_for_program(&scan);
        fs::File::options().write(true).open(path("a.tar")).unwrap().set_len(1 << 20).unwrap();
        fs::write(path("done"), "").unwrap();
        let mut told = Vec::new();
        scan.stdout.take().unwrap().read_to_end(&mut told).unwrap();
        assert_eq!(scan.wait().unwrap().code(), Some(1));
        let records = records(&told);
        let of = |name: &str| &records[path(name).to_str().unwrap()];
        assert_eq!(of("note.txt")["verdict"], "match");
        let codes: Vec<_> = of("a.tar")["reasons"].as_array().unwrap().iter().map(|reason| &reason["code"]).collect();
        assert_eq!(of("a.tar")["verdict"], "unknown");
        assert_eq!(
            (codes.contains(&&"crashed".into()), codes.contains(&&"changed_during_scan".into())),
            (isolate == "process", true),
            "{codes:?}"
        );
    }
}
