//! Expressions that are tried where a literal stands, and what can be told of all their matches.

use std::sync::OnceLock;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::candidate::token_run::{RUN_BYTES, RUN_DISTANCE, is_token};

/// Literals, and the expression that is tried where one stands.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) literals: Vec<String>,
    pub(crate) ignore_case: bool,
    /// Shannon bits a character that a value must have.
    pub(crate) min_entropy: f32,
    source: String,
    compiled: OnceLock<Option<regex::Regex>>,
}

impl Expression {
    /// An expression that is compiled when one of its literals is met first: most never are.
    pub(crate) fn new(literals: Vec<String>, source: &str, ignore_case: bool, min_entropy: f32) -> Self {
        let source = format!("^(?:{source})");
        Self { literals, ignore_case, min_entropy, source, compiled: OnceLock::new() }
    }

    /// Compiles it now.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn compile(&self) -> Result<regex::Regex, regex::Error> {
        let mut builder = regex::RegexBuilder::new(&self.source);
        builder.case_insensitive(self.ignore_case).size_limit(4 << 20).build()
    }

    /// The compiled expression; `None` if it does not compile, which loading a file of rules has found out.
    pub(crate) fn regex(&self) -> Option<&regex::Regex> {
        self.compiled.get_or_init(|| self.compile().ok()).as_ref()
    }

    /// Whether every match has a [run](is_token) of [`RUN_BYTES`] or more, within [`RUN_DISTANCE`] of its beginning:
    /// texts without such runs need not be searched for the literals.
    pub(crate) fn has_run(&self) -> bool {
        // Parsing for bytes takes a tenth of the time, but cannot read every expression. What differs are classes such as
        // \w, whose letters beyond ASCII no token is written with, and lengths: a character has four bytes at most.
        let parse = |unicode| {
            let mut parser = ParserBuilder::new();
            parser.case_insensitive(self.ignore_case).unicode(unicode).utf8(unicode).build().parse(&self.source).ok()
        };
        let parsed = parse(false).or_else(|| parse(true));
        parsed
            .and_then(|hir| run(&hir))
            .is_some_and(|before| before.saturating_mul(char::MAX.len_utf8()) <= RUN_DISTANCE)
    }
}

/// Characters before the first run that every match has, at most.
fn run(hir: &Hir) -> Option<usize> {
    if tokens(hir).is_some_and(|length| length >= RUN_BYTES) {
        return Some(0);
    }
    match hir.kind() {
        HirKind::Capture(capture) => run(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => run(&repetition.sub),
        HirKind::Alternation(all) => all.iter().map(run).try_fold(0, |most, before| Some(most.max(before?))),
        HirKind::Concat(parts) => {
            // Characters in front of the part, and of the run that reaches up to it.
            let (mut front, mut start, mut length) = (0_usize, 0, 0);
            for part in parts {
                if let Some(more) = tokens(part) {
                    if length == 0 {
                        start = front;
                    }
                    length = more.saturating_add(length);
                    if length >= RUN_BYTES {
                        return Some(start);
                    }
                } else if let Some(before) = run(part) {
                    return Some(front.saturating_add(before));
                } else {
                    length = 0;
                }
                front = front.saturating_add(part.properties().maximum_len()?);
            }
            None
        }
        _ => None,
    }
}

/// Characters that `hir` matches at least, if all it matches are [token characters](is_token).
fn tokens(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => literal.0.iter().all(|b| is_token(*b)).then_some(literal.0.len()),
        HirKind::Class(class) => is_token_class(class).then_some(1),
        HirKind::Repetition(repetition) => {
            Some(tokens(&repetition.sub)?.saturating_mul(usize::try_from(repetition.min).ok()?))
        }
        HirKind::Capture(capture) => tokens(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(tokens).try_fold(0, |sum, more| Some(more?.saturating_add(sum))),
        HirKind::Alternation(all) => all.iter().map(tokens).try_fold(usize::MAX, |least, n| Some(least.min(n?))),
    }
}

fn is_token_class(class: &Class) -> bool {
    match class {
        Class::Unicode(ranges) => {
            ranges.iter().all(|r| (r.start()..=r.end()).all(|c| u8::try_from(c).is_ok_and(is_token)))
        }
        Class::Bytes(ranges) => ranges.iter().all(|r| (r.start()..=r.end()).all(is_token)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(source: &str) -> Option<usize> {
        run(&ParserBuilder::new().unicode(false).utf8(false).build().parse(source).unwrap())
    }

    #[test]
    fn runs_that_every_match_has_are_found() {
        assert_eq!(before("ghp_[A-Za-z0-9]{36}"), Some(0));
        assert_eq!(before("(?i)ghp_[a-z0-9]{36}"), Some(0));
        assert_eq!(before("sk-[a-z]{4}(?:-[a-z0-9]{10})?[a-z]{8}"), None, "only 15 are sure");
        assert_eq!(before("key\\s{0,9}[:=]\\s{0,9}([0-9a-f]{32})"), Some(22));
        assert_eq!(before("key\\s*=([0-9a-f]{32})"), None, "any distance");
        assert_eq!(before("(?:a{20}|b {2}c{16})"), Some(3));
        assert_eq!(before("(?:a{20}|b)"), None);
        assert_eq!(before("[^ ]{40}"), None, "anything");
        assert_eq!(before("(?:x [a-z]{16})+"), Some(2));
        assert!(!Expression::new(Vec::new(), "key.{0,200}([0-9a-f]{32})", false, 0.0).has_run(), "far away");
        assert!(Expression::new(Vec::new(), "cl[eé].{0,20}([0-9a-f]{32})", false, 0.0).has_run());
    }
}
