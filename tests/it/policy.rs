//! Policies: what they decide, and what their authors are told about mistakes.

use frisk::blob::{Gap, Kind, Reason};
use frisk::find::Level;
use frisk::label::{Label, Protection, State};
use frisk::policy::{Action, Facts, Finding, Policy, Situation};

const NOTHING: Facts<'_> = Facts {
    name: "a.txt",
    kind: Kind::Text,
    size: 10,
    findings: &[],
    labels: &[],
    protection: Protection::None,
    gaps: &[],
    suspicions: &[],
    situation: &Situation::UNKNOWN,
};

fn card(level: Level, count: u64, unique: u64) -> Finding<'static> {
    let (rule, name, category) = ("credit-card-number", "Payment card number", "financial");
    Finding { rule, name, category, level, count, unique }
}

fn policy(text: &str) -> Policy {
    Policy::parse("p.toml", text).unwrap_or_else(|e| panic!("{e}"))
}

fn error(text: &str) -> String {
    Policy::parse("p.toml", text).expect_err("the policy is wrong").to_string()
}

fn label(name: &str, state: State) -> Label {
    Label {
        id: "11111111-2222-3333-4444-555555555555".to_owned(),
        name: Some(name.to_owned()),
        tenant: None,
        method: None,
        set_date: None,
        content_bits: None,
        state,
        source: "label_info",
    }
}

#[test]
fn built_in_policies_load() {
    for name in Policy::builtin_names() {
        let policy = Policy::builtin(name).unwrap_or_else(|| panic!("{name} does not load"));
        assert_eq!(policy.name(), name);
    }
    assert_eq!(Policy::default_policy().rule_ids().collect::<Vec<_>>(), ["found"]);
    assert!(Policy::builtin("nosuch").is_none());
}

#[test]
fn the_most_restrictive_wins_and_all_are_listed() {
    let policy = policy(
        r#"
        on-unscannable = "monitor"
        on-overload = "monitor"
        [[rule]]
        id = "watch"
        action = "monitor"
        rules = ["*"]
        [[rule]]
        id = "many"
        action = "block"
        rules = ["credit-*", "us-ssn"]
        min-count = 3
        min-unique = 2
        min-confidence = "high"
        message = "{file}: {count} of {rules}"
        [[rule]]
        id = "money"
        action = "block"
        rules = ["category:financial"]
        min-count = 4
        "#,
    );
    let findings = [card(Level::High, 3, 2), card(Level::Medium, 4, 2), card(Level::Low, 4, 2)];
    let verdict = policy.decide(&Facts { name: "{rules}.txt", findings: &findings, ..NOTHING });
    assert_eq!(verdict.action, Action::Block);
    assert_eq!(verdict.rule.as_deref(), Some("many"));
    assert_eq!(verdict.matched_rules, ["watch", "many", "money"]);
    assert_eq!(verdict.message.as_deref(), Some("{rules}.txt: 3 of Payment card number"));
    assert_eq!(verdict.message_id.as_deref(), Some("p.many"));
    assert_eq!(verdict.reasons.len(), 3);

    let few = policy.decide(&Facts { findings: &[card(Level::High, 3, 1), card(Level::Medium, 3, 1)], ..NOTHING });
    assert_eq!((few.action, few.matched_rules), (Action::Monitor, vec!["watch".to_owned()]));
    assert_eq!(policy.decide(&NOTHING).action, Action::Allow);
}

