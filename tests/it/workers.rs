//! Worker processes: the same records as without them, and one record for each file whatever happens to a worker.

use std::collections::BTreeMap;
use std::fs;
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
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"SSN: 536-22-8467\n").unwrap();
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
        while let Ok(length @ 1..) = std::io::Read::read(&mut stdout, &mut buffer) {
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
