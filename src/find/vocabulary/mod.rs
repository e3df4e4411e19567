//! The words that speak for and against rules, found whole in any way they are written: letter case, diacritics,
//! blanks, hyphens, underscores and camelCase make no difference.
#![allow(clippy::arithmetic_side_effects, reason = "positions inside one text, and words of a list that are counted")]

mod dictionary;
mod glance;
mod words;

use std::cell::RefCell;
use std::collections::HashMap;

use dictionary::Dictionary;
use glance::Glance;
use words::Words;

use crate::find::candidate::run::{glues, is_unspaced};
use crate::find::rule::Rule;
use crate::find::rule_bits::RuleBits;

/// Bytes of a word that may be a part of a longer one.
const COMPOUND_BYTES: usize = 9;

/// Bytes of a phrase that may be written without its blanks.
const JOINED_BYTES: usize = 5;

/// All keywords of a rule set, ready to be looked up.
pub(super) struct Vocabulary {
    dictionary: Dictionary,
    glance: Glance,
    words: Vec<Word>,
    /// Words of single letters, in order.
    dotted: Vec<usize>,
    /// Rules that a word for the personal number of any country may mean.
    identity: Vec<usize>,
    /// Rules in the list it was made of.
    rules: usize,
    /// Whether every word has a letter, or a character that is not of ASCII.
    lettered: bool,
}

#[derive(Default)]
pub(super) struct Word {
    pub(super) folded: String,
    /// Rules it speaks for.
    pub(super) rules: Vec<usize>,
    /// Rules it speaks against (their own exclusions).
    pub(super) against: Vec<usize>,
    /// Rules whose values it makes surer.
    pub(super) support: Vec<usize>,
    /// Whether it names a person's number of whatever country.
    pub(super) identity: bool,
    /// Whether it names something no rule looks for.
    pub(super) other: bool,
    /// Whether it is the name of a number ("order no", "case id") and not just a thing.
    pub(super) names_a_number: bool,
}

impl Word {
    /// Letters of a short word; such words of two or three are words of some language too.
    pub(super) fn short(&self) -> Option<usize> {
        let letters = self.folded.bytes().filter(|b| *b != b' ').count();
        (letters <= 3 && self.folded.is_ascii()).then_some(letters)
    }
}

/// A keyword in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) word: u32,
}

impl Vocabulary {
    pub(super) fn new(rules: &[Rule], other_labels: &[String], identity_labels: &[String]) -> Self {
        let mut words: Vec<Word> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        let mut add_folded = |folded: String, change: &mut dyn FnMut(&mut Word)| {
            let at = index.get(&folded).copied().unwrap_or_else(|| {
                index.insert(folded.clone(), words.len());
                words.push(Word { names_a_number: names_a_number(&folded), folded, ..Word::default() });
                words.len() - 1
            });
            if let Some(word) = words.get_mut(at) {
                change(word);
            }
        };
        let mut add = |term: &str, change: &mut dyn FnMut(&mut Word)| {
            let folded = fold_term(term);
            if folded.is_empty() {
                return;
            }
            // Identifiers run words together: `cardnumber`, `n°decarte`.
            let squashed = folded.contains(' ').then(|| folded.replace(' ', "")).filter(|s| s.len() >= JOINED_BYTES);
            let plain = term.bytes().all(|b| b == b' ' || b.is_ascii_lowercase() || b.is_ascii_digit());
            let joined = (!plain && term.contains(char::is_whitespace))
                .then(|| fold_term(&term.split_whitespace().collect::<String>()))
                .filter(|j| j.len() >= JOINED_BYTES && *j != folded && Some(j) != squashed.as_ref());
            add_folded(folded, change);
            for variant in [squashed, joined].into_iter().flatten() {
                add_folded(variant, change);
            }
        };
        for (i, rule) in rules.iter().enumerate() {
            for term in &rule.keywords {
                add(term, &mut |w| {
                    if !w.rules.contains(&i) {
                        w.rules.push(i);
                    }
                });
            }
            for term in &rule.not_keywords {
                add(term, &mut |w| w.against.push(i));
            }
            for term in &rule.support {
                add(term, &mut |w| w.support.push(i));
            }
        }
        for term in identity_labels {
            add(term, &mut |w| w.identity = true);
        }
        for term in other_labels {
            add(term, &mut |w| w.other = w.rules.is_empty());
        }
        let identity = (0..rules.len()).filter(|i| rules.get(*i).is_some_and(Rule::is_identity)).collect();
        Self::of(words, identity, rules.len())
    }

    /// `identity`: rules that a word for the personal number of any country may mean; `rules`: how many there are.
    fn of(words: Vec<Word>, identity: Vec<usize>, rules: usize) -> Self {
        let dictionary = Dictionary::new(words.iter().map(|w| w.folded.as_str()), may_begin_inside);
        let glance = Glance::new(&words, rules, |word| rules_of(word, &identity));
        let single = |w: &Word| w.folded.contains(' ') && w.folded.split(' ').all(|part| part.len() == 1);
        let dotted = words.iter().enumerate().filter(|(_, w)| single(w)).map(|(i, _)| i).collect();
        let lettered = words.iter().all(|w| w.folded.contains(|c: char| c.is_ascii_alphabetic() || !c.is_ascii()));
        Self { dictionary, glance, words, dotted, identity, rules, lettered }
    }

