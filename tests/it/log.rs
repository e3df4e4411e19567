//! The activity log: what goes in comes out, from a live database, in every format; bad disks cost nothing but lines.

use std::fs;
use std::io::Read;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use frisk::blob::{Gap, Reason};
use frisk::label::{Label, State};
use frisk::policy::{Action, Activity, PastDecision, Policy, Situation};
use frisk::report::{Masker, Record, Show};
use frisk::scan::{Context, Scanner};
use frisk::serve::log::{ActivityLog, Decision, Entry, Filter, Format, Moment, Reader, Request, Retention, Settings};
use serde_json::Value;

/// A card number (published test numbers score low, this one is random with a valid check digit).
const CARD: &str = "4539578763621486";
/// Long enough for any disk; nothing here waits so long when all is well.
const LONG: Duration = Duration::from_secs(30);

/// A decision with little in it.
pub fn decision(id: &str, user: &str, action: Action) -> Decision {
    Decision {
        time: Moment::now(),
        id: id.to_owned(),
        frontend: "http".to_owned(),
        user: Some(user.to_owned()),
        action: Some(action),
        policy: Some("payments".to_owned()),
        rule: Some("cards".to_owned()),
        ..Decision::default()
    }
}

pub fn entry(decision: Decision) -> Entry {
    Entry { decision, alerts: Vec::new() }
}

/// Settings that try again soon.
pub fn settings(path: &Path) -> Settings {
    Settings {
        retry_max: Duration::from_millis(100),
        alert_pause_min: Duration::from_millis(20),
        ..Settings::new(path)
    }
}

pub fn start(settings: Settings) -> ActivityLog {
    ActivityLog::start(settings).expect("threads can be started")
}

/// Waits until something holds; fails with what was expected.
pub fn until(expected: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LONG, "expected soon: {expected}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn ids(path: &Path, filter: &Filter) -> Vec<String> {
    let reader = Reader::open(path).unwrap();
    reader.decisions(filter, None).unwrap().map(|d| d.unwrap().id).collect()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("activity.db");
    (folder, path)
}

/// A request with everything known, credentials and a query among it.
fn situation() -> Situation {
    Situation {
        activity: Some(Activity::Download),
        app: Some("files.example".to_owned()),
        user: Some("ann@example.org".to_owned()),
        groups: vec!["finance".to_owned(), "all".to_owned()],
        external: Some(true),
        device_tags: vec!["compliant".to_owned()],
        platform: Some("windows".to_owned()),
        client: Some("browser".to_owned()),
        address: Some("192.0.2.7".parse().unwrap()),
        location: Some("DE".to_owned()),
        time: Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_123)),
        url: Some("https://ann:secret@files.example/d/card.txt?sig=TOKEN#x".to_owned()),
        fields: vec![
            ("accept-language".to_owned(), "de".to_owned()),
            ("X-Auth-Token".to_owned(), "TOKEN".to_owned()),
            ("cookie".to_owned(), "TOKEN".to_owned()),
        ],
        ..Situation::default()
    }
}

fn scanned(show: Show) -> Record {
    let policy = "name = \"payments\"\nmode = \"monitor\"\non-unscannable = \"monitor\"\non-overload = \"block\"\n\
                  [[rule]]\nid = \"cards\"\naction = \"block\"\nrules = [\"credit-card-number\"]\n";
    let policy = Policy::parse("p.toml", policy).unwrap_or_else(|e| panic!("{e}"));
    let masker = Masker::new(show, b"a key for tests");
    let scanner = Scanner::builder().policy(policy).masker(masker).build().unwrap();
    let mut record = scanner.scan(format!("Credit card number: {CARD}\n").as_str(), &Context::named("d/card.txt"));
    record.policy_exceptions = vec!["auditors".to_owned()];
    record
}

fn request() -> Request {
    Request { id: "c-1".to_owned(), frontend: "icap".to_owned(), queue_us: Some(7), ..Request::default() }
}

