//! The words of a text, looked up where they are asked for.
//!
//! Words are looked up a block at a time and kept, so a text full of candidates costs one pass of the word automaton,
//! and a text without any costs nothing.
//!
//! How the words are read: the label nearest to a value names it. A label is what stands in front of the value on its
//! line, in its column's header, in the cell to its left, or alone on the line above. A label that names something
//! else (another rule's keyword, an order, a part, a parcel …) speaks against the value even when its checksum holds.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and what is taken off them was counted backwards from there"
)]

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

use super::aligned::Aligned;
use super::cells::Cells;
use super::column::Fold;
use super::fold::Folded;
use super::inserts::Inserts;
use super::rule_bits::RuleBits;
use super::vocabulary::{Hit, Vocabulary, names_a_number};
use crate::document::{Cell, Text};

/// Bytes of text whose words are looked up at once. Large enough that overlaps cost little, small enough for L1.
const BLOCK_BYTES: usize = 1024;
/// Bytes a keyword may reach over a block's border.
const OVERLAP_BYTES: usize = 128;
/// Bytes of a label in front of a value.
pub(super) const LABEL_BYTES_MAX: usize = 160;
/// Bytes searched for nearby words on either side (300 characters in Purview's definitions).
const WINDOW_BYTES: usize = 300;
/// Bytes from a word to the value it names in running text.
pub(super) const PROSE_BYTES_MAX: usize = 14;
/// Bytes of a leader: the dots of a form between a label and its value (three bytes each, some of them).
const LEADER_BYTES_MAX: usize = 240;
/// Bytes of a label on the line above.
const LINE_ABOVE_BYTES_MAX: usize = 80;
/// Bytes in front of a value in which the key of its object is looked for.
const PARENT_BYTES_MAX: usize = 400;
/// Digits from which a number between a word and a value counts as another value that the word may belong to.
pub(super) const OTHER_VALUE_DIGITS: usize = 5;

/// Words of a column's header, and the bytes of each of its cells.
type Header = (Vec<Hit>, Vec<usize>);

/// The context of one text: its words, looked up as they are needed.
pub(super) struct Context<'t> {
    text: &'t Text<'t>,
    cells: &'t Cells<'t>,
    folded: &'t Folded<'t>,
    vocabulary: &'t Vocabulary,
    blocks: Vec<Block>,
    headers: HashMap<(u32, u32, bool), Header, BuildHasherDefault<Fold>>,
    /// Statements that name their columns, once asked.
    inserts: Option<Inserts>,
    aligned: Aligned,
    /// The last head of a column in running text, and its words.
    head: (Range<usize>, Vec<Hit>),
    /// Sets that are used again: rules near a value, and those that are named farther away.
    near: (RuleBits, RuleBits),
}

/// A stretch of the folded text.
#[derive(Clone, Debug, Default)]
struct Block {
    /// The rules that the words which begin in it may speak for, and some more, once asked. `None`: only the words can
    /// tell.
    glance: Option<Option<RuleBits>>,
    words: Option<BlockWords>,
}

/// The words that begin in a stretch of the text.
#[derive(Clone, Debug)]
struct BlockWords {
    hits: Vec<Hit>,
    /// The rules that they may speak for.
    rules: RuleBits,
}

impl<'t> Context<'t> {
    pub(super) fn new(
        text: &'t Text<'t>,
        cells: &'t Cells<'t>,
        folded: &'t Folded<'t>,
        vocabulary: &'t Vocabulary,
    ) -> Self {
        let blocks = vec![Block::default(); folded.as_str().len() / BLOCK_BYTES + 1];
        Self {
            text,
            cells,
            folded,
            vocabulary,
            blocks,
            headers: HashMap::default(),
            inserts: None,
            aligned: Aligned::default(),
            head: Default::default(),
            near: (RuleBits::none_of(vocabulary.rule_count()), RuleBits::none_of(vocabulary.rule_count())),
        }
    }

    pub(super) fn text(&self) -> &'t Text<'t> {
        self.text
    }

    /// Its cells.
    pub(super) fn cells(&self) -> &'t Cells<'t> {
        self.cells
    }

