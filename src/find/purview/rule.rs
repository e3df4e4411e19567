//! A type of a package as a rule: what lists, records and policies know of it.

use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::compile::Entity;
use crate::find::rule::{Category, Form, Part, Rule, Tiers};

/// The rule of a type.
pub(super) fn of(entity: &Entity, id: String, file: &str, package: &str) -> Rule {
    let alone = entity.patterns.iter().filter(|p| p.tests.is_empty()).map(|p| p.level).max().unwrap_or(0);
    let best = entity.patterns.iter().map(|p| p.level).max().unwrap_or(0);
    let mut formats = format!("a custom type of the rule package {package}");
    if !entity.description.is_empty() {
        formats.push_str(": ");
        formats.push_str(&entity.description);
    }
    let mut references = vec![format!("recommended confidence {}", entity.confidence)];
    if !entity.workload.is_empty() {
        references.push(format!("workload {}", entity.workload));
    }
    let confidence = Tiers { alone, nearby: best, label: best, against: None, bare: 0, isolated: 0 };
    let part = Part {
        form: Form::Outside,
        separators: Vec::new(),
        checks: Vec::new(),
        tiers: confidence,
        chance: OnceLock::new(),
    };
    Rule {
        short_name: id.clone(),
        id,
        name: entity.name.clone(),
        version: 1,
        category: Category::Business,
        country: "global".to_owned(),
        sit_guid: Some(entity.guid.clone()),
        formats,
        references,
        off: None,
        confidence,
        keywords: Vec::new(),
        not_keywords: Vec::new(),
        support: Vec::new(),
        support_date: false,
        examples: Vec::new(),
        counter_examples: Vec::new(),
        origin: format!("{file}:{}", entity.line),
        test_values: Default::default(),
        exclude: Vec::new(),
        prefixes: Vec::new(),
        parts: vec![part],
    }
}

/// A name as an id: lower case without diacritics, hyphens for the rest. Empty when nothing is left of it.
pub(super) fn kebab(name: &str) -> String {
    let mut id = String::new();
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if c.is_alphanumeric() {
            // A name in another script has no id of its own; its GUID is one.
            return String::new();
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn ids() {
        assert_eq!(kebab("Badge number (Düsseldorf)"), "badge-number-dusseldorf");
        assert_eq!((kebab("  --  ").as_str(), kebab("社員番号").as_str()), ("", ""));
    }
}
