//! A set of rules, compiled once and shared by all threads.

use std::collections::HashSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::candidate::keyword::Keywords;
use super::candidate::literal::Literals;
use super::candidate::{Find, Where};
use super::detector::Detector;
use super::nearest::nearest;
use super::purview::Package;
use super::rule::{Form, Part, Rule, RuleError};
use super::rule_file;
use super::shape_index::Shapes;
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
    pub(super) shapes: Shapes,
    /// Finders, each with the rules and parts that name it: a text is looked through once for all of them.
    pub(super) finders: Vec<Finders>,
    /// Rules with a finder that is only asked where one of their literals stands.
    pub(super) with_literals: Vec<usize>,
    /// Literals of all expressions, and the rule and part of each.
    pub(super) literals: Option<Literals<(usize, usize)>>,
    /// Literals of expressions that match only near a run of token characters.
    pub(super) token_literals: Option<Literals<(usize, usize)>>,
    /// Further sources of matches.
    pub(super) detectors: Vec<Source>,
    /// Rule packages, each with the rules of its types.
    pub(super) packages: Vec<(Package, Vec<Option<usize>>)>,
    /// The rules that functions of packages stand for, whatever is switched off here.
    pub(super) functions: Option<Box<Ruleset>>,
    id: String,
}

/// A detector, and the index of each of its rules in the set (`None`: that rule is left out).
pub(super) type Source = (Arc<dyn Detector>, Vec<Option<usize>>);

/// One finder.
pub(super) struct Finders {
    pub(super) find: Find,
    /// Where it is asked.
    pub(super) place: Where,
    /// Rules and parts that name it.
    pub(super) owners: Vec<(usize, usize)>,
}

/// Builds a [`Ruleset`].
#[derive(Default)]
pub struct RulesetBuilder {
    rules: Vec<Rule>,
    other_labels: Vec<String>,
    identity_labels: Vec<String>,
    keywords: Vec<String>,
    packages: Vec<(Package, Vec<String>)>,
    enable: Vec<String>,
    disable: Vec<String>,
    detectors: Vec<Arc<dyn Detector>>,
    hash: Sha256,
}

impl RulesetBuilder {
    /// Adds the rules of one TOML file; `name` is used in messages.
    ///
    /// # Errors
    /// The first thing wrong with it, with its line.
    pub fn toml(self, name: &str, text: &str) -> Result<Self, RuleError> {
        self.add(name, text, false)
    }

    fn add(mut self, name: &str, text: &str, proven: bool) -> Result<Self, RuleError> {
        let file = rule_file::parse(name, text, proven)?;
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
        self.identity_labels.extend(file.identity_labels);
        self.hash.update(text.as_bytes());
        Ok(self)
    }

    /// Adds the rules that ship with frisk.
    ///
    /// # Errors
    /// None in a build that passed its tests.
    pub fn builtin(self) -> Result<Self, RuleError> {
        BUILTIN.iter().try_fold(self, |builder, (name, text)| builder.add(name, text, true))
    }

    /// Adds the rules that ship with frisk, but for those whose ids are there already: yours stand in their place.
    ///
    /// # Errors
    /// None in a build that passed its tests.
    pub fn builtin_beside(mut self) -> Result<Self, RuleError> {
        let there: HashSet<String> = self.rules.iter().map(|r| r.id.clone()).collect();
        for (name, text) in BUILTIN {
            let file = rule_file::parse(name, text, true)?;
            self.rules.extend(file.rules.into_iter().filter(|rule| !there.contains(&rule.id)));
            self.other_labels.extend(file.other_labels);
            self.identity_labels.extend(file.identity_labels);
            self.hash.update(text.as_bytes());
        }
        Ok(self)
    }

