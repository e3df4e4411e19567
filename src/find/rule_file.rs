//! Rule files: the TOML of `rules/**/*.toml`, and how it becomes rules.

use std::sync::OnceLock;

use serde::Deserialize;
use toml::Spanned;

use super::Level;
use super::candidate::run::Separator;
use super::candidate::shape::{Class, Shape};
use super::candidate::{self};
use super::check::{self, Check};
use super::expression::Expression;
use super::nearest::nearest;
use super::rule::{Category, Example, Form, Part, Prefix, Rule, RuleError, Tiers};

/// What one rule file holds.
pub(crate) struct RuleFile {
    pub(crate) rules: Vec<Rule>,
    /// Labels of things no rule looks for: they speak against what they label.
    pub(crate) other_labels: Vec<String>,
    /// Labels of the personal number of whatever country.
    pub(crate) identity_labels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FileToml {
    #[serde(default)]
    rule: Vec<Spanned<RuleToml>>,
    #[serde(default)]
    other_labels: Vec<String>,
    #[serde(default)]
    identity_labels: Vec<String>,
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
    off: Option<String>,
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
    support: Vec<String>,
    #[serde(default)]
    support_date: bool,
    #[serde(default)]
    test_values: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default)]
    checks: Vec<String>,
    pattern: Option<PatternToml>,
    #[serde(default)]
    patterns: Vec<PatternToml>,
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
    shapes: Option<Vec<String>>,
    digits: Option<String>,
    spaced: Option<String>,
    separators: Option<String>,
    literals: Option<Vec<String>>,
    regex: Option<String>,
    #[serde(default)]
    ignore_case: bool,
    #[serde(default)]
    min_entropy: f32,
    finder: Option<String>,
    #[serde(default)]
    checks: Vec<String>,
    confidence: Option<Tiers>,
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
/// `proven`: the file ships with frisk, whose tests compile every expression: that is put off until it is needed.
pub(crate) fn parse(file: &str, text: &str, proven: bool) -> Result<RuleFile, RuleError> {
    let parsed: FileToml = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let message = error.message().to_owned();
        let help = nearest_help(&message);
        RuleError { code: "R001", message, place: format!("{file}:{line}"), help }
    })?;
    let rules = parsed.rule.into_iter().map(|rule| {
        let place = format!("{file}:{}", line_of(text, rule.span().start));
        compile(rule.into_inner(), place, proven)
    });
    let rules = rules.collect::<Result<_, _>>()?;
    Ok(RuleFile { rules, other_labels: parsed.other_labels, identity_labels: parsed.identity_labels })
}

#[allow(clippy::arithmetic_side_effects, reason = "lines of one text are counted")]
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

