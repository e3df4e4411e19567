//! Rules as data: the TOML of `rules/**/*.toml`, and what it compiles to.

use std::fmt;

use serde::Deserialize;
use toml::Spanned;

use super::candidate::digits::Separator;
use super::candidate::word::Class;
use super::check::{self, Check};
use super::nearest::nearest;

/// What kind of data a rule finds; the data security categories of OCSF 1.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// About a person.
    Personal,
    /// Issued by a government.
    Governmental,
    /// Money.
    Financial,
    /// A company's own.
    Business,
    /// Credentials and keys.
    Security,
    /// Anything else.
    Other,
}

impl Category {
    /// The name used in records and policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Governmental => "governmental",
            Self::Financial => "financial",
            Self::Business => "business",
            Self::Security => "security",
            Self::Other => "other",
        }
    }
}

/// Scores a rule gives, 0 to 100.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tiers {
    /// The checks passed and nothing else speaks for or against it.
    pub alone: u8,
    /// One of its keywords is in the window, and no other number between them.
    pub nearby: u8,
    /// One of its keywords labels it: in front on the same line, above it, or as its column's header.
    pub label: u8,
    /// A label names something else, but the checks are worth more than the label. Default: 30 below `alone`, and low.
    pub against: Option<u8>,
    /// Taken from `alone` (and half of it from `nearby`) when the value has no separators.
    #[serde(default)]
    pub bare: u8,
    /// Score of a value with separators that is the only number in a line of words, when that is more than `alone`.
    #[serde(default)]
    pub isolated: u8,
}

/// A text that shows what a rule finds, or what it must not find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The text.
    pub text: String,
    /// Lowest level a match must have (examples), or lowest level it must not reach (counter-examples).
    pub level: super::Level,
    /// Why it must not match; empty for examples.
    pub why: String,
}

/// A detection rule.
#[derive(Debug)]
pub struct Rule {
    /// Stable id, kebab-case.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Raised when what it finds changes.
    pub version: u32,
    /// What kind of data it finds.
    pub category: Category,
    /// ISO 3166-1 country, or `global`.
    pub country: String,
    /// GUID of the Microsoft Purview type of the same meaning.
    pub sit_guid: Option<String>,
    /// Short name used when a value is masked: `[card:16]`.
    pub short_name: String,
    /// The formats and separators it accepts, in words.
    pub formats: String,
    /// Where its facts are from.
    pub references: Vec<String>,
    /// Scores.
    pub confidence: Tiers,
    /// Words that speak for it.
    pub keywords: Vec<String>,
    /// Words that speak against it, besides those of other rules.
    pub not_keywords: Vec<String>,
    /// Texts it must find.
    pub examples: Vec<Example>,
    /// Texts it must not find.
    pub counter_examples: Vec<Example>,
    /// File and line it was read from.
    pub origin: String,
    /// Values that are well known and mean nothing: reported at low.
    pub(crate) test_values: Vec<String>,
    /// Values never reported.
    pub(crate) exclude: Vec<String>,
    pub(crate) pattern: Pattern,
    pub(crate) prefixes: Vec<Prefix>,
    pub(crate) checks: Vec<&'static Check>,
}

/// What a candidate of a rule looks like.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// Groups of digits.
    Digits { shapes: Vec<Vec<usize>>, any: Option<(usize, usize)>, separators: Vec<Separator> },
    /// A word that begins with these classes of characters and has one of these lengths in all. With `spaced`, single
    /// separators may stand in it.
    Word { start: Vec<Class>, lengths: Vec<usize>, spaced: bool },
    /// One of these literals begins a match of this expression.
    Literal { literals: Vec<String>, regex: regex::Regex },
    /// A mailbox.
    Email,
    /// The caller's word lists.
    Keywords,
    /// A rule package finds it.
    Package,
}

/// Numbers that begin in one of these ranges have one of these lengths.
#[derive(Debug)]
pub(crate) struct Prefix {
    /// Digits looked at, and the lowest and highest number they may be.
    pub(crate) ranges: Vec<(usize, u64, u64)>,
    pub(crate) lengths: Vec<usize>,
    /// Hardly in use: without a label such a value is less likely.
    pub(crate) weak: bool,
}