#[test]
fn everything_but_values_and_secrets_goes_in_and_comes_out() {
    let (_folder, path) = folder();
    let made = Decision::new(&situation(), &scanned(Show::Last4), &request());
    assert_eq!((made.action, made.would), (Some(Action::Monitor), Some(Action::Block)), "what would have been is kept");
    let log = start(settings(&path));
    assert!(log.record(entry(made.clone())), "an empty queue has room");
    assert!(log.flush(LONG), "a good disk takes it");
    let back: Vec<Decision> =
        Reader::open(&path).unwrap().decisions(&Filter::default(), None).unwrap().map(Result::unwrap).collect();
    assert_eq!(back, std::slice::from_ref(&made), "what comes out is what went in");
    assert_eq!(made.url.as_deref(), Some("https://files.example/d/card.txt"), "an address without secrets");
    assert_eq!(made.details.fields, [("accept-language".to_owned(), "de".to_owned())], "no field with credentials");
    let found = &made.details.found[0];
    assert_eq!((found.rule.as_str(), found.category.as_str()), ("credit-card-number", "financial"));
    assert!(found.levels.iter().all(|l| l.count == 1 && l.unique_count == 1), "{found:?}");
    assert_eq!(made.details.evidence[0].masked, "************1486", "masked to the last four");
    // Workers send decisions as JSON.
    let json = serde_json::to_string(&made).unwrap();
    assert_eq!(serde_json::from_str::<Decision>(&json).unwrap(), made, "JSON loses nothing: {json}");
    drop(log);
    let mut bytes = Vec::new();
    for file in fs::read_dir(path.parent().unwrap()).unwrap() {
        bytes.extend(fs::read(file.unwrap().path()).unwrap());
    }
    for secret in [CARD, "TOKEN", "secret"] {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "`{secret}` is in the database");
    }
}

#[test]
fn values_are_masked_whatever_the_scanner_shows() {
    for show in [Show::Nothing, Show::Last4, Show::Full] {
        let made = Decision::new(&situation(), &scanned(show), &request());
        let json = serde_json::to_string(&made).unwrap();
        assert!(!json.contains(CARD), "a value is in the log: {json}");
        let masked = &made.details.evidence[0].masked;
        assert!(matches!(masked.as_str(), "[card:16]" | "************1486"), "expected a mask, got {masked}");
    }
}

#[test]
fn long_requests_are_cut_and_say_so() {
    let mut situation = situation();
    situation.user = Some("u".repeat(10_000));
    situation.groups = vec!["g".to_owned(); 1000];
    let made = Decision::new(&situation, &scanned(Show::Nothing), &request());
    assert_eq!(made.details.cut, ["user", "groups"], "names of what is not whole");
    assert!(made.bytes() < 64 << 10, "{} bytes of one decision", made.bytes());
}

#[test]
fn past_decisions_give_a_policy_the_same_facts() {
    let (_folder, path) = folder();
    let mut record = scanned(Show::Nothing);
    let label = Label {
        id: "9b2d8f3e-0000-4000-8000-000000000001".to_owned(),
        name: Some("Secret".to_owned()),
        tenant: None,
        method: None,
        set_date: None,
        content_bits: Some(8),
        state: State::Removed,
        source: "label_info",
    };
    record.set_labels(std::slice::from_ref(&label), frisk::label::Protection::None);
    let log = start(settings(&path));
    log.record(entry(Decision::new(&situation(), &record, &request())));
    assert!(log.flush(LONG));
    let past: Vec<PastDecision> =
        Reader::open(&path).unwrap().past(&Filter::default()).unwrap().map(Result::unwrap).collect();
    let past = &past[0];
    let fields = situation().fields[..1].to_vec();
    let url = Some("https://files.example/d/card.txt".to_owned());
    assert_eq!(
        past.situation,
        Situation { fields, url, id: Some("c-1".to_owned()), ..situation() },
        "the situation, without its secrets"
    );
    assert_eq!((past.name.as_str(), past.kind, &past.labels[..]), ("card.txt", frisk::blob::Kind::Text, &[label][..]));
    let strict = "name = \"strict\"\non-unscannable = \"block\"\non-overload = \"block\"\n[[rule]]\nid = \"cards\"\naction = \"block\"\n\
                  rules = [\"category:financial\"]\n";
    let policy = Policy::parse("strict.toml", strict).unwrap_or_else(|e| panic!("{e}"));
    let verdict = past.decide(&policy, &mut frisk::policy::Rates::new());
    assert_eq!(verdict.action, Action::Block, "another policy can be asked");
    assert_eq!((past.action, past.rule.as_deref()), (Some(Action::Monitor), Some("cards")));
}

