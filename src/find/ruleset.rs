//! A set of rules, compiled once and shared by all threads.

use aho_corasick::AhoCorasick;
use sha2::{Digest, Sha256};

use super::candidate::digits::Separator;
use super::candidate::keyword::Keywords;
use super::candidate::word::Class;
use super::nearest::nearest;
use super::purview::Package;
use super::rule::{self, Pattern, Rule, RuleError};
use super::vocabulary::Vocabulary;

/// Raised when the engine's own findings change with the same rules; part of every ruleset id.
const ENGINE_VERSION: u32 = 1;

/// Rules that ship with frisk: every file below `rules/`.
const BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Rules ready to be used. Compile it once; it is shared by all threads.
pub struct Ruleset {
    pub(super) rules: Vec<Rule>,
    pub(super) vocabulary: Vocabulary,
    pub(super) keywords: Keywords,
    /// Rule that the caller's keywords belong to.
    pub(super) keyword_rule: Option<usize>,
    pub(super) email_rule: Option<usize>,
    pub(super) digits: Digits,
    pub(super) words: Vec<WordRule>,
    /// Literals of all expressions, and the rule of each.
    pub(super) literals: Option<(AhoCorasick, Vec<usize>)>,
    /// Rule packages, each with the rules of its types.
    pub(super) packages: Vec<(Package, Vec<Option<usize>>)>,
    /// The rules that functions of packages stand for, whatever is switched off here.
    pub(super) functions: Option<Box<Ruleset>>,
    id: String,
}

/// Shapes of digit groups, by the length of their first group.
#[derive(Default)]
pub(super) struct Digits {
    /// `by_first[n]`: shapes whose first group has n digits.
    pub(super) by_first: Vec<Vec<Shape>>,
    /// Rules that take a whole run of groups with this many digits in all.
    pub(super) any: Vec<(usize, usize, usize)>,
}

/// One way to set a rule's digits.
pub(super) struct Shape {
    pub(super) rule: usize,
    pub(super) groups: Vec<usize>,
}

/// A rule for words.
pub(super) struct WordRule {
    pub(super) rule: usize,
    pub(super) start: Vec<Class>,
}

/// Builds a [`Ruleset`].
#[derive(Default)]
pub struct RulesetBuilder {
    rules: Vec<Rule>,
    other_labels: Vec<String>,
    keywords: Vec<String>,
    packages: Vec<(Package, Vec<String>)>,
    enable: Vec<String>,
    disable: Vec<String>,
    hash: Sha256,
}

impl RulesetBuilder {
    /// Adds the rules of one TOML file; `name` is used in messages.
    ///
    /// # Errors
    /// The first thing wrong with it, with its line.
    pub fn toml(mut self, name: &str, text: &str) -> Result<Self, RuleError> {
        let file = rule::parse(name, text)?;
        for rule in &file.rules {
            if let Some(first) = self.rules.iter().find(|r| r.id == rule.id) {
                return Err(RuleError {
                    code: "R006",
                    message: format!("rule id `{}` is used twice", rule.id),
                    place: rule.origin.clone(),
                    help: format!("the first one is at {}", first.origin),
                });
            }
        }
        self.rules.extend(file.rules);
        self.other_labels.extend(file.other_labels);
        self.hash.update(text.as_bytes());
        Ok(self)
    }

    /// Adds the rules that ship with frisk.
    ///
    /// # Errors
    /// None in a build that passed its tests.
    pub fn builtin(self) -> Result<Self, RuleError> {
        BUILTIN.iter().try_fold(self, |builder, (name, text)| builder.toml(name, text))
    }

    /// Adds the rules that ship with frisk, but for files with a rule that is already there: to work on one of them.
    ///
    /// # Errors
    /// None in a build that passed its tests.
    pub fn builtin_beside(self) -> Result<Self, RuleError> {
        BUILTIN.iter().try_fold(self, |builder, (name, text)| {
            let there = |rule: &Rule| builder.rules.iter().any(|r| r.id == rule.id);
            if rule::parse(name, text)?.rules.iter().any(there) { Ok(builder) } else { builder.toml(name, text) }
        })
    }

    /// Adds the types of a Microsoft Purview rule package as rules. Their ids are their names in kebab-case, or their
    /// GUIDs where a name is taken.
    ///
    /// # Errors
    /// A type that is there already, a function that needs a rule which does not exist.
    pub fn package(mut self, package: Package) -> Result<Self, RuleError> {
        let fail =
            |code, message, place: &str| RuleError { code, message, place: place.to_owned(), help: String::new() };
        let rules = package.rules(|id| self.rules.iter().any(|r| r.id == id));
        for rule in &rules {
            let same =
                |r: &&Rule| r.id == rule.id || (r.sit_guid == rule.sit_guid && matches!(r.pattern, Pattern::Package));
            if let Some(first) = self.rules.iter().find(same) {
                let message = format!("type {} is there twice; the first one is at {}", rule.id, first.origin);
                return Err(fail("R006", message, &rule.origin));
            }
        }
        for (function, rule) in package.needs() {
            if !builtin_has(rule) {
                let message = format!("`{function}` needs the rule `{rule}`, which this build does not have");
                let place = rules.first().map_or("", |r| r.origin.as_str());
                return Err(fail("R008", message, place));
            }
        }
        self.hash.update(package.text().as_bytes());
        self.packages.push((package, rules.iter().map(|r| r.id.clone()).collect()));
        self.rules.extend(rules);
        Ok(self)
    }

    /// Adds terms to look for, one a line; blank lines and lines that start with `#` are passed over.
    pub fn keywords(mut self, list: &str) -> Self {
        self.keywords.extend(list.trim_start_matches('\u{FEFF}').lines().map(str::to_owned));
        self.hash.update(list.as_bytes());
        self
    }