impl Rule {
    /// Whether nothing but a keyword can lift it over the score below which nothing is a match.
    pub(crate) fn needs_keyword(&self) -> bool {
        i16::from(self.confidence.alone.max(self.confidence.isolated)) < super::engine::SCORE_FLOOR
    }

    /// Whether the only rows of the prefix table that hold for `value` are weak ones.
    pub(crate) fn is_weak(&self, value: &str) -> bool {
        let mut rows = self.prefixes.iter().filter(|p| p.holds(value)).peekable();
        rows.peek().is_some() && rows.all(|p| p.weak)
    }

    /// Whether `value` (normalised) has a prefix and length of the rule's table, and passes its checks.
    pub(crate) fn accepts(&self, value: &str) -> Result<(), &'static str> {
        if !self.prefixes.is_empty() && !self.prefixes.iter().any(|p| p.holds(value)) {
            return Err("prefix and length are not in the rule's table");
        }
        for check in &self.checks {
            if !(check.accepts)(value) {
                return Err(check.name);
            }
        }
        if self.exclude.iter().any(|v| v == value) {
            return Err("excluded value");
        }
        Ok(())
    }
}

impl Prefix {
    fn holds(&self, value: &str) -> bool {
        let starts = |&(digits, low, high): &(usize, u64, u64)| {
            value.get(..digits).and_then(|p| p.parse::<u64>().ok()).is_some_and(|n| (low..=high).contains(&n))
        };
        self.lengths.contains(&value.len()) && self.ranges.iter().any(starts)
    }
}

