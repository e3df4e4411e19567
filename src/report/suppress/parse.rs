//! A suppression list from its TOML text. No message repeats what an entry names.

use regex::{Regex, RegexBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::policy::Date;
use crate::policy::table::{Place, Table};
use crate::policy::{PolicyError, Selector};
use crate::report::suppress::error::SuppressionError;
use crate::report::suppress::glob::Glob;
use crate::report::suppress::{Entry, HASH_BYTES};

/// Keys of a `[[suppress]]`.
const KEYS: &[&str] = &["id", "rule", "fingerprint", "sha256", "regex", "path", "reason", "expires"];

/// Bytes that a compiled expression may take: those of values are short.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// The entries of a file. `before` are those of the files before it: numbers go on, ids are unique.
pub(super) fn parse(file: &str, text: &str, today: Date, before: &[Entry]) -> Result<Vec<Entry>, SuppressionError> {
    let place = Place { file, text };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        place.error("P001", at, error.message().to_owned(), Some("see docs/suppressions.md".to_owned()))
    })?;
    let table = Table::new(place, "the list", document.get_ref(), 0..0, &["suppress"])?;
    let Some(value) = table.get("suppress") else { return Ok(Vec::new()) };
    let wrong = |value| {
        let help = Some("write [[suppress]] before each entry".to_owned());
        table.wrong(value, "`suppress` must be a list of tables".to_owned(), help)
    };
    let items = value.get_ref().as_array().ok_or_else(|| wrong(value))?;
    let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
    for item in items.iter() {
        let keys = item.get_ref().as_table().ok_or_else(|| wrong(item))?;
        let table = Table::new(place, "[[suppress]]", keys, item.span(), KEYS)?;
        let number = before.len() + entries.len() + 1;
        let entry = entry(place, &table, item, number, today)?;
        if before.iter().chain(&entries).any(|other| other.name == entry.name) {
            let message = format!("an entry called `{}` is already there", entry.name);
            let help = Some("ids are unique, in all lists of a scan".to_owned());
            return Err(place.error("P004", item.span().start, message, help).into());
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn entry(
    place: Place<'_>,
    table: &Table<'_, '_>,
    item: &Spanned<DeValue<'_>>,
    number: usize,
    today: Date,
) -> Result<Entry, SuppressionError> {
    let reason = table.string("reason")?.map(str::trim).filter(|reason| !reason.is_empty());
    let reason = reason.ok_or_else(|| table.missing("reason", "say why these are no matches; records repeat it"))?;
    let expires = expires(table)?;
    let entry = Entry {
        name: id(table)?.map_or_else(|| format!("#{number}"), str::to_owned),
        reason: reason.to_owned(),
        expires,
        expired: expires.is_some_and(|last| last < today),
        file: place.file.to_owned(),
        line: place.line(item.span().start),
        rules: list(table, "rule", |text, _| Ok(Selector::parse(text)))?,
        fingerprints: list(table, "fingerprint", |text, wrong| {
            let bytes = hex::<8>(text).ok_or_else(|| wrong("`fingerprint` is 16 hex digits, as records show them"))?;
            Ok(u64::from_be_bytes(bytes))
        })?,
        hashes: list(table, "sha256", |text, wrong| {
            hex::<HASH_BYTES>(text).ok_or_else(|| wrong("`sha256` is 64 hex digits; `frisk suppress hash` makes them"))
        })?,
        regex: regex(table)?,
        paths: list(table, "path", |text, wrong| {
            Glob::parse(text).map_err(|why| wrong(&format!("`path` is no glob: it {why}")))
        })?,
    };
    if entry.is_unconditional() {
        let message = "an entry without a condition would suppress every match".to_owned();
        let help = "add `rule`, `fingerprint`, `sha256`, `regex` or `path`".to_owned();
        return Err(place.error("P003", item.span().start, message, Some(help)).into());
    }
    Ok(entry)
}

fn id<'t>(table: &Table<'_, 't>) -> Result<Option<&'t str>, PolicyError> {
    let (Some(id), Some(value)) = (table.string("id")?, table.get("id")) else { return Ok(None) };
    if id.trim().is_empty() || id.starts_with('#') {
        let help = "entries without an id are called by their numbers, `#1`".to_owned();
        return Err(table.wrong(value, "`id` is a name that does not begin with `#`".to_owned(), Some(help)));
    }
    Ok(Some(id))
}

/// A list of conditions, of which any will do; each is read by `read`, whose errors go to the line of the item.
fn list<T>(
    table: &Table<'_, '_>,
    key: &str,
    read: impl Fn(&str, &dyn Fn(&str) -> PolicyError) -> Result<T, PolicyError>,
) -> Result<Option<Vec<(T, usize)>>, PolicyError> {
    let (Some(items), Some(value)) = (table.strings(key)?, table.get(key)) else { return Ok(None) };
    let mut out = Vec::with_capacity(items.len());
    for (text, line) in items {
        let wrong = |message: &str| PolicyError { line, ..table.wrong(value, message.to_owned(), None) };
        out.push((read(text, &wrong)?, line));
    }
    Ok(Some(out))
}

/// `N` bytes in hex, in either case.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    if rest.is_empty() { bytes.try_into().ok() } else { None }
}

fn regex(table: &Table<'_, '_>) -> Result<Option<Regex>, PolicyError> {
    let (Some(text), Some(value)) = (table.string("regex")?, table.get("regex")) else { return Ok(None) };
    let compile = |pattern: &str| RegexBuilder::new(pattern).size_limit(REGEX_BYTES_MAX).build();
    // Alone first: `a)|(b` must not become an expression by what is put around it. And what stands around it must not
    // be swallowed by a comment at its end.
    let compiled = compile(text).and_then(|_| compile(&format!("\\A(?:{text})\\z")));
    compiled.map(Some).map_err(|error| {
        let why = match &error {
            // Its other lines show the expression.
            regex::Error::Syntax(lesson) => {
                lesson.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or("syntax").to_owned()
            }
            regex::Error::CompiledTooBig(_) => "too large".to_owned(),
            _ => "syntax".to_owned(),
        };
        let help = "linear-time syntax of the Rust crate `regex`: no look-around, no back-references".to_owned();
        table.wrong(value, format!("`regex` does not compile: {why}"), Some(help))
    })
}

fn expires(table: &Table<'_, '_>) -> Result<Option<Date>, PolicyError> {
    let Some(value) = table.get("expires") else { return Ok(None) };
    let date = match value.get_ref() {
        DeValue::Datetime(at) if at.time.is_none() => at.date,
        _ => None,
    };
    let date = date.ok_or_else(|| {
        let help = "write expires = 2027-01-31, without quotes: the last day it applies".to_owned();
        table.wrong(value, "`expires` must be a date".to_owned(), Some(help))
    })?;
    Ok(Some(Date::new(date.year.into(), date.month, date.day)))
}
