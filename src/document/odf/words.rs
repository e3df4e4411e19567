//! Words that stand in attributes and outside of paragraphs: links, forms, fields, declarations, macros.

use super::body::Body;
use crate::document::Area;
use crate::document::markup::{Tag, local, unescape};

/// Attributes that hold words, by element ("" = any).
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("hidden-text", &["string-value"]),
    ("conditional-text", &["string-value-if-true", "string-value-if-false"]),
    ("text-input", &["description"]),
    ("placeholder", &["description"]),
    ("user-field-decl", &["string-value"]),
    ("variable-decl", &["string-value"]),
    ("dde-source", &["dde-application", "dde-topic", "dde-item"]),
    ("dde-connection-decl", &["dde-application", "dde-topic", "dde-item"]),
    ("alphabetical-index-mark", &["string-value", "key1", "key2"]),
    ("toc-mark", &["string-value"]),
    ("user-index-mark", &["string-value"]),
    ("content-validation", &["condition"]),
    ("data-pilot-member", &["name"]),
    ("named-range", &["name"]),
    ("named-expression", &["name", "expression"]),
    ("filter-condition", &["value"]),
    ("database-source-sql", &["sql-statement", "database-name"]),
    ("database-source-query", &["query-name", "database-name"]),
    ("help-message", &["title"]),
    ("error-message", &["title"]),
    ("scenario", &["comment"]),
];

/// Attributes of entries of a bibliography that are no words of theirs.
const BIBLIOGRAPHY_QUIET: &[&str] = &["bibliography-type", "style-name", "identifier"];

/// Names of authors that are told once; more are told each time.
const AUTHORS_MAX: usize = 256;

impl<'x> Body<'_, 'x> {
    /// Tells what the attributes of an element say in words.
    pub(super) fn describe(&mut self, tag: &Tag<'x>) {
        if tag.attributes().next().is_none() {
            return;
        }
        if tag.qualified.starts_with("form:") {
            return self.form(tag);
        }
        match tag.name {
            "bookmark" | "bookmark-start" | "reference-mark" | "reference-mark-start" => {
                let name = tag.attribute("name").unwrap_or_default();
                if !name.starts_with("__") && !name.starts_with("_Toc") && !name.starts_with("_Ref") {
                    self.later(Area::Metadata, &name);
                }
                return;
            }
            "bibliography-mark" => {
                for (name, value) in tag.attributes().filter(|(name, _)| !BIBLIOGRAPHY_QUIET.contains(&local(name))) {
                    if !name.starts_with("xmlns") && value.len() > 3 {
                        self.later(Area::Metadata, &unescape(value));
                    }
                }
                return;
            }
            "variable-set" | "user-defined" | "user-field-get" | "expression" => {
                if tag.attribute("display").is_some_and(|display| display == "none")
                    && let Some(value) = tag.attribute("string-value").or_else(|| tag.attribute("value"))
                {
                    self.later(Area::Hidden, &value);
                }
                return;
            }
            _ => {}
        }
        if let Some((_, names)) = ATTRIBUTES.iter().find(|(element, _)| *element == tag.name) {
            let area = if tag.name == "hidden-text" { Area::Hidden } else { Area::Metadata };
            let title = if tag.name.ends_with("-decl") { tag.attribute("name") } else { None };
            for name in *names {
                match (&title, tag.attribute(name)) {
                    (Some(title), Some(value)) if !value.is_empty() => self.later(area, &format!("{title}: {value}")),
                    (None, Some(value)) => self.later(area, &value),
                    _ => {}
                }
            }
        }
        if let Some(target) = tag.attribute("href") {
            self.target(&target);
        }
    }

    /// A link target, unless it leads to a place in the document or to a member of the package.
    fn target(&mut self, target: &str) {
        let inside = ["#", "./", "Pictures/", "Object", "media/", "vnd.sun.star.script:"];
        if !inside.iter().any(|start| target.starts_with(start)) && !target.is_empty() {
            self.later(Area::Metadata, target);
        }
    }

    /// A control of a form (clause 13): what it is called and what is in it.
    fn form(&mut self, tag: &Tag<'x>) {
        let value = |name: &str| tag.attribute(name).filter(|value| !value.trim().is_empty());
        let words = value("current-value").or_else(|| value("string-value")).or_else(|| value("value"));
        let name = value("label").or_else(|| value("title")).or_else(|| value("name"));
        let area = if tag.name == "hidden" { Area::Hidden } else { Area::Body };
        match tag.name {
            "property" | "list-value" | "list-property" => {
                let telling = words.filter(|words| !words.starts_with("com.sun.star") && words.len() > 2);
                self.later(Area::Metadata, &telling.unwrap_or_default());
            }
            "form" | "properties" | "connection-resource" => {
                for attribute in ["command", "filter", "datasource"] {
                    self.later(Area::Metadata, &value(attribute).unwrap_or_default());
                }
            }
            _ => match (name, words) {
                (Some(name), Some(words)) => self.later(area, &format!("{name}: {words}")),
                (Some(name), None) => self.later(Area::Metadata, &name),
                (None, Some(words)) => self.later(area, &words),
                (None, None) => {}
            },
        }
        for attribute in ["title", "label"] {
            self.later(Area::Metadata, &value(attribute).filter(|_| tag.name != "property").unwrap_or_default());
        }
        if let Some(target) = tag.attribute("href") {
            self.target(&target);
        }
    }

    /// Text outside of paragraphs, by the element that holds it.
    pub(super) fn loose(&mut self, words: &str) {
        match self.innermost() {
            "creator" | "sender-initials" => {
                let words = words.trim();
                if !self.authors.iter().any(|author| author == words) {
                    if self.authors.len() < AUTHORS_MAX {
                        self.authors.push(words.to_owned());
                    }
                    self.later(Area::Metadata, words);
                }
            }
            // When and by whom something was noted, in short; looks of numbers.
            "date" | "date-string" | "creator-initials" | "meta-creator-initials" | "config-item" => {}
            "binary-data" => self.binary(words),
            "header-decl" | "footer-decl" | "date-time-decl" => {
                let area = self.area();
                self.later(area, words);
            }
            _ => self.later(Area::Metadata, words),
        }
    }
}
