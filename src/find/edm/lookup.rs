//! Values of an index in a text.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, hits that were counted in a list, and scores of eight bits"
)]

use std::collections::HashMap;
use std::ops::Range;

use super::EdmIndex;
use super::date::SPELLING_BYTES_MAX;
use super::span::{continues, spans};
use crate::document::Text;
use crate::find::detector::{Detected, Detector, DetectorRule};
use crate::find::{Evidence, Score, Value};

/// Characters on either side of a primary value in which secondary values speak for it.
const WINDOW_CHARS: usize = 300;
/// Bytes of a table row on either side of a primary value that are looked at beyond the window.
const ROW_BYTES_MAX: usize = 4096;
/// Hashes of secondary values kept for one text: neighbours share most of their windows.
const HASHES_MAX: usize = 1 << 15;
/// More secondary values change nothing.
const ENOUGH: usize = 2;

impl Detector for EdmIndex {
    fn rules(&self) -> Vec<DetectorRule> {
        let settings = self.settings();
        let columns = |primary: bool| {
            let names = settings.columns.iter().filter(|c| c.primary == primary).map(|c| c.name.as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        let mut formats = format!("values of {} in any case and with any separators", columns(true));
        if settings.secondaries() > 0 {
            formats.push_str(&format!("; near them values of {} of the same row", columns(false)));
        }
        vec![DetectorRule {
            id: format!("edm-{}", settings.name),
            name: format!("Exact data: {}", settings.name),
            category: settings.category,
            short_name: settings.name.clone(),
            formats,
            scores: settings.scores,
        }]
    }

    fn id(&self) -> [u8; 32] {
        self.digest()
    }

    fn find(&self, text: &Text<'_>, found: &mut Vec<Detected>) {
        let first = found.len();
        let mut nearby = Nearby::default();
        spans(text.as_str(), 0..text.len(), self.primary_lengths.most(), &mut |span| {
            if !self.primary_lengths.has(span.class, span.spelling.len()) {
                return true;
            }
            if !self.may_have(self.hashes.filter(span.spelling)) {
                return true;
            }
            let hash = self.hashes.primary(span.spelling);
            let mut rows = self.rows_of(hash).peekable();
            if rows.peek().is_none() || !text.same_place(span.range.clone()) || continues(text.as_str(), &span) {
                return true;
            }
            let hit = nearby.weigh(self, text, &span.range, rows);
            if let Some(hit) = hit {
                keep(found, first, hit, span.spelling);
            }
            true
        });
    }
}

/// A primary value with its evidence.
struct Hit {
    range: Range<usize>,
    score: u8,
    evidence: Vec<Evidence>,
}

/// Adds a match, unless it overlaps a better one: more sure, or as sure and longer.
fn keep(found: &mut Vec<Detected>, first: usize, hit: Hit, spelling: &[u8]) {
    let score = Score::new(i16::from(hit.score));
    let here = found.get(first..).unwrap_or_default();
    let overlapping = here.iter().rev().take_while(|last| last.range.end > hit.range.start);
    if overlapping.clone().any(|last| (last.score, last.range.len()) >= (score, hit.range.len())) {
        return;
    }
    found.truncate(found.len() - overlapping.count());
    let value = Value::new(String::from_utf8_lossy(spelling).into_owned());
    found.push(Detected { rule: 0, range: hit.range, score, value, evidence: hit.evidence });
}

/// Secondary values around primary ones, with the hashes that were needed so far.
#[derive(Default)]
struct Nearby {
    hashes: HashMap<Vec<u8>, u64>,
}

/// What speaks for one row.
struct Witness {
    row: u32,
    primary: usize,
    /// Secondary columns seen, each with where.
    seen: Vec<(usize, Range<usize>)>,
}

impl Nearby {
    /// Weighs a primary value of `rows`; the row with most evidence counts.
    fn weigh(
        &mut self,
        index: &EdmIndex,
        text: &Text<'_>,
        primary: &Range<usize>,
        rows: impl Iterator<Item = (u32, usize)>,
    ) -> Option<Hit> {
        let settings = index.settings();
        let enough = settings.secondary_min.max(ENOUGH).min(settings.secondaries());
        let witness = |(row, primary)| Witness { row, primary, seen: Vec::new() };
        let mut rows: Vec<Witness> = rows.map(witness).collect();
        if enough > 0 {
            // What stands in the same row of a table is looked at first: in a list it is mostly all there is to see.
            let row = text.row(primary.start, ROW_BYTES_MAX);
            let done = row.is_some_and(|row| self.look(index, text, row, primary, &mut rows, enough));
            if !done {
                self.look(index, text, window(text.as_str(), primary), primary, &mut rows, enough);
            }
        }
        let best = rows.iter().rev().max_by_key(|row| row.seen.len())?;
        if best.seen.len() < settings.secondary_min {
            return None;
        }
        let [alone, one, more] = settings.scores;
        let score = match best.seen.len() {
            0 => alone,
            1 => one.max(alone),
            _ => more,
        };
        let name = |primary: bool, at: usize| {
            settings.columns.iter().filter(|c| c.primary == primary).nth(at).map_or("", |c| c.name.as_str())
        };
        let mut evidence = vec![Evidence {
            points: i16::from(alone),
            what: format!("is in column \"{}\" of {}", name(true, best.primary), settings.name),
        }];
        let steps = [i16::from(one.max(alone)) - i16::from(alone), i16::from(more) - i16::from(one.max(alone))];
        for (i, (column, _)) in best.seen.iter().enumerate() {
            let points = steps.get(i).copied().unwrap_or(0);
            evidence.push(Evidence { points, what: format!("\"{}\" of the same row nearby", name(false, *column)) });
        }
        Some(Hit { range: primary.clone(), score, evidence })
    }

    /// Notes what speaks for each row in `range`; whether that is enough for one of them.
    fn look(
        &mut self,
        index: &EdmIndex,
        text: &Text<'_>,
        range: Range<usize>,
        primary: &Range<usize>,
        rows: &mut [Witness],
        enough: usize,
    ) -> bool {
        let lengths = index.secondary_lengths;
        let dated = index.settings().columns.iter().any(|c| c.date.is_some());
        let most = lengths.most().max(if dated { SPELLING_BYTES_MAX } else { 0 });
        let secondaries = index.settings().secondaries();
        let mut full = false;
        spans(text.as_str(), range, most, &mut |span| {
            let own = span.range.start < primary.end && primary.start < span.range.end;
            if own {
                return true;
            }
            let itself = Some(span.spelling).filter(|s| lengths.has(span.class, s.len()));
            let days = if dated { span.days() } else { None };
            let days = days.iter().flatten().map(<[u8; 8]>::as_slice);
            for spelling in itself.into_iter().chain(days) {
                let value = self.hash(index, spelling);
                for row in rows.iter_mut() {
                    row.note(index, secondaries, value, &span.range);
                    full |= row.seen.len() >= enough;
                }
            }
            !full
        });
        full
    }

    fn hash(&mut self, index: &EdmIndex, spelling: &[u8]) -> u64 {
        if let Some(hash) = self.hashes.get(spelling) {
            return *hash;
        }
        if self.hashes.len() >= HASHES_MAX {
            self.hashes.clear();
        }
        let hash = index.hashes.secondary(spelling);
        self.hashes.insert(spelling.to_vec(), hash);
        hash
    }
}

impl Witness {
    /// Notes the column that has the value. One place in the text speaks for one column.
    fn note(&mut self, index: &EdmIndex, secondaries: usize, value: u64, at: &Range<usize>) {
        let taken = self.seen.iter().any(|(_, range)| range.start < at.end && at.start < range.end);
        if taken {
            return;
        }
        let new = |column: &usize| self.seen.iter().all(|(seen, _)| seen != column);
        let column = (0..secondaries).filter(new).find(|column| index.has(self.row, *column, value));
        self.seen.extend(column.map(|column| (column, at.clone())));
    }
}

/// Where secondary values are looked for besides the row: 300 characters either side, without words that this cuts.
fn window(text: &str, primary: &Range<usize>) -> Range<usize> {
    let front = text.get(..primary.start).unwrap_or_default();
    let behind = text.get(primary.end..).unwrap_or_default();
    let cut = |c: char| !c.is_alphanumeric();
    let start = front.char_indices().rev().nth(WINDOW_CHARS - 1).filter(|(i, _)| *i > 0);
    let start = start.map_or(0, |(i, _)| front.get(i..).and_then(|t| t.find(cut)).map_or(primary.start, |n| i + n));
    let end = behind.char_indices().nth(WINDOW_CHARS).map(|(i, _)| behind.get(..i).unwrap_or_default());
    let end = end.map_or(text.len(), |near| primary.end + near.rfind(cut).unwrap_or(0));
    start..end
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Counts, DateOrder, Settings, build};
    use super::*;
    use crate::find::Key;

    const ROWS: [[&str; 4]; 5] = [
        ["219-09-9999", "Núñez-O'Brien", "1980-01-31", "12 Long Street"],
        ["536228467", "Smith", "1975-12-01", ""],
        ["078051120", "Li", "1990-07-07", "1 Hill Road"],
        ["457555462", "Adler", "1966-03-09", "Adler"],
        ["DE89370400440532013000", "Bond", "", ""],
    ];

    fn index(edit: impl Fn(&mut Settings)) -> EdmIndex {
        let dob = Column::date("dob", DateOrder::YearFirst);
        let columns = vec![Column::primary("ssn"), Column::secondary("last_name"), dob, Column::secondary("address")];
        let mut settings = Settings::new("staff", columns);
        edit(&mut settings);
        let key = Key::new(&[3; 32]).unwrap();
        EdmIndex::open(build(settings, &key, [4; 32], ROWS).unwrap().0, &key).unwrap()
    }

    fn found(index: &EdmIndex, text: &str) -> Vec<(String, u8)> {
        let mut found = Vec::new();
        index.find(&Text::borrowed(text, 0), &mut found);
        found.iter().map(|d| (text[d.range.clone()].to_owned(), d.score.get())).collect()
    }

    fn one(text: &str) -> Option<u8> {
        let found = found(&index(|_| ()), text);
        assert!(found.len() <= 1, "{found:?}");
        found.first().map(|f| f.1)
    }

    #[test]
    fn more_of_the_row_is_more_sure() {
        assert_eq!(one("the number 219-09-9999 alone"), Some(65));
        assert_eq!(one("219-09-9999 of nunez obrien"), Some(80));
        assert_eq!(one("219 09 9999, NÚÑEZ O’BRIEN, born 1980/01/31"), Some(95));
        assert_eq!(one("Núñez-O'Brien lives in 12 long street; 219099999"), Some(95));
        assert_eq!(one("Núñez-O'Brien lives in 12 long street; 2190999991"), None);
        assert_eq!(one("Bond: DE89 3704 0044 0532 0130 00"), Some(80));
    }

    #[test]
    fn another_rows_values_speak_for_nothing() {
        assert_eq!(one("219-09-9999 Smith 1975-12-01 1 Hill Road"), Some(65));
        assert_eq!(found(&index(|s| s.secondary_min = 1), "219-09-9999 Smith 1975-12-01"), []);
        assert_eq!(found(&index(|_| ()).with_secondary_min(9), "219-09-9999 nunez obrien 1980-01-31"), []);
    }

    #[test]
    fn a_day_is_the_same_however_it_is_written() {
        for day in ["31.01.1980", "1/31/1980", "January 31st, 1980", "31. Januar 1980", "19800131", "1980-1-31"] {
            assert_eq!(one(&format!("219-09-9999 *{day}*")), Some(80), "{day}");
        }
        assert_eq!(one("219-09-9999 *30.01.1980*"), Some(65));
        assert_eq!(one("457-55-5462 *3/9/1966* or 9.3.1966"), Some(80), "one column, either order");
        let columns = vec![Column::primary("id"), Column::date("day", DateOrder::MonthFirst)];
        let rows = [["10001", "3/4/1980 00:00:00"], ["10002", "1980-03-04T00:00:00Z"], ["10003", "unknown"]];
        let key = Key::new(&[3; 32]).unwrap();
        let index = EdmIndex::open(build(Settings::new("x", columns), &key, [4; 32], rows).unwrap().0, &key).unwrap();
        for text in ["10001 *1980-03-04*", "10002 *4 March 1980*", "10003 unknown"] {
            assert_eq!(found(&index, text)[0].1, 80, "{text}");
        }
    }

    #[test]
    fn one_word_speaks_for_one_column() {
        assert_eq!(one("457-55-5462 adler"), Some(80));
        assert_eq!(one("457-55-5462 adler, adler"), Some(95));
    }

    #[test]
    fn secondary_values_count_in_the_window_and_in_the_row_alone() {
        let far = |blanks: usize| format!("219-09-9999 {} Núñez-O'Brien", "x ".repeat(blanks));
        assert_eq!(one(&far(140)), Some(80));
        assert_eq!(one(&far(160)), Some(65));
        let before = |blanks: usize| format!("Núñez-O'Brien {} 219-09-9999", "é ".repeat(blanks));
        assert_eq!((one(&before(140)), one(&before(160))), (Some(80), Some(65)));
        let mut text = Text::default();
        text.start_table();
        for (column, cell) in ["Núñez-O'Brien", &"x ".repeat(400), "219-09-9999"].into_iter().enumerate() {
            text.set_cell(0, column as u32);
            text.push(&format!("{cell}\t"));
        }
        let mut found = Vec::new();
        index(|_| ()).find(&text, &mut found);
        assert_eq!(found.first().map(|f| f.score.get()), Some(80));
    }

    #[test]
    fn a_part_of_a_longer_number_or_of_two_cells_is_none() {
        for text in ["536-228-467-111", "5362284679", "X536228467", "536,228,467", "536228\t467", "536228|467"] {
            assert_eq!(one(text), None, "{text}");
        }
        assert_eq!(one("536-228-467 111"), Some(65));
        assert_eq!(one("536228\n467"), Some(65));
        let mut text = Text::default();
        text.start_table();
        text.push("536 ");
        text.set_cell(0, 1);
        text.push("228467");
        let mut found = Vec::new();
        index(|_| ()).find(&text, &mut found);
        assert!(found.is_empty());
    }

    #[test]
    fn evidence_names_columns_and_the_value_is_normalised() {
        let mut found = Vec::new();
        index(|_| ()).find(&Text::borrowed("Smith 536-22-8467", 0), &mut found);
        assert_eq!(found[0].value, Value::new("536228467".to_owned()));
        let what: Vec<_> = found[0].evidence.iter().map(|e| (e.points, e.what.as_str())).collect();
        assert_eq!(what, [(65, "is in column \"ssn\" of staff"), (15, "\"last_name\" of the same row nearby")]);
    }

    #[test]
    fn long_texts_are_read_through_a_short_buffer() {
        let text = format!("{}Smith 536-22-8467 {}Smith 536-22-8467", "word ".repeat(40_000), "12 ".repeat(40_000));
        assert_eq!(found(&index(|_| ()), &text), [("536-22-8467".to_owned(), 80), ("536-22-8467".to_owned(), 80)]);
    }

    #[test]
    fn rows_that_are_no_use_are_counted() {
        let columns = vec![Column::primary("id"), Column::primary("other"), Column::secondary("name")];
        let settings = Settings::new("x", columns);
        let long = "w ".repeat(11);
        let rows: [[&str; 3]; 8] = [
            ["1234-5", "", "Bo"],
            ["12345", " ", "BO"],
            ["", "--", "Ann"],
            ["12", "", "Ann"],
            [&long, "", "Ann"],
            ["12", "98765", "A"],
            ["a|bcdefgh", "", "Ann"],
            ["李小龙", "", ""],
        ];
        let key = Key::new(&[3; 32]).unwrap();
        let (bytes, counts) = build(settings, &key, [4; 32], rows).unwrap();
        let wanted = (8, 3, 1, 1, 1, 2, 1);
        let Counts { read, kept, duplicate, blank, short, long, secondary_unused, .. } = counts;
        assert_eq!((read, kept, duplicate, blank, short, long, secondary_unused), wanted);
        let index = EdmIndex::open(bytes, &key).unwrap();
        assert_eq!(index.counts(), &counts);
        assert_eq!(found(&index, "12345, 98765 and 李小龙").len(), 3);
    }

    #[test]
    fn a_value_of_many_rows_costs_no_more_than_that_of_some() {
        let settings = Settings::new("x", vec![Column::primary("name"), Column::secondary("id")]);
        let rows: Vec<[String; 2]> = (0..200).map(|n| ["Smith".to_owned(), format!("{}", 10_000 + n)]).collect();
        let key = Key::new(&[3; 32]).unwrap();
        let (bytes, counts) =
            build(settings, &key, [4; 32], rows.iter().map(|r| r.iter().map(String::as_str))).unwrap();
        assert_eq!((counts.kept, counts.shared), (200, 1));
        let index = EdmIndex::open(bytes, &key).unwrap();
        assert_eq!(index.rows_of(index.hashes.primary(b"smith")).count(), super::super::SHARED_ROWS_MAX);
        assert_eq!(found(&index, "Mr. Smith"), [("Smith".to_owned(), 65)]);
    }
}
