//! All terms of a package, found in one pass over a text.
//!
//! The automaton is fed one folded character after the other (lower case, a run of white space as one blank), so a
//! text is neither copied nor mapped; where the last characters began is kept in a ring as long as the longest term.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text and its folded form, and lists that were added to"
)]

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::schema::Term;
use crate::find::candidate::run::is_unspaced;

/// Places kept of one list in one text.
const HITS_MAX: usize = 100_000;

/// The terms of a package.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    automaton: Option<NFA>,
    /// Each folded term and who asks for it.
    folded: Vec<Folded>,
    /// Bytes of the longest folded term.
    longest: usize,
    lists: usize,
}

#[derive(Debug)]
struct Folded {
    text: String,
    uses: Vec<Use>,
}

#[derive(Debug)]
struct Use {
    list: usize,
    word: bool,
    /// The term as it must be written.
    exact: Option<String>,
}

/// Places of the terms of one list.
#[derive(Clone, Debug, Default)]
pub(super) struct Hits {
    /// By their beginning, longer ones first; they may overlap.
    pub(super) ranges: Vec<Range<usize>>,
    pub(super) capped: bool,
}

impl Keywords {
    /// Compiles lists of terms.
    pub(super) fn new(lists: &[&[Term]]) -> Result<Self, String> {
        let mut keywords = Self { lists: lists.len(), ..Self::default() };
        let mut index: HashMap<String, usize> = HashMap::new();
        for (list, terms) in lists.iter().enumerate() {
            for term in *terms {
                let text = fold(&term.text);
                let at = *index.entry(text.clone()).or_insert_with(|| {
                    keywords.folded.push(Folded { text, uses: Vec::new() });
                    keywords.folded.len() - 1
                });
                let exact = term.case_sensitive.then(|| term.text.clone());
                if let Some(folded) = keywords.folded.get_mut(at) {
                    folded.uses.push(Use { list, word: term.word, exact });
                }
            }
        }
        keywords.longest = keywords.folded.iter().map(|f| f.text.len()).max().unwrap_or(0);
        if !keywords.folded.is_empty() {
            let texts = keywords.folded.iter().map(|f| f.text.as_bytes());
            let built = NFA::builder().match_kind(MatchKind::Standard).prefilter(false).build(texts);
            keywords.automaton = Some(built.map_err(|e| e.to_string())?);
        }
        Ok(keywords)
    }

    /// Finds the terms of all lists, in one pass.
    pub(super) fn find(&self, text: &str) -> Vec<Hits> {
        let mut hits = vec![Hits::default(); self.lists];
        let Some(automaton) = &self.automaton else { return hits };
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return hits };
        // Where the character of each of the last folded bytes began.
        let mut ring = vec![0_usize; self.longest.next_power_of_two().max(1)];
        let mask = ring.len() - 1;
        let mut fed = 0_usize;
        let mut blank = false;
        let mut buffer = [0; 4];
        for (at, c) in text.char_indices() {
            let is_blank = c.is_whitespace();
            if is_blank && blank {
                continue;
            }
            blank = is_blank;
            let end = at + c.len_utf8();
            let mut feed = |c: char, hits: &mut Vec<Hits>| {
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    if let Some(slot) = ring.get_mut(fed & mask) {
                        *slot = at;
                    }
                    fed += 1;
                    state = automaton.next_state(Anchored::No, state, byte);
                    if !automaton.is_special(state) || !automaton.is_match(state) {
                        continue;
                    }
                    for n in 0..automaton.match_len(state) {
                        let folded = self.folded.get(automaton.match_pattern(state, n).as_usize());
                        let Some(folded) = folded else { continue };
                        let first = fed.checked_sub(folded.text.len()).and_then(|f| ring.get(f & mask));
                        let Some(start) = first.copied() else { continue };
                        folded.add(text, start..end, hits);
                    }
                }
            };
            if is_blank {
                feed(' ', &mut hits);
            } else if c.is_ascii() {
                feed(c.to_ascii_lowercase(), &mut hits);
            } else {
                c.to_lowercase().for_each(|c| feed(c, &mut hits));
            }
        }
        for hits in &mut hits {
            hits.ranges.sort_by_key(|r| (r.start, std::cmp::Reverse(r.end)));
            hits.ranges.dedup();
        }
        hits
    }
}

impl Folded {
    /// Adds a place to the lists whose term stands there as they want it.
    fn add(&self, text: &str, range: Range<usize>, hits: &mut [Hits]) {
        for used in &self.uses {
            let Some(hits) = hits.get_mut(used.list) else { continue };
            if used.word && !is_word(text, &range) {
                continue;
            }
            if let Some(exact) = &used.exact {
                let there = text.get(range.clone()).unwrap_or_default();
                if !there.split_whitespace().eq(exact.split_whitespace()) {
                    continue;
                }
            }
            if hits.ranges.len() >= HITS_MAX {
                hits.capped = true;
                continue;
            }
            hits.ranges.push(range.clone());
        }
    }
}

/// Lower case, white space as one blank.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Whether white space or a delimiter stands on both sides: no letter or digit goes on. Scripts without blanks have
/// their borders everywhere, and a term that ends in a sign of its own needs none there.
pub(super) fn is_word(text: &str, range: &Range<usize>) -> bool {
    let inside = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let after = text.get(range.end..).and_then(|t| t.chars().next());
    let open = |edge: Option<char>, next: Option<char>| {
        !edge.is_some_and(char::is_alphanumeric)
            || !next.is_some_and(char::is_alphanumeric)
            || edge.is_some_and(is_unspaced)
            || next.is_some_and(is_unspaced)
    };
    open(inside.chars().next(), before) && open(inside.chars().next_back(), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(terms: &[(&str, bool, bool)], text: &str) -> Vec<String> {
        let terms: Vec<Term> = terms
            .iter()
            .map(|(text, word, case_sensitive)| Term {
                text: (*text).into(),
                word: *word,
                case_sensitive: *case_sensitive,
            })
            .collect();
        let hits = Keywords::new(&[&terms, &[]]).unwrap().find(text);
        assert!(hits[1].ranges.is_empty());
        hits[0].ranges.iter().map(|r| text[r.clone()].to_owned()).collect()
    }

    #[test]
    fn words_strings_and_case() {
        let id = ("ID", true, true);
        assert_eq!(found(&[id], "hybrid id ID, (ID) ID_1 IDs"), ["ID", "ID", "ID"]);
        assert_eq!(found(&[("dum", false, false)], "a Dummy"), ["Dum"]);
        assert_eq!(found(&[("social security", true, false)], "SOCIAL \n\t Security"), ["SOCIAL \n\t Security"]);
        assert_eq!(found(&[("straße", true, false), ("ÉTÉ", true, false)], "STRAßE été étés"), ["STRAßE", "été"]);
        assert_eq!(found(&[("ssn#", true, false)], "SSN#123"), ["SSN#"]);
        assert_eq!(found(&[("護照", true, false)], "我的護照號碼"), ["護照"]);
        assert_eq!(found(&[("R&D", true, false)], "our R&D lab"), ["R&D"]);
    }

    #[test]
    fn overlapping_terms_are_all_found_and_offsets_are_of_the_text() {
        assert_eq!(
            found(&[("card", true, false), ("credit card", true, false)], "İ credit  card"),
            ["credit  card", "card"]
        );
    }
}
