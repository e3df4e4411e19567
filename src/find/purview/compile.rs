//! From what a package says to what can be run: references followed, expressions compiled, limits looked at.

use std::collections::{HashMap, HashSet};

use super::filter::{Filter, Matcher};
use super::function::{self, Function};
use super::keyword::Keywords;
use super::problem::Problems;
use super::regex::Pattern;
use super::schema::{self, Kind, Reference, Source, Term};
use super::validator::Validator;
use crate::find::nearest::nearest;

/// Limits that Purview keeps (section 5.2 of its documentation of custom types). Exported packages obey them; one
/// that does not is loaded all the same, and told.
const EXPRESSION_CHARS_MAX: usize = 1024;
const EXPRESSIONS_MAX: usize = 20;
const TERM_CHARS_MAX: usize = 50;
const TERMS_MAX: usize = 2048;
const TYPES_MAX: usize = 500;
const NAME_CHARS_MAX: usize = 64;

/// What is run.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    pub(super) entities: Vec<Entity>,
    pub(super) finders: Vec<Finder>,
    /// Name of each finder as the package has it.
    pub(super) names: Vec<String>,
    pub(super) keywords: Keywords,
}

/// A sensitive information type.
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) guid: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) line: usize,
    pub(super) affinity: bool,
    pub(super) proximity: Option<usize>,
    pub(super) confidence: u8,
    pub(super) workload: String,
    pub(super) filters: Vec<Filter>,
    /// The surest first.
    pub(super) patterns: Vec<PatternOf>,
}

/// A pattern of an entity.
#[derive(Debug)]
pub(super) struct PatternOf {
    pub(super) level: u8,
    pub(super) primary: Option<usize>,
    pub(super) filters: Vec<Filter>,
    pub(super) tests: Vec<Test>,
}

/// A supporting element.
#[derive(Debug)]
pub(super) enum Test {
    Match { finder: usize, least: usize, unique: bool },
    Any { least: usize, most: Option<usize>, tests: Vec<Test> },
}

/// What finds something.
#[derive(Debug)]
pub(super) enum Finder {
    Regex {
        pattern: Box<Pattern>,
        validators: Vec<Validator>,
    },
    /// A list of the package's keywords.
    Keyword(usize),
    Function(Box<Function>),
}

/// Compiles a package. What is wrong is told, and the rest compiled all the same, so that everything wrong is told.
pub(super) fn compile(source: &Source, problems: &mut Problems) -> Compiled {
    let mut compiler = Compiler::new(source, problems);
    for entity in &source.entities {
        compiler.entity(entity);
    }
    compiler.unused();
    let Compiler { out, lists, .. } = compiler;
    let mut out = out;
    match Keywords::new(&lists) {
        Ok(keywords) => out.keywords = keywords,
        Err(error) => problems.error(1, format!("the keywords do not compile: {error}"), ""),
    }
    if source.entities.len() > TYPES_MAX {
        problems.warning(1, format!("{} types; Purview takes {TYPES_MAX}", source.entities.len()));
    }
    out
}

struct Compiler<'s, 'p> {
    source: &'s Source,
    problems: &'p mut Problems,
    processors: HashMap<&'s str, &'s schema::Processor>,
    /// Finders by the id that packages name them with; `None`: it could not be made, and that has been told.
    made: HashMap<&'s str, Option<usize>>,
    lists: Vec<&'s [Term]>,
    /// The entity in work: who a message is about.
    who: String,
    used: HashSet<&'s str>,
    out: Compiled,
}

impl<'s, 'p> Compiler<'s, 'p> {
    fn new(source: &'s Source, problems: &'p mut Problems) -> Self {
        let mut processors = HashMap::new();
        for processor in &source.processors {
            if let Some(first) = processors.insert(processor.id.as_str(), processor) {
                let first: &schema::Processor = first;
                let message = format!("id `{}` is used twice", processor.id);
                problems.error(processor.line, message, &format!("the first one is in line {}", first.line));
            }
        }
        Self {
            source,
            problems,
            processors,
            made: HashMap::new(),
            lists: Vec::new(),
            who: String::new(),
            used: HashSet::new(),
            out: Compiled::default(),
        }
    }

    fn error(&mut self, line: usize, message: &str, help: &str) {
        let message = format!("{}: {message}", self.who);
        self.problems.error(line, message, help);
    }

