use super::*;
use crate::report::mask::Show;

const TODAY: (i64, u8, u8) = (2026, 6, 15);

fn today() -> Date {
    Date::new(TODAY.0, TODAY.1, TODAY.2)
}

fn list(text: &str) -> Suppressions {
    let mut list = Suppressions::default();
    list.add("list.toml", text, today()).unwrap_or_else(|e| panic!("{e}"));
    list
}

fn error(text: &str) -> String {
    Suppressions::default().add("list.toml", text, today()).expect_err("the list is wrong").to_string()
}

fn masker() -> Masker {
    Masker::new(Show::Nothing, b"key")
}

/// The entry that suppresses `value` of `rule` in a file.
fn by(list: &Suppressions, rule: &str, value: &str, path: &str, container: &str) -> Option<String> {
    let rule = RuleInfo { id: rule.to_owned(), category: "personal".to_owned(), ..RuleInfo::default() };
    let value = Value::new(value.to_owned());
    let print = masker().fingerprint(&rule.id, &value);
    let entry = list.at(path, container).entry(&rule, &value, print)?;
    Some(list.entries()[entry].name().to_owned())
}

fn names(rule: &str, value: &str) -> ValueNames {
    ValueNames::of(&masker(), rule, &Value::new(value.to_owned())).unwrap()
}

#[test]
fn each_condition_and_all_of_them() {
    let ssn = names("us-ssn", "536228726");
    let text = format!(
        r#"
        [[suppress]]
        id = "hash"
        sha256 = "{}"
        path = "known/**"
        reason = "r"
        [[suppress]]
        id = "print"
        fingerprint = ["{}", "0000000000000000"]
        rule = "us-*"
        reason = "r"
        [[suppress]]
        regex = '00\d|99'
        reason = "r"
        [[suppress]]
        rule = ["iban", "category:financial"]
        path = ["*.zip!test/*.txt", "x.txt"]
        reason = "r"
        "#,
        ssn.sha256.to_uppercase(),
        ssn.fingerprint.unwrap()
    );
    let list = list(&text);
    let by = |rule, value, path, container| by(&list, rule, value, path, container);
    // The first entry of the list counts, whichever index answers first.
    assert_eq!(by("us-ssn", "536228726", "./known/a", "").as_deref(), Some("hash"));
    assert_eq!(by("us-ssn", "536228726", "a", "").as_deref(), Some("print"));
    assert_eq!(by("us-itin", "536228726", "a", ""), None, "a fingerprint is of one rule");
    assert_eq!(by("us-itin", "536228726", "known/a", "").as_deref(), Some("hash"), "a hash is of a value");
    assert_eq!(by("us-ssn", "536228727", "known/a", ""), None);
    assert_eq!(by("x", "001", "a", "").as_deref(), Some("#3"));
    assert_eq!((by("x", "0012", "a", ""), by("x", "199", "a", "")), (None, None), "whole values");
    assert_eq!(by("iban", "1", "a/b.zip", "x.zip!test/1.txt"), None);
    assert_eq!(by("iban", "1", "a/b.zip", "test/1.txt").as_deref(), Some("#4"));
    assert_eq!(by("iban", "1", "x.txt", "").as_deref(), Some("#4"));
    assert_eq!(by("us-ssn", "1", "x.txt", ""), None);
    let keys: Vec<Vec<_>> = list.entries().iter().map(|e| e.conditions().collect()).collect();
    assert_eq!(keys, [vec!["sha256", "path"], vec!["rule", "fingerprint"], vec!["regex"], vec!["rule", "path"]]);
}

#[test]
fn without_a_key_no_fingerprint_applies() {
    let print = names("us-ssn", "1").fingerprint.unwrap();
    let list = list(&format!("[[suppress]]\nfingerprint = \"{print}\"\nreason = \"r\"\n"));
    let rule = RuleInfo { id: "us-ssn".to_owned(), ..RuleInfo::default() };
    let value = Value::new("1".to_owned());
    let print = |key: &[u8]| Masker::new(Show::Nothing, key).fingerprint("us-ssn", &value);
    let entry = |key| list.at("a", "").entry(&rule, &value, print(key));
    assert_eq!((entry(b"key"), entry(b"other"), entry(b"")), (Some(0), None, None));
}

#[test]
fn an_entry_applies_until_its_day_is_over() {
    let of = |day: &str| list(&format!("[[suppress]]\nrule = \"us-ssn\"\nreason = \"r\"\nexpires = {day}\n"));
    let (before, on) = (of("2026-06-14"), of("2026-06-15"));
    assert_eq!((before.expired(), on.expired()), (1, 0));
    assert_eq!((by(&before, "us-ssn", "1", "a", ""), by(&on, "us-ssn", "1", "a", "")), (None, Some("#1".to_owned())));
    assert_eq!(before.entries()[0].expires().map(|d| d.to_string()).as_deref(), Some("2026-06-14"));
}

#[test]
fn the_digest_changes_with_the_text_and_with_what_expired() {
    let text = "[[suppress]]\nrule = \"us-ssn\"\nreason = \"r\"\nexpires = 2026-06-15\n";
    let digest = |text: &str, today| {
        let mut list = Suppressions::default();
        list.add("any", text, today).unwrap();
        list.digest().to_vec()
    };
    let one = digest(text, today());
    assert_eq!(one, digest(text, Date::new(2020, 1, 1)));
    assert_ne!(one, digest(text, Date::new(2026, 6, 16)));
    assert_ne!(one, digest(&text.replace("ssn", "itin"), today()));
}

