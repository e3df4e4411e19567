//! What the author of a policy is told although it loads; the keys of a policy in schema and documentation.

use std::fs;
use std::path::Path;

use frisk::policy::{Date, Policy};

const HEAD: &str = "on-unscannable = \"block\"\non-overload = \"block\"\n";

fn lint(text: &str) -> Vec<String> {
    let policy = Policy::parse("p.toml", text).unwrap_or_else(|e| panic!("{e}"));
    policy.lint(Date::new(2026, 11, 20)).iter().map(ToString::to_string).collect()
}

fn rules(text: &str) -> String {
    lint(&format!("{HEAD}{text}")).join("\n")
}

fn rule(id: &str, action: &str, conditions: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\naction = \"{action}\"\n{conditions}\n")
}

#[test]
fn a_warning_has_a_code_a_place_and_help() {
    let told = lint("on-unscannable = \"block\"\non-overload = \"allow\"\n");
    assert_eq!(
        told,
        ["warning[L003]: requests that the service has no time for pass without a trace\n  --> p.toml:2\n  \
          = write on-overload = \"block\", or \"monitor\" to see them"]
    );
}

#[test]
fn rules_that_never_apply_or_decide() {
    for (conditions, wanted) in [
        ("min-size = 10\nmax-size = 9", "`min-size` is above `max-size`"),
        ("activities = \"upload\"\nnot-activities = [\"upload\", \"print\"]", "`not-activities` excludes all"),
        ("devices = \"compliant\"\nnot-devices = \"compliant\"", "`not-devices` excludes all"),
        ("event = \"inbox-rule\"\nrules = \"*\"", "events have no file"),
        ("labels = \"none\"\nnot-labels = \"none\"", "without labels, and with one"),
    ] {
        let told = rules(&rule("r", "block", conditions));
        assert!(told.contains("warning[L001]") && told.contains(wanted), "{conditions}: {told}");
    }
    let wide = rule("wide", "block", "rules = [\"iban\", \"us-ssn\"]\nmin-confidence = \"medium\"");
    for (other, shadowed) in [
        (rule("narrow", "block", "rules = \"iban\"\nmin-confidence = \"high\"\nmin-count = 3"), true),
        (rule("narrow", "monitor", "rules = \"iban\"\nactivities = \"upload\""), true),
        (rule("narrow", "block", "rules = \"iban\"\nmin-confidence = \"low\""), false),
        (rule("narrow", "block", "rules = \"email\""), false),
        (rule("narrow", "block", "rules = \"iban\"\nmode = \"monitor\""), false),
    ] {
        let told = rules(&format!("{wide}{other}"));
        assert_eq!(
            told.contains("`narrow` never decides: wherever it applies `wide` applies"),
            shadowed,
            "{other}{told}"
        );
    }
    let later = rules(&format!("{}{wide}", rule("narrow", "block", "rules = \"iban\"\nmin-count = 3")));
    assert!(!later.contains("never decides"), "the first of several decides: {later}");
    assert!(rules(&rule("r", "allow", "activities = \"upload\"")).contains("[[exception]]"));
    assert_eq!(rules(&wide), "", "nothing is wrong with it");
}

#[test]
fn what_is_let_through_and_what_only_watches() {
    for (conditions, wanted) in [
        ("extensions = \"docx\"", "goes by the name"),
        ("users = \"*@example.com\"", "`users` does not hold where that is not known"),
        ("external = true", "nobody knows whether the user is external"),
        ("devices = \"compliant\"", "nothing is known of the device"),
        ("rules = \"*\"\nmin-confidence = \"low\"", "low confidence"),
        ("activities = \"upload\"\nmode = \"monitor\"", "warning[L007]"),
    ] {
        let told = rules(&rule("r", "block", conditions));
        assert!(told.contains(wanted), "{conditions}: {told}");
        let watched = rules(&rule("r", "monitor", conditions));
        assert!(!watched.contains("L003"), "a rule that stops nothing lets nothing through: {watched}");
    }
    assert!(!rules(&rule("r", "block", "devices = [\"unmanaged\"]\nactivities = \"download\"")).contains("L003"));
    assert!(rules("[gaps]\nencrypted = \"allow\"\n").contains("`encrypted` pass without a trace\n  --> p.toml:4"));
    let weak = "[[rule]]\nid = \"r\"\naction = \"quarantine\"\nor-else = \"monitor\"\nactivities = \"upload\"\n";
    assert!(rules(weak).contains("stops nothing where `quarantine` cannot"));
    assert!(lint(&format!("mode = \"monitor\"\n{HEAD}")).join("").contains("L007"));
    assert_eq!(lint(&format!("mode = \"monitor\"\nenforce-from = 2027-01-01\n{HEAD}")), Vec::<String>::new());
}

#[test]
fn expired_exceptions_unknown_labels_unused_names() {
    let exception = |expires: &str, who: &str| {
        format!(
            "[[exception]]\nid = \"e\"\nowner = \"Kim\"\nreason = \"audit\"\nexpires = {expires}\nlifts = \"on-unscannable\"\n{who}\n"
        )
    };
    let told = rules(&exception("2026-11-19", "users = \"lee\""));
    assert!(told.contains("warning[L004]: the exception `e` of Kim expired on 2026-11-19\n  --> p.toml:3"), "{told}");
    assert_eq!(rules(&exception("2026-11-20", "users = \"lee\"")), "", "it is the last day");
    assert!(rules(&exception("2026-12-31", "not-users = \"lee\"")).contains("holds where nothing is known"));

    let names = "[label-names]\nConfidential = \"11111111-2222-3333-4444-555555555555\"\n";
    let label = |word: &str| rules(&format!("{}{names}", rule("r", "block", &format!("labels = \"{word}\""))));
    assert!(label("Confidental").contains("warning[L005]: `r`: no label is called `Confidental`"));
    assert!(label("Confidental").contains("did you mean `Confidential`?"));
    assert_eq!(label("Confidential") + &label("11111111-2222-3333-4444-555555555556"), "");

    let unused = rules(
        "[address-ranges]\noffice = \"192.0.2.0/24\"\n[times.night]\nhours = \"22:00-06:00\"\n[rule-groups]\ncards = \"iban\"\n",
    );
    for name in ["office", "night", "cards"] {
        assert!(unused.contains(&format!("nothing uses `{name}`")), "{unused}");
    }
}

fn docs(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

#[test]
fn the_published_schema_is_that_of_the_parser() {
    let schema = Policy::schema();
    let published = docs("policy.schema.json");
    assert!(published == schema, "docs/policy.schema.json is old: write it anew with `frisk policy schema`");
    let value: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(value["required"], serde_json::json!(["on-unscannable", "on-overload"]));
    assert_eq!(value["$defs"]["rule"]["properties"]["external"]["type"], "boolean");
    assert_eq!(value["additionalProperties"], false);
}

#[test]
fn every_key_is_documented() {
    let text = docs("policy.md");
    let listed = |key: &str| {
        text.lines().any(|line| {
            line.starts_with("| `")
                && line.split('|').nth(1).is_some_and(|cell| cell.split('`').any(|word| word == key))
        })
    };
    let missing: Vec<_> = Policy::keys().filter(|(_, key)| !listed(key)).collect();
    assert!(missing.is_empty(), "docs/policy.md says nothing of {missing:?}");
}

#[test]
fn every_key_of_a_case_is_documented() {
    let text = docs("policy.md");
    let missing: Vec<_> = frisk::policy::Cases::keys().filter(|key| !text.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/policy.md says nothing of {missing:?}");
}