    pub(super) fn folded(&self) -> &'t str {
        self.folded.as_str()
    }

    pub(super) fn vocabulary(&self) -> &'t Vocabulary {
        self.vocabulary
    }

    /// The original bytes of the folded bytes `range`.
    pub(super) fn original(&self, range: &Range<usize>) -> Range<usize> {
        self.folded.original(range.start, range.end)
    }

    /// Whether a word is written in upper case.
    pub(super) fn is_upper(&self, hit: &Hit) -> bool {
        self.folded().get(hit.start..hit.end).is_some_and(|word| !word.bytes().any(|b| b.is_ascii_lowercase()))
    }

    /// Whether nothing but blanks and marks stands in `range`, and not many of them: a few, a leader (`......:`), or a
    /// remark in parentheses (`(required):`).
    pub(super) fn only_marks(&self, range: Range<usize>) -> bool {
        let Some(gap) = self.folded().get(range) else { return false };
        if gap.len() <= 6 {
            return !gap.contains(char::is_alphanumeric);
        }
        let leader = |c: char| " .·•…‥_-:=".contains(c);
        if gap.chars().all(leader) {
            return gap.len() <= LEADER_BYTES_MAX;
        }
        let gap = gap.trim_start();
        let remark = gap.strip_prefix('(').and_then(|g| g.split_once(')'));
        remark.is_some_and(|(inside, rest)| {
            inside.len() <= 24
                && !inside.contains(|c: char| c.is_ascii_digit())
                && rest.len() <= 4
                && !rest.contains(char::is_alphanumeric)
        })
    }

    /// Whether the value is the only number in a line of words (a time in front, as chats have it, does not count).
    pub(super) fn is_isolated(&self, range: &Range<usize>) -> bool {
        let text = self.folded.as_str();
        let original = self.folded.original(range.start, range.start).start;
        if self.cells.at(original).is_some() {
            return false;
        }
        let before = text.get(floor_boundary(text, range.start.saturating_sub(400))..range.start).unwrap_or_default();
        let before = last_line(before);
        let before = before.rsplit_once(']').map_or(before, |(_, rest)| rest);
        let after = text.get(range.end..floor_boundary(text, (range.end + 400).min(text.len()))).unwrap_or_default();
        let after = first_line(after);
        !before.contains(|c: char| c.is_ascii_digit()) && !after.contains(|c: char| c.is_ascii_digit())
    }

    /// The key of the object that the value's own key stands in, when that says nothing: `"ssn": {"value": "…"}`.
    pub(super) fn parent_key(&self, value: usize) -> Option<Range<usize>> {
        parent_key(self.folded(), value)
    }

    /// Whether the value stands in a row of numbers without a word: three groups of three digits or more beside it.
    pub(super) fn is_row_of_numbers(&self, range: &Range<usize>) -> bool {
        let text = self.folded();
        let before = text.get(floor_boundary(text, range.start.saturating_sub(400))..range.start).unwrap_or_default();
        let after = text.get(range.end..floor_boundary(text, (range.end + 400).min(text.len()))).unwrap_or_default();
        let line = [last_line(before), first_line(after)];
        let runs = |of: fn(char) -> bool| {
            line.iter().flat_map(move |l| l.split(move |c: char| !of(c))).filter(|r| r.len() > 2)
        };
        runs(|c| c.is_ascii_digit()).count() > 2 && runs(char::is_alphabetic).next().is_none()
    }

    /// Whether a word names something else by where it stands: in an address (`https://…/card/…`) that the value is not
    /// part of.
    pub(super) fn is_in_address(&self, hit: &Hit, value: usize) -> bool {
        let text = self.folded();
        let front = text.get(floor_boundary(text, hit.start.saturating_sub(200))..hit.start).unwrap_or_default();
        let token = front.rsplit(char::is_whitespace).next().unwrap_or_default();
        token.contains("://")
            && text.get(hit.end..value).is_some_and(|gap| gap.contains(char::is_whitespace) || gap.contains(')'))
    }

    /// Whether a word is a part of an identifier or of a hyphenated word.
    pub(super) fn is_inside_word(&self, hit: &Hit) -> bool {
        let text = self.folded();
        let before = text.get(..hit.start).and_then(|t| t.chars().next_back());
        let mut after = text.get(hit.end..).unwrap_or_default().chars();
        before.is_some_and(|c| "_-./".contains(c) || c.is_alphabetic())
            || (after.next().is_some_and(|c| "_-".contains(c)) && after.next().is_some_and(char::is_alphabetic))
    }

    /// The clause in front of a value at `value`; nothing before `floor` belongs to it.
    pub(super) fn clause_before(&self, value: usize, floor: usize) -> Clause {
        clause_before(self.folded(), value, floor)
    }

    /// The words of the header of a cell's column, and the bytes of each of its cells (the words of the n-th begin at
    /// n times [`LABEL_BYTES_MAX`]).
    pub(super) fn header(&mut self, cell: &Cell) -> &Header {
        let (text, vocabulary) = (self.text, self.vocabulary);
        let words = || {
            let heads = text.headers(cell, 2);
            let mut hits = Vec::new();
            for (i, head) in heads.iter().enumerate() {
                vocabulary.hits(text.as_str().get(head.clone()).unwrap_or_default(), i * LABEL_BYTES_MAX, &mut hits);
            }
            (hits, heads.iter().map(ExactSizeIterator::len).collect())
        };
        self.headers.entry((cell.table, cell.column, cell.row > 0)).or_insert_with(words)
    }

    /// The words that head the column of a value in running text, if it stands in one: columns of SQL statements are
    /// sure (true), columns aligned by blanks a guess. With the bytes of the head.
    pub(super) fn column_head(&mut self, range: &Range<usize>) -> Option<(Vec<Hit>, usize, bool)> {
        let text = self.folded();
        // Rows of statements have something in front of every value that is rare in prose.
        let front = text.get(..range.start)?.trim_end_matches([' ', '\'', '"', '\n', '\r']);
        let row = front.ends_with(['(', ',', '\t']) || range.start == 0 || text.get(..range.start)?.ends_with('\n');
        let stored =
            if row { self.inserts.get_or_insert_with(|| Inserts::new(text)).column(text, range.start) } else { None };
        let sure = stored.is_some();
        let head = stored.or_else(|| self.aligned.head(text, range))?;
        if self.head.0 != head {
            let mut hits = Vec::new();
            self.vocabulary.hits(text.get(head.clone())?, 0, &mut hits);
            self.head = (head.clone(), hits);
        }
        Some((self.head.1.clone(), head.len(), sure))
    }

    /// The words of the cell at the original offset `at` and its bytes, if it stands beside `cell` in its row.
    pub(super) fn neighbour(&self, cell: &Cell, at: usize) -> Option<(Vec<Hit>, usize)> {
        let beside = self.beside(cell, at)?;
        Some((self.hits_of_cell(&beside), beside.len()))
    }

    /// The cell at the original offset `at`, if it stands beside `cell` in its row.
    fn beside(&self, cell: &Cell, at: usize) -> Option<Range<usize>> {
        let text = self.text.as_str();
        let beside = self.cells.at(floor_boundary(text, at.min(text.len().saturating_sub(1))))?;
        let same = beside.table == cell.table && beside.row == cell.row && beside.column != cell.column;
        same.then_some(beside.range)
    }

    fn hits_of_cell(&self, cell: &Range<usize>) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.vocabulary.hits(self.text.as_str().get(cell.clone()).unwrap_or_default(), 0, &mut hits);
        hits
    }

    /// The line above the one that starts at `line`, if it can be a label.
    pub(super) fn line_above(&self, line: usize) -> Option<(Range<usize>, &'t str)> {
        // Labels are short: no more is looked at, or a file of one long line would be walked for each of its numbers.
        let from = floor_boundary(self.folded(), line.saturating_sub(2 * LINE_ABOVE_BYTES_MAX));
        let above = self.folded().get(from..line)?.trim_end();
        let start = match above.rfind('\n') {
            Some(at) => at + 1,
            None if from == 0 => 0,
            None => return None,
        };
        let label = above.get(start..)?;
        let fits = label.len() <= LINE_ABOVE_BYTES_MAX && longest_number(label) < OTHER_VALUE_DIGITS;
        fits.then_some((from + start..from + above.len(), label))
    }

    /// The bytes in which words near a value are looked for.
    pub(super) fn window(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.folded();
        let from = floor_boundary(text, range.start.saturating_sub(WINDOW_BYTES));
        from..floor_boundary(text, (range.end + WINDOW_BYTES).min(text.len()))
    }

    /// The part of `window` around `range` that no other long number and no empty line cuts off.
    pub(super) fn free_around(&self, range: &Range<usize>, window: &Range<usize>) -> Range<usize> {
        let text = self.folded();
        let before = text.get(window.start..range.start).unwrap_or_default().as_bytes();
        let after = text.get(range.end..window.end).unwrap_or_default().as_bytes();
        range.start - reach(before.iter().rev())..range.end + reach(after.iter())
    }

    /// Whether there is a date in `range`.
    pub(super) fn has_date(&self, range: Range<usize>) -> bool {
        let mut any = false;
        super::candidate::dates(self.folded().get(range).unwrap_or_default(), &mut |_, _| any = true);
        any
    }

    /// Leaves of `rules` those with a keyword near the folded bytes `range`, or in its column's header or a cell beside
    /// it.
    pub(super) fn keep_near(&mut self, range: &Range<usize>, rules: &mut RuleBits) {
        let vocabulary = self.vocabulary;
        let (mut near, mut far) = std::mem::take(&mut self.near);
        near.clear();
        far.clear();
        let original = self.original(range);
        // First what costs least: the words of the blocks around, among which are those of the window, of the object's
        // key, and of cells that lie in them.
        let first = range.start.saturating_sub(PARENT_BYTES_MAX) / BLOCK_BYTES;
        let last = (range.end + WINDOW_BYTES) / BLOCK_BYTES;
        for block in first..=last {
            self.glance(block, &mut near);
        }
        let around = first * BLOCK_BYTES..(last + 1) * BLOCK_BYTES;
        let cell = self.cells.at(original.start);
        if let Some(cell) = &cell {
            vocabulary.add_rules(&self.header(cell).0, &mut far);
            let folded = self.folded.is_moved();
            for at in [cell.range.start.checked_sub(2), Some(cell.range.end + 1)].into_iter().flatten() {
                let Some(beside) = self.beside(cell, at) else { continue };
                if folded || beside.start < around.start || beside.end > around.end {
                    vocabulary.add_rules(&self.hits_of_cell(&beside), &mut far);
                }
            }
        } else if let Some((hits, ..)) = self.column_head(range) {
            vocabulary.add_rules(&hits, &mut far);
        }
        near.add_all(&far);
        if near.meets(rules) {
            // One of them may be meant: now the words themselves.
            near.clear();
            near.add_all(&far);
            for block in first..=last {
                if let Some(words) = self.words(block) {
                    near.add_all(&words.rules);
                }
            }
        }
        if !near.meets(rules) {
            rules.clear();
            self.near = (near, far);
            return;
        }
        // Then the window itself.
        near.clear();
        near.add_all(&far);
        let window = self.window(range);
        vocabulary.add_rules(&self.hits(window), &mut near);
        if let Some(cell) = &cell {
            for at in [cell.range.start.checked_sub(2), Some(cell.range.end + 1)].into_iter().flatten() {
                if let Some((hits, _)) = self.neighbour(cell, at) {
                    vocabulary.add_rules(&hits, &mut near);
                }
            }
        }
        if let Some(key) = self.parent_key(range.start) {
            vocabulary.add_rules(&self.hits(key), &mut near);
        }
        rules.keep(&near);
        self.near = (near, far);
    }

    /// Adds the rules that the words of a block may speak for, and some more.
    fn glance(&mut self, block: usize, rules: &mut RuleBits) {
        let (text, vocabulary) = (self.folded.as_str(), self.vocabulary);
        let Some(slot) = self.blocks.get_mut(block) else { return };
        let glance = slot.glance.get_or_insert_with(|| {
            let mut rules = RuleBits::none_of(vocabulary.rule_count());
            vocabulary.glance(text.get(bytes_of(text, block)).unwrap_or_default(), &mut rules).then_some(rules)
        });
        match glance {
            Some(glance) => rules.add_all(glance),
            None => self.words(block).into_iter().for_each(|words| rules.add_all(&words.rules)),
        }
    }

    /// The words that begin in the block with this number.
    fn words(&mut self, block: usize) -> Option<&BlockWords> {
        let (text, vocabulary) = (self.folded.as_str(), self.vocabulary);
        let slot = self.blocks.get_mut(block)?;
        Some(slot.words.get_or_insert_with(|| {
            let bytes = bytes_of(text, block);
            let mut hits = Vec::new();
            vocabulary.hits(text.get(bytes.clone()).unwrap_or_default(), bytes.start, &mut hits);
            let mine = block * BLOCK_BYTES..(block + 1) * BLOCK_BYTES;
            hits.retain(|h| mine.contains(&h.start));
            hits.sort_unstable_by_key(|h| (h.start, h.end));
            let mut rules = RuleBits::none_of(vocabulary.rule_count());
            vocabulary.add_rules(&hits, &mut rules);
            BlockWords { hits, rules }
        }))
    }

    /// Keywords that begin in `range` of the folded text.
    pub(super) fn hits(&mut self, range: Range<usize>) -> Vec<Hit> {
        let mut out = Vec::with_capacity(16);
        for block in range.start / BLOCK_BYTES..=range.end / BLOCK_BYTES {
            let Some(BlockWords { hits, .. }) = self.words(block) else { continue };
            let first = hits.partition_point(|h| h.start < range.start);
            let from_here = hits.get(first..).unwrap_or_default().iter().take_while(|h| h.start < range.end);
            out.extend(from_here.filter(|h| h.end <= range.end));
        }
        out
    }
}

