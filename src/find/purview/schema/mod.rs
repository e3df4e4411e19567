//! The schema of rule packages, from elements to what they say. References are not followed here.

mod part;

use super::problem::Problems;
use super::xml::Element;
use part::{filter_set, processor, strings, validator_set};

/// A package as it is written.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) publisher: String,
    pub(super) name: String,
    pub(super) entities: Vec<Entity>,
    pub(super) processors: Vec<Processor>,
    pub(super) filters: Vec<FilterSet>,
    pub(super) validators: Vec<ValidatorSet>,
    /// Names and descriptions by the id they are of.
    pub(super) strings: Vec<Strings>,
}

/// A sensitive information type: `Entity`, or `Affinity` when it is of whole documents.
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) id: String,
    pub(super) line: usize,
    pub(super) affinity: bool,
    /// Characters to both sides; `None`: unlimited.
    pub(super) proximity: Option<usize>,
    /// `recommendedConfidence` of an entity, `thresholdConfidenceLevel` of an affinity.
    pub(super) confidence: Option<u8>,
    pub(super) workload: String,
    pub(super) filters: Vec<String>,
    pub(super) patterns: Vec<Pattern>,
}

/// A `Pattern`, or an `Evidence` of an affinity, which has no primary element.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) line: usize,
    pub(super) level: u8,
    pub(super) filters: Vec<String>,
    pub(super) primary: Option<Reference>,
    pub(super) tests: Vec<Test>,
}

/// The id of a processor, and where it is named.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) id: String,
    pub(super) line: usize,
}

/// A supporting element.
#[derive(Debug)]
pub(super) enum Test {
    /// `Match`.
    Match { reference: Reference, least: usize, unique: bool },
    /// `Any`: how many of the elements inside hold.
    Any { least: usize, most: Option<usize>, tests: Vec<Test> },
}

/// What finds something.
#[derive(Debug)]
pub(super) struct Processor {
    pub(super) id: String,
    pub(super) line: usize,
    pub(super) kind: Kind,
}

/// Kinds of processors.
#[derive(Debug)]
pub(super) enum Kind {
    Regex { text: String, validators: Vec<String> },
    Keyword(Vec<Term>),
    Fingerprint,
    ExtendedKeyword,
}

/// A keyword.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) text: String,
    /// Bounded by white space or delimiters.
    pub(super) word: bool,
    pub(super) case_sensitive: bool,
}

/// A `Filters` element.
#[derive(Debug)]
pub(super) struct FilterSet {
    pub(super) id: String,
    pub(super) filters: Vec<Filter>,
}

/// A filter of values.
#[derive(Debug)]
pub(super) enum Filter {
    AllDigitsSame,
    Text { direction: Direction, include: bool, processor: Reference },
}

/// Where a filter looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    StartsWith,
    EndsWith,
    Full,
    Prefix,
    Suffix,
}

/// A `Validators` element.
#[derive(Debug)]
pub(super) struct ValidatorSet {
    pub(super) id: String,
    pub(super) validators: Vec<Validator>,
}

/// A validator with its parameters as written.
#[derive(Debug)]
pub(super) struct Validator {
    pub(super) kind: String,
    pub(super) line: usize,
    pub(super) params: Vec<(String, String)>,
}

/// A `Resource` of `LocalizedStrings`.
#[derive(Debug)]
pub(super) struct Strings {
    pub(super) id: String,
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) description: String,
}

impl Source {
    /// Reads what the elements below `RulePackage` say.
    pub(super) fn read(root: &Element, problems: &mut Problems) -> Self {
        let mut source = Self::default();
        if root.name != "RulePackage" {
            problems.error(
                root.line,
                format!("the root element is `{}`", root.name),
                "a rule package is a RulePackage",
            );
            return source;
        }
        let pack = root.children("RulePack").next();
        match pack {
            Some(pack) => source.pack(pack, problems),
            None => problems.error(root.line, "RulePackage has no RulePack".to_owned(), ""),
        }
        let Some(rules) = root.children("Rules").next() else {
            problems.error(root.line, "RulePackage has no Rules".to_owned(), "");
            return source;
        };
        source.rules(rules, problems);
        source
    }

