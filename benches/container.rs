//! Unpacking: what opening an archive costs, and what inflating its members costs. The second is the floor below which
//! no reader of packages gets.
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

mod input;

use criterion::measurement::Measurement;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use frisk::blob::{Budget, Limits};
use frisk::container::zip::{Archive, Entry};

use input::Set;

/// What is done with a set, and the sum it gives.
type Work = fn(&Set) -> usize;

fn container<M: Measurement>(c: &mut Criterion<M>) {
    let works: [(&str, Work); 3] = [("open", open), ("inflate-xml", inflate_xml), ("inflate-all", inflate_all)];
    for (name, work) in works {
        let mut group = c.benchmark_group(format!("container/zip-{name}"));
        for set in ["docx", "xlsx", "pptx"].map(input::documents) {
            let expected = work(&set);
            assert!(expected > 3 * set.files.len(), "{name} {}: {expected}", set.name);
            group.throughput(Throughput::Bytes(set.bytes()));
            group.bench_with_input(BenchmarkId::from_parameter(&set.name), &set, |b, set| {
                b.iter(|| assert_eq!(work(set), expected));
            });
        }
    }
}

/// Members of all archives.
fn open(set: &Set) -> usize {
    archives(set).map(|archive| archive.entries().len()).sum()
}

/// Bytes of the members that may hold text.
fn inflate_xml(set: &Set) -> usize {
    inflate(set, |entry| entry.name.ends_with(".xml"))
}

/// Bytes of all members.
fn inflate_all(set: &Set) -> usize {
    inflate(set, |_| true)
}

fn inflate(set: &Set, keep: fn(&Entry) -> bool) -> usize {
    let mut buffer = Vec::new();
    let one = |mut archive: Archive<'_>| {
        let entries = archive.entries().to_vec();
        let mut budget = Budget::new(&Limits::default());
        let mut read = |entry: &Entry| {
            buffer.clear();
            let _ = archive.read(entry, &mut budget, &mut buffer);
            buffer.len()
        };
        entries.iter().filter(|entry| keep(entry)).map(&mut read).sum::<usize>()
    };
    archives(set).map(one).sum()
}

fn archives(set: &Set) -> impl Iterator<Item = Archive<'_>> {
    set.contents().filter_map(|bytes| Archive::open(bytes).ok())
}

criterion_group! { name = benches; config = input::criterion(); targets = container }
criterion_main!(benches);
