//! The whole way, in process: bytes in, a record out, with the built-in rules and 500 words of the caller's.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]
#![allow(clippy::panic, reason = "a bench without its input must say so")]

mod input;

use criterion::measurement::Measurement;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use frisk::find::Score;
use frisk::report::{Masker, Show};
use frisk::scan::{Builder, Context, Scanner};

use input::Set;

fn scan<M: Measurement>(c: &mut Criterion<M>) {
    let scanner = build(scanner());
    let revealing = build(scanner_that_shows_all());
    let mut group = c.benchmark_group("scan/all");
    let texts = [input::prose_set(), input::mixed_set(), input::dense_set()];
    for set in texts.into_iter().chain(["docx", "xlsx", "pptx", "pdf"].map(input::documents)) {
        all_planted_are_found(&revealing, &set);
        let expected = matches(&scanner, &set);
        // Dense numbers have no labels: what passes a checksum among them does so by chance.
        assert!(expected > 0 || set.name == "dense", "{}: nothing found", set.name);
        group.throughput(Throughput::Bytes(set.bytes()));
        group.bench_with_input(BenchmarkId::from_parameter(&set.name), &set, |b, set| {
            b.iter(|| assert_eq!(matches(&scanner, set), expected));
        });
    }
    group.finish();
    let mut group = c.benchmark_group("scan/single");
    for (name, bytes) in input::single().files {
        let set = Set { name: name.rsplit('/').next().unwrap_or(&name).to_owned(), files: vec![(name, bytes)] };
        let expected = matches(&scanner, &set);
        assert_eq!(expected > 0, !set.name.contains("clean") && set.name != "text-10k", "{}: {expected}", set.name);
        group.throughput(Throughput::Bytes(set.bytes()));
        group.bench_with_input(BenchmarkId::from_parameter(&set.name), &set, |b, set| {
            b.iter(|| assert_eq!(matches(&scanner, set), expected));
        });
    }
}

/// Matches in all files of a set, as records count them.
fn matches(scanner: &Scanner, set: &Set) -> u64 {
    let count = |(name, bytes): &(String, Vec<u8>)| {
        let record = scanner.scan(bytes, &Context::named(name.as_str()));
        record.matches.iter().map(|entry| entry.count).sum::<u64>()
    };
    set.files.iter().map(count).sum()
}

/// Of the values that the generator of bench data put in, nearly all are found.
fn all_planted_are_found(scanner: &Scanner, set: &Set) {
    let planted = set.planted();
    let mut found = 0;
    for (name, bytes) in &set.files {
        let hits = scanner.scan(bytes, &Context::named(name.as_str())).hits;
        let digits = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let has = |rule: &str, value: &str| hits.iter().any(|hit| hit.rule == rule && digits(&hit.text) == value);
        found += planted.iter().filter(|(file, rule, value)| file == name && has(rule, value)).count();
    }
    assert!(found * 100 >= planted.len() * 90, "{}: {found} of {} planted values", set.name, planted.len());
}

fn scanner() -> Builder {
    Scanner::builder().ruleset(input::build(input::rules_with_keywords(500)))
}

fn scanner_that_shows_all() -> Builder {
    scanner().masker(Masker::new(Show::Full, b"bench")).min_confidence(Score::new(0))
}

fn build(builder: Builder) -> Scanner {
    builder.build().unwrap_or_else(|e| panic!("{e}"))
}

criterion_group! { name = benches; config = input::criterion(); targets = scan }
criterion_main!(benches);
