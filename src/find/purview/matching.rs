//! From text to matches of a package: primary elements first, then what supports them in the window around each.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::compile::{Compiled, Entity, Finder, PatternOf, Test};
use super::filter::Filter;
use super::function::Candidates;
use super::keyword;
use crate::document::Text;
use crate::find::fold::Folded;

/// A match of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Index of the entity.
    pub(super) entity: usize,
    /// The value in the text; of an affinity, its first evidence.
    pub(super) range: Range<usize>,
    pub(super) level: u8,
    /// What is counted once.
    pub(super) value: String,
    /// What held, for people.
    pub(super) why: String,
}

/// Something a finder found.
#[derive(Debug)]
struct Hit {
    value: Range<usize>,
    /// What distances are measured from: all that the expression matched.
    whole: Range<usize>,
    /// The value in digits of ASCII; `None`: as it stands in the text, in any letter case.
    text: Option<String>,
}

/// One text, and what the finders found in it. Each finder is asked when it is needed, and once.
struct Context<'c> {
    compiled: &'c Compiled,
    text: &'c Text<'c>,
    candidates: &'c dyn Candidates,
    is_late: &'c dyn Fn() -> bool,
    hits: Vec<OnceCell<Vec<Hit>>>,
    keywords: OnceCell<Vec<keyword::Hits>>,
    capped: Cell<bool>,
    /// Every 64th character of a text that is not ASCII.
    marks: OnceCell<Vec<usize>>,
}

/// Characters between two marks.
const MARK_CHARS: usize = 64;

/// Finds everything of a package in a text, as far as `is_late` says that there is time; `true`: there may be more, a
/// limit was reached.
pub(super) fn find(
    compiled: &Compiled,
    text: &Text<'_>,
    candidates: &dyn Candidates,
    is_late: &dyn Fn() -> bool,
) -> (Vec<Match>, bool) {
    let context = Context {
        compiled,
        text,
        candidates,
        is_late,
        hits: compiled.finders.iter().map(|_| OnceCell::new()).collect(),
        keywords: OnceCell::new(),
        capped: Cell::new(false),
        marks: OnceCell::new(),
    };
    let mut matches = Vec::new();
    for (index, entity) in compiled.entities.iter().enumerate() {
        if entity.affinity {
            matches.extend(context.affinity(index, entity));
        } else {
            context.entity(index, entity, &mut matches);
        }
    }
    (matches, context.capped.get())
}