    fn entity(&mut self, entity: &'s schema::Entity) {
        let strings = self.source.strings.iter().find(|s| s.id == entity.id);
        let name = strings.map(|s| s.name.clone()).filter(|n| !n.is_empty());
        let kind = if entity.affinity { "affinity" } else { "entity" };
        self.who = match &name {
            Some(name) => format!("{kind} `{name}`"),
            None => format!("{kind} {}", entity.id),
        };
        if name.is_none() {
            self.problems.warning(entity.line, format!("{}: LocalizedStrings has no name for it", self.who));
        }
        if name.as_ref().is_some_and(|n| n.chars().count() > NAME_CHARS_MAX) {
            self.problems.warning(entity.line, format!("{}: name of more than {NAME_CHARS_MAX} characters", self.who));
        }
        if self.out.entities.iter().any(|e| e.guid == entity.id) {
            self.error(entity.line, &format!("id {} is used twice", entity.id), "every type has its own GUID");
        }
        let mut patterns: Vec<PatternOf> = entity.patterns.iter().map(|p| self.pattern(p)).collect();
        patterns.sort_by_key(|p| std::cmp::Reverse(p.level));
        self.expressions(entity, &patterns);
        let filters = self.filters(&entity.filters, entity.line);
        self.out.entities.push(Entity {
            guid: entity.id.clone(),
            name: name.unwrap_or_else(|| entity.id.clone()),
            description: strings.map(|s| s.description.clone()).unwrap_or_default(),
            line: entity.line,
            affinity: entity.affinity,
            proximity: entity.proximity,
            confidence: entity.confidence.unwrap_or(75),
            workload: entity.workload.clone(),
            filters,
            patterns,
        });
    }

    fn expressions(&mut self, entity: &schema::Entity, patterns: &[PatternOf]) {
        let mut used = HashSet::new();
        for pattern in patterns {
            used.extend(pattern.primary);
            finders(&pattern.tests, &mut used);
        }
        let is_regex = |finder: &&usize| matches!(self.out.finders.get(**finder), Some(Finder::Regex { .. }));
        let count = used.iter().filter(is_regex).count();
        if count > EXPRESSIONS_MAX {
            let message = format!("{}: {count} expressions; Purview takes {EXPRESSIONS_MAX}", self.who);
            self.problems.warning(entity.line, message);
        }
    }

    fn pattern(&mut self, pattern: &'s schema::Pattern) -> PatternOf {
        let primary = pattern.primary.as_ref().and_then(|r| self.finder(r, "IdMatch"));
        let tests = pattern.tests.iter().filter_map(|t| self.test(t)).collect();
        PatternOf { level: pattern.level, primary, filters: self.filters(&pattern.filters, pattern.line), tests }
    }

    fn test(&mut self, test: &'s schema::Test) -> Option<Test> {
        Some(match test {
            schema::Test::Match { reference, least, unique } => {
                Test::Match { finder: self.finder(reference, "Match")?, least: *least, unique: *unique }
            }
            schema::Test::Any { least, most, tests } => {
                Test::Any { least: *least, most: *most, tests: tests.iter().filter_map(|t| self.test(t)).collect() }
            }
        })
    }

    /// The finder that a reference names, made when it is named first.
    #[allow(clippy::arithmetic_side_effects, reason = "a finder was added in front of it")]
    fn finder(&mut self, reference: &'s Reference, element: &str) -> Option<usize> {
        let id = reference.id.as_str();
        self.used.insert(id);
        if let Some(made) = self.made.get(id) {
            return *made;
        }
        let finder = self.make(reference, element);
        let index = finder.map(|finder| {
            self.out.finders.push(finder);
            self.out.names.push(id.to_owned());
            self.out.finders.len() - 1
        });
        self.made.insert(id, index);
        index
    }