    /// Adds a further source of matches, with its rules.
    ///
    /// # Errors
    /// A rule id that is there already.
    pub fn detector(mut self, detector: Arc<dyn Detector>) -> Result<Self, RuleError> {
        for rule in detector.rules() {
            if self.rules.iter().any(|r| r.id == rule.id) {
                return Err(RuleError {
                    code: "R006",
                    message: format!("rule id `{}` is used twice", rule.id),
                    place: String::new(),
                    help: "build one of the two under another name".to_owned(),
                });
            }
            self.rules.push(rule.into());
        }
        self.hash.update(detector.id());
        self.detectors.push(detector);
        Ok(self)
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
            let guid =
                |r: &Rule| self.packages.iter().any(|(_, ids)| ids.contains(&r.id)) && r.sit_guid == rule.sit_guid;
            let same = |r: &&Rule| r.id == rule.id || guid(r);
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
        // A rule that is off is used when it is asked for by its whole id.
        let asked = |r: &Rule| r.off.is_none() || enable.contains(&r.id);
        self.rules.retain(|r| (enable.is_empty() || starts(&enable, &r.id)) && !starts(&disable, &r.id) && asked(r));
        for rule in &self.rules {
            self.hash.update(rule.id.as_bytes());
        }
        self.hash.update(ENGINE_VERSION.to_le_bytes());
        let digest = self.hash.finalize();
        let id = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
        let vocabulary = Vocabulary::new(&self.rules, &self.other_labels, &self.identity_labels);
        let mut set = compile(self.rules, vocabulary, &self.keywords, id)?;
        let index_of = |id: String| set.rules.iter().position(|r| r.id == id);
        let indexes = |d: &Arc<dyn Detector>| d.rules().into_iter().map(|r| index_of(r.id)).collect();
        set.detectors = self.detectors.iter().map(|d| (Arc::clone(d), indexes(d))).collect();
        let needs: Vec<&str> = self.packages.iter().flat_map(|(p, _)| p.needs()).map(|(_, rule)| rule).collect();
        if !needs.is_empty() {
            let builder = Self::default().builtin()?;
            set.functions = Some(Box::new(needs.into_iter().fold(builder, Self::enable).build()?));
        }
        for (package, ids) in self.packages {
            let rules = ids.iter().map(|id| set.rules.iter().position(|r| r.id == *id)).collect();
            set.packages.push((package, rules));
        }
        Ok(set)
    }
}

/// Whether a rule with this id ships with frisk.
pub(super) fn builtin_has(id: &str) -> bool {
    BUILTIN.iter().any(|(_, text)| text.contains(&format!("id = \"{id}\"")))
}

fn compile(rules: Vec<Rule>, vocabulary: Vocabulary, keywords: &[String], id: String) -> Result<Ruleset, RuleError> {
    let (mut literals, mut token_literals) = (Vec::new(), Vec::new());
    let mut finders: Vec<Finders> = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        for (part, how) in rule.parts.iter().enumerate() {
            match &how.form {
                Form::Expression(e) => {
                    // A finder of the rule that waits for its literals waits for all of them.
                    let waits = |p: &Part| matches!(p.form, Form::Finder(_, Where::WithLiterals));
                    let near = !rule.parts.iter().any(waits) && e.has_run();
                    let list = if near { &mut token_literals } else { &mut literals };
                    list.extend(e.literals.iter().map(|l| (l.clone(), (index, part))));
                }
                Form::Finder(find, place) => {
                    match finders.iter_mut().find(|known| std::ptr::fn_addr_eq(known.find, *find)) {
                        Some(known) => known.owners.push((index, part)),
                        None => {
                            let owners = vec![(index, part)];
                            finders.push(Finders { find: *find, place: *place, owners });
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let with_literals = finders.iter().filter(|finder| finder.place == Where::WithLiterals);
    let with_literals = with_literals.flat_map(|finder| &finder.owners).map(|(rule, _)| *rule).collect();
    let compiled = |list: Vec<_>| (!list.is_empty()).then(|| Literals::new(list.into_iter()));
    Ok(Ruleset {
        vocabulary,
        keywords: Keywords::new(keywords.iter().map(String::as_str)),
        keyword_rule: rules.iter().position(Rule::is_word_list),
        shapes: Shapes::new(&rules),
        rules,
        finders,
        with_literals,
        literals: compiled(literals),
        token_literals: compiled(token_literals),
        detectors: Vec::new(),
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
