//! The scanner of markup beside quick-xml, at what it is asked for: names, attributes of cells, text, formats skipped.
#![allow(missing_docs, reason = "criterion's macros write the functions")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a bench that fails may say so by panicking")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use frisk::document::markup::{Event, Xml};
use quick_xml::Reader;
use quick_xml::events::Event as QuickEvent;
use quick_xml::events::attributes::Attribute;

/// Bytes of elements, of attributes and of text that a reader was told of.
type Seen = [usize; 3];

fn ours(source: &str) -> Seen {
    let [mut names, mut values, mut text] = [0; 3];
    let mut xml = Xml::new(source);
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => {
                names += tag.name.len();
                match tag.name {
                    "c" => values += tag.attributes().map(|(name, value)| name.len() + value.len()).sum::<usize>(),
                    "rPr" => xml.skip(),
                    _ => {}
                }
            }
            Event::Text(chars) => text += chars.decode().len(),
            _ => {}
        }
    }
    [names, values, text]
}

fn quick(source: &str) -> Seen {
    let [mut names, mut values, mut text] = [0; 3];
    let mut xml = Reader::from_str(source);
    xml.config_mut().check_end_names = false;
    let value = |a: Attribute<'_>| a.key.as_ref().len() + a.value.len();
    loop {
        match xml.read_event().unwrap() {
            QuickEvent::Start(tag) => {
                names += tag.local_name().as_ref().len();
                match tag.local_name().as_ref() {
                    "c" => values += tag.attributes().with_checks(false).map(|a| value(a.unwrap())).sum::<usize>(),
                    "rPr" => drop(xml.read_to_end(tag.name()).unwrap()),
                    _ => {}
                }
            }
            QuickEvent::Empty(tag) => {
                names += tag.local_name().as_ref().len();
                if tag.local_name().as_ref() == "c" {
                    values += tag.attributes().with_checks(false).map(|a| value(a.unwrap())).sum::<usize>();
                }
            }
            QuickEvent::Text(chars) => text += chars.xml10_content().len(),
            QuickEvent::CData(chars) => text += chars.xml10_content().len(),
            QuickEvent::GeneralRef(name) => {
                text += match name.resolve_char_ref().unwrap() {
                    Some(c) => c.len_utf8(),
                    None => quick_xml::escape::resolve_predefined_entity(&name).unwrap().len(),
                }
            }
            QuickEvent::Eof => return [names, values, text],
            _ => {}
        }
    }
}

/// A worksheet as Excel writes it.
fn sheet() -> String {
    let mut xml = String::from("<?xml version=\"1.0\"?>\r\n<worksheet xmlns=\"http://x/main\"><sheetData>");
    for row in 1..=8000_u32 {
        write!(xml, "<row r=\"{row}\" spans=\"1:8\" x14ac:dyDescent=\"0.25\">").unwrap();
        for (i, column) in ('A'..='H').enumerate() {
            let value = row.wrapping_mul(2_654_435_761) >> (i * 3);
            let cell = match i {
                0 => format!("<c r=\"{column}{row}\" t=\"s\"><v>{}</v></c>", value % 5000),
                3 => format!("<c r=\"{column}{row}\" s=\"4\"/>"),
                5 => format!("<c r=\"{column}{row}\" t=\"str\"><f>A{row}&amp;\"x\"</f><v>{value} &lt;</v></c>"),
                _ => format!("<c r=\"{column}{row}\" s=\"2\"><v>{value}</v></c>"),
            };
            xml.push_str(&cell);
        }
        xml.push_str("</row>");
    }
    xml + "</sheetData></worksheet>"
}

/// A document as Word writes it: short runs, formats, ids of revisions.
fn document() -> String {
    let mut xml = String::from("<?xml version=\"1.0\"?>\r\n<w:document xmlns:w=\"http://x/main\"><w:body>");
    for paragraph in 0..6000_u32 {
        write!(
            xml,
            "<w:p w:rsidR=\"00A{paragraph:05}\" w:rsidRDefault=\"00B12345\"><w:pPr><w:pStyle w:val=\"Normal\"/></w:pPr>"
        )
        .unwrap();
        for run in 0..4 {
            write!(
                xml,
                "<w:r w:rsidRPr=\"00C1{run:04}\"><w:rPr><w:rFonts w:ascii=\"Arial\" w:hAnsi=\"Arial\"/><w:b/><w:sz w:val=\"22\"/>\
                 </w:rPr><w:t xml:space=\"preserve\">The contract of {paragraph} &amp; its annex {run}, as agreed. </w:t></w:r>"
            )
            .unwrap();
        }
        xml.push_str("</w:p>");
    }
    xml + "</w:body></w:document>"
}

fn markup(c: &mut Criterion) {
    for (name, source) in [("sheet", sheet()), ("document", document())] {
        assert_eq!(ours(&source), quick(&source));
        interleaved(name, &source);
        let mut group = c.benchmark_group("document/markup");
        group.throughput(Throughput::Bytes(source.len() as u64));
        group.bench_with_input(BenchmarkId::new("frisk", name), &source, |b, source| b.iter(|| ours(source)));
        group.bench_with_input(BenchmarkId::new("quick-xml", name), &source, |b, source| b.iter(|| quick(source)));
        group.finish();
    }
}

/// Prints the ratio of the best times of both, taken in turns, as a machine that others use too tells it best.
#[expect(clippy::print_stderr, reason = "a figure that criterion has no place for")]
fn interleaved(name: &str, source: &str) {
    let time = |read: fn(&str) -> Seen| {
        let start = Instant::now();
        black_box(read(black_box(source)));
        start.elapsed()
    };
    let rounds = (0..100).map(|_| (time(ours), time(quick)));
    let best = rounds.fold((Duration::MAX, Duration::MAX), |best, round| (best.0.min(round.0), best.1.min(round.1)));
    let rate = |time: Duration| source.len() as f64 / 1e6 / time.as_secs_f64();
    let ratio = best.1.as_secs_f64() / best.0.as_secs_f64();
    eprintln!("{name}: frisk {:.0} MB/s, quick-xml {:.0} MB/s, {ratio:.2} times as fast", rate(best.0), rate(best.1));
}

criterion_group!(benches, markup);
criterion_main!(benches);