    fn pack(&mut self, pack: &Element, problems: &mut Problems) {
        self.id = guid(pack, "RulePack", problems);
        if let Some(version) = pack.children("Version").next() {
            let part = |name| version.attribute(name).unwrap_or("0");
            self.version = ["major", "minor", "build", "revision"].map(part).join(".");
        }
        let details = pack.children("Details").next();
        let Some(details) = details else { return };
        let wanted = details.attribute("defaultLangCode").unwrap_or_default();
        let is_wanted = |d: &&Element| d.attribute("langcode").is_some_and(|l| l.eq_ignore_ascii_case(wanted));
        let localized =
            details.children("LocalizedDetails").find(is_wanted).or(details.children("LocalizedDetails").next());
        let Some(localized) = localized else { return };
        let text = |name| localized.children(name).next().map_or(String::new(), |e| e.text.trim().to_owned());
        (self.publisher, self.name) = (text("PublisherName"), text("Name"));
    }

    fn rules(&mut self, rules: &Element, problems: &mut Problems) {
        for element in &rules.children {
            match element.name.as_str() {
                "Entity" | "Affinity" => self.entities.extend(entity(element, problems)),
                // The version says which engine is new enough; frisk reads what all of them say.
                "Version" => {
                    for child in &element.children {
                        match child.name.as_str() {
                            "Entity" | "Affinity" => self.entities.extend(entity(child, problems)),
                            _ => unknown(child, "Version", problems),
                        }
                    }
                }
                "Regex" | "Keyword" | "Fingerprint" | "ExtendedKeyword" => {
                    self.processors.extend(processor(element, problems));
                }
                "Filters" => self.filters.extend(filter_set(element, problems)),
                "Validators" => self.validators.extend(validator_set(element, problems)),
                "LocalizedStrings" => self.strings.extend(element.children("Resource").filter_map(strings)),
                _ => unknown(element, "Rules", problems),
            }
        }
    }
}

fn unknown(element: &Element, parent: &str, problems: &mut Problems) {
    problems.error(
        element.line,
        format!("`{}` in {parent}: the schema has no such element", element.name),
        "elements are written as the schema does: IdMatch, Match, Any",
    );
}

/// Attributes that mean nothing to frisk are told; nothing is passed over in silence.
fn known(element: &Element, names: &[&str], problems: &mut Problems) {
    for (name, _) in &element.attributes {
        let is_namespace = name == "xmlns" || name == "schemaLocation";
        if !is_namespace && !names.iter().any(|n| n.eq_ignore_ascii_case(name)) {
            problems.warning(element.line, format!("{}: attribute `{name}` is passed over", element.name));
        }
    }
}

fn guid(element: &Element, what: &str, problems: &mut Problems) -> String {
    let id = element.attribute("id").unwrap_or_default().trim_matches(['{', '}']).to_ascii_lowercase();
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    if parts != [8, 4, 4, 4, 12] || !id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        problems.error(element.line, format!("{what}: id `{id}` is no GUID"), "8-4-4-4-12 hexadecimal digits");
    }
    id
}

fn id(element: &Element, problems: &mut Problems) -> Option<String> {
    let id = element.attribute("id").map(str::to_owned);
    if id.is_none() {
        problems.error(element.line, format!("{} has no id", element.name), "");
    }
    id
}

