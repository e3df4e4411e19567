//! Matches of all documents of one input, gathered into what records and policies want: counts per rule and place,
//! a few masked samples, each match by itself. Values end here: nothing behind this file sees one.

use std::collections::{BTreeMap, HashSet};

use crate::document::{Offsets, Text};
use crate::find::{Category, Level, Match, Rule, Score};
use crate::policy::Finding;
use crate::report::mask::Masker;
use crate::report::record::{Hit, MatchEntry, Place, Sample, SuppressedEntry};
use crate::report::suppress::Suppressions;

/// What reports and policies need to know about a detection rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleInfo {
    /// Rule id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Name inside a mask: `card`.
    pub short_name: String,
    /// Category as policies name it.
    pub category: String,
    /// OCSF category id.
    pub category_id: u8,
    /// Purview GUID of the type.
    pub sit_guid: Option<String>,
}

impl From<&Rule> for RuleInfo {
    fn from(rule: &Rule) -> Self {
        let category_id = match rule.category {
            Category::Personal => 1,
            Category::Governmental => 2,
            Category::Financial => 3,
            Category::Business => 4,
            Category::Security => 6,
            Category::Other => 99,
        };
        Self {
            id: rule.id.clone(),
            name: rule.name.clone(),
            short_name: rule.short_name.clone(),
            category: rule.category.name().to_owned(),
            category_id,
            sit_guid: rule.sit_guid.clone(),
        }
    }
}

/// Values shown per rule and place.
pub const SAMPLES_MAX: usize = 5;

const LEVELS: [Level; 3] = [Level::High, Level::Medium, Level::Low];

/// Gathers matches of one input.
#[derive(Debug)]
pub struct Collector<'a> {
    rules: &'a [RuleInfo],
    masker: &'a Masker,
    gate: Score,
    hits_max: usize,
    /// What is suppressed, and the path of the input as globs of lists want it.
    suppress: Option<(&'a Suppressions, &'a str)>,
    /// Suppressed matches by rule and entry.
    suppressed: BTreeMap<(usize, usize), u64>,
    kept: BTreeMap<usize, usize>,
    groups: BTreeMap<(usize, String, &'static str), Group>,
    counts: BTreeMap<usize, Counts>,
    hits: Vec<Hit>,
    capped: bool,
}

/// Matches of one rule in one place.
#[derive(Debug, Default)]
struct Group {
    score: Score,
    count: u64,
    unique: HashSet<u64>,
    samples: Vec<Sample>,
}

/// Matches of one rule in the whole input, by [`LEVELS`].
#[derive(Debug, Default)]
struct Counts {
    count: [u64; 3],
    unique: [HashSet<u64>; 3],
}

/// What was gathered.
#[derive(Debug, Default)]
pub struct Collected {
    /// Counts per rule and place.
    pub matches: Vec<MatchEntry>,
    /// Each match by itself.
    pub hits: Vec<Hit>,
    /// What a list suppressed.
    pub suppressed: Vec<SuppressedEntry>,
    /// Counts per rule, by index of the rule, see [`Collected::findings`].
    counts: Vec<(usize, Level, u64, u64)>,
}

impl<'a> Collector<'a> {
    /// Gathers matches of `rules` (by index, as in the ruleset) with at least the score `gate`; at most `hits_max`
    /// of each rule.
    pub fn new(rules: &'a [RuleInfo], masker: &'a Masker, gate: Score, hits_max: usize) -> Self {
        Self {
            rules,
            masker,
            gate,
            hits_max,
            suppress: None,
            suppressed: BTreeMap::new(),
            kept: BTreeMap::new(),
            groups: BTreeMap::new(),
            counts: BTreeMap::new(),
            hits: Vec::new(),
            capped: false,
        }
    }

    /// Leaves out, and counts, what `list` suppresses in the input at `path`.
    pub fn suppressing(mut self, list: &'a Suppressions, path: &'a str) -> Self {
        self.suppress = (!list.is_empty()).then_some((list, path));
        self
    }

    /// Adds the matches of one document. `container` is the path of members down to it, "" for the input itself.
    pub fn add(&mut self, matches: &[Match], text: &Text<'_>, container: &str) {
        self.add_window(matches, text, container, &Origin::default());
    }