/// What is wrong, and what to do about it.
type Wrong = (&'static str, String, String);

fn compile(toml: RuleToml, place: String, proven: bool) -> Result<Rule, RuleError> {
    let id = toml.id.clone();
    rule(toml, place.clone(), proven).map_err(|(code, message, help)| {
        let message = if message.contains(&id) { message } else { format!("{id}: {message}") };
        RuleError { code, message, place, help }
    })
}

fn rule(toml: RuleToml, place: String, proven: bool) -> Result<Rule, Wrong> {
    let id_fits =
        !toml.id.is_empty() && toml.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !id_fits {
        let help = "use lower-case letters, digits and hyphens".to_owned();
        return Err(("R002", format!("id `{}` is not kebab-case", toml.id), help));
    }
    let tiers = toml.confidence;
    let shared = checks(&toml.checks)?;
    let patterns: Vec<&PatternToml> = toml.pattern.iter().chain(&toml.patterns).collect();
    if patterns.is_empty() {
        return Err((
            "R003",
            "a rule needs a pattern".to_owned(),
            "give `pattern.shapes` or `[[rule.patterns]]`".into(),
        ));
    }
    let parts = patterns.iter().map(|pattern| part(pattern, &shared, tiers, proven));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    if !tiers.rise() || parts.iter().any(|p| !p.tiers.rise()) {
        return Err(("R002", "confidence must rise: alone <= nearby <= label <= 100".to_owned(), String::new()));
    }
    let prefixes = toml.prefixes.iter().map(prefix).collect::<Option<Vec<_>>>().ok_or_else(|| {
        let help = "both ends of a range have the same number of digits".to_owned();
        ("R003", "a prefix range is not `4` or `51-55`".to_owned(), help)
    })?;
    let examples = toml.examples.into_iter().map(|e| match e {
        ExampleToml::Text(text) => Ok(Example { text, level: Level::Medium, why: String::new() }),
        ExampleToml::Full { text, level } => match Level::from_name(&level) {
            Some(level) => Ok(Example { text, level, why: String::new() }),
            None => Err(("R002", format!("unknown level `{level}`"), "one of low, medium, high".to_owned())),
        },
    });
    let counter = |c: CounterToml| Example { text: c.text, level: Level::Medium, why: c.why };
    Ok(Rule {
        short_name: toml.short_name.unwrap_or_else(|| toml.id.clone()),
        examples: examples.collect::<Result<Vec<_>, _>>()?,
        id: toml.id,
        name: toml.name,
        version: toml.version,
        category: toml.category,
        country: toml.country,
        sit_guid: toml.sit_guid,
        off: toml.off,
        formats: toml.formats,
        references: toml.references,
        confidence: tiers,
        keywords: toml.keywords,
        not_keywords: toml.not_keywords,
        support: toml.support,
        support_date: toml.support_date,
        counter_examples: toml.counter_examples.into_iter().map(counter).collect(),
        origin: place,
        test_values: toml.test_values.into_iter().collect(),
        exclude: toml.exclude,
        prefixes,
        parts,
    })
}

fn checks(names: &[String]) -> Result<Vec<&'static Check>, Wrong> {
    let found = names.iter().map(|name| {
        check::by_name(name).ok_or_else(|| {
            let known = nearest(name, check::all().map(|c| c.name));
            let help = known.map_or_else(String::new, |k| format!("did you mean `{k}`?"));
            ("R002", format!("unknown check `{name}`"), help)
        })
    });
    found.collect()
}

