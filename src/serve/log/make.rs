//! Decisions from what the scanner and the front end know. Everything is bounded here, and what must not be kept ends
//! here: values, queries of addresses, credentials.

use std::time::SystemTime;

use crate::find::Level;
use crate::policy::{Action, Situation};
use crate::report::{LabelEntry, MatchEntry, Place, Record, Timing};
use crate::serve::context::plain_url;
use crate::serve::log::decision::{Decision, Details, Evidence, Found, GapRow, LabelRow, LevelCount};
use crate::serve::log::moment::Moment;

/// What the service knows of a request beside its circumstances.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Correlation id.
    pub id: String,
    /// The front end that was asked: `icap`, `http` …
    pub frontend: String,
    /// When it came, for requests whose [`Situation::time`] is not set; without both it is now.
    pub time: Option<SystemTime>,
    /// What was done, where the front end knows better than the record: another file of the same request decided, or
    /// there was no room to examine it. `None` = as the record says.
    pub action: Option<Action>,
    /// Whether there was no room to examine it, and `on-overload` decided.
    pub overloaded: bool,
    /// Microseconds it waited for a worker; `None` = as the record says.
    pub queue_us: Option<u64>,
    /// Microseconds until its body was there; `None` = as the record says.
    pub read_us: Option<u64>,
    /// Microseconds from the request to the answer; `None` = as the record says.
    pub total_us: Option<u64>,
}

/// Characters of a name, an id, a word.
const WORD_CHARS_MAX: usize = 256;
/// Characters of an address, a path of members, a sentence.
const TEXT_CHARS_MAX: usize = 1024;
/// Entries of a list: groups, rules, gaps, fields. Real requests have a few dozen at most.
const LIST_MAX: usize = 64;
/// Masked values of one decision.
const EVIDENCE_MAX: usize = 10;

/// Names of fields that carry credentials, and parts of such names. Their values are never kept.
const SECRET_FIELDS: &[&str] =
    &["authorization", "cookie", "token", "secret", "password", "passwd", "api-key", "apikey", "credential", "session"];

impl Decision {
    /// The decision about a file or a text that was examined, or about an event that was told without content: its
    /// fields are those of the situation, and there is nothing of which anything could be known.
    pub fn new(situation: &Situation, record: &Record, request: &Request) -> Self {
        let mut cut = Cut::default();
        let mut decision = circumstances(situation, request, &mut cut);
        let name = record.path.rsplit(['/', '\\']).next().unwrap_or_default();
        decision.file = (!name.is_empty()).then(|| cut.text("file", name, WORD_CHARS_MAX));
        if !situation.is_event() {
            decision.media_type = record.media_type.map(str::to_owned);
            decision.size = Some(record.size);
            record.status.name().clone_into(&mut decision.status);
            record.verdict.name().clone_into(&mut decision.verdict);
        }
        decision.sha256 = record.sha256.as_deref().map(|s| cut.text("sha256", s, WORD_CHARS_MAX));
        decision.action = request.action.or(record.action);
        decision.would = record.would_action;
        decision.policy = cut.word("policy", record.policy.as_deref());
        decision.rule = cut.word("rule", record.policy_rule.as_deref());
        let details = &mut decision.details;
        details.rules = cut.words("rules", &record.policy_rules);
        details.exceptions = cut.words("exceptions", &record.policy_exceptions);
        details.message_id = cut.word("message_id", record.message_id.as_deref());
        details.found = cut.list("found", found(record), |found, _| found);
        details.suppressed = record.suppressed.iter().map(|s| s.count).sum();
        let labels = record.labels.iter().chain(&record.superseded_labels);
        details.labels = cut.list("labels", labels, label);
        details.encryption = record.encryption.map(str::to_owned);
        details.gaps = cut.list("gaps", &record.reasons, |gap, cut| GapRow {
            code: gap.code.to_owned(),
            place: cut.text("gaps", &gap.place, TEXT_CHARS_MAX),
            detail: cut.text("gaps", &gap.detail, TEXT_CHARS_MAX),
        });
        details.suspicions = cut.list("suspicions", &record.suspicions, |sign, cut| GapRow {
            code: sign.code.to_owned(),
            place: cut.text("suspicions", &sign.place, TEXT_CHARS_MAX),
            detail: String::new(),
        });
        details.evidence = evidence(record, &mut cut);
        details.timing = timing(&record.timing, request);
        details.ruleset = cut.text("ruleset", &record.ruleset, WORD_CHARS_MAX);
        details.cut = cut.0;
        decision
    }