    /// Keywords in `text` (which starts at `base` of a larger text), whole words only.
    pub(super) fn hits(&self, text: &str, base: usize, out: &mut Vec<Hit>) {
        // Cells of tables are numbers mostly.
        if self.lettered && !text.bytes().any(|b| b.is_ascii_alphabetic() || !b.is_ascii()) {
            return;
        }
        thread_local!(static WORDS: RefCell<Words> = RefCell::default());
        WORDS.with_borrow_mut(|words| {
            words.fold(text);
            let folded = words.as_str();
            let first = out.len();
            self.dictionary.find(words.padded(), |range, word| {
                if is_whole(folded, range.start, range.end) {
                    let (from, to) = (words.origin(range.start), words.origin(range.end));
                    // "r.g." is a label; "R G 1923" and "rG(" are letters that happen to stand so.
                    let dotted = self.dotted.binary_search(&(word as usize)).is_ok();
                    if !dotted || text.get(from..to).is_some_and(|t| t.contains(['.', '/'])) {
                        out.push(Hit { start: base + from, end: base + to, word });
                    }
                }
            });
            if let Some(new) = out.get_mut(first..) {
                new.sort_unstable_by_key(|hit| (hit.end, hit.start));
            }
        });
    }

    /// Rules in the list it was made of.
    pub(super) fn rule_count(&self) -> usize {
        self.rules
    }

    /// Adds the rules that words may speak for.
    pub(super) fn add_rules(&self, hits: &[Hit], rules: &mut RuleBits) {
        hits.iter().flat_map(|hit| self.rules(hit.word)).for_each(|rule| rules.add(rule));
    }

    /// Adds the rules that may have a word in `text`, and some that have none. False if only the words themselves
    /// ([`Vocabulary::hits`]) can tell.
    pub(super) fn glance(&self, text: &str, rules: &mut RuleBits) -> bool {
        self.glance.look(text, rules)
    }

    /// The rules that a word may speak for.
    fn rules(&self, word: u32) -> impl Iterator<Item = usize> + '_ {
        self.words.get(word as usize).into_iter().flat_map(|word| rules_of(word, &self.identity))
    }

    /// Whether a word for the personal number of any country may mean `rule`.
    pub(super) fn is_identity(&self, rule: usize) -> bool {
        self.identity.binary_search(&rule).is_ok()
    }

    pub(super) fn word(&self, hit: &Hit) -> Option<&Word> {
        self.words.get(hit.word as usize)
    }
}

/// The rules that a word may speak for. `identity`: those that a word for the personal number of any country may mean.
fn rules_of<'w>(word: &'w Word, identity: &'w [usize]) -> impl Iterator<Item = usize> + use<'w> {
    let identity = if word.identity { identity } else { &[] };
    word.rules.iter().chain(identity).copied()
}

/// Whether a word may be a part of a longer one: `Firmenkreditkarte`.
fn is_compound(word: &str) -> bool {
    word.len() >= COMPOUND_BYTES && !word.contains(' ')
}

/// Whether [`is_whole`] may say yes behind a letter or a digit.
fn may_begin_inside(word: &str) -> bool {
    let first = word.chars().next();
    is_compound(word) || first.is_none_or(|c| is_unspaced(c) || !c.is_alphanumeric())
}

/// Whether the folded word at `start..end` stands alone, as far as it must.
fn is_whole(folded: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(word), Some(after)) = (folded.get(..start), folded.get(start..end), folded.get(end..))
    else {
        return false;
    };
    if word.chars().all(is_unspaced) || is_compound(word) {
        return true;
    }
    let open = |edge: Option<char>, next: Option<char>| {
        !edge.is_some_and(char::is_alphanumeric) || edge.is_some_and(is_unspaced) || !next.is_some_and(glues)
    };
    let mut rest = after.chars();
    let next = match rest.next() {
        // A plural is the same word.
        Some('s') if word.ends_with(|c: char| c.is_ascii_lowercase()) => rest.next(),
        next => next,
    };
    open(word.chars().next(), before.chars().next_back()) && open(word.chars().next_back(), next)
}

/// Folds a keyword as [`Words`] folds the text.
fn fold_term(term: &str) -> String {
    let mut words = Words::default();
    words.fold(term);
    words.as_str().trim().to_owned()
}

/// Whether a phrase ends like the name of a number: "Drawing no.", "Fulfilment nr", "Basket id".
pub(super) fn names_a_number(phrase: &str) -> bool {
    let last = phrase.trim_end_matches(['.', ' ']).rsplit([' ', '-', '_']).next().unwrap_or_default().to_lowercase();
    let names =
        ["no", "nr", "num", "number", "id", "ref", "code", "nummer", "número", "numéro", "numero", "n°", "nº", "№"];
    names.contains(&last.as_str()) || last.ends_with(['号', '號', '번', 'は'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_plurals_and_compounds() {
        for (text, word, whole) in [
            ("my ssns are", "ssn", true),
            ("assn x", "ssn", false),
            ("firmenkreditkarte 4", "kreditkarte", true),
            ("カード番号4", "カード番号", true),
            ("aba", "aba", true),
            ("alabama", "aba", false),
        ] {
            let at = text.find(word).unwrap();
            assert_eq!(is_whole(text, at, at + word.len()), whole, "{text}");
        }
    }
}
