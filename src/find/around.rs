//! What stands around one value: its label, its column's header, the cells beside it, the words near by; and what a
//! rule makes of them.
//!
//! Looked up once a value, asked once a rule: a number that thirty rules could explain costs one look around.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, words that end behind their start, and sums of a few scores from 0 to 100"
)]

use std::ops::Range;

use super::Evidence;
use super::context::{Clause, Context, PROSE_BYTES_MAX};
use super::rule::{Rule, Tiers};
use super::vocabulary::Hit;
use crate::document::Cell;

/// Points of a word that supports a rule's values.
const SUPPORT_POINTS: i16 = 8;
/// Points of a date near a value of a rule that such values come with.
const DATE_POINTS: i16 = 5;
/// Bytes from a word in running text to the value it names.
const NAMED_BYTES_MAX: usize = 60;
/// Bytes between two names of one label: "SSN / tax id".
const SHARED_BYTES_MAX: usize = 6;
/// Bytes a word behind a value is farther away than one in front: labels mostly stand in front.
const BEHIND_BYTES: usize = 40;

/// What the label of a value says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// It names the rule's type.
    Ours(String),
    /// It names the rule's type and, nearer to the value, another rule's.
    Shared(String),
    /// It names a person's number, of no country: "national id".
    Identity(String),
    /// It names something else.
    Against(String),
    /// It names something nobody knows.
    Unknown,
    /// There is none, but a word for the rule is near.
    Nearby(String),
    /// There is none.
    None,
}

impl Label {
    /// The word that speaks for the rule, and whether it labels the value.
    pub(super) fn word(&self) -> Option<(&str, bool)> {
        match self {
            Self::Ours(word) => Some((word, true)),
            Self::Shared(word) | Self::Nearby(word) => Some((word, false)),
            _ => None,
        }
    }
}

/// Words that may name a value, and how they stand to it.
#[derive(Debug, Default)]
struct Words {
    hits: Vec<Hit>,
    /// Where the value begins, when there is nothing but running text in front of it: a word then names the value only
    /// from near by.
    prose: Option<usize>,
    /// Where the value begins, when the words stand in front of it on its line.
    value: Option<usize>,
    /// Bytes of each cell that the hits are from (hits of the n-th cell start at n times the longest label).
    cells: Vec<usize>,
    /// A mark such as a colon ends the label.
    marked: bool,
}

/// Everything around one value.
#[derive(Debug, Default)]
pub(super) struct Around {
    in_front: Words,
    is_label: bool,
    /// The key of the object around, when the value's own key says nothing.
    parent: Option<Words>,
    header: Words,
    /// The column has a header.
    named: bool,
    left: Option<Words>,
    right: Option<Words>,
    /// Words behind the value, and whether the first of them is close.
    behind: Option<(Words, bool)>,
    above: Option<Words>,
    /// The line above is the heading of a list.
    heading: bool,
    /// Words of the window that no other number or paragraph keeps apart, with their distance.
    window: Vec<(Hit, usize)>,
    /// Text around the value, for dates.
    window_range: Range<usize>,
    in_cell: bool,
    /// The table was drawn, not stored: its borders are a guess.
    drawn: bool,
}

impl Around {
    /// Looks around the folded bytes `range`.
    pub(super) fn look(context: &mut Context<'_>, range: &Range<usize>) -> Self {
        let mut around = Self::default();
        let original = context.original(range);
        let cell = context.cells().at(original.start);
        if let Some(cell) = &cell {
            around.in_cell = true;
            around.drawn = context.text().is_drawn(original.start);
            around.look_in_table(context, cell);
        } else if let Some((hits, length, sure)) = context.column_head(range) {
            around.in_cell = true;
            around.drawn = !sure;
            around.named = true;
            around.header = Words { hits, cells: vec![length], ..Words::default() };
        }
        // Words in front of the value inside its own cell come first, then the header, then the cell to the left.
        let floor = match &cell {
            Some(cell) if !around.drawn => range.start.saturating_sub(original.start.saturating_sub(cell.range.start)),
            _ => 0,
        };
        let clause = context.clause_before(range.start, floor);
        around.is_label = clause.is_label;
        around.parent = context.parent_key(range.start).map(|key| Words {
            hits: context.hits(key.clone()),
            cells: vec![key.len()],
            ..Words::default()
        });
        let mut hits = context.hits(clause.range.clone());
        hits.retain(|hit| !context.is_in_address(hit, range.start));
        around.in_front = Words {
            hits,
            prose: (!clause.is_label).then_some(range.start),
            value: Some(range.start),
            cells: Vec::new(),
            marked: clause.is_label,
        };
        if around.is_in_table() && cell.is_none() {
            // What stands in front in its row is other columns'.
            around.in_front = Words::default();
            around.is_label = false;
            return around;
        }
        around.look_behind(context, range.end);
        if !around.in_cell || around.drawn {
            around.look_above(context, &clause);
            around.look_near(context, range);
        }
        around
    }

