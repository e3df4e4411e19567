//! Predefined functions of Purview, by the names that packages give them.
//!
//! Most find what a built-in rule of frisk finds: its patterns and checks, without its keywords. Dates, addresses and
//! driving licences by state have expressions of their own. A name that is not here does not load.

mod address;
mod date;
mod licence;
mod table;

use std::ops::Range;

use super::regex::{Hits, Pattern};
use crate::document::Text;

/// How the value must be written for a function that tells these apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Any way.
    Any,
    /// With separators: `219-09-9999`.
    Separated,
    /// Letters and digits alone.
    Bare,
}

/// What a function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    /// Patterns and checks of a built-in rule.
    Rule(&'static str, Form),
    /// An expression.
    Expression(&'static str),
    Licence(&'static str),
    UsDate,
    EuDate,
    ExpirationDate,
    UsAddress,
}

/// What a function checks when it is a validator.
#[derive(Clone, Copy, Debug)]
pub(super) enum Check {
    /// One of frisk's checks, by its name.
    Named(&'static str),
    /// A check of this module.
    Own(fn(&str) -> bool),
}

/// A function that is ready.
#[derive(Debug)]
pub(super) enum Function {
    /// Candidates of a built-in rule.
    Rule { id: &'static str, form: Form },
    /// Matches of an expression that pass.
    Own { pattern: Pattern, accepts: fn(&str) -> bool },
}

/// Candidates of built-in rules: what their patterns and checks accept, before any keyword is looked at.
pub(crate) trait Candidates {
    /// Where the rule's patterns match in `text` and its checks pass, each with the value without separators.
    fn candidates(&self, rule: &str, text: &Text<'_>) -> Vec<(Range<usize>, String)>;
}

/// Whether Purview has a function with this name, as far as frisk knows.
pub(super) fn is_known(name: &str) -> bool {
    action(name).is_some()
}

/// What a function checks as a validator; `None`: it is none.
pub(super) fn validator(name: &str) -> Option<Check> {
    let name = bare(name)?;
    let row = table::VALIDATORS.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    row.map(|(_, check)| *check)
}

/// The id of the built-in rule that a function needs.
pub(super) fn rule_of(name: &str) -> Option<&'static str> {
    match action(name) {
        Some(Action::Rule(id, _)) => Some(id),
        _ => None,
    }
}

/// Every function that needs a built-in rule, and the rule.
#[cfg(test)]
pub(super) fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    table::FUNCTIONS.iter().filter_map(|(name, action)| match action {
        Action::Rule(rule, _) => Some((*name, *rule)),
        _ => None,
    })
}

/// The function with this name. The error says why there is none.
pub(super) fn by_name(name: &str) -> Result<Function, String> {
    let own = |expression: &str, accepts: fn(&str) -> bool| match Pattern::new(expression) {
        Ok(pattern) => Ok(Function::Own { pattern, accepts }),
        Err(refused) => Err(format!("`{name}`: {}", refused.construct)),
    };
    match action(name) {
        None => Err(format!("unknown function `{name}`")),
        Some(Action::Rule(id, form)) => Ok(Function::Rule { id, form }),
        Some(Action::Expression(expression)) => own(&alone(expression), |_| true),
        Some(Action::Licence(expression)) => own(&alone(expression), |_| true),
        Some(Action::UsDate) => own(&date::us(), |_| true),
        Some(Action::EuDate) => own(&date::eu(), |_| true),
        Some(Action::ExpirationDate) => own(&date::expiration(), |_| true),
        Some(Action::UsAddress) => own(&address::expression(), address::is_valid),
    }
}

impl Function {
    /// Where it finds something, with the values.
    pub(super) fn find(&self, text: &Text<'_>, candidates: &dyn Candidates) -> (Vec<(Range<usize>, String)>, bool) {
        match self {
            Self::Rule { id, form } => {
                let mut found = candidates.candidates(id, text);
                found.retain(|(range, _)| {
                    let written = text.as_str().get(range.clone()).unwrap_or_default();
                    let bare = written.chars().all(char::is_alphanumeric);
                    match form {
                        Form::Any => true,
                        Form::Bare => bare,
                        Form::Separated => !bare,
                    }
                });
                (found, false)
            }
            Self::Own { pattern, accepts } => {
                let Hits { places, capped } = pattern.find(text.as_str());
                let value = |range: Range<usize>| {
                    let value = text.as_str().get(range.clone()).unwrap_or_default().to_owned();
                    accepts(&value).then_some((range, value))
                };
                (places.into_iter().map(|p| p.value).filter_map(value).collect(), capped)
            }
        }
    }
}

/// An expression that must stand apart from letters and digits.
fn alone(expression: &str) -> String {
    format!("(?i)(?<![\\p{{L}}\\d])(?:{expression})(?![\\p{{L}}\\d])")
}

fn bare(name: &str) -> Option<&str> {
    let head = name.get(..5)?;
    head.eq_ignore_ascii_case("Func_").then(|| name.get(5..).unwrap_or_default())
}

fn action(name: &str) -> Option<Action> {
    let name = bare(name)?;
    let row = table::FUNCTIONS.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    row.map(|(_, action)| *action).or_else(|| licence::expression(name).map(Action::Licence))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Candidates for Nothing {
        fn candidates(&self, _: &str, _: &Text<'_>) -> Vec<(Range<usize>, String)> {
            Vec::new()
        }
    }

    fn check(name: &str, text: &str, found: &[&str]) {
        let owned = Text::owned(text.to_owned());
        let (hits, capped) = by_name(name).unwrap().find(&owned, &Nothing);
        let values: Vec<&str> = hits.iter().map(|(range, _)| &text[range.clone()]).collect();
        assert_eq!(values, found, "{name} in {text:?}");
        assert!(!capped);
    }

    #[test]
    fn dates() {
        for text in ["December 2, 2016", "Dec 2, 2016", "dec 02 2016", "12/2/2016", "12/02/16", "Dec-2-2016", "12-2-16"]
        {
            check("Func_us_date", &format!("on {text}."), &[text]);
        }
        check("Func_us_date", "13/2/2016 12/32/2016 1/2/20167 12/2-2016", &[]);
        for text in [
            "2 Dec 2016",
            "02 dec 2016",
            "2 Dec 16",
            "2/12/2016",
            "02/12/16",
            "2-Dec-2016",
            "2-12-16",
            "2 décembre 2016",
            "3. März 1999",
            "1 déc. 2020",
            "7 de enero de 2001",
            "31.12.1999",
            "5 augustus 2011",
            "9 febbraio 2004",
            "12 março 2010",
        ] {
            check("Func_eu_date", &format!("am {text}, x"), &[text]);
        }
        check("Func_eu_date", "32/12/2016 2/13/2016", &[]);
        for text in ["01/27", "01/2027", "1-27", "12-2027", "Jan/27", "jan 2027", "January2027", "sept-27"] {
            check("Func_expiration_date", &format!("exp {text} x"), &[text]);
        }
        check("Func_expiration_date", "13/27 0/27 01/02/2027", &[]);
    }

    #[test]
    fn addresses_have_the_codes_of_their_states() {
        check("Func_us_address", "Springfield, IL 62704, New York 10001-1234", &["IL 62704", "New York 10001-1234"]);
        check(
            "Func_us_address",
            "IL 90210, CA  90210, Hill 62704, West Virginia 25301",
            &["CA  90210", "West Virginia 25301"],
        );
        check("Func_us_address", "IL 627041", &[]);
    }

    #[test]
    fn licences_by_state() {
        check("Func_california_drivers_license_number", "A1234567 AB1234567 A12345678", &["A1234567"]);
        check("Func_florida_drivers_license_number", "D123-456-78-901-0 d12345678901", &["D123-456-78-901-0"]);
        check("Func_new_york_drivers_license_number", "123 456 789", &["123 456 789"]);
        check("Func_ontario_drivers_license_number", "A1234-12345-12345", &["A1234-12345-12345"]);
        check("Func_usa_uk_passport", "123456789 A12345678 12345678", &["123456789", "A12345678"]);
    }

    #[test]
    fn every_name_is_kept_once_and_every_expression_compiles() {
        let mut names: Vec<&str> = table::FUNCTIONS.iter().map(|(name, _)| *name).collect();
        names.extend(licence::names());
        assert!(names.len() >= 172, "{}", names.len());
        let mut lower: Vec<String> = names.iter().map(|n| n.to_lowercase()).collect();
        lower.sort();
        lower.dedup();
        assert_eq!(lower.len(), names.len());
        for name in names {
            assert!(by_name(&format!("Func_{name}")).is_ok(), "{name}");
        }
        for (name, _) in table::VALIDATORS {
            assert!(is_known(&format!("Func_{name}")), "{name}");
        }
        assert!(by_name("Func_nope").is_err() && by_name("x").is_err() && by_name("Func_é").is_err());
    }
}