#[test]
fn events_without_content_are_logged() {
    let fields = vec![("forward-to".to_owned(), "bob@example.net".to_owned())];
    let situation = Situation { event: Some("inbox-rule".to_owned()), fields, ..situation() };
    let mut record = Record::new(&Context::default(), "rules");
    record.decide("mail", frisk::policy::Verdict { action: Action::Monitor, ..Default::default() });
    let made = Decision::new(&situation, &record, &request());
    assert_eq!((made.event.as_deref(), made.file, made.status.as_str()), (Some("inbox-rule"), None, ""));
    assert_eq!(made.details.fields.len(), 1, "fields of the event are kept");
}

#[test]
fn requests_without_room_are_logged() {
    let request = Request { action: Some(Action::Block), overloaded: true, total_us: Some(9), ..request() };
    let head = "name = \"payments\"\non-unscannable = \"allow\"\non-overload = \"block\"\n";
    let scanner = Scanner::builder().policy(Policy::parse("p.toml", head).unwrap()).build().unwrap();
    let context = Context { situation: situation(), ..Context::named("d/a.docx") };
    let mut record = scanner.not_examined(Gap::new(Reason::Timeout, "", "no room"), &context);
    record.decide("payments", scanner.policy().overload(&context.situation, "a.docx"));
    let made = Decision::new(&context.situation, &record, &request);
    assert_eq!(
        (made.action, made.rule.as_deref(), made.file.as_deref()),
        (Some(Action::Block), Some("on-overload"), Some("a.docx"))
    );
    assert!(made.details.overloaded && made.details.timing.total == 9 && made.verdict == "unknown", "{made:?}");
}

#[test]
fn the_documentation_lists_every_column_key_and_table() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/activity-log.md")).unwrap();
    let (_folder, path) = folder();
    let log = start(settings(&path));
    log.record(entry(Decision::new(&situation(), &scanned(Show::Last4), &request())));
    assert!(log.flush(LONG));
    let database = rusqlite::Connection::open(&path).unwrap();
    let sql = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
               WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let columns: Vec<(String, String)> = rows.map(Result::unwrap).collect();
    assert!(columns.len() > 30, "{columns:?}");
    let code: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let listed = |word: &str| code.iter().any(|c| c.split([',', ' ', ':', '{', '}', '[', ']']).any(|w| w == word));
    let details: Value = database
        .query_row("SELECT details FROM decisions", [], |row| row.get::<_, String>(0))
        .map(|json| serde_json::from_str(&json).unwrap())
        .unwrap();
    let keys = details.as_object().unwrap().keys().cloned();
    for word in columns.into_iter().flat_map(|(table, column)| [table, column]).chain(keys) {
        assert!(listed(&word), "docs/activity-log.md does not name `{word}`");
    }
}