    fn look_in_table(&mut self, context: &mut Context<'_>, cell: &Cell) {
        let (hits, cells) = context.header(cell).clone();
        self.named = !cells.is_empty();
        self.header = Words { hits, cells, ..Words::default() };
        let words = |(hits, length)| Words { hits, cells: vec![length], ..Words::default() };
        self.left = cell.range.start.checked_sub(2).and_then(|at| context.neighbour(cell, at)).map(words);
        self.right = context.neighbour(cell, cell.range.end + 1).map(words);
    }

    /// A label behind the value: `536-22-8467 (SSN)`, `… is my card number`.
    fn look_behind(&mut self, context: &mut Context<'_>, end: usize) {
        let rest = context.folded().get(end..).unwrap_or_default();
        let stop = rest.char_indices().take(48).find(|(i, c)| {
            matches!(c, '\n' | '\t' | ';' | '|' | ',' | '.' | ':' | '=' | '{' | '}') || (*i > 0 && c.is_ascii_digit())
        });
        let (length, stop) = stop.map_or((rest.len().min(48), ' '), |(i, c)| (i, c));
        let length = (0..=length).rev().find(|i| rest.is_char_boundary(*i)).unwrap_or(0);
        // What ends in a colon is the label of the next value.
        if length == 0 || matches!(stop, ':' | '=') {
            return;
        }
        let mut hits = context.hits(end..end + length);
        // "integrated_mobile_element" names no value in front of it.
        hits.retain(|hit| !context.is_inside_word(hit));
        let close = hits.first().is_some_and(|h| h.start <= end + 24);
        self.behind = Some((Words { hits, ..Words::default() }, close));
    }

    /// A label alone on the line above.
    fn look_above(&mut self, context: &mut Context<'_>, clause: &Clause) {
        let Some((line, label)) = context.line_above(clause.range.start) else { return };
        let marked = label.ends_with([':', '=']);
        // A heading with a colon speaks for the lines of a list below it, whatever they begin with.
        if !(clause.at_line_start || marked && clause.is_line_start(context.folded())) {
            return;
        }
        self.heading = !clause.at_line_start;
        let prose = (!marked).then_some(clause.range.start);
        self.above = Some(Words { hits: context.hits(line), prose, ..Words::default() });
    }

    /// The words of the window, if no other value stands between.
    fn look_near(&mut self, context: &mut Context<'_>, range: &Range<usize>) {
        let window = context.window(range);
        self.window_range = window.clone();
        let free = context.free_around(range, &window);
        for hit in context.hits(window) {
            if hit.start < range.end && range.start < hit.end {
                continue;
            }
            let (between, extra) =
                if hit.end <= range.start { (hit.end..range.start, 0) } else { (range.end..hit.start, BEHIND_BYTES) };
            if free.start <= between.start && between.end <= free.end {
                self.window.push((hit, between.len() + extra));
            }
        }
        self.window.sort_by_key(|(_, distance)| *distance);
    }

    /// Whether the value stands in a table whose borders are sure.
    pub(super) fn is_in_table(&self) -> bool {
        self.in_cell && !self.drawn
    }

    /// What the words say about a value of rule `rule`.
    pub(super) fn label(&self, context: &Context<'_>, rule: usize) -> Label {
        let judge = |words: &Words| judge(context, words, rule);
        let line = match (judge(&self.in_front), self.parent.as_ref().map(&judge)) {
            (_, Some(label @ (Label::Ours(_) | Label::Shared(_)))) => label,
            (Label::None, _) if self.is_label => Label::Unknown,
            (label, _) => label,
        };
        if self.in_cell {
            let label = self.cell_label(line.clone(), &judge);
            // Two tables may have been taken for one: such heads speak for a value or not at all.
            if !self.drawn || !matches!(label, Label::None | Label::Unknown) {
                return label;
            }
        }
        let behind = self.behind_label(&judge);
        match (line, behind) {
            // "details: 536-22-8467 (SSN)": what nobody knows in front is no reason not to read on.
            (Label::Unknown, Some(label @ Label::Ours(_))) => return label,
            (Label::None, Some(label)) => return label,
            (Label::None, None) => {}
            (line, _) => return line,
        }
        match self.above.as_ref().map(&judge) {
            Some(Label::Ours(word)) if self.heading => return Label::Shared(word),
            Some(label) if label != Label::None && !self.heading => return label,
            _ => {}
        }
        self.nearby(context, rule)
    }

