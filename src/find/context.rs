//! Evidence: what the words around a candidate say about it.
//!
//! Only asked for candidates that passed their checks. Words are looked up a block at a time and kept, so a text full
//! of candidates costs one pass of the word automaton, and a text without any costs nothing.
//!
//! How the words are read: the label nearest to a value names it. A label is what stands in front of the value on its
//! line, in its column's header, in the cell to its left, or alone on the line above. A label that names something
//! else (another rule's keyword, an order, a part, a parcel …) speaks against the value even when its checksum holds.

use std::collections::HashMap;
use std::ops::Range;

use super::Evidence;
use super::fold::Folded;
use super::rule::Rule;
use super::vocabulary::{Hit, Vocabulary, names_a_number};
use crate::document::{Cell, Text};

/// Bytes of text whose words are looked up at once. Large enough that overlaps cost little, small enough for L1.
const BLOCK_BYTES: usize = 4096;
/// Bytes a keyword may reach over a block's border.
const OVERLAP_BYTES: usize = 128;
/// Bytes of a label in front of a value.
const LABEL_BYTES_MAX: usize = 160;
/// Bytes searched for nearby words on either side (300 characters in Purview's definitions).
const WINDOW_BYTES: usize = 300;
/// Bytes from a word to the value it names in running text.
const PROSE_BYTES_MAX: usize = 14;
/// Digits from which a number between a word and a value counts as another value that the word may belong to.
const OTHER_VALUE_DIGITS: usize = 5;

/// What the label of a value says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// It names the rule's type.
    Ours(String),
    /// It names the rule's type and, nearer to the value, another rule's.
    Shared(String),
    /// It names something else.
    Against(String),
    /// It names something nobody knows.
    Unknown,
    /// There is none, but a word for the rule is near.
    Nearby(String),
    /// There is none.
    None,
}

/// The context of one text: its words, looked up as they are needed.
pub(super) struct Context<'t> {
    text: &'t Text<'t>,
    folded: &'t Folded<'t>,
    vocabulary: &'t Vocabulary,
    blocks: Vec<Option<Vec<Hit>>>,
    headers: HashMap<(u32, u32, bool), Vec<Hit>>,
    /// Rules that match only with a keyword and may have one in the text, once asked.
    mentioned: Option<Vec<usize>>,
}

impl<'t> Context<'t> {
    pub(super) fn new(text: &'t Text<'t>, folded: &'t Folded<'t>, vocabulary: &'t Vocabulary) -> Self {
        let blocks = vec![None; folded.as_str().len() / BLOCK_BYTES + 1];
        Self { text, folded, vocabulary, blocks, headers: HashMap::new(), mentioned: None }
    }

    /// Whether a keyword of `rule` stands anywhere in the text: rules that never match without one are done quickly.
    pub(super) fn mentions(&mut self, rule: usize) -> bool {
        if self.mentioned.is_none() {
            self.mentioned = Some(self.mentioned());
        }
        self.mentioned.as_ref().is_some_and(|rules| rules.contains(&rule))
    }

    /// The rules that never match without a keyword and have one: only the blocks where one of their words stands,
    /// perhaps inside another, are looked up.
    fn mentioned(&mut self) -> Vec<usize> {
        let (vocabulary, text) = (self.vocabulary, self.folded.as_str());
        let Some((automaton, owners)) = &vocabulary.needed else { return Vec::new() };
        let mut wanted = owners.clone();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Vec::new();
        let mut looked_up = None;
        for hit in automaton.find_overlapping_iter(text) {
            // A keyword of several words may begin a block before its longest one.
            let block = hit.start() / BLOCK_BYTES;
            if looked_up == Some(block) {
                continue;
            }
            looked_up = Some(block);
            let first = (block * BLOCK_BYTES).saturating_sub(OVERLAP_BYTES);
            for hit in self.hits(first..((block + 1) * BLOCK_BYTES + OVERLAP_BYTES).min(text.len())) {
                let rules = vocabulary.word(&hit).map(|w| w.rules.as_slice()).unwrap_or_default();
                found.extend(rules.iter().filter(|rule| wanted.contains(rule)));
            }
            found.sort_unstable();
            found.dedup();
            if found.len() == wanted.len() {
                break;
            }
        }
        found
    }