#[test]
fn filters_choose_and_pages_join() {
    let (_folder, path) = folder();
    let log = start(settings(&path));
    // More than a page, in no order of time.
    let begin = Moment::now().millis() - 10_000_000;
    let many = 1203;
    for i in 0..many {
        let action = if i % 3 == 0 { Action::Block } else { Action::Allow };
        let mut one = decision(&format!("id-{i}"), if i % 2 == 0 { "ann" } else { "bob" }, action);
        one.time = Moment::from_millis(begin + (i * 7919) % many);
        one.file = Some(if i == 5 { "a[1]*.TXT".to_owned() } else { format!("report-{i}.docx") });
        one.activity = Some(if i % 5 == 0 { Activity::Upload } else { Activity::Download });
        one.details.found = (i == 9)
            .then(|| frisk::serve::log::Found { rule: "us-ssn".to_owned(), ..Default::default() })
            .into_iter()
            .collect();
        assert!(log.record(entry(one)));
    }
    assert!(log.flush(LONG));
    let reader = Reader::open(&path).unwrap();
    let count = |filter: Filter| reader.count(&filter).unwrap();
    let all: Vec<Moment> = reader.decisions(&Filter::default(), None).unwrap().map(|d| d.unwrap().time).collect();
    assert_eq!(all.len() as i64, many, "every page is read");
    assert!(all.is_sorted(), "in the order of time");
    let last: Vec<Moment> = reader.decisions(&Filter::default(), Some(10)).unwrap().map(|d| d.unwrap().time).collect();
    assert_eq!(last, all[all.len() - 10..], "the newest ten, oldest first");
    let blocked = Filter { action: Some(Action::Block), user: Some("ANN".to_owned()), ..Filter::default() };
    assert_eq!(count(blocked), 201, "users in any case, and all conditions at once");
    let since = Filter { since: Some(Moment::from_millis(begin + 1000)), ..Filter::default() };
    assert_eq!(count(since), 203);
    let until = Filter { until: Some(Moment::from_millis(begin + 1000)), ..Filter::default() };
    assert_eq!(count(until), 1000);
    for (rule, expected) in [("cards", 1203), ("us-ssn", 1), ("us-*", 1), ("us", 0), ("*", 1203)] {
        assert_eq!(count(Filter { rule: Some(rule.to_owned()), ..Filter::default() }), expected, "rule {rule}");
    }
    for (file, expected) in [("a[1]*.txt", 1), ("[1]", 1), ("REPORT-12", 14), ("report-?.docx", 9), ("x", 1203)] {
        let found = count(Filter { file: Some(file.to_owned()), ..Filter::default() });
        assert_eq!(found, expected, "file {file}");
    }
    assert_eq!(count(Filter { id: Some("id-7".to_owned()), ..Filter::default() }), 1);
    assert_eq!(count(Filter { activity: Some(Activity::Upload), ..Filter::default() }), 241);
    let stats = reader.stats(&Filter::default()).unwrap();
    assert_eq!((stats.decisions, stats.actions.names[0].clone()), (1203, ("allow".to_owned(), 802)));
    assert_eq!(stats.users.names, [("ann".to_owned(), 602), ("bob".to_owned(), 601)]);
    assert_eq!(stats.detection_rules.names, [("us-ssn".to_owned(), 1)]);
    assert_eq!(stats.policy_rules.names, [("cards".to_owned(), 1203)]);
}

#[test]
fn readers_read_while_one_writes() {
    let (_folder, path) = folder();
    let log = start(settings(&path));
    log.record(entry(decision("first", "ann", Action::Allow)));
    assert!(log.flush(LONG));
    let readers: Vec<Reader> = (0..2).map(|_| Reader::open(&path).unwrap()).collect();
    // Both in the middle of a page.
    let mut iterators: Vec<_> = readers.iter().map(|r| r.decisions(&Filter::default(), None).unwrap()).collect();
    for iterator in &mut iterators {
        assert_eq!(iterator.next().unwrap().unwrap().id, "first");
    }
    for i in 0..2000 {
        assert!(log.record(entry(decision(&format!("{i}"), "bob", Action::Allow))), "readers keep nobody waiting");
    }
    assert!(log.flush(LONG), "the writer writes on");
    for reader in &readers {
        assert_eq!(reader.count(&Filter::default()).unwrap(), 2001, "a reader sees what came in meanwhile");
    }
    let output = frisk(&["log", "stats", "--json", "--log", path.to_str().unwrap()]);
    assert_eq!(
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["decisions"],
        2001,
        "and so does another process"
    );
}

