//! Microsoft Purview rule packages: customers' sensitive information types, as they export them.
//!
//! A package is read ([`xml`], [`schema`]), compiled ([`compile`]) and run ([`matching`]) with the meaning it has in
//! Purview: a window of characters around the primary element, the highest level whose pattern holds, unique values.
//! What cannot be honoured is an error that names the type, the line and the construct; nothing loads half.
//! `docs/purview.md` says what is honoured. Each type is a [`Rule`] of the ruleset.

mod compile;
mod filter;
mod function;
mod keyword;
mod matching;
mod problem;
mod regex;
mod rule;
mod schema;
mod validator;
mod xml;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use compile::{Compiled, Finder};
use problem::Problems;
use schema::Source;

pub(crate) use function::Candidates;

use crate::document::Text;
use crate::find::{Evidence, Match, Rule, RuleError, Score, Value};

/// Bytes of a package that Purview takes.
const PURVIEW_BYTES_MAX: usize = 770 << 10;

/// A rule package, ready to be used.
#[derive(Debug)]
pub struct Package {
    file: String,
    text: String,
    source: Source,
    compiled: Compiled,
    warnings: Vec<String>,
}

/// A sensitive information type of a package, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// Its GUID.
    pub guid: String,
    /// Its name in the package's default language.
    pub name: String,
    /// Levels its patterns can reach, the highest first.
    pub levels: Vec<u8>,
    /// Recommended confidence: what a policy that names no level should ask for. Of an affinity, its threshold.
    pub recommended: u8,
    /// Characters around the primary element in which supporting elements count; `None`: the whole document.
    pub proximity: Option<usize>,
    /// Whether it speaks of the whole document and counts nothing.
    pub affinity: bool,
    /// Predefined functions it uses.
    pub functions: Vec<String>,
    /// Expressions of it that the backtracking engine runs.
    pub backtracking: usize,
}

impl Package {
    /// Reads, checks and compiles a package; `file` is used in messages.
    ///
    /// # Errors
    /// Everything wrong with it, each with its line.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, Vec<RuleError>> {
        let mut problems = Problems::new(file);
        let fault = |fault: xml::Fault, problems: &Problems| {
            let place = problems.place(fault.line);
            vec![RuleError { code: "R001", message: fault.message, place, help: String::new() }]
        };
        let text = xml::decode(bytes).map_err(|f| fault(f, &problems))?;
        let root = xml::parse(&text).map_err(|f| fault(f, &problems))?;
        let source = Source::read(&root, &mut problems);
        let compiled = compile::compile(&source, &mut problems);
        if compiled.entities.is_empty() && problems.errors.is_empty() {
            problems.error(1, "the package holds no Entity and no Affinity".to_owned(), "");
        }
        if bytes.len() > PURVIEW_BYTES_MAX {
            problems.warning(1, format!("larger than the {} KiB that Purview takes", PURVIEW_BYTES_MAX >> 10));
        }
        if problems.more > 0 {
            let more = format!("and {} more errors", problems.more);
            problems.errors.push(RuleError {
                code: "R008",
                message: more,
                place: file.to_owned(),
                help: String::new(),
            });
        }
        if problems.errors.is_empty() {
            Ok(Self { file: file.to_owned(), text, source, compiled, warnings: problems.warnings })
        } else {
            Err(problems.errors)
        }
    }

    /// What is odd about it, `file:line: message`.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Its name, publisher and version.
    pub fn title(&self) -> String {
        let name = if self.source.name.is_empty() { &self.source.id } else { &self.source.name };
        let publisher = &self.source.publisher;
        let by = if publisher.is_empty() { String::new() } else { format!(" by {publisher}") };
        format!("{name}{by}, version {}", self.source.version)
    }

    /// Its types in the order of the package.
    pub fn types(&self) -> Vec<Type> {
        self.compiled.entities.iter().map(|entity| self.of(entity)).collect()
    }

    /// The whole package as UTF-8.
    pub fn to_utf8(&self) -> String {
        let Some((declaration, rest)) = self.text.split_once("?>").filter(|(d, _)| d.starts_with("<?xml")) else {
            return self.text.clone();
        };
        let version = if declaration.contains("1.1") { "1.1" } else { "1.0" };
        format!("<?xml version=\"{version}\" encoding=\"utf-8\"?>{rest}")
    }

    fn of(&self, entity: &compile::Entity) -> Type {
        let mut finders = std::collections::HashSet::new();
        for pattern in &entity.patterns {
            finders.extend(pattern.primary);
            compile::finders(&pattern.tests, &mut finders);
        }
        let kind = |finder: &usize| self.compiled.finders.get(*finder);
        let slow = |f: &&usize| matches!(kind(f), Some(Finder::Regex { pattern, .. }) if !pattern.is_linear());
        let functions: BTreeSet<String> = finders
            .iter()
            .filter(|f| matches!(kind(f), Some(Finder::Function(_))))
            .filter_map(|f| self.compiled.names.get(*f).cloned())
            .collect();
        let mut levels: Vec<u8> = entity.patterns.iter().map(|p| p.level).collect();
        levels.dedup();
        Type {
            guid: entity.guid.clone(),
            name: entity.name.clone(),
            levels,
            recommended: entity.confidence,
            proximity: entity.proximity,
            affinity: entity.affinity,
            functions: functions.into_iter().collect(),
            backtracking: finders.iter().filter(slow).count(),
        }
    }

    /// Built-in rules whose candidates it needs, with the function that does.
    pub(crate) fn needs(&self) -> Vec<(&str, &'static str)> {
        let names = self.compiled.names.iter();
        names.filter_map(|name| function::rule_of(name).map(|rule| (name.as_str(), rule))).collect()
    }

    /// A rule for each type, in their order. `taken` says whether an id is used already.
    pub(crate) fn rules(&self, taken: impl Fn(&str) -> bool) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for entity in &self.compiled.entities {
            let id = rule::kebab(&entity.name);
            let free = !id.is_empty() && !taken(&id) && !rules.iter().any(|r| r.id == id);
            let id = if free { id } else { entity.guid.clone() };
            rules.push(rule::of(entity, id, &self.file, &self.title()));
        }
        rules
    }

    /// Finds its types in a text. `rules` has the index of the rule of each type, `None`: it is switched off.
    /// Gives whether a limit was reached. `is_late` is asked whether to stop.
    pub(crate) fn find(
        &self,
        text: &Text<'_>,
        rules: &[Option<usize>],
        candidates: &dyn Candidates,
        is_late: &dyn Fn() -> bool,
        out: &mut Vec<Match>,
    ) -> bool {
        let (found, capped) = matching::find(&self.compiled, text, candidates, is_late);
        for m in found {
            let Some(Some(rule)) = rules.get(m.entity).copied() else { continue };
            let level = i16::from(m.level);
            let evidence = vec![Evidence { points: level, what: m.why }];
            out.push(Match { rule, range: m.range, score: Score::new(level), value: Value::new(m.value), evidence });
        }
        capped
    }

    /// The text of the package, for the id of a ruleset.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}
