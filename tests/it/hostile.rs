//! What no input may do, asked of the corpus, of damaged copies of it, and of everything a fuzzer ever found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use frisk::blob::{Limits, Reason};
use frisk::report::Outcome;
use frisk::scan::oracle::{self, Question};
use frisk::scan::{Context, Scanner};

/// Damaged copies of each document; `FRISK_HOSTILE_COPIES` asks for another number.
const COPIES: u64 = 8;
/// Time one question may take in a debug build on a busy machine, with a limit of 1 s a scan. More is a hang.
const TIME_MAX: Duration = Duration::from_secs(20);

#[test]
fn no_document_of_the_corpus_upsets_a_reader() {
    let mut upset = Vec::new();
    for file in documents() {
        upset.extend(ask(&questions(&file), &fs::read(&file).unwrap(), &file, "as it is"));
    }
    assert!(upset.is_empty(), "{} times\n{}", upset.len(), upset.join("\n"));
}

#[test]
fn no_damaged_document_upsets_a_reader() {
    let copies = std::env::var("FRISK_HOSTILE_COPIES").map_or(COPIES, |number| number.parse().unwrap());
    let mut upset = Vec::new();
    for file in documents() {
        let bytes = fs::read(&file).unwrap();
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        for copy in 0..copies {
            let mut random = Random::new(&name, copy);
            let damaged = damage(&bytes, &mut random);
            upset.extend(ask(&questions(&file), &damaged, &file, &format!("copy {copy}")));
        }
    }
    assert!(upset.is_empty(), "{} times\n{}", upset.len(), upset.join("\n"));
}

/// Whatever is missing at its end, a file that has one is not read whole.
#[test]
fn a_document_that_was_cut_off_is_never_ok() {
    /// Bytes below which too little is left to be known as anything but text.
    const BYTES_MIN: usize = 16;
    /// Formats in which every beginning is a whole: text, mail of a single part, records that follow each other.
    const NO_END: [&str; 7] = ["txt", "csv", "eml", "mbox", "Z", "cpio", "label"];
    let scanner = Scanner::builder().build().unwrap();
    let mut passed = Vec::new();
    for file in documents().iter().filter(|file| file.parent().unwrap().ends_with("honest")) {
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        let format = file.strip_prefix(root().join("corpus")).unwrap().iter().next().unwrap().to_str().unwrap();
        let bytes = fs::read(file).unwrap();
        let text = matches!(file.extension().and_then(|e| e.to_str()), Some("txt" | "csv" | "tsv" | "md" | "sql"));
        if text || NO_END.contains(&format) || bytes.len() <= BYTES_MIN {
            continue;
        }
        for copy in 0..6 {
            let mut random = Random::new(&name, copy);
            let most = (bytes.len() - BYTES_MIN).min(bytes.len() / 10 * 9).max(1);
            let lost = 1 + random.below(if copy % 2 == 0 { most } else { most.min(200) });
            let record = scanner.scan(&bytes[..bytes.len() - lost], &Context::named(&name));
            if record.reasons.is_empty() {
                passed.push(format!("{name}: {:?} without its last {lost} bytes", record.media_type));
            }
        }
    }
    assert!(passed.is_empty(), "{} times\n{}", passed.len(), passed.join("\n"));
}

/// Labels, heads and neighbours are looked for on the line of a value: one long line must not be walked for each of them.
#[test]
fn one_long_line_of_values_takes_no_longer_than_short_ones() {
    let rows = [
        "[\"12.5\",\"1234567\"],",
        "536-22-8467 ",
        "4539138198381881,",
        "\"id\": 485305819, ",
        "a=DE89370400440532013000;",
    ];
    let mut upset = Vec::new();
    for row in rows {
        let line = row.repeat(300_000 / row.len());
        let find = oracle::ALL.into_iter().filter(|(name, _)| matches!(*name, "find_text" | "scan_any"));
        upset.extend(ask(&find.collect::<Vec<_>>(), line.as_bytes(), Path::new("one-line"), row));
    }
    assert!(upset.is_empty(), "{} times\n{}", upset.len(), upset.join("\n"));
}

#[test]
fn nothing_a_fuzzer_found_comes_back() {
    let mut upset = Vec::new();
    for (name, question) in every_question() {
        for file in files(&root().join("fuzz/regressions").join(name)) {
            upset.extend(ask(&[(name, question)], &fs::read(&file).unwrap(), &file, "found by a fuzzer"));
        }
    }
    assert!(upset.is_empty(), "{} times\n{}", upset.len(), upset.join("\n"));
}

#[test]
fn every_question_has_a_fuzz_target() {
    let targets: BTreeSet<_> = files(&root().join("fuzz/fuzz_targets")).iter().map(|f| stem(f)).collect();
    assert_eq!(targets, every_question().map(|(name, _)| name.to_owned()).collect());
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    assert_eq!(manifest.matches("[[bin]]").count(), targets.len());
}

