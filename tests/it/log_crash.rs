//! The activity log and a process that dies, a disk that is full.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use frisk::policy::Action;
use frisk::serve::log::{Filter, Reader};

use crate::log::{decision, entry, ids, settings, start, until};

/// The variable that makes a test the child of another one.
const CHILD: &str = "FRISK_TEST_LOG_CHILD";

/// This test binary once more, running one of the tests below as a child.
fn child(test: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("log_crash::{test}"), "--nocapture", "--ignored"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The log that a child writes.
fn path() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

#[test]
#[ignore = "is the child of `what_was_acknowledged_survives_a_kill`"]
fn writes_until_it_is_killed() {
    let Some(path) = path() else { return };
    let log = start(settings(&path));
    for i in 0_u64.. {
        log.record(entry(decision(&i.to_string(), "ann", Action::Allow)));
        if i % 50 == 0 && log.flush(Duration::from_secs(10)) {
            println!("written {i}");
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    let mut acknowledged = 0;
    for round in 0..3 {
        let mut child = child("writes_until_it_is_killed", &path);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let told = |line: &String| line.strip_prefix("written ").and_then(|n| n.parse::<u64>().ok());
        // In the middle of its work, somewhere else each time.
        let seen = lines.by_ref().filter_map(|line| told(&line)).nth(20 + round * 7).expect("the child writes");
        child.kill().unwrap();
        let last = lines.filter_map(|line| told(&line)).last().unwrap_or(seen);
        assert_eq!(child.wait().unwrap().signal(), Some(9), "it was killed, and did not end by itself");
        acknowledged += last + 1;
        let reader = Reader::open(&path).unwrap();
        let there = reader.count(&Filter::default()).unwrap();
        assert!(there >= acknowledged, "{acknowledged} decisions were acknowledged, {there} are there");
        let database = rusqlite::Connection::open(&path).unwrap();
        let check: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok", "the database is not damaged");
    }
}

/// Lets this process's files grow to so many bytes; more is "file too large", as "no space left" is on a full disk.
fn limit_files(bytes: Option<u64>) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Fsize).maximum;
    setrlimit(Resource::Fsize, Rlimit { current: bytes.or(maximum), maximum }).unwrap();
}

#[test]
#[ignore = "is the child of `a_full_disk_stops_nothing`"]
fn fills_its_disk() {
    let Some(path) = path() else { return };
    // Without this the kernel ends a process that writes more than it may.
    let ignored = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, ignored).unwrap();
    limit_files(Some(200 << 10));
    let log = start(frisk::serve::log::Settings { queue_max: 500, ..settings(&path) });
    let mut slowest = Duration::ZERO;
    let mut taken = 0;
    until("the disk is full, and decisions are lost", || {
        for _ in 0..100 {
            let one = entry(decision(&"x".repeat(100), "ann", Action::Block));
            let start = Instant::now();
            taken += u64::from(log.record(one));
            slowest = slowest.max(start.elapsed());
        }
        let health = log.health();
        !health.ok && health.lost > 1000
    });
    let health = log.health();
    assert!(health.queued == 500 && health.last_error.is_some(), "{health:?}");
    // A disk that hangs for its timeout would take seconds.
    assert!(slowest < Duration::from_secs(2), "a decision waited {slowest:?} for the disk");
    limit_files(None);
    assert!(log.flush(Duration::from_secs(30)), "what waited is written when there is room again");
    let health = log.close(Duration::from_secs(10));
    assert_eq!((health.ok, health.written), (true, taken), "{health:?}");
    println!("kept {taken} lost {}", health.lost);
}

#[test]
fn a_full_disk_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    let output = child("fills_its_disk", &path).wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let line = said.lines().find_map(|line| line.strip_prefix("kept ")).expect("the child says what it kept");
    let (kept, lost) = line.split_once(" lost ").unwrap();
    assert_eq!(ids(&path, &Filter::default()).len().to_string(), kept);
    let losses = Reader::open(&path).unwrap().losses(None, None).unwrap();
    assert_eq!(losses.iter().map(|l| l.count).sum::<u64>().to_string(), lost, "the log says what is missing");
    let database = rusqlite::Connection::open(&path).unwrap();
    let check: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok", "a full disk damages nothing");
}
