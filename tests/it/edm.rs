//! Exact data match and fingerprints on the command line: build, inspect, scan; and that nothing shows a value.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const CSV: &str = "ssn,last_name,dob,city\n\
    219-09-9999,Núñez-O'Brien,1980-01-31,Quito\n\
    536228467,Smith,1975-12-01,Bern\n\
    457555462,Adler,1966-03-09,Oslo\n\
    457 55 5462,ADLER,1966/03/09,oslo\n\
    12,Bo,1990-01-01,Rome\n\
    ,Ann,1990-01-01,Rome\n";
const COLUMNS: &str = "ssn:primary,last_name,dob:date,city";

fn frisk(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frisk"));
    command.current_dir(folder).stdin(Stdio::null()).env_remove("FRISK_EDM_KEY");
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    frisk(folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn ok(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn fails(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr)
}

/// Matches of a rule that a scan reports: level, part or cell, path.
fn matches(folder: &Path, rule: &str, args: &[&str]) -> Vec<(String, String)> {
    let args = [&["scan", "--format", "matches", "--fail-on", "never"], args].concat();
    let lines = ok(folder, &args);
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    lines.filter(|l| l["rule"] == rule).map(|l| (word(&l["path"]), word(&l["confidence"]))).collect()
}

/// A folder with the rows, a key, and an index of them.
fn built() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("staff.csv"), CSV).unwrap();
    fs::write(path.join("key"), "a key of many bytes, not guessed\n").unwrap();
    let args = ["edm", "build", "staff.csv", "--columns", COLUMNS, "--name", "staff", "--key-file", "key"];
    let told = ok(path, &args);
    (folder, told)
}