    /// Adds the matches of one window of a document, after those of the windows before it.
    pub fn add_window(&mut self, matches: &[Match], text: &Text<'_>, container: &str, origin: &Origin) {
        let mut order: Vec<&Match> = matches.iter().filter(|m| m.score >= self.gate).collect();
        order.sort_by_key(|m| (m.range.start, m.range.end, m.rule));
        let mut lines = Lines::new(text, container.is_empty(), origin);
        let mut suppress = self.suppress.map(|(list, path)| list.at(path, container));
        for found in order {
            let Some(rule) = self.rules.get(found.rule) else { continue };
            let print = self.masker.fingerprint(&rule.id, &found.value);
            if let Some(entry) = suppress.as_mut().and_then(|list| list.entry(rule, &found.value, print)) {
                // It takes no room of those that count.
                *self.suppressed.entry((found.rule, entry)).or_default() += 1;
                continue;
            }
            let kept = self.kept.entry(found.rule).or_default();
            if *kept >= self.hits_max {
                self.capped = true;
                continue;
            }
            *kept += 1;
            // Without a key the value itself decides what is the same.
            let same = print.unwrap_or_else(|| plain_hash(found.value.reveal()));
            let masked = self.masker.mask(&rule.id, &rule.short_name, &found.value);
            let place = lines.place(text, found.range.start);

            let key = (found.rule, container.to_owned(), place.part);
            let group = self.groups.entry(key).or_default();
            group.score = group.score.max(found.score);
            group.count += 1;
            if group.unique.insert(same) && group.samples.len() < SAMPLES_MAX {
                let fingerprint = self.masker.shown_fingerprint(&rule.id, print);
                group.samples.push(Sample { masked: masked.clone(), fingerprint, location: place.clone() });
            }
            self.counts.entry(found.rule).or_default().add(found.score.level(), same);
            self.hits.push(Hit {
                rule: rule.id.clone(),
                start: lines.offset(found.range.start),
                end: lines.offset(found.range.end),
                offsets: if lines.plain { "file" } else { "text" },
                score: found.score.get(),
                level: found.score.level(),
                location: place,
                container: container.to_owned(),
                text: masked,
            });
        }
    }

    /// Says that matches were left out before they came here.
    pub fn set_capped(&mut self) {
        self.capped = true;
    }

    /// Whether matches were left out: the input then has the gap `matches_capped`.
    pub fn capped(&self) -> bool {
        self.capped
    }

    /// Counts per rule and level of what was gathered so far, as [`crate::policy::Policy::decide`] wants them.
    pub fn findings(&self) -> Vec<Finding<'a>> {
        findings(self.rules, &self.counts_by_level())
    }

    fn counts_by_level(&self) -> Vec<(usize, Level, u64, u64)> {
        let mut counts = Vec::new();
        for (rule, by_level) in &self.counts {
            for ((level, count), unique) in LEVELS.iter().zip(by_level.count).zip(&by_level.unique) {
                if count > 0 {
                    counts.push((*rule, *level, count, unique.len() as u64));
                }
            }
        }
        counts
    }

    /// What was gathered, in the order of the rules, then of containers and parts by name.
    pub fn finish(self) -> Collected {
        let entry = |((rule, container, _), group): ((usize, String, &'static str), Group)| {
            let rule = self.rules.get(rule)?;
            Some(MatchEntry {
                rule: rule.id.clone(),
                name: rule.name.clone(),
                category: rule.category_id,
                sit_guid: rule.sit_guid.clone(),
                confidence: group.score.get(),
                level: group.score.level(),
                container,
                count: group.count,
                unique_count: group.unique.len() as u64,
                truncated: self.capped,
                samples: group.samples,
            })
        };
        let suppressed = |((rule, entry), count): (&(usize, usize), &u64)| {
            let entry = self.suppress?.0.entries().get(*entry)?;
            let (rule, by) = (self.rules.get(*rule)?.id.clone(), entry.name().to_owned());
            Some(SuppressedEntry { rule, count: *count, by, reason: entry.reason().to_owned() })
        };
        let suppressed = self.suppressed.iter().filter_map(suppressed).collect();
        let counts = self.counts_by_level();
        Collected { matches: self.groups.into_iter().filter_map(entry).collect(), hits: self.hits, suppressed, counts }
    }
}

impl Collected {
    /// Counts per rule and level, as [`crate::policy::Policy::decide`] wants them. `rules` as given to the collector.
    pub fn findings<'r>(&self, rules: &'r [RuleInfo]) -> Vec<Finding<'r>> {
        findings(rules, &self.counts)
    }
}

fn findings<'r>(rules: &'r [RuleInfo], counts: &[(usize, Level, u64, u64)]) -> Vec<Finding<'r>> {
    let finding = |(rule, level, count, unique): &(usize, Level, u64, u64)| {
        let RuleInfo { id, name, category, .. } = rules.get(*rule)?;
        Some(Finding { rule: id, name, category, level: *level, count: *count, unique: *unique })
    };
    counts.iter().filter_map(finding).collect()
}

impl Counts {
    /// Counts a match at its level and at those below it.
    fn add(&mut self, level: Level, same: u64) {
        for ((at, count), unique) in LEVELS.iter().zip(&mut self.count).zip(&mut self.unique) {
            if *at <= level {
                *count += 1;
                unique.insert(same);
            }
        }
    }
}

/// Where a window of a text stands that is read in several; the default: it is the whole text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Bytes of its text that stand in front of its own part.
    pub skip: usize,
    /// Bytes of the file in front of its own part.
    pub file: u64,
    /// Bytes of the windows' texts in front of its own part.
    pub text: u64,
    /// Lines that end in front of its own part.
    pub lines: u64,
    /// Byte of the file at which the line begins that its own part begins in.
    pub line_start: u64,
}

