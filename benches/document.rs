//! Reading documents: text with its locations, and labels alone.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

mod input;

use criterion::measurement::Measurement;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use frisk::blob::{Budget, Kind, Limits};
use frisk::document::{self, Options};

use input::Set;

const FORMATS: [&str; 4] = ["docx", "xlsx", "pptx", "pdf"];

fn document<M: Measurement>(c: &mut Criterion<M>) {
    for (name, text) in [("text", true), ("labels", false)] {
        let options = Options { text, ..Options::default() };
        let mut group = c.benchmark_group(format!("document/{name}"));
        for set in FORMATS.map(input::documents) {
            let kinds = kinds(&set);
            let expected = read(&set, &kinds, &options);
            assert!(expected >= if text { 50 * set.files.len() } else { 0 }, "{}: {expected} bytes", set.name);
            group.throughput(Throughput::Bytes(set.bytes()));
            group.bench_with_input(BenchmarkId::from_parameter(&set.name), &set, |b, set| {
                b.iter(|| assert_eq!(read(set, &kinds, &options), expected));
            });
        }
    }
}

/// What each file is; all are what their extension says.
fn kinds(set: &Set) -> Vec<Kind> {
    let limits = Limits::default();
    let kind = |bytes: &[u8]| document::kind(bytes, &mut Budget::new(&limits));
    let kinds: Vec<_> = set.contents().map(kind).collect();
    let as_named = kinds.iter().filter(|kind| kind.extension_matches(&set.name)).count();
    assert!(as_named * 10 >= kinds.len() * 9, "{}: {as_named} of {}", set.name, kinds.len());
    kinds
}

/// Bytes of text in all files of a set.
fn read(set: &Set, kinds: &[Kind], options: &Options) -> usize {
    let limits = Limits::default();
    let length =
        |(bytes, kind): (&[u8], &Kind)| document::read(*kind, bytes, options, &mut Budget::new(&limits)).text.len();
    set.contents().zip(kinds).map(length).sum()
}

criterion_group! { name = benches; config = input::criterion(); targets = document }
criterion_main!(benches);
