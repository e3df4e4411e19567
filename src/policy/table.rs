//! A TOML table read key by key, so that every error knows its line and every unknown key its nearest known one.
//! Suppression lists (`report/`) are read by it too.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::find::nearest;
use crate::policy::error::PolicyError;

/// The file an error is about.
#[derive(Clone, Copy)]
pub(crate) struct Place<'s> {
    pub(crate) file: &'s str,
    pub(crate) text: &'s str,
}

impl Place<'_> {
    pub(crate) fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        before.iter().filter(|b| **b == b'\n').count().saturating_add(1)
    }

    pub(crate) fn error(
        &self,
        code: &'static str,
        offset: usize,
        message: String,
        help: Option<String>,
    ) -> PolicyError {
        PolicyError { code, message, file: self.file.to_owned(), line: self.line(offset), help }
    }
}

/// What is in a table, and where it stands.
pub(crate) type Entries<'s, 't> = (&'t DeTable<'s>, Range<usize>);

/// One table of the file, all of whose keys are known.
pub(crate) struct Table<'s, 't> {
    place: Place<'s>,
    entries: &'t DeTable<'s>,
    span: Range<usize>,
    what: &'static str,
}

impl<'s, 't> Table<'s, 't> {
    /// Takes a table if it has no key besides `known`.
    pub(crate) fn new(
        place: Place<'s>,
        what: &'static str,
        entries: &'t DeTable<'s>,
        span: Range<usize>,
        known: &[&str],
    ) -> Result<Self, PolicyError> {
        // The map is sorted by name; report the first unknown key of the file.
        let unknown = entries.iter().map(|(key, _)| key).filter(|key| !known.contains(&key.get_ref().as_ref()));
        if let Some(key) = unknown.min_by_key(|key| key.span().start) {
            let help = match nearest(key.get_ref(), known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("known keys: {}", known.join(", ")),
            };
            let message = format!("unknown key `{}` in {what}", key.get_ref());
            return Err(place.error("P002", key.span().start, message, Some(help)));
        }
        Ok(Self { place, entries, span, what })
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'s>>> {
        self.entries.iter().find(|(k, _)| k.get_ref() == key).map(|(_, value)| value)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'t str, &'t Spanned<DeValue<'s>>)> + use<'s, 't> {
        self.entries.iter().map(|(key, value)| (key.get_ref().as_ref(), value))
    }

    /// An error about a value of this file.
    pub(crate) fn wrong(&self, value: &Spanned<DeValue<'_>>, message: String, help: Option<String>) -> PolicyError {
        self.place.error("P004", value.span().start, message, help)
    }

    /// The error for a required key that is not there.
    pub(crate) fn missing(&self, key: &str, help: &str) -> PolicyError {
        let message = format!("{} lacks the required key `{key}`", self.what);
        self.place.error("P003", self.span.start, message, Some(help.to_owned()))
    }

    /// The line on which the table begins.
    pub(crate) fn line(&self) -> usize {
        self.place.line(self.span.start)
    }

    pub(crate) fn line_of(&self, value: &Spanned<DeValue<'_>>) -> usize {
        self.place.line(value.span().start)
    }

    pub(crate) fn string(&self, key: &str) -> Result<Option<&'t str>, PolicyError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let text = value.get_ref().as_str();
        text.map(Some).ok_or_else(|| self.type_error(key, value, "a string"))
    }

    /// A list of strings, each with its line; one string stands for a list of one.
    pub(crate) fn strings(&self, key: &str) -> Result<Option<Vec<(&'t str, usize)>>, PolicyError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        if let Some(one) = value.get_ref().as_str() {
            return Ok(Some(vec![(one, self.line_of(value))]));
        }
        let Some(items) = value.get_ref().as_array() else {
            return Err(self.type_error(key, value, "a list of strings"));
        };
        if items.is_empty() {
            let message = format!("`{key}` is empty, so it could never apply");
            return Err(self.wrong(value, message, Some("name something or leave the key out".to_owned())));
        }
        let mut list = Vec::with_capacity(items.len());
        for item in items.iter() {
            let text = item.get_ref().as_str().ok_or_else(|| self.type_error(key, item, "a list of strings"))?;
            list.push((text, self.line_of(item)));
        }
        Ok(Some(list))
    }

    /// A table, and where it stands.
    pub(crate) fn table(&self, key: &str) -> Result<Option<Entries<'s, 't>>, PolicyError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let table = value.get_ref().as_table().ok_or_else(|| self.type_error(key, value, "a table"))?;
        Ok(Some((table, value.span())))
    }

    /// A list of tables; `help` says how they are written.
    pub(crate) fn tables(&self, key: &str, help: &str) -> Result<Vec<Entries<'s, 't>>, PolicyError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let items = value.get_ref().as_array().ok_or_else(|| self.wrong(value, help.to_owned(), None))?;
        let table = |item: &'t Spanned<DeValue<'s>>| {
            let table = item.get_ref().as_table().ok_or_else(|| self.wrong(item, help.to_owned(), None))?;
            Ok((table, item.span()))
        };
        items.iter().map(table).collect()
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<u64>, PolicyError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.get_ref().as_integer().and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        number.map(Some).ok_or_else(|| self.type_error(key, value, "a whole number, zero or more"))
    }

    fn type_error(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) -> PolicyError {
        let found = value.get_ref().type_str();
        self.wrong(value, format!("`{key}` must be {wanted}, found {found}"), None)
    }
}