/// Lines and columns of plain text, worked out on the way from match to match.
struct Lines {
    plain: bool,
    /// What offsets of the text are in front of what they are called by, and behind it: one of them is 0.
    shift: (usize, usize),
    at: usize,
    line: u64,
    /// Offset at which the line begins, as it is called.
    line_start: usize,
}

impl Lines {
    fn new(text: &Text<'_>, outermost: bool, origin: &Origin) -> Self {
        let bytes = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let (plain, more, start) = match text.offsets() {
            Offsets::File { shift } if outermost => (true, bytes(origin.file).saturating_add(shift), shift),
            _ => (false, bytes(origin.text), 0),
        };
        let line_start = if origin.file == 0 { start } else { bytes(origin.line_start) };
        Self { plain, shift: (more, origin.skip), at: origin.skip, line: origin.lines + 1, line_start }
    }

    /// How an offset of the text is called.
    fn offset(&self, at: usize) -> usize {
        at.saturating_add(self.shift.0).saturating_sub(self.shift.1)
    }

    /// Where `offset` stands; offsets must not go back.
    fn place(&mut self, text: &Text<'_>, offset: usize) -> Place {
        let mut place = Place::from(text.location(offset));
        if !self.plain {
            return place;
        }
        let passed = text.as_str().as_bytes().get(self.at..offset).unwrap_or_default();
        for newline in memchr::memchr_iter(b'\n', passed) {
            self.line += 1;
            self.line_start = self.offset(self.at + newline + 1);
        }
        self.at = self.at.max(offset);
        let called = self.offset(offset);
        let bytes = called.saturating_sub(self.line_start);
        // Columns of endless lines are counted in bytes: counting characters for every match would be quadratic.
        let column = match offset.checked_sub(bytes).filter(|_| bytes <= LINE_BYTES_MAX) {
            Some(start) => text.as_str().get(start..offset).unwrap_or_default().chars().count(),
            None => bytes,
        };
        place.line = Some(self.line);
        place.column = Some(column as u64 + 1);
        place.byte_offset = Some(called as u64);
        place
    }
}

/// Bytes of a line up to which its columns are characters.
const LINE_BYTES_MAX: usize = 4096;

/// A hash that never leaves the process.
fn plain_hash(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::Value;
    use crate::report::mask::Show;

    fn hit(rule: usize, start: usize, score: i16, value: &str) -> Match {
        let range = start..start + 3;
        Match { rule, range, score: Score::new(score), value: Value::new(value.to_owned()), evidence: Vec::new() }
    }

    fn rules() -> Vec<RuleInfo> {
        ["card", "ssn"].map(|id| RuleInfo { id: id.to_owned(), ..RuleInfo::default() }).into()
    }

    #[test]
    fn three_spellings_count_once_and_levels_add_up() {
        let (rules, masker) = (rules(), Masker::new(Show::Nothing, b"key"));
        let mut collector = Collector::new(&rules, &masker, Score::new(65), 100);
        let text = Text::borrowed("one\ntwö three four", 3);
        let found = [hit(0, 9, 85, "1"), hit(0, 0, 75, "1"), hit(0, 4, 65, "2"), hit(1, 0, 40, "3")];
        collector.add(&found, &text, "");
        collector.add(&[hit(0, 0, 85, "1")], &Text::owned("zip".to_owned()), "a.txt");
        let collected = collector.finish();
        let shape: Vec<_> =
            collected.matches.iter().map(|m| (m.container.as_str(), m.count, m.unique_count, m.confidence)).collect();
        assert_eq!(shape, [("", 3, 2, 85), ("a.txt", 1, 1, 85)]);
        let counts: Vec<_> = collected.findings(&rules).iter().map(|f| (f.level, f.count, f.unique)).collect();
        assert_eq!(counts, [(Level::High, 2, 1), (Level::Medium, 3, 1), (Level::Low, 4, 2)]);
        let third = &collected.hits[2];
        assert_eq!(
            (third.start, third.offsets, third.location.line, third.location.column),
            (12, "file", Some(2), Some(5))
        );
        assert_eq!((collected.hits[3].offsets, collected.hits[3].location.line), ("text", None));
    }

    #[test]
    fn a_limit_is_said() {
        let (rules, masker) = (rules(), Masker::new(Show::Nothing, b"key"));
        let mut collector = Collector::new(&rules, &masker, Score::new(0), 2);
        let found: Vec<_> = (0..9).map(|i| hit(1, i, 85, &i.to_string())).collect();
        collector.add(&found, &Text::owned("0123456789abcdef".to_owned()), "");
        assert!(collector.capped());
        let collected = collector.finish();
        assert_eq!((collected.hits.len(), collected.matches[0].truncated), (2, true));
    }
}