    /// Whether the value is the only number in a line of words (a time in front, as chats have it, does not count).
    pub(super) fn is_isolated(&self, range: &Range<usize>) -> bool {
        let text = self.folded.as_str();
        let original = self.folded.original(range.start, range.start).start;
        if self.text.cell(original).is_some() {
            return false;
        }
        let before = text.get(floor_boundary(text, range.start.saturating_sub(400))..range.start).unwrap_or_default();
        let before = before.rsplit('\n').next().unwrap_or_default();
        let before = before.rsplit_once(']').map_or(before, |(_, rest)| rest);
        let after = text.get(range.end..floor_boundary(text, (range.end + 400).min(text.len()))).unwrap_or_default();
        let after = after.split('\n').next().unwrap_or_default();
        !before.contains(|c: char| c.is_ascii_digit()) && !after.contains(|c: char| c.is_ascii_digit())
    }

    /// What the words around the folded bytes `range` say about a value of rule `rule`, and the evidence in words.
    pub(super) fn label(&mut self, rule: usize, range: &Range<usize>) -> Label {
        let original = self.folded.original(range.start, range.end);
        match self.text.cell(original.start) {
            Some(cell) => match self.cell_label(rule, range, &cell) {
                // Two tables may have been taken for one: such heads speak for a value or not at all.
                Label::None | Label::Unknown if self.text.is_drawn(original.start) => {
                    self.line_label(rule, range, 0, true)
                }
                label => label,
            },
            None => self.line_label(rule, range, 0, true),
        }
    }

    fn cell_label(&mut self, rule: usize, range: &Range<usize>, cell: &Cell) -> Label {
        // Words in front of the value inside its own cell come first, then the header, then the cell to the left.
        let inside = range.start.saturating_sub(self.folded_distance(cell.range.start, range));
        match self.line_label(rule, range, inside, false) {
            Label::None | Label::Unknown => {}
            label => return label,
        }
        let header = self.header_label(rule, cell);
        if matches!(header, Label::Ours(_)) {
            return header;
        }
        let left = cell.range.start.checked_sub(2).and_then(|at| self.neighbour(rule, cell, at));
        let right = self.neighbour(rule, cell, cell.range.end + 1);
        match (left, right, header) {
            (Some(left @ Label::Ours(_)), _, _) => left,
            (_, Some(Label::Ours(word)), _) => Label::Nearby(word),
            (Some(left), _, Label::None) => left,
            (_, _, header) => header,
        }
    }

    /// Folded bytes between the original offset `start` and the value: equal to the original distance unless something
    /// folded away in between, in which case a little more of the line is looked at.
    fn folded_distance(&self, start: usize, range: &Range<usize>) -> usize {
        self.folded.original(range.start, range.start).start.saturating_sub(start)
    }

    fn header_label(&mut self, rule: usize, cell: &Cell) -> Label {
        let key = (cell.table, cell.column, cell.row > 0);
        let (text, vocabulary) = (self.text, self.vocabulary);
        let heads = || text.headers(cell, 2);
        let mut named = true;
        let hits = self.headers.entry(key).or_insert_with(|| {
            let mut hits = Vec::new();
            for (i, head) in heads().into_iter().enumerate() {
                vocabulary.hits(text.as_str().get(head).unwrap_or_default(), i * LABEL_BYTES_MAX, &mut hits);
            }
            hits
        });
        if hits.is_empty() {
            named = !heads().is_empty();
        }
        match judge(vocabulary, hits, rule, None) {
            Label::None if named => Label::Unknown,
            label => label,
        }
    }

    /// What the cell at the offset `at` says, if it stands beside `cell` in its row.
    fn neighbour(&self, rule: usize, cell: &Cell, at: usize) -> Option<Label> {
        let text = self.text.as_str();
        let beside = self.text.cell(floor_boundary(text, at.min(text.len().saturating_sub(1))))?;
        if beside.table != cell.table || beside.row != cell.row || beside.column == cell.column {
            return None;
        }
        let mut hits = Vec::new();
        self.vocabulary.hits(text.get(beside.range)?, 0, &mut hits);
        Some(judge(self.vocabulary, &hits, rule, None))
    }

