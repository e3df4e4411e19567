//! A compiled expression and the places where it matches.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "positions inside one text, and faults that are held against a limit"
)]

use std::ops::Range;

use super::frame::{self, Written};
use super::{Refused, parse};

/// Steps that one attempt of the backtracking engine may take. 20,000 is our choice: look-arounds and back-references
/// of honest expressions take a few hundred.
const STEPS_MAX: usize = 20_000;
/// Attempts that may reach it before the expression is given up for a text.
const EXHAUSTED_MAX: usize = 50;
/// Places kept of one expression in one text: far more than anybody reads, and a bound on memory.
const HITS_MAX: usize = 100_000;

/// A compiled expression.
#[derive(Debug)]
pub(in super::super) struct Pattern {
    engine: Engine,
    /// Group that holds the value.
    group: usize,
    /// Characters in front of a value that the next search begins with.
    behind: usize,
    /// Whether the engine's match has characters in front of the value, and behind it, that only look-arounds look at.
    looks: (bool, bool),
}

#[derive(Debug)]
enum Engine {
    Linear(regex::Regex),
    /// The linear one finds where a match may begin, the other decides.
    Backtracking {
        starts: regex::Regex,
        whole: Box<fancy_regex::Regex>,
    },
}

/// Where an expression matches.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Hits {
    /// In order; the values do not overlap.
    pub(in super::super) places: Vec<Place>,
    /// Whether there may be more: a limit was reached.
    pub(in super::super) capped: bool,
}

/// One match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Place {
    /// The value, without white space around it.
    pub(in super::super) value: Range<usize>,
    /// Everything that the expression matched: what distances are measured from.
    pub(in super::super) whole: Range<usize>,
}

impl Pattern {
    /// Compiles an expression as it stands in a package.
    pub(in super::super) fn new(text: &str) -> Result<Self, Refused> {
        let Written { text, group, behind, looks, relaxed } = frame::write(&parse::parse(text)?)?;
        let linear = |text: &str| {
            regex::Regex::new(text).map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => {
                    Refused::new("an expression that is too large", "its repetitions multiply; make them smaller")
                }
                error => Refused::new(last_line(&error.to_string()), ""),
            })
        };
        let engine = match relaxed {
            None => Engine::Linear(linear(&text)?),
            Some(relaxed) => {
                let whole = fancy_regex::RegexBuilder::new(&text).backtrack_limit(STEPS_MAX).build();
                let whole = whole.map_err(|error| Refused::new(last_line(&error.to_string()), ""))?;
                Engine::Backtracking { starts: linear(&relaxed)?, whole: Box::new(whole) }
            }
        };
        Ok(Self { engine, group, behind, looks })
    }

    /// Whether it runs in linear time.
    pub(in super::super) fn is_linear(&self) -> bool {
        matches!(self.engine, Engine::Linear(_))
    }

    /// Finds the values in `text`. Characters that one match took behind its value are there for the next.
    pub(in super::super) fn find(&self, text: &str) -> Hits {
        match &self.engine {
            Engine::Linear(regex) => self.linear(regex, text),
            Engine::Backtracking { starts, whole } => self.backtracking(starts, whole, text),
        }
    }

    fn linear(&self, regex: &regex::Regex, text: &str) -> Hits {
        let mut hits = Hits::default();
        let (mut at, mut taken) = (0, 0);
        while let Some(captures) = regex.captures_at(text, at) {
            let whole = captures.get(0).map_or(at..at, |m| m.range());
            let value = captures.get(self.group).map(|m| m.range()).filter(|v| !v.is_empty() && v.start >= taken);
            let Some(value) = value else {
                let Some(next) = after(text, whole.start) else { break };
                at = next;
                continue;
            };
            taken = value.end;
            let Some(next) = after(text, whole.start) else { break };
            at = before(text, value.end, self.behind).max(next);
            let start = if self.looks.0 { value.start } else { whole.start };
            let end = if self.looks.1 { value.end } else { whole.end };
            if !hits.add(text, value, start..end) {
                break;
            }
        }
        hits
    }

    fn backtracking(&self, starts: &regex::Regex, whole: &fancy_regex::Regex, text: &str) -> Hits {
        let mut hits = Hits::default();
        let (mut at, mut exhausted) = (0, 0);
        while let Some(start) = starts.find_at(text, at).map(|m| m.start()) {
            let Some(next) = after(text, start) else { break };
            at = next;
            let input = fancy_regex::RegexInput::new(text).from_pos(start).anchored(true);
            match whole.captures_input(input) {
                Ok(Some(captures)) => {
                    let value = captures.get(self.group).map(|m| m.range()).filter(|v| !v.is_empty());
                    let Some(value) = value else { continue };
                    at = value.end.max(next);
                    let whole = captures.get(0).map_or_else(|| value.clone(), |m| m.range());
                    if !hits.add(text, value, whole) {
                        break;
                    }
                }
                Ok(None) => {}
                Err(_) => {
                    hits.capped = true;
                    exhausted += 1;
                    if exhausted >= EXHAUSTED_MAX {
                        break;
                    }
                }
            }
        }
        hits
    }
}