    fn cell_label(&self, line: Label, judge: &impl Fn(&Words) -> Label) -> Label {
        if !matches!(line, Label::None | Label::Unknown) {
            return line;
        }
        if let Some(label) = self.behind_label(judge) {
            return label;
        }
        let header = match judge(&self.header) {
            Label::None if self.named => Label::Unknown,
            label => label,
        };
        if matches!(header, Label::Ours(_)) {
            return header;
        }
        match (self.left.as_ref().map(judge), self.right.as_ref().map(judge), header) {
            (Some(left @ Label::Ours(_)), _, _) => left,
            (_, Some(Label::Ours(word)), _) => Label::Nearby(word),
            (Some(left), _, Label::None) => left,
            (_, _, header) => header,
        }
    }

    fn behind_label(&self, judge: &impl Fn(&Words) -> Label) -> Option<Label> {
        let (words, close) = self.behind.as_ref()?;
        match judge(words) {
            Label::Ours(word) if *close => Some(Label::Ours(word)),
            Label::Ours(word) | Label::Shared(word) => Some(Label::Nearby(word)),
            Label::Against(word) if *close => Some(Label::Against(word)),
            _ => None,
        }
    }

    /// The nearest word of the window that says something about the rule.
    fn nearby(&self, context: &Context<'_>, rule: usize) -> Label {
        for (hit, _) in &self.window {
            let Some(word) = context.vocabulary().word(hit) else { continue };
            if word.rules.contains(&rule) {
                // "sin", "pan" and "nie" are words of running text; "SIN" is a label.
                let small = match word.short() {
                    Some(3) => !context.is_upper(hit),
                    Some(_) => true,
                    None => false,
                };
                if !small {
                    return Label::Nearby(word.folded.clone());
                }
            } else if word.other || word.against.contains(&rule) {
                return Label::None;
            }
        }
        Label::None
    }

    /// What else makes a value of `rule` surer: a word of its own list, a date.
    pub(super) fn support(&self, context: &Context<'_>, index: usize, rule: &Rule) -> Option<Evidence> {
        let beside = [&self.left, &self.right, &self.above].into_iter().flatten().flat_map(|w| &w.hits);
        let hits = self.window.iter().map(|(hit, _)| hit).chain(&self.in_front.hits).chain(&self.header.hits);
        let hits = hits.chain(beside).chain(self.behind.iter().flat_map(|(words, _)| &words.hits));
        let words = hits.filter_map(|hit| context.vocabulary().word(hit));
        let word = words.filter(|w| w.support.contains(&index)).map(|w| &w.folded).next();
        if let Some(word) = word {
            return Some(Evidence { points: SUPPORT_POINTS, what: format!("\"{word}\" nearby") });
        }
        let dated = rule.support_date && context.has_date(self.window_range.clone());
        dated.then(|| Evidence { points: DATE_POINTS, what: "a date nearby".to_owned() })
    }
}

