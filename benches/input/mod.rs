//! What the benches read, and the clock they read it by.
//!
//! With `FRISK_BENCH_DATA` in the environment: the folder that the generator of bench data made. Without it: documents
//! of `corpus/` and text made up here, the same on every machine, but too little of it to compare with anything.
#![allow(dead_code, reason = "no bench needs all of it")]
#![allow(clippy::disallowed_methods, reason = "benches open their files, and know how large they are")]
#![allow(clippy::panic, clippy::expect_used, clippy::print_stderr, reason = "a bench without its input must say so")]

use std::fs;
use std::path::{Path, PathBuf};

use criterion::Criterion;
use criterion::measurement::WallTime;
use frisk::find::{Ruleset, RulesetBuilder};

/// Files that are measured together: one iteration reads all of them.
pub struct Set {
    /// Its name in the name of the bench.
    pub name: String,
    /// Name and content of each file.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Set {
    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    /// Content of each file.
    pub fn contents(&self) -> impl Iterator<Item = &[u8]> {
        self.files.iter().map(|(_, bytes)| bytes.as_slice())
    }

    /// Content of each file, which is text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.contents().map(|bytes| std::str::from_utf8(bytes).expect("sets of text are UTF-8"))
    }

    /// Values that were put into its files and stand beside a word that tells what they are: file, rule and value.
    /// None unless the generator of bench data made the set.
    pub fn planted(&self) -> Vec<(String, &'static str, String)> {
        let Some(folder) = data() else { return Vec::new() };
        let list = fs::read_to_string(folder.join("expected.tsv")).unwrap_or_default();
        let rows = list.lines().skip(1).filter_map(|line| {
            let cells: Vec<_> = line.split('\t').collect();
            let [path, kind, value, _, _, "y", _] = cells[..] else { return None };
            let rule = match kind {
                "card" => "credit-card-number",
                "ssn" => "us-ssn",
                "iban" => "iban",
                "aba" => "us-aba-routing",
                _ => return None,
            };
            self.files.iter().any(|(name, _)| name == path).then(|| (path.to_owned(), rule, value.to_owned()))
        });
        rows.collect()
    }
}

/// The folder of bench data, if one is named.
pub fn data() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("FRISK_BENCH_DATA").filter(|folder| !folder.is_empty())?);
    assert!(folder.join("MANIFEST.sha256").is_file(), "FRISK_BENCH_DATA names no folder of bench data");
    Some(folder)
}

/// Says, once and loudly, what is measured.
pub fn announce() {
    match data() {
        Some(_) => eprintln!("== bench data: FRISK_BENCH_DATA"),
        None => {
            eprintln!("==");
            eprintln!("== FRISK_BENCH_DATA is not set: small inputs made up here and from corpus/.");
            eprintln!("== They show that the benches work and what a change does; they are no figures to publish.");
            eprintln!("==");
        }
    }
}

/// Documents of one format.
pub fn documents(format: &str) -> Set {
    let folder = match data() {
        Some(folder) => folder.join(format),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(format).join("honest"),
    };
    let set = Set { name: format.to_owned(), files: files(&folder, |extension| extension != "expect") };
    assert!(set.files.len() > 5, "{}: only {} files", folder.display(), set.files.len());
    set
}

/// Single files, for the time a caller waits for one.
pub fn single() -> Set {
    let name = "inline".to_owned();
    match data() {
        Some(folder) => Set { name, files: files(&folder.join("inline"), |_| true) },
        None => {
            let text = |bytes: usize| prose(bytes, &mut Random(1)).into_bytes();
            Set { name, files: vec![("text-10k".to_owned(), text(10_000)), ("text-100k".to_owned(), text(100_000))] }
        }
    }
}

/// English-like prose.
pub fn prose_set() -> Set {
    text_set("prose", |extension| extension == "txt", |random| prose(1 << 20, random))
}

/// Prose, logs, tables, JSON and source code.
pub fn mixed_set() -> Set {
    text_set(
        "mixed",
        |_| true,
        |random| {
            let (mut text, mut table) = (prose(400 << 10, random), String::new());
            log(300 << 10, random, &mut text);
            numbers(200 << 10, random, &mut table);
            text + &table
        },
    )
}

/// A table of numbers, most of them as long as those that rules look for.
pub fn dense_set() -> Set {
    match data() {
        Some(folder) => Set { name: "dense".to_owned(), files: files(&folder.join("dense"), |_| true) },
        None => {
            let mut text = String::new();
            numbers(1 << 20, &mut Random(3), &mut text);
            Set { name: "dense".to_owned(), files: vec![("dense.csv".to_owned(), text.into_bytes())] }
        }
    }
}

fn text_set(name: &str, keep: fn(&str) -> bool, make: fn(&mut Random) -> String) -> Set {
    let files = match data() {
        Some(folder) => files(&folder.join("text"), keep),
        None => vec![(format!("{name}.txt"), make(&mut Random(2)).into_bytes())],
    };
    Set { name: name.to_owned(), files }
}

fn files(folder: &Path, keep: impl Fn(&str) -> bool) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.is_file() && keep(&path.extension().unwrap_or_default().to_string_lossy()));
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(folder.parent().unwrap_or(folder)).unwrap_or(path).display().to_string();
        (name, fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
    };
    paths.iter().map(read).collect()
}