    /// The label of a value in running text. `floor`: nothing before this folded offset belongs to it.
    fn line_label(&mut self, rule: usize, range: &Range<usize>, floor: usize, beyond_line: bool) -> Label {
        let text = self.folded.as_str();
        let clause = clause_before(text, range.start, floor);
        let hits = self.hits(clause.range.clone());
        let prose = (!clause.is_label).then_some(range.start);
        match judge(self.vocabulary, &hits, rule, prose) {
            Label::None if clause.is_label => return Label::Unknown,
            Label::None => {}
            label => return label,
        }
        if let Some(label) = self.after_label(rule, range.end) {
            return label;
        }
        if !beyond_line {
            return Label::None;
        }
        if clause.at_line_start
            && let Some(label) = self.above_label(rule, clause.range.start)
        {
            return label;
        }
        self.nearby(rule, range)
    }

    /// A label behind the value: `536-22-8467 (SSN)`, `… is my card number`.
    fn after_label(&mut self, rule: usize, end: usize) -> Option<Label> {
        let text = self.folded.as_str();
        let rest = text.get(end..)?;
        let stop = rest.char_indices().take(48).find(|(i, c)| {
            matches!(c, '\n' | '\t' | ';' | '|' | ',' | '.' | ':' | '=' | '{' | '}') || (*i > 0 && c.is_ascii_digit())
        });
        let (length, stop) = stop.map_or((rest.len().min(48), ' '), |(i, c)| (i, c));
        let length = (0..=length).rev().find(|i| rest.is_char_boundary(*i))?;
        // What ends in a colon is the label of the next value.
        if length == 0 || matches!(stop, ':' | '=') {
            return None;
        }
        let hits = self.hits(end..end + length);
        let close = hits.first().is_some_and(|h| h.start <= end + 24);
        match judge(self.vocabulary, &hits, rule, None) {
            Label::Ours(word) if close => Some(Label::Ours(word)),
            Label::Ours(word) | Label::Shared(word) => Some(Label::Nearby(word)),
            Label::Against(word) if close => Some(Label::Against(word)),
            _ => None,
        }
    }

    /// A label alone on the line above the one that starts at `line`.
    fn above_label(&mut self, rule: usize, line: usize) -> Option<Label> {
        let text = self.folded.as_str();
        let above = text.get(..line)?.trim_end();
        let start = above.rfind('\n').map_or(0, |i| i + 1);
        let label = above.get(start..)?;
        if label.len() > 80 || longest_number(label) >= OTHER_VALUE_DIGITS {
            return None;
        }
        let hits = self.hits(start..above.len());
        let prose = (!label.ends_with([':', '='])).then_some(line);
        match judge(self.vocabulary, &hits, rule, prose) {
            Label::None => None,
            label => Some(label),
        }
    }

    /// The nearest word for the rule in the window, if no other value stands between.
    fn nearby(&mut self, rule: usize, range: &Range<usize>) -> Label {
        let text = self.folded.as_str();
        let from = floor_boundary(text, range.start.saturating_sub(WINDOW_BYTES));
        let to = floor_boundary(text, (range.end + WINDOW_BYTES).min(text.len()));
        let mut best: Option<(usize, Label)> = None;
        for hit in self.hits(from..to) {
            let Some(word) = self.vocabulary.word(&hit) else { continue };
            if hit.start < range.end && range.start < hit.end {
                continue;
            }
            let between = if hit.end <= range.start { hit.end..range.start } else { range.end..hit.start };
            let distance = between.len() + if hit.end <= range.start { 0 } else { 40 };
            let between = text.get(between).unwrap_or_default();
            if longest_number(between) >= OTHER_VALUE_DIGITS || between.contains("\n\n") {
                continue;
            }
            let label = if word.rules.contains(&rule) {
                Label::Nearby(word.folded.clone())
            } else if word.other || word.against.contains(&rule) {
                Label::None
            } else {
                continue;
            };
            if best.as_ref().is_none_or(|(d, _)| distance < *d) {
                best = Some((distance, label));
            }
        }
        best.map_or(Label::None, |(_, label)| label)
    }