    /// Uses only the rules whose ids begin with one of the prefixes enabled.
    pub fn enable(mut self, prefix: &str) -> Self {
        self.enable.push(prefix.to_owned());
        self
    }

    /// Leaves out the rules whose ids begin with `prefix`.
    pub fn disable(mut self, prefix: &str) -> Self {
        self.disable.push(prefix.to_owned());
        self
    }

    /// Compiles.
    ///
    /// # Errors
    /// A prefix that no rule id begins with, literals that do not compile.
    pub fn build(mut self) -> Result<Ruleset, RuleError> {
        for prefix in self.enable.iter().chain(&self.disable) {
            if !self.rules.iter().any(|r| r.id.starts_with(prefix.as_str())) {
                let known = nearest(prefix, self.rules.iter().map(|r| r.id.as_str()));
                return Err(RuleError {
                    code: "R007",
                    message: format!("no rule id begins with `{prefix}`"),
                    place: String::new(),
                    help: known.map_or_else(String::new, |k| format!("did you mean `{k}`?")),
                });
            }
        }
        let (enable, disable) = (self.enable, self.disable);
        let starts = |list: &[String], id: &str| list.iter().any(|p| id.starts_with(p.as_str()));
        self.rules.retain(|r| (enable.is_empty() || starts(&enable, &r.id)) && !starts(&disable, &r.id));
        for rule in &self.rules {
            self.hash.update(rule.id.as_bytes());
        }
        self.hash.update(ENGINE_VERSION.to_le_bytes());
        let digest = self.hash.finalize();
        let id = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
        let mut set = compile(self.rules, &self.other_labels, &self.keywords, id)?;
        if self.packages.iter().any(|(package, _)| !package.needs().is_empty()) {
            set.functions = Some(Box::new(Ruleset::builtin()?));
        }
        for (package, ids) in self.packages {
            let rules = ids.iter().map(|id| set.rules.iter().position(|r| r.id == *id)).collect();
            set.packages.push((package, rules));
        }
        Ok(set)
    }
}

/// Whether a rule with this id ships with frisk.
fn builtin_has(id: &str) -> bool {
    BUILTIN.iter().any(|(_, text)| text.contains(&format!("id = \"{id}\"")))
}

fn compile(rules: Vec<Rule>, other_labels: &[String], keywords: &[String], id: String) -> Result<Ruleset, RuleError> {
    let mut digits = Digits::default();
    let mut words = Vec::new();
    let mut literals = Vec::new();
    let (mut keyword_rule, mut email_rule) = (None, None);
    for (index, rule) in rules.iter().enumerate() {
        match &rule.pattern {
            Pattern::Digits { shapes, any, .. } => {
                for groups in shapes {
                    let first = groups.first().copied().unwrap_or(0);
                    if digits.by_first.len() <= first {
                        digits.by_first.resize_with(first + 1, Vec::new);
                    }
                    if let Some(slot) = digits.by_first.get_mut(first) {
                        slot.push(Shape { rule: index, groups: groups.clone() });
                    }
                }
                digits.any.extend(any.map(|(least, most)| (index, least, most)));
            }
            Pattern::Word { start, .. } => words.push(WordRule { rule: index, start: start.clone() }),
            Pattern::Literal { literals: list, .. } => literals.extend(list.iter().map(|l| (l.clone(), index))),
            Pattern::Email => email_rule = Some(index),
            Pattern::Keywords => keyword_rule = Some(index),
            Pattern::Package => {}
        }
    }
    let literals = if literals.is_empty() {
        None
    } else {
        let automaton = AhoCorasick::new(literals.iter().map(|(l, _)| l)).map_err(|e| RuleError {
            code: "R003",
            message: format!("the literals do not compile: {e}"),
            place: String::new(),
            help: String::new(),
        })?;
        Some((automaton, literals.into_iter().map(|(_, rule)| rule).collect()))
    };
    Ok(Ruleset {
        vocabulary: Vocabulary::new(&rules, other_labels),
        keywords: Keywords::new(keywords.iter().map(String::as_str)),
        rules,
        keyword_rule,
        email_rule,
        digits,
        words,
        literals,
        packages: Vec::new(),
        functions: None,
        id,
    })
}

impl Ruleset {
    /// Starts without any rules.
    pub fn builder() -> RulesetBuilder {
        RulesetBuilder::default()
    }

    /// The rules that ship with frisk.
    ///
    /// # Errors
    /// None in a build that passed its tests.
    pub fn builtin() -> Result<Self, RuleError> {
        Self::builder().builtin()?.build()
    }

    /// The rules, in a fixed order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// Identifies rules, keywords and engine: equal ids find equal things.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Terms of the caller's lists.
    pub fn keyword_count(&self) -> usize {
        self.keywords.len()
    }
}

impl Rule {
    /// Whether `separator` may stand between two groups of the rule's digits.
    pub(super) fn allows(&self, separator: Separator) -> bool {
        matches!(&self.pattern, Pattern::Digits { separators, .. } if separators.contains(&separator))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_prefix_names_the_nearest() {
        let error = Ruleset::builder().builtin().unwrap().enable("us-sn").build().err().unwrap();
        assert!(error.to_string().contains("did you mean `us-ssn`?"), "{error}");
    }

    #[test]
    fn the_id_follows_rules_and_keywords() {
        let a = Ruleset::builtin().unwrap();
        let b = Ruleset::builder().builtin().unwrap().keywords("x").build().unwrap();
        let c = Ruleset::builder().builtin().unwrap().disable("iban").build().unwrap();
        assert!(a.id() != b.id() && a.id() != c.id() && a.id() == Ruleset::builtin().unwrap().id());
    }
}