#[test]
fn all_of_several_rules() {
    let text = "on-unscannable = \"allow\"\non-overload = \"allow\"\n[[rule]]\nid = \"both\"\naction = \"block\"\nall = true\n\
                rules = [\"credit-card-number\", \"us-ssn\"]\n";
    let policy = policy(text);
    let ssn = Finding { rule: "us-ssn", name: "SSN", category: "personal", ..card(Level::Medium, 1, 1) };
    let decide = |findings: &[Finding<'_>]| policy.decide(&Facts { findings, ..NOTHING }).action;
    assert_eq!(decide(&[ssn]), Action::Allow);
    assert_eq!(decide(&[ssn, card(Level::Medium, 1, 1)]), Action::Block);
}

#[test]
fn gaps_are_worth_what_the_policy_says() {
    let text = "on-unscannable = \"block\"\non-overload = \"block\"\n[gaps]\nimage_only = \"allow\"\ntoo_large = \"monitor\"\n";
    let policy = policy(text);
    let decide = |reasons: &[Reason]| {
        let gaps: Vec<Gap> = reasons.iter().map(|r| Gap::new(*r, "", "")).collect();
        policy.decide(&Facts { gaps: &gaps, ..NOTHING })
    };
    assert_eq!(decide(&[]).action, Action::Allow);
    assert_eq!(decide(&[Reason::ImageOnly]).action, Action::Allow);
    assert_eq!(decide(&[Reason::ImageOnly, Reason::TooLarge]).action, Action::Monitor);
    let sealed = decide(&[Reason::TooLarge, Reason::PasswordProtected]);
    assert_eq!((sealed.action, sealed.rule.as_deref()), (Action::Block, Some("on-unscannable")));
    assert_eq!(sealed.reasons, ["on-unscannable: not wholly examined (password_protected)"]);
}

#[test]
fn labels_kinds_extensions_sizes() {
    let rule = |condition: &str| {
        policy(&format!(
            "on-unscannable = \"allow\"\non-overload = \"allow\"\n[[rule]]\nid = \"r\"\naction = \"block\"\n{condition}\n"
        ))
    };
    let applies = |condition: &str, facts: Facts<'_>| rule(condition).decide(&facts).action == Action::Block;
    let secret = [label("Secret", State::Active)];
    let removed = [label("Secret", State::Removed)];
    let labelled = Facts { labels: &secret, ..NOTHING };
    let unlabelled = Facts { labels: &removed, ..NOTHING };
    assert!(applies("labels = \"secret\"", labelled) && !applies("labels = \"secret\"", unlabelled));
    assert!(applies("labels = [\"{11111111-2222-3333-4444-555555555555}\"]", labelled));
    assert!(applies("labels = [\"x\", \"none\"]", unlabelled) && !applies("labels = \"none\"", labelled));
    assert!(applies("labels = \"any\"", labelled) && !applies("labels = \"any\"", unlabelled));

    let pdf = Facts { name: "Report.DOCX", kind: Kind::Pdf, size: 2048, ..NOTHING };
    assert!(applies("kinds = [\"docx\", \"pdf\"]", pdf) && !applies("kinds = \"container\"", pdf));
    assert!(applies("kinds = \"application/pdf\"\nextensions = \".docx\"", pdf));
    assert!(!applies("kinds = \"application/pdf\"\nextensions = \"pdf\"", pdf));
    assert!(applies("min-size = \"2k\"\nmax-size = 2048", pdf) && !applies("min-size = 2049", pdf));
    let sealed = [Gap::new(Reason::Encrypted, "x", "")];
    assert!(applies("gaps = [\"encrypted\"]", Facts { gaps: &sealed, ..NOTHING }));
    assert!(!applies("gaps = [\"corrupt\"]", Facts { gaps: &sealed, ..NOTHING }));
    assert!(applies("gaps = \"any\"", Facts { gaps: &sealed, ..NOTHING }) && !applies("gaps = \"any\"", NOTHING));
}

#[test]
fn mode_monitor_says_what_it_would_have_done() {
    let text = "mode = \"monitor\"\non-unscannable = \"block\"\non-overload = \"block\"\n";
    let gaps = [Gap::new(Reason::Corrupt, "", "")];
    let verdict = policy(text).decide(&Facts { gaps: &gaps, ..NOTHING });
    assert_eq!((verdict.action, verdict.would), (Action::Monitor, Some(Action::Block)));
    assert_eq!(policy(text).decide(&NOTHING).would, None);
}

#[test]
fn mistakes_are_named_with_line_and_nearest_name() {
    assert_eq!(
        error("on-unscannable = \"allow\"\non-overload = \"allow\"\n\n[[rule]]\nid = \"a\"\nacton = \"block\"\n"),
        "error[P002]: unknown key `acton` in [[rule]]\n  --> p.toml:6\n  = did you mean `action`?"
    );
    assert_eq!(
        error("name = \"x\"\n"),
        "error[P003]: the policy lacks the required key `on-unscannable`\n  --> p.toml:1\n  \
         = say what happens to files that could not be examined: allow, monitor or block"
    );
    assert_eq!(
        error("on-unscannable = \"quarantine\"\n"),
        "error[P004]: `on-unscannable`: `quarantine` is not carried out everywhere\n  --> p.toml:1\n  \
         = write allow, monitor or block"
    );
    assert!(error("on-unscannable = \n").starts_with("error[P001]: "));
    let rule = |line: &str| {
        error(&format!(
            "on-unscannable = \"allow\"\non-overload = \"allow\"\n[[rule]]\nid = \"a\"\naction = \"block\"\n{line}\n"
        ))
    };
    for (line, wanted) in [
        ("", "without a condition"),
        ("rules = []", "`rules` is empty"),
        ("rules = [1]", "must be a list of strings, found integer"),
        ("min-count = 2", "says nothing without `rules`"),
        ("rules = [\"*\"]\nmin-count = 0", "starts at 1"),
        ("rules = [\"*\"]\nmin-count = -1", "whole number"),
        ("rules = [\"*\"]\nmin-confidence = \"hihg\"", "low, medium or high"),
        ("gaps = [\n\"corrupt\",\n\"encryptd\"]", "p.toml:8\n  = did you mean `encrypted`?"),
        ("kinds = [\"dox\"]", "`kinds` does not know `dox`"),
        ("max-size = \"10 MB\"", "`max-size` is no size"),
        ("rules = [\"*\"]\nmessage = \"{value}\"", "unknown placeholder `{value}`"),
        ("rules = [\"*\"]\nmessage = \"{file\"", "unknown placeholder"),
        ("rules = [\"*\"]\n[[rule]]\nid = \"a\"\naction = \"allow\"\nrules = [\"*\"]", "already there"),
    ] {
        let text = rule(line);
        assert!(text.contains(wanted), "{line}: {text}");
    }
}

#[test]
fn unknown_detection_rules_are_refused() {
    let text = "on-unscannable = \"allow\"\non-overload = \"allow\"\n[[rule]]\nid = \"a\"\naction = \"block\"\n\
                rules = [\n  \"us-*\",\n  \"us-snn\",\n]\n";
    let known = [("us-ssn", "personal"), ("iban", "financial")];
    let error = policy(text).check_rules(known).expect_err("us-snn is unknown").to_string();
    assert_eq!(
        error,
        "error[P005]: rule `a`: no detection rule is called `us-snn`\n  --> p.toml:8\n  = did you mean `us-ssn`?"
    );
}