    fn make(&mut self, reference: &'s Reference, element: &str) -> Option<Finder> {
        let id = reference.id.as_str();
        let Some(processor) = self.processors.get(id).copied() else {
            if id.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("Func_")) {
                return match function::by_name(id) {
                    Ok(function) => Some(Finder::Function(Box::new(function))),
                    Err(error) => {
                        let help = "frisk knows the published functions; write a Regex in its place";
                        self.error(reference.line, &format!("{element}: {error}"), help);
                        None
                    }
                };
            }
            self.missing(reference, element);
            return None;
        };
        match &processor.kind {
            Kind::Regex { text, validators } => self.regex(processor, text, validators),
            Kind::Keyword(terms) => Some(self.keyword(processor, terms)),
            Kind::Fingerprint => {
                let help = "Purview's fingerprints are hashes of a kind that is not published";
                self.error(processor.line, &format!("Fingerprint `{id}` cannot be honoured"), help);
                None
            }
            Kind::ExtendedKeyword => {
                let help = "its text has no published form; write its terms as Keyword, Group and Term";
                self.error(processor.line, &format!("ExtendedKeyword `{id}` cannot be honoured"), help);
                None
            }
        }
    }

    fn missing(&mut self, reference: &Reference, element: &str) {
        let id = reference.id.as_str();
        let is_guid = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        let help = if is_guid {
            "a keyword dictionary is not in the package: add its terms as a Keyword list with this id".to_owned()
        } else {
            let known = nearest(id, self.processors.keys().copied());
            known.map_or_else(String::new, |known| format!("did you mean `{known}`?"))
        };
        self.error(reference.line, &format!("{element}: `{id}` is not in the package"), &help);
    }

    fn regex(&mut self, processor: &'s schema::Processor, text: &str, validators: &'s [String]) -> Option<Finder> {
        let id = &processor.id;
        if text.chars().count() > EXPRESSION_CHARS_MAX {
            let message = format!("Regex `{id}` has more than {EXPRESSION_CHARS_MAX} characters");
            self.problems.warning(processor.line, message);
        }
        let validators = self.validators(processor, validators);
        if text.is_empty() {
            self.error(processor.line, &format!("Regex `{id}` is empty"), "");
            return None;
        }
        match Pattern::new(text) {
            Ok(pattern) => Some(Finder::Regex { pattern: Box::new(pattern), validators }),
            Err(refused) => {
                self.error(processor.line, &format!("Regex `{id}`: {}", refused.construct), refused.help);
                None
            }
        }
    }

    fn validators(&mut self, processor: &schema::Processor, names: &'s [String]) -> Vec<Validator> {
        let mut validators = Vec::new();
        for name in names {
            self.used.insert(name);
            let made: Vec<(usize, Result<Validator, String>)> =
                match self.source.validators.iter().find(|set| set.id == *name) {
                    Some(set) => set.validators.iter().map(|v| (v.line, Validator::read(v))).collect(),
                    None => vec![(processor.line, Validator::named(name))],
                };
            for (line, validator) in made {
                match validator {
                    Ok(validator) => validators.push(validator),
                    Err(error) => self.error(line, &format!("Regex `{}`: {error}", processor.id), ""),
                }
            }
        }
        validators
    }

    #[allow(clippy::arithmetic_side_effects, reason = "a list was added in front of it")]
    fn keyword(&mut self, processor: &'s schema::Processor, terms: &'s [Term]) -> Finder {
        let id = &processor.id;
        if terms.is_empty() {
            self.error(processor.line, &format!("Keyword `{id}` has no Term"), "a list without terms never matches");
        }
        if terms.len() > TERMS_MAX {
            let message = format!("Keyword `{id}` has {} terms; Purview takes {TERMS_MAX}", terms.len());
            self.problems.warning(processor.line, message);
        }
        let long = terms.iter().filter(|t| t.text.chars().count() > TERM_CHARS_MAX).count();
        if long > 0 {
            let message = format!("Keyword `{id}`: {long} terms of more than {TERM_CHARS_MAX} characters");
            self.problems.warning(processor.line, message);
        }
        self.lists.push(terms);
        Finder::Keyword(self.lists.len() - 1)
    }

    fn filters(&mut self, names: &'s [String], line: usize) -> Vec<Filter> {
        let mut filters = Vec::new();
        for name in names {
            let Some(set) = self.source.filters.iter().find(|set| set.id == *name) else {
                let known = nearest(name, self.source.filters.iter().map(|s| s.id.as_str()));
                let help = known.map_or_else(String::new, |known| format!("did you mean `{known}`?"));
                self.error(line, &format!("Filters `{name}` are not in the package"), &help);
                continue;
            };
            for filter in &set.filters {
                filters.extend(self.filter(filter));
            }
        }
        filters
    }

    fn filter(&mut self, filter: &'s schema::Filter) -> Option<Filter> {
        let (direction, include, reference) = match filter {
            schema::Filter::AllDigitsSame => return Some(Filter::AllDigitsSame),
            schema::Filter::Text { direction, include, processor } => (*direction, *include, processor),
        };
        self.used.insert(&reference.id);
        let Some(processor) = self.processors.get(reference.id.as_str()).copied() else {
            self.missing(reference, "Filter");
            return None;
        };
        let text = match &processor.kind {
            Kind::Keyword(terms) => Matcher::Terms(terms.clone()),
            Kind::Regex { text, .. } => match Matcher::expression(text, direction) {
                Ok(matcher) => matcher,
                Err(refused) => {
                    let message = format!("Regex `{}`: {}", processor.id, refused.construct);
                    self.error(processor.line, &message, refused.help);
                    return None;
                }
            },
            _ => {
                let message = format!("Filter: `{}` is neither Keyword nor Regex", processor.id);
                self.error(reference.line, &message, "");
                return None;
            }
        };
        Some(Filter::Text { direction, include, text })
    }

    /// What no entity uses is not compiled: it may be anything, and should be known.
    fn unused(&mut self) {
        for processor in &self.source.processors {
            if !self.used.contains(processor.id.as_str()) {
                self.problems.warning(processor.line, format!("`{}` is not used", processor.id));
            }
        }
        for strings in &self.source.strings {
            if !self.source.entities.iter().any(|e| e.id == strings.id) {
                self.problems.warning(strings.line, format!("LocalizedStrings: no type has the id {}", strings.id));
            }
        }
    }
}

/// All finders of some tests.
pub(super) fn finders(tests: &[Test], out: &mut HashSet<usize>) {
    for test in tests {
        match test {
            Test::Match { finder, .. } => {
                out.insert(*finder);
            }
            Test::Any { tests, .. } => finders(tests, out),
        }
    }
}
