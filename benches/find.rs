//! Finding in text: cards alone, words of the caller's alone, everything at once.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

mod input;

use criterion::measurement::Measurement;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use frisk::document::Text;
use frisk::find::Ruleset;

use input::Set;

fn find<M: Measurement + 'static>(c: &mut Criterion<M>) {
    let sets = [input::prose_set(), input::mixed_set(), input::dense_set()];
    let card = input::build(input::rules_with_keywords(500).enable("credit-card-number"));
    subject(c, "card", &card, &sets);
    for count in [500, 5000] {
        let keywords = input::build(input::rules_with_keywords(count).enable("custom-keyword"));
        subject(c, &format!("keywords-{count}"), &keywords, &sets);
    }
    let all = input::build(input::rules_with_keywords(500));
    for set in &sets {
        all_planted_are_found(&all, set);
    }
    subject(c, "all", &all, &sets);
    let eight = CORE.iter().fold(input::rules_with_keywords(500), |builder, rule| builder.enable(rule));
    subject(c, "eight", &input::build(eight), &sets);
    c.bench_function("find/load", |b| b.iter(|| input::build(Ruleset::builder().builtin().unwrap_or_default())));
    // What each of the eight costs by itself, on the set that is most like what passes by.
    let [_, mixed, _] = sets;
    for rule in CORE {
        let alone = input::build(input::rules_with_keywords(500).enable(rule));
        subject(c, &format!("rule-{rule}"), &alone, std::slice::from_ref(&mixed));
    }
}

/// The types that everybody looks for: what all the others cost besides is measured against them.
const CORE: [&str; 8] = [
    "credit-card-number",
    "us-ssn",
    "us-itin",
    "iban",
    "swift-bic",
    "us-aba-routing",
    "us-bank-account",
    "custom-keyword",
];

fn subject<M: Measurement + 'static>(c: &mut Criterion<M>, name: &str, rules: &Ruleset, sets: &[Set]) {
    let mut group = c.benchmark_group(format!("find/{name}"));
    for set in sets {
        let expected = count(rules, set);
        made_up_is_found(name, set, expected);
        group.throughput(Throughput::Bytes(set.bytes()));
        group.bench_with_input(BenchmarkId::from_parameter(&set.name), set, |b, set| {
            b.iter(|| assert_eq!(count(rules, set), expected));
        });
    }
}

/// Matches in all files of a set. No limit: all the work is done, unlike in a scan.
fn count(rules: &Ruleset, set: &Set) -> usize {
    set.texts().map(|text| rules.find(&Text::borrowed(text, 0), usize::MAX).matches.len()).sum()
}

/// Made-up prose has so many cards, and as many words of the caller's.
fn made_up_is_found(name: &str, set: &Set, found: usize) {
    if input::data().is_none() && set.name == "prose" {
        let cards = set.texts().map(|text| text.matches(input::CARD).count()).sum::<usize>();
        assert_eq!(found, if matches!(name, "all" | "eight") { 2 * cards } else { cards }, "{name}");
        assert!(cards > 10);
    }
}

/// Of the values that the generator of bench data put in, nearly all are found: chance decides about the rest (one
/// stands beside another number, say).
fn all_planted_are_found(rules: &Ruleset, set: &Set) {
    let planted = set.planted();
    let mut found = 0;
    for (name, bytes) in &set.files {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let matches = rules.find(&Text::borrowed(text, 0), usize::MAX).matches;
        let has = |rule: &str, value: &str| {
            let is = |m: &&frisk::find::Match| rules.rules().get(m.rule).is_some_and(|r| r.id == rule);
            matches.iter().filter(is).any(|m| m.value.reveal() == value)
        };
        found += planted.iter().filter(|(file, rule, value)| file == name && has(rule, value)).count();
    }
    assert!(found * 100 >= planted.len() * 95, "{}: {found} of {} planted values", set.name, planted.len());
}

criterion_group! { name = benches; config = input::criterion(); targets = find }
criterion_main!(benches);