/// The bytes of `text` that words which begin in a block may take.
fn bytes_of(text: &str, block: usize) -> Range<usize> {
    let start = floor_boundary(text, (block * BLOCK_BYTES).saturating_sub(4));
    start..floor_boundary(text, ((block + 1) * BLOCK_BYTES + OVERLAP_BYTES).min(text.len()))
}

/// What stands in front of a value and may label it.
pub(super) struct Clause {
    pub(super) range: Range<usize>,
    /// It ends in a colon, an equals sign or the like, and has letters: it is a label, whatever it says.
    pub(super) is_label: bool,
    /// It begins its line.
    pub(super) at_line_start: bool,
}

impl Clause {
    /// Whether it begins its line, with words in it.
    pub(super) fn is_line_start(&self, text: &str) -> bool {
        text.get(..self.range.start).is_some_and(|before| before.is_empty() || before.ends_with('\n'))
    }
}

fn clause_before(text: &str, value: usize, floor: usize) -> Clause {
    let lowest = floor_boundary(text, value.saturating_sub(LABEL_BYTES_MAX).max(floor));
    let front = text.get(lowest..value).unwrap_or_default();
    let bare = front.trim_end_matches(|c: char| c == ' ' || c == '\t' || "\"'`([<{*“„«»”>".contains(c));
    let bare = without_tag(bare);
    // The name in front of a leader, a colon, a dash or an arrow.
    let named = bare.trim_end_matches([':', '=', '：', '—', '–', '→', '»', '-', '>', ' ']);
    let named = named.trim_end_matches(|c: char| " .·•…‥_".contains(c));
    let leaders = bare.len().saturating_sub(named.len()) >= 6;
    let arrow =
        bare.ends_with(['—', '–', '→', '»']) || bare.ends_with("=>") || bare.ends_with("->") || bare.ends_with(" -");
    let colon = leaders || arrow || bare.ends_with([':', '=', '#', '：']);
    let mut start = 0;
    let (mut chat, mut keyed) = (false, false);
    // Digits of the number being walked over, and where it ends: a long one is another value, and ends the clause.
    let (mut digits, mut number_end) = (0, 0);
    for (i, c) in bare.char_indices().rev() {
        let after = i + c.len_utf8();
        if c.is_ascii_digit() {
            number_end = if digits == 0 { after } else { number_end };
            digits += 1;
        } else {
            digits = 0;
        }
        let behind = || bare.get(after..).unwrap_or_default();
        let last = after == bare.len();
        let stops = match c {
            '\n' | '\t' | '|' | ';' => true,
            // "[09:15] Ann: ": who speaks, and when. "[x] SSN: " is a box, and "user[ssn]: " a key.
            ']' => {
                let inside = bare.get(..i).and_then(|b| b.rsplit_once('[')).map_or("", |(_, inside)| inside);
                let key = !behind().contains(char::is_alphabetic) && inside.contains(char::is_alphabetic);
                chat = !key && (inside.contains(':') || inside.bytes().filter(u8::is_ascii_digit).count() > 3);
                keyed |= key;
                !key
            }
            ',' | '{' | '}' => colon && !last,
            // A bracket that is still open, and a quote that closes something, stand before the label.
            '[' | '(' => colon && !last && !behind().contains([']', ')']),
            '"' | '”' => colon && !last && behind().starts_with([' ', ',']),
            // The label of a label: "Marco: BIC: ...".
            ':' | '：' => colon && !last && behind().starts_with(' '),
            '.' | '!' | '?' => !last && ends_sentence(bare.get(..i).unwrap_or_default(), behind()),
            _ => digits >= OTHER_VALUE_DIGITS,
        };
        if stops {
            start = if digits >= OTHER_VALUE_DIGITS { number_end } else { after };
            break;
        }
    }
    let phrase = bare.get(start..named.len().max(start)).unwrap_or_default();
    let letters = phrase.chars().filter(|c| c.is_alphabetic()).count();
    // Who speaks in a chat labels nothing.
    let speaker = chat && bare.ends_with(':');
    let start = if speaker { front.len() } else { start };
    let before = text.get(..lowest + start).unwrap_or_default();
    Clause {
        range: lowest + start..value,
        is_label: letters >= 2 && phrase.len() <= 60 && !speaker && (colon || keyed || names_a_number(phrase)),
        at_line_start: letters == 0
            && !speaker
            && (before.ends_with('\n') || (before.is_empty() && lowest + start == 0)),
    }
}

