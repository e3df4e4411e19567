//! One span, one match: of the rules that claim a span the one with the best evidence has it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ruleset::Ruleset;
use super::{Evidence, Level, Match, Score};

/// A score that several rules without any evidence may not pass: nobody knows which of them is right.
const CONTESTED_SCORE: i16 = 70;
/// A claim below this is a guess that contests nothing.
const CONTEST_MIN: u8 = 55;
/// Countries in the order in which their numbers are met in files, for ties that nothing else decides.
const COUNTRIES: [&str; 12] = ["global", "US", "GB", "DE", "FR", "ES", "IT", "CA", "AU", "NL", "IN", "BR"];

/// What one rule says about one span.
#[derive(Debug)]
pub(super) struct Claim {
    /// Bytes of the word that labels the value: "UK passport number" knows better than "passport number".
    pub(super) word: usize,
    /// Bytes of the span in the folded text: how many bytes a digit takes in its script decides nothing.
    pub(super) length: usize,
    /// A keyword is near, or the rule needs none.
    pub(super) evident: bool,
    /// A keyword labels it.
    pub(super) labelled: bool,
    /// In a grouping that the rule does not know.
    pub(super) loose: bool,
    pub(super) found: Match,
}

/// Of overlapping claims the surer wins, then the longer, then the one with the longer label, then the one whose country
/// the text speaks of most. Keywords of the caller are apart: a term may stand in or around a number.
pub(super) fn arbitrate(mut claims: Vec<Claim>, set: &Ruleset) -> Vec<Match> {
    let votes = votes(&claims, set);
    contest(&mut claims);
    let standing = |claim: &Claim| {
        let country = set.rules.get(claim.found.rule).map_or("", |r| r.country.as_str());
        let known = COUNTRIES.iter().position(|c| *c == country).unwrap_or(COUNTRIES.len());
        (std::cmp::Reverse(votes.get(country).copied().unwrap_or(0)), known)
    };
    claims.sort_by_cached_key(|claim| {
        let evidence = std::cmp::Reverse((claim.found.score, claim.length, !claim.loose, claim.word));
        (evidence, standing(claim), claim.found.range.start, claim.found.rule)
    });
    // Accepted spans by start; they do not overlap, so only the neighbours need a look.
    let mut taken = BTreeMap::<usize, usize>::new();
    let mut words = BTreeMap::<usize, usize>::new();
    claims.retain(|claim| {
        let m = &claim.found;
        let taken = if Some(m.rule) == set.keyword_rule { &mut words } else { &mut taken };
        let before = taken.range(..m.range.end).next_back();
        let free = before.is_none_or(|(_, end)| *end <= m.range.start);
        if free {
            taken.insert(m.range.start, m.range.end);
        }
        free
    });
    let mut matches: Vec<_> = claims.into_iter().map(|claim| claim.found).collect();
    matches.sort_by_key(|m| (m.range.start, m.range.end, m.rule));
    matches
}

/// How many values of each country the text labels.
#[allow(clippy::arithmetic_side_effects, reason = "claims of one text are counted")]
fn votes(claims: &[Claim], set: &Ruleset) -> HashMap<String, usize> {
    let mut votes = HashMap::new();
    let mut seen = HashSet::new();
    for claim in claims.iter().filter(|c| c.labelled && c.found.score.level() >= Level::Medium) {
        // A value has one vote, however many ways of writing it fit.
        let Some(rule) = set.rules.get(claim.found.rule) else { continue };
        if seen.insert((claim.found.range.end, rule.country.as_str())) {
            *votes.entry(rule.country.clone()).or_default() += 1;
        }
    }
    votes
}

/// Where several rules accept a span and nothing speaks for any of them, none goes above low.
#[allow(clippy::arithmetic_side_effects, reason = "scores from 0 to 100")]
fn contest(claims: &mut [Claim]) {
    claims.sort_by_key(|c| (c.found.range.start, c.found.range.end));
    for same in claims.chunk_by_mut(|a, b| a.found.range == b.found.range) {
        let mut strong = same.iter().filter(|c| c.found.score.get() >= CONTEST_MIN).map(|c| c.found.rule);
        let first = strong.next();
        let several = strong.any(|rule| Some(rule) != first);
        if !several || same.iter().any(|c| c.evident) {
            continue;
        }
        for claim in same.iter_mut() {
            let points = i16::from(claim.found.score.get());
            if points > CONTESTED_SCORE {
                claim.found.score = Score::new(CONTESTED_SCORE);
                let what = "several rules accept it, nothing says which".to_owned();
                claim.found.evidence.push(Evidence { points: CONTESTED_SCORE - points, what });
            }
        }
    }
}