    /// About how many bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        let own = [&self.user, &self.app, &self.url, &self.file, &self.sha256, &self.policy, &self.rule];
        let details = &self.details;
        let words = |list: &[String]| list.iter().map(|s| s.len() + 24).sum::<usize>();
        let rows = |list: &[GapRow]| list.iter().map(|g| g.code.len() + g.place.len() + g.detail.len() + 72).sum();
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let counts = [
            own.into_iter().map(optional).sum(),
            words(&details.groups) + words(&details.rules) + words(&details.exceptions) + words(&details.device_tags),
            details.fields.iter().map(|(name, value)| name.len() + value.len() + 48).sum(),
            details.found.iter().map(|f| f.rule.len() + f.name.len() + f.category.len() + 176).sum(),
            details.labels.iter().map(|l| l.id.len() + optional(&l.name) + optional(&l.tenant) + 200).sum(),
            rows(&details.gaps),
            rows(&details.suspicions),
            details.evidence.iter().map(|e| e.rule.len() + e.masked.len() + e.place.len() + 112).sum(),
        ];
        size_of::<Self>() + counts.into_iter().sum::<usize>()
    }
}

/// The times of a record, and those that the front end knows better.
fn timing(of_record: &Timing, request: &Request) -> Timing {
    Timing {
        queue: request.queue_us.unwrap_or(of_record.queue),
        read: request.read_us.unwrap_or(of_record.read),
        total: request.total_us.unwrap_or(of_record.total),
        ..*of_record
    }
}

/// Who, where, what and with which device.
fn circumstances(situation: &Situation, request: &Request, cut: &mut Cut) -> Decision {
    let time = situation.time.or(request.time).unwrap_or_else(SystemTime::now);
    let fields = situation.fields.iter().filter(|(name, _)| !is_secret(name));
    Decision {
        time: Moment::from(time),
        id: cut.text("id", &request.id, WORD_CHARS_MAX),
        frontend: cut.text("frontend", &request.frontend, WORD_CHARS_MAX),
        user: cut.word("user", situation.user.as_deref()),
        address: situation.address,
        activity: situation.activity,
        event: cut.word("event", situation.event.as_deref()),
        app: cut.word("app", situation.app.as_deref()),
        url: situation.url.as_deref().map(|url| cut.text("url", &plain_url(url), TEXT_CHARS_MAX)),
        details: Details {
            groups: cut.words("groups", &situation.groups),
            external: situation.external,
            location: cut.word("location", situation.location.as_deref()),
            position: situation.position,
            carries_out: situation.carries_out.clone(),
            device_tags: cut.words("device_tags", &situation.device_tags),
            platform: cut.word("platform", situation.platform.as_deref()),
            client: cut.word("client", situation.client.as_deref()),
            fields: cut.list("fields", fields, |(name, value), cut| {
                (cut.text("fields", name, WORD_CHARS_MAX), cut.text("fields", value, TEXT_CHARS_MAX))
            }),
            overloaded: request.overloaded,
            ..Details::default()
        },
        ..Decision::default()
    }
}

/// Whether a field carries credentials, by its name.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    SECRET_FIELDS.iter().any(|word| name.contains(word))
}

/// What was found by rule: as the policy was told, or else as the record says.
fn found(record: &Record) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut add = |rule: &str, name: &str, category: &str, level: Level, count: u64, unique_count: u64| {
        let one = LevelCount { level, count, unique_count };
        match found.iter_mut().find(|f| f.rule == rule) {
            Some(known) => known.levels.push(one),
            None => found.push(Found {
                rule: rule.to_owned(),
                name: name.to_owned(),
                category: category.to_owned(),
                levels: vec![one],
            }),
        }
    };
    for f in &record.findings {
        add(&f.rule, &f.name, &f.category, f.level, f.count, f.unique);
    }
    if record.findings.is_empty() {
        // Places are added up: different values may be counted once a place.
        let mut seen: Vec<&str> = Vec::new();
        for first in &record.matches {
            if seen.contains(&first.rule.as_str()) {
                continue;
            }
            seen.push(&first.rule);
            for level in [Level::High, Level::Medium, Level::Low] {
                let here = || record.matches.iter().filter(|m| m.rule == first.rule && m.level >= level);
                let count: u64 = here().map(|m| m.count).sum();
                if count > 0 {
                    let unique = here().map(|m| m.unique_count).sum();
                    add(&first.rule, &first.name, category_name(first.category), level, count, unique);
                }
            }
        }
    }
    found
}