// ---- rules ---------------------------------------------------------------------------------------------------------

/// The built-in rules and `count` words of the caller's.
pub fn rules_with_keywords(count: usize) -> RulesetBuilder {
    let list = match data() {
        Some(folder) => {
            let file = folder.join("lists").join(format!("keywords-{count}.txt"));
            fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
        }
        None => {
            let mut random = Random(4);
            // Made-up words have no z: only the last term is in the text.
            let term = |_| format!("{} z{}\n", WORDS[random.below(WORDS.len())], random.word());
            (1..count).map(term).chain([KEYWORD.to_owned()]).collect()
        }
    };
    Ruleset::builder().builtin().unwrap_or_else(|e| panic!("{e}")).keywords(&list)
}

/// Compiles rules.
pub fn build(builder: RulesetBuilder) -> Ruleset {
    builder.build().unwrap_or_else(|e| panic!("{e}"))
}

// ---- made-up text --------------------------------------------------------------------------------------------------

/// A card number (a published test range is no match; this one has a valid check digit and is nobody's), with its label.
pub const CARD: &str = "card number 4539 5787 6362 1486";
/// Bytes of made-up prose for each card in it.
pub const CARD_EVERY_BYTES: usize = 50_000;
/// The one word of the caller's that made-up prose has; it comes with each card.
pub const KEYWORD: &str = "project quillfern";

const WORDS: [&str; 32] = [
    "the", "of", "and", "account", "in", "report", "that", "for", "order", "was", "with", "customer", "number", "on",
    "not", "invoice", "but", "meeting", "this", "have", "from", "quarter", "one", "delivery", "were", "all",
    "contract", "would", "there", "their", "we", "shipment",
];

fn prose(bytes: usize, random: &mut Random) -> String {
    let mut text = String::with_capacity(bytes + 200);
    let mut next = CARD_EVERY_BYTES / 2;
    while text.len() < bytes {
        if text.len() > next {
            text.push_str(&format!("\n{KEYWORD}: {CARD}.\n"));
            next += CARD_EVERY_BYTES;
        }
        match random.below(12) {
            0 => text.push_str(&random.word()),
            1 if random.below(8) == 0 => text.push_str(&random.below(9999).to_string()),
            _ => text.push_str(WORDS[random.below(WORDS.len())]),
        }
        text.push_str(if random.below(14) == 0 { ".\n" } else { " " });
    }
    text
}

fn log(bytes: usize, random: &mut Random, text: &mut String) {
    let end = text.len() + bytes;
    while text.len() < end {
        let (s, ms, n) = (random.below(60), random.below(1000), random.below(1 << 30));
        let word = WORDS[random.below(WORDS.len())];
        text.push_str(&format!("2024-06-01T09:14:{s:02}.{ms:03}Z INFO request id={n} path=/{word}/{n} 200 {ms} ms\n"));
    }
}

fn numbers(bytes: usize, random: &mut Random, text: &mut String) {
    text.push_str("a,b,c,d,e\n");
    let end = text.len() + bytes;
    while text.len() < end {
        let mut digits = |below: usize| random.below(below);
        let (a, b, c, d) = (digits(10_000), digits(10_000), digits(10_000), digits(1_000_000_000));
        text.push_str(&format!("{d:09},4{a:04}{b:04}{c:04}{a:03},{a:04}-{b:04}-{c:04}-{a:04},{b:05},{c:07}\n"));
    }
}

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % end as u64).expect("below a usize")
    }

    fn word(&mut self) -> String {
        (0..4 + self.below(7))
            .map(|i| if i % 2 == 0 { "bdklmnrst" } else { "aeiou" })
            .map(|letters| {
                let at = self.below(letters.len());
                letters.get(at..=at).unwrap_or_default()
            })
            .collect()
    }
}

// ---- the clock -----------------------------------------------------------------------------------------------------

/// Criterion with settings for iterations of some 10 to 500 ms, measuring the CPU time of the thread: a machine that
/// does other things meanwhile disturbs that less than wall time. It reads by wall time where there is no such clock.
pub fn criterion() -> Criterion<clock::Clock> {
    announce();
    Criterion::default().with_measurement(clock::Clock(WallTime)).sample_size(10).configure_from_args()
}

mod clock {
    use std::time::Duration;

    use criterion::measurement::{Measurement, ValueFormatter, WallTime};

    /// CPU time of this thread.
    pub struct Clock(pub WallTime);

    impl Measurement for Clock {
        type Intermediate = Duration;
        type Value = Duration;

        fn start(&self) -> Duration {
            now()
        }

        fn end(&self, start: Duration) -> Duration {
            now().saturating_sub(start)
        }

        fn add(&self, a: &Duration, b: &Duration) -> Duration {
            *a + *b
        }

        fn zero(&self) -> Duration {
            Duration::ZERO
        }

        fn to_f64(&self, value: &Duration) -> f64 {
            self.0.to_f64(value)
        }

        fn formatter(&self) -> &dyn ValueFormatter {
            self.0.formatter()
        }
    }

    #[cfg(unix)]
    fn now() -> Duration {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or(0))
    }

    #[cfg(not(unix))]
    fn now() -> Duration {
        static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
        START.elapsed()
    }
}
