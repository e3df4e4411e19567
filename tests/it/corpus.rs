//! The corpus: every document says what the `.expect` file beside it wants (`corpus/README.md`).

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use frisk::blob::{Aspect, Limits, Passwords};
use frisk::find::{Level, Ruleset, Score};
use frisk::report::{Hit, Record};
use frisk::scan::{Context, Scanner};

#[test]
fn every_document_of_the_corpus_is_as_expected() {
    let documents = documents();
    assert!(documents.len() >= 250, "only {} documents", documents.len());
    let usual = scanner(&Limits::default());
    let mut wrong = Vec::new();
    for document in &documents {
        let name = document.strip_prefix(root()).unwrap_or(document).display().to_string();
        let expectation = parse(&read_text(&document.with_extension("expect")), &name);
        let own = (expectation.limits != Limits::default()).then(|| scanner(&expectation.limits));
        let seen = look(own.as_ref().unwrap_or(&usual), document, &name);
        for (wanted, line) in &expectation.facts {
            if let Err(why) = wanted.check(&seen) {
                wrong.push(format!("{name}: {line}\n    {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} facts do not hold\n{}", wrong.len(), wrong.join("\n"));
}

// ---- documents -----------------------------------------------------------------------------------------------------

/// What frisk says of a document: its record, and the text of it and of everything inside.
struct Seen {
    record: Record,
    text: String,
    /// Pieces of text: members down to it, part of the document, text.
    pieces: Vec<(String, &'static str, String)>,
}

fn look(scanner: &Scanner, document: &Path, name: &str) -> Seen {
    let bytes = read(document);
    let context = Context { size: bytes.len() as u64, ..Context::named(name) };
    let mut text = String::new();
    let mut pieces = Vec::new();
    scanner.extract(&bytes[..], &mut |container, document| {
        text.push_str(document.text.as_str());
        text.push('\n');
        for (range, location) in document.text.pieces() {
            let piece = document.text.as_str().get(range).unwrap_or_default();
            pieces.push((container.to_owned(), location.area.name(), piece.to_owned()));
        }
    });
    Seen { record: scanner.scan(&bytes[..], &context), text, pieces }
}

fn scanner(limits: &Limits) -> Scanner {
    let rules = Ruleset::builder().builtin().and_then(|b| b.keywords(&read_text(&root().join("keywords.txt"))).build());
    let rules = rules.unwrap_or_else(|e| panic!("{e}"));
    let builder = Scanner::builder().ruleset(rules).limits(limits.clone()).min_confidence(Score::new(0));
    let builder = builder.passwords(Passwords::parse(&read_text(&root().join("passwords.txt"))));
    builder.build().unwrap_or_else(|e| panic!("{e}"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// All documents, in the order of their names.
fn documents() -> Vec<PathBuf> {
    let formats = children(&root()).into_iter().filter(|p| p.is_dir() && !p.ends_with("make"));
    let classes = formats.flat_map(|format| children(&format)).filter(|p| p.is_dir());
    let files = classes.flat_map(|class| children(&class));
    let mut documents: Vec<_> = files.filter(|file| file.extension().is_none_or(|e| e != "expect")).collect();
    documents.sort();
    documents
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[expect(clippy::disallowed_methods, reason = "a test opens its files itself")]
fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read_text(path: &Path) -> String {
    String::from_utf8(read(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What the corpus proves of formats: media type of the document, `reads` or `misses`, aspect.
pub(crate) fn proven() -> std::collections::BTreeSet<(&'static str, &'static str, &'static str)> {
    let scanner = scanner(&Limits::default());
    let mut proven = std::collections::BTreeSet::new();
    for document in documents() {
        let name = document.display().to_string();
        let expectation = parse(&read_text(&document.with_extension("expect")), &name);
        let facts = expectation.facts.iter().filter_map(|(fact, _)| match fact {
            Fact::Reads { aspect, .. } => Some(("reads", aspect.name())),
            Fact::Misses { aspect, .. } => Some(("misses", aspect.name())),
            _ => None,
        });
        let facts: Vec<_> = facts.collect();
        if facts.is_empty() {
            continue;
        }
        let record = scanner.scan(&read(&document)[..], &Context::named(&name));
        let media_type = record.media_type.unwrap_or_default();
        let known = frisk::blob::Kind::ALL.iter().find(|kind| kind.media_type() == media_type);
        let media_type = known.map_or("", |kind| kind.media_type());
        proven.extend(facts.into_iter().map(|(verb, aspect)| (media_type, verb, aspect)));
    }
    proven
}

// ---- expectations --------------------------------------------------------------------------------------------------

/// What an `.expect` file says.
struct Expectation {
    limits: Limits,
    facts: Vec<(Fact, String)>,
}

/// One line of it.
#[derive(Debug, PartialEq)]
enum Fact {
    Match {
        rule: String,
        levels: Vec<Level>,
        counts: RangeInclusive<usize>,
        place: Vec<(String, String)>,
    },
    NoMatch {
        rule: String,
    },
    Unique {
        rule: String,
        count: u64,
    },
    Label {
        id: String,
        name: Option<String>,
        state: String,
    },
    Labels {
        count: usize,
    },
    Protection {
        name: String,
    },
    Gap {
        reason: String,
        place: String,
    },
    Status {
        name: String,
    },
    Kind {
        media_type: String,
    },
    ExtensionMismatch,
    Suspicion {
        code: String,
    },
    Text {
        text: String,
        there: bool,
    },
    /// An aspect of the format is read: the text is there, where the aspect belongs.
    Reads {
        aspect: Aspect,
        text: String,
    },
    /// An aspect of the format is not read, and a gap says so.
    Misses {
        aspect: Aspect,
        reason: String,
        place: String,
    },
    /// The fact will hold one day; when it does, this line must become a fact.
    NotYet(Box<Fact>),
}

fn parse(text: &str, name: &str) -> Expectation {
    let mut expectation = Expectation { limits: Limits::default(), facts: Vec::new() };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let ["limit", limit, number] = words[..] {
            set_limit(&mut expectation.limits, limit, number);
        } else {
            let fact = fact(&words).unwrap_or_else(|| panic!("{name}: no such fact: {line}"));
            expectation.facts.push((fact, line.to_owned()));
        }
    }
    assert!(!expectation.facts.is_empty(), "{name}: no facts");
    expectation
}

/// Words of a line; double quotes keep white space inside one.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn set_limit(limits: &mut Limits, name: &str, number: &str) {
    let number: u64 = number.parse().unwrap();
    match name {
        "unpacked_bytes_max" => limits.unpacked_bytes_max = number,
        "members_max" => limits.members_max = number,
        "depth_max" => limits.depth_max = u32::try_from(number).unwrap(),
        "file_bytes_max" => limits.file_bytes_max = number,
        _ => panic!("no such limit: {name}"),
    }
}

fn fact(words: &[&str]) -> Option<Fact> {
    let own = |word: &&str| (*word).to_owned();
    Some(match words {
        ["match", rule, level, count, place @ ..] => Fact::Match {
            rule: own(rule),
            levels: levels(level)?,
            counts: counts(count)?,
            place: place.iter().map(pair).collect::<Option<_>>()?,
        },
        ["no-match", rule] => Fact::NoMatch { rule: own(rule) },
        ["unique", rule, count] => Fact::Unique { rule: own(rule), count: count.parse().ok()? },
        ["label", id, name, state @ ("active" | "removed")] => {
            Fact::Label { id: own(id), name: Some(own(name)).filter(|n| n != "-"), state: own(state) }
        }
        ["labels", count] => Fact::Labels { count: count.parse().ok()? },
        ["protection", name] => Fact::Protection { name: own(name) },
        ["gap", reason] => Fact::Gap { reason: own(reason), place: String::new() },
        ["gap", reason, place] => Fact::Gap { reason: own(reason), place: own(place) },
        ["status", name @ ("ok" | "partial" | "unscannable")] => Fact::Status { name: own(name) },
        ["kind", media_type] => Fact::Kind { media_type: own(media_type) },
        ["extension-mismatch"] => Fact::ExtensionMismatch,
        ["suspicion", code] => Fact::Suspicion { code: (*code).to_owned() },
        ["text", text] => Fact::Text { text: own(text), there: true },
        ["not-text", text] => Fact::Text { text: own(text), there: false },
        ["reads", aspect, text] => Fact::Reads { aspect: aspect_of(aspect)?, text: own(text) },
        ["misses", aspect, reason, place @ ..] if place.len() < 2 => Fact::Misses {
            aspect: aspect_of(aspect)?,
            reason: own(reason),
            place: place.first().map(own).unwrap_or_default(),
        },
        ["not-yet", later @ ..] => Fact::NotYet(Box::new(fact(later)?)),
        _ => return None,
    })
}

fn aspect_of(word: &str) -> Option<Aspect> {
    Aspect::ALL.iter().copied().find(|aspect| aspect.name() == word)
}

/// Whether a piece of text stands where `aspect` belongs.
fn belongs(aspect: Aspect, container: &str, area: &str) -> bool {
    match aspect {
        Aspect::Headers => matches!(area, "header" | "footer" | "mail_header"),
        Aspect::Notes => matches!(area, "footnote" | "notes"),
        Aspect::Comments => area == "comment" || container.ends_with("(comment)"),
        Aspect::Hidden => area == "hidden",
        Aspect::Changes => area == "tracked_change" || area == "hidden",
        Aspect::Metadata => area == "metadata",
        Aspect::Names => matches!(area, "filename" | "metadata" | "attachment"),
        Aspect::Embedded => !container.is_empty(),
        Aspect::Body => container.is_empty() && area == "body",
        _ => true,
    }
}

fn levels(word: &str) -> Option<Vec<Level>> {
    const ALL: [Level; 3] = [Level::Low, Level::Medium, Level::High];
    let least = word.strip_prefix(">=").map(Level::from_name);
    match least {
        Some(least) => least.map(|least| ALL.into_iter().filter(|level| *level >= least).collect()),
        None => Level::from_name(word).map(|level| vec![level]),
    }
}

fn counts(word: &str) -> Option<RangeInclusive<usize>> {
    match word.strip_prefix(">=") {
        Some(least) => least.parse().ok().map(|least| least..=usize::MAX),
        None => word.parse().ok().map(|count| count..=count),
    }
}

fn pair(word: &&str) -> Option<(String, String)> {
    const KEYS: [&str; 6] = ["part", "page", "slide", "sheet", "cell", "container"];
    let (key, value) = word.split_once('=')?;
    KEYS.contains(&key).then(|| (key.to_owned(), value.to_owned()))
}

// ---- checks --------------------------------------------------------------------------------------------------------

impl Fact {
    /// Whether the fact holds; else what was seen instead, without values.
    fn check(&self, seen: &Seen) -> Result<(), String> {
        let record = &seen.record;
        match self {
            Self::Match { rule, levels, counts, place } => {
                let fits = |hit: &&Hit| hit.rule == *rule && levels.contains(&hit.level) && stands(hit, place);
                let found = record.hits.iter().filter(fits).count();
                holds(counts.contains(&found), || format!("found {found}; {}", shown(record, rule)))
            }
            Self::NoMatch { rule } => {
                let fits = |hit: &&Hit| (rule == "*" || hit.rule == *rule) && hit.level >= Level::Medium;
                let found = record.hits.iter().filter(fits).count();
                holds(found == 0, || format!("found {found}; {}", shown(record, rule)))
            }
            Self::Unique { rule, count } => {
                let found: u64 = record.matches.iter().filter(|m| m.rule == *rule).map(|m| m.unique_count).sum();
                holds(found == *count, || format!("{found} different ones; {}", shown(record, rule)))
            }
            Self::Label { id, name, state } => {
                let found = record.labels.iter().any(|l| l.id == *id && l.name == *name && l.state == state);
                holds(found, || format!("labels: {:?}", record.labels))
            }
            Self::Labels { count } => holds(record.labels.len() == *count, || format!("labels: {:?}", record.labels)),
            Self::Protection { name } => {
                let found = record.encryption.unwrap_or("none");
                holds(found == name, || format!("protection: {found}"))
            }
            Self::Gap { reason, place } => {
                let found = record.reasons.iter().any(|gap| gap.code == reason && gap.place.contains(place));
                holds(found, || format!("gaps: {:?}", record.reasons))
            }
            Self::Status { name } => {
                let found = record.status.name();
                holds(found == name, || format!("status: {found}; gaps: {:?}", record.reasons))
            }
            Self::Kind { media_type } => {
                let found = record.media_type.unwrap_or("none");
                holds(found == media_type, || format!("kind: {found}"))
            }
            Self::Suspicion { code } => {
                let found = record.suspicions.iter().any(|sign| sign.code == code);
                holds(found, || format!("suspicions: {:?}", record.suspicions))
            }
            Self::ExtensionMismatch => holds(record.extension_mismatch, || "extension agrees".to_owned()),
            Self::Text { text, there } => {
                let found = seen.text.contains(text.as_str());
                holds(found == *there, || format!("{} bytes of text do not show it so", seen.text.len()))
            }
            Self::Reads { aspect: Aspect::Labels, text } => {
                let found = record.labels.iter().any(|l| l.id == *text || l.name.as_ref() == Some(text));
                holds(found, || format!("labels: {:?}", record.labels))
            }
            Self::Reads { aspect, text } => {
                let mut pieces = seen.pieces.iter().filter(|(container, area, _)| belongs(*aspect, container, area));
                let found = pieces.any(|(_, _, piece)| piece.contains(text.as_str()));
                let at = || {
                    let holding = seen.pieces.iter().filter(|(_, _, piece)| piece.contains(text.as_str()));
                    holding.map(|(container, area, _)| format!("{area} {container}")).collect::<Vec<_>>()
                };
                holds(found, || format!("not there; seen at {:?}", at()))
            }
            Self::Misses { reason, place, .. } => {
                Self::Gap { reason: reason.clone(), place: place.clone() }.check(seen)
            }
            Self::NotYet(later) => {
                holds(later.check(seen).is_err(), || "it does now: make it a fact in corpus/make".to_owned())
            }
        }
    }
}

fn holds(is: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if is { Ok(()) } else { Err(otherwise()) }
}

fn stands(hit: &Hit, place: &[(String, String)]) -> bool {
    let at = &hit.location;
    place.iter().all(|(key, value)| match key.as_str() {
        "part" => at.part == value,
        "page" => at.page.is_some_and(|page| page.to_string() == *value),
        "slide" => at.slide.is_some_and(|slide| slide.to_string() == *value),
        "sheet" => at.sheet.as_ref() == Some(value),
        "cell" => at.cell.as_ref() == Some(value),
        _ => hit.container.contains(value.as_str()),
    })
}

/// Matches of a rule and gaps, for the message of a fact that does not hold.
fn shown(record: &Record, rule: &str) -> String {
    let hits = record.hits.iter().filter(|hit| rule == "*" || hit.rule == rule);
    let places: Vec<_> = hits
        .map(|hit| {
            let at = &hit.location;
            let parts = [
                at.page.map(|page| format!("page {page}")),
                at.slide.map(|slide| format!("slide {slide}")),
                at.sheet.clone(),
                at.cell.clone(),
                Some(hit.container.clone()).filter(|container| !container.is_empty()),
            ];
            let place: Vec<_> = parts.into_iter().flatten().collect();
            format!("{} {} {} {} {}", hit.rule, hit.level, hit.score, at.part, place.join(" "))
        })
        .collect();
    let gaps: Vec<_> = record.reasons.iter().map(|gap| format!("{} {}", gap.code, gap.place)).collect();
    format!("matches [{}] gaps [{}]", places.join(", "), gaps.join(", "))
}

#[test]
fn expectations_are_read() {
    let text = "# a comment\nlimit members_max 3\n\nmatch us-ssn >=medium 2 sheet=\"A & B\" cell=B2\n  gap corrupt\nlabel a - removed\n";
    let expectation = parse(text, "test");
    assert_eq!(expectation.limits.members_max, 3);
    let facts: Vec<_> = expectation.facts.into_iter().map(|(fact, _)| fact).collect();
    let place = [("sheet", "A & B"), ("cell", "B2")].map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec();
    let expected = [
        Fact::Match { rule: "us-ssn".into(), levels: vec![Level::Medium, Level::High], counts: 2..=2, place },
        Fact::Gap { reason: "corrupt".into(), place: String::new() },
        Fact::Label { id: "a".into(), name: None, state: "removed".into() },
    ];
    assert_eq!(facts, expected);
    for wrong in ["match us-ssn sure 1", "match us-ssn high many", "status fine", "gap", "match us-ssn high 1 row=2"] {
        assert!(fact(&wrong.split(' ').collect::<Vec<_>>()).is_none(), "{wrong}");
    }
}