/// What the keywords of a label say: the one that ends nearest to the value decides.
fn judge(context: &Context<'_>, words: &Words, rule: usize) -> Label {
    let vocabulary = context.vocabulary();
    let mut ours: Option<Hit> = None;
    let mut other: Option<Hit> = None;
    for hit in &words.hits {
        let Some(word) = vocabulary.word(hit) else { continue };
        if word.rules.is_empty() && !word.against.contains(&rule) && !word.other && !word.identity {
            continue;
        }
        let identity = word.identity && vocabulary.is_identity(rule);
        let mine = identity || word.rules.contains(&rule);
        if word.short().is_some_and(|length| !short_word_counts(context, words, hit, length, mine)) {
            continue;
        }
        let far = |value: usize| value.saturating_sub(hit.end) > if word.names_a_number { 48 } else { PROSE_BYTES_MAX };
        if word.other && word.rules.is_empty() && words.prose.is_some_and(far) {
            continue;
        }
        let slot = if mine { &mut ours } else { &mut other };
        if slot.is_none_or(|best| (hit.end, best.start) > (best.end, hit.start)) {
            *slot = Some(*hit);
        }
    }
    let name = |hit: &Hit| vocabulary.word(hit).map(|w| w.folded.clone()).unwrap_or_default();
    let says_no =
        |hit: &Hit| vocabulary.word(hit).is_some_and(|w| w.rules.is_empty() && (w.other || w.against.contains(&rule)));
    if let Some(mine) = ours {
        // "library card", "loyalty card number": a longer name around our word says what it is.
        let around =
            |hit: &&Hit| hit.start <= mine.start && mine.start < hit.end && hit.end - hit.start > mine.end - mine.start;
        if let Some(longer) = words.hits.iter().filter(around).find(|hit| says_no(hit)) {
            return Label::Against(name(longer));
        }
        // In running text a word far in front names something else, a name of a number not so soon.
        let phrase = vocabulary.word(&mine).is_some_and(|w| w.names_a_number || w.folded.contains(' '));
        let most = if phrase { NAMED_BYTES_MAX } else { NAMED_BYTES_MAX / 2 };
        if words.prose.is_some_and(|value| value.saturating_sub(mine.end) > most) {
            return Label::Nearby(name(&mine));
        }
    }
    let on_the_way = |hit: &Hit| vocabulary.word(hit).is_some_and(|w| w.rules.is_empty() && !w.names_a_number);
    let of_any = |hit: &Hit| vocabulary.word(hit).is_some_and(|w| !w.rules.contains(&rule));
    match (ours, other) {
        (Some(ours), other) if of_any(&ours) => match other {
            Some(other) if other.end > ours.end => Label::Against(name(&other)),
            _ => Label::Identity(name(&ours)),
        },
        (Some(ours), None) => Label::Ours(name(&ours)),
        // "cardholder account number" is no account number: of names that end together the longer is meant.
        (Some(ours), Some(other)) if other.end < ours.end || (other.end == ours.end && other.start >= ours.start) => {
            Label::Ours(name(&ours))
        }
        // "The card number of the customer is 4539…": a thing on the way is no name, unless the value follows at once.
        (Some(ours), Some(other))
            if other.end > ours.end
                && words.prose.is_some_and(|value| !context.only_marks(other.end..value))
                && on_the_way(&other) =>
        {
            Label::Ours(name(&ours))
        }
        // "Israeli ID no": what reaches over the end of ours is its tail.
        (Some(ours), Some(other)) if ours.start < other.start && other.start < ours.end => Label::Ours(name(&ours)),
        (Some(ours), Some(other)) => {
            // "NIP none, tel. 526…": two labels far apart are not one.
            let apart = other.start > ours.end + SHARED_BYTES_MAX
                && words.value.is_some_and(|value| context.only_marks(other.end..value));
            if apart || says_no(&other) { Label::Against(name(&other)) } else { Label::Shared(name(&ours)) }
        }
        (None, Some(other)) => Label::Against(name(&other)),
        (None, None) => Label::None,
    }
}

/// Whether a word of two or three letters is meant: it stands directly at the value or is the whole header; of three
/// letters it may also stand in a label, and for its own rule anywhere in front.
fn short_word_counts(context: &Context<'_>, words: &Words, hit: &Hit, length: usize, mine: bool) -> bool {
    if !words.cells.is_empty() {
        let nth = words.cells.get(hit.start / super::context::LABEL_BYTES_MAX).or(words.cells.first());
        let cell = nth.copied().unwrap_or(0);
        return length == 3 || cell <= length + 4;
    }
    let adjacent = words.value.is_some_and(|value| context.only_marks(hit.end..value));
    adjacent || (length == 3 && (words.marked || mine))
}

/// The points of a value with this label, before anything else is weighed; `bare`: see [`Tiers::bare`].
pub(super) fn points(tiers: &Tiers, label: &Label, bare: bool) -> i16 {
    let alone = i16::from(tiers.alone) - if bare { i16::from(tiers.bare) } else { 0 };
    let nearby = i16::from(tiers.nearby) - if bare { i16::from(tiers.bare) / 2 } else { 0 };
    match label {
        Label::Ours(_) => i16::from(tiers.label),
        Label::Shared(_) => i16::from(tiers.nearby),
        Label::Nearby(_) | Label::Identity(_) => nearby,
        Label::Unknown => alone - 10,
        Label::Against(_) => tiers.against.map_or((alone - 30).min(45), i16::from),
        Label::None => alone,
    }
}

/// A label in words, for a person.
pub(super) fn words(label: &Label) -> String {
    match label {
        Label::Ours(word) | Label::Against(word) => format!("labelled \"{word}\""),
        Label::Shared(word) => format!("labelled \"{word}\", and something else nearer"),
        Label::Nearby(word) => format!("keyword \"{word}\" nearby"),
        Label::Identity(word) => format!("labelled \"{word}\", of whatever country"),
        Label::Unknown => "labelled as something unknown".to_owned(),
        Label::None => "nothing around it".to_owned(),
    }
}