/// The category of an OCSF category id, as policies name it.
fn category_name(id: u8) -> &'static str {
    match id {
        1 => "personal",
        2 => "governmental",
        3 => "financial",
        4 => "business",
        6 => "security",
        _ => "other",
    }
}

fn label(label: &LabelEntry, cut: &mut Cut) -> LabelRow {
    LabelRow {
        id: cut.text("labels", &label.id, WORD_CHARS_MAX),
        name: cut.word("labels", label.name.as_deref()),
        tenant: cut.word("labels", label.tenant.as_deref()),
        method: cut.word("labels", label.method.as_deref()),
        set_date: cut.word("labels", label.set_date.as_deref()),
        content_bits: label.content_bits,
        state: label.state.to_owned(),
        source: label.source.to_owned(),
    }
}

/// A few values of each rule, masked whatever the record shows.
fn evidence(record: &Record, cut: &mut Cut) -> Vec<Evidence> {
    let samples = record.matches.iter().flat_map(|entry| entry.samples.iter().map(move |sample| (entry, sample)));
    let mut kept = Vec::new();
    for (entry, sample) in samples {
        if kept.len() >= EVIDENCE_MAX {
            cut.note("evidence");
            break;
        }
        let masked = masked(&entry.rule, &sample.masked);
        // A shown value and its fingerprint must not be in one place; the record leaves it out then.
        let fingerprint = sample.fingerprint.clone();
        let place = cut.text("evidence", &place(entry, &sample.location), TEXT_CHARS_MAX);
        kept.push(Evidence { rule: entry.rule.clone(), masked, fingerprint, place });
    }
    kept
}

/// What may be kept of a value that a record shows: rule and length (`[card:16]`), or the last four characters.
fn masked(rule: &str, shown: &str) -> String {
    let hidden = shown.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).and_then(|inner| {
        let (name, length) = inner.rsplit_once(':')?;
        let word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | ' ' | '_' | '.'));
        Some(word && !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit()))
    });
    if hidden == Some(true) {
        return shown.chars().take(WORD_CHARS_MAX).collect();
    }
    // Authentication data is not even kept masked.
    if matches!(rule, "card-cvv" | "card-magstripe") {
        return format!("[{rule}]");
    }
    let length = shown.chars().count();
    let stars = length.saturating_sub(4.min(length / 2));
    let last: String = shown.chars().skip(stars).map(|c| if c.is_control() { '*' } else { c }).collect();
    format!("{}{last}", "*".repeat(stars.min(WORD_CHARS_MAX)))
}

/// Where a match stands, in words: `a.docx: body page 3`.
fn place(entry: &MatchEntry, at: &Place) -> String {
    let mut words = vec![at.part.to_owned()];
    let numbers = [
        ("page", at.page.map(u64::from)),
        ("slide", at.slide.map(u64::from)),
        ("line", at.line),
        ("column", at.column),
    ];
    words.extend(numbers.into_iter().filter_map(|(name, n)| n.map(|n| format!("{name} {n}"))));
    words.extend(at.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
    words.extend(at.cell.as_ref().map(|cell| format!("cell {cell}")));
    let words = words.join(" ");
    if entry.container.is_empty() { words } else { format!("{}: {words}", entry.container) }
}

/// What was too long, by name.
#[derive(Default)]
struct Cut(Vec<String>);

impl Cut {
    fn note(&mut self, name: &str) {
        if !self.0.iter().any(|known| known == name) {
            self.0.push(name.to_owned());
        }
    }

    fn text(&mut self, name: &str, text: &str, chars_max: usize) -> String {
        match text.char_indices().nth(chars_max) {
            None => text.to_owned(),
            Some((end, _)) => {
                self.note(name);
                text.get(..end).unwrap_or_default().to_owned()
            }
        }
    }

    fn word(&mut self, name: &str, text: Option<&str>) -> Option<String> {
        text.map(|text| self.text(name, text, WORD_CHARS_MAX))
    }

    fn words(&mut self, name: &str, list: &[String]) -> Vec<String> {
        self.list(name, list, |text, cut| cut.text(name, text, WORD_CHARS_MAX))
    }

    fn list<T, R>(
        &mut self,
        name: &str,
        list: impl IntoIterator<Item = T>,
        mut row: impl FnMut(T, &mut Self) -> R,
    ) -> Vec<R> {
        let mut kept = Vec::new();
        for item in list {
            if kept.len() >= LIST_MAX {
                self.note(name);
                break;
            }
            kept.push(row(item, self));
        }
        kept
    }
}
