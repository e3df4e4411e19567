//! Rule packages at the command line: import, scan, policies that name a GUID, and packages that do not load.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const BADGE: &str = include_str!("../../src/find/purview/testdata/badge.xml");
const GUID: &str = "0d3c6a52-6f5e-4d0e-9d0a-1f3f6b1c0003";

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frisk")).current_dir(folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The package in UTF-16 with a byte order mark, as exports are, and a document.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let wide = format!("\u{FEFF}{BADGE}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    fs::write(folder.path().join("pack.xml"), wide).unwrap();
    fs::write(folder.path().join("note.txt"), "badge NW-1234565\nagain NW-1234565\n").unwrap();
    folder
}

#[test]
fn import_tells_what_a_package_holds_and_copies_it() {
    let folder = folder();
    let output = run(folder.path(), &["rules", "import", "pack.xml", "--to", "copy.xml"]);
    let told = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(told.contains("Northwind types by Northwind, version 1.0.0.0: 1 types"), "{told}");
    assert!(told.contains(&format!("badge-number  {GUID}  Badge number")), "{told}");
    assert!(told.contains("levels 85, 65; recommended 75; within 120 characters"), "{told}");
    assert!(told.contains("functions Func_eu_date"), "{told}");
    assert!(fs::read_to_string(folder.path().join("copy.xml")).unwrap().contains("<Term>badge</Term>"));
    let again = run(folder.path(), &["rules", "import", "pack.xml", "--to", "copy.xml"]);
    assert_eq!(again.status.code(), Some(5), "a copy is not overwritten");
    let forced = run(folder.path(), &["rules", "import", "pack.xml", "--to", "copy.xml", "--force"]);
    assert!(forced.status.success());
}

#[test]
fn scans_use_packages_and_policies_name_their_types() {
    let folder = folder();
    let policy = format!(
        "name = \"badges\"\non-unscannable = \"monitor\"\non-overload = \"monitor\"\n[[rule]]\nid = \"badge\"\naction = \"block\"\nrules = [\"{GUID}\"]\n"
    );
    fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let args = ["scan", "note.txt", "--rules", "pack.xml", "--policy", "policy.toml", "--format", "jsonl"];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let file: Value = serde_json::from_str(text(&output.stdout).lines().nth(1).unwrap()).unwrap();
    let found = &file["matches"][0];
    assert_eq!((found["rule"].as_str(), found["sit_guid"].as_str()), (Some("badge-number"), Some(GUID)), "{file}");
    assert_eq!((found["count"].as_u64(), found["unique_count"].as_u64()), (Some(2), Some(1)), "{file}");
    assert_eq!(file["action"], "block", "{file}");
    assert!(!text(&output.stdout).contains("1234565"), "values are hidden");
}

#[test]
fn a_package_that_cannot_be_honoured_does_not_load() {
    let folder = folder();
    let broken =
        BADGE.replace("Func_eu_date", "Func_moon").replace("validators=\"badge_check\"", "validators=\"badge_czech\"");
    fs::write(folder.path().join("pack.xml"), broken).unwrap();
    for args in [&["rules", "import", "pack.xml"][..], &["scan", "note.txt", "--rules", "pack.xml"]] {
        let output = run(folder.path(), args);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("entity `Badge number`: Match: unknown function `Func_moon`"), "{said}");
        assert!(said.contains("pack.xml:14") && said.contains("unknown validator `badge_czech`"), "{said}");
    }
}
