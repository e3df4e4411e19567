//! The policies that come with frisk: each loads, names only rules that exist, warns of nothing that is not meant, and
//! decides its cases as they say. A new policy needs a list entry and a file of cases, nothing here.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use frisk::find::Ruleset;
use frisk::policy::{Cases, Date, Policy};

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::builtin().unwrap());

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

fn load(name: &str) -> Policy {
    let policy = Policy::builtin(name).unwrap_or_else(|| {
        let text = fs::read_to_string(folder().join(format!("{name}.toml"))).unwrap();
        panic!("{}", Policy::parse(name, &text).unwrap_err())
    });
    let known = RULESET.rules().iter().map(|rule| (rule.id.as_str(), rule.category.name()));
    policy.check_rules(known).unwrap_or_else(|e| panic!("{e}"));
    policy
}

#[test]
fn every_file_is_a_built_in_policy_or_its_cases() {
    let mut files: Vec<String> =
        fs::read_dir(folder()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    let mut wanted: Vec<String> =
        Policy::builtin_names().flat_map(|name| [format!("{name}.toml"), format!("{name}.tests.toml")]).collect();
    files.sort();
    wanted.sort();
    assert_eq!(files, wanted, "policies/ holds what the program holds");
}

#[test]
fn all_cases_come_out_as_they_say() {
    let mut problems = Vec::new();
    for name in Policy::builtin_names() {
        let policy = load(name);
        let (file, text) = Policy::builtin_cases(name).unwrap();
        let cases = Cases::parse(&file, text).unwrap_or_else(|e| panic!("{e}"));
        assert!(!cases.is_empty(), "{name} has no case");
        assert_eq!(cases.untested(&policy), Vec::<String>::new(), "{name}: no case is decided by these rules");
        for result in cases.run(&policy, &RULESET).into_iter().filter(|result| !result.problems.is_empty()) {
            problems.push(format!("{} ({}): {}", result.place, result.id, result.problems.join("; ")));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn no_policy_warns_of_what_is_not_meant() {
    for name in Policy::builtin_names() {
        let told: Vec<String> = load(name).lint(Date::new(2026, 1, 1)).iter().map(ToString::to_string).collect();
        // What is only known of some requests is what such a rule is about.
        let meant = |lint: &&String| !lint.contains("nobody knows whether the user is external");
        let unmeant: Vec<&String> = told.iter().filter(meant).collect();
        assert!(unmeant.is_empty(), "{name}: {unmeant:#?}");
    }
}

#[test]
fn cases_that_do_not_hold_are_told() {
    let policy = Policy::builtin("payment-data").unwrap();
    let run = |text: &str| {
        let cases = Cases::parse("c.toml", text).unwrap_or_else(|e| panic!("{e}"));
        cases.run(&policy, &RULESET).remove(0).problems
    };
    let case = "[[case]]\nid = \"a\"\nactivity = \"upload\"\n";
    let wrong = run(&format!("{case}action = \"block\"\nrule = \"cards\"\nmessage = \"x\"\nrules = [\"cards\"]\n"));
    let expected = [
        "action is allow, expected block",
        "rule is none, expected cards",
        "rules is none, expected cards",
        "message is \"\", expected \"x\" in it",
    ];
    assert_eq!(wrong, expected);
    let unknown = run(&format!("{case}action = \"allow\"\nfound = [{{ rule = \"ibn\" }}]\n"));
    assert_eq!(unknown, ["no detection rule is called `ibn`; did you mean `iban`?"]);
    for (line, wanted) in [
        ("action = \"blok\"", "did you mean `block`?"),
        ("activty = \"x\"", "did you mean `activity`?"),
        ("action = \"allow\"\ntime = \"now\"", "without quotes"),
        ("action = \"allow\"\nposition = [91, 0]", "`position` is no place"),
        ("action = \"allow\"\nlabels = [{ id = \"x\", state = \"gone\" }]", "`state` does not know"),
        ("rule = \"x\"", "required key `action`"),
    ] {
        let error = Cases::parse("c.toml", &format!("[[case]]\nid = \"a\"\n{line}\n")).unwrap_err().to_string();
        assert!(error.contains(wanted), "{line}: {error}");
    }
}