fn docx(body: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let types = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    let paragraphs: String = body.lines().map(|l| format!("<w:p><w:r><w:t>{l}</w:t></w:r></w:p>")).collect();
    let document = format!(
        r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body></w:document>"#
    );
    for (name, content) in
        [("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", &document)]
    {
        zip.start_file(name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const SCAN: [&str; 4] = ["--edm", "staff.edm", "--edm-key-file", "key"];

#[test]
fn an_index_says_what_became_of_the_rows() {
    let (folder, told) = built();
    for wanted in
        ["3 rows of 6", "1 rows were there already", "blank: line 7", "too short to be sure (--min-length): line 6"]
    {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    let info = ok(folder.path(), &["edm", "info", "staff.edm", "--key-file", "key"]);
    for wanted in
        ["edm-staff", "primary   ssn", "secondary (date) dob", "3 of 6 read", "1 duplicate, 1 blank, 1 short, 0 long"]
    {
        assert!(info.contains(wanted), "{wanted}: {info}");
    }
    let bytes = fs::read(folder.path().join("staff.edm")).unwrap();
    for clear in ["219", "Nú", "nunez", "Smith", "smith", "1975", "Oslo", "oslo"] {
        assert!(!bytes.windows(clear.len()).any(|w| w == clear.as_bytes()), "{clear} stands in the index");
    }
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "nothing else stays behind: {names:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join("staff.edm")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn rows_are_found_in_any_format_and_other_rows_speak_for_nothing() {
    let (folder, _) = built();
    let path = folder.path();
    let write = |name: &str, content: &[u8]| fs::write(path.join(name), content).unwrap();
    write("one.txt", "The employee 536 22 8467 and others.\n".as_bytes());
    write("two.txt", "NUNEZ O\u{2019}BRIEN, no. 219\u{2013}09\u{2013}9999.\n".as_bytes());
    write("mixed.txt", "219099999 Smith, 1975-12-01, Bern\n".as_bytes());
    write("list.csv", b"who,born,ssn\nSmith,1975/12/01,536-22-8467\nAdler,1966-03-09,457555463\n");
    write("letter.docx", &docx("Dear Ms. Adler,\nyour number is 457-55-5462 (born March 9, 1966)."));
    write("none.txt", b"536228468 Smith 1975-12-01\n");
    let all = ["one.txt", "two.txt", "mixed.txt", "list.csv", "letter.docx", "none.txt"];
    let found = matches(path, "edm-staff", &[&SCAN[..], &["--min-confidence", "low"], &all].concat());
    let wanted = [
        ("one.txt", "low"),
        ("two.txt", "medium"),
        ("mixed.txt", "low"),
        ("list.csv", "high"),
        ("letter.docx", "high"),
    ];
    assert_eq!(found, wanted.map(|(path, level)| (path.to_owned(), level.to_owned())));
    let found = matches(path, "edm-staff", &[&SCAN[..], &all].concat());
    assert_eq!(found.len(), 3, "alone it is low, and not reported: {found:?}");
    let found = matches(path, "edm-staff", &[&SCAN[..], &["--edm-min-secondary", "2"], &all].concat());
    assert_eq!(found.len(), 2, "{found:?}");

    // Policies know the rule and its counts; the number is a social security number as well.
    let policy = "on-unscannable = \"monitor\"\non-overload = \"monitor\"\n[[rule]]\nid = \"staff\"\naction = \"block\"\nrules = [\"edm-staff\"]\nmin-confidence = \"high\"\n";
    write("policy.toml", policy.as_bytes());
    ok(path, &[&["policy", "check", "policy.toml"], &SCAN[..]].concat());
    let args =
        [&["scan", "list.csv", "--policy", "policy.toml", "--exit-zero", "--format", "jsonl"], &SCAN[..]].concat();
    let lines = ok(path, &args);
    let record: Value = lines.lines().nth(1).map(|l| serde_json::from_str(l).unwrap()).unwrap();
    assert_eq!((&record["action"], &record["policy_rule"]), (&"block".into(), &"staff".into()));
    let rules: Vec<_> = record["matches"].as_array().unwrap().iter().map(|m| m["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"us-ssn") && rules.contains(&"edm-staff"), "{rules:?}");
    assert!(!lines.contains("8467") && !lines.contains("Smith"));
    let explained = ok(path, &[&["explain", "list.csv", "--rule", "edm-staff"], &SCAN[..]].concat());
    assert!(explained.contains("\"last_name\" of the same row nearby (+15)") && !explained.contains("8467"));
}

#[test]
fn keys_are_never_flags_and_a_wrong_one_is_told() {
    let (folder, _) = built();
    let path = folder.path();
    fs::write(path.join("other"), "another key of many bytes").unwrap();
    fs::write(path.join("short"), "secret").unwrap();
    let scan = |extra: &[&str]| fails(path, &[&["scan", "staff.csv", "--edm", "staff.edm"], extra].concat());
    assert!(scan(&[]).contains("needs the key"));
    assert!(scan(&["--edm-key-file", "other"]).contains("built with another key"));
    assert!(scan(&["--edm-key-file", "short"]).contains("at least 16 bytes"));
    assert!(scan(&["--edm-key-file", "nosuch"]).contains("nosuch"));
    // Several keys: the right one is taken. The environment is one of them.
    let args = ["scan", "staff.csv", "--edm", "staff.edm", "--edm-key-file", "other", "--exit-zero"];
    let output = frisk(path).args(args).env("FRISK_EDM_KEY", "a key of many bytes, not guessed").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn names_and_keys_are_made_where_none_are_given() {
    let (folder, _) = built();
    let path = folder.path();
    fs::rename(path.join("staff.csv"), path.join("All Staff.csv")).unwrap();
    let build = ["edm", "build", "All Staff.csv", "--columns", COLUMNS];
    ok(path, &build);
    let key = fs::read(path.join("all-staff.edm.key")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(path.join("all-staff.edm.key")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let found = frisk(path).args(["scan", "All Staff.csv", "--edm", "all-staff.edm"]).output().unwrap();
    assert!(text(&found.stdout).contains("edm-all-staff"), "{}", text(&found.stderr));
    assert!(ok(path, &["edm", "info", "all-staff.edm"]).contains("all-staff"));
    // The key that is there is taken again.
    ok(path, &build);
    assert_eq!(fs::read(path.join("all-staff.edm.key")).unwrap(), key);
    assert!(fails(path, &["edm", "build", "-", "--columns", COLUMNS]).contains("give --name"));
}

#[test]
fn damaged_indexes_are_errors() {
    let (folder, _) = built();
    let path = folder.path();
    let bytes = fs::read(path.join("staff.edm")).unwrap();
    let mut changed = bytes.clone();
    changed[100] ^= 1;
    let cases: [(&[u8], &str); 5] = [
        (&bytes[..bytes.len() - 1], "is damaged"),
        (&bytes[..70], "is damaged"),
        (&changed, "is damaged"),
        (b"PK\x03\x04 no index at all, and long enough to be one if it were: 0123456789", "is not an index"),
        (b"", "is not an index"),
    ];
    for (content, wanted) in cases {
        fs::write(path.join("bad.edm"), content).unwrap();
        for args in [
            &["scan", "staff.csv", "--edm", "bad.edm", "--edm-key-file", "key"][..],
            &["edm", "info", "bad.edm", "--key-file", "key"],
        ] {
            let told = fails(path, args);
            assert!(told.contains("bad.edm") && told.contains(wanted), "{told}");
        }
    }
}

#[test]
fn wrong_settings_say_how_to_mend_them() {
    let (folder, _) = built();
    let path = folder.path();
    for (args, wanted) in [
        (&["--columns", "ssm:primary", "--name", "x"][..], "did you mean `ssn`?"),
        (&["--columns", "ssn,dob", "--name", "x"], "no column is primary"),
        (&["--columns", "ssn:primary,ssn", "--name", "x"], "named twice"),
        (&["--columns", "dob:primary:date", "--name", "x"], "no column `dob:primary`"),
        (&["--columns", "ssn:primary", "--name", "X y"], "lower-case letters"),
        (&["--columns", "ssn:primary,dob", "--name", "x", "--min-secondary", "2"], "more secondary values"),
        (&["--columns", "ssn:primary", "--name", "x", "--category", "secret"], "personal"),
        (&["--columns", "ssn:primary", "--name", "x", "--max-memory", "1k"], "16 M at least"),
    ] {
        let told = fails(path, &[&["edm", "build", "staff.csv", "--key-file", "key"], args].concat());
        assert!(told.contains(wanted), "{args:?}: {told}");
        assert!(!path.join("x.edm").exists());
    }
    let twice = fails(path, &["scan", ".", "--edm", "staff.edm", "--edm", "staff.edm", "--edm-key-file", "key"]);
    assert!(twice.contains("`edm-staff` is used twice"), "{twice}");
}

/// Numbers that each come once: a walk over nine digits with full period.
fn number(n: u64) -> String {
    format!("{:09}", (n * 618_033_989 + 12_345) % 1_000_000_000)
}

fn rows(folder: &Path, count: u64) {
    let mut out = std::io::BufWriter::new(fs::File::create(folder.join("rows.csv")).unwrap());
    writeln!(out, "ssn;last_name;dob;email").unwrap();
    for n in 0..count {
        let born = format!("{}-{:02}-{:02}", 1940 + n % 70, 1 + n % 12, 1 + n % 28);
        writeln!(out, "{};Name{};{born};a{n}@corp.example", number(n), n % 9973).unwrap();
    }
}

fn planted(folder: &Path, rows: u64) {
    let mut text = String::new();
    for n in [0, rows / 3, rows - 1] {
        let (number, filler) = (number(n), "nothing of note happened on that day. ".repeat(20));
        text.push_str(&format!(
            "{filler}\nName{} has {}-{}-{}.\n",
            n % 9973,
            &number[..3],
            &number[3..5],
            &number[5..]
        ));
    }
    fs::write(folder.join("planted.txt"), text).unwrap();
    let found = matches(folder, "edm-rows", &["planted.txt", "--edm", "rows.edm", "--edm-key-file", "key"]);
    assert_eq!(found, vec![("planted.txt".to_owned(), "medium".to_owned()); 3]);
}

#[test]
fn many_rows_are_sorted_in_files_where_memory_is_short() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    rows(path, 200_000);
    fs::write(path.join("key"), "a key of many bytes, not guessed\n").unwrap();
    let build = ["edm", "build", "rows.csv", "--columns", "ssn:primary,last_name,dob,email", "--name", "rows"];
    // 200,000 records of 56 bytes do not fit into half of 16 MiB.
    let told = ok(path, &[&build[..], &["--key-file", "key", "--max-memory", "16M"]].concat());
    assert!(told.contains("200000 rows of 200000"), "{told}");
    planted(path, 200_000);
    assert_eq!(fs::read_dir(path).unwrap().count(), 4, "nothing else stays behind");
}

/// `cargo test --test it -- --ignored ten_million --nocapture`: says time and peak memory.
#[test]
#[ignore = "takes minutes and 2 GB of disk"]
#[cfg(target_os = "linux")]
fn ten_million_rows_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    rows(path, 10_000_000);
    fs::write(path.join("key"), "a key of many bytes, not guessed\n").unwrap();
    let start = std::time::Instant::now();
    let mut child = frisk(path)
        .args(["edm", "build", "rows.csv", "--columns", "ssn:primary,last_name,dob,email", "--name", "rows"])
        .args(["--key-file", "key", "--max-memory", "256M"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let now = fs::read_to_string(&status).unwrap_or_default();
        let line = now.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = line.trim().trim_end_matches(" kB").parse().unwrap_or(0).max(peak);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let size = fs::metadata(path.join("rows.edm")).unwrap().len();
    println!("10,000,000 rows: {:.0?}, peak {} MiB, index {} MiB", start.elapsed(), peak >> 10, size >> 20);
    assert!(peak >> 10 < 300, "peak {} MiB", peak >> 10);
    planted(path, 10_000_000);
}

/// Words of a form, the same for a seed; no two forms share five in a row.
fn form(seed: usize, words: usize) -> Vec<String> {
    (0..words).map(|n| format!("item{}", (n * 7919 + seed * 104_729) % 4001)).collect()
}

#[test]
fn filled_in_forms_and_excerpts_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let write = |name: &str, content: &[u8]| fs::write(path.join(name), content).unwrap();
    let lines = |words: &[String], fill: &str| -> String {
        words.chunks(12).map(|line| format!("{}: {fill}\n", line.join(" "))).collect()
    };
    let (patent, travel) = (form(1, 240), form(2, 120));
    write("key", b"a key of many bytes, not guessed\n");
    write("patent.docx", &docx(&lines(&patent, "")));
    write("travel.txt", lines(&travel, "").as_bytes());
    write("note.txt", b"too short to be a form");
    fn add<'a>(args: &[&'a str]) -> Vec<&'a str> {
        [&["fingerprint", "add"], args].concat()
    }
    let told = ok(path, &add(&["patent.docx", "--name", "patent", "--key-file", "key", "--output", "forms.fpr"]));
    assert!(told.contains("240 words") && told.contains("under a secret key"), "{told}");
    ok(path, &add(&["travel.txt", "--name", "travel", "--key-file", "key", "--output", "forms.fpr"]));
    let short = fails(path, &add(&["note.txt", "--name", "note", "--key-file", "key"]));
    assert!(short.contains("note.txt: has 6 words") && !path.join("note.fpr").exists(), "{short}");
    assert!(fails(path, &["fingerprint", "info", "forms.fpr"]).contains("needs the key"));
    let info = ok(path, &["fingerprint", "info", "forms.fpr", "--key-file", "key"]);
    assert!(
        info.contains("fingerprint-patent: business, 60 %, 240 words") && info.contains("fingerprint-travel"),
        "{info}"
    );
    assert!(!fs::read(path.join("forms.fpr")).unwrap().windows(4).any(|w| w == b"item"));

    write("filled.txt", lines(&patent, "Ann of Oslo").as_bytes());
    write("mail.txt", format!("See:\n{}\nRegards\n", patent[20..110].join(" ")).as_bytes());
    write("copy.docx", &docx(&lines(&travel, "x")));
    write("other.txt", lines(&form(3, 300), "").as_bytes());
    let scan = ["--fingerprints", "forms.fpr", "--edm-key-file", "key"];
    let all = ["filled.txt", "mail.txt", "copy.docx", "other.txt", "key"];
    let found = matches(path, "fingerprint-patent", &[&scan[..], &all].concat());
    assert_eq!(found.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["filled.txt", "mail.txt"]);
    let found = matches(path, "fingerprint-travel", &[&scan[..], &all].concat());
    assert_eq!(found.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["copy.docx"]);
    let explained = ok(path, &[&["explain", "filled.txt", "--rule", "fingerprint-patent"], &scan[..]].concat());
    assert!(explained.contains("similarity "), "{explained}");
    let explained = ok(path, &[&["explain", "mail.txt", "--rule", "fingerprint-patent"], &scan[..]].concat());
    assert!(explained.contains("excerpt of "), "{explained}");

    let mut bytes = fs::read(path.join("forms.fpr")).unwrap();
    bytes.pop();
    write("forms.fpr", &bytes);
    assert!(fails(path, &[&["scan", "mail.txt"], &scan[..]].concat()).contains("is damaged"));
    // Without a key: made, found, and said so.
    let told = ok(path, &add(&["travel.txt", "--name", "travel"]));
    assert!(told.contains("without a secret key"), "{told}");
    assert_eq!(matches(path, "fingerprint-travel", &["--fingerprints", "travel.fpr", "copy.docx"]).len(), 1);
}