#[test]
fn lists_add_up_and_a_wrong_one_adds_nothing() {
    let mut list = list("[[suppress]]\nid = \"a\"\nrule = \"x\"\nreason = \"r\"\n");
    let twice = list.add("b.toml", "\n[[suppress]]\nid = \"a\"\nrule = \"x\"\nreason = \"r\"\n", today());
    assert!(twice.unwrap_err().to_string().contains("`a` is already there\n  --> b.toml:2"));
    assert_eq!(list.entries().len(), 1);
    list.add("c.toml", "[[suppress]]\nrule = \"x\"\nreason = \"r\"\n", today()).unwrap();
    assert_eq!((list.entries()[1].name(), list.entries()[1].place()), ("#2", "c.toml:1".to_owned()));
}

#[test]
fn mistakes_are_named_with_line_and_nearest_name() {
    assert_eq!(
        error("\n[[suppress]]\nreason = \"r\"\nrul = \"us-*\"\n"),
        "error[S002]: unknown key `rul` in [[suppress]]\n  --> list.toml:4\n  = did you mean `rule`?"
    );
    assert_eq!(
        error("[[suppress]]\nrule = \"us-*\"\n"),
        "error[S003]: [[suppress]] lacks the required key `reason`\n  --> list.toml:1\n  \
         = say why these are no matches; records repeat it"
    );
    assert!(error("[[supress]]\n").contains("did you mean `suppress`?"));
    assert!(error("[suppress]\n").contains("write [[suppress]]"));
    assert!(error("[[suppress]\n").starts_with("error[S001]: "));
    for (line, wanted) in [
        ("", "without a condition would suppress every match"),
        ("rule = \"*\"", "without a condition"),
        ("rule = \"*\"\npath = \"**\"", "without a condition"),
        ("rule = []", "`rule` is empty"),
        ("rule = 1", "must be a list of strings, found integer"),
        ("fingerprint = \"xyz\"", "16 hex digits"),
        ("fingerprint = \"+00000000000000f\"", "16 hex digits"),
        ("sha256 = [\n\"00\"\n]", "64 hex digits; `frisk suppress hash` makes them\n  --> list.toml:4"),
        ("regex = \"(a\"", "`regex` does not compile: unclosed group"),
        ("regex = \"a)|(b\"", "`regex` does not compile: unopened group"),
        ("regex = \"(?x)a # end\"", "`regex` does not compile"),
        ("regex = '(?=a)'", "look-around"),
        ("regex = '\\w{1000}{1000}'", "too large"),
        ("path = \"a!\"", "`path` is no glob: it is empty, or has nothing beside a `!`"),
        ("rule = \"x\"\nexpires = \"2026-01-01\"", "without quotes"),
        ("rule = \"x\"\nexpires = 2026-01-01T00:00:00Z", "must be a date"),
        ("rule = \"x\"\nid = \"#1\"", "does not begin with `#`"),
        ("rule = \"x\"\nid = \" \"", "`id` is a name"),
    ] {
        let text = error(&format!("[[suppress]]\nreason = \"r\"\n{line}\n"));
        assert!(text.contains(wanted), "{line}: {text}");
    }
    assert!(error("[[suppress]]\nreason = \" \"\nrule = \"x\"\n").contains("required key `reason`"));
}

#[test]
fn no_message_repeats_what_an_entry_names() {
    const VALUE: &str = "4539578763621486";
    for line in [
        format!("fingerprint = \"{VALUE}x\""),
        format!("sha256 = \"{VALUE}\""),
        format!("regex = \"{VALUE}(\""),
        format!("path = \"{VALUE}!\""),
        format!("rule = \"{VALUE}"),
        format!("rule = {VALUE}"),
        format!("sha256 = \"{VALUE}\" {VALUE}"),
        format!("expires = {VALUE}"),
    ] {
        let text = error(&format!("[[suppress]]\nreason = \"r\"\n{line}\n"));
        assert!(!text.contains(VALUE), "{line}: {text}");
    }
    let list = list(&format!("[[suppress]]\nreason = \"r\"\nregex = \"{VALUE}\"\n"));
    assert!(!format!("{list:?} {:?}", list.entries()).contains(VALUE));
}

#[test]
fn unknown_rules_are_told_with_the_nearest() {
    let list = list("[[suppress]]\nreason = \"r\"\nrule = [\n\"us-*\",\n\"us-snn\",\n\"category:personl\",\n]\n");
    let told: Vec<String> = list.unknown_rules([("us-ssn", "personal")]).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "error[S005]: entry `#1`: no detection rule is called `us-snn`\n  --> list.toml:5\n  = did you mean `us-ssn`?",
            "error[S005]: entry `#1`: no detection rule is called `category:personl`\n  --> list.toml:6\n  \
             = did you mean `category:personal`?",
        ]
    );
}

#[test]
fn authentication_data_has_no_name() {
    assert_eq!(ValueNames::of(&masker(), "card-cvv", &Value::new("123".to_owned())), None);
    assert_eq!(
        ValueNames::of(&Masker::new(Show::Nothing, b""), "x", &Value::new("1".to_owned())).unwrap().fingerprint,
        None
    );
}
