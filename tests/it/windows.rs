//! Large texts are read in windows: what is found in them is what is found in the whole.

use std::sync::LazyLock;

use frisk::report::Record;
use frisk::scan::{Context, Scanner};

/// Bytes of a window and beside it: as small as the reach of evidence allows.
const CORE: usize = 24 << 10;
const BESIDE: usize = 8 << 10;

fn scanner() -> Scanner {
    Scanner::builder().min_confidence(frisk::find::Score::new(40)).build().unwrap()
}

static WHOLE: LazyLock<Scanner> = LazyLock::new(|| scanner().windows(u64::MAX, CORE, BESIDE));
static WINDOWS: LazyLock<Scanner> = LazyLock::new(|| scanner().windows(1, CORE, BESIDE));
static SIDE_BY_SIDE: LazyLock<Scanner> = LazyLock::new(|| scanner().windows(1, CORE, BESIDE).threads(3));

/// What a record tells, but for the time it took.
fn told(record: &Record) -> String {
    let hit = |h: &frisk::report::Hit| {
        format!("{} {}..{} {} {} {:?} {}\n", h.rule, h.start, h.end, h.offsets, h.score, h.location, h.container)
    };
    let hits: String = record.hits.iter().map(hit).collect();
    let reasons: Vec<String> = record.reasons.iter().map(|r| format!("{} {} {}", r.code, r.place, r.detail)).collect();
    let counts: Vec<_> = record.matches.iter().map(|m| (&m.rule, m.count, m.unique_count, &m.container)).collect();
    format!("{:?} {} {counts:?} {reasons:?}\n{hits}", record.verdict, record.stats.bytes_text)
}

#[track_caller]
fn same(name: &str, bytes: &[u8]) -> String {
    let context = Context { size: bytes.len() as u64, ..Context::named(name) };
    let whole = WHOLE.scan(bytes, &context);
    let expected = told(&whole);
    for scanner in [&WINDOWS, &SIDE_BY_SIDE] {
        let windows = told(&scanner.scan(bytes, &context));
        let differs = windows.lines().zip(expected.lines()).find(|(a, b)| a != b);
        assert_eq!(windows.lines().count(), expected.lines().count(), "{name}: {differs:?}");
        assert!(windows == expected, "{name}: {differs:?}");
    }
    assert!(whole.hits.len() > 10, "{name} shows something: {}", whole.hits.len());
    expected
}

