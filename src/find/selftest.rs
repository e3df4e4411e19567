//! Rules prove themselves: every example must be found by its rule, no counter-example may be, and no rule may take
//! another's example.

use super::rule::{Example, Form, Rule, RuleError};
use super::{Level, Ruleset};
use crate::blob::{Budget, Kind, Limits};
use crate::document::{self, Options};

impl Ruleset {
    /// Runs every example and counter-example of every rule against the whole set. Empty: all is well.
    pub fn check(&self) -> Vec<RuleError> {
        self.rules().iter().flat_map(|rule| self.check_rule(rule)).collect()
    }

    /// Runs the examples and counter-examples of one rule against the whole set.
    #[allow(clippy::arithmetic_side_effects, reason = "a position in a list")]
    pub fn check_rule(&self, rule: &Rule) -> Vec<RuleError> {
        let mut errors = Vec::new();
        let error = |code, message: String, kind: &str, n: usize, help: String| RuleError {
            code,
            message,
            place: format!("{}: {}, {kind} {}", rule.origin, rule.id, n + 1),
            help,
        };
        for (n, example) in rule.examples.iter().enumerate() {
            let (level, by) = self.best(rule, example);
            if level < Some(example.level) {
                let seen = level.map_or_else(|| "not at all".to_owned(), |l| format!("only at {l}"));
                let help = by.map_or_else(String::new, |id| format!("rule `{id}` takes it"));
                errors.push(error("R005", format!("example is found {seen}"), "example", n, help));
            }
        }
        for (n, counter) in rule.counter_examples.iter().enumerate() {
            if self.best(rule, counter).0 >= Some(counter.level) {
                errors.push(error(
                    "R004",
                    "counter-example matches".to_owned(),
                    "counter-example",
                    n,
                    counter.why.clone(),
                ));
            }
        }
        // Word lists and rule packages are the caller's: they come without examples.
        let callers = rule.is_word_list() || rule.parts.iter().any(|p| matches!(p.form, Form::Outside));
        if !callers && (rule.examples.is_empty() || rule.counter_examples.is_empty()) {
            errors.push(error(
                "R002",
                "a rule needs examples and counter-examples".to_owned(),
                "example",
                0,
                String::new(),
            ));
        }
        errors
    }

    /// The highest level at which `rule` finds something in the example, and the id of another rule that found more.
    fn best(&self, rule: &Rule, example: &Example) -> (Option<Level>, Option<String>) {
        // Read as a text file is, so that tables in examples are tables.
        let options = Options::default();
        let mut budget = Budget::new(&Limits::default());
        let document = document::read(Kind::Text, example.text.as_bytes(), &options, &mut budget);
        let found = self.find(&document.text, usize::MAX);
        let (mut best, mut other) = (None, None);
        for m in &found.matches {
            let Some(by) = self.rules().get(m.rule) else { continue };
            if by.id == rule.id {
                best = best.max(Some(m.score.level()));
            } else {
                other = Some(by.id.clone());
            }
        }
        (best, other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_ships_proves_itself() {
        let errors = Ruleset::builtin().unwrap().check();
        assert!(errors.is_empty(), "{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn no_two_rules_claim_one_purview_type() {
        let set = Ruleset::builtin().unwrap();
        let mut seen = std::collections::HashMap::new();
        for rule in set.rules() {
            let Some(guid) = &rule.sit_guid else { continue };
            let groups: Vec<usize> = guid.split('-').map(str::len).collect();
            assert!(groups == [8, 4, 4, 4, 12] && !guid.contains(char::is_uppercase), "{}: {guid}", rule.id);
            assert_eq!(seen.insert(guid, &rule.id), None, "{}: {guid}", rule.id);
        }
    }

    #[test]
    fn a_counter_example_that_matches_and_an_example_that_does_not_are_told() {
        let toml = r#"
[[rule]]
id = "badge"
name = "Badge"
category = "business"
formats = "seven digits"
confidence = { alone = 75, nearby = 80, label = 85 }
pattern.shapes = ["9999999"]
keywords = ["badge"]
examples = ["badge 123456"]
counter-examples = [{ text = "1234567", why = "no keyword" }]
"#;
        let errors = Ruleset::builder().toml("x.toml", toml).unwrap().build().unwrap().check();
        let codes: Vec<_> = errors.iter().map(|e| e.code).collect();
        assert_eq!(codes, ["R005", "R004"]);
        assert!(errors[1].to_string().contains("no keyword"));
    }
}