impl Context<'_> {
    /// What a finder finds, by its place.
    fn hits(&self, finder: usize) -> &[Hit] {
        let (Some(cell), Some(kind)) = (self.hits.get(finder), self.compiled.finders.get(finder)) else { return &[] };
        cell.get_or_init(|| {
            let mut hits = self.ask(kind);
            hits.sort_by_key(|h| (h.value.start, std::cmp::Reverse(h.value.end)));
            hits
        })
    }

    fn ask(&self, finder: &Finder) -> Vec<Hit> {
        if (self.is_late)() {
            return Vec::new();
        }
        let text = self.text.as_str();
        let cap = |capped: bool| self.capped.set(self.capped.get() || capped);
        match finder {
            Finder::Regex { pattern, validators } => {
                let found = pattern.find(text);
                cap(found.capped);
                let hit = |place: super::regex::Place| {
                    let value = Folded::new(text.get(place.value.clone())?).as_str().to_owned();
                    let passes = validators.iter().all(|v| v.accepts(&value));
                    passes.then_some(Hit { value: place.value, whole: place.whole, text: Some(value) })
                };
                found.places.into_iter().filter_map(hit).collect()
            }
            Finder::Keyword(list) => {
                let all = self.keywords.get_or_init(|| self.compiled.keywords.find(text));
                let Some(hits) = all.get(*list) else { return Vec::new() };
                cap(hits.capped);
                hits.ranges.iter().map(|r| Hit { value: r.clone(), whole: r.clone(), text: None }).collect()
            }
            Finder::Function(function) => {
                let (found, capped) = function.find(self.text, self.candidates);
                cap(capped);
                let hit = |(range, text): (Range<usize>, String)| Hit {
                    value: range.clone(),
                    whole: range,
                    text: Some(text),
                };
                found.into_iter().map(hit).collect()
            }
        }
    }

    fn value(&self, hit: &Hit) -> String {
        match &hit.text {
            Some(text) => text.clone(),
            None => keyword::fold(self.text.as_str().get(hit.value.clone()).unwrap_or_default()),
        }
    }

    /// Every value at the highest level whose pattern holds.
    fn entity(&self, index: usize, entity: &Entity, matches: &mut Vec<Match>) {
        // Values by their beginning, and their end: of overlapping ones the first taken stays, so surer patterns
        // come first.
        let mut taken = BTreeMap::<usize, usize>::new();
        for pattern in &entity.patterns {
            let Some(primary) = pattern.primary else { continue };
            // What the whole document holds is the same around every value.
            let mut whole = None;
            for hit in self.hits(primary) {
                if (self.is_late)() {
                    return;
                }
                let before = taken.range(..hit.value.end).next_back();
                if before.is_some_and(|(_, end)| *end > hit.value.start) {
                    continue;
                }
                let value = self.value(hit);
                let kept = |filters: &[Filter]| filters.iter().all(|f| f.keeps(self.text.as_str(), &hit.value, &value));
                if !kept(&entity.filters) || !kept(&pattern.filters) {
                    continue;
                }
                let window = self.window(&hit.whole, entity.proximity);
                let all = || pattern.tests.iter().all(|t| self.holds(t, &window));
                let held = if entity.proximity.is_none() { *whole.get_or_insert_with(all) } else { all() };
                if !held {
                    continue;
                }
                taken.insert(hit.value.start, hit.value.end);
                let why = self.why(pattern, &window);
                matches.push(Match { entity: index, range: hit.value.clone(), level: pattern.level, value, why });
            }
        }
    }

    /// Whether a supporting element lies in the window.
    fn holds(&self, test: &Test, window: &Range<usize>) -> bool {
        match test {
            Test::Match { finder, least, unique } => self.count(*finder, window, *least, *unique) >= *least,
            Test::Any { least, most, tests } => {
                let held = tests.iter().filter(|t| self.holds(t, window)).count();
                held >= *least && most.is_none_or(|most| held <= most)
            }
        }
    }

    /// Hits that lie wholly in the window; not counted beyond `enough`. Of hits that overlap one is counted.
    #[allow(clippy::arithmetic_side_effects, reason = "hits in a list are counted")]
    fn count(&self, finder: usize, window: &Range<usize>, enough: usize, unique: bool) -> usize {
        let hits = self.hits(finder);
        let from = hits.partition_point(|h| h.value.start < window.start);
        let mut seen = HashSet::new();
        let (mut count, mut end) = (0, 0);
        for hit in hits.get(from..).unwrap_or_default() {
            if hit.value.start >= window.end || count >= enough {
                break;
            }
            if hit.value.end > window.end || hit.value.start < end {
                continue;
            }
            if unique && !seen.insert(self.value(hit).to_lowercase()) {
                continue;
            }
            end = hit.value.end;
            count += 1;
        }
        count
    }

    /// The characters around a place, `proximity` of them to both sides.
    #[allow(clippy::arithmetic_side_effects, reason = "characters of one text are counted")]
    fn window(&self, around: &Range<usize>, proximity: Option<usize>) -> Range<usize> {
        let text = self.text.as_str();
        let Some(count) = proximity.filter(|p| *p < text.len()) else { return 0..text.len() };
        let marks = self.marks.get_or_init(|| {
            if text.is_ascii() {
                return Vec::new();
            }
            text.char_indices().map(|(at, _)| at).step_by(MARK_CHARS).collect()
        });
        if marks.is_empty() {
            return around.start.saturating_sub(count)..around.end.saturating_add(count).min(text.len());
        }
        // Character number of a byte, and back, in steps of at most one mark.
        let number = |at: usize| {
            let mark = marks.partition_point(|m| *m <= at).saturating_sub(1);
            let start = marks.get(mark).copied().unwrap_or(0);
            mark * MARK_CHARS + text.get(start..at).map_or(0, |t| t.chars().count())
        };
        let byte = |number: usize| {
            let Some(start) = marks.get(number / MARK_CHARS) else { return text.len() };
            let mut rest = text.get(*start..).unwrap_or_default().char_indices();
            rest.nth(number % MARK_CHARS).map_or(text.len(), |(at, _)| start + at)
        };
        byte(number(around.start).saturating_sub(count))..byte(number(around.end).saturating_add(count))
    }

    /// One match of the document if its evidence is strong enough together: 1 - (1 - a)(1 - b)...
    fn affinity(&self, index: usize, entity: &Entity) -> Option<Match> {
        let mut doubt = 1.0_f64;
        let mut first: Option<Range<usize>> = None;
        let mut why = Vec::new();
        for evidence in &entity.patterns {
            let mut finders = HashSet::new();
            super::compile::finders(&evidence.tests, &mut finders);
            let mut anchors: Vec<&Hit> = finders.iter().flat_map(|f| self.hits(*f)).collect();
            anchors.sort_by_key(|h| h.value.start);
            if entity.proximity.is_none() {
                anchors.truncate(1);
            }
            let held = anchors.iter().find_map(|hit| {
                let window = self.window(&hit.whole, entity.proximity);
                evidence.tests.iter().all(|t| self.holds(t, &window)).then_some((hit.value.clone(), window))
            });
            let Some((range, window)) = held else { continue };
            let kept = |filters: &[Filter]| {
                let value = self.text.as_str().get(range.clone()).unwrap_or_default();
                filters.iter().all(|f| f.keeps(self.text.as_str(), &range, value))
            };
            if !kept(&entity.filters) || !kept(&evidence.filters) {
                continue;
            }
            doubt *= 1.0 - f64::from(evidence.level) / 100.0;
            why.push(self.why(evidence, &window));
            first = Some(first.map_or(range.clone(), |f| if f.start <= range.start { f } else { range }));
        }
        let level = (100.0 * (1.0 - doubt)).round().clamp(0.0, 100.0) as u8;
        let range = first.filter(|_| level >= entity.confidence)?;
        Some(Match { entity: index, range, level, value: entity.guid.clone(), why: why.join("; ") })
    }

    /// The elements of a pattern that held, by their names in the package.
    fn why(&self, pattern: &PatternOf, window: &Range<usize>) -> String {
        let mut held = HashSet::new();
        super::compile::finders(&pattern.tests, &mut held);
        let mut held: Vec<usize> = held.into_iter().filter(|f| self.count(*f, window, 1, false) > 0).collect();
        held.retain(|f| Some(*f) != pattern.primary);
        held.sort_unstable();
        let name = |finder: &usize| self.compiled.names.get(*finder).cloned().unwrap_or_default();
        let mut why = pattern.primary.as_ref().map_or_else(|| "evidence".to_owned(), name);
        if !held.is_empty() {
            why.push_str(" with ");
            why.push_str(&held.iter().map(name).collect::<Vec<_>>().join(", "));
        }
        why
    }
}