/// Cuts the tag of HTML or Markdown that sets a value off: `<b>`, `**`.
fn without_tag(front: &str) -> &str {
    let bare = front.trim_end_matches(['*', ' ']);
    let tag = bare.strip_suffix('>').and_then(|b| b.rfind('<').map(|at| (at, b.len() - at)));
    let bare = tag.filter(|(_, length)| *length <= 12).and_then(|(at, _)| bare.get(..at)).unwrap_or(bare);
    bare.trim_end_matches(|c: char| c == ' ' || "\"'`([<{*“„«»”>".contains(c) && c != '»')
}

/// Keys that say what kind of value stands beside them.
const TYPE_KEYS: [&str; 13] = [
    "type", "name", "label", "kind", "key", "system", "scheme", "field", "id_type", "idtype", "id type", "doctype",
    "title",
];

/// The value of a key beside a value's own that says what it is: `{"type": "PESEL", "value": "…"}`, or on the line above.
fn type_beside(object: &str, base: usize) -> Option<Range<usize>> {
    let mut end = object.len();
    for part in object.rsplit([',', '\n', '{']) {
        let start = end - part.len();
        end = start.saturating_sub(1);
        let Some((key, value)) = part.split_once([':', '=']) else { continue };
        let key = key.trim_matches([' ', '\t', '"', '\'', '-', '\r']).to_ascii_lowercase();
        let says = TYPE_KEYS.contains(&key.as_str()) || key.rsplit(' ').next().is_some_and(|k| TYPE_KEYS.contains(&k));
        let value_start = start + part.len() - value.len();
        let value = value.trim_end();
        if says && value.contains(char::is_alphabetic) && value.len() <= 60 {
            return Some(base + value_start..base + value_start + value.len());
        }
    }
    None
}