    /// Keywords that begin in `range` of the folded text.
    fn hits(&mut self, range: Range<usize>) -> Vec<Hit> {
        let mut out = Vec::new();
        for block in range.start / BLOCK_BYTES..=range.end / BLOCK_BYTES {
            let text = self.folded.as_str();
            let Some(slot) = self.blocks.get_mut(block) else { continue };
            let hits = slot.get_or_insert_with(|| {
                let start = floor_boundary(text, (block * BLOCK_BYTES).saturating_sub(4));
                let end = floor_boundary(text, ((block + 1) * BLOCK_BYTES + OVERLAP_BYTES).min(text.len()));
                let mut hits = Vec::new();
                self.vocabulary.hits(text.get(start..end).unwrap_or_default(), start, &mut hits);
                let mine = block * BLOCK_BYTES..(block + 1) * BLOCK_BYTES;
                hits.retain(|h| mine.contains(&h.start));
                hits
            });
            out.extend(hits.iter().filter(|h| h.start >= range.start && h.end <= range.end));
        }
        out
    }
}

/// What the keywords of a label say: the one that ends nearest to the value decides.
///
/// `prose`: where the value begins, when there is nothing but running text in front of it. A word then names the value
/// only from near by: "the mean temperature was partly 4539…" names no mean.
fn judge(vocabulary: &Vocabulary, hits: &[Hit], rule: usize, prose: Option<usize>) -> Label {
    let mut ours: Option<Hit> = None;
    let mut other: Option<Hit> = None;
    for hit in hits {
        let Some(word) = vocabulary.word(hit) else { continue };
        let far = |value: usize| value.saturating_sub(hit.end) > if word.names_a_number { 48 } else { PROSE_BYTES_MAX };
        if word.other && word.rules.is_empty() && prose.is_some_and(far) {
            continue;
        }
        let slot = if word.rules.contains(&rule) { &mut ours } else { &mut other };
        if slot.is_none_or(|best| (hit.end, best.start) > (best.end, hit.start)) {
            *slot = Some(*hit);
        }
    }
    let on_the_way = |hit: &Hit| vocabulary.word(hit).is_some_and(|w| w.rules.is_empty() && !w.names_a_number);
    let name = |hit: &Hit| vocabulary.word(hit).map(|w| w.folded.clone()).unwrap_or_default();
    match (ours, other) {
        (Some(ours), None) => Label::Ours(name(&ours)),
        (Some(ours), Some(other)) if other.end <= ours.end => Label::Ours(name(&ours)),
        // "The card number of the customer is 4539…": a thing on the way is no name, unless the value follows at once.
        (Some(ours), Some(other)) if prose.is_some_and(|value| value > other.end + 1 && on_the_way(&other)) => {
            Label::Ours(name(&ours))
        }
        (Some(ours), Some(other)) => {
            let says_no =
                vocabulary.word(&other).is_some_and(|w| w.rules.is_empty() && (w.other || w.against.contains(&rule)));
            if says_no { Label::Against(name(&other)) } else { Label::Shared(name(&ours)) }
        }
        (None, Some(other)) => Label::Against(name(&other)),
        (None, None) => Label::None,
    }
}

/// What stands in front of a value and may label it.
struct Clause {
    range: Range<usize>,
    /// It ends in a colon, an equals sign or the like, and has letters: it is a label, whatever it says.
    is_label: bool,
    /// It begins its line.
    at_line_start: bool,
}

fn clause_before(text: &str, value: usize, floor: usize) -> Clause {
    let lowest = floor_boundary(text, value.saturating_sub(LABEL_BYTES_MAX).max(floor));
    let front = text.get(lowest..value).unwrap_or_default();
    let bare = front.trim_end_matches(|c: char| c == ' ' || c == '\t' || "\"'`([<{*“„«»”>".contains(c));
    let colon = bare.ends_with([':', '=', '#', '：']);
    let mut start = 0;
    let mut chat = false;
    // Digits of the number being walked over, and where it ends: a long one is another value, and ends the clause.
    let (mut digits, mut number_end) = (0, 0);
    let chars: Vec<(usize, char)> = bare.char_indices().collect();
    for (n, (i, c)) in chars.iter().enumerate().rev() {
        let after = i + c.len_utf8();
        if c.is_ascii_digit() {
            number_end = if digits == 0 { after } else { number_end };
            digits += 1;
        } else {
            digits = 0;
        }
        let last = n + 1 == chars.len();
        let stops = match c {
            '\n' | '\t' | '|' | ';' => true,
            ']' => {
                chat = true;
                true
            }
            ',' | '{' | '}' => colon && !last,
            // The label of a label: "Marco: BIC: ...".
            ':' | '：' => colon && !last && chars.get(n + 1).is_some_and(|(_, c)| *c == ' '),
            '.' | '!' | '?' => !last && ends_sentence(&chars, n),
            _ => digits >= OTHER_VALUE_DIGITS,
        };
        if stops {
            start = if digits >= OTHER_VALUE_DIGITS { number_end } else { after };
            break;
        }
    }
    let phrase = bare.get(start..).unwrap_or_default();
    let letters = phrase.chars().filter(|c| c.is_alphabetic()).count();
    // Who speaks in a chat labels nothing.
    let speaker = chat && bare.ends_with(':');
    let start = if speaker { front.len() } else { start };
    let before = text.get(..lowest + start).unwrap_or_default();
    Clause {
        range: lowest + start..value,
        is_label: letters >= 2 && phrase.len() <= 60 && !speaker && (colon || names_a_number(phrase)),
        at_line_start: letters == 0
            && !speaker
            && (before.ends_with('\n') || (before.is_empty() && lowest + start == 0)),
    }
}

