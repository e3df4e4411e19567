//! Rules: what is looked for, how it is proven, and how sure a match is.

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::Level;
use super::candidate::run::Separator;
use super::candidate::shape::{Class, Shape};
use super::candidate::{Find, Where, finder_by_name};
use super::check::Check;
use super::expression::Expression;

/// What kind of data a rule finds; the data security categories of OCSF 1.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

impl Tiers {
    /// Whether they rise and end below 101.
    pub(crate) fn rise(&self) -> bool {
        self.alone <= self.nearby && self.nearby <= self.label && self.label <= 100
    }

    /// Whether nothing but a keyword can lift a value over the score below which nothing is a match.
    pub(crate) fn needs_keyword(&self) -> bool {
        i16::from(self.alone.max(self.isolated)) < super::engine::SCORE_FLOOR
    }
}

/// Checks that more than this share of values pass by chance do not tell what "national id" means.
const IDENTITY_CHANCE_MAX: f32 = 0.12;

/// A text that shows what a rule finds, or what it must not find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The text.
    pub text: String,
    /// Lowest level a match must have (examples), or lowest level it must not reach (counter-examples).
    pub level: Level,
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
    /// ISO 3166-1 country, `EU`, or `global`.
    pub country: String,
    /// GUID of the Microsoft Purview type of the same meaning.
    pub sit_guid: Option<String>,
    /// Why the rule is off unless asked for by its id; `None`: it is on.
    pub off: Option<String>,
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
    /// Words that make it surer when one of them is near as well: a state, an issuing office.
    pub support: Vec<String>,
    /// Whether a date near it makes it surer.
    pub support_date: bool,
    /// Texts it must find.
    pub examples: Vec<Example>,
    /// Texts it must not find.
    pub counter_examples: Vec<Example>,
    /// File and line it was read from.
    pub origin: String,
    /// Values that are well known and mean nothing: reported at low.
    pub(crate) test_values: std::collections::BTreeSet<String>,
    /// Values never reported.
    pub(crate) exclude: Vec<String>,
    pub(crate) prefixes: Vec<Prefix>,
    pub(crate) parts: Vec<Part>,
}

/// One of the ways a rule finds values.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) form: Form,
    /// What may stand between groups.
    pub(crate) separators: Vec<Separator>,
    pub(crate) checks: Vec<&'static Check>,
    pub(crate) tiers: Tiers,
    /// What [`Part::chance`] measured.
    pub(crate) chance: OnceLock<f32>,
}

/// What candidates look like.
#[derive(Debug)]
pub(crate) enum Form {
    /// Groups of letters and digits.
    Shapes(Vec<Shape>),
    /// A number of this many digits, in any groups.
    Count { least: usize, most: usize },
    /// Begins with these characters; the check tells how long it is; single separators may stand anywhere.
    Spaced(Vec<Class>),
    /// One of these literals begins a match of this expression.
    Expression(Expression),
    /// One of the finders in `candidate/`, and where it is asked.
    Finder(Find, Where),
    /// The caller's word lists.
    Keywords,
    /// Found by something outside the rules: the score comes with the match.
    Outside,
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
    /// Whether the only rows of the prefix table that hold for `value` are weak ones.
    pub(crate) fn is_weak(&self, value: &str) -> bool {
        let leading = Leading::of(value);
        let mut rows = self.prefixes.iter().filter(|p| p.holds(&leading)).peekable();
        rows.peek().is_some() && rows.all(|p| p.weak)
    }

    /// Whether `value` (normalised) has a prefix and length of the rule's table, and passes the checks of `part`.
    pub(crate) fn accepts(&self, part: &Part, value: &str) -> Result<(), &'static str> {
        if !self.prefixes.is_empty() {
            let leading = Leading::of(value);
            if !self.prefixes.iter().any(|p| p.holds(&leading)) {
                return Err("prefix and length are not in the rule's table");
            }
        }
        if let Some(check) = part.checks.iter().find(|check| !(check.accepts)(value)) {
            return Err(check.name);
        }
        if self.exclude.iter().any(|v| v == value) {
            return Err("excluded value");
        }
        Ok(())
    }

    /// Whether a label such as "national id" may mean it: a person's number of one country, with a check that few
    /// values pass by chance.
    pub(crate) fn is_identity(&self) -> bool {
        matches!(self.category, Category::Personal | Category::Governmental)
            && self.country.len() == 2
            && self.parts.iter().any(|part| part.chance() <= IDENTITY_CHANCE_MAX)
    }

    /// Whether it is the rule of the caller's word lists.
    pub(crate) fn is_word_list(&self) -> bool {
        self.parts.iter().any(|p| matches!(p.form, Form::Keywords))
    }
}

impl Part {
    /// The finder with this name, as a form.
    pub(crate) fn finder(name: &str) -> Option<Form> {
        if name == "keywords" {
            Some(Form::Keywords)
        } else {
            finder_by_name(name).map(|(find, place)| Form::Finder(find, place))
        }
    }
}

impl Prefix {
    fn holds(&self, value: &Leading) -> bool {
        let starts =
            |&(digits, low, high): &(usize, u64, u64)| value.number(digits).is_some_and(|n| low <= n && n <= high);
        self.lengths.contains(&value.length) && self.ranges.iter().any(starts)
    }
}

/// The numbers that the first digits of a value are, for tables of prefixes.
struct Leading {
    /// Characters of the value.
    length: usize,
    /// Digits that it begins with, as far as they are counted.
    digits: usize,
    /// The number that its first n digits are, for every n.
    numbers: [u64; Self::DIGITS_MAX + 1],
}

impl Leading {
    /// More digits than any issuer's prefix has (ISO/IEC 7812: eight).
    const DIGITS_MAX: usize = 18;

    fn of(value: &str) -> Self {
        let mut leading = Self { length: value.len(), digits: 0, numbers: [0; Self::DIGITS_MAX + 1] };
        let mut number = 0_u64;
        let places = leading.numbers.iter_mut().skip(1);
        for (byte, place) in value.bytes().take_while(u8::is_ascii_digit).zip(places) {
            number = number.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0')));
            *place = number;
            leading.digits = leading.digits.saturating_add(1);
        }
        leading
    }

    /// The number of the first `digits` digits, if there are so many.
    fn number(&self, digits: usize) -> Option<u64> {
        let there = (1..=self.digits).contains(&digits);
        self.numbers.get(digits).copied().filter(|_| there)
    }
}

/// What is wrong with a rule file: code, place, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// Stable code: R001 syntax, R002 field, R003 pattern, R004 counter-example matches, R005 example does not match,
    /// R006 duplicate id, R007 unknown id, R008 what a rule package asks for cannot be honoured.
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
