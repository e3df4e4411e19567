//! `--first-verdict`: reading ends when the verdict can only stay, and the record says so.

use std::io::Write;

use frisk::blob::Limits;
use frisk::policy::{Action, Policy};
use frisk::report::{Outcome, Record};
use frisk::scan::{Context, Scanner};

const TWO_CARDS: &str = r#"
name = "cards"
on-unscannable = "monitor"
on-overload = "monitor"

[[rule]]
id = "some"
action = "monitor"
rules = ["credit-card-number"]
min-confidence = "high"

[[rule]]
id = "many"
action = "block"
rules = ["credit-card-number"]
min-confidence = "high"
min-count = 2
"#;

/// A published test number of its kind and a label.
const CARD: &str = "card number: 4539 5787 6362 1486\n";

fn scanner(policy: &str, first: bool) -> Scanner {
    let policy = Policy::parse("p.toml", policy).unwrap_or_else(|e| panic!("{e}"));
    Scanner::builder().policy(policy).limits(Limits::default()).build().unwrap().first_verdict(first)
}

fn zip(members: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for member in 0..members {
        zip.start_file(format!("{member:03}.txt"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(CARD.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn decided(record: &Record) -> bool {
    record.reasons.iter().any(|reason| reason.code == "decided")
}

#[test]
fn an_archive_is_left_when_enough_was_found() {
    let bytes = zip(100);
    let whole = scanner(TWO_CARDS, false).scan(&bytes, &Context::named("a.zip"));
    let first = scanner(TWO_CARDS, true).scan(&bytes, &Context::named("a.zip"));
    assert_eq!((whole.action, decided(&whole), whole.hits.len()), (Some(Action::Block), false, 100));
    assert_eq!((first.action, decided(&first), first.hits.len()), (Some(Action::Block), true, 2));
    assert_eq!((first.verdict, first.policy_rule.as_deref()), (Outcome::Match, Some("many")));
    assert!(first.stats.members < 5, "{} members were opened", first.stats.members);
    assert!(first.reasons.len() < 5, "{:?}", first.reasons);
}

#[test]
fn too_little_is_not_enough() {
    let record = scanner(TWO_CARDS, true).scan(&zip(1), &Context::named("a.zip"));
    assert_eq!((record.action, decided(&record)), (Some(Action::Monitor), false));
    let record = scanner(TWO_CARDS, true).scan("nothing at all", &Context::named("a.txt"));
    assert_eq!((record.verdict, decided(&record)), (Outcome::Clean, false));
}

#[test]
fn a_large_text_is_left_in_the_middle() {
    let text = CARD.repeat(20_000);
    for threads in [1, 3] {
        let scanner = scanner(TWO_CARDS, true).windows(1, 32 << 10, 8 << 10).threads(threads);
        let record = scanner.scan(text.as_str(), &Context::named("a.txt"));
        assert_eq!(record.action, Some(Action::Block));
        let reason = record.reasons.iter().find(|reason| reason.code == "decided").unwrap();
        assert!(reason.detail.starts_with("not read behind byte "), "{}", reason.detail);
        assert!(record.hits.len() < 2000, "one window: {}", record.hits.len());
    }
}

#[test]
fn nothing_is_certain_while_something_may_undo_it_or_ask_for_more() {
    let more = TWO_CARDS.replace("min-count = 2", "min-count = 2000");
    let unread = more.replace("on-unscannable = \"monitor\"", "on-unscannable = \"block\"");
    let unless = format!("{TWO_CARDS}not-rules = [\"email\"]\n");
    for policy in [more, unread, unless] {
        let record = scanner(&policy, true).scan(&zip(20), &Context::named("a.zip"));
        assert_eq!((decided(&record), record.hits.len()), (false, 20), "{policy}");
    }
}