/// Made-up numbers: the same in every run.
struct Random(u32);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % most
    }

    fn word(&mut self) -> &'static str {
        const WORDS: &[&str] = &[
            "the",
            "order",
            "was",
            "sent",
            "into",
            "a",
            "naïve",
            "port",
            "and",
            "then",
            "account",
            "of",
            "customer",
            "Überweisung",
            "meeting",
            "notes",
            "12",
            "2024",
            "see",
            "below",
            "カード",
            "reference",
        ];
        WORDS[self.below(WORDS.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// A value, with or without a label. Numbers are published for tests, or nobody's.
    fn value(&mut self) -> String {
        match self.below(7) {
            0 => "card number: 4111 1111 1111 1111".to_owned(),
            1 => "4539 5787 6362 1486".to_owned(),
            2 => "SSN 219-09-9999".to_owned(),
            3 => "IBAN DE89 3704 0044 0532 0130 00".to_owned(),
            4 => format!("mail anna.{}@example.com", self.digits(4)),
            5 => format!("phone +1 202 555 0{}", self.digits(3)),
            _ => self.digits(9),
        }
    }

    fn prose(&mut self, bytes: usize) -> String {
        let mut out = String::new();
        while out.len() < bytes {
            for _ in 0..4 + self.below(12) {
                out.push_str(self.word());
                out.push(' ');
            }
            if self.below(4) == 0 {
                out.push_str(&self.value());
            }
            out.push_str(if self.below(5) == 0 { ".\n\n" } else { ".\n" });
        }
        out
    }
}

#[test]
fn prose_with_any_line_ends() {
    for seed in 0..3 {
        let text = Random(seed).prose(200 << 10);
        same("prose.txt", text.as_bytes());
        same("crlf.txt", text.replace('\n', "\r\n").as_bytes());
        let marked = [&b"\xEF\xBB\xBF"[..], text.as_bytes()].concat();
        same("marked.txt", &marked);
        // Code pages are told by their bytes, and each has no line in common with another.
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        let hits = same_but_for_lines("latin.txt", &latin);
        assert!(hits > 100, "{hits}");
    }
}

/// Texts in code pages have no lines when they are read whole; windows that are plain ASCII do.
fn same_but_for_lines(name: &str, bytes: &[u8]) -> usize {
    let found = |scanner: &Scanner| {
        let record = scanner.scan(bytes, &Context::named(name));
        record.hits.iter().map(|hit| (hit.rule.clone(), hit.score)).collect::<Vec<_>>()
    };
    let whole = found(&WHOLE);
    assert_eq!(found(&WINDOWS), whole);
    assert_eq!(found(&SIDE_BY_SIDE), whole);
    whole.len()
}

#[test]
fn tables_keep_their_header() {
    let mut random = Random(7);
    let mut csv = String::from("A list of customers\n\nid,name,card number,ssn,note\n");
    let mut tabs = String::from("id\tname\tssn\n");
    for row in 0..6000 {
        let (card, ssn) = if row % 5 == 0 { ("4111111111111111", "219-09-9999") } else { ("", "") };
        csv.push_str(&format!("{row},Anna {row},{card},{ssn},\"a, {}\"\n", random.digits(9)));
        tabs.push_str(&format!("{row}\tBo {}\t{}\n", random.digits(3), ssn.replace('-', "")));
    }
    let told = same("list.csv", csv.as_bytes());
    assert!(told.contains("us-ssn"), "{}", &told[..500]);
    same("list.tsv", tabs.as_bytes());
    same("cut.tsv", format!("{tabs}17\tA").as_bytes());
}

#[test]
fn statements_keep_their_columns() {
    let mut insert = String::from("-- a dump\nINSERT INTO people (id, name, ssn) VALUES\n");
    let mut copy = String::from("COPY people (id, name, ssn) FROM stdin;\n");
    for row in 0..6000 {
        let ssn = if row % 10 == 0 { "219099999" } else { "" };
        insert.push_str(&format!("({row}, 'Anna {row}', '{ssn}'),\n"));
        let ssn = if row % 10 == 0 { "219-09-9998" } else { "" };
        copy.push_str(&format!("{row}\tAnna {row}\t{ssn}\n"));
    }
    same("insert.sql", insert.as_bytes());
    same("copy.sql", copy.as_bytes());
}

#[test]
fn json_lines_and_what_is_encoded() {
    let mut random = Random(3);
    let (mut json, mut log) = (String::new(), String::new());
    for row in 0..3000 {
        let value = if row % 7 == 0 { random.value() } else { random.word().to_owned() };
        json.push_str(&format!("{{\"id\":{row},\"text\":\"{value}\",\"more\":[1,2]}}\n"));
        log.push_str(&format!("2024-05-0{} 12:00:00 INFO user={} {value}\n", 1 + row % 9, random.digits(6)));
        if row % 100 == 0 {
            // "card number: 4111 1111 1111 1111" and a long text over several lines.
            log.push_str("payload=Y2FyZCBudW1iZXI6IDQxMTEgMTExMSAxMTExIDExMTE=\n");
            for _ in 0..9 {
                log.push_str("bm90aGluZyB0byBzZWUgaGVyZSwgb3IgYXQgbGVhc3QgbGl0dGxlIG9mIHZhbHVl\n");
            }
        }
    }
    same("events.jsonl", json.as_bytes());
    same("cut.jsonl", format!("{json}{{\"a\": [1").as_bytes());
    let told = same("events.log", log.as_bytes());
    assert!(told.contains("(base64)"), "what is encoded is found");
}

#[test]
fn what_is_no_plain_text_is_read_whole() {
    let mut random = Random(9);
    let prose = random.prose(60 << 10);
    same("page.html", format!("<!DOCTYPE html><html><body><p>{prose}</p></body></html>").as_bytes());
    let wide: Vec<u8> = format!("\u{feff}{prose}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    same("wide.txt", &wide);
    same("mac.txt", prose.replace('\n', "\r").as_bytes());
}

#[test]
fn a_line_without_an_end_is_cut_between_characters() {
    let mut random = Random(11);
    let text = random.prose(150 << 10).replace('\n', " ");
    same("line.txt", text.as_bytes());
}

#[test]
fn a_limit_counts_over_all_windows() {
    let line = "card number: 4539 5787 6362 1486, and so on\n";
    let limits = frisk::blob::Limits { matches_max: 2000, ..Default::default() };
    let text = line.repeat(5000);
    let build = |scanner: fn(Scanner) -> Scanner| scanner(Scanner::builder().limits(limits.clone()).build().unwrap());
    let whole = build(|s| s.windows(u64::MAX, CORE, BESIDE)).scan(text.as_str(), &Context::named("a.txt"));
    let windows = build(|s| s.windows(1, CORE, BESIDE).threads(2)).scan(text.as_str(), &Context::named("a.txt"));
    assert_eq!(told(&windows), told(&whole));
    assert!(whole.reasons.iter().any(|r| r.code == "matches_capped") && whole.hits.len() == 2000);
}