/// Keys that say that a value follows, and not which.
const EMPTY_KEYS: [&str; 16] = [
    "value", "values", "val", "number", "no", "nr", "id", "text", "data", "content", "raw", "plain", "input", "answer",
    "#text", "$value",
];

fn parent_key(text: &str, value: usize) -> Option<Range<usize>> {
    let from = floor_boundary(text, value.saturating_sub(PARENT_BYTES_MAX));
    let front = text.get(from..value)?.trim_end_matches(['"', '\'', ' ']);
    let own = front.strip_suffix([':', '='])?.trim_end_matches(['"', '\'', ' ']);
    let start = own.rfind(|c: char| !(c.is_alphanumeric() || "_$#".contains(c))).map_or(0, |i| i + 1);
    let key = own.get(start..)?.to_ascii_lowercase();
    if !EMPTY_KEYS.contains(&key.as_str()) {
        return None;
    }
    // On the line above, in YAML and what is like it.
    let above = own
        .get(..start)?
        .trim_end_matches([' ', '\t'])
        .strip_suffix('\n')
        .map(|a| (a.rfind('\n').map_or(0, |i| i + 1), a));
    if let Some(found) = above.and_then(|(at, a)| type_beside(a.get(at..)?, from + at)) {
        return Some(found);
    }
    // Out of the object that the key stands in: to the brace that is still open.
    let mut open = 0_usize;
    let object = own.get(..start)?.bytes().enumerate().rev().find_map(|(at, byte)| match byte {
        b'}' => {
            open += 1;
            None
        }
        b'{' if open > 0 => {
            open -= 1;
            None
        }
        b'{' => Some(at),
        _ => None,
    })?;
    if let Some(found) = own.get(object + 1..start).and_then(|o| type_beside(o, from + object + 1)) {
        return Some(found);
    }
    let before = own.get(..object)?.trim_end_matches([' ', '\n', '\r', '\t', '[', '{']);
    let before = before.strip_suffix([':', '='])?.trim_end_matches(['"', '\'', ' ']);
    let begin = before.rfind(['"', '\'', '{', ',', '\n']).map_or(0, |i| i + 1);
    (before.len() > begin).then_some(from + begin..from + before.len())
}