/// Whether the full stop at `chars[n]` ends a sentence: a blank and a capital behind it, and no abbreviation before.
fn ends_sentence(chars: &[(usize, char)], n: usize) -> bool {
    let at = |i: usize| chars.get(i).map(|(_, c)| *c);
    let capital = at(n + 1).is_some_and(char::is_whitespace) && at(n + 2).is_some_and(char::is_uppercase);
    let word = chars.get(..n).unwrap_or_default().iter().rev().take_while(|(_, c)| c.is_alphanumeric()).count();
    capital && word > 4
}

/// Digits of the longest number in `text`, single separators between digits not counted as breaks.
fn longest_number(text: &str) -> usize {
    let (mut longest, mut run, mut gap) = (0, 0, 0);
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            run += 1;
            gap = 0;
            longest = longest.max(run);
        } else {
            gap += 1;
            if gap > 1 || !b" -./".contains(&byte) {
                run = 0;
            }
        }
    }
    longest
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// The score a rule gives under a label, and the evidence in words. `bare`: the value has no separators.
pub(super) fn score(rule: &Rule, label: &Label, bare: bool) -> (i16, Evidence) {
    let tiers = rule.confidence;
    let alone = i16::from(tiers.alone) - if bare { i16::from(tiers.bare) } else { 0 };
    let nearby = i16::from(tiers.nearby) - if bare { i16::from(tiers.bare) / 2 } else { 0 };
    let (points, what) = match label {
        Label::Ours(word) => (i16::from(tiers.label), format!("labelled \"{word}\"")),
        Label::Shared(word) => (i16::from(tiers.nearby), format!("labelled \"{word}\", and something else nearer")),
        Label::Nearby(word) => (nearby, format!("keyword \"{word}\" nearby")),
        Label::Unknown => (alone - 10, "labelled as something unknown".to_owned()),
        Label::Against(word) => {
            let points = tiers.against.map_or((alone - 30).min(45), i16::from);
            (points, format!("labelled \"{word}\""))
        }
        Label::None => (alone, "nothing around it".to_owned()),
    };
    (points, Evidence { points, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clause_in_front_of_a_value() {
        let clause = |text: &str| {
            let at = text.find('§').unwrap();
            let c = clause_before(text, at, 0);
            (text[c.range].to_owned(), c.is_label)
        };
        assert_eq!(clause("Name: Bo\nSSN: §"), ("SSN: ".to_owned(), true));
        assert_eq!(clause("{\"id\": \"7\", \"ssn\": \"§"), (" \"ssn\": \"".to_owned(), true));
        assert_eq!(clause("It is so. Soc. Sec. No. §"), ("It is so. Soc. Sec. No. ".to_owned(), true));
        assert_eq!(clause("We finally agreed. My card is §"), (" My card is ".to_owned(), false));
        assert_eq!(clause("order 123456 with card §"), (" with card ".to_owned(), false));
        assert!(!clause("[09:15] Sheila: §").1);
    }

    #[test]
    fn numbers_between() {
        assert_eq!(longest_number("a 12-34 56, b 7"), 6);
        assert_eq!(longest_number("none"), 0);
    }
}