/// Those of files and those of what a service is sent.
fn every_question() -> impl Iterator<Item = (&'static str, Question)> {
    oracle::ALL.into_iter().chain(frisk::serve::oracle::QUESTIONS.iter().copied())
}

// ---- questions -----------------------------------------------------------------------------------------------------

/// What to ask of a document: the whole way of all, and of each what its format is about.
fn questions(file: &Path) -> Vec<(&'static str, Question)> {
    let format = file.strip_prefix(root().join("corpus")).unwrap().iter().next().unwrap().to_str().unwrap();
    let own: &[&str] = match format {
        "docx" | "xlsx" | "pptx" => &["document_ooxml", "container_zip"],
        "xml" => &["document_ooxml_part", "document_plain"],
        "pdf" => &["document_pdf"],
        "txt" | "csv" | "html" | "json" => &["document_plain", "find_text", "labels"],
        "zip" | "gz" | "tar" | "nest" => &["container_zip"],
        "doc" | "xls" | "ppt" | "pub" | "vsd" | "msg" | "sealed" => &["document_ole", "container_cfb"],
        "eml" | "tnef" | "rtf" => &["document_mail"],
        "odt" | "ods" | "odp" | "odg" | "epub" | "vsdx" | "xlsb" => &["document_package"],
        "sqlite" | "plist" | "one" | "png" | "jpg" | "gif" | "tif" | "emf" => &["document_data"],
        "bad" | "label" => &["container_cfb", "document_pdf", "document_plain"],
        _ => &["container_packed"],
    };
    oracle::ALL.into_iter().filter(|(name, _)| *name == "scan_any" || own.contains(name)).collect()
}

/// Asks, and says of which input it went wrong; why stands in the panic above.
fn ask(questions: &[(&str, Question)], bytes: &[u8], file: &Path, how: &str) -> Vec<String> {
    let mut upset = Vec::new();
    for (name, question) in questions {
        let start = Instant::now();
        let answer = std::panic::catch_unwind(|| question(bytes));
        if answer.is_err() || start.elapsed() > TIME_MAX {
            let input = format!("hostile-{name}-{}", file.file_name().unwrap().display());
            fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(&input), bytes).unwrap();
            upset.push(format!("{name} of {}, {how}: {:?}; target/tmp/{input}", file.display(), start.elapsed()));
        }
    }
    upset
}

// ---- damage --------------------------------------------------------------------------------------------------------

/// A copy with some of what goes wrong on the way: cut, bytes changed, a piece lost, doubled or moved.
fn damage(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let (at, length) = (random.below(out.len()), 1 + random.below(64));
        let end = (at + length).min(out.len());
        match random.below(6) {
            0 => out.truncate(at),
            1 => drop(out.drain(at..end)),
            2 => {
                let piece = out[at..end].to_vec();
                let to = random.below(out.len());
                out.splice(to..to, piece);
            }
            3 => out[at..end].fill([0, 0xFF, b'9', b'<'][random.below(4)]),
            _ => {
                for _ in 0..length {
                    let at = random.below(out.len());
                    if let Some(byte) = out.get_mut(at) {
                        *byte ^= 1 << random.below(8);
                    }
                }
            }
        }
    }
    out
}

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    /// Starts from a name, so that a new document changes no other one's damage.
    fn new(name: &str, copy: u64) -> Self {
        Self(name.bytes().fold(copy, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % end.max(1) as u64).unwrap()
    }
}

// ---- files ---------------------------------------------------------------------------------------------------------

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every document of the corpus, without what is expected of it.
fn documents() -> Vec<PathBuf> {
    let folders = entries(&root().join("corpus")).into_iter().filter(|p| p.is_dir() && !p.ends_with("make"));
    let all = folders.flat_map(|folder| files(&folder));
    let documents: Vec<_> = all.filter(|file| file.extension().is_none_or(|e| e != "expect")).collect();
    assert!(documents.len() > 200, "only {} documents", documents.len());
    documents
}

fn files(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

/// Entries of a folder in the order of their names; none if there is no such folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).map(|d| d.map(|e| e.unwrap().path()).collect()).unwrap_or_default();
    found.sort();
    found
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The search for values asks the clock too: a text that takes too long is not a clean one.
#[test]
fn a_text_that_there_is_no_time_for_is_told_with_how_far_it_was_searched() {
    let limits = Limits { time_max: Duration::ZERO, ..Limits::default() };
    let scanner = Scanner::builder().limits(limits).build().unwrap();
    let text = "card number 4539 5787 6362 1486\n".repeat(20_000);
    let record = scanner.scan(text.as_str(), &Context::named("long.txt"));
    let gap = record.reasons.iter().find(|gap| gap.code == Reason::Timeout.code()).unwrap();
    assert!(gap.detail.contains(&format!("of {} of the text", text.len())), "{}", gap.detail);
    assert_ne!(record.verdict, Outcome::Clean);
}