#[test]
fn a_disk_that_comes_back_gets_what_waited_and_is_told_what_was_lost() {
    let (_folder, path) = folder();
    let away = path.parent().unwrap().join("mount");
    let path = away.join("activity.db");
    let log = start(Settings { queue_max: 10, ..settings(&path) });
    until("the health says that the disk is bad", || !log.health().ok);
    let taken = (0..50).filter(|i| log.record(entry(decision(&i.to_string(), "ann", Action::Block)))).count();
    let health = log.health();
    assert_eq!((taken, health.queued, health.lost), (10, 10, 40), "a full queue loses, and counts");
    assert!(health.last_error.is_some() && !log.flush(Duration::from_millis(50)), "and says why");
    fs::create_dir(&away).unwrap();
    assert!(log.flush(LONG), "what waited is written");
    until("the health is good again", || log.health().ok);
    assert_eq!(ids(&path, &Filter::default()).len(), 10);
    log.record(entry(decision("after", "ann", Action::Allow)));
    assert!(log.flush(LONG));
    let losses = Reader::open(&path).unwrap().losses(None, None).unwrap();
    assert_eq!(losses.iter().map(|l| l.count).sum::<u64>(), 40, "the log itself says what is missing");
    // It goes away while it is open, and comes back as another folder.
    fs::rename(&away, away.with_extension("gone")).unwrap();
    log.record(entry(decision("waits", "ann", Action::Allow)));
    until("the health says that the file is gone", || !log.health().ok);
    fs::create_dir(&away).unwrap();
    assert!(log.flush(LONG));
    assert_eq!(ids(&path, &Filter::default()), ["waits"], "nothing goes into a file that nobody sees");
    let health = log.close(LONG);
    assert_eq!((health.written, health.lost, health.queued), (12, 40, 0));
}

#[test]
fn a_damaged_database_is_moved_aside() {
    let (folder, path) = folder();
    {
        let log = start(settings(&path));
        for i in 0..500 {
            log.record(entry(decision(&i.to_string(), "ann", Action::Allow)));
        }
        assert!(log.flush(LONG));
    }
    let mut bytes = fs::read(&path).unwrap();
    // Every page but the first: its header is good.
    for byte in &mut bytes[4096..] {
        *byte = 0xee;
    }
    fs::write(&path, &bytes).unwrap();
    let log = start(settings(&path));
    log.record(entry(decision("new", "ann", Action::Allow)));
    assert!(log.flush(LONG), "a new log is begun");
    let health = log.health();
    let aside = health.moved_aside.clone().expect("the health says where the damaged one is");
    assert!(
        health.ok && fs::read(folder.path().join(&aside)).unwrap()[4096..] == bytes[4096..],
        "nothing is thrown away"
    );
    drop(log);
    assert_eq!(ids(&path, &Filter::default()), ["new"]);
    // Something that is no database at all.
    fs::write(&path, "nothing of ours ".repeat(1000)).unwrap();
    let log = start(settings(&path));
    log.record(entry(decision("newer", "ann", Action::Allow)));
    assert!(log.flush(LONG));
    assert_eq!(ids(&path, &Filter::default()), ["newer"]);
}