/// What is wrong with a rule file: code, place, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// Stable code: R001 syntax, R002 field, R003 pattern, R004 counter-example matches, R005 example does not match,
    /// R006 duplicate id, R007 unknown id.
    pub code: &'static str,
    /// What.
    pub message: String,
    /// `file:line`, or a file.
    pub place: String,
    /// What to do about it; may be empty.
    pub help: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.message)?;
        if !self.place.is_empty() {
            write!(f, "\n  --> {}", self.place)?;
        }
        if !self.help.is_empty() {
            write!(f, "\n  = {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for RuleError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "kebab-case")]
struct FileToml {
    #[serde(default)]
    rule: Vec<Spanned<RuleToml>>,
    #[serde(default)]
    other_labels: Vec<String>,
}

/// What one rule file holds.
pub(crate) struct RuleFile {
    pub(crate) rules: Vec<Rule>,
    /// Labels of things no rule looks for: they speak against what they label.
    pub(crate) other_labels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RuleToml {
    id: String,
    name: String,
    #[serde(default = "one")]
    version: u32,
    category: Category,
    #[serde(default = "global")]
    country: String,
    sit_guid: Option<String>,
    short_name: Option<String>,
    formats: String,
    #[serde(default)]
    references: Vec<String>,
    confidence: Tiers,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    not_keywords: Vec<String>,
    #[serde(default)]
    test_values: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default)]
    checks: Vec<String>,
    pattern: PatternToml,
    #[serde(default)]
    prefixes: Vec<PrefixToml>,
    #[serde(default)]
    examples: Vec<ExampleToml>,
    #[serde(default)]
    counter_examples: Vec<CounterToml>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PatternToml {
    digits: Option<Vec<String>>,
    #[serde(default)]
    separators: String,
    word: Option<String>,
    #[serde(default)]
    lengths: Vec<usize>,
    #[serde(default)]
    spaced: bool,
    literals: Option<Vec<String>>,
    regex: Option<String>,
    #[serde(default)]
    email: bool,
    #[serde(default)]
    keywords: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrefixToml {
    #[allow(dead_code, reason = "names the row for people who read the file")]
    name: String,
    ranges: Vec<String>,
    lengths: Vec<usize>,
    #[serde(default)]
    weak: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ExampleToml {
    Text(String),
    Full { text: String, level: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CounterToml {
    text: String,
    why: String,
}

fn one() -> u32 {
    1
}

fn global() -> String {
    "global".to_owned()
}

/// Reads every rule of one file. Unknown keys, unknown checks and patterns that cannot work are errors with a line.
pub(crate) fn parse(file: &str, text: &str) -> Result<RuleFile, RuleError> {
    let parsed: FileToml = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let message = error.message().to_owned();
        let help = nearest_help(&message);
        RuleError { code: "R001", message, place: format!("{file}:{line}"), help }
    })?;
    let rules = parsed.rule.into_iter().map(|rule| {
        let place = format!("{file}:{}", line_of(text, rule.span().start));
        compile(rule.into_inner(), place)
    });
    Ok(RuleFile { rules: rules.collect::<Result<_, _>>()?, other_labels: parsed.other_labels })
}

fn line_of(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}

/// For "unknown field `x`, expected one of `a`, `b`": names the nearest.
fn nearest_help(message: &str) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match names.split_first() {
        Some((wrong, known)) if message.starts_with("unknown field") => {
            nearest(wrong, known.iter().copied()).map_or_else(String::new, |n| format!("did you mean `{n}`?"))
        }
        _ => String::new(),
    }
}

fn compile(toml: RuleToml, place: String) -> Result<Rule, RuleError> {
    let fail =
        |code, message: String, help: &str| RuleError { code, message, place: place.clone(), help: help.to_owned() };
    let id_fits =
        !toml.id.is_empty() && toml.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !id_fits {
        return Err(fail(
            "R002",
            format!("id `{}` is not kebab-case", toml.id),
            "use lower-case letters, digits and hyphens",
        ));
    }
    let tiers = toml.confidence;
    if tiers.alone > tiers.nearby || tiers.nearby > tiers.label || tiers.label > 100 {
        return Err(fail("R002", format!("{}: confidence must rise: alone <= nearby <= label <= 100", toml.id), ""));
    }
    let checks = toml.checks.iter().map(|name| {
        check::by_name(name).ok_or_else(|| {
            let known = nearest(name, check::all().map(|c| c.name));
            let help = known.map_or_else(String::new, |k| format!("did you mean `{k}`?"));
            fail("R002", format!("{}: unknown check `{name}`", toml.id), &help)
        })
    });
    let checks = checks.collect::<Result<Vec<_>, _>>()?;
    let pattern =
        pattern(&toml.pattern).map_err(|(message, help)| fail("R003", format!("{}: {message}", toml.id), &help))?;
    let prefixes = toml.prefixes.iter().map(prefix).collect::<Option<Vec<_>>>();
    let prefixes = prefixes.ok_or_else(|| {
        fail(
            "R003",
            format!("{}: a prefix range is not `4` or `51-55`", toml.id),
            "both ends of a range have the same number of digits",
        )
    })?;
    let level = |name: &str| {
        super::Level::from_name(name)
            .ok_or_else(|| fail("R002", format!("{}: unknown level `{name}`", toml.id), "one of low, medium, high"))
    };
    let examples = toml.examples.iter().map(|e| {
        Ok(match e {
            ExampleToml::Text(text) => Example { text: text.clone(), level: super::Level::Medium, why: String::new() },
            ExampleToml::Full { text, level: name } => {
                Example { text: text.clone(), level: level(name)?, why: String::new() }
            }
        })
    });
    let examples = examples.collect::<Result<Vec<_>, RuleError>>()?;
    let counter = |c: CounterToml| Example { text: c.text, level: super::Level::Medium, why: c.why };
    let short_name = toml.short_name.unwrap_or_else(|| toml.id.clone());
    Ok(Rule {
        short_name,
        id: toml.id,
        name: toml.name,
        version: toml.version,
        category: toml.category,
        country: toml.country,
        sit_guid: toml.sit_guid,
        formats: toml.formats,
        references: toml.references,
        confidence: tiers,
        keywords: toml.keywords,
        not_keywords: toml.not_keywords,
        examples,
        counter_examples: toml.counter_examples.into_iter().map(counter).collect(),
        origin: place,
        test_values: toml.test_values,
        exclude: toml.exclude,
        pattern,
        prefixes,
        checks,
    })
}

/// Compiles a pattern; an error is a message and a help.
fn pattern(toml: &PatternToml) -> Result<Pattern, (String, String)> {
    let given = [toml.digits.is_some(), toml.word.is_some(), toml.regex.is_some(), toml.email, toml.keywords];
    if given.iter().filter(|g| **g).count() != 1 {
        let help =
            "pattern.digits, pattern.word, pattern.literals with pattern.regex, pattern.email or pattern.keywords";
        return Err(("a pattern has exactly one form".to_owned(), help.to_owned()));
    }
    if let Some(shapes) = &toml.digits {
        return digits(shapes, &toml.separators);
    }
    if let Some(start) = &toml.word {
        let start = start.chars().map(Class::from_char).collect::<Option<Vec<_>>>();
        let start = start.filter(|s| !s.is_empty()).ok_or_else(|| {
            (
                "a word is written with A (upper case), a (letter), 0 (digit) and X (letter or digit)".to_owned(),
                String::new(),
            )
        })?;
        return Ok(Pattern::Word { start, lengths: toml.lengths.clone(), spaced: toml.spaced });
    }
    if let Some(regex) = &toml.regex {
        let literals = toml.literals.clone().unwrap_or_default();
        if literals.is_empty() || literals.iter().any(|l| l.len() < 3) {
            let help = "a regular expression is tried where one of pattern.literals (3 bytes or more) stands, and begins with it";
            return Err(("a regular expression needs literals".to_owned(), help.to_owned()));
        }
        let regex = regex::RegexBuilder::new(&format!("^(?:{regex})")).size_limit(4 << 20).build();
        let regex = regex.map_err(|e| (format!("the regular expression does not compile: {e}"), String::new()))?;
        return Ok(Pattern::Literal { literals, regex });
    }
    Ok(if toml.email { Pattern::Email } else { Pattern::Keywords })
}

fn digits(shapes: &[String], separators: &str) -> Result<Pattern, (String, String)> {
    let mut fixed = Vec::new();
    let mut any = None;
    for shape in shapes {
        if let Some(range) = shape.strip_prefix("any:") {
            let bounds = range.split_once('-').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
            any = Some(bounds.ok_or_else(|| (format!("`{shape}` is not any:MIN-MAX"), String::new()))?);
            continue;
        }
        let groups = shape.split('-').map(|n| n.parse::<usize>().ok().filter(|n| (1..=40).contains(n)));
        let groups = groups.collect::<Option<Vec<_>>>();
        fixed.push(groups.ok_or_else(|| (format!("`{shape}` is not group lengths such as 3-2-4"), String::new()))?);
    }
    let separators = separators.chars().map(Separator::from_char).collect::<Option<Vec<_>>>();
    let separators =
        separators.ok_or_else(|| ("separators are among blank, - . / and line break".to_owned(), String::new()))?;
    Ok(Pattern::Digits { shapes: fixed, any, separators })
}

fn prefix(toml: &PrefixToml) -> Option<Prefix> {
    let ranges = toml.ranges.iter().map(|range| {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        (low.len() == high.len()).then_some(())?;
        Some((low.len(), low.parse().ok()?, high.parse().ok()?))
    });
    Some(Prefix { ranges: ranges.collect::<Option<Vec<_>>>()?, lengths: toml.lengths.clone(), weak: toml.weak })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[rule]]
id = "badge"
name = "Badge"
category = "business"
formats = "seven digits"
confidence = { alone = 30, nearby = 75, label = 85 }
pattern.digits = ["7", "3-4"]
pattern.separators = " -"
"#;

    fn error(from: &str, to: &str) -> RuleError {
        parse("r.toml", &GOOD.replace(from, to)).err().unwrap()
    }

    #[test]
    fn a_wrong_key_names_line_and_nearest_key() {
        let error = error("formats", "formts");
        assert_eq!(error.place, "r.toml:6");
        assert!(error.to_string().contains("did you mean `formats`?"), "{error}");
    }

    #[test]
    fn wrong_patterns_and_checks_are_told() {
        assert_eq!(parse("r.toml", GOOD).unwrap().rules.len(), 1);
        for (from, to, code) in [
            ("\"7\"", "\"x\"", "R003"),
            ("alone = 30", "alone = 80", "R002"),
            ("id = \"badge\"", "id = \"Badge\"", "R002"),
            ("formats", "checks = [\"luhm\"]\nformats", "R002"),
            ("pattern.separators", "pattern.email = true\npattern.separators", "R003"),
        ] {
            let error = error(from, to);
            assert_eq!(error.code, code, "{error}");
        }
    }
}