impl Hits {
    /// Adds a value without the white space around it; `false`: there are enough.
    fn add(&mut self, text: &str, value: Range<usize>, whole: Range<usize>) -> bool {
        if self.places.len() >= HITS_MAX {
            self.capped = true;
            return false;
        }
        let inside = text.get(value.clone()).unwrap_or_default();
        let start = value.start + (inside.len() - inside.trim_start().len());
        let end = start + inside.trim().len();
        if end > start {
            self.places.push(Place { value: start..end, whole });
        }
        true
    }
}

/// Where the character behind the one at `at` begins.
fn after(text: &str, at: usize) -> Option<usize> {
    text.get(at..)?.chars().next().map(|c| at + c.len_utf8())
}

/// Where the character begins that stands `count` characters before `at`.
fn before(text: &str, at: usize, count: usize) -> usize {
    let front = text.get(..at).unwrap_or_default();
    front.char_indices().rev().take(count).last().map_or(at, |(i, _)| i)
}

/// The engines explain themselves over several lines; the last one says what is wrong.
fn last_line(message: &str) -> String {
    message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expression, text, the values found.
    fn check(expression: &str, text: &str, values: &[&str]) {
        let pattern = Pattern::new(expression).unwrap_or_else(|e| panic!("{expression}: {e:?}"));
        let hits = pattern.find(text);
        let found: Vec<&str> = hits.places.iter().map(|p| &text[p.value.clone()]).collect();
        assert_eq!(found, values, "{expression} in {text:?}");
        assert!(!hits.capped);
    }

    #[test]
    fn values_are_the_core() {
        check(r"\bNW-(\d{7})\b", "NW-1234565, NW-1234566x NW-7654321", &["1234565", "7654321"]);
        check(r"\bNW-\d{3}", "NW-123NW-456 NW-789", &["NW-123", "NW-789"]);
        // One blank ends a value and begins the next.
        check(
            r#"(?:^|[\s,;\:\(\)\[\]"'])(\d{3})(?:$|[\s,;\:\(\)\[\]"'])"#,
            "111 222,(333) x444",
            &["111", "222", "333"],
        );
        check(r#"(?:^|[\s,;\:\(\)\[\]\"'])\d{3}(?:$|[\s,\;\:\(\)\[\]\"']|\.\s|\.$)"#, "111. 222", &["111", "222"]);
        check(r"\s*\d+\s*", " 12 \n 13", &["12", "13"]);
        check(r"x*", "axxb", &["xx"]);
        check(r"(?<!\d)\d{4}(?!\d)", "1234 12345 é1234é 1234", &["1234", "1234", "1234"]);
        check(r"(?<!\d)\d(?!\d)", "1", &["1"]);
        check(r"(?<=-)\d(?=-)", "-1-2-3", &["1", "2"]);
        check(r"(?:^|(?<=\s|_))\d{2}(?:$|(?=\s))", "11 22_33 x44", &["11", "33"]);
        check(r"\d+(?=kg)", "100kg 5g", &["100"]);
    }

    #[test]
    fn look_arounds_and_references_inside() {
        check(r"(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}", "000-12-3456 123-45-6789 123-00-1234", &["123-45-6789"]);
        check(r"\b(\d)\1{3}\b", "1111 1112 2222", &["1111", "2222"]);
        check(r"(?i)([a-z])\1", "aA bc dd", &["aA", "dd"]);
        check(r"id:\K\d+", "id:12 13", &["12"]);
        check(r"a(?>bc|b)c", "abcc abc", &["abcc"]);
        check(r"\d++-\d", "12-3", &["12-3"]);
        check(r"\d(?!\s*%)", "5 % 6", &["6"]);
        assert!(Pattern::new(r"(?<!\d)\d{9}(?!\d)").unwrap().is_linear());
        assert!(!Pattern::new(r"(?!000)\d{9}").unwrap().is_linear());
    }

    #[test]
    fn boost_and_its_ways() {
        check(r"\<\d+\>", "a1 22", &["22"]);
        check(r"^\d+$", "a\n12\r\n13\n1a", &["12", "13"]);
        check(r"a.b", "a\nb", &["a\nb"]);
        check(r"[[:alpha:]][[:digit:][:^space:]]", "é1 ab", &["é1", "ab"]);
        check(r"a\hb\vc", "a b\nc a\u{A0}b\u{2028}c", &["a b\nc", "a\u{A0}b\u{2028}c"]);
        check(r"[]x-]+", "]-x", &["]-x"]);
        check(r"[^]x]b", "ab ]b", &["ab"]);
        check(r"[a&&b[]+", "a&[b", &["a&[b"]);
        check(r"\Qa.b\E+", "a.bb aab", &["a.bb"]);
        check(r"\x41\x{42}\0103", "ABC", &["ABC"]);
        check(r"a{b}{2}", "a{b}}", &["a{b}}"]);
        check(r"(?i)ab(?-i)C", "ABC abc", &["ABC"]);
        check(r"(?x) a b # c", "ab", &["ab"]);
        check(r"\p{Lu}\pL\p{alpha}\P{Lu}", "ABcd", &["ABcd"]);
        check(r"\d+\Z", "1 22\n\n", &["22"]);
        check(r"a\Rb", "a\r\nb", &["a\r\nb"]);
        check(r"[\d-]{3}[\w.%+-]", "1-2.", &["1-2."]);
        check(r"C\+\+ \$5 <x>", "C++ $5 <x>", &["C++ $5 <x>"]);
        check(r"(?!x)<#\s&~->", "<# &~->", &["<# &~->"]);
    }

    #[test]
    fn a_limit_that_is_reached_is_told() {
        let pattern = Pattern::new(r"(?:a|aa|aaa)+(?!a)\Kb(?=c)").unwrap();
        let hits = pattern.find(&format!("{}bd", "a".repeat(4000)));
        assert!(hits.capped && hits.places.is_empty());
        let many = Pattern::new(r"\d").unwrap().find(&"1".repeat(HITS_MAX + 1));
        assert!(many.capped && many.places.len() == HITS_MAX);
    }

    #[test]
    fn too_large_is_refused_and_nothing_panics() {
        assert!(Pattern::new(r"(?:\w{1000}){1000}").unwrap_err().construct.contains("too large"));
        let pieces =
            [r"(?<!\d)", "(", ")", "[", "]", "a", "*", "{2}", r"\1", "|", "^", r"\b", "(?i)", "(?=b)", r"\Q", "é"];
        let mut seed = 7_usize;
        for _ in 0..3000 {
            let mut text = String::new();
            for _ in 0..6 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[(seed >> 33) % pieces.len()]);
            }
            if let Ok(pattern) = Pattern::new(&text) {
                pattern.find("aabé12 \n()");
            }
        }
    }
}