/// Whether a full stop between these two ends a sentence: a blank and a capital behind it, and no abbreviation before.
fn ends_sentence(before: &str, behind: &str) -> bool {
    let mut behind = behind.chars();
    behind.next().is_some_and(char::is_whitespace)
        && behind.next().is_some_and(char::is_uppercase)
        && before.chars().rev().take_while(|c| c.is_alphanumeric()).nth(4).is_some()
}

/// Bytes that can be walked before a number of [`OTHER_VALUE_DIGITS`] digits or an empty line is met.
fn reach<'b>(bytes: impl Iterator<Item = &'b u8>) -> usize {
    let (mut digits, mut gap, mut number_at, mut line_before) = (0, 0, 0, false);
    let mut walked = 0;
    for (at, byte) in bytes.enumerate() {
        if byte.is_ascii_digit() {
            number_at = if digits == 0 { at } else { number_at };
            digits += 1;
            gap = 0;
            if digits >= OTHER_VALUE_DIGITS {
                return number_at;
            }
        } else {
            gap += 1;
            if gap > 1 || !b" -./".contains(byte) {
                digits = 0;
            }
        }
        if *byte == b'\n' && line_before {
            return at;
        }
        line_before = *byte == b'\n';
        walked = at + 1;
    }
    walked
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

/// What stands in front of the first line break.
pub(super) fn first_line(text: &str) -> &str {
    memchr::memchr(b'\n', text.as_bytes()).and_then(|at| text.get(..at)).unwrap_or(text)
}

/// What stands behind the last line break.
pub(super) fn last_line(text: &str) -> &str {
    memchr::memrchr(b'\n', text.as_bytes()).and_then(|at| text.get(at + 1..)).unwrap_or(text)
}

pub(super) fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
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
    fn a_key_that_says_nothing_takes_its_objects() {
        let key = |text: &str| parent_key(text, text.find('§').unwrap()).map(|r| text[r].to_owned());
        assert_eq!(key("{\"ssn\": {\"type\": {\"a\": 1}, \"value\": \"§"), Some("ssn".to_owned()));
        assert_eq!(key("{\"ssn\": {\"name\": \"§"), None);
        assert_eq!(key("{\"type\": \"PESEL\", \"value\": \"§").as_deref().map(str::trim), Some("\"PESEL\""));
        assert_eq!(key("- type: PESEL\n  value: §").as_deref().map(str::trim), Some("PESEL"));
        assert_eq!(key("{\"value\": \"§"), None);
        assert_eq!(key("value: §"), None);
    }

    #[test]
    fn numbers_between() {
        assert_eq!(longest_number("a 12-34 56, b 7"), 6);
        assert_eq!(longest_number("none"), 0);
    }
}
