//! What the documentation lists is what the code knows.

use std::fs;
use std::path::Path;

use frisk::blob::Reason;
use frisk::policy::Policy;
use frisk::report::{Date, Suppressions};

fn doc(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

/// First cells of the table below a heading.
fn listed(text: &str, heading: &str) -> Vec<String> {
    let (_, section) = text.split_once(&format!("## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    rows.map(str::to_owned).collect()
}

#[test]
fn every_reason_is_documented_in_its_order() {
    let codes: Vec<_> = Reason::ALL.iter().map(|r| r.code()).collect();
    assert_eq!(listed(&doc("records.md"), "Reason codes"), codes);
    let skips: Vec<_> = Reason::ALL.iter().filter(|r| r.is_skip()).map(|r| format!("`{r}`")).collect();
    assert!(doc("records.md").contains(&format!("Skipped on purpose: {}", skips.join(", "))));
}

#[test]
fn the_example_of_a_suppression_list_loads() {
    let text = doc("suppressions.md");
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let mut list = Suppressions::default();
    list.add("list.toml", example, Date::new(2026, 1, 1)).unwrap_or_else(|e| panic!("{e}"));
    let used: Vec<&str> = list.entries().iter().flat_map(|entry| entry.conditions()).collect();
    for key in ["rule", "fingerprint", "sha256", "regex", "path"] {
        assert!(used.contains(&key), "the example has no `{key}`");
    }
}

#[test]
fn built_in_policies_are_documented_and_the_example_loads() {
    let text = doc("policy.md");
    assert_eq!(listed(&text, "Policies that come with frisk"), Policy::builtin_names().collect::<Vec<_>>());
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let policy = Policy::parse("payments.toml", example).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(policy.name(), "payments");
}