#[test]
fn databases_of_others_and_of_newer_versions_are_left_alone() {
    for (pragma, said) in
        [("user_version = 99; PRAGMA application_id = 1718776683", "newer"), ("user_version = 1", "another program")]
    {
        let (_folder, path) = folder();
        let other = rusqlite::Connection::open(&path).unwrap();
        other.execute_batch(&format!("CREATE TABLE t (x); INSERT INTO t VALUES (1); PRAGMA {pragma}")).unwrap();
        let log = start(settings(&path));
        until("it is refused", || log.health().last_error.is_some_and(|e| e.contains(said)));
        assert!(log.record(entry(decision("1", "ann", Action::Allow))), "and still keeps nobody waiting");
        let health = log.close(Duration::from_millis(200));
        assert_eq!((health.ok, health.lost, health.moved_aside), (false, 1, None));
        assert_eq!(other.query_row("SELECT x FROM t", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    }
}

#[test]
fn old_decisions_go_by_age_and_by_size() {
    let (_folder, path) = folder();
    let bytes = 1 << 20;
    let retention = Retention { age: Some(Duration::from_secs(3600)), bytes: Some(bytes) };
    let log = start(Settings { retention, ..settings(&path) });
    for i in 0..10 {
        let mut old = decision(&format!("old-{i}"), "ann", Action::Allow);
        old.time = Moment::from_millis(Moment::now().millis() - 7_200_000);
        log.record(entry(old));
    }
    for i in 0..20 {
        log.record(entry(decision(&i.to_string(), "ann", Action::Allow)));
    }
    assert!(log.flush(LONG));
    until("what is too old is gone", || ids(&path, &Filter::default()).len() == 20);
    for i in 0..20_000 {
        while !log.record(entry(decision(&format!("{i}-{}", "x".repeat(200)), "ann", Action::Allow))) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert!(log.flush(LONG));
    let used = || {
        let db = rusqlite::Connection::open(&path).unwrap();
        let number =
            |pragma: &str| db.query_row(&format!("PRAGMA {pragma}"), [], |r| r.get::<_, i64>(0)).unwrap() as u64;
        (number("page_count") - number("freelist_count")) * number("page_size")
    };
    until("it is as small as it should be", || used() <= bytes);
    let left = ids(&path, &Filter::default());
    assert!(!left.is_empty() && left.last().unwrap().starts_with("19999-"), "the newest stay");
    let whole = || {
        let db = rusqlite::Connection::open(&path).unwrap();
        let number =
            |pragma: &str| db.query_row(&format!("PRAGMA {pragma}"), [], |r| r.get::<_, i64>(0)).unwrap() as u64;
        number("page_count") * number("page_size")
    };
    until("free pages go back to the file system", || whole() <= bytes + (5 << 20));
}

fn frisk(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frisk"))
        .args(args)
        .env_remove("FRISK_ACTIVITY_LOG")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A log with the decision of a scan, and an odd one.
fn sample() -> (tempfile::TempDir, String) {
    let (folder, path) = folder();
    let log = start(settings(&path));
    log.record(entry(Decision::new(&situation(), &scanned(Show::Last4), &request())));
    let mut odd = decision("c-2", "=cmd|' /C calc'!A0", Action::Block);
    odd.file = Some("a|b=c\\d\n\u{1b}[31m,\"x\".txt".to_owned());
    odd.address = Some("2001:db8::1".parse().unwrap());
    log.record(entry(odd));
    assert!(log.flush(LONG));
    (folder, path.to_str().unwrap().to_owned())
}

#[test]
fn the_command_shows_filters_and_exports() {
    let (_folder, path) = sample();
    let run = |args: &[&str]| {
        let output = frisk(&[&["log"], args, &["--log", &path]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let shown = text(&output.stdout).to_owned();
        assert!(!shown.contains(CARD) && !shown.contains('\u{1b}'), "a value or an escape is shown: {shown}");
        shown
    };
    let table = run(&[]);
    assert_eq!(table.lines().count(), 3, "a head and two decisions: {table}");
    assert!(
        table.contains("2026-01-01T00:00:00Z") && table.contains("(block)") && table.contains("credit-card-number 1")
    );
    assert_eq!(run(&["--since", "7d", "--action", "block", "--user", "=CMD|' /C calc'!A0"]).lines().count(), 2);
    assert_eq!(run(&["--id", "nothing"]).lines().count(), 1, "nothing found is no error");
    let jsonl = run(&["--format", "jsonl", "--would", "block"]);
    let line: Value = serde_json::from_str(&jsonl).unwrap();
    assert_eq!(
        (&line["type"], &line["would"], &line["exceptions"][0]),
        (&"decision".into(), &"block".into(), &"auditors".into())
    );
    let csv = run(&["--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let user = reader.headers().unwrap().iter().position(|h| h == "User").unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("as many cells as columns")).collect();
    assert_eq!((rows.len(), &rows[1][user]), (2, "'=cmd|' /C calc'!A0"), "no formula comes through");
    let ocsf = run(&["--format", "ocsf"]);
    let events: Vec<Value> = ocsf.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((&events[0]["class_uid"], &events[0]["type_uid"]), (&2006.into(), &200_601.into()));
    assert_eq!(events[0]["data_security"]["discovery_details"][0]["count"], 1);
    assert_eq!((&events[0]["action_id"], &events[1]["disposition_id"]), (&1.into(), &2.into()));
    let cef = run(&["--format", "cef"]);
    let second = cef.lines().nth(1).unwrap();
    assert!(second.starts_with("CEF:0|frisk|frisk|") && second.contains("|cards|block of file|7|"), "{second}");
    assert!(second.contains(r#"fname=a|b\=c\\d\n [31m,"x".txt"#), "escapes of the extension: {second}");
    assert!(second.contains("c6a2=2001:db8::1 "), "{second}");
    let stats = run(&["stats"]);
    assert!(stats.starts_with("2 decisions from 2026-01-01") && stats.contains("by detection rule"), "{stats}");
    assert!(run(&["prune", "--older-than", "2026-01-02"]).starts_with("1 decisions deleted"));
    assert_eq!(run(&[]).lines().count(), 2);
}

#[test]
fn the_command_fails_as_agreed_and_a_closed_pipe_is_quiet() {
    let (folder, path) = sample();
    let missing = folder.path().join("none.db");
    for (args, code) in [
        (&["log"][..], 2),
        (&["log", "--log", &path, "--since", "soon"], 2),
        (&["log", "--log", &path, "--action", "explode"], 2),
        (&["log", "--log", &path, "--syslog", "ftp://x"], 2),
        (&["log", "--log", missing.to_str().unwrap()], 5),
        (&["log", "prune", "--log", missing.to_str().unwrap(), "--older-than", "1d"], 5),
        (&["log", "prune", "--log", &path, "--older-than", "2999-01-01"], 2),
        (&["log", "--log", &path, "--syslog", "unix:///nowhere/log"], 5),
    ] {
        let output = frisk(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{args:?} says why on standard error");
    }
    assert!(!missing.exists(), "reading makes no log");
    let log = start(settings(Path::new(&path)));
    for i in 0..5000 {
        log.record(entry(decision(&i.to_string(), "ann", Action::Allow)));
    }
    assert!(log.flush(LONG));
    let mut child = Command::new(env!("CARGO_BIN_EXE_frisk"))
        .args(["log", "--log", &path, "--format", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "a reader who has seen enough is no error");
}

#[test]
fn syslog_messages_arrive_over_udp_and_counted_over_tcp() {
    let (_folder, path) = sample();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_read_timeout(Some(LONG)).unwrap();
    let address = format!("udp://{}", udp.local_addr().unwrap());
    let output = frisk(&["log", "--log", &path, "--syslog", &address]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut buffer = vec![0; 65_536];
    for severity in [4, 4] {
        let length = udp.recv(&mut buffer).unwrap();
        let message = text(&buffer[..length]);
        assert!(
            message.starts_with(&format!("<{}>1 20", 13 * 8 + severity)) && message.contains(" frisk "),
            "{message}"
        );
        assert!(message.contains(" activity - CEF:0|frisk|"), "{message}");
    }
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", tcp.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let mut all = Vec::new();
        tcp.accept().unwrap().0.read_to_end(&mut all).unwrap();
        all
    });
    assert_eq!(frisk(&["log", "--log", &path, "--syslog", &address]).status.code(), Some(0));
    let all = server.join().unwrap();
    let (mut rest, mut messages) = (&all[..], 0);
    while !rest.is_empty() {
        let space = rest.iter().position(|b| *b == b' ').unwrap();
        let length: usize = text(&rest[..space]).parse().expect("a frame begins with its length");
        let message = text(&rest[space + 1..][..length]);
        assert!(message.starts_with("<108>1 "), "a frame holds a message: {message}");
        rest = &rest[space + 1 + length..];
        messages += 1;
    }
    assert_eq!(messages, 2);
}

#[test]
fn formats_of_an_empty_decision_hold_together() {
    let empty = Decision::default();
    for format in [Format::Table, Format::Jsonl, Format::Csv, Format::Ocsf, Format::Cef] {
        let line = format.line(&empty);
        assert!(line.ends_with('\n') && line.trim_end().lines().count() == 1, "{format:?}: {line}");
    }
}