/// Comma-separated ids.
fn list(value: Option<&str>) -> Vec<String> {
    let parts = value.unwrap_or_default().split([',', ' ', '\t', '\n']);
    parts.filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

fn level(element: &Element, name: &str, problems: &mut Problems) -> Option<u8> {
    let value = element.attribute(name)?;
    let level = value.parse::<u8>().ok().filter(|n| (1..=100).contains(n));
    if level.is_none() {
        problems.error(element.line, format!("{}: {name} is `{value}`", element.name), "a number from 1 to 100");
    }
    level
}

fn entity(element: &Element, problems: &mut Problems) -> Option<Entity> {
    let affinity = element.name == "Affinity";
    let id = guid(element, &element.name, problems);
    let (proximity, confidence, pattern) = if affinity {
        ("evidencesProximity", "thresholdConfidenceLevel", "Evidence")
    } else {
        ("patternsProximity", "recommendedConfidence", "Pattern")
    };
    known(element, &["id", proximity, confidence, "workload", "filters"], problems);
    let window = match element.attribute(proximity) {
        None => {
            problems.warning(element.line, format!("{}: no {proximity}; 300 characters are taken", element.name));
            Some(300)
        }
        Some(value) if value.eq_ignore_ascii_case("unlimited") => None,
        Some(value) => match value.parse::<usize>() {
            Ok(number) if number > 0 => Some(number),
            _ => {
                let message = format!("{}: {proximity} is `{value}`", element.name);
                problems.error(element.line, message, "a number of characters, or unlimited");
                return None;
            }
        },
    };
    if element.attribute(confidence).is_none() {
        let message = format!("{}: no {confidence}; 75 is taken", element.name);
        problems.warning(element.line, message);
    }
    let mut patterns = Vec::new();
    for child in &element.children {
        if child.name == pattern {
            patterns.extend(self::pattern(child, affinity, problems));
        } else {
            unknown(child, &element.name, problems);
        }
    }
    if element.children(pattern).next().is_none() {
        problems.error(element.line, format!("{} {id} has no {pattern}", element.name), "");
    }
    Some(Entity {
        id,
        line: element.line,
        affinity,
        proximity: window,
        confidence: level(element, confidence, problems),
        workload: element.attribute("workload").unwrap_or_default().to_owned(),
        filters: list(element.attribute("filters")),
        patterns,
    })
}

fn pattern(element: &Element, affinity: bool, problems: &mut Problems) -> Option<Pattern> {
    known(element, &["confidenceLevel", "filters"], problems);
    if element.attribute("confidenceLevel").is_none() {
        problems.error(element.line, format!("{} has no confidenceLevel", element.name), "a number from 1 to 100");
    }
    let level = level(element, "confidenceLevel", problems)?;
    let mut pattern = Pattern {
        line: element.line,
        level,
        filters: list(element.attribute("filters")),
        primary: None,
        tests: Vec::new(),
    };
    for child in &element.children {
        if child.name != "IdMatch" || affinity {
            pattern.tests.extend(test(child, &element.name, problems));
            continue;
        }
        known(child, &["idRef"], problems);
        if pattern.primary.is_some() {
            problems.error(child.line, "Pattern has more than one IdMatch".to_owned(), "use Match for the others");
        }
        pattern.primary = reference(child, "idRef", problems);
    }
    if !affinity && element.children("IdMatch").next().is_none() {
        problems.error(element.line, "Pattern has no IdMatch".to_owned(), "every pattern has exactly one");
    }
    if affinity && pattern.tests.is_empty() {
        problems.error(element.line, "Evidence holds nothing".to_owned(), "it needs a Match");
    }
    Some(pattern)
}

fn reference(element: &Element, name: &str, problems: &mut Problems) -> Option<Reference> {
    let id = element.attribute(name);
    if id.is_none() {
        problems.error(element.line, format!("{} has no {name}", element.name), "");
    }
    id.map(|id| Reference { id: id.to_owned(), line: element.line })
}

fn number(element: &Element, name: &str, problems: &mut Problems) -> Option<usize> {
    let value = element.attribute(name)?;
    let number = value.parse().ok();
    if number.is_none() {
        problems.error(element.line, format!("{}: {name} is `{value}`", element.name), "a number");
    }
    number
}

fn test(element: &Element, parent: &str, problems: &mut Problems) -> Option<Test> {
    match element.name.as_str() {
        "Match" => {
            known(element, &["idRef", "minCount", "uniqueResults"], problems);
            let least = number(element, "minCount", problems).unwrap_or(1);
            if least == 0 {
                problems.error(
                    element.line,
                    "Match: minCount is `0`".to_owned(),
                    "for none: Any with maxMatches=\"0\"",
                );
            }
            let unique = match element.attribute("uniqueResults") {
                None | Some("false" | "0" | "False" | "FALSE") => false,
                Some("true" | "1" | "True" | "TRUE") => true,
                Some(value) => {
                    problems.error(element.line, format!("Match: uniqueResults is `{value}`"), "true or false");
                    false
                }
            };
            Some(Test::Match { reference: reference(element, "idRef", problems)?, least, unique })
        }
        "Any" => {
            known(element, &["minMatches", "maxMatches"], problems);
            let least = number(element, "minMatches", problems).unwrap_or(1);
            let most = number(element, "maxMatches", problems);
            let tests: Vec<_> = element.children.iter().filter_map(|c| test(c, "Any", problems)).collect();
            if most.is_some_and(|most| most < least) {
                let message = format!("Any: minMatches {least} is more than maxMatches {}", most.unwrap_or(0));
                problems.error(element.line, message, "for none: minMatches=\"0\" maxMatches=\"0\"");
            } else if least > element.children.len() {
                let message = format!("Any: minMatches {least} of {} elements can never hold", element.children.len());
                problems.error(element.line, message, "minMatches counts the elements inside, not their hits");
            }
            Some(Test::Any { least, most, tests })
        }
        _ => {
            unknown(element, parent, problems);
            None
        }
    }
}