fn part(toml: &PatternToml, shared: &[&'static Check], tiers: Tiers, proven: bool) -> Result<Part, Wrong> {
    let wrong = |message: String, help: &str| ("R003", message, help.to_owned());
    let given = [
        toml.shapes.is_some(),
        toml.digits.is_some(),
        toml.spaced.is_some(),
        toml.regex.is_some(),
        toml.finder.is_some(),
    ];
    if given.iter().filter(|g| **g).count() != 1 {
        let help = "shapes, digits, spaced, literals with regex, or finder";
        return Err(wrong("a pattern has exactly one form".to_owned(), help));
    }
    let mut checks = checks(&toml.checks)?;
    checks.extend(shared);
    let separators = toml.separators.as_deref().unwrap_or(" -.");
    let separators = separators.chars().map(Separator::from_char).collect::<Option<Vec<_>>>();
    let separators =
        separators.ok_or_else(|| wrong("separators are among blank, - . / + and line break".to_owned(), ""))?;
    let form = form(toml, &checks, proven)?;
    Ok(Part { form, separators, checks, tiers: toml.confidence.unwrap_or(tiers), chance: OnceLock::new() })
}

fn form(toml: &PatternToml, checks: &[&'static Check], proven: bool) -> Result<Form, Wrong> {
    let wrong = |message: String, help: &str| ("R003", message, help.to_owned());
    if let Some(shapes) = &toml.shapes {
        let shapes = shapes.iter().map(|s| Shape::parse(s)).collect::<Result<Vec<_>, _>>();
        let help = "9 digit, A letter, X either, [0-9A-F] a set, a-z and 0-8 themselves, - . / + ( ) and blank between";
        return shapes.map(Form::Shapes).map_err(|message| wrong(message, help));
    }
    if let Some(range) = &toml.digits {
        let bounds = range.split_once('-').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let bounds = bounds.filter(|(least, most)| least <= most && *least > 0);
        let (least, most) = bounds.ok_or_else(|| wrong(format!("`{range}` is not LEAST-MOST digits"), ""))?;
        return Ok(Form::Count { least, most });
    }
    if let Some(start) = &toml.spaced {
        let shape = Shape::parse(start).map_err(|message| wrong(message, ""))?;
        if checks.iter().all(|c| c.length.is_none()) {
            return Err(wrong("`spaced` needs a check that knows the length, such as `iban`".to_owned(), ""));
        }
        return Ok(Form::Spaced(shape.classes().collect::<Vec<Class>>()));
    }
    if let Some(regex) = &toml.regex {
        let literals = toml.literals.clone().unwrap_or_default();
        if literals.is_empty() || literals.iter().any(|l| l.len() < 3) {
            let help = "a regular expression is tried where one of pattern.literals (3 bytes or more) stands, and begins with it";
            return Err(wrong("a regular expression needs literals".to_owned(), help));
        }
        let expression = Expression::new(literals, regex, toml.ignore_case, toml.min_entropy);
        if !proven {
            expression.compile().map_err(|e| wrong(format!("the regular expression does not compile: {e}"), ""))?;
        }
        return Ok(Form::Expression(expression));
    }
    let name = toml.finder.as_deref().unwrap_or_default();
    Part::finder(name).ok_or_else(|| {
        let known = nearest(name, candidate::finder_names());
        let help = known.map_or_else(String::new, |k| format!("did you mean `{k}`?"));
        wrong(format!("unknown finder `{name}`"), &help)
    })
}

fn prefix(toml: &PrefixToml) -> Option<Prefix> {
    let ranges = toml.ranges.iter().map(|range| {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        (low.len() == high.len()).then_some(())?;
        Some((low.len(), low.parse().ok()?, high.parse().ok()?))
    });
    Some(Prefix { ranges: ranges.collect::<Option<Vec<_>>>()?, lengths: toml.lengths.clone(), weak: toml.weak })
}

impl Part {
    /// The share of values of its shapes that pass its checks by chance, 0 to 1.
    pub(crate) fn chance(&self) -> f32 {
        *self.chance.get_or_init(|| self.measure_chance())
    }

    /// Tries made-up values: 256 of them tell 1 in 10 from 9 in 10.
    fn measure_chance(&self) -> f32 {
        const SAMPLES: u16 = 256;
        let Form::Shapes(shapes) = &self.form else { return 1.0 };
        let Some(shape) = shapes.first().filter(|_| !self.checks.is_empty()) else { return 1.0 };
        // A fixed sequence: equal rules give equal results.
        let mut state = 0x9E37_79B9_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state >> 8
        };
        let (sampler, mut value) = (shape.sampler(), String::with_capacity(shape.len()));
        let mut passes = || {
            sampler.sample(&mut next, &mut value);
            self.checks.iter().all(|check| (check.accepts)(&value))
        };
        let passed = (0..SAMPLES).filter(|_| passes()).count();
        f32::from(u16::try_from(passed).unwrap_or(SAMPLES)) / f32::from(SAMPLES)
    }
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
pattern.shapes = ["9999999", "999-9999"]
pattern.separators = " -"
"#;

    fn error(from: &str, to: &str) -> RuleError {
        parse("r.toml", &GOOD.replace(from, to), false).err().unwrap()
    }

    #[test]
    fn a_wrong_key_names_line_and_nearest_key() {
        let error = error("formats", "formts");
        assert_eq!(error.place, "r.toml:6");
        assert!(error.to_string().contains("did you mean `formats`?"), "{error}");
    }

    #[test]
    fn wrong_patterns_and_checks_are_told() {
        assert_eq!(parse("r.toml", GOOD, false).unwrap().rules.len(), 1);
        for (from, to, code) in [
            ("\"9999999\"", "\"#\"", "R003"),
            ("alone = 30", "alone = 80", "R002"),
            ("id = \"badge\"", "id = \"Badge\"", "R002"),
            ("formats", "checks = [\"luhm\"]\nformats", "R002"),
            ("pattern.separators", "pattern.finder = \"email\"\npattern.separators", "R003"),
            ("pattern.shapes = [\"9999999\", \"999-9999\"]", "pattern.finder = \"emial\"", "R003"),
            (
                "pattern.shapes = [\"9999999\", \"999-9999\"]",
                "pattern.literals = [\"abc\"]\npattern.regex = \"abc(\"",
                "R003",
            ),
        ] {
            let error = error(from, to);
            assert_eq!(error.code, code, "{error}");
        }
    }

    #[test]
    fn the_chance_of_a_check_is_measured() {
        let toml = GOOD.replace("formats", "checks = [\"luhn\"]\nformats");
        let rules = parse("r.toml", &toml, false).unwrap().rules;
        let chance = rules[0].parts[0].chance();
        assert!((0.03..0.2).contains(&chance), "{chance}");
    }
}
